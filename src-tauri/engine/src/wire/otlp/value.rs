//! `AnyValue`, the value of an attribute, borrowed from either encoding.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::id;
use crate::semantics::{AttributeValue, Text};

/// A value as its encoding has it.
#[derive(Debug, Default)]
pub(super) enum AnyValue<'a> {
    #[default]
    Null,
    Text(Text<'a>),
    /// A number as it stands in JSON.
    Number(&'a str),
    Int(i64),
    Double(f64),
    Bool(bool),
    List(Vec<AnyValue<'a>>),
    Map(Attributes<'a>),
    Bytes(&'a [u8]),
}

/// Attributes in the order of the source.
pub(super) type Attributes<'a> = Vec<(Text<'a>, AnyValue<'a>)>;

impl<'a> AnyValue<'a> {
    /// Adds the value to `out` as plain JSON.
    pub(super) fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Text(text) => text.write_json(out),
            Self::Number(number) => out.extend_from_slice(number.as_bytes()),
            Self::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
            Self::Double(number) if number.is_finite() => {
                let number = serde_json::to_string(number).unwrap_or_default();
                out.extend_from_slice(number.as_bytes());
            }
            Self::Double(number) => Text::Plain(&number.to_string()).write_json(out),
            Self::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
            Self::List(items) => {
                out.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(b',');
                    }
                    item.write_json(out);
                }
                out.push(b']');
            }
            Self::Map(members) => write_attributes(members, out),
            Self::Bytes(bytes) => Text::Plain(&id::to_base64(bytes)).write_json(out),
        }
    }

    /// The value for those who fill columns; `written` is its JSON.
    pub(super) fn seen<'b>(&'b self, written: &'b [u8]) -> AttributeValue<'b> {
        match self {
            Self::Null | Self::Bytes(_) => AttributeValue::Null,
            Self::Text(text) => AttributeValue::Text(*text),
            Self::Number(number) => AttributeValue::Number(number),
            Self::Int(number) => AttributeValue::Int(*number),
            Self::Double(number) => AttributeValue::Double(*number),
            Self::Bool(value) => AttributeValue::Bool(*value),
            Self::List(_) | Self::Map(_) => {
                std::str::from_utf8(written).map_or(AttributeValue::Null, AttributeValue::Json)
            }
        }
    }

    /// About how many bytes its JSON takes.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.as_written().len() + 4,
            Self::List(items) => items.iter().map(Self::size).sum(),
            Self::Map(members) => size(members),
            Self::Bytes(bytes) => bytes.len() * 4 / 3,
            _ => 12,
        }
    }

    /// A number, as such or in a string (JSON has 64-bit numbers in strings).
    fn of_number(json: &'a str) -> Self {
        let inner = Text::Json(json).as_written();
        if inner.len() == json.len() {
            return Self::Number(json);
        }
        if let Ok(whole) = inner.parse() {
            return Self::Int(whole);
        }
        match inner.parse::<f64>() {
            Ok(number) if number.is_finite() => Self::Double(number),
            _ => Self::Text(Text::Json(json)),
        }
    }
}

/// Adds `attributes` to `out` as a JSON object.
pub(super) fn write_attributes(attributes: &Attributes<'_>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (index, (key, value)) in attributes.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        key.write_json(out);
        out.push(b':');
        value.write_json(out);
    }
    out.push(b'}');
}

/// About how many bytes `attributes` take as JSON.
pub(super) fn size(attributes: &Attributes<'_>) -> usize {
    attributes.iter().map(|(key, value)| key.as_written().len() + value.size() + 4).sum()
}

/// A JSON token as text: a string in its quotes, or a bare number or word.
pub(super) fn text_of(raw: &RawValue) -> Text<'_> {
    let json = raw.get();
    if json.starts_with('"') { Text::Json(json) } else { Text::Plain(json) }
}

impl<'de: 'a, 'a> Deserialize<'de> for AnyValue<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValueVisitor)
    }
}

struct AnyValueVisitor;

impl<'de> Visitor<'de> for AnyValueVisitor {
    type Value = AnyValue<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("an object with stringValue, intValue or the like")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(AnyValue::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut value = AnyValue::Null;
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            value = match key.as_ref() {
                "stringValue" | "string_value" => map
                    .next_value::<Option<&RawValue>>()?
                    .map_or(AnyValue::Null, |raw| AnyValue::Text(text_of(raw))),
                "intValue" | "int_value" | "doubleValue" | "double_value" => map
                    .next_value::<Option<&RawValue>>()?
                    .map_or(AnyValue::Null, |raw| AnyValue::of_number(raw.get())),
                "boolValue" | "bool_value" => {
                    map.next_value::<Option<bool>>()?.map_or(AnyValue::Null, AnyValue::Bool)
                }
                "arrayValue" | "array_value" => AnyValue::List(
                    map.next_value::<Option<ListValue<'de>>>()?
                        .unwrap_or_default()
                        .values
                        .unwrap_or_default(),
                ),
                "kvlistValue" | "kvlist_value" => AnyValue::Map(
                    map.next_value::<Option<MapValue<'de>>>()?
                        .unwrap_or_default()
                        .values
                        .unwrap_or_default()
                        .0,
                ),
                // Already base64, which is how bytes are kept.
                "bytesValue" | "bytes_value" => map
                    .next_value::<Option<&RawValue>>()?
                    .map_or(AnyValue::Null, |raw| AnyValue::Text(text_of(raw))),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
        }
        Ok(value)
    }
}

#[derive(Default, serde::Deserialize)]
struct ListValue<'a> {
    #[serde(borrow, default)]
    values: Option<Vec<AnyValue<'a>>>,
}

#[derive(Default, serde::Deserialize)]
struct MapValue<'a> {
    #[serde(borrow, default)]
    values: Option<AttributeList<'a>>,
}

/// A list of `{key, value}`.
#[derive(Debug, Default)]
pub(super) struct AttributeList<'a>(pub(super) Attributes<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for AttributeList<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AttributeListVisitor)
    }
}

struct AttributeListVisitor;

impl<'de> Visitor<'de> for AttributeListVisitor {
    type Value = AttributeList<'de>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a list of attributes, each with key and value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(AttributeList::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut attributes = Vec::with_capacity(16);
        while let Some(KeyValue { key, value }) = list.next_element::<KeyValue<'de>>()? {
            attributes.push((key.map_or(Text::Plain(""), text_of), value.unwrap_or_default()));
        }
        Ok(AttributeList(attributes))
    }
}

#[derive(serde::Deserialize)]
struct KeyValue<'a> {
    #[serde(borrow, default)]
    key: Option<&'a RawValue>,
    #[serde(borrow, default)]
    value: Option<AnyValue<'a>>,
}
