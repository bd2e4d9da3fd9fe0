//! Columns: long lists of numbers or texts that leave the engine as bytes rather than as JSON, so that an answer with a row
//! a step costs little more than its memory, however many rows it has.
//!
//! A list becomes a column by its type, [`Column`]. An answer with columns is one envelope, little-endian throughout:
//!
//! ```text
//!   0   "TLXC"
//!   4   u32   version of this layout
//!   8   u32   where the header begins
//!  12   u32   bytes of the header
//!  16   the columns, each from a multiple of 8 on: numbers one after another, or texts as UTF-8 one after another and,
//!       apart, where each of them ends
//!       the header, last so that nothing is moved to make room for it: the answer as JSON, with what it says of a column in
//!       the column's place:
//!         {"column":"f64","length":3,"bytes":[16,24]}                      from byte 16 on, 24 bytes
//!         {"column":"text","length":2,"bytes":[40,9],"ends":[56,8]}        ends as u32, from the beginning of the texts
//! ```

use std::io;
use std::ops::{Deref, DerefMut};

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, IntoDeserializer, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer, forward_to_deserialize_any};
use serde_json::ser::Formatter;
use serde_json::{Map, Value};
use ts_rs::TS;

use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"TLXC";
const VERSION: u32 = 1;
const PREAMBLE_BYTES: usize = 16;
/// The page looks at a column where it lies, which it can only from a multiple of the size of its numbers on.
const ALIGNED_BYTES: usize = 8;

/// A list that leaves the engine as bytes where its answer is one with columns ([`encode`]). In Rust it is a `Vec`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub struct Column<T>(Vec<T>);

impl<T> Deref for Column<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.0
    }
}

impl<T> DerefMut for Column<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        &mut self.0
    }
}

impl<T> From<Vec<T>> for Column<T> {
    fn from(values: Vec<T>) -> Self {
        Self(values)
    }
}

impl<T> IntoIterator for Column<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<T: PartialEq<U>, U, const N: usize> PartialEq<[U; N]> for Column<T> {
    fn eq(&self, other: &[U; N]) -> bool {
        self.0 == *other
    }
}

/// What a column can hold.
pub trait Element: Sized {
    /// Its name in the header.
    const TYPE: &'static str;
    /// What the page has in its place.
    const TYPESCRIPT: &'static str;

    /// The values one after another and, where they differ in length, where each ends.
    fn bytes(values: &[Self]) -> (Vec<u8>, Option<Vec<u8>>);
}

macro_rules! numbers {
    ($($number:ty, $typescript:literal;)+) => {$(
        impl Element for $number {
            const TYPE: &'static str = stringify!($number);
            const TYPESCRIPT: &'static str = $typescript;

            fn bytes(values: &[Self]) -> (Vec<u8>, Option<Vec<u8>>) {
                let mut bytes = Vec::with_capacity(size_of_val(values));
                values.iter().for_each(|value| bytes.extend_from_slice(&value.to_le_bytes()));
                (bytes, None)
            }
        }
    )+};
}

numbers! {
    u8, "Uint8Array";
    u16, "Uint16Array";
    u32, "Uint32Array";
    i32, "Int32Array";
    f64, "Float64Array";
}

impl Element for String {
    const TYPE: &'static str = "text";
    const TYPESCRIPT: &'static str = "TextColumn";

    fn bytes(values: &[Self]) -> (Vec<u8>, Option<Vec<u8>>) {
        let mut bytes = Vec::with_capacity(values.iter().map(String::len).sum());
        let mut ends = Vec::with_capacity(4 * values.len());
        for value in values {
            bytes.extend_from_slice(value.as_bytes());
            ends.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        }
        (bytes, Some(ends))
    }
}

impl<T: Element> Serialize for Column<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let (bytes, ends) = T::bytes(&self.0);
        let mut column = serializer.serialize_struct("Column", 3 + usize::from(ends.is_some()))?;
        column.serialize_field("column", T::TYPE)?;
        column.serialize_field("length", &self.0.len())?;
        column.serialize_field("bytes", &Bytes(&bytes))?;
        if let Some(ends) = &ends {
            column.serialize_field("ends", &Bytes(ends))?;
        }
        column.end()
    }
}

impl<T: Element> TS for Column<T> {
    type WithoutGenerics = Self;
    type OptionInnerType = Self;

    fn name(_: &ts_rs::Config) -> String {
        T::TYPESCRIPT.to_owned()
    }

    fn inline(config: &ts_rs::Config) -> String {
        Self::name(config)
    }
}

/// Bytes, which [`Envelope`] puts into the body.
struct Bytes<'a>(&'a [u8]);

impl Serialize for Bytes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Writes JSON whose bytes lie elsewhere: of them it says where in the body they lie.
struct Envelope<'a> {
    body: &'a mut Vec<u8>,
}

