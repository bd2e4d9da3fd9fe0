//! Spans of OpenTelemetry as one JSON object each, attributes as a plain map: what SDKs print (`ReadableSpan` of Python and
//! JavaScript), what Phoenix exports, what CloudWatch and log stores keep, with and without an envelope.
//!
//! The shapes differ in the names of a dozen fields and in how times are written, so one reader knows all the names, and
//! the formats differ in how they are told.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::json::{first, str as text, take, take_text};
use super::otlp::id;
use super::otlp::span::{StatusCode, finish};
use super::time::unix_ns;
use super::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink};
use crate::model::{Payload, PayloadEvent, PayloadLink, Problem, SpanFlags, SpanKind, SpanRecord};
use crate::semantics::{self, Columns};

/// A format whose frames are such objects.
pub(super) struct SpanObjects {
    id: &'static str,
    label: &'static str,
    identity: &'static str,
    confidence: fn(&Map<String, Value>) -> Confidence,
}

/// Spans as SDKs print them: ids in an object of their own.
pub(super) static SDK: SpanObjects = SpanObjects {
    id: "otel-sdk-json",
    label: "OpenTelemetry SDK output",
    identity: "otlp",
    confidence: |members| {
        let context = CONTEXTS.iter().find_map(|key| members.get(*key)?.as_object());
        let has_ids =
            context.is_some_and(|context| text(context, TRACE).is_some() && text(context, SPAN).is_some());
        let has_ids =
            has_ids || (members.contains_key("context.trace_id") && members.contains_key("context.span_id"));
        if has_ids && first(members, NAME).is_some() && first(members, START).is_some() { 85 } else { 0 }
    },
};

/// Spans as log stores keep them: flat, perhaps in an envelope.
pub(super) static FLATTENED: SpanObjects = SpanObjects {
    id: "otel-flattened-json",
    label: "OpenTelemetry spans, flattened",
    identity: "otlp",
    confidence: |members| {
        if members.contains_key(ENVELOPE) {
            return 88;
        }
        let flat = text(members, TRACE).is_some() && text(members, SPAN).is_some();
        let timed = members.contains_key("startTimeUnixNano") || members.contains_key("start_time_unix_nano");
        if flat && timed && members.get("attributes").is_some_and(Value::is_object) { 80 } else { 0 }
    },
};

/// Spans of which only name and attributes were kept.
pub(super) static WITHOUT_IDS: SpanObjects = SpanObjects {
    id: "otel-span-json",
    label: "OpenTelemetry span without ids",
    identity: "otel-span-json",
    confidence: |members| {
        let named = members.get("spanName").is_some_and(Value::is_string);
        if named && members.get("attributes").is_some_and(Value::is_object) && text(members, TRACE).is_none()
        {
            70
        } else {
            0
        }
    },
};

/// Under which keys of a document spans are: SDKs' and platforms' dumps, and what Phoenix's API answers.
const LISTS: &[&str] = &["spans", "data"];
const ENVELOPE: &str = "raw_otel_json";
const CONTEXTS: &[&str] = &["spanContext", "_spanContext", "context", "span_context"];
const TRACE: &[&str] = &["traceId", "trace_id", "traceID"];
const SPAN: &[&str] = &["spanId", "span_id", "spanID"];
const PARENT: &[&str] = &["parentSpanId", "parent_span_id", "parentId", "parent_id"];
const PARENT_CONTEXTS: &[&str] = &["parentSpanContext", "parent_span_context", "parent"];
const NAME: &[&str] = &["name", "spanName", "span_name"];
const START: &[&str] = &["startTimeUnixNano", "start_time_unix_nano", "startTime", "start_time"];
const END: &[&str] = &["endTimeUnixNano", "end_time_unix_nano", "endTime", "end_time"];
const SCOPES: &[&str] = &["scope", "instrumentationScope", "instrumentation_scope", "instrumentationLibrary"];

impl Format for SpanObjects {
    fn id(&self) -> &'static str {
        self.id
    }

    fn label(&self) -> &'static str {
        self.label
    }

    fn identity(&self) -> &'static str {
        self.identity
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let mut surest = 0;
        for value in &sample.values {
            let nested = LISTS.iter().filter_map(|key| value.get(*key)?.as_array());
            for span in nested.flatten().take(Sample::VALUES).chain([value]) {
                surest = surest.max(span.as_object().map_or(0, self.confidence));
            }
        }
        surest
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(SpanReader)
    }
}

#[derive(Clone)]
struct SpanReader;

