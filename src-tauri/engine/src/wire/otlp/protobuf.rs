//! OTLP/protobuf, walked by hand: the wire format is four rules, and no tree of owned messages is built.

use super::log_record::{self, LogRecord};
use super::span::{Event, Id, Link, Shared, Span, StatusCode};
use super::value::{AnyValue, Attributes};
use crate::model::Problem;
use crate::semantics::Text;
use crate::wire::frame::protobuf::first_element;
use crate::wire::protobuf::{FieldValue, Fields, Malformed, cut_fields};
use crate::wire::{Frame, Reader, Shape, Sink};

/// How deep values may be nested.
const DEPTH: usize = 64;

/// Reads `ResourceSpans`, `ResourceLogs` and `ResourceMetrics` messages.
#[derive(Clone)]
pub(super) struct ProtobufReader;

impl Reader for ProtobufReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        // An endpoint knows by its address what it was sent; of a file only the records can tell.
        let signal = match frame.shape {
            Shape::Element("resourceSpans") => Signal::Spans,
            Shape::Element("resourceLogs") => Signal::Logs,
            Shape::Element("resourceMetrics") => Signal::Metrics,
            _ => signal(frame.bytes).unwrap_or(Signal::Spans),
        };
        let read = match signal {
            Signal::Spans => resource_spans(frame, out),
            Signal::Logs => resource_logs(frame, out),
            Signal::Metrics => {
                out.skipped("metric payloads", 1);
                Ok(())
            }
        };
        if read.is_err() {
            let reason = "This message is damaged; what stands before the damage was read.";
            out.problem(Problem::new(frame.at, reason));
        }
    }
}

fn resource_spans(frame: &Frame<'_>, out: &mut dyn Sink) -> Result<(), Malformed> {
    let mut shared = Shared::default();
    // The resource comes first in practice, and may come last by right.
    for field in Fields(frame.bytes) {
        if let Ok((1, FieldValue::Bytes(resource))) = field {
            shared = Shared::of_resource(&attributes_in(resource, 1)?);
        }
    }
    for field in Fields(frame.bytes) {
        if let (2, FieldValue::Bytes(scope_spans)) = field? {
            self::scope_spans(scope_spans, &mut shared, frame, out)?;
        }
    }
    Ok(())
}

fn scope_spans(
    bytes: &[u8],
    shared: &mut Shared,
    frame: &Frame<'_>,
    out: &mut dyn Sink,
) -> Result<(), Malformed> {
    let (mut name, mut version, mut attributes, mut schema_url) = (None, None, Vec::new(), None);
    for field in Fields(bytes) {
        match field {
            Ok((1, FieldValue::Bytes(scope))) => {
                for field in Fields(scope) {
                    match field? {
                        (1, value) => name = value.text(),
                        (2, value) => version = value.text(),
                        (3, FieldValue::Bytes(attribute)) => attributes.push(key_value(attribute, DEPTH)?),
                        _ => {}
                    }
                }
            }
            Ok((3, value)) => schema_url = value.text(),
            _ => {}
        }
    }
    shared.set_scope(name, version, &attributes, schema_url);
    for field in Fields(bytes) {
        let (2, FieldValue::Bytes(bytes)) = field? else { continue };
        let read = span(bytes).map_err(|Malformed| "This span is damaged and was left out.");
        match read.and_then(|span| span.record(shared)) {
            Ok(record) => out.span(record),
            Err(reason) => out.lost(Problem::new(frame.at, reason)),
        }
    }
    Ok(())
}

/// Hands on the log records that tell of a model's messages; the others are counted.
fn resource_logs(frame: &Frame<'_>, out: &mut dyn Sink) -> Result<(), Malformed> {
    let mut shared = None;
    let mut skipped = 0;
    let mut read = || {
        for field in Fields(frame.bytes) {
            let (2, FieldValue::Bytes(scope_logs)) = field? else { continue };
            for field in Fields(scope_logs) {
                let (2, FieldValue::Bytes(bytes)) = field? else { continue };
                if !log_record::may_be_event(bytes) {
                    skipped += 1;
                    continue;
                }
                let shared = shared.get_or_insert_with(|| resource_of(frame.bytes));
                match log_record(bytes).map(|record| record.part(shared)) {
                    Ok(Some(part)) => out.span(part),
                    Ok(None) => skipped += 1,
                    Err(Malformed) => {
                        let reason = "This log record is damaged and was left out.";
                        out.lost(Problem::new(frame.at, reason));
                    }
                }
            }
        }
        Ok(())
    };
    let read = read();
    if skipped > 0 {
        out.skipped("log records", skipped);
    }
    read
}

