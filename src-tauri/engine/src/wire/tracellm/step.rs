//! One step of a trace.

use serde_json::{Map, Value};

use super::kind;
use crate::model::{Payload, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens};
use crate::semantics::{input_hash, usage_tokens};
use crate::wire::quote::start_of;
use crate::wire::{error_line, json, time};

/// A step before its times are settled, which takes all the steps of its trace.
pub struct Draft {
    /// All but the times.
    pub span: SpanRecord,
    /// Its `timestamp`.
    pub timestamp_ns: Option<i64>,
    /// Its `duration`.
    pub duration_ns: Option<i64>,
    /// Its tokens come from the model's provider.
    pub tokens_reported: bool,
}

/// What the steps of a trace share.
pub struct Run<'a> {
    /// The trace's id.
    pub trace: &'a str,
    /// Whether the LangChain handler wrote it.
    pub langchain: bool,
}

/// Reads one step under the id it was given. `children` must have been taken out. What is wrong is handed to `problem`;
/// the rest of the step is kept.
pub fn read(mut step: Map<String, Value>, id: String, run: &Run<'_>, problem: &mut dyn FnMut(&str)) -> Draft {
    for key in ["api_key", "step_id", "id", "parent_id", "parent_step_id"] {
        step.shift_remove(key);
    }
    let step_type = step.get("step_type").and_then(json::text);
    let name = match (step.shift_remove("tool_name").as_ref().and_then(json::text), &step_type) {
        (Some(name), _) => name,
        (None, Some(step_type)) => step_type.clone(),
        (None, None) => {
            problem("no tool_name; it is called \"agent\", as TraceLLM does");
            "agent".to_owned()
        }
    };
    let input = content(&mut step, "input", "input_data");
    let output = content(&mut step, "output", "output_data");
    let field = |key: &str| output.as_ref().and_then(|output| output.get(key));

    let timestamp = step.get("timestamp").filter(|value| !value.is_null()).or_else(|| step.get("created_at"));
    let timestamp_ns = timestamp.and_then(time::unix_ns);
    match timestamp {
        None | Some(Value::Null) => problem("no timestamp: when it ran is not known"),
        Some(value) if timestamp_ns.is_none() => {
            problem(&format!("timestamp {} is no ISO 8601 time: when it ran is not known", brief(value)));
        }
        Some(_) => {}
    }
    let duration = step.get("duration").filter(|value| !value.is_null());
    let duration_ns = duration.and_then(json::number).and_then(time::ns_from_ms);
    match duration {
        None => problem("no duration"),
        Some(value) if duration_ns.is_none() => {
            problem(&format!("duration {} is no number of milliseconds from 0 up", brief(value)));
        }
        Some(_) => {}
    }

    let mut span = SpanRecord::new(run.trace, id, name);
    let base = span.name.rsplit_once("_retry_").filter(|(_, digits)| digits.parse::<u32>().is_ok());
    let (base, suffix) = match base {
        Some((base, digits)) => (base, digits.parse().ok()),
        None => (span.name.as_str(), None),
    };
    span.kind = step_kind(&step, base, step_type.as_deref(), input.as_ref(), output.as_ref(), run);
    let (status, error) = outcome(&step, output.as_ref());
    span.status = status;
    span.error = error;
    if span.kind != SpanKind::Wait {
        let replayed = field("replay").and_then(|replay| replay.get("attempt"));
        let numbered = [input.as_ref().and_then(|input| input.get("attempt")), replayed];
        let numbered =
            numbered.into_iter().flatten().find_map(json::count).and_then(|count| u32::try_from(count).ok());
        span.attempt = numbered.or(suffix).filter(|attempt| *attempt > 0);
    }
    span.backoff_ns = field("backoff_ms").and_then(json::number).and_then(time::ns_from_ms);
    if span.kind == SpanKind::Llm {
        let named = [output.as_ref(), input.as_ref()].into_iter().flatten();
        span.model = named.filter_map(|content| content.get("model")).find_map(json::text);
    }
    let usage = field("usage").map(usage_tokens).unwrap_or_default();
    let tokens_reported = usage != Tokens::default();
    span.tokens = usage;
    span.tokens_provenance = Provenance::Reported;
    span.input_hash = input.as_ref().map(|input| input_hash(&input.to_string()));
    if [&input, &output].into_iter().flatten().any(|content| is_cut(content, run)) {
        span.flags.insert(SpanFlags::TRUNCATED);
    }
    span.preview = input.as_ref().and_then(preview);
    let payload = Payload { input, output, other: step, ..Payload::default() };
    span.payload = serde_json::to_vec(&payload).unwrap_or_else(|_| b"{}".to_vec());
    Draft { span, timestamp_ns, duration_ns, tokens_reported }
}

