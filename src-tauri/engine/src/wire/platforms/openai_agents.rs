//! Traces of the OpenAI Agents SDK as its processors write them: trace and span objects one after another (lines, or with
//! nothing between them), in a list, or as the body sent to the ingestion endpoint (`{"data": […]}`).

use serde_json::{Map, Value};

use crate::model::{Payload, Problem, SpanFlags, SpanKind, SpanRecord, SpanStatus};
use crate::semantics::usage_tokens;
use crate::wire::draft::{self, Draft, is_nothing};
use crate::wire::json::{self, str as text, take, take_object, take_text};
use crate::wire::time::unix_ns;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line};

/// OpenAI Agents SDK.
#[derive(Clone, Copy, Debug)]
pub struct OpenAiAgents;

impl Format for OpenAiAgents {
    fn id(&self) -> &'static str {
        "openai-agents"
    }

    fn label(&self) -> &'static str {
        "OpenAI Agents SDK"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_ours = |value: &Value| match value.get("object").and_then(Value::as_str) {
            Some("trace.span") => value.get("span_data").is_some(),
            Some("trace") => value.get("workflow_name").is_some(),
            _ => false,
        };
        let listed = |value: &Value| {
            value.get("data").and_then(Value::as_array).is_some_and(|list| list.iter().any(is_ours))
        };
        if sample.any(|value| is_ours(value) || listed(value)) { 97 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["data"] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(AgentsReader)
    }
}

#[derive(Clone)]
struct AgentsReader;

impl Reader for AgentsReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(value) = json::value(frame, "a trace or span of the OpenAI Agents SDK", out) else { return };
        if frame.shape != Shape::Envelope {
            route(value, frame, out, 0);
        }
    }
}

/// Reads a trace or span, or what carries them; `depth` counts the carriers around it.
fn route(value: Value, frame: &Frame<'_>, out: &mut dyn Sink, depth: u8) {
    const CARRIERS: u8 = 4;
    match value {
        Value::Array(values) if depth < CARRIERS => {
            values.into_iter().for_each(|value| route(value, frame, out, depth + 1));
        }
        Value::Object(mut members) => match text(&members, &["object"]) {
            Some("trace") => trace(members, out),
            Some("trace.span") => match span(members) {
                Ok(span) => out.span(span),
                Err(reason) => out.problem(Problem::new(frame.at, reason)),
            },
            _ if members.get("data").is_some_and(Value::is_array) && depth < CARRIERS => {
                route(take(&mut members, &["data"]).unwrap_or_default(), frame, out, depth + 1);
            }
            _ => out.skipped("objects that are no trace or span", 1),
        },
        other => {
            let reason = format!("{} stands where a span (an object) is expected", json::noun(&other));
            out.problem(Problem::new(frame.at, reason));
        }
    }
}

fn trace(mut members: Map<String, Value>, out: &mut dyn Sink) {
    let Some(id) = take_text(&mut members, &["id"]) else { return };
    members.shift_remove("object");
    let name = take_text(&mut members, &["workflow_name"]);
    let group = take_text(&mut members, &["group_id"]);
    members.retain(|_, value| !is_nothing(value));
    let mut record = draft::run(id, Payload { attributes: members, ..Payload::default() });
    record.name = name;
    record.conversation = group;
    out.trace(record);
}

/// The exporter cuts long fields and says so at their end.
const CUT: &str = "... [truncated]";

