//! One trace with its steps.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::prompt;
use super::stamps::{Producer, Stamps, step_times};
use super::step::{self, Draft, Run, brief};
use crate::model::{
    Payload, Position, Problem, Provenance, SpanFlags, SpanKind, SpanRecord, TraceRecord, TraceStatus,
};
use crate::wire::{Sink, error_line, json, time, transcript};

/// Fields that are columns of the record and not repeated in its payload. All else stays, verbatim.
const TAKEN: [&str; 8] = ["trace_id", "id", "_id", "prompt", "response", "steps", "api_key", "step_count"];

/// Reads a trace from an object: of an export, a message, a line of `mongoexport`, or a row of `traces.db` by its columns
/// (where `steps` is JSON text). What is wrong becomes a problem at `at`; the rest is kept.
pub fn read(mut object: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    object.shift_remove("api_key");
    let is_known = ["trace_id", "prompt", "response", "steps", "latency", "model_name"];
    if !is_known.iter().any(|key| object.contains_key(*key)) {
        let reason = "an object that is not a TraceLLM trace: it has none of trace_id, prompt, response, steps, latency";
        out.problem(Problem::new(at, reason));
        return;
    }
    let id = ["trace_id", "id", "_id"].iter().filter_map(|key| object.get(*key)).find_map(json::text);
    let id = id.unwrap_or_else(|| {
        let id = derived_id(&object);
        out.problem(Problem::new(
            at,
            format!("a trace without trace_id; from its content it got the id {id}"),
        ));
        id
    });
    let mut problem = |what: &str| out.problem(Problem::new(at, format!("trace {id}: {what}")));

    let model = object.get("model_name").or_else(|| object.get("model")).and_then(json::text);
    let langchain = model.as_deref() == Some("langchain");
    let drafts = read_steps(&mut object, &Run { trace: &id, langchain }, &mut problem);
    let has_parents = drafts.iter().any(|draft| draft.span.parent.is_some());

    let stamps = stamps(&object, &drafts, langchain, &mut problem);
    let reading = stamps.reading();
    let (start_ns, end_ns) = stamps.run(reading);

    let mut trace = TraceRecord::new(id.as_str());
    let prompt = object.shift_remove("prompt").unwrap_or(Value::Null);
    let headline = prompt::headline(&prompt);
    trace.preview = headline.as_deref().and_then(SpanRecord::preview_of);
    trace.name = trace.preview.as_deref().map(transcript::short_name);
    trace.status = status(&object, &mut problem);
    trace.failure_reason =
        object.get("failure_reason").and_then(json::text).and_then(|reason| error_line::one_line(&reason));
    (trace.start_ns, trace.end_ns) = (start_ns, end_ns);
    trace.time_provenance = if reading.filled_in {
        problem("created_at was filled in when the trace was exported, so when it ran is not known");
        Provenance::Estimated
    } else if reading.created_is_end || end_ns.is_none() {
        Provenance::Derived
    } else {
        Provenance::Reported
    };
    if trace.end_ns.is_none() {
        let ends =
            drafts.iter().filter_map(|draft| step_times(draft.timestamp_ns, draft.duration_ns, reading).1);
        trace.end_ns = ends.max().filter(|end| trace.start_ns.is_none_or(|start| start <= *end));
    }
    trace.model = model.filter(|model| model != "unknown");
    trace.tokens.total = object.get("token_count").and_then(json::count);
    // The OpenAI wrapper writes 0 for a call that failed; an estimate is never 0 for a prompt that is there.
    if trace.tokens.total == Some(0) && trace.preview.is_some() {
        trace.tokens.total = None;
    }
    let reported =
        drafts.iter().any(|draft| draft.tokens_reported && draft.span.tokens.sum() == trace.tokens.total);
    trace.tokens_provenance = if reported { Provenance::Reported } else { Provenance::Estimated };
    trace.retries =
        object.get("retry_count").and_then(json::count).and_then(|count| u32::try_from(count).ok());
    trace.project =
        ["project_name", "project_id"].iter().filter_map(|key| object.get(*key)).find_map(json::text);
    trace.environment = object.get("environment").and_then(json::text);
    trace.conversation =
        ["conversation_id", "session_id"].iter().filter_map(|key| object.get(*key)).find_map(json::text);
    trace.parents_unknown = !has_parents;

    let response = object.shift_remove("response").filter(|response| !response.is_null());
    object.retain(|key, _| !TAKEN.contains(&key.as_str()));
    let payload =
        Payload { input: unfolded(prompt), output: response, attributes: object, ..Payload::default() };
    trace.payload = serde_json::to_vec(&payload).ok();

    let (project, environment) = (trace.project.clone(), trace.environment.clone());
    out.trace(trace);
    for draft in drafts {
        let Draft { mut span, timestamp_ns, duration_ns, .. } = draft;
        (span.start_ns, span.end_ns) = step_times(timestamp_ns, duration_ns, reading);
        if span.start_ns.is_some() && span.end_ns.is_some() {
            span.flags.insert(SpanFlags::TIME_DERIVED);
        }
        span.project.clone_from(&project);
        span.environment.clone_from(&environment);
        out.span(span);
    }
}

