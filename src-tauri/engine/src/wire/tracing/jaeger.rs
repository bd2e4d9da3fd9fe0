//! Jaeger: traces as its API and UI give them (`{"data": [trace]}`, one trace, a list of spans), and spans as its storage has
//! them (base64 ids, ISO times, typed tags).
//!
//! Tags are attributes: those of language models arrive in the conventions of OpenTelemetry.

use serde_json::{Map, Value};

use super::super::draft::Draft;
use super::super::otlp::id;
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, json, time};
use crate::model::{PayloadEvent, PayloadLink, Problem, SpanKind, SpanRecord, SpanStatus};

/// Traces of Jaeger.
#[derive(Clone, Copy, Debug)]
pub struct Jaeger;

const TRACE: &[&str] = &["traceID", "traceId", "trace_id"];
const SPAN: &[&str] = &["spanID", "spanId", "span_id"];

impl Format for Jaeger {
    fn id(&self) -> &'static str {
        "jaeger"
    }

    fn label(&self) -> &'static str {
        "Jaeger"
    }

    /// The ids are OpenTelemetry's: the same trace from both is one.
    fn identity(&self) -> &'static str {
        "otlp"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().map(|value| confidence(value, 2)).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["data"] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(TraceReader)
    }
}

fn confidence(value: &Value, depth: u8) -> Confidence {
    let Value::Object(members) = value else { return 0 };
    if is_span(members) {
        return 92;
    }
    let inner = |value: &Value| match value {
        Value::Array(items) => {
            items.iter().take(Sample::VALUES).map(|item| confidence(item, depth - 1)).max()
        }
        object => Some(confidence(object, depth - 1)),
    };
    if depth == 0 {
        return 0;
    }
    ["spans", "data"].iter().filter_map(|key| inner(members.get(*key)?)).max().unwrap_or(0)
}

fn is_span(members: &Map<String, Value>) -> bool {
    json::str(members, TRACE).is_some()
        && json::str(members, SPAN).is_some()
        && members.contains_key("operationName")
        && members.contains_key("startTime")
}

#[derive(Clone)]
struct TraceReader;

impl Reader for TraceReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if frame.shape == Shape::Envelope {
            return;
        }
        if let Some(members) = json::object(frame, "a trace of Jaeger", out) {
            read_object(members, frame, out, 3);
        }
    }
}

/// A trace, what holds one, or a span by itself.
fn read_object(mut members: Map<String, Value>, frame: &Frame<'_>, out: &mut dyn Sink, depth: u8) {
    if is_span(&members) || (members.contains_key("operationName") && !members.contains_key("spans")) {
        return read_span(members, &Map::new(), frame, out);
    }
    if let Some(inner) = json::take_object(&mut members, &["data"])
        && depth > 0
    {
        return read_object(inner, frame, out, depth - 1);
    }
    let processes = json::take_object(&mut members, &["processes"]).unwrap_or_default();
    let spans = json::take_list(&mut members, &["spans"]);
    if spans.is_empty() {
        out.problem(Problem::new(frame.at, "a trace of Jaeger without spans"));
    }
    for span in spans {
        match span {
            Value::Object(span) => read_span(span, &processes, frame, out),
            other => {
                let reason = format!("{} stands where a span (an object) is expected", json::noun(&other));
                out.problem(Problem::new(frame.at, reason));
            }
        }
    }
}

fn read_span(
    members: Map<String, Value>,
    processes: &Map<String, Value>,
    frame: &Frame<'_>,
    out: &mut dyn Sink,
) {
    match span(members, processes) {
        Ok(span) => out.span(span),
        Err(reason) => out.problem(Problem::new(frame.at, reason)),
    }
}

