//! OTLP protobuf: the repeated field 1 of the request, message after message, whatever stands before each message.

use super::chunk::Cuts;
use super::{Place, Shape};
use crate::wire::protobuf::{Field, cut_fields, field, varint};

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

    /// For messages that nothing precedes.
    pub(super) fn without_prefix() -> Self {
        Self { prefix: Prefix::Nothing, left_in_message: 0, lost: false }
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
                    let end = (header as u64).saturating_add(body);
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
        out.problem(
            position,
            "From here on this is not protobuf of the kind that comes before, which was read.",
        );
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