/// Takes the steps out of the trace, those nested in `children` too, in the order of the source.
fn read_steps(object: &mut Map<String, Value>, run: &Run<'_>, problem: &mut dyn FnMut(&str)) -> Vec<Draft> {
    let steps = match object.shift_remove("steps") {
        None => return Vec::new(),
        Some(Value::Array(steps)) => steps,
        Some(Value::String(text)) if text.trim().is_empty() => Vec::new(),
        // A row of `traces.db`.
        Some(Value::String(text)) => match json::parse(text.as_bytes()) {
            Ok((Value::Array(steps), _)) => steps,
            Ok((Value::Null, _)) => Vec::new(),
            Ok((other, _)) => {
                problem(&format!(
                    "steps is {} where a list is expected; no steps are kept",
                    json::noun(&other)
                ));
                Vec::new()
            }
            Err(error) => {
                problem(&format!("steps is not whole JSON, so no steps are kept: {error}"));
                Vec::new()
            }
        },
        Some(other) => {
            problem(&format!("steps is {} where a list is expected; no steps are kept", json::noun(&other)));
            Vec::new()
        }
    };
    let mut copies: HashMap<String, usize> = HashMap::new();
    let mut drafts = Vec::with_capacity(steps.len());
    // Steps yet to be read, the next one last, each with the id of the step it was nested in.
    let mut pending: Vec<(Value, Option<String>)> =
        steps.into_iter().rev().map(|step| (step, None)).collect();
    let mut number = 0_usize;
    while let Some((step, nested_in)) = pending.pop() {
        number += 1;
        let mut object = match step {
            Value::Object(object) => object,
            other => {
                problem(&format!(
                    "step {number} is {} where an object is expected: {}",
                    json::noun(&other),
                    brief(&other)
                ));
                continue;
            }
        };
        let given = ["step_id", "id"].iter().filter_map(|key| object.get(*key)).find_map(json::text);
        // As TraceLLM itself numbers steps that have none.
        let wanted = given.unwrap_or_else(|| format!("step_{number}"));
        let copy = *copies.entry(wanted.clone()).and_modify(|copy| *copy += 1).or_insert(1_usize);
        let id = if copy == 1 { wanted } else { format!("{wanted}#{copy}") };
        if copy > 1 {
            problem(&format!("step {number} has the id of a step before it and is kept as {id:?}"));
        }
        let named =
            ["parent_id", "parent_step_id"].iter().filter_map(|key| object.get(*key)).find_map(json::text);
        if let Some(Value::Array(children)) = object.shift_remove("children") {
            pending.extend(children.into_iter().rev().map(|child| (child, Some(id.clone()))));
        }
        let mut draft = step::read(object, id, run, &mut |what| problem(&format!("step {number}: {what}")));
        draft.span.parent = named.or(nested_in);
        drafts.push(draft);
    }
    drafts
}

fn stamps(
    object: &Map<String, Value>,
    drafts: &[Draft],
    langchain: bool,
    problem: &mut dyn FnMut(&str),
) -> Stamps {
    let mut time_of = |key: &str| {
        let value = object.get(key).filter(|value| !value.is_null())?;
        let time = time::unix_ns(value);
        if time.is_none() {
            problem(&format!("{key} {} is no ISO 8601 time", brief(value)));
        }
        time
    };
    let created_ns = time_of("created_at").or_else(|| time_of("timestamp"));
    let updated_ns = time_of("updated_at");
    let latency = object.get("latency").filter(|value| !value.is_null());
    let latency_ns = latency.and_then(json::number).and_then(time::ns_from_ms);
    match (latency, latency_ns) {
        (None, _) => problem("no latency: how long it took follows from its steps, if it has any"),
        (Some(value), None) => {
            problem(&format!("latency {} is no number of milliseconds from 0 up", brief(value)))
        }
        (Some(value), Some(ns)) if ns < 1_000_000 => {
            problem(&format!("a latency of {} ms is too short for a run; it is kept as it is", brief(value)));
        }
        _ => {}
    }
    if created_ns.is_none() {
        problem("no created_at: when it ran follows from its steps, if it has any");
    }
    let is_openai =
        |draft: &Draft| draft.span.kind == SpanKind::Llm && draft.span.name.starts_with("openai_chat");
    let producer = if langchain {
        Producer::LangChain
    } else if !drafts.is_empty() && drafts.iter().all(is_openai) {
        Producer::OpenAi
    } else {
        Producer::Decorator
    };
    let steps = drafts.iter().map(|draft| (draft.timestamp_ns, draft.duration_ns)).collect();
    Stamps { created_ns, updated_ns, latency_ns, steps, producer }
}

/// The status in the source's own word, even where failed steps would make it a warning: retries and errors are counted
/// beside it.
fn status(object: &Map<String, Value>, problem: &mut dyn FnMut(&str)) -> Option<TraceStatus> {
    let value = object.get("status").filter(|value| !value.is_null())?;
    let word = value.as_str().map(|word| word.trim().to_ascii_lowercase());
    let status = word.as_deref().and_then(TraceStatus::from_word);
    if status.is_none() {
        problem(&format!(
            "status {} is none of success, warning, failed; it follows from the steps",
            brief(value)
        ));
    }
    status
}

/// JSON in the prompt's text as JSON, if it is an object or a list; text (a Python list of messages too) as text.
fn unfolded(prompt: Value) -> Option<Value> {
    match prompt {
        Value::Null => None,
        Value::String(text) => {
            let looks_like_json = text.trim_start().starts_with(['{', '[']);
            let value = looks_like_json.then(|| serde_json::from_str(&text).ok()).flatten();
            Some(value.unwrap_or(Value::String(text)))
        }
        other => Some(other),
    }
}

/// An id from what a trace says, so that importing it again finds it again.
fn derived_id(object: &Map<String, Value>) -> String {
    let text = serde_json::to_vec(object).unwrap_or_default();
    format!("derived-{:032x}", xxhash_rust::xxh3::xxh3_128(&text))
}