/// What the records of a resource have in common, as far as it can be read.
fn resource_of(bytes: &[u8]) -> Shared {
    let resource = Fields(bytes).find_map(|field| match field {
        Ok((1, FieldValue::Bytes(resource))) => attributes_in(resource, 1).ok(),
        _ => None,
    });
    Shared::of_resource(&resource.unwrap_or_default())
}

fn log_record(bytes: &[u8]) -> Result<LogRecord<'_>, Malformed> {
    let mut record = LogRecord::default();
    for field in Fields(bytes) {
        match field? {
            (1, FieldValue::Number(ns)) => record.time_ns = ns,
            (5, FieldValue::Bytes(body)) => record.body = any_value(body, DEPTH)?,
            (6, FieldValue::Bytes(attribute)) => record.attributes.push(key_value(attribute, DEPTH)?),
            (9, FieldValue::Bytes(id)) => record.trace_id = Id::Bytes(id),
            (10, FieldValue::Bytes(id)) => record.span_id = Id::Bytes(id),
            (11, FieldValue::Number(ns)) => record.observed_ns = ns,
            (12, value) => record.event_name = value.text(),
            _ => {}
        }
    }
    Ok(record)
}

fn span(bytes: &[u8]) -> Result<Span<'_>, Malformed> {
    let mut span = Span::default();
    for field in Fields(bytes) {
        match field? {
            (1, FieldValue::Bytes(id)) => span.trace_id = Id::Bytes(id),
            (2, FieldValue::Bytes(id)) => span.span_id = Id::Bytes(id),
            (3, value) => span.trace_state = value.text(),
            (4, FieldValue::Bytes(id)) => span.parent_id = Id::Bytes(id),
            (5, value) => span.name = value.text(),
            (6, FieldValue::Number(kind)) => span.kind = kind_number(kind),
            (7, FieldValue::Number(ns)) => span.start_ns = ns,
            (8, FieldValue::Number(ns)) => span.end_ns = ns,
            (9, FieldValue::Bytes(attribute)) => span.attributes.push(key_value(attribute, DEPTH)?),
            (10, FieldValue::Number(count)) => span.dropped[0] = ("droppedAttributesCount", count),
            (11, FieldValue::Bytes(event)) => span.events.push(self::event(event)?),
            (12, FieldValue::Number(count)) => span.dropped[1] = ("droppedEventsCount", count),
            (13, FieldValue::Bytes(link)) => span.links.push(self::link(link)?),
            (14, FieldValue::Number(count)) => span.dropped[2] = ("droppedLinksCount", count),
            (15, FieldValue::Bytes(status)) => {
                for field in Fields(status) {
                    match field? {
                        (2, value) => span.status_message = value.text(),
                        (3, FieldValue::Number(1)) => span.status = StatusCode::Ok,
                        (3, FieldValue::Number(2)) => span.status = StatusCode::Error,
                        _ => {}
                    }
                }
            }
            (16, FieldValue::Number(flags)) => span.flags = flags,
            _ => {}
        }
    }
    Ok(span)
}

fn kind_number(kind: u64) -> Option<Text<'static>> {
    ["0", "1", "2", "3", "4", "5"].get(usize::try_from(kind).ok()?).map(|kind| Text::Plain(kind))
}

fn event(bytes: &[u8]) -> Result<Event<'_>, Malformed> {
    let mut event = Event::default();
    for field in Fields(bytes) {
        match field? {
            (1, FieldValue::Number(ns)) => event.time_ns = ns,
            (2, value) => event.name = value.text(),
            (3, FieldValue::Bytes(attribute)) => event.attributes.push(key_value(attribute, DEPTH)?),
            _ => {}
        }
    }
    Ok(event)
}