fn span(mut members: Map<String, Value>) -> Result<SpanRecord, &'static str> {
    let trace = take_text(&mut members, &["trace_id"]).ok_or("a span without a trace_id was left out")?;
    let id = take_text(&mut members, &["id"]).ok_or("a span without an id was left out")?;
    members.shift_remove("object");
    let mut data = take_object(&mut members, &["span_data"]).unwrap_or_default();
    let mut kind_word = take_text(&mut data, &["type"]).unwrap_or_default();
    // The SDK's newer spans travel as custom ones.
    if let Some(told) = data.get("data").and_then(|inner| inner.get("sdk_span_type")).and_then(Value::as_str)
    {
        kind_word = told.to_owned();
    }
    let mut draft = Draft::new(trace, id, name(&kind_word, &mut data), kind(&kind_word));
    draft.span.parent = take_text(&mut members, &["parent_id"]);
    let mut time = |key| take(&mut members, &[key]).as_ref().and_then(unix_ns);
    let (start_ns, end_ns) = (time("started_at"), time("ended_at"));
    draft.times(start_ns, end_ns);

    let mut error = take(&mut members, &["error"]).unwrap_or_default();
    if let Some(line) = reason(&error) {
        draft.span.status = SpanStatus::Error;
        draft.payload.status_message = Some(line.clone());
        draft.span.error = Some(line);
    } else if end_ns.is_some() {
        draft.span.status = SpanStatus::Ok;
    }
    if let Some(data) = error.get_mut("data").map(Value::take).filter(|data| !is_nothing(data)) {
        draft.payload.attributes.insert("error.data".to_owned(), data);
    }

    draft.input(take(&mut data, &["input"]));
    let output = take(&mut data, &["output", "result"]);
    // A response span holds the whole answer where a processor of one's own wrote it.
    let response = data.get_mut("response").filter(|response| response.is_object());
    let inner = response.and_then(|response| {
        draft.span.model = response.get("model").and_then(json::text);
        response.get_mut("output").map(Value::take)
    });
    draft.output(output.or(inner));
    if kind_word == "guardrail" {
        draft.output(data.get("triggered").map(|triggered| serde_json::json!({"triggered": triggered})));
        data.shift_remove("triggered");
    }
    if matches!(draft.span.kind, SpanKind::Llm) {
        draft.span.model = take_text(&mut data, &["model"]).or(draft.span.model.take());
        let usage = data.get("usage").filter(|usage| usage.is_object());
        let usage = usage.or_else(|| data.get("response")?.get("usage"));
        draft.span.tokens = usage.map(usage_tokens).unwrap_or_default();
    }
    let cut = [&draft.payload.input, &draft.payload.output];
    if cut.into_iter().flatten().any(|value| ends_cut(value, 4)) {
        draft.span.flags.insert(SpanFlags::TRUNCATED);
    }
    draft.payload.attributes.insert("span_data.type".to_owned(), Value::String(kind_word));
    let (tokens, model) = (draft.span.tokens, draft.span.model.take());
    data.retain(|_, value| !is_nothing(value));
    draft.attributes(data);
    (draft.span.tokens, draft.span.model) = (tokens, model);
    members.retain(|_, value| !is_nothing(value));
    draft.payload.other = members;
    Ok(draft.finish())
}

fn kind(word: &str) -> SpanKind {
    match word {
        "agent" => SpanKind::Agent,
        "function" => SpanKind::Tool,
        "generation" | "response" | "transcription" | "speech" => SpanKind::Llm,
        "guardrail" => SpanKind::Guardrail,
        "task" | "turn" | "speech_group" => SpanKind::Chain,
        _ => SpanKind::Other,
    }
}

/// Spans of some types have no name of their own.
fn name(kind: &str, data: &mut Map<String, Value>) -> String {
    if let Some(name) = take_text(data, &["name"]) {
        return name;
    }
    match kind {
        "handoff" => match text(data, &["to_agent"]) {
            Some(agent) => format!("handoff to {agent}"),
            None => kind.to_owned(),
        },
        "mcp_tools" => match text(data, &["server"]) {
            Some(server) => format!("tools of {server}"),
            None => kind.to_owned(),
        },
        _ => kind.to_owned(),
    }
}

/// What went wrong: the message says what failed, the data why.
fn reason(error: &Value) -> Option<String> {
    let line = error_line::of(error)?;
    let why = error.get("data").and_then(|data| data.get("error")).and_then(error_line::of);
    Some(match why {
        Some(why) if !line.contains(&why) => format!("{line}: {why}"),
        _ => line,
    })
}

fn ends_cut(value: &Value, depth: u8) -> bool {
    match value {
        Value::String(text) => text.ends_with(CUT),
        Value::Array(values) if depth > 0 => values.iter().any(|value| ends_cut(value, depth - 1)),
        Value::Object(members) if depth > 0 => members.values().any(|value| ends_cut(value, depth - 1)),
        _ => false,
    }
}