fn span(mut members: Map<String, Value>, processes: &Map<String, Value>) -> Result<SpanRecord, &'static str> {
    let mut own =
        |keys, bytes| json::take_text(&mut members, keys).and_then(|text| id::from_text(&text, bytes));
    let trace = own(TRACE, 16).ok_or("A span without a trace id was left out.")?;
    let span_id = own(SPAN, 8).ok_or("A span without a span id was left out.")?;
    let name = json::take_text(&mut members, &["operationName"]).unwrap_or_default();
    let mut draft = Draft::new(&*trace, span_id, name, SpanKind::Other);

    let mut references = json::take_list(&mut members, &["references"]);
    if let Some(parent) = json::take_text(&mut members, &["parentSpanID", "parentSpanId"]) {
        draft.span.parent = id::from_text(&parent, 8);
    }
    // The first that it is a child of, else the first it follows from; the rest are links.
    let in_trace = |reference: &Value, kind: &str| {
        let members = reference.as_object()?;
        let same = json::str(members, TRACE)
            .and_then(|text| id::from_text(text, 16))
            .is_none_or(|other| other == trace);
        let of_kind = json::str(members, &["refType", "ref_type"]).unwrap_or("CHILD_OF") == kind;
        json::str(members, SPAN).filter(|_| same && of_kind).and_then(|text| id::from_text(text, 8))
    };
    if draft.span.parent.is_none() {
        for kind in ["CHILD_OF", "FOLLOWS_FROM"] {
            let found = references.iter().position(|reference| in_trace(reference, kind).is_some());
            if let Some(at) = found {
                draft.span.parent = in_trace(&references.remove(at), kind);
                break;
            }
        }
    }
    draft.payload.links = references.iter().filter_map(link).collect();

    let start_ns = members.get("startTime").and_then(time_ns);
    let duration_ns = members.get("duration").and_then(duration_ns);
    draft.times(start_ns, start_ns.zip(duration_ns).map(|(start, long)| start.saturating_add(long)));

    let named = json::take_text(&mut members, &["processID", "processId", "process_id"]);
    let process = json::take_object(&mut members, &["process"])
        .or_else(|| processes.get(named.as_deref()?)?.as_object().cloned())
        .unwrap_or_default();
    let mut resource = tags(process.get("tags"));
    if let Some(service) = process.get("serviceName") {
        resource.insert("service.name".to_owned(), service.clone());
    }
    draft.payload.resource = resource;
    draft.payload.events = json::take_list(&mut members, &["logs"]).into_iter().filter_map(event).collect();

    let mut attributes = tags(members.get("tags"));
    let mut scope = Map::new();
    for (tag, key) in
        [("otel.library.name", "name"), ("otel.scope.name", "name"), ("otel.library.version", "version")]
    {
        if let Some(value) = attributes.shift_remove(tag) {
            scope.insert(key.to_owned(), value);
        }
    }
    draft.payload.scope = scope;
    let code = json::str(&attributes, &["otel.status_code"]).map(str::to_ascii_uppercase);
    // The tag is a truth, or a text that tells what failed.
    let tag = attributes.get("error");
    let told = tag.filter(|tag| json::truth(tag).is_none()).and_then(error_line::of);
    let is_error =
        told.is_some() || tag.and_then(json::truth) == Some(true) || code.as_deref() == Some("ERROR");
    let message = json::str(&attributes, &["otel.status_description", "status.message"]).map(str::to_owned);
    if code.as_deref() == Some("OK") {
        draft.span.status = SpanStatus::Ok;
    }
    draft.attributes(attributes);
    if is_error {
        draft.span.status = SpanStatus::Error;
        draft.span.error =
            message.as_deref().and_then(SpanRecord::preview_of).or(told).or(draft.span.error.take());
        draft.span.error = draft.span.error.take().or_else(|| error_of_events(&draft.payload.events));
    }
    draft.payload.status_message = message;
    // What Jaeger's page adds for itself, and what has been read.
    for key in [
        "startTime",
        "duration",
        "tags",
        "relativeStartTime",
        "depth",
        "hasChildren",
        "subsidiarilyReferencedBy",
    ] {
        members.shift_remove(key);
    }
    members.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
    draft.payload.other = members;
    Ok(draft.finish())
}

/// What an OpenTracing error event says.
fn error_of_events(events: &[PayloadEvent]) -> Option<String> {
    let event =
        events.iter().find(|event| event.name == "error" || event.attributes.contains_key("error.object"))?;
    let text =
        ["message", "error.object", "error.kind"].iter().find_map(|key| event.attributes.get(*key)?.as_str());
    SpanRecord::preview_of(text?)
}

fn link(reference: &Value) -> Option<PayloadLink> {
    let members = reference.as_object()?;
    let mut attributes = Map::new();
    if let Some(kind) = members.get("refType") {
        attributes.insert("refType".to_owned(), kind.clone());
    }
    Some(PayloadLink {
        trace: id::from_text(json::str(members, TRACE)?, 16)?,
        span: id::from_text(json::str(members, SPAN)?, 8)?,
        attributes,
    })
}

/// Microseconds since the epoch, or a date and time.
fn time_ns(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => time::ns_from_us(number.as_f64()?).filter(|ns| *ns >= 0),
        other => time::unix_ns(other),
    }
}

/// Microseconds, or a number with a unit (`22938000ns`).
fn duration_ns(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => time::ns_from_us(number.as_f64()?).filter(|ns| *ns >= 0),
        Value::String(text) => {
            let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
            let unit = match text.get(digits.len()..)? {
                "ns" => 1.0,
                "us" | "µs" | "" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                _ => return None,
            };
            time::ns_from_ms(digits.parse::<f64>().ok()? * unit / 1e6)
        }
        _ => None,
    }
}

fn event(value: Value) -> Option<PayloadEvent> {
    let Value::Object(members) = value else { return None };
    let mut attributes = tags(members.get("fields"));
    let name = json::take_text(&mut attributes, &["event", "name"]);
    let time_ns = members.get("timestamp").and_then(time_ns);
    Some(PayloadEvent { time_ns, name: name.unwrap_or_else(|| "log".to_owned()), attributes })
}

/// Tags as attributes: `{key, type, value}` of the API, `{key, vType, vStr, …}` of the storage. A key that comes several times
/// has a list.
fn tags(list: Option<&Value>) -> Map<String, Value> {
    let mut attributes: Map<String, Value> = Map::new();
    for tag in list.and_then(Value::as_array).into_iter().flatten() {
        let Some(key) = tag.get("key").and_then(Value::as_str) else { continue };
        let typed = [
            "value",
            "vStr",
            "vBool",
            "vInt64",
            "vFloat64",
            "vBinary",
            "v_str",
            "v_bool",
            "v_int64",
            "v_float64",
        ];
        let value = typed.iter().find_map(|name| tag.get(*name)).cloned().unwrap_or_default();
        match attributes.get_mut(key) {
            None => drop(attributes.insert(key.to_owned(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(known) => *known = Value::Array(vec![known.take(), value]),
        }
    }
    attributes
}
