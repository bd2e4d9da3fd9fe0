//! Ends long texts of a turn early, so that a page of turns is of a bounded size. What is cut is whole in the step.

use serde_json::Value;

use crate::semantics::{Message, MessagePart};

/// The most of one text.
const TEXT_BYTES: usize = 20_000;
/// The most of a picture or sound, which is of no use in parts: a larger one is left out.
const MEDIA_BYTES: usize = 64_000;
/// What is shown of a text where a turn has no more room.
const LEAST_BYTES: usize = 500;

/// The room of one turn.
pub(super) struct Room(usize);

impl Default for Room {
    fn default() -> Self {
        Self(200_000)
    }
}

impl Room {
    /// Cuts the parts of a message. Gives the whole size of each part that was cut, 0 for the others.
    pub(super) fn cut(&mut self, message: &mut Message) -> Vec<u32> {
        message.parts.iter_mut().map(|part| u32::try_from(self.cut_part(part)).unwrap_or(u32::MAX)).collect()
    }

    fn cut_part(&mut self, part: &mut MessagePart) -> usize {
        let most = TEXT_BYTES.min(self.0).max(LEAST_BYTES);
        let (bytes, whole) = match part {
            MessagePart::Text { text } | MessagePart::Reasoning { text } => {
                let whole = text.len();
                if whole > most {
                    cut_text(text, most);
                }
                (text.len(), whole)
            }
            MessagePart::Media { reference, .. } => {
                let whole = reference.len();
                if whole > MEDIA_BYTES.min(self.0.max(LEAST_BYTES)) {
                    reference.clear();
                }
                (reference.len(), whole)
            }
            MessagePart::ToolCall { arguments: value, .. }
            | MessagePart::ToolResult { result: value, .. }
            | MessagePart::Other { value } => {
                let whole = size(value);
                if whole > most {
                    let mut left = most;
                    cut_value(value, &mut left);
                }
                (whole.min(most), whole)
            }
        };
        self.0 = self.0.saturating_sub(bytes);
        if bytes < whole { whole } else { 0 }
    }
}

/// Roughly how long a value is as JSON.
fn size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(|item| size(item) + 1).sum::<usize>(),
        Value::Object(members) => {
            2 + members.iter().map(|(key, member)| key.len() + 4 + size(member)).sum::<usize>()
        }
    }
}

/// Cuts a text to at most so many bytes, between two characters.
fn cut_text(text: &mut String, most: usize) {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.truncate(end.unwrap_or(0));
}

/// Cuts texts and lists where the room ends; the shape stays.
fn cut_value(value: &mut Value, left: &mut usize) {
    match value {
        Value::String(text) => {
            if text.len() > *left {
                cut_text(text, *left);
                text.push('…');
            }
            *left = left.saturating_sub(text.len());
        }
        Value::Array(items) => {
            let mut count = 0;
            for item in items.iter_mut() {
                if *left == 0 {
                    break;
                }
                cut_value(item, left);
                *left = left.saturating_sub(1);
                count += 1;
            }
            items.truncate(count);
        }
        Value::Object(members) => {
            for (key, member) in members.iter_mut() {
                *left = left.saturating_sub(key.len());
                cut_value(member, left);
            }
            if *left == 0 && members.len() > 1_000 {
                *members = std::mem::take(members).into_iter().take(1_000).collect();
            }
        }
        _ => *left = left.saturating_sub(8),
    }
}
