//! One line out of whatever a source writes as an error.

use serde_json::Value;

use crate::model::SpanRecord;

/// The error that `value` tells of, as one line; `None` where it says that there was none (null, false, 0, empty).
pub fn of(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Bool(false) => None,
        Value::String(text) => of_text(text),
        Value::Object(members) => {
            let text =
                |keys: &[&str]| keys.iter().find_map(|key| members.get(*key)?.as_str()).and_then(one_line);
            let message = text(&["message", "msg", "detail", "description", "text"])
                .or_else(|| members.get("error").and_then(of))
                .or_else(|| members.get("message").filter(|inner| inner.is_object()).and_then(of));
            match (text(&["type", "name", "class", "code"]), message) {
                (Some(kind), Some(message)) if !message.contains(&kind) => Some(format!("{kind}: {message}")),
                (_, Some(message)) => Some(message),
                (Some(kind), None) => Some(kind),
                (None, None) if members.is_empty() => None,
                (None, None) => one_line(&value.to_string()),
            }
        }
        Value::Array(values) if values.is_empty() => None,
        Value::Number(number) if number.as_f64() == Some(0.0) => None,
        other => one_line(&other.to_string()),
    }
}

/// The line of an error's text that says what went wrong: before Python's traceback, or if there is nothing, at its end.
pub fn of_text(text: &str) -> Option<String> {
    match text.split_once("Traceback (most recent call last)") {
        Some((before, _)) => one_line(before).or_else(|| of_traceback(text)),
        None => one_line(text),
    }
}

/// White space folded, cut to what fits one line.
pub fn one_line(text: &str) -> Option<String> {
    SpanRecord::preview_of(text)
}

/// The last line of a traceback that says something: Python writes what was raised there.
pub fn of_traceback(text: &str) -> Option<String> {
    text.lines().rev().find(|line| !line.trim().is_empty()).and_then(one_line)
}
