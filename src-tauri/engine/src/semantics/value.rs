//! An attribute's value as an importer sees it: borrowed, and decoded only when somebody asks.

use std::borrow::Cow;

use serde_json::Value;

/// A string, as plain text or as it stands in JSON.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Text<'a> {
    /// Plain.
    Plain(&'a str),
    /// With its quotes and escapes.
    Json(&'a str),
}

impl<'a> Text<'a> {
    /// The whole text, decoded.
    pub fn decoded(self) -> Cow<'a, str> {
        self.start(usize::MAX)
    }

    /// The text as it stands, escapes kept: for comparing and hashing.
    pub fn as_written(self) -> &'a str {
        match self {
            Self::Plain(text) => text,
            Self::Json(json) => {
                json.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(json)
            }
        }
    }

    /// The start of the text, decoded: at most `bytes` bytes of it as written.
    pub fn start(self, bytes: usize) -> Cow<'a, str> {
        let written = self.as_written();
        let mut end = bytes.min(written.len());
        while !written.is_char_boundary(end) {
            end -= 1;
        }
        let written = written.get(..end).unwrap_or(written);
        match self {
            Self::Json(_) if memchr::memchr(b'\\', written.as_bytes()).is_some() => {
                Cow::Owned(unescaped(written))
            }
            _ => Cow::Borrowed(written),
        }
    }

    /// Adds the text to `out` as a JSON string.
    pub fn write_json(self, out: &mut Vec<u8>) {
        match self {
            Self::Json(json) if memchr::memmem::find(json.as_bytes(), b"\\u").is_none() => {
                out.extend_from_slice(json.as_bytes());
            }
            // Halves of surrogate pairs are let through by the tokeniser, and would make the whole unreadable later.
            Self::Json(_) => write_string(&self.decoded(), out),
            Self::Plain(text) => write_string(text, out),
        }
    }
}

/// Adds `text` to `out` as a JSON string.
fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape: &[u8] = match byte {
            b'"' => b"\\\"",
            b'\\' => b"\\\\",
            b'\n' => b"\\n",
            b'\r' => b"\\r",
            b'\t' => b"\\t",
            0..0x20 => b"",
            _ => continue,
        };
        out.extend_from_slice(text.as_bytes().get(written..at).unwrap_or_default());
        if escape.is_empty() {
            out.extend_from_slice(format!("\\u{byte:04x}").as_bytes());
        } else {
            out.extend_from_slice(escape);
        }
        written = at + 1;
    }
    out.extend_from_slice(text.as_bytes().get(written..).unwrap_or_default());
    out.push(b'"');
}

/// The text that `escaped`, the inside of a JSON string that may be cut anywhere, stands for.
fn unescaped(escaped: &str) -> String {
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        let (plain, escape) = rest.split_at(at);
        text.push_str(plain);
        let mut characters = escape.chars();
        characters.next();
        match characters.next() {
            None => return text,
            Some('u') => {
                let Some(unit) = unit_of(escape) else { return text };
                rest = escape.get(6..).unwrap_or_default();
                let low = unit_of(rest).filter(|low| (0xdc00..0xe000).contains(low));
                let units = match (unit, low) {
                    (0xd800..=0xdbff, Some(low)) => {
                        rest = rest.get(6..).unwrap_or_default();
                        vec![unit, low]
                    }
                    _ => vec![unit],
                };
                text.push_str(&String::from_utf16_lossy(&units));
                continue;
            }
            Some('n') => text.push('\n'),
            Some('t') => text.push('\t'),
            Some('r') => text.push('\r'),
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some(other) => text.push(other),
        }
        rest = characters.as_str();
    }
    text.push_str(rest);
    text
}

/// The code unit of the `\uXXXX` that `text` starts with.
fn unit_of(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// An attribute's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum AttributeValue<'a> {
    /// A string.
    Text(Text<'a>),
    /// A number as it stands in JSON.
    Number(&'a str),
    /// A whole number.
    Int(i64),
    /// A number.
    Double(f64),
    /// True or false.
    Bool(bool),
    /// A list or map, written as JSON.
    Json(&'a str),
    /// A list or map.
    Value(&'a Value),
    /// Nothing.
    Null,
}

impl<'a> From<&'a Value> for AttributeValue<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => match number.as_i64() {
                Some(whole) => Self::Int(whole),
                None => number.as_f64().map_or(Self::Null, Self::Double),
            },
            Value::String(text) => Self::Text(Text::Plain(text)),
            Value::Array(_) | Value::Object(_) => Self::Value(value),
        }
    }
}

impl<'a> AttributeValue<'a> {
    /// As text, if it is a string or a number and not empty.
    pub fn text(self) -> Option<Cow<'a, str>> {
        let text = match self {
            Self::Text(text) => text.decoded(),
            Self::Number(number) => Cow::Borrowed(number),
            Self::Int(number) => Cow::Owned(number.to_string()),
            Self::Double(number) => Cow::Owned(number.to_string()),
            Self::Bool(_) | Self::Json(_) | Self::Value(_) | Self::Null => return None,
        };
        (!text.is_empty()).then_some(text)
    }

    /// As a number, if it is one or a string with one in it.
    pub fn number(self) -> Option<f64> {
        match self {
            Self::Int(number) => Some(number as f64),
            Self::Double(number) => Some(number),
            Self::Number(number) => number.parse().ok(),
            Self::Text(text) => text.as_written().trim().parse().ok(),
            Self::Bool(_) | Self::Json(_) | Self::Value(_) | Self::Null => None,
        }
        .filter(|number: &f64| number.is_finite())
    }

    /// As a count: a whole number, not negative.
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Int(number) => u64::try_from(number).ok(),
            Self::Number(number) if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
            _ => self.number().filter(|number| (0.0..9.0e18).contains(number)).map(|number| number as u64),
        }
    }

    /// Calls `with` with each string of a list (or with the string, if it is one).
    pub fn each_text(self, mut with: impl FnMut(&str)) {
        match self {
            Self::Text(text) => {
                let text = text.decoded();
                match serde_json::from_str::<Vec<String>>(&text) {
                    Ok(list) => list.iter().for_each(|text| with(text)),
                    Err(_) => with(&text),
                }
            }
            Self::Json(json) => {
                serde_json::from_str::<Vec<String>>(json)
                    .unwrap_or_default()
                    .iter()
                    .for_each(|text| with(text));
            }
            Self::Value(Value::Array(list)) => list.iter().filter_map(Value::as_str).for_each(with),
            _ => {}
        }
    }
}
