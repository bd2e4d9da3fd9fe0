//! Texts that are too long to be sent with their step: where they are cut, and reading, searching and saving them whole.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::MaskedKind;

/// A text, list or object that was cut in a reply. What is shown of it ends with `mark`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LongText {
    /// Where it stands, as in [`TextRef::place`].
    pub place: String,
    /// What its start ends with in the reply: unlike everything in the payload, and fit to be read by a person. Of a list it
    /// is the last item, of an object the last key.
    pub mark: String,
    /// Bytes of the whole text as UTF-8; `null` for a list or object.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Entries of the whole list or object; `null` for a text.
    #[ts(type = "number | null")]
    pub items: Option<u64>,
}

/// Names a text of a step, or of the run itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextRef {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The step's id in the source; `null` for what is said of the run itself.
    pub span_id: Option<String>,
    /// A JSON pointer (RFC 6901): `/raw/…` into the stored payload, `/content/…` into the content as it would be if nothing
    /// were cut. A string is its text; anything else is its JSON, as stored. `/raw` is the whole payload.
    pub place: String,
}

/// Asks for a stretch of a text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TextReadRequest {
    /// Which text.
    pub text: TextRef,
    /// Where it begins; inside a character, at the character's start.
    #[ts(type = "number")]
    pub from_byte: u64,
    /// Give at most this many bytes (4 MiB at most), and at least one character.
    pub limit_bytes: u32,
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextStretch {
    /// The stretch.
    pub text: String,
    /// Where it begins.
    #[ts(type = "number")]
    pub from_byte: u64,
    /// Where it ends, and the next begins.
    #[ts(type = "number")]
    pub to_byte: u64,
    /// Size of the whole text.
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// Asks for rows of a text that is broken after so many characters.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TextRowsRequest {
    /// Which text.
    pub text: TextRef,
    /// Longer lines are broken after so many characters (20 to 1,000).
    pub columns: u32,
    /// The first row wanted, from 0; without effect where a byte is given.
    #[ts(type = "number")]
    pub first_row: u64,
    /// The row that this byte stands in comes first.
    #[ts(type = "number | null")]
    pub at_byte: Option<u64>,
    /// Give at most this many rows (1,000 at most).
    pub rows: u32,
}

/// Rows of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextRowPage {
    /// The number of the first one given, from 0.
    #[ts(type = "number")]
    pub first_row: u64,
    /// The rows, in order.
    pub rows: Vec<TextRow>,
    /// Rows of the whole text at this width.
    #[ts(type = "number")]
    pub total_rows: u64,
    /// Lines of the whole text.
    #[ts(type = "number")]
    pub total_lines: u64,
    /// Size of the whole text.
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// One row: a line, or a piece of a line that was broken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextRow {
    /// Where it begins.
    #[ts(type = "number")]
    pub from_byte: u64,
    /// The number of its line, from 1.
    #[ts(type = "number")]
    pub line: u64,
    /// It goes on with a line that began in a row before.
    pub continues: bool,
    /// What stands in it, without the line's end.
    pub text: String,
}

/// Looks for a text in a long text, a stretch at a time.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TextFindRequest {
    /// Which text.
    pub text: TextRef,
    /// What is looked for (1,000 characters at most). Capitals make no difference.
    pub needle: String,
    /// Where to begin: 0, then [`TextPlaces::next_byte`].
    #[ts(type = "number")]
    pub from_byte: u64,
}

/// Where a text was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextPlaces {
    /// Begin and end of each place in turn, in bytes of the text; 20,000 numbers at most.
    #[ts(type = "Array<number>")]
    pub places: Vec<u64>,
    /// How far it has been looked; the next call goes on here.
    #[ts(type = "number")]
    pub next_byte: u64,
    /// The end has been reached.
    pub is_complete: bool,
    /// Size of the whole text.
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// What is to be saved as a file. The host asks the person where to, or hands it to the browser as a download.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextSave {
    /// A text in the store; `null` where the text itself is given.
    pub place: Option<TextRef>,
    /// The text, where it is short enough for the page to have it whole.
    pub text: Option<String>,
    /// A `data:` URL or base64, of which the bytes are saved that it stands for.
    pub is_media: bool,
    /// The MIME type of media that is no `data:` URL, as far as it is known.
    pub mime_type: Option<String>,
}

/// A file that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TextSaved {
    /// Its size.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What was masked as it was written, beside what was masked before; the most frequent first.
    pub masked: Vec<MaskedKind>,
}
