//! What went wrong in a step, from wherever its source says so.

use serde_json::Value;

use super::content::ErrorDetail;
use super::messages::unfolded;
use super::tree::Node;
use crate::model::Payload;

/// The errors of a step: its exception events with their stacks; then what its attributes, its status and an `error` in
/// its output say, unless that was said already.
pub(super) fn of(tree: &Node<'_>, payload: &Payload, output: Option<&Value>) -> Vec<ErrorDetail> {
    let mut errors: Vec<ErrorDetail> = Vec::new();
    for event in payload.events.iter().filter(|event| event.name == "exception") {
        let text =
            |key: &str| event.attributes.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let error = ErrorDetail {
            kind: text("exception.type").map(str::to_owned),
            message: text("exception.message").unwrap_or_default().to_owned(),
            stack: text("exception.stacktrace").map(str::to_owned),
        };
        if !errors.contains(&error) {
            errors.push(error);
        }
    }
    let kind = tree.text("error.type").or_else(|| tree.text("exception.type"));
    let message = tree.text("error.message").or_else(|| tree.text("exception.message"));
    let stack = tree.text("error.stack").or_else(|| tree.text("exception.stacktrace"));
    if (kind.is_some() || message.is_some()) && !is_said(&errors, message.unwrap_or_default(), kind) {
        errors.push(ErrorDetail {
            kind: kind.map(str::to_owned),
            message: message.unwrap_or_default().to_owned(),
            stack: stack.map(str::to_owned),
        });
    }
    if let Some(message) =
        payload.status_message.as_deref().map(str::trim).filter(|message| !message.is_empty())
        && !is_said(&errors, message, None)
    {
        match errors.iter_mut().find(|error| error.message.is_empty()) {
            Some(error) => error.message = message.to_owned(),
            None => errors.push(ErrorDetail { message: message.to_owned(), ..ErrorDetail::default() }),
        }
    }
    if payload.output.is_some()
        && let Some(error) = output.and_then(|output| output.get("error")).and_then(of_value)
        && !is_said(&errors, &error.message, error.kind.as_deref())
    {
        errors.push(error);
    }
    errors
}

/// Whether an error with this message (or of this kind, if there is no message) is there already. Status messages are
/// often `Type: message` of the exception.
fn is_said(errors: &[ErrorDetail], message: &str, kind: Option<&str>) -> bool {
    errors.iter().any(|error| {
        if message.is_empty() {
            return kind.is_some() && error.kind.as_deref() == kind;
        }
        !error.message.is_empty() && (message.contains(&error.message) || error.message.contains(message))
    })
}

/// An `error` field: a text, or an object with a message and perhaps a type, code and stack.
fn of_value(value: &Value) -> Option<ErrorDetail> {
    match unfolded(value) {
        Value::String(message) if !message.is_empty() => {
            Some(ErrorDetail { message, ..ErrorDetail::default() })
        }
        Value::Object(members) => {
            let text = |keys: &[&str]| {
                keys.iter().find_map(|key| members.get(*key)).map(|value| match value {
                    Value::String(text) => text.clone(),
                    other => other.to_string(),
                })
            };
            let message = text(&["message", "detail", "error"]).unwrap_or_else(|| value.to_string());
            Some(ErrorDetail {
                kind: text(&["type", "code", "name", "status"]),
                message,
                stack: text(&["stack", "traceback", "stacktrace"]),
            })
        }
        _ => None,
    }
}
