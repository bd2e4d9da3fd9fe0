//! TraceLLM's own traces in every shape they are found in: the JSON export (an array), one trace, the API's lists, WebSocket
//! messages, `mongoexport` lines, rows of `traces.db` handed over as JSON objects, and the CSV export.
//!
//! The origin writes the same trace differently depending on which of its producers made it; `trace` puts the pieces
//! together, `stamps` finds out what its times mean, `step` reads one step, `kind` its kind, `prompt` what a run is called.
//! `api_key` is dropped here and reaches no record.

mod csv;
mod kind;
mod prompt;
mod stamps;
mod step;
mod trace;

use serde_json::{Map, Value};

pub use self::csv::TraceLlmCsv;
pub(super) use self::kind::kind_of;
pub(super) use self::step::outcome;
use super::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, json};
use crate::model::{Position, Problem};

/// Under which key of a reply the traces are.
const LISTS: &[&str] = &["items", "traces", "failed_traces", "recent_failures", "retries", "slow_requests"];

/// TraceLLM as JSON.
#[derive(Clone, Copy, Debug)]
pub struct TraceLlm;

impl Format for TraceLlm {
    fn id(&self) -> &'static str {
        "tracellm"
    }

    fn label(&self) -> &'static str {
        "TraceLLM"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().map(|value| confidence(value, 0)).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(JsonReader)
    }
}

/// How much a value looks like a trace of TraceLLM, or like something that carries one.
fn confidence(value: &Value, depth: u8) -> Confidence {
    let Value::Object(object) = value else { return 0 };
    let has = |key: &str| object.contains_key(key);
    if let Some(kind) = object.get("type").and_then(Value::as_str) {
        return match object.get("trace") {
            Some(trace) if kind == "trace.created" && trace.is_object() => 98,
            _ if matches!(kind, "system.connected" | "system.pong") => 60,
            _ => 0,
        };
    }
    if depth == 0 {
        let listed = LISTS.iter().filter_map(|key| object.get(*key)?.as_array()).flatten();
        let inner = listed.take(Sample::VALUES).map(|trace| confidence(trace, 1)).max().unwrap_or(0);
        if inner > 0 {
            return inner;
        }
        if has("total") && object.get("items").and_then(Value::as_array).is_some_and(Vec::is_empty) {
            return 20;
        }
    }
    let marks = ["prompt", "latency", "token_count", "retry_count", "slow_request", "model_name"];
    let marks = marks.iter().filter(|key| has(key)).count();
    let steps = match object.get("steps") {
        Some(Value::Array(steps)) => steps.iter().find_map(Value::as_object),
        Some(Value::String(_) | Value::Null) | None => None,
        Some(_) => return 0,
    };
    let known_step = |step: &Map<String, Value>| {
        (step.contains_key("tool_name") || step.contains_key("step_type"))
            && (step.contains_key("step_id") || step.contains_key("success") || step.contains_key("duration"))
    };
    match (has("trace_id"), steps) {
        (true, Some(step)) if known_step(step) => {
            if marks >= 2 {
                98
            } else {
                80
            }
        }
        (false, Some(step)) if known_step(step) && marks >= 2 => 75,
        (_, Some(_)) => 0,
        (true, None) if has("steps") && marks >= 2 => 95,
        (true, None) if has("prompt") && marks >= 4 => 80,
        _ => 0,
    }
}

#[derive(Clone)]
struct JsonReader;

impl Reader for JsonReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let value = json::value(frame, "a TraceLLM trace", out);
        if let Some(value) = value.filter(|_| frame.shape != Shape::Envelope) {
            route(value, frame.at, out, 0);
        }
    }
}

/// Reads a trace, or whatever carries traces. `depth` counts the carriers around it.
fn route(value: Value, at: Position, out: &mut dyn Sink, depth: u8) {
    const CARRIERS: u8 = 4;
    match value {
        Value::Array(values) if depth < CARRIERS => {
            values.into_iter().for_each(|value| route(value, at, out, depth + 1))
        }
        // A whole document inside a JSON string.
        Value::String(text) if depth < CARRIERS => match json::parse(text.as_bytes()) {
            Ok((value @ (Value::Array(_) | Value::Object(_)), _)) => route(value, at, out, depth + 1),
            _ => {
                out.problem(Problem::new(at, "a text stands where a TraceLLM trace (an object) is expected"))
            }
        },
        Value::Object(mut object) if depth < CARRIERS => {
            let kind = object.get("type").and_then(Value::as_str).filter(|_| !object.contains_key("steps"));
            if let Some(kind) = kind.map(str::to_owned) {
                if kind.starts_with("system.") || kind == "ping" {
                    out.skipped("connection messages", 1);
                    return;
                }
                return match object.get_mut("trace").map(Value::take) {
                    Some(trace @ Value::Object(_)) => route(trace, at, out, depth + 1),
                    _ => {
                        let reason = format!(
                            "a message of type {kind:?} without a trace; `trace.created` carries one"
                        );
                        out.problem(Problem::new(at, reason));
                    }
                };
            }
            let lists: Vec<Value> = if object.contains_key("trace_id") || object.contains_key("steps") {
                Vec::new()
            } else {
                LISTS
                    .iter()
                    .filter_map(|key| object.get_mut(*key).filter(|list| list.is_array()).map(Value::take))
                    .collect()
            };
            if lists.is_empty() {
                trace::read(object, at, out);
            } else {
                lists.into_iter().for_each(|list| route(list, at, out, depth + 1));
            }
        }
        other => {
            let reason =
                format!("{} stands where a TraceLLM trace (an object) is expected", json::noun(&other));
            out.problem(Problem::new(at, reason));
        }
    }
}
