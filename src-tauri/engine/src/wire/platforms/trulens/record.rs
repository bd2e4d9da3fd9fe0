//! A record of TruLens: a run with its metrics and the durations of its steps.

use serde_json::{Map, Value};

use crate::model::{Payload, Position, Problem, SpanFlags, SpanKind, SpanStatus, TraceStatus};
use crate::wire::draft::{self, Draft, is_nothing};
use crate::wire::json::{self, number, take, take_list, take_text};
use crate::wire::time::ns_from_ms;
use crate::wire::{Sink, error_line};

fn kind(word: &str) -> SpanKind {
    match word.to_ascii_uppercase().as_str() {
        "RECORD_ROOT" | "AGENT" => SpanKind::Agent,
        "RETRIEVAL" => SpanKind::Retrieval,
        "GENERATION" => SpanKind::Llm,
        "TOOL" | "MCP" => SpanKind::Tool,
        "RERANKING" | "RERANK" => SpanKind::Rerank,
        "EMBEDDING" => SpanKind::Embedding,
        "EVAL" | "EVAL_ROOT" | "EVALUATION" => SpanKind::Evaluator,
        "WORKFLOW_STEP" | "GRAPH_NODE" | "GRAPH_TASK" => SpanKind::Chain,
        _ => SpanKind::Other,
    }
}

/// Reads a record. Its steps are laid end to end under the first, which is the run.
pub(super) fn read(mut members: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let Some(trace) = take(&mut members, &["record_id"]).as_ref().and_then(json::text) else {
        out.problem(Problem::new(at, "a record of TruLens without a record_id was left out"));
        return;
    };
    let steps = take_list(&mut members, &["spans"]);
    let error = take(&mut members, &["error"]);
    let model = take_text(&mut members, &["model"]);
    let project = take_text(&mut members, &["app_name"]);
    let mut payload = Payload {
        input: take(&mut members, &["input"]),
        output: take(&mut members, &["output"]),
        ..Payload::default()
    };
    let models = steps
        .iter()
        .filter(|step| {
            step.get("span_type").and_then(Value::as_str).is_some_and(|word| kind(word) == SpanKind::Llm)
        })
        .count();

    let mut root: Option<String> = None;
    let mut cursor_ns = 0;
    let mut step_failed = false;
    for (number_of, step) in steps.into_iter().enumerate() {
        let Value::Object(mut step) = step else {
            out.problem(Problem::new(at, "a step of a record is not an object"));
            continue;
        };
        let id = take_text(&mut step, &["span_id", "id"]).unwrap_or_else(|| number_of.to_string());
        let word = take_text(&mut step, &["span_type"]).unwrap_or_default();
        let name = take_text(&mut step, &["name"]).unwrap_or_else(|| word.to_ascii_lowercase());
        let lasted_ns = take(&mut step, &["duration_ms"]).as_ref().and_then(number).and_then(ns_from_ms);
        let mut draft = Draft::new(trace.clone(), id.clone(), name, kind(&word));
        draft.span.parent = take_text(&mut step, &["parent_id"]).or_else(|| root.clone());
        draft.span.project = project.clone();
        if let Some(long) = lasted_ns {
            draft.times(Some(cursor_ns), Some(cursor_ns.saturating_add(long)));
            draft.span.flags.insert(SpanFlags::LAID_OUT);
        }
        draft.input(take(&mut step, &["input"]));
        draft.output(take(&mut step, &["output"]));
        draft.span.status = SpanStatus::Ok;
        if let Some(error) = take(&mut step, &["error"]) {
            draft.fail(&error);
            draft.payload.status_message = error.as_str().map(str::to_owned);
            step_failed |= draft.span.status == SpanStatus::Error;
        }
        if word.eq_ignore_ascii_case("RECORD_ROOT") && root.is_none() {
            root = Some(id);
            // The record's own input and output are the root's.
            if draft.payload.input.is_none() {
                draft.input(payload.input.clone());
            }
            draft.output(payload.output.clone());
        } else {
            cursor_ns = cursor_ns.saturating_add(lasted_ns.unwrap_or(0));
        }
        // The record names one model; of one model call it is that one's.
        if draft.span.kind == SpanKind::Llm && models == 1 {
            draft.span.model = model.clone();
        }
        step.retain(|_, value| !is_nothing(value));
        draft.attributes(step);
        out.span(draft.finish());
    }

    // They stand in the root.
    if root.is_some() {
        (payload.input, payload.output) = (None, None);
    }
    members.retain(|_, value| !is_nothing(value));
    payload.attributes = members;
    let mut record = draft::run(trace, payload);
    record.model = model;
    record.project = project;
    // An error that no step tells of is the run's own.
    if let Some(reason) = error.as_ref().and_then(error_line::of).filter(|_| !step_failed) {
        record.status = Some(TraceStatus::Failed);
        record.failure_reason = Some(reason);
    }
    out.trace(record);
}
