//! What changed from a step of A to the same step of B, as one short phrase: `query: red → blue`.

use rusqlite::Connection;
use serde_json::Value;

use super::excerpt::{self, Named};
use super::said::since_answer;
use super::side::Side;
use crate::error::Result;
use crate::model::SpanKind;
use crate::semantics::{Content, Message, MessagePart};
use crate::store::payload::PayloadReader;

/// Of steps that say more, no phrase is made.
const LARGEST_PAYLOAD_BYTES: u32 = 256 << 10;
/// Steps of one comparison that are read for phrases: those of the differences that are told first.
const MOST_PHRASES: u32 = 100;
/// Values of an input by which a step is told from others.
const MOST_VALUES: usize = 20;

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

    /// What changed there; `None` where that is not read or can't be said in a few words.
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
        let (Some(content_a), Some(content_b)) = (self.content(a, row_a)?, self.content(b, row_b)?) else {
            return Ok(None);
        };
        if changed == Changed::Error {
            let said = |content: &Content| {
                let errors: Vec<&str> = content.errors.iter().map(|error| &*error.message).collect();
                errors.join("\n")
            };
            let (said_a, said_b) = (said(&content_a), said(&content_b));
            return Ok((said_a != said_b).then(|| excerpt::of_texts(&said_a, &said_b)));
        }
        let said_a = Said::of(changed, a.kind(row_a), &content_a);
        let said_b = Said::of(changed, b.kind(row_b), &content_b);
        Ok(match said_a.calls() == said_b.calls() {
            true => excerpt::of_values(&said_a.named(), &said_b.named()),
            false => Some(format!("{} → {}", said_a.in_short(), said_b.in_short())),
        })
    }

    /// The values that a step was given, with their paths, each in a few words; the first 20.
    pub(super) fn given(&mut self, side: &Side, row: u32) -> Result<Vec<(String, String)>> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        self.left -= 1;
        let Some(content) = self.content(side, row)? else { return Ok(Vec::new()) };
        let said = Said::of(Changed::Input, side.kind(row), &content);
        let values = excerpt::listed(&said.named(), MOST_VALUES);
        Ok(values.into_iter().map(|(path, value)| (path, excerpt::shown(value))).collect())
    }

    fn content(&mut self, side: &Side, row: u32) -> Result<Option<Content>> {
        side.content(self.connection, &mut self.payloads, row, LARGEST_PAYLOAD_BYTES)
    }
}

/// What a part of a step says: a value, or one after the other what is said in messages; of calls the tool and its arguments.
struct Said(Vec<(Option<String>, Value)>);

impl Said {
    fn of(changed: Changed, kind: SpanKind, content: &Content) -> Self {
        let (value, messages) = match changed {
            Changed::Input => (&content.input, since_answer(&content.input_messages)),
            _ => (&content.output, content.output_messages.as_slice()),
        };
        // As alignment holds them against each other: a model by what it was sent, all else by its value first.
        let is_by_value =
            messages.is_empty() || (changed == Changed::Input && kind != SpanKind::Llm && value.is_some());
        if is_by_value {
            return Self(value.iter().map(|value| (None, value.clone())).collect());
        }
        let parts: Vec<(Option<String>, Value)> =
            messages.iter().flat_map(|message: &Message| &message.parts).filter_map(part).collect();
        let has_decided = changed == Changed::Output && parts.iter().any(|(call, _)| call.is_some());
        // What a model says beside its calls is not what it decided.
        Self(parts.into_iter().filter(|(call, _)| !has_decided || call.is_some()).collect())
    }

    fn calls(&self) -> Vec<&str> {
        self.0.iter().filter_map(|(call, _)| call.as_deref()).collect()
    }

    fn named(&self) -> Vec<Named<'_>> {
        self.0.iter().map(|(call, value)| (call.as_deref(), value)).collect()
    }

    /// The tools that are called, else how it begins.
    fn in_short(&self) -> String {
        match (self.calls().as_slice(), self.0.first()) {
            ([], None) => "nothing".to_owned(),
            ([], Some((_, value))) => excerpt::shown(value),
            (calls, _) => excerpt::shown(&Value::String(format!("calls {}", calls.join(", ")))),
        }
    }
}

/// `None` for what a model thought, which is no decision.
fn part(part: &MessagePart) -> Option<(Option<String>, Value)> {
    Some(match part {
        MessagePart::Text { text } => (None, Value::String(text.clone())),
        MessagePart::Reasoning { .. } => return None,
        MessagePart::ToolCall { name, arguments, .. } => (Some(name.clone()), arguments.clone()),
        MessagePart::ToolResult { result, .. } => (None, result.clone()),
        MessagePart::Media { reference, .. } => (None, Value::String(reference.clone())),
        MessagePart::Other { value } => (None, value.clone()),
    })
}
