//! One span of OTLP, and the record made of it.

use super::id;
use super::value::{Attributes, size, write_attributes};
use crate::model::{SpanFlags, SpanRecord, SpanStatus};
use crate::semantics::{Columns, Text};

/// An id as its encoding has it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Id<'a> {
    #[default]
    Missing,
    Text(Text<'a>),
    Bytes(&'a [u8]),
}

impl Id<'_> {
    const TRACE_BYTES: usize = 16;
    const SPAN_BYTES: usize = 8;

    pub(super) fn trace(self) -> Option<String> {
        self.read(Self::TRACE_BYTES)
    }

    pub(super) fn span(self) -> Option<String> {
        self.read(Self::SPAN_BYTES)
    }

    fn read(self, bytes: usize) -> Option<String> {
        match self {
            Self::Missing => None,
            Self::Text(text) => id::from_text(&text.decoded(), bytes),
            Self::Bytes(bytes) => id::from_bytes(bytes),
        }
    }
}

/// The source's own word on success.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::wire) enum StatusCode {
    #[default]
    Unset,
    Ok,
    Error,
}

/// A span, borrowed from its source.
#[derive(Debug, Default)]
pub(super) struct Span<'a> {
    pub(super) trace_id: Id<'a>,
    pub(super) span_id: Id<'a>,
    pub(super) parent_id: Id<'a>,
    pub(super) name: Option<Text<'a>>,
    /// The name of the span's kind, or its number.
    pub(super) kind: Option<Text<'a>>,
    pub(super) start_ns: u64,
    pub(super) end_ns: u64,
    pub(super) attributes: Attributes<'a>,
    pub(super) events: Vec<Event<'a>>,
    pub(super) links: Vec<Link<'a>>,
    pub(super) status: StatusCode,
    pub(super) status_message: Option<Text<'a>>,
    pub(super) trace_state: Option<Text<'a>>,
    /// Counts of what the source dropped, under their names.
    pub(super) dropped: [(&'static str, u64); 3],
    pub(super) flags: u64,
    /// Fields this program does not know, with their JSON.
    pub(super) unknown: Vec<(String, &'a str)>,
    /// What of the span could not be read.
    pub(super) remark: Option<String>,
}

/// A point in time in a span.
#[derive(Debug, Default)]
pub(super) struct Event<'a> {
    pub(super) time_ns: u64,
    pub(super) name: Option<Text<'a>>,
    pub(super) attributes: Attributes<'a>,
}

/// A link to another span.
#[derive(Debug, Default)]
pub(super) struct Link<'a> {
    pub(super) trace_id: Id<'a>,
    pub(super) span_id: Id<'a>,
    pub(super) attributes: Attributes<'a>,
}

/// What the spans of one resource and scope have in common, written once.
#[derive(Clone, Debug, Default)]
pub(super) struct Shared {
    pub(super) columns: Columns,
    resource: Vec<u8>,
    scope: Vec<u8>,
}

impl Shared {
    /// Of a resource with these attributes.
    pub(super) fn of_resource(attributes: &Attributes<'_>) -> Self {
        let mut shared = Self::default();
        let mut written = Vec::new();
        for (key, value) in attributes {
            written.clear();
            value.write_json(&mut written);
            shared.columns.resource_attribute(&key.decoded(), value.seen(&written));
        }
        if !attributes.is_empty() {
            write_attributes(attributes, &mut shared.resource);
        }
        shared
    }

    /// Adds the scope: name, version, attributes, schema.
    pub(super) fn set_scope(
        &mut self,
        name: Option<Text<'_>>,
        version: Option<Text<'_>>,
        attributes: &Attributes<'_>,
        schema_url: Option<Text<'_>>,
    ) {
        self.scope.clear();
        for (key, text) in [("name", name), ("version", version), ("schemaUrl", schema_url)] {
            if let Some(text) = text.filter(|text| !text.as_written().is_empty()) {
                member(&mut self.scope, key);
                text.write_json(&mut self.scope);
            }
        }
        if !attributes.is_empty() {
            member(&mut self.scope, "attributes");
            write_attributes(attributes, &mut self.scope);
        }
        if !self.scope.is_empty() {
            self.scope.push(b'}');
        }
    }
}

