//! The wire format of Protocol Buffers: varints, fixed numbers, and bytes with their length. No schema.

use crate::semantics::Text;

/// Where a field's parts lie.
pub(super) struct Field {
    pub(super) number: u64,
    /// The wire type: 0 varint, 1 eight bytes, 2 with length, 5 four bytes.
    pub(super) wire: u8,
    /// Bytes of tag and length.
    pub(super) header: usize,
    /// Bytes of the value.
    pub(super) body: u64,
}

/// The field at the start of `bytes`, or `None` if it is none, or cut in its header.
pub(super) fn field(bytes: &[u8]) -> Option<Field> {
    let (tag, tag_size) = varint(bytes)?;
    let rest = bytes.get(tag_size..)?;
    let wire = (tag & 7) as u8;
    let (header, body) = match wire {
        0 => (tag_size, varint(rest)?.1 as u64),
        1 => (tag_size, 8),
        2 => {
            let (length, size) = varint(rest)?;
            (tag_size + size, length)
        }
        5 => (tag_size, 4),
        _ => return None,
    };
    (tag >> 3 != 0).then_some(Field { number: tag >> 3, wire, header, body })
}

/// A varint and its size in bytes.
pub(super) fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index + 1));
        }
    }
    None
}

/// A message that breaks the rules of the wire format.
#[derive(Clone, Copy, Debug)]
pub(super) struct Malformed;

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(super) enum FieldValue<'a> {
    /// A varint, or a fixed number's bits.
    Number(u64),
    /// A string, bytes, or a message.
    Bytes(&'a [u8]),
}

impl<'a> FieldValue<'a> {
    /// The value as text, as far as it is text.
    pub(super) fn text(self) -> Option<Text<'a>> {
        let Self::Bytes(bytes) = self else { return None };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
        };
        Some(Text::Plain(text))
    }
}

/// The fields of a message, with their numbers.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u64, FieldValue<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let bytes = std::mem::take(&mut self.0);
        let read = || {
            let Field { number, wire, header, body } = field(bytes)?;
            let end = header.checked_add(usize::try_from(body).ok()?)?;
            let value = bytes.get(header..end)?;
            let value = match wire {
                0 => FieldValue::Number(varint(value)?.0),
                1 => FieldValue::Number(u64::from_le_bytes(*value.first_chunk()?)),
                5 => FieldValue::Number(u64::from(u32::from_le_bytes(*value.first_chunk()?))),
                _ => FieldValue::Bytes(value),
            };
            Some((number, value, end))
        };
        Some(match read() {
            Some((number, value, end)) => {
                self.0 = bytes.get(end..).unwrap_or_default();
                Ok((number, value))
            }
            None => Err(Malformed),
        })
    }
}

/// The fields of a message that hold bytes, where the last one may be cut short.
pub(super) fn cut_fields(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        loop {
            let Field { number, wire, header, body } = field(rest)?;
            let end = header.saturating_add(usize::try_from(body).unwrap_or(usize::MAX)).min(rest.len());
            let value = rest.get(header..end)?;
            rest = rest.get(end..)?;
            if wire == 2 {
                return Some((number, value));
            }
        }
    })
}