impl Reader for SpanReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if frame.shape == Shape::Envelope {
            return;
        }
        match serde_json::from_slice(frame.bytes) {
            Ok(Value::Object(mut members)) => {
                let listed = LISTS.iter().find(|key| members.get(**key).is_some_and(Value::is_array));
                if let Some(Value::Array(spans)) = listed.and_then(|key| members.get_mut(*key)) {
                    for span in std::mem::take(spans) {
                        match span {
                            Value::Object(members) => read_object(members, frame, out),
                            _ => out
                                .problem(Problem::new(frame.at, "This is not a span: it is not an object.")),
                        }
                    }
                } else {
                    read_object(members, frame, out);
                }
            }
            Ok(_) => out.problem(Problem::new(frame.at, "This is not a span: it is not an object.")),
            Err(error) => out.problem(Problem::new(frame.at, format!("This is not JSON: {error}."))),
        }
    }
}

fn read_object(mut members: Map<String, Value>, frame: &Frame<'_>, out: &mut dyn Sink) {
    // The store's own envelope says when it took the row; nothing of the span is in it.
    match members.remove(ENVELOPE) {
        Some(Value::Object(inner)) => members = inner,
        Some(Value::String(inner)) => match serde_json::from_str(&inner) {
            Ok(inner) => members = inner,
            Err(error) => {
                let reason = format!("The span in {ENVELOPE} is not JSON: {error}.");
                out.problem(Problem::new(frame.at, reason));
                return;
            }
        },
        Some(_) | None => {}
    }
    if first(&members, NAME).is_none() && is_log_record(&members) {
        out.skipped("log records", 1);
        return;
    }
    match span(members, frame) {
        Ok(record) => out.span(record),
        Err(reason) => out.problem(Problem::new(frame.at, reason)),
    }
}

fn is_log_record(members: &Map<String, Value>) -> bool {
    ["body", "severityNumber", "severityText", "severity_text", "observedTimeUnixNano", "message", "level"]
        .iter()
        .any(|key| members.contains_key(*key))
}