impl Formatter for Envelope<'_> {
    fn write_byte_array<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: &[u8]) -> io::Result<()> {
        self.body.resize(self.body.len().next_multiple_of(ALIGNED_BYTES), 0);
        write!(writer, "[{},{}]", self.body.len(), value.len())?;
        self.body.extend_from_slice(value);
        Ok(())
    }
}

/// An answer as an envelope. Error `Internal` if it is no JSON object, or beyond 4 GiB.
pub fn encode(answer: &impl Serialize) -> Result<Vec<u8>> {
    let mut envelope = vec![0; PREAMBLE_BYTES];
    let mut header = Vec::new();
    let formatter = Envelope { body: &mut envelope };
    answer
        .serialize(&mut serde_json::Serializer::with_formatter(&mut header, formatter))
        .map_err(|error| Error::internal(format!("the response can't be written: {error}")))?;
    let word = |number: usize| {
        u32::try_from(number)
            .map_err(|_| Error::internal("the response is beyond 4 GiB"))
            .map(u32::to_le_bytes)
    };
    let words = [VERSION.to_le_bytes(), word(envelope.len())?, word(header.len())?];
    let preamble = MAGIC.iter().chain(words.as_flattened());
    envelope.iter_mut().zip(preamble).for_each(|(to, from)| *to = *from);
    envelope.append(&mut header);
    Ok(envelope)
}

/// Reads an envelope as the type it was made from. Error `Invalid` if it is none, or not of that type.
pub fn decode<Answer: DeserializeOwned>(envelope: &[u8]) -> Result<Answer> {
    let broken = |error: serde_json::Error| Error::invalid(format!("the columns can't be read: {error}"));
    let word =
        |at: usize| envelope.get(at..at + 4)?.try_into().ok().map(|bytes| u32::from_le_bytes(bytes) as usize);
    let header = match (envelope.get(..4), word(4), word(8), word(12)) {
        (Some(magic), Some(version), Some(from), Some(bytes))
            if magic == MAGIC && version == VERSION as usize =>
        {
            envelope.get(from..from.saturating_add(bytes))
        }
        _ => None,
    };
    let header = header.ok_or_else(|| Error::invalid("this is no envelope with columns"))?;
    let header: Map<String, Value> = serde_json::from_slice(header).map_err(broken)?;
    let fields = header.into_iter().map(|(name, value)| (name, Field { value, envelope }));
    Answer::deserialize(MapDeserializer::new(fields)).map_err(broken)
}

/// A field of a header, and the envelope in which its column lies if it is one.
struct Field<'a> {
    value: Value,
    envelope: &'a [u8],
}

impl<'a> Field<'a> {
    fn column_type(&self) -> Option<&str> {
        self.value.get("column")?.as_str()
    }

    /// The bytes that the header means by `name`; empty if they are not all there.
    fn bytes(&self, name: &str) -> &'a [u8] {
        let place = |index: usize| self.value.get(name)?.get(index)?.as_u64();
        let range = place(0).zip(place(1)).and_then(|(from, bytes)| {
            let (from, bytes) = (usize::try_from(from).ok()?, usize::try_from(bytes).ok()?);
            Some(from..from.checked_add(bytes)?)
        });
        range.and_then(|range| self.envelope.get(range)).unwrap_or_default()
    }
}

impl<'de> IntoDeserializer<'de, serde_json::Error> for Field<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Field<'_> {
    type Error = serde_json::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        let bytes = self.bytes("bytes");
        macro_rules! numbers {
            ($number:ty) => {{
                let (values, _) = bytes.as_chunks();
                visitor.visit_seq(SeqDeserializer::new(
                    values.iter().map(|value| <$number>::from_le_bytes(*value)),
                ))
            }};
        }
        match self.column_type() {
            Some("u8") => numbers!(u8),
            Some("u16") => numbers!(u16),
            Some("u32") => numbers!(u32),
            Some("i32") => numbers!(i32),
            Some("f64") => numbers!(f64),
            Some("text") => {
                let (ends, _) = self.bytes("ends").as_chunks();
                let mut from = 0;
                let texts = ends.iter().map(|end| {
                    let end = u32::from_le_bytes(*end) as usize;
                    let text = bytes.get(from..end).unwrap_or_default();
                    from = end;
                    String::from_utf8_lossy(text)
                });
                visitor.visit_seq(SeqDeserializer::new(texts))
            }
            _ => match self.value {
                // Parts of an answer may have columns, too.
                Value::Object(members) => {
                    let envelope = self.envelope;
                    let fields = members.into_iter().map(|(name, value)| (name, Field { value, envelope }));
                    visitor.visit_map(MapDeserializer::new(fields))
                }
                value => value.deserialize_any(visitor),
            },
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> serde_json::Result<V::Value> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        self.value.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> serde_json::Result<V::Value> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}