/// Starts a member of the JSON object that `out` is, or that begins with it.
fn member(out: &mut Vec<u8>, key: &str) {
    out.push(if out.is_empty() { b'{' } else { b',' });
    out.push(b'"');
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(b"\":");
}

/// Fills the columns of a record that has its ids, name and times; turns a placeholder into the open span it stands for.
pub(in crate::wire) fn finish(
    record: &mut SpanRecord,
    columns: Columns,
    status: StatusCode,
    message: Option<&str>,
) {
    let pending = columns.is_pending();
    if pending {
        // The placeholder's parent is the real span, whose own parent stands in an attribute.
        let real_parent = columns.pending_parent().and_then(|text| id::from_text(text, Id::SPAN_BYTES));
        if let Some(real) = record.parent.take() {
            record.id = real;
        }
        record.parent = real_parent;
        record.end_ns = None;
        record.flags.insert(SpanFlags::PENDING);
    }
    columns.fill(record, status == StatusCode::Error, status == StatusCode::Ok, message);
    let never_ended =
        record.start_ns.is_some() && record.end_ns.is_none() && record.status == SpanStatus::Unset;
    if pending || never_ended {
        record.status = SpanStatus::Open;
    }
}

fn time(ns: u64) -> Option<i64> {
    i64::try_from(ns).ok().filter(|ns| *ns != 0)
}

