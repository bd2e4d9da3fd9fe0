//! JSON as trace files have it: parsed with Python's and MongoDB's dialects understood, and looked into under whichever of
//! several names a field goes by.

use serde_json::{Map, Value};

use super::{Frame, Sink};
use crate::model::{Position, Problem};

/// The value of a frame. What is not whole JSON, or had to be repaired, becomes a problem at its place; `what` is what was
/// expected ("a span of Jaeger").
pub fn value(frame: &Frame<'_>, what: &str, out: &mut dyn Sink) -> Option<Value> {
    if frame.bytes.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    match parse(frame.bytes) {
        Ok((value, repairs)) => {
            if let Some(repairs) = repairs {
                out.problem(Problem::new(frame.at, repairs));
            }
            Some(value)
        }
        Err(error) => {
            let reason = format!("not {what}, since it is not whole JSON: {error}");
            out.problem(Problem::new(position(frame, &error), reason));
            None
        }
    }
}

/// As [`value`], where only an object will do; anything else is a problem.
pub fn object(frame: &Frame<'_>, what: &str, out: &mut dyn Sink) -> Option<Map<String, Value>> {
    match value(frame, what, out)? {
        Value::Object(members) => Some(members),
        other => {
            let reason = format!("{} stands where {what} (an object) is expected", noun(&other));
            out.problem(Problem::new(frame.at, reason));
            None
        }
    }
}

/// The first of `keys` that has a value.
pub fn first<'a>(members: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a Value> {
    keys.iter().filter_map(|key| members.get(*key)).find(|value| !value.is_null())
}

/// The first of `keys` that has a text, if it is not empty.
pub fn str<'a>(members: &'a Map<String, Value>, keys: &[&str]) -> Option<&'a str> {
    keys.iter().filter_map(|key| members.get(*key)?.as_str()).find(|text| !text.is_empty())
}

/// Takes the first of `keys` that has a value out of the object, keeping the order of the rest.
pub fn take(members: &mut Map<String, Value>, keys: &[&str]) -> Option<Value> {
    let key = keys.iter().find(|key| members.get(**key).is_some_and(|value| !value.is_null()))?;
    members.shift_remove(*key)
}

