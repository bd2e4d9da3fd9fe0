//! MLflow's traces: `{"info", "data": {"spans"}}` of its versions 2 to 4, lists and lines of such, the artifact that holds
//! `{"spans"}` alone, and rows of `search_traces` (spans beside the fields of the info).
//!
//! Spans are OpenTelemetry's in MLflow's spelling, whose attribute values are JSON in strings. Their trace is known by
//! MLflow's own id.

use serde_json::{Map, Value};

use crate::model::{Payload, Problem, SpanRecord, TraceStatus};
use crate::semantics::usage_tokens;
use crate::wire::draft::{self, is_nothing};
use crate::wire::json::{self, number, str as text, take, take_list, take_object, take_text};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, otel_span};

/// MLflow.
#[derive(Clone, Copy, Debug)]
pub struct Mlflow;

/// What attributes of its spans begin with.
const OWN: &str = "mlflow.";
const REQUEST: &str = "mlflow.traceRequestId";

impl Format for Mlflow {
    fn id(&self) -> &'static str {
        "mlflow"
    }

    fn label(&self) -> &'static str {
        "MLflow"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_span = |span: &Value| {
            let attributes = span.get("attributes").and_then(Value::as_object);
            attributes.is_some_and(|attributes| attributes.keys().any(|key| key.starts_with(OWN)))
        };
        let is_trace = |value: &Value| {
            let spans = value.get("data").and_then(|data| data.get("spans")).or_else(|| value.get("spans"));
            match spans.and_then(Value::as_array) {
                Some(spans) if spans.is_empty() => value.get("info").is_some_and(is_info),
                Some(spans) => spans.iter().take(Sample::VALUES).any(is_span),
                None => false,
            }
        };
        let listed = |value: &Value| {
            value.get("traces").and_then(Value::as_array).is_some_and(|traces| traces.iter().any(is_trace))
        };
        if sample.any(|value| is_trace(value) || listed(value)) {
            96
        } else if sample.any(|value| value.get("info").is_some_and(is_whole_info)) {
            // The info of a trace may be larger than the sample.
            85
        } else if sample.any(|value| is_span(value) && value.get("name").is_some()) {
            // Beside OpenTelemetry's own printing of the same spans.
            90
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["traces"] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(MlflowReader)
    }
}

fn is_info(info: &Value) -> bool {
    ["request_id", "trace_id", "execution_duration_ms", "execution_time_ms"]
        .iter()
        .any(|key| info.get(*key).is_some())
}

fn is_whole_info(info: &Value) -> bool {
    let marks = [
        "request_id",
        "trace_id",
        "experiment_id",
        "trace_location",
        "tags",
        "trace_metadata",
        "request_metadata",
    ];
    marks.iter().filter(|key| info.get(**key).is_some()).count() >= 3
}

#[derive(Clone)]
struct MlflowReader;

impl Reader for MlflowReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut members) = json::object(frame, "a trace of MLflow", out) else { return };
        if frame.shape == Shape::Envelope {
            return;
        }
        let traces = take_list(&mut members, &["traces"]);
        if traces.is_empty() {
            return trace(members, frame, out);
        }
        for inner in traces {
            match inner {
                Value::Object(members) => trace(members, frame, out),
                _ => out.problem(Problem::new(frame.at, "a trace of MLflow is not an object")),
            }
        }
    }
}