impl Span<'_> {
    /// The record of this span.
    ///
    /// # Errors
    /// A span without ids can't be kept: says which is missing.
    pub(super) fn record(&self, shared: &Shared) -> Result<SpanRecord, &'static str> {
        let trace = self.trace_id.trace().ok_or("A span without a trace id was left out.")?;
        let id = self.span_id.span().ok_or("A span without a span id was left out.")?;
        let name = self.name.map(Text::decoded).unwrap_or_default();
        let mut record = SpanRecord::new(trace, id, name);
        record.parent = self.parent_id.span();

        let mut columns = shared.columns.clone();
        let mut payload = Vec::with_capacity(self.payload_size(shared));
        self.write_attributes(&mut payload, &mut columns);
        self.write_events(&mut payload, &mut columns);
        self.write_links(&mut payload);

        let message = self.status_message.filter(|message| !message.as_written().is_empty());
        if let Some(message) = message {
            member(&mut payload, "status_message");
            message.write_json(&mut payload);
        }
        for (key, json) in [("resource", &shared.resource), ("scope", &shared.scope)] {
            if !json.is_empty() {
                member(&mut payload, key);
                payload.extend_from_slice(json);
            }
        }

        self.set_times(&mut record);
        self.write_other(&record, &mut payload);
        finish(&mut record, columns, self.status, message.map(Text::decoded).as_deref());
        if payload.is_empty() {
            payload.push(b'{');
        }
        payload.push(b'}');
        record.payload = payload;
        Ok(record)
    }

    fn payload_size(&self, shared: &Shared) -> usize {
        let events: usize = self.events.iter().map(|event| size(&event.attributes) + 80).sum();
        size(&self.attributes)
            + events
            + self.links.len() * 120
            + shared.resource.len()
            + shared.scope.len()
            + 160
    }

    fn set_times(&self, record: &mut SpanRecord) {
        record.start_ns = time(self.start_ns);
        record.end_ns = time(self.end_ns);
        if let (Some(start), Some(end)) = (record.start_ns, record.end_ns)
            && end < start
        {
            record.end_ns = Some(start);
            record.flags.insert(SpanFlags::NEGATIVE_DURATION);
        }
    }

    fn write_attributes(&self, payload: &mut Vec<u8>, columns: &mut Columns) {
        if self.attributes.is_empty() {
            return;
        }
        member(payload, "attributes");
        payload.push(b'{');
        for (index, (key, value)) in self.attributes.iter().enumerate() {
            if index > 0 {
                payload.push(b',');
            }
            key.write_json(payload);
            payload.push(b':');
            let start = payload.len();
            value.write_json(payload);
            columns.attribute(&key.decoded(), value.seen(payload.get(start..).unwrap_or_default()));
        }
        payload.push(b'}');
    }

    pub(super) fn write_events(&self, payload: &mut Vec<u8>, columns: &mut Columns) {
        if self.events.is_empty() {
            return;
        }
        member(payload, "events");
        payload.push(b'[');
        for (index, event) in self.events.iter().enumerate() {
            if index > 0 {
                payload.push(b',');
            }
            let name = event.name.unwrap_or(Text::Plain(""));
            payload.push(b'{');
            if let Some(time_ns) = time(event.time_ns) {
                payload.extend_from_slice(format!("\"time_ns\":{time_ns},").as_bytes());
            }
            payload.extend_from_slice(b"\"name\":");
            name.write_json(payload);
            if !event.attributes.is_empty() {
                member(payload, "attributes");
                write_attributes(&event.attributes, payload);
            }
            payload.push(b'}');
            let attributes: Vec<_> =
                event.attributes.iter().map(|(key, value)| (key.decoded(), value.seen(b""))).collect();
            columns.event(&name.decoded(), attributes.iter().map(|(key, value)| (key.as_ref(), *value)));
        }
        payload.push(b']');
    }

    fn write_links(&self, payload: &mut Vec<u8>) {
        if self.links.is_empty() {
            return;
        }
        member(payload, "links");
        payload.push(b'[');
        for (index, link) in self.links.iter().enumerate() {
            payload.extend_from_slice(if index > 0 { b",{\"trace\":" } else { b"{\"trace\":" });
            Text::Plain(&link.trace_id.trace().unwrap_or_default()).write_json(payload);
            member(payload, "span");
            Text::Plain(&link.span_id.span().unwrap_or_default()).write_json(payload);
            if !link.attributes.is_empty() {
                member(payload, "attributes");
                write_attributes(&link.attributes, payload);
            }
            payload.push(b'}');
        }
        payload.push(b']');
    }

    fn write_other(&self, record: &SpanRecord, payload: &mut Vec<u8>) {
        let mut other = Vec::new();
        for (key, text) in [("kind", self.kind.map(kind_name)), ("traceState", self.trace_state)] {
            if let Some(text) = text.filter(|text| !text.as_written().is_empty()) {
                member(&mut other, key);
                text.write_json(&mut other);
            }
        }
        for (key, count) in self.dropped.iter().copied().chain([("flags", self.flags)]) {
            if count > 0 {
                member(&mut other, key);
                other.extend_from_slice(count.to_string().as_bytes());
            }
        }
        if record.flags.contains(SpanFlags::NEGATIVE_DURATION) {
            member(&mut other, "endTimeUnixNano");
            other.extend_from_slice(self.end_ns.to_string().as_bytes());
        }
        for (key, json) in &self.unknown {
            other.push(if other.is_empty() { b'{' } else { b',' });
            Text::Plain(key).write_json(&mut other);
            other.push(b':');
            other.extend_from_slice(json.as_bytes());
        }
        if !other.is_empty() {
            member(payload, "other");
            payload.extend_from_slice(&other);
            payload.push(b'}');
        }
    }
}

/// The name of a span's kind that may be given as a number; unspecified has none.
fn kind_name(kind: Text<'_>) -> Text<'_> {
    match kind.as_written() {
        "0" | "SPAN_KIND_UNSPECIFIED" => Text::Plain(""),
        "1" => Text::Plain("SPAN_KIND_INTERNAL"),
        "2" => Text::Plain("SPAN_KIND_SERVER"),
        "3" => Text::Plain("SPAN_KIND_CLIENT"),
        "4" => Text::Plain("SPAN_KIND_PRODUCER"),
        "5" => Text::Plain("SPAN_KIND_CONSUMER"),
        _ => kind,
    }
}
