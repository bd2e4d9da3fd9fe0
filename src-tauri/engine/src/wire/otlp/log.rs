//! Log records that tell what a model call said: GenAI events, which some instrumentations send apart from the span.

use super::span::{Id, member, time};
use super::value::{AnyValue, Attributes};
use crate::model::EventRecord;
use crate::semantics::Text;

/// What the names of events that belong to a step begin with.
pub(super) const NAME: &str = "gen_ai.";

/// A log record, borrowed from its source.
#[derive(Debug, Default)]
pub(super) struct Log<'a> {
    pub(super) trace_id: Id<'a>,
    pub(super) span_id: Id<'a>,
    pub(super) time_ns: u64,
    pub(super) name: Option<Text<'a>>,
    pub(super) attributes: Attributes<'a>,
    pub(super) body: AnyValue<'a>,
}

impl Log<'_> {
    /// The event of its span; `None` for a record that is no GenAI event, or of no span.
    pub(super) fn event(&self) -> Option<EventRecord> {
        let named = self.name.filter(|name| !name.as_written().is_empty());
        let name = named.map(Text::decoded).or_else(|| {
            self.attributes.iter().find_map(|(key, value)| match value {
                AnyValue::Text(name) if key.decoded() == "event.name" => Some(name.decoded()),
                _ => None,
            })
        })?;
        if !name.starts_with(NAME) {
            return None;
        }
        let (trace, span) = (self.trace_id.trace()?, self.span_id.span()?);
        let mut payload = Vec::new();
        if let Some(time_ns) = time(self.time_ns) {
            member(&mut payload, "time_ns");
            payload.extend_from_slice(time_ns.to_string().as_bytes());
        }
        member(&mut payload, "name");
        Text::Plain(&name).write_json(&mut payload);
        member(&mut payload, "attributes");
        let mut attributes = Vec::new();
        for (key, value) in &self.attributes {
            attributes.push(if attributes.is_empty() { b'{' } else { b',' });
            key.write_json(&mut attributes);
            attributes.push(b':');
            value.write_json(&mut attributes);
        }
        if !matches!(self.body, AnyValue::Null) {
            member(&mut attributes, "body");
            self.body.write_json(&mut attributes);
        }
        if attributes.is_empty() {
            attributes.push(b'{');
        }
        payload.extend_from_slice(&attributes);
        payload.extend_from_slice(b"}}");
        Some(EventRecord { trace, span, payload })
    }
}
