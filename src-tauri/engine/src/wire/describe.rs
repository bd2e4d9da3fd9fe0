//! Says what a source that no format claims looks like, and what would be accepted.

use serde_json::Value;

use super::{FORMATS, Sample};

/// A message for a source of unknown format, from its first bytes.
pub fn unknown(head: &[u8], sample: &Sample<'_>) -> String {
    let found = if head.iter().all(u8::is_ascii_whitespace) {
        return "the file is empty".into();
    } else if let Some(kind) = known_kind(head) {
        kind.to_owned()
    } else if let Some(value) = sample.values.first() {
        json(value, sample)
    } else if std::str::from_utf8(head).or_else(|error| head_is_cut(head, error)).is_ok() {
        "text that is not JSON".to_owned()
    } else {
        "binary data of an unknown kind".to_owned()
    };
    format!("this is {found}, which is no trace format that is read here. Accepted: {}", accepted())
}

/// The best known formats by name, and how many more there are: all of them would bury what was found.
fn accepted() -> String {
    const NAMED: &[&str] =
        &["otlp-json", "tracellm", "langfuse", "langsmith", "jaeger", "claude-code", "codex-rollout"];
    let named: Vec<_> = FORMATS
        .iter()
        .filter(|format| NAMED.contains(&format.id()))
        .filter_map(|format| format.label().split(" (").next())
        .collect();
    let more = FORMATS.len() - named.len();
    format!("{} and {more} more; `tracex formats` lists them", named.join(", "))
}

/// A sample may end in the middle of a character.
fn head_is_cut(head: &[u8], error: std::str::Utf8Error) -> Result<&str, std::str::Utf8Error> {
    if error.error_len().is_none() {
        std::str::from_utf8(head.get(..error.valid_up_to()).unwrap_or_default())
    } else {
        Err(error)
    }
}

/// Well-known files by their first bytes.
fn known_kind(head: &[u8]) -> Option<&'static str> {
    const KINDS: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "a zip archive inside another file (unpack that and open the archive)"),
        (b"\x89PNG", "a PNG image"),
        (b"\xff\xd8\xff", "a JPEG image"),
        (b"GIF8", "a GIF image"),
        (b"%PDF", "a PDF document"),
        (b"\x7fELF", "a program"),
        (b"BZh", "a bzip2 archive (unpack it first)"),
        (b"\xfd7zXZ", "an xz archive (unpack it first)"),
        (b"version https://git-lfs", "a Git LFS pointer (fetch the real file with `git lfs pull`)"),
        (b"<!DOCTYPE", "an HTML page"),
        (b"<html", "an HTML page"),
        (b"<?xml", "an XML document"),
    ];
    KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|(_, kind)| *kind)
}

fn json(value: &Value, sample: &Sample<'_>) -> String {
    let shape = match (sample.in_array, sample.lines) {
        (true, _) => "a JSON array of ",
        (_, true) => "JSON lines of ",
        _ => "",
    };
    match value {
        Value::Object(map) if map.is_empty() => format!("{shape}JSON without any fields"),
        Value::Object(map) => {
            let keys = map.keys().take(6).map(|key| shorten(key)).collect::<Vec<_>>().join(", ");
            let more = if map.len() > 6 { ", …" } else { "" };
            let plural = if shape.is_empty() { "a JSON object" } else { "objects" };
            let fields = if map.len() == 1 { "field" } else { "fields" };
            format!("{shape}{plural} with the {fields} {keys}{more}")
        }
        Value::Array(_) => format!("{shape}JSON arrays"),
        Value::String(_) => format!("{shape}JSON text"),
        _ => format!("{shape}JSON numbers or words"),
    }
}

fn shorten(key: &str) -> String {
    if key.chars().count() <= 30 { key.to_owned() } else { key.chars().take(29).chain(['…']).collect() }
}
