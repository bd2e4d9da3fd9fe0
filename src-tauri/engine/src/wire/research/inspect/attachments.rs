//! Long texts that Inspect takes out of a sample and names by their hash.

use serde_json::{Map, Value};

const PREFIX: &str = "attachment://";
/// How deep values are looked into.
const DEPTH: usize = 64;

/// The attachments of a sample and its pool of messages.
pub struct Attachments {
    texts: Map<String, Value>,
    messages: Vec<Value>,
}

impl Attachments {
    /// Those of `sample`, which are taken out of it.
    pub fn of(sample: &mut Map<String, Value>) -> Self {
        let texts = match sample.shift_remove("attachments") {
            Some(Value::Object(texts)) => texts,
            _ => Map::new(),
        };
        let pool = sample
            .get_mut("events_data")
            .and_then(|data| data.get_mut("messages"))
            .map(Value::take)
            .or_else(|| sample.shift_remove("message_pool"));
        let messages = match pool {
            Some(Value::Array(messages)) => messages,
            _ => Vec::new(),
        };
        Self { texts, messages }
    }

    /// `value` with attachments put back. One that is not there stays named.
    pub fn resolve(&self, value: Value) -> Value {
        if self.texts.is_empty() { value } else { self.resolve_within(value, DEPTH) }
    }

    fn resolve_within(&self, value: Value, depth: usize) -> Value {
        match value {
            Value::String(text) => {
                let found = text.strip_prefix(PREFIX).and_then(|hash| self.texts.get(hash));
                found.cloned().unwrap_or(Value::String(text))
            }
            Value::Array(items) if depth > 0 => {
                items.into_iter().map(|item| self.resolve_within(item, depth - 1)).collect()
            }
            Value::Object(members) if depth > 0 => {
                members.into_iter().map(|(key, item)| (key, self.resolve_within(item, depth - 1))).collect()
            }
            other => other,
        }
    }

    /// The messages in the ranges `[[start, end), …]` of the pool.
    pub fn messages(&self, ranges: &Value) -> Vec<Value> {
        let mut found = Vec::new();
        for range in ranges.as_array().into_iter().flatten() {
            let bound = |index: usize| {
                range.get(index).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok())
            };
            let (Some(start), Some(end)) = (bound(0), bound(1)) else { continue };
            let end = end.min(self.messages.len());
            found.extend(self.messages.get(start..end).into_iter().flatten().cloned());
        }
        found
    }
}