fn link(bytes: &[u8]) -> Result<Link<'_>, Malformed> {
    let mut link = Link::default();
    for field in Fields(bytes) {
        match field? {
            (1, FieldValue::Bytes(id)) => link.trace_id = Id::Bytes(id),
            (2, FieldValue::Bytes(id)) => link.span_id = Id::Bytes(id),
            (4, FieldValue::Bytes(attribute)) => link.attributes.push(key_value(attribute, DEPTH)?),
            _ => {}
        }
    }
    Ok(link)
}

/// The key-values that are field `number` of the message.
fn attributes_in(bytes: &[u8], number: u64) -> Result<Attributes<'_>, Malformed> {
    let mut attributes = Vec::new();
    for field in Fields(bytes) {
        if let (found, FieldValue::Bytes(attribute)) = field?
            && found == number
        {
            attributes.push(key_value(attribute, DEPTH)?);
        }
    }
    Ok(attributes)
}

fn key_value(bytes: &[u8], depth: usize) -> Result<(Text<'_>, AnyValue<'_>), Malformed> {
    let (mut key, mut value) = (Text::Plain(""), AnyValue::Null);
    for field in Fields(bytes) {
        match field? {
            (1, found) => key = found.text().unwrap_or(key),
            (2, FieldValue::Bytes(found)) => value = any_value(found, depth)?,
            _ => {}
        }
    }
    Ok((key, value))
}

fn any_value(bytes: &[u8], depth: usize) -> Result<AnyValue<'_>, Malformed> {
    let Some(depth) = depth.checked_sub(1) else { return Err(Malformed) };
    let mut value = AnyValue::Null;
    for field in Fields(bytes) {
        value = match field? {
            (1, FieldValue::Bytes(text)) => match std::str::from_utf8(text) {
                Ok(text) => AnyValue::Text(Text::Plain(text)),
                // No text after all: kept as bytes, so that nothing is lost.
                Err(_) => AnyValue::Bytes(text),
            },
            (2, FieldValue::Number(number)) => AnyValue::Bool(number != 0),
            (3, FieldValue::Number(number)) => AnyValue::Int(number.cast_signed()),
            (4, FieldValue::Number(bits)) => AnyValue::Double(f64::from_bits(bits)),
            (5, FieldValue::Bytes(list)) => {
                let mut items = Vec::new();
                for field in Fields(list) {
                    if let (1, FieldValue::Bytes(item)) = field? {
                        items.push(any_value(item, depth)?);
                    }
                }
                AnyValue::List(items)
            }
            (6, FieldValue::Bytes(map)) => {
                let mut members = Vec::new();
                for field in Fields(map) {
                    if let (1, FieldValue::Bytes(member)) = field? {
                        members.push(key_value(member, depth)?);
                    }
                }
                AnyValue::Map(members)
            }
            (7, FieldValue::Bytes(bytes)) => AnyValue::Bytes(bytes),
            _ => continue,
        };
    }
    Ok(value)
}

/// What an element of an export's field 1 is about: the three signals have one outer shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Signal {
    Spans,
    Logs,
    Metrics,
}

/// Tells the signals apart by their first record; the message may be cut short behind it.
fn signal(bytes: &[u8]) -> Option<Signal> {
    let scopes = cut_fields(bytes).filter_map(|(number, bytes)| (number == 2).then_some(bytes));
    for scope in scopes {
        let Some(record) = cut_fields(scope).find_map(|(number, bytes)| (number == 2).then_some(bytes))
        else {
            continue;
        };
        // A log record starts with its time, a fixed 64-bit number; a span with 16 bytes of id; a metric with its name.
        let first = Fields(record).next().and_then(Result::ok)?;
        return match first {
            (1, FieldValue::Bytes(id)) if id.len() == 16 && is_span(record) => Some(Signal::Spans),
            (1, FieldValue::Bytes(name)) if std::str::from_utf8(name).is_ok() => Some(Signal::Metrics),
            (1 | 11, FieldValue::Number(_)) => Some(Signal::Logs),
            _ => None,
        };
    }
    None
}

fn is_span(record: &[u8]) -> bool {
    matches!(Fields(record).nth(1), Some(Ok((2, FieldValue::Bytes(id)))) if id.len() == 8)
}

/// Whether a source that starts with `sample` is an export of any signal.
pub(super) fn is_export(sample: &[u8]) -> bool {
    first_element(sample).is_some_and(|element| signal(element).is_some())
}
