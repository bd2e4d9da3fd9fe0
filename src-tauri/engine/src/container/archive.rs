//! Zip archives: several files in one, or one log that an evaluation framework keeps as many (Inspect's `.eval`).
//!
//! Members are streamed. Their names are shown, and never used as paths; what is no file with a content of its own (a link, a
//! further file of the same name) is named and not read.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use crate::error::{Code, Error, Result};
use crate::model::Position;
use crate::wire::{Frame, Framer, Shape};

/// How a zip archive begins, and how an empty one does.
const MAGIC: [&[u8; 4]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// More members than this are no export.
const MEMBERS: usize = 200_000;

/// How a member may be packed.
const METHODS: [CompressionMethod; 4] = [
    CompressionMethod::Stored,
    CompressionMethod::Deflated,
    CompressionMethod::Deflate64,
    CompressionMethod::Zstd,
];

/// An opened archive.
pub struct Archive {
    zip: ZipArchive<File>,
    /// Its files, in the order of the archive.
    members: Vec<Member>,
}

/// A file in an archive.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its name as the archive has it.
    pub name: String,
    /// Its size, unpacked, as the archive has it.
    pub size_bytes: u64,
    index: usize,
    /// Why it is not read.
    refusal: Option<String>,
}

/// Whether `path` is a zip archive, by its first bytes.
pub fn is_archive(path: &Path) -> bool {
    let mut head = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut head)).is_ok() && MAGIC.contains(&&head)
}

/// Opens the archive at `path`. Errors: `Io` if it is damaged or can't be read, `UnknownFormat` if there is nothing in it.
pub fn open(path: &Path) -> Result<Archive> {
    let file = File::open(path)
        .map_err(|error| Error::new(Code::Io, format!("the file can't be opened: {error}")))?;
    let mut zip = ZipArchive::new(file).map_err(|error| unreadable(&error))?;
    if zip.len() > MEMBERS {
        let message = format!("the zip archive has {} files in it; at most {MEMBERS} are read", zip.len());
        return Err(Error::new(Code::UnknownFormat, message));
    }
    // What can't be looked at now is damaged, which shows when it is read.
    if zip.has_overlapping_files().unwrap_or(false) {
        let message = "the files in the zip archive lie over each other, so that it unpacks to far more than it holds: \
                       it is not read";
        return Err(Error::new(Code::UnknownFormat, message));
    }
    let mut members = Vec::new();
    for index in 0..zip.len() {
        let entry = zip.by_index_raw(index).map_err(|error| unreadable(&error))?;
        let name = entry.name().map_or_else(|_| format!("file {}", index + 1), Cow::into_owned);
        // Whatever the system was that packed it.
        let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
        // What file managers add by themselves.
        let is_noise = last.starts_with('.') || name.starts_with("__MACOSX/");
        if !entry.is_dir() && !is_noise {
            let method = entry.compression();
            let refusal = if entry.is_symlink() {
                Some("it is a link, which is not followed".to_owned())
            } else {
                let is_known = METHODS.contains(&method);
                (!is_known).then(|| format!("it is packed in a way that is not read here ({method})"))
            };
            members.push(Member { name, size_bytes: entry.size(), index, refusal });
        }
    }
    if zip.has_duplicate_names() {
        members.push(Member {
            name: "further files of the same names".to_owned(),
            size_bytes: 0,
            index: usize::MAX,
            refusal: Some(
                "several files of this archive have one name, and only the last of them was read: unpack it, and \
                 open what is inside"
                    .to_owned(),
            ),
        });
    }
    if members.is_empty() {
        return Err(Error::new(Code::UnknownFormat, "the zip archive has no files in it"));
    }
    Ok(Archive { zip, members })
}

impl Archive {
    /// Its files, in the order of the archive.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// The content of a file in it, unpacked as it is read. Errors: `Io` if it is encrypted, damaged, or packed in a way that
    /// is not read here.
    pub fn read(&mut self, member: &Member) -> Result<impl Read + Send + '_> {
        if let Some(refusal) = &member.refusal {
            return Err(Error::new(Code::Io, refusal.clone()));
        }
        self.zip.by_index(member.index).map_err(|error| unreadable(&error))
    }

    /// The frames of the log that the whole archive is, if it is one of Inspect's: its header, the summaries of its samples
    /// (of a log that was not finished those of its journal), the samples.
    pub fn log_members(&self) -> Option<Vec<(Member, Shape)>> {
        let named = |name: &str| self.members.iter().find(|member| member.name == name).cloned();
        let header = named("header.json").or_else(|| named("_journal/start.json"))?;
        let within = |folder: &str| -> Vec<Member> {
            let is_within = |name: &str| name.starts_with(folder) && name.ends_with(".json");
            self.members.iter().filter(|member| is_within(&member.name)).cloned().collect()
        };
        let mut samples = within("samples/");
        samples.retain(|member| member.name.contains("_epoch_"));
        let summaries =
            named("summaries.json").map_or_else(|| within("_journal/summaries/"), |one| vec![one]);
        if samples.is_empty() && summaries.is_empty() && named("_journal/start.json").is_none() {
            return None;
        }
        let mut members = vec![(header, Shape::Member("header"))];
        members.extend(summaries.into_iter().map(|member| (member, Shape::Member("summaries"))));
        members.extend(samples.into_iter().map(|member| (member, Shape::Member("sample"))));
        Some(members)
    }

    /// The whole content of a file in it, as UTF-8. Errors as [`Archive::read`], and `Io` if it is larger than a single value may be.
    pub fn read_whole(&mut self, member: &Member) -> Result<Vec<u8>> {
        let limit = Framer::<io::Empty>::LARGEST_PACKED_FRAME_BYTES as u64;
        let mut content = Vec::new();
        let read = self.read(member)?.take(limit + 1).read_to_end(&mut content);
        read.map_err(|error| Error::new(Code::Io, format!("{} is damaged: {error}", member.name)))?;
        if content.len() as u64 > limit {
            return Err(Error::new(
                Code::Io,
                format!("{} is larger than a single value may be ({} MB)", member.name, limit >> 20),
            ));
        }
        // Frames of text are UTF-8; what is not is replaced.
        Ok(match String::from_utf8_lossy(&content) {
            Cow::Borrowed(_) => content,
            Cow::Owned(text) => text.into_bytes(),
        })
    }
}

/// A member's content as a frame.
pub fn frame(content: &[u8], shape: Shape) -> Frame<'_> {
    Frame { bytes: content, at: Position { byte: 0, line: Some(1) }, shape, received_ns: None }
}

fn unreadable(error: &ZipError) -> Error {
    let message = match error {
        ZipError::UnsupportedArchive(reason) if reason.contains("assword") => {
            "it is encrypted: unpack it with its password and open what is inside".to_owned()
        }
        ZipError::UnsupportedArchive(reason) => {
            format!("it is packed in a way that is not read here ({reason})")
        }
        other => format!("the zip archive is damaged: {other}"),
    };
    Error::new(Code::Io, message)
}