/// Input or output under its name of today or of old; what is no object becomes `{"value": …}`, as TraceLLM stores it.
fn content(step: &mut Map<String, Value>, key: &str, legacy_key: &str) -> Option<Value> {
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Object(object) => object.is_empty(),
        _ => false,
    };
    let found = [step.shift_remove(key), step.shift_remove(legacy_key)];
    found.into_iter().flatten().find(|value| !is_empty(value)).map(|value| match value {
        Value::Object(_) => value,
        other => Value::Object(Map::from_iter([("value".to_owned(), other)])),
    })
}

fn step_kind(
    step: &Map<String, Value>,
    name: &str,
    step_type: Option<&str>,
    input: Option<&Value>,
    output: Option<&Value>,
    run: &Run<'_>,
) -> SpanKind {
    let stated = [step.get("kind").and_then(Value::as_str), step_type];
    if let Some(kind) =
        stated.into_iter().flatten().find_map(|word| SpanKind::from_word(&word.to_ascii_lowercase()))
    {
        return kind;
    }
    if output.is_some_and(|output| output.get("backoff_ms").is_some() && output.get("error").is_none()) {
        return SpanKind::Wait;
    }
    // The handler has one key for each kind of run.
    if run.langchain && input.is_some_and(|input| input.get("inputs").is_some()) {
        return SpanKind::Chain;
    }
    match (kind::kind_of(name), step_type) {
        (SpanKind::Tool, Some(step_type)) => kind::kind_of(step_type),
        (kind, _) => kind,
    }
}

/// Status and error. `output.error` counts for more than `success`, which the OpenAI wrapper sets on its last failure.
pub fn outcome(step: &Map<String, Value>, output: Option<&Value>) -> (SpanStatus, Option<String>) {
    let success = step.get("success").and_then(json::truth);
    let stated = |key: &str| output.and_then(|output| output.get(key)).and_then(error_line::of);
    let error = stated("error");
    match (success, error) {
        (_, Some(error)) => (SpanStatus::Error, Some(error)),
        (Some(false), None) => {
            let message = stated("message").or_else(|| step.get("error").and_then(error_line::of));
            (SpanStatus::Error, message)
        }
        (Some(true), None) => (SpanStatus::Ok, None),
        (None, None) => (SpanStatus::Unset, None),
    }
}

/// Whether a text has the very length that its producer cuts texts at (`@trace_tool` and LangChain: 500 and 200
/// characters, the OpenAI wrapper's and the demo's previews: 200 and 220).
fn is_cut(content: &Value, run: &Run<'_>) -> bool {
    let Value::Object(object) = content else { return false };
    let has_length = |value: &Value, length: usize| {
        value.as_str().is_some_and(|text| text.len() >= length && text.chars().count() == length)
    };
    object.iter().any(|(key, value)| match (key.as_str(), value) {
        ("documents", Value::Array(documents)) => {
            run.langchain && documents.iter().any(|document| has_length(document, 200))
        }
        ("content_preview", _) => has_length(value, 200),
        ("preview", _) => has_length(value, 220),
        _ => has_length(value, 500),
    })
}

/// The start of an input for the trace list: its only or most telling text.
fn preview(input: &Value) -> Option<String> {
    let Value::Object(object) = input else { return None };
    let telling = ["prompt", "query", "question", "input", "inputs", "messages", "value", "url"];
    let value = telling
        .iter()
        .find_map(|key| object.get(*key))
        .or_else(|| object.values().find(|value| value.is_string()))?;
    match value {
        Value::String(text) => SpanRecord::preview_of(text),
        other => SpanRecord::preview_of(&other.to_string()),
    }
}

/// A value for a sentence.
pub fn brief(value: &Value) -> String {
    start_of(&value.to_string(), 60)
}
