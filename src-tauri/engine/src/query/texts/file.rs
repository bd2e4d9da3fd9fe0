//! A text as a file: what it is called, and its bytes.

use std::io::{self, Write};

use crate::error::{Code, Error, Result};

/// Written between two looks at whether to go on.
const STRETCH_BYTES: usize = 256 << 10;

/// What a file is. Nothing of it comes from a trace but by choosing among these words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileKind {
    /// The name without its ending.
    pub stem: &'static str,
    /// The ending.
    pub extension: &'static str,
    /// The text is base64 of what the file has.
    pub is_encoded: bool,
}

/// Endings of media, by MIME type. None of them is run by opening it.
const MEDIA: [(&str, &str); 20] = [
    ("image/png", "png"),
    ("image/jpeg", "jpg"),
    ("image/jpg", "jpg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
    ("image/avif", "avif"),
    ("image/bmp", "bmp"),
    ("audio/wav", "wav"),
    ("audio/x-wav", "wav"),
    ("audio/mpeg", "mp3"),
    ("audio/mp3", "mp3"),
    ("audio/ogg", "ogg"),
    ("audio/webm", "webm"),
    ("audio/mp4", "m4a"),
    ("audio/flac", "flac"),
    ("video/mp4", "mp4"),
    ("video/webm", "webm"),
    ("application/pdf", "pdf"),
    ("application/json", "json"),
    ("text/plain", "txt"),
];

/// What a text is as a file.
pub fn file_kind(text: &str, is_media: bool, mime_type: Option<&str>) -> FileKind {
    if is_media {
        let told = text.strip_prefix("data:").and_then(|rest| rest.split([';', ',']).next()).or(mime_type);
        let told = told.unwrap_or_default().trim().to_ascii_lowercase();
        let extension =
            MEDIA.iter().find(|(mime, _)| *mime == told).map_or("bin", |(_, extension)| extension);
        let stem = match told.split('/').next() {
            Some("image") => "image",
            Some("audio") => "sound",
            _ => "file",
        };
        return FileKind { stem, extension, is_encoded: true };
    }
    let extension = match text.trim_start().as_bytes().first() {
        Some(b'{' | b'[') => "json",
        _ => "txt",
    };
    FileKind { stem: "text", extension, is_encoded: false }
}

/// Writes the text as it is; gives how many bytes.
pub fn write_text(text: &str, out: &mut dyn Write, is_cancelled: &dyn Fn() -> bool) -> Result<u64> {
    for stretch in text.as_bytes().chunks(STRETCH_BYTES) {
        go_on(is_cancelled)?;
        out.write_all(stretch).map_err(unwritten)?;
    }
    Ok(text.len() as u64)
}

/// Writes what a `data:` URL or base64 stands for; gives how many bytes.
pub fn write_bytes(text: &str, out: &mut dyn Write, is_cancelled: &dyn Fn() -> bool) -> Result<u64> {
    let body = match text.strip_prefix("data:") {
        Some(url) => {
            let (head, body) = url.split_once(',').ok_or_else(not_media)?;
            if !head.trim_end().to_ascii_lowercase().ends_with(";base64") {
                return Err(not_media());
            }
            body
        }
        None => text,
    };
    let (mut bits, mut held, mut written) = (0u32, 0u32, 0u64);
    let mut decoded = Vec::with_capacity(STRETCH_BYTES);
    for stretch in body.as_bytes().chunks(STRETCH_BYTES) {
        go_on(is_cancelled)?;
        for byte in stretch {
            let Some(value) = sextet(*byte)? else { continue };
            bits = (bits << 6) | value;
            held += 6;
            if held >= 8 {
                held -= 8;
                decoded.push((bits >> held) as u8);
                bits &= (1 << held) - 1;
            }
        }
        out.write_all(&decoded).map_err(unwritten)?;
        written += decoded.len() as u64;
        decoded.clear();
    }
    Ok(written)
}

/// The six bits that a letter of base64 stands for, of either alphabet; none for what only fills or breaks lines.
fn sextet(byte: u8) -> Result<Option<u32>> {
    Ok(Some(u32::from(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        b'=' | b' ' | b'\t' | b'\r' | b'\n' => return Ok(None),
        _ => return Err(not_media()),
    })))
}

fn not_media() -> Error {
    Error::invalid("this is not the base64 that media come in, so there are no bytes to save")
}

fn go_on(is_cancelled: &dyn Fn() -> bool) -> Result<()> {
    if is_cancelled() { Err(Error::new(Code::Cancelled, "saving was stopped")) } else { Ok(()) }
}

fn unwritten(error: io::Error) -> Error {
    let code = if error.kind() == io::ErrorKind::StorageFull { Code::DiskFull } else { Code::Io };
    Error::new(code, format!("the file can't be written: {error}"))
}