fn trace(mut members: Map<String, Value>, frame: &Frame<'_>, out: &mut dyn Sink) {
    let mut data = take_object(&mut members, &["data"]).unwrap_or_default();
    let spans = match take(&mut data, &["spans"]).or_else(|| take(&mut members, &["spans"])) {
        Some(Value::Array(spans)) => spans,
        // A row whose list of spans is JSON in a string.
        Some(text @ Value::String(_)) => match json::unfolded(text) {
            Value::Array(spans) => spans,
            _ => Vec::new(),
        },
        _ if members.contains_key("attributes") => vec![Value::Object(std::mem::take(&mut members))],
        _ => Vec::new(),
    };
    let row = members.contains_key("state") || members.contains_key("request_time");
    let info = take_object(&mut members, &["info"])
        .unwrap_or_else(|| if row { std::mem::take(&mut members) } else { Map::new() });
    let own = text(&info, &["trace_id", "request_id"]).map(str::to_owned);
    let mut found = own.clone();
    for value in spans {
        let Value::Object(value) = value else {
            out.problem(Problem::new(frame.at, "a span of MLflow is not an object"));
            continue;
        };
        match span(value, own.as_deref(), frame) {
            Ok(span) => {
                found.get_or_insert_with(|| span.trace.clone());
                out.span(span);
            }
            Err(reason) => out.problem(Problem::new(frame.at, reason)),
        }
    }
    if let Some(trace) = found
        && !info.is_empty()
    {
        about(trace, info, out);
    }
}

fn span(
    mut members: Map<String, Value>,
    trace: Option<&str>,
    frame: &Frame<'_>,
) -> Result<SpanRecord, &'static str> {
    let mut attributes = take_object(&mut members, &["attributes"]).unwrap_or_default();
    // Version 2 keeps plain values; later ones keep each as JSON in a string.
    for value in attributes.values_mut() {
        if let Value::String(text) = value
            && let Ok(inner) = serde_json::from_str::<Value>(text)
        {
            *value = inner;
        }
    }
    let request = text(&attributes, &[REQUEST]).map(str::to_owned);
    let usage = attributes.get("mlflow.chat.tokenUsage").map(usage_tokens);
    let cost = attributes.get("mlflow.llm.cost").and_then(|cost| number(cost.get("total_cost")?));
    members.insert("attributes".to_owned(), Value::Object(attributes));
    if let (Some(trace), None) = (trace, text(&members, &["trace_id"])) {
        members.entry("trace_id").or_insert(Value::String(trace.to_owned()));
    }
    let mut span = otel_span::span(members, frame)?;
    if let Some(trace) = trace.map(str::to_owned).or(request) {
        span.trace = trace;
    }
    span.tokens = usage.unwrap_or(span.tokens);
    span.cost_usd = cost.or(span.cost_usd);
    Ok(span)
}

/// What the info says of the trace.
fn about(trace: String, mut info: Map<String, Value>, out: &mut dyn Sink) {
    let entry = |of: &str, key: &str| info.get(of)?.get(key)?.as_str().map(str::to_owned);
    let metadata = |key: &str| {
        entry("trace_metadata", key)
            .or_else(|| entry("request_metadata", key))
            .filter(|text| !text.is_empty())
    };
    let name = entry("tags", "mlflow.traceName");
    let status = match text(&info, &["state", "status"]) {
        Some("ERROR") => Some(TraceStatus::Failed),
        Some("IN_PROGRESS") => Some(TraceStatus::Running),
        // Whether something in it failed before it ended well, its spans say.
        _ => None,
    };
    let conversation = metadata("mlflow.trace.session");
    let shown = |own: &str| metadata(own).map(|text| json::unfolded(Value::String(text)));
    let mut payload = Payload {
        input: shown("mlflow.traceInputs"),
        output: shown("mlflow.traceOutputs"),
        ..Payload::default()
    };
    payload.input = payload.input.or_else(|| take_text(&mut info, &["request_preview"]).map(Value::String));
    payload.output =
        payload.output.or_else(|| take_text(&mut info, &["response_preview"]).map(Value::String));
    for key in ["trace_metadata", "request_metadata"] {
        if let Some(Value::Object(members)) = info.get_mut(key) {
            members.retain(|key, _| !matches!(key.as_str(), "mlflow.traceInputs" | "mlflow.traceOutputs"));
        }
    }
    info.retain(|_, value| !is_nothing(value));
    payload.attributes = info;
    let mut record = draft::run(trace, payload);
    record.name = name;
    record.status = status;
    record.conversation = conversation;
    out.trace(record);
}
