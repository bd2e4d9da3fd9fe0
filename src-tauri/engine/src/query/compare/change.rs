//! What changed from a step of A to the same step of B, as one short phrase: `query: red → blue`.

use rusqlite::Connection;

use super::diff::{self, field};
use super::said::since_answer;
use super::side::Side;
use super::step_difference::part;
use crate::dto::{DiffLine, DiffPiece, Ignored, LineChange};
use crate::error::Result;
use crate::model::SpanKind;
use crate::semantics::{Content, Message, MessagePart};
use crate::store::payload::PayloadReader;

/// Of steps that say more, and of texts that are longer, no phrase is made.
const LARGEST_PAYLOAD_BYTES: u32 = 256 << 10;
const LONGEST_TEXT_BYTES: usize = 16 << 10;
/// Phrases of one comparison: those of the differences that are told first.
const MOST_PHRASES: u32 = 100;
/// Longer values are cut.
const SHOWN_CHARACTERS: usize = 48;
const NO_DIFFERENCE: Ignored = Ignored { ids: true, times: true, whitespace: true };

/// Reads what changed in steps of two runs.
pub(super) struct Changes<'a> {
    connection: &'a Connection,
    payloads: PayloadReader,
    left: u32,
}

/// In which part of two steps something changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Changed {
    /// In what they were given.
    Input,
    /// In what came out.
    Output,
    /// In how they failed.
    Error,
}

impl<'a> Changes<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self { connection, payloads: PayloadReader::default(), left: MOST_PHRASES }
    }

    /// The first things that changed there; `None` where that can't be said in a few words.
    pub(super) fn phrase(
        &mut self,
        changed: Changed,
        (a, row_a): (&Side, u32),
        (b, row_b): (&Side, u32),
    ) -> Result<Option<String>> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        let mut read = |side: &Side, row: u32| {
            side.content(self.connection, &mut self.payloads, row, LARGEST_PAYLOAD_BYTES)
        };
        let (Some(content_a), Some(content_b)) = (read(a, row_a)?, read(b, row_b)?) else { return Ok(None) };
        let text_a = said(changed, a.kind(row_a), &content_a);
        let text_b = said(changed, b.kind(row_b), &content_b);
        let is_long =
            |text: &Option<String>| text.as_ref().is_some_and(|text| text.len() > LONGEST_TEXT_BYTES);
        if is_long(&text_a) || is_long(&text_b) {
            return Ok(None);
        }
        // Keys in another order are no difference.
        let lines = |ignored: Ignored| match value(changed, &content_a).zip(value(changed, &content_b)) {
            Some((a, b)) => diff::values(Some(a), Some(b), ignored).lines,
            None => diff::texts(text_a.as_deref(), text_b.as_deref(), ignored).lines,
        };
        Ok(first_changes(&lines(NO_DIFFERENCE)).or_else(|| first_changes(&lines(Ignored::default()))))
    }
}

/// The value that stands for a part of a step that has no messages.
fn value(changed: Changed, content: &Content) -> Option<&serde_json::Value> {
    match changed {
        Changed::Input => content.input.as_ref().filter(|_| content.input_messages.is_empty()),
        Changed::Output => content.output.as_ref().filter(|_| content.output_messages.is_empty()),
        Changed::Error => None,
    }
}

fn said(changed: Changed, kind: SpanKind, content: &Content) -> Option<String> {
    let written = |value: &Option<serde_json::Value>| value.as_ref().map(diff::written);
    match changed {
        Changed::Input if kind == SpanKind::Llm || content.input.is_none() => {
            some(messages(since_answer(&content.input_messages))).or_else(|| written(&content.input))
        }
        Changed::Input => written(&content.input),
        Changed::Output => some(messages(&content.output_messages)).or_else(|| written(&content.output)),
        Changed::Error => {
            some(content.errors.iter().map(|error| error.message.as_str()).collect::<Vec<_>>().join("\n"))
        }
    }
}

fn some(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

/// Messages without what the model thought, which is no decision.
fn messages(list: &[Message]) -> String {
    let parts = list.iter().flat_map(|message| &message.parts);
    let said = parts.filter(|part| !matches!(part, MessagePart::Reasoning { .. })).map(part);
    said.collect::<Vec<_>>().join("\n")
}

/// The first two things that changed.
fn first_changes(lines: &[DiffLine]) -> Option<String> {
    const MOST: usize = 2;
    let mut changes: Vec<String> = Vec::new();
    let mut lines = lines.iter().filter(|line| line.skipped == 0).peekable();
    while let Some(line) = lines.next() {
        if line.change == LineChange::Same {
            continue;
        }
        // A line that went and one that came in its place are one change.
        let is_replaced =
            |next: &&DiffLine| line.change == LineChange::Removed && next.change == LineChange::Added;
        let b = lines.next_if(is_replaced).map_or(&line.b, |next| &next.b);
        if changes.len() == MOST {
            changes.push("…".to_owned());
            break;
        }
        changes.extend(change(line, b));
    }
    (!changes.is_empty()).then(|| changes.join(", "))
}

/// A line of A that is `b` in B.
fn change(line: &DiffLine, b: &Option<Vec<DiffPiece>>) -> Option<String> {
    let text = |pieces: &Option<Vec<DiffPiece>>| pieces.as_deref().map(changed_part).unwrap_or_default();
    let (text_a, text_b) = (text(&line.a), text(b));
    if text_a.is_empty() && text_b.is_empty() {
        return None;
    }
    let whole: String = line.a.iter().flatten().map(|piece| piece.text.as_str()).collect();
    let name = field(&whole).filter(|_| line.change == LineChange::Changed);
    let name = name.map(|name| format!("{}: ", shortened(name.trim_matches('"')))).unwrap_or_default();
    let shown = |text: String| if text.is_empty() { "nothing".to_owned() } else { shortened(&text) };
    Some(format!("{name}{} → {}", shown(text_a), shown(text_b)))
}

/// From the first piece that differs to the last, without the quotes and commas of JSON around it.
fn changed_part(pieces: &[DiffPiece]) -> String {
    let Some(first) = pieces.iter().position(|piece| piece.differs) else { return String::new() };
    let last = pieces.iter().rposition(|piece| piece.differs).unwrap_or(first);
    let text: String = pieces[first..=last].iter().map(|piece| piece.text.as_str()).collect();
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | ',')).to_owned()
}

fn shortened(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SHOWN_CHARACTERS) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line,
    }
}