/// The span of such an object.
///
/// # Errors
/// Says which id is missing.
pub(super) fn span(mut members: Map<String, Value>, frame: &Frame<'_>) -> Result<SpanRecord, &'static str> {
    unflatten(&mut members);
    let context = CONTEXTS.iter().find_map(|key| match members.get(*key) {
        Some(Value::Object(_)) => members.remove(*key).and_then(into_object),
        _ => None,
    });
    let context = context.unwrap_or_default();
    let mut id_of = |keys: &[&str], bytes| {
        let own = take_text(&mut members, keys);
        own.as_deref().or_else(|| text(&context, keys)).and_then(|text| id::from_text(text, bytes))
    };
    let (trace, span_id) = match (id_of(TRACE, 16), id_of(SPAN, 8)) {
        (Some(trace), Some(span)) => (trace, span),
        (None, None) if members.contains_key("spanName") => {
            // Made of the content, so that reading the file again finds the same span.
            let made = format!("{:032x}", xxh3_128(frame.bytes));
            let span = made.get(16..).unwrap_or_default().to_owned();
            (made, span)
        }
        (None, _) => return Err("A span without a trace id was left out."),
        (_, None) => return Err("A span without a span id was left out."),
    };
    let name = take_text(&mut members, NAME).unwrap_or_default();
    let mut record = SpanRecord::new(trace, span_id, name);
    record.parent = take_text(&mut members, PARENT).and_then(|text| id::from_text(&text, 8));
    for key in PARENT_CONTEXTS {
        if let Some(parent) = members.get(*key).and_then(|parent| text(parent.as_object()?, SPAN))
            && record.parent.is_none()
        {
            record.parent = id::from_text(parent, 8);
        }
    }
    record.start_ns = take(&mut members, START).and_then(|value| unix_ns(&value));
    let end = take(&mut members, END);
    record.end_ns = end.as_ref().and_then(unix_ns);
    if let (Some(start), Some(end_ns)) = (record.start_ns, record.end_ns)
        && end_ns < start
    {
        record.end_ns = Some(start);
        record.flags.insert(SpanFlags::NEGATIVE_DURATION);
        members.extend(end.map(|end| ("endTime".to_owned(), end)));
    }

    let mut payload = Payload {
        attributes: take(&mut members, &["attributes"]).and_then(into_object).unwrap_or_default(),
        resource: take(&mut members, &["resource"]).map(resource).unwrap_or_default(),
        scope: scope(&mut members),
        ..Payload::default()
    };
    if let Some(Value::Array(events)) = take(&mut members, &["events"]) {
        payload.events = events.into_iter().filter_map(event).collect();
    }
    if let Some(Value::Array(links)) = take(&mut members, &["links"]) {
        payload.links = links.into_iter().filter_map(link).collect();
    }
    let (status, message) = status(&mut members);
    payload.status_message = message;
    members.retain(|_, value| !value.is_null());
    payload.other = members;

    let mut columns = Columns::default();
    for (key, value) in &payload.resource {
        columns.resource_attribute(key, value.into());
    }
    columns.attributes(&payload.attributes);
    for event in &payload.events {
        columns.event(&event.name, event.attributes.iter().map(|(key, value)| (key.as_str(), value.into())));
    }
    finish(&mut record, columns, status, payload.status_message.as_deref());
    // Phoenix names the kind of OpenInference beside the attributes.
    if let Some(word) =
        payload.other.get("span_kind").and_then(Value::as_str).filter(|_| record.kind == SpanKind::Other)
    {
        record.kind = semantics::kind_of_word(word).unwrap_or(SpanKind::Other);
    }
    record.payload = serde_json::to_vec(&payload).unwrap_or_else(|_| b"{}".to_vec());
    Ok(record)
}

/// Rows of a data frame of Phoenix's have the parts of a span under dotted names: `context.trace_id`, `attributes.llm.model_name`.
fn unflatten(members: &mut Map<String, Value>) {
    if !members.contains_key("context.trace_id") {
        return;
    }
    for (key, value) in std::mem::take(members) {
        let part = ["context", "attributes"]
            .iter()
            .find_map(|part| Some((*part, key.strip_prefix(part)?.strip_prefix('.')?)));
        match part {
            // A frame has a column for whatever any of its spans has.
            Some(_) if value.is_null() => {}
            Some((part, inner)) => {
                if let Value::Object(within) =
                    members.entry(part).or_insert_with(|| Value::Object(Map::new()))
                {
                    within.insert(inner.to_owned(), value);
                }
            }
            None => {
                members.insert(key, value);
            }
        }
    }
}

fn into_object(value: Value) -> Option<Map<String, Value>> {
    match value {
        Value::Object(members) => Some(members),
        _ => None,
    }
}

/// Attributes of a resource, which stand under `attributes` (or `_attributes`) or by themselves.
fn resource(value: Value) -> Map<String, Value> {
    let mut members = into_object(value).unwrap_or_default();
    match take(&mut members, &["attributes", "_attributes"]).and_then(into_object) {
        Some(attributes) => attributes,
        None => members,
    }
}

fn scope(members: &mut Map<String, Value>) -> Map<String, Value> {
    if let Some(name) = take_text(members, &["scopeName", "scope_name"]) {
        return Map::from_iter([("name".to_owned(), Value::String(name))]);
    }
    let mut scope = take(members, SCOPES).and_then(into_object).unwrap_or_default();
    scope.retain(|_, value| !value.is_null() && value.as_str() != Some(""));
    scope
}

fn event(value: Value) -> Option<PayloadEvent> {
    let mut members = into_object(value)?;
    Some(PayloadEvent {
        time_ns: take(&mut members, &["timeUnixNano", "time_unix_nano", "timestamp", "time"])
            .as_ref()
            .and_then(unix_ns),
        name: take_text(&mut members, NAME).unwrap_or_default(),
        attributes: take(&mut members, &["attributes"]).and_then(into_object).unwrap_or_default(),
    })
}

fn link(value: Value) -> Option<PayloadLink> {
    let mut members = into_object(value)?;
    let attributes = take(&mut members, &["attributes"]).and_then(into_object).unwrap_or_default();
    let ids = take(&mut members, CONTEXTS).and_then(into_object).unwrap_or(members);
    Some(PayloadLink {
        trace: id::from_text(text(&ids, TRACE)?, 16)?,
        span: id::from_text(text(&ids, SPAN)?, 8)?,
        attributes,
    })
}

/// The status: an object with a code and perhaps a message, or a word, or fields of their own.
fn status(members: &mut Map<String, Value>) -> (StatusCode, Option<String>) {
    let mut inner = match take(members, &["status"]) {
        Some(Value::Object(inner)) => inner,
        Some(word) => Map::from_iter([("code".to_owned(), word)]),
        None => Map::new(),
    };
    let code = take(&mut inner, &["code", "status_code", "statusCode"])
        .or_else(|| take(members, &["status_code", "statusCode"]));
    let message = take_text(&mut inner, &["message", "description"])
        .or_else(|| take_text(members, &["status_message", "statusMessage"]));
    let code = match code {
        Some(Value::String(word)) => word.rsplit(['.', '_']).next().unwrap_or_default().to_ascii_lowercase(),
        Some(number) => number.to_string(),
        None => String::new(),
    };
    let code = match code.as_str() {
        "1" | "ok" => StatusCode::Ok,
        "2" | "error" => StatusCode::Error,
        _ => StatusCode::Unset,
    };
    (code, message)
}
