//! OTLP protobuf: the repeated field 1 of the request, message after message, whatever stands before each message.

use super::chunk::Cuts;
use super::{Place, Shape};

/// Tag of field 1, length-delimited.
const FIELD_1: u8 = 0x0a;

/// What precedes each message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Prefix {
    Nothing,
    BigEndian,
    Varint,
}

/// Cuts out each element of field 1.
pub(super) struct Protobuf {
    prefix: Prefix,
    /// Bytes left of the message that a prefix announced.
    left_in_message: u64,
    /// The rest can't be understood.
    lost: bool,
}

impl Protobuf {
    /// Decides what precedes messages by what gives a consistent reading of the sample.
    pub(super) fn of_sample(sample: &[u8]) -> Self {
        let reading = |prefix| fields_that_fit(sample, prefix);
        let mut best = (Prefix::Nothing, reading(Prefix::Nothing));
        for prefix in [Prefix::BigEndian, Prefix::Varint] {
            let fields = reading(prefix);
            if fields > best.1 {
                best = (prefix, fields);
            }
        }
        Self { prefix: best.0, left_in_message: 0, lost: false }
    }

    pub(super) fn cut(&mut self, buffer: &[u8], ended: bool, place: &mut Place, out: &mut Cuts) -> usize {
        if self.lost {
            return buffer.len();
        }
        let mut at = 0usize;
        loop {
            if at >= buffer.len() {
                return at;
            }
            let rest = buffer.get(at..).unwrap_or_default();
            let step = if self.prefix != Prefix::Nothing && self.left_in_message == 0 {
                self.prefix_of(rest)
            } else {
                field(rest).map(Step::Field)
            };
            match step {
                Some(Step::Prefix { length, size }) => {
                    self.left_in_message = length;
                    at += size;
                }
                Some(Step::Field(Field { number, header, body, .. })) => {
                    let end = header as u64 + body;
                    if end > rest.len() as u64 {
                        if !ended {
                            return at;
                        }
                        let position = place.at(buffer, at);
                        out.push_problem(Place::unfinished(position));
                        if number == 1 {
                            out.frame(at + header..buffer.len(), position, Shape::Document);
                        }
                        return buffer.len();
                    }
                    let end = usize::try_from(end).unwrap_or(rest.len());
                    if number == 1 {
                        let position = place.at(buffer, at);
                        out.frame(at + header..at + end, position, Shape::Document);
                    }
                    self.left_in_message = self.left_in_message.saturating_sub(end as u64);
                    at += end;
                }
                Some(Step::Wrong) => {
                    self.lose(buffer, at, place, out);
                    return buffer.len();
                }
                // Not enough bytes to tell.
                None if !ended && rest.len() < 16 => return at,
                None => {
                    self.lose(buffer, at, place, out);
                    return buffer.len();
                }
            }
        }
    }

    fn prefix_of(&self, rest: &[u8]) -> Option<Step> {
        let (length, size) = match self.prefix {
            Prefix::BigEndian => (u64::from(u32::from_be_bytes(*rest.first_chunk::<4>()?)), 4),
            Prefix::Varint => varint(rest)?,
            Prefix::Nothing => return Some(Step::Wrong),
        };
        Some(Step::Prefix { length, size })
    }

    fn lose(&mut self, buffer: &[u8], at: usize, place: &mut Place, out: &mut Cuts) {
        self.lost = true;
        let position = place.at(buffer, at);
        out.problem(position, "From here on this is not OTLP protobuf; what comes before was read.");
    }

    /// Gives up: a length beyond the limit is damage rather than data, and nothing can be found behind it.
    pub(super) fn drop_value(&mut self) {
        self.lost = true;
    }
}

enum Step {
    Prefix { length: u64, size: usize },
    Field(Field),
    Wrong,
}

struct Field {
    number: u64,
    wire: u8,
    /// Bytes of tag and length.
    header: usize,
    /// Bytes of the value.
    body: u64,
}

/// The field at the start of `bytes`, or `None` if it is none, or cut in its header.
fn field(bytes: &[u8]) -> Option<Field> {
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
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
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
pub(in crate::wire) struct Malformed;

/// The value of a field.
#[derive(Clone, Copy, Debug)]
pub(in crate::wire) enum FieldValue<'a> {
    /// A varint, or a fixed number's bits.
    Number(u64),
    /// A string, bytes, or a message.
    Bytes(&'a [u8]),
}

impl<'a> FieldValue<'a> {
    /// The value as text, as far as it is text.
    pub(in crate::wire) fn text(self) -> Option<crate::semantics::Text<'a>> {
        let Self::Bytes(bytes) = self else { return None };
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?,
        };
        Some(crate::semantics::Text::Plain(text))
    }
}

/// The fields of a message, with their numbers.
#[derive(Clone, Copy)]
pub(in crate::wire) struct Fields<'a>(pub(in crate::wire) &'a [u8]);

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
pub(in crate::wire) fn cut_fields(bytes: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
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

/// The first element of field 1 in `sample`, whatever precedes messages; it may be cut short.
pub(in crate::wire) fn first_element(sample: &[u8]) -> Option<&[u8]> {
    let prefix = Protobuf::of_sample(sample).prefix;
    if fields_that_fit(sample, prefix) == 0 {
        return None;
    }
    let message = match prefix {
        Prefix::Nothing => sample,
        Prefix::BigEndian => sample.get(4..)?,
        Prefix::Varint => sample.get(varint(sample)?.1..)?,
    };
    cut_fields(message).find_map(|(number, bytes)| (number == 1).then_some(bytes))
}

/// How many elements of field 1 can be passed over before the sample ends; 0 if it does not fit this prefix.
fn fields_that_fit(sample: &[u8], prefix: Prefix) -> usize {
    let mut at = 0usize;
    let mut message_end = 0usize;
    let mut fields = 0usize;
    while let Some(rest) = sample.get(at..).filter(|rest| !rest.is_empty()) {
        if prefix != Prefix::Nothing && at == message_end {
            let read = match prefix {
                Prefix::BigEndian => {
                    rest.first_chunk::<4>().map(|bytes| (u64::from(u32::from_be_bytes(*bytes)), 4))
                }
                Prefix::Varint | Prefix::Nothing => varint(rest),
            };
            let Some((length, size)) = read else { return fields };
            let Some(end) = usize::try_from(length).ok().and_then(|length| (at + size).checked_add(length))
            else {
                return 0;
            };
            at += size;
            message_end = end;
            continue;
        }
        if rest.first() != Some(&FIELD_1) {
            return 0;
        }
        let Some(field) = field(rest) else { return fields };
        let Some(end) =
            usize::try_from(field.body).ok().and_then(|body| (at + field.header).checked_add(body))
        else {
            return 0;
        };
        if prefix != Prefix::Nothing && end > message_end {
            return 0;
        }
        // Inside stands a resource, its scopes, or a schema URL.
        if !matches!(sample.get(at + field.header), None | Some(0x0a | 0x12 | 0x1a)) && field.body > 0 {
            return 0;
        }
        fields += 1;
        at = end;
    }
    fields
}
