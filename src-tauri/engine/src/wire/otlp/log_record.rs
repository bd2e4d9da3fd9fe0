//! A log record that is an event of a model call: instrumentations may tell the messages in such records rather than in the
//! span, which they name by its ids. It becomes a part of that span, whichever of the two comes first.

use super::span::{Event, Id, Shared, Span};
use super::value::{AnyValue, Attributes};
use crate::model::{SpanFlags, SpanRecord, SpanStatus};
use crate::semantics::Text;

/// What the names of such events begin with.
const PREFIX: &str = "gen_ai.";
/// The event that repeats what its span says in attributes, the messages with it.
const DETAILS: &str = "gen_ai.client.inference.operation.details";
/// Where an event has its name if the record has no field for it.
const NAME_ATTRIBUTE: &str = "event.name";

/// A log record, borrowed from its source.
#[derive(Debug, Default)]
pub(super) struct LogRecord<'a> {
    pub(super) trace_id: Id<'a>,
    pub(super) span_id: Id<'a>,
    pub(super) time_ns: u64,
    pub(super) observed_ns: u64,
    pub(super) event_name: Option<Text<'a>>,
    pub(super) body: AnyValue<'a>,
    pub(super) attributes: Attributes<'a>,
}

/// Whether a record in this encoded form can be such an event; most are not, and need not be read.
pub(super) fn may_be_event(record: &[u8]) -> bool {
    memchr::memmem::find(record, PREFIX.as_bytes()).is_some()
}

impl LogRecord<'_> {
    /// The part of its span that it tells; `None` if it is another kind of record, or names no span.
    pub(super) fn part(mut self, shared: &Shared) -> Option<SpanRecord> {
        let named = self.attributes.iter().position(|(key, _)| key.as_written() == NAME_ATTRIBUTE);
        let attribute = named.map(|index| self.attributes.remove(index));
        let name = match (self.event_name, attribute) {
            (Some(name), _) if !name.as_written().is_empty() => name,
            (_, Some((_, AnyValue::Text(name)))) => name,
            _ => return None,
        };
        if !name.as_written().starts_with(PREFIX) {
            return None;
        }
        let mut record = SpanRecord::new(self.trace_id.trace()?, self.span_id.span()?, "");
        record.is_part = true;

        let mut columns = shared.columns.clone();
        if name.as_written() == DETAILS {
            for (key, value) in &self.attributes {
                let mut written = Vec::new();
                value.write_json(&mut written);
                columns.attribute(&key.decoded(), value.seen(&written));
            }
        }
        if !matches!(self.body, AnyValue::Null) {
            self.attributes.push((Text::Plain("body"), self.body));
        }
        let time_ns = if self.time_ns == 0 { self.observed_ns } else { self.time_ns };
        let event = Event { time_ns, name: Some(name), attributes: self.attributes };
        record.payload.clear();
        Span { events: vec![event], ..Span::default() }.write_events(&mut record.payload, &mut columns);
        record.payload.push(b'}');

        columns.fill(&mut record, false, false, None);
        // How the span ended is for the span to say; until it does, this is the time at which it is shown.
        record.status = SpanStatus::Open;
        record.error = None;
        record.start_ns = i64::try_from(time_ns).ok().filter(|ns| *ns != 0);
        record.flags.set(SpanFlags::TIME_DERIVED, record.start_ns.is_some());
        Some(record)
    }
}
