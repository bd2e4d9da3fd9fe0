//! Long texts: reading, searching and saving what is cut in the reply that shows the step.

use std::io::Write;

use super::dto::{
    TextFindRequest, TextPlaces, TextReadRequest, TextRef, TextRowPage, TextRowsRequest, TextSave, TextSaved,
    TextStretch,
};
use super::masking::kinds;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::masking::MaskCounts;
use crate::query::texts::{FileKind, StoredText, file_kind, write_bytes, write_text};

fn text(engine: &Engine, text: &TextRef) -> Result<StoredText> {
    // The connection is given back before the text is looked through.
    engine.texts().text(&*engine.reader()?, text)
}

pub(super) fn text_read(engine: &Engine, request: TextReadRequest) -> Result<TextStretch> {
    Ok(text(engine, &request.text)?.stretch(request.from_byte, request.limit_bytes))
}

pub(super) fn text_rows(engine: &Engine, request: TextRowsRequest) -> Result<TextRowPage> {
    Ok(text(engine, &request.text)?.rows(&request))
}

pub(super) fn text_find(engine: &Engine, request: TextFindRequest) -> Result<TextPlaces> {
    text(engine, &request.text)?.find(&request.needle, request.from_byte)
}

/// A text that is about to be saved. Not a command: hosts say where it goes.
pub struct SavedText {
    text: Source,
    kind: FileKind,
    masked: MaskCounts,
}

enum Source {
    Stored(StoredText),
    /// By the page, or masked anew.
    Given(String),
}

/// What is to be saved, with a name for it. The name is made of the kind of the content alone, never of what a trace says.
///
/// Errors: `NotFound` if the text is not in the store any more, `Invalid` if neither a place nor a text is given.
pub fn text_to_save(engine: &Engine, request: TextSave) -> Result<SavedText> {
    let text = match (request.place, request.text) {
        (Some(place), _) => Source::Stored(text(engine, &place)?),
        (None, Some(text)) => Source::Given(text),
        (None, None) => return Err(Error::invalid("there is no text to save")),
    };
    let kind = file_kind(text.as_str(), request.is_media, request.mime_type.as_deref());
    let mut masked = MaskCounts::default();
    // Media are no text.
    let clean = match kind.is_encoded {
        true => None,
        false => engine.writer().masker().text(text.as_str(), &mut masked),
    };
    Ok(SavedText { text: clean.map_or(text, Source::Given), kind, masked })
}

impl Source {
    fn as_str(&self) -> &str {
        match self {
            Self::Stored(text) => text.as_str(),
            Self::Given(text) => text,
        }
    }
}

impl SavedText {
    /// A name for the file: `text.txt`, `image.png`.
    pub fn file_name(&self) -> String {
        format!("{}.{}", self.kind.stem, self.kind.extension)
    }

    /// The ending of the name.
    pub fn extension(&self) -> &'static str {
        self.kind.extension
    }

    /// Writes it in stretches; `is_cancelled` is asked between them.
    ///
    /// Errors: `Cancelled`, `Invalid` if media are no base64, `DiskFull` and `Io` for what the writing met.
    pub fn write(&self, out: &mut dyn Write, is_cancelled: &dyn Fn() -> bool) -> Result<TextSaved> {
        let bytes = match self.kind.is_encoded {
            true => write_bytes(self.text.as_str(), out, is_cancelled)?,
            false => write_text(self.text.as_str(), out, is_cancelled)?,
        };
        Ok(TextSaved { bytes, masked: kinds(&self.masked) })
    }
}