/// Takes the first of `keys` that has a text; an empty one counts as none.
pub fn take_text(members: &mut Map<String, Value>, keys: &[&str]) -> Option<String> {
    let key = keys.iter().find(|key| members.get(**key).is_some_and(Value::is_string))?;
    match members.shift_remove(*key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// Takes the first of `keys` that has an object.
pub fn take_object(members: &mut Map<String, Value>, keys: &[&str]) -> Option<Map<String, Value>> {
    let key = keys.iter().find(|key| members.get(**key).is_some_and(Value::is_object))?;
    match members.shift_remove(*key) {
        Some(Value::Object(inner)) => Some(inner),
        _ => None,
    }
}

/// Takes the first of `keys` that has a list; nothing if there is none.
pub fn take_list(members: &mut Map<String, Value>, keys: &[&str]) -> Vec<Value> {
    let key = keys.iter().find(|key| members.get(**key).is_some_and(Value::is_array));
    match key.and_then(|key| members.shift_remove(*key)) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// `value`, or what it is the JSON of if it is a text with an object or array in it.
pub fn unfolded(value: Value) -> Value {
    match &value {
        Value::String(text) if matches!(text.trim_start().as_bytes().first(), Some(b'{' | b'[')) => {
            parse(text.as_bytes()).map_or(value, |(inner, _)| inner)
        }
        _ => value,
    }
}

/// Parses JSON. What Python writes and JSON does not know is repaired (`NaN` and infinities to null; framing has seen to
/// half characters), and MongoDB's wrappers (`{"$date": …}`, `{"$numberLong": …}`, …) are taken off.
///
/// Gives the value and, if anything was repaired, what, as a sentence.
pub fn parse(bytes: &[u8]) -> Result<(Value, Option<String>), serde_json::Error> {
    // Most sources have no wrappers, and taking values apart costs as much as parsing them.
    let has_wrappers = memchr::memmem::find(bytes, b"\"$").is_some();
    let unwrapped = |value| if has_wrappers { unwrap_extended(value) } else { value };
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok((unwrapped(value), None)),
        Err(error) => {
            let Some((repaired, count)) = repair(bytes) else { return Err(error) };
            let value = serde_json::from_slice(&repaired).map_err(|_| error)?;
            let reason = format!("{count} values that JSON does not know (NaN, Infinity) were replaced");
            Ok((unwrapped(value), Some(reason)))
        }
    }
}

/// Where in the source a frame's JSON is broken.
pub fn position(frame: &Frame<'_>, error: &serde_json::Error) -> Position {
    let lines_before = (error.line().max(1) - 1) as u64;
    let line_start =
        frame.bytes.split_inclusive(|byte| *byte == b'\n').take(lines_before as usize).map(<[u8]>::len);
    let offset = line_start.sum::<usize>() + error.column();
    Position { byte: frame.at.byte + offset as u64, line: frame.at.line.map(|line| line + lines_before) }
}

/// Replaces what Python's `json` writes beyond JSON, outside strings; `None` if there is nothing to.
fn repair(bytes: &[u8]) -> Option<(Vec<u8>, u32)> {
    let mut repaired = Vec::with_capacity(bytes.len());
    let mut count = 0;
    let mut in_string = false;
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let mut taken = 1;
        if in_string {
            match byte {
                b'\\' => taken = 2,
                b'"' => in_string = false,
                _ => {}
            }
        } else if byte == b'"' {
            in_string = true;
        } else {
            let word =
                [&b"NaN"[..], b"-Infinity", b"Infinity"].into_iter().find(|word| rest.starts_with(word));
            if let Some(word) = word {
                repaired.extend_from_slice(b"null");
                count += 1;
                rest = rest.get(word.len()..).unwrap_or_default();
                continue;
            }
        }
        repaired.extend_from_slice(rest.get(..taken).unwrap_or(rest));
        rest = after.get(taken - 1..).unwrap_or_default();
    }
    (count > 0).then_some((repaired, count))
}

/// Takes off MongoDB's wrappers, at any depth (serde_json parses at most 128 levels).
fn unwrap_extended(value: Value) -> Value {
    match value {
        Value::Array(values) => Value::Array(values.into_iter().map(unwrap_extended).collect()),
        Value::Object(object) => match extended(&object) {
            Some(plain) => plain,
            None => {
                Value::Object(object.into_iter().map(|(key, value)| (key, unwrap_extended(value))).collect())
            }
        },
        plain => plain,
    }
}

/// The plain value of a wrapper: an object with one key that starts with `$`.
fn extended(object: &Map<String, Value>) -> Option<Value> {
    let (key, value) = object.iter().next().filter(|_| object.len() == 1)?;
    match (key.as_str(), value) {
        ("$oid" | "$uuid" | "$symbol", Value::String(_)) | ("$date", Value::String(_) | Value::Number(_)) => {
            Some(value.clone())
        }
        ("$date", Value::Object(inner)) => extended(inner),
        ("$numberLong" | "$numberInt", Value::String(digits)) => digits.parse::<i64>().ok().map(Value::from),
        ("$numberDouble" | "$numberDecimal", Value::String(digits)) => {
            // NaN and infinities have no JSON number: null, as `repair` does.
            digits
                .parse::<f64>()
                .ok()
                .map(|number| serde_json::Number::from_f64(number).map_or(Value::Null, Value::Number))
        }
        _ => None,
    }
}

/// What kind of JSON value it is, for a person.
pub fn noun(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// A number, also where it is written as text.
pub fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
    .filter(|number| number.is_finite())
}

/// A count: a whole number that is not negative, also where it is written as text.
pub fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) if number.is_u64() => number.as_u64(),
        other => number(other).filter(|number| *number >= 0.0 && *number < 9e15).map(|number| number as u64),
    }
}

/// A truth, also where it is written as 0, 1 or text.
pub fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::Number(number) => number.as_f64().map(|number| number != 0.0),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" => Some(true),
            "false" | "0" | "no" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Text that is not empty.
pub fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
