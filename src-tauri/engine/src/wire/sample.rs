//! The first bytes of a source, looked at once so that each format's detection is cheap.

mod shortened;

use std::borrow::Cow;

use serde_json::Value;

use super::frame::decode::{self, Encoding};
use super::frame::json::leading_documents;
use super::frame::salvage::{closed, without_half_pairs};
use super::json;
pub use shortened::Shortened;

/// The start of an unpacked source, with what is needed to tell formats apart.
#[derive(Debug)]
pub struct Sample<'a> {
    /// The first bytes (up to [`Sample::BYTES`]) as they will be framed: without a byte-order mark, UTF-16 as UTF-8, and
    /// of a file that is one JSON string the text within it.
    pub bytes: Cow<'a, [u8]>,
    /// Whether the sample is the whole source.
    pub complete: bool,
    /// The first JSON values of the source: its leading documents, or the leading elements of a top-level array (then
    /// `in_array` is set). A first value too large for the sample is parsed as far as it goes, its open arrays and objects
    /// closed, and so is one that is damaged. Empty if the source is not JSON.
    pub values: Vec<Value>,
    /// Whether `values` are elements of one top-level array.
    pub in_array: bool,
    /// Whether the source is JSON with one document a line.
    pub lines: bool,
    /// How the source's bytes become text.
    pub(super) encoding: Encoding,
    /// Whether the source is one JSON string with the document in it.
    pub(super) in_string: bool,
}

impl<'a> Sample<'a> {
    /// How much of a source is looked at.
    pub const BYTES: usize = 256 * 1024;
    /// How many leading values are parsed.
    pub const VALUES: usize = 8;

    /// Looks at `bytes`, the start of a source; `complete` says that there is no more. More than [`Sample::BYTES`] may be
    /// given and is not looked at.
    pub fn new(bytes: &'a [u8], complete: bool) -> Self {
        let complete = complete && bytes.len() <= Self::BYTES;
        let bytes = bytes.get(..Self::BYTES).unwrap_or(bytes);
        let encoding = Encoding::of(bytes);
        let mut text = encoding.text(bytes);
        let mut in_string = false;
        if let Some(inner) = decode::document_in_string(&text) {
            in_string = true;
            text = Cow::Owned(inner);
        }
        let lines = has_documents_on_lines(&text);
        let (values, in_array) = if lines {
            (values_of_lines(&text), false)
        } else if is_binary(&text) {
            (Vec::new(), false)
        } else {
            leading_values(&text)
        };
        Self { bytes: text, complete, values, in_array, lines, encoding, in_string }
    }

    /// Whether any leading value satisfies `test`.
    pub fn any(&self, test: impl Fn(&Value) -> bool) -> bool {
        self.values.iter().any(test)
    }
}

fn nonblank_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

fn is_object(line: &[u8]) -> bool {
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

/// Several lines, most of them a whole object: then newlines alone separate documents, and a damaged line costs itself only.
fn has_documents_on_lines(text: &[u8]) -> bool {
    let mut looked_at = 0usize;
    let mut objects = 0usize;
    let mut unfinished = false;
    for line in nonblank_lines(text).take(Sample::VALUES) {
        looked_at += 1;
        if is_object(line) {
            objects += 1;
        } else {
            unfinished = line.starts_with(b"{\"");
        }
    }
    // The second of two lines may be larger than the sample.
    (objects >= 2 && objects * 2 > looked_at) || (objects == 1 && looked_at == 2 && unfinished)
}

/// Whether control characters that no text has come early: JSON further on is then part of something else.
fn is_binary(text: &[u8]) -> bool {
    text.iter().take(512).any(|byte| matches!(byte, 1..=8 | 0x0e..=0x1a | 0x1c | 0x1d | 0x1f))
}

fn values_of_lines(text: &[u8]) -> Vec<Value> {
    nonblank_lines(text).filter_map(value).take(Sample::VALUES).collect()
}

fn leading_values(text: &[u8]) -> (Vec<Value>, bool) {
    let (documents, in_array) = leading_documents(text, Sample::VALUES);
    let values = documents.iter().filter_map(|document| value(document).or_else(|| up_to_damage(document)));
    (values.collect(), in_array)
}

/// What stands before the place where a document stops being JSON: enough to tell whose it is.
fn up_to_damage(document: &[u8]) -> Option<Value> {
    let error = serde_json::from_slice::<serde::de::IgnoredAny>(document).err()?;
    let lines = document.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let place = lines.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1);
    let value: Value = serde_json::from_slice(&closed(document.get(..place)?)?).ok()?;
    match &value {
        Value::Object(members) if !members.is_empty() => Some(value),
        _ => None,
    }
}

fn value(document: &[u8]) -> Option<Value> {
    serde_json::from_slice(document).ok().or_else(|| {
        let text = String::from_utf8_lossy(document);
        let text = without_half_pairs(&text).unwrap_or(text.into_owned());
        json::parse(text.as_bytes()).ok().map(|(value, _)| value)
    })
}
