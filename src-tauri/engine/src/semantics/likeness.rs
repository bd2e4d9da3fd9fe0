//! Whether two messages say the same, however they are written down.

use serde_json::Value;
use xxhash_rust::xxh3::Xxh3;

use super::content::{Message, MessagePart, ToolDefinition};

/// What a message comes to where it is compared with others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Likeness {
    /// Equal for messages that mean the same; 0 for one in which there is nothing but reasoning.
    pub hash: u64,
    /// How long it is.
    pub characters: u32,
}

/// Marks that callers put on what they send, and that say nothing.
const MARKS: [&str; 3] = ["cache_control", "cacheControl", "cachePoint"];

/// What a message comes to. What differs by chance makes no difference: the ids of tool calls, marks for a provider's cache,
/// the order of fields, white space around texts, how the role is called, reasoning (which histories often leave out).
pub fn likeness(message: &Message) -> Likeness {
    let mut sum = Sum::default();
    let is_result = |part: &MessagePart| matches!(part, MessagePart::ToolResult { .. });
    let role = match &*message.role {
        _ if !message.parts.is_empty() && message.parts.iter().all(is_result) => "tool",
        "developer" => "system",
        "human" => "user",
        "ai" | "model" => "assistant",
        "function" => "tool",
        role => role,
    };
    sum.text(role);
    let mut is_empty = !message.parts.is_empty();
    for part in &message.parts {
        is_empty &= matches!(part, MessagePart::Reasoning { .. });
        match part {
            MessagePart::Text { text } => sum.said(text),
            MessagePart::Reasoning { text } => sum.characters += text.len(),
            MessagePart::ToolCall { name, arguments, .. } => {
                sum.text(name);
                sum.value(arguments);
            }
            MessagePart::ToolResult { result, .. } => sum.value(alone(result)),
            MessagePart::Media { reference, .. } => sum.said(reference),
            MessagePart::Other { value } => sum.value(value),
        }
    }
    let hash = if is_empty { 0 } else { sum.hasher.digest().max(1) };
    Likeness { hash, characters: u32::try_from(sum.characters).unwrap_or(u32::MAX) }
}

/// Equal for the same tools, in whatever order; 0 for none.
pub fn tools_hash(tools: &[ToolDefinition]) -> u64 {
    tools.iter().fold(0, |all: u64, tool| {
        let mut sum = Sum::default();
        sum.text(&tool.name);
        sum.text(tool.description.as_deref().unwrap_or_default().trim());
        sum.value(tool.parameters.as_ref().unwrap_or(&Value::Null));
        all.wrapping_add(sum.hasher.digest().max(1))
    })
}

/// A text that stands as the only part of a list.
pub fn alone(value: &Value) -> &Value {
    let part = value.as_array().filter(|parts| parts.len() == 1).and_then(|parts| parts.first());
    match part.and_then(|part| part.get("text")) {
        Some(text @ Value::String(_)) => text,
        _ => value,
    }
}

#[derive(Default)]
struct Sum {
    hasher: Xxh3,
    characters: usize,
}

impl Sum {
    /// A text of the message itself.
    fn said(&mut self, text: &str) {
        self.characters += text.len();
        self.text(text.trim());
    }

    fn text(&mut self, text: &str) {
        self.hasher.update(&(text.len() as u64).to_le_bytes());
        self.hasher.update(text.as_bytes());
    }

    fn value(&mut self, value: &Value) {
        match value {
            Value::Null => self.text("null"),
            Value::Bool(is_so) => self.text(if *is_so { "true" } else { "false" }),
            Value::Number(number) => self.text(&number.to_string()),
            Value::String(text) => self.said(text),
            Value::Array(items) => {
                self.hasher.update(&(items.len() as u64).to_le_bytes());
                items.iter().for_each(|item| self.value(item));
            }
            Value::Object(members) => {
                let mut members: Vec<_> =
                    members.iter().filter(|(key, _)| !MARKS.contains(&key.as_str())).collect();
                members.sort_by_key(|(key, _)| key.as_str());
                for (key, member) in members {
                    self.characters += key.len();
                    self.text(key);
                    self.value(member);
                }
            }
        }
    }
}
