//! Logs of LiteLLM, one call of a model each: its `StandardLoggingPayload` (as callbacks write it to files and buckets),
//! rows of the proxy's spend log, and completions logged with their request (`{"messages", "kwargs", "response", …}`).

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use crate::model::{Problem, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens};
use crate::semantics::usage_tokens;
use crate::wire::draft::{Draft, is_nothing};
use crate::wire::json::{self, count, first, number, str as text, take, take_text};
use crate::wire::time::{ns_from_seconds, unix_ns};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink};

/// LiteLLM.
#[derive(Clone, Copy, Debug)]
pub struct LiteLlm;

impl Format for LiteLlm {
    fn id(&self) -> &'static str {
        "litellm"
    }

    fn label(&self) -> &'static str {
        "LiteLLM log"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().filter_map(Value::as_object).map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["data", "logs"] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(LiteLlmReader)
    }
}

/// Where callbacks keep the payload among what they are given.
const CARRIED: &str = "standard_logging_object";

fn confidence(members: &Map<String, Value>) -> Confidence {
    let call = members.get(CARRIED).and_then(Value::as_object).unwrap_or(members);
    let has = |keys: &[&str]| keys.iter().all(|key| call.contains_key(*key));
    let listed = ["data", "logs"].iter().filter_map(|key| members.get(*key)?.as_array()).flatten();
    let inner = listed.filter_map(Value::as_object).take(Sample::VALUES).map(confidence).max().unwrap_or(0);
    if has(&["call_type", "startTime", "endTime"]) && (has(&["response_cost"]) || has(&["spend"])) {
        94
    } else if has(&["call_type", "startTime", "model"]) {
        70
    } else if has(&["messages", "response", "latency_sec", "timestamp"]) {
        90
    } else if has(&["messages", "kwargs", "response"]) {
        75
    } else {
        inner
    }
}

#[derive(Clone)]
struct LiteLlmReader;

impl Reader for LiteLlmReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut members) = json::object(frame, "a call logged by LiteLLM", out) else { return };
        if frame.shape == Shape::Envelope {
            return;
        }
        if let Some(payload) = json::take_object(&mut members, &[CARRIED]) {
            members = payload;
        }
        let called = ["messages", "response", "call_type"].iter().any(|key| members.contains_key(*key));
        if called {
            out.span(span(members, frame));
        } else {
            let reason =
                "not a call logged by LiteLLM: neither messages nor a response nor a call_type is there";
            out.problem(Problem::new(frame.at, reason));
        }
    }
}

fn span(mut members: Map<String, Value>, frame: &Frame<'_>) -> SpanRecord {
    let response = take(&mut members, &["response"]).map(json::unfolded);
    let of_response = |key: &str| response.as_ref().and_then(|response| response.get(key));
    let own = take_text(&mut members, &["id", "request_id", "litellm_call_id"])
        .or_else(|| of_response("id").and_then(json::text))
        .unwrap_or_else(|| format!("{:032x}", xxh3_128(frame.bytes)));
    // Tries and fallbacks of one request share a trace; calls of a session that has none share the session.
    let session = take_text(&mut members, &["session_id", "litellm_session_id"])
        .or_else(|| asked(&members, &["session_id", "litellm_session_id"]));
    let trace = take_text(&mut members, &["trace_id", "litellm_trace_id"])
        .or_else(|| asked(&members, &["trace_id", "litellm_trace_id"]))
        .or_else(|| session.clone())
        .unwrap_or_else(|| own.clone());
    let asked_for = text(&members, &["model_group", "model"]).map(str::to_owned);
    let model = of_response("model").and_then(json::text);
    let model = model.or_else(|| text(&members, &["model"]).map(str::to_owned));
    let call_type = text(&members, &["call_type"]).unwrap_or_default();
    let kind = if call_type.contains("embedding") {
        SpanKind::Embedding
    } else if call_type.contains("rerank") {
        SpanKind::Rerank
    } else {
        SpanKind::Llm
    };
    let name = asked_for.or_else(|| model.clone()).unwrap_or_else(|| "completion".to_owned());
    let mut draft = Draft::new(trace, own, name, kind);
    draft.span.model = model;
    draft.span.conversation = session;
    draft.input(take(&mut members, &["messages", "input"]).map(json::unfolded));
    times(&mut members, &mut draft);

    let usage = response.as_ref().and_then(|response| response.get("usage")).map(usage_tokens);
    draft.span.tokens =
        usage.filter(|tokens| *tokens != Tokens::default()).unwrap_or_else(|| columns(&members));
    let cost = first(&members, &["response_cost", "spend", "cost"]).and_then(number);
    draft.span.cost_usd = cost.filter(|cost| *cost >= 0.0);
    draft.output(response);
    status(&mut members, &mut draft);
    // The request is logged once as it was made and once as it was passed on.
    if let Some(Value::Object(kwargs)) = members.get_mut("kwargs") {
        kwargs.shift_remove("messages");
    }
    if let Some(tools) = members.get("tools").cloned()
        && let Some(Value::Object(kwargs)) = members.get_mut("kwargs")
        && kwargs.get("tools") == Some(&tools)
    {
        kwargs.shift_remove("tools");
    }
    // Nothing that opens a door is kept, not even its hash.
    members.shift_remove("api_key");
    members.retain(|_, value| !is_nothing(value));
    let (tokens, cost) = (draft.span.tokens, draft.span.cost_usd);
    draft.attributes(members);
    (draft.span.tokens, draft.span.cost_usd) = (tokens, cost);
    draft.finish()
}

/// A field of the metadata that the request was made with.
fn asked(members: &Map<String, Value>, keys: &[&str]) -> Option<String> {
    let within = |path: &[&str]| {
        let mut place = members.get(*path.first()?)?;
        for key in path.get(1..)? {
            place = place.get(*key)?;
        }
        place.as_object()
    };
    [
        within(&["metadata", "requester_metadata"]),
        within(&["metadata"]),
        within(&["kwargs", "extra_body", "metadata"]),
        within(&["kwargs", "metadata"]),
    ]
    .into_iter()
    .flatten()
    .find_map(|metadata| text(metadata, keys).map(str::to_owned))
}

fn times(members: &mut Map<String, Value>, draft: &mut Draft) {
    let mut time = |keys: &[&str]| take(members, keys).as_ref().and_then(unix_ns);
    let (start_ns, end_ns) = (time(&["startTime", "start_time"]), time(&["endTime", "end_time"]));
    if start_ns.is_some() {
        return draft.times(start_ns, end_ns);
    }
    // Written when the answer was there.
    let end_ns = time(&["timestamp"]);
    let lasted_ns = members.get("latency_sec").and_then(number).and_then(ns_from_seconds);
    if let (Some(end), Some(long)) = (end_ns, lasted_ns) {
        draft.times(Some(end.saturating_sub(long)), Some(end));
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
    } else {
        draft.times(None, end_ns);
    }
}

fn columns(members: &Map<String, Value>) -> Tokens {
    let one = |key: &str| members.get(key).and_then(count);
    let mut tokens =
        Tokens { input: one("prompt_tokens"), output: one("completion_tokens"), ..Tokens::default() };
    tokens.total = one("total_tokens").filter(|total| tokens.sum() != Some(*total));
    // A call that failed, and so used nothing that is known, is logged with zeros.
    if tokens.sum() == Some(0) { Tokens::default() } else { tokens }
}

fn status(members: &mut Map<String, Value>, draft: &mut Draft) {
    let said = take_text(members, &["status"]).unwrap_or_default();
    let told = take(members, &["error_information"]);
    let told = told.or_else(|| {
        members
            .get_mut("metadata")?
            .as_object_mut()
            .and_then(|metadata| take(metadata, &["error_information"]))
    });
    let field = |keys: &[&str]| {
        told.as_ref().and_then(Value::as_object).and_then(|told| text(told, keys)).map(str::to_owned)
    };
    let message =
        field(&["error_message"]).or_else(|| text(members, &["error_str", "error"]).map(str::to_owned));
    let class = field(&["error_class"]);
    let failed = said == "failure" || members.get("error_str").is_some_and(Value::is_string);
    if !failed {
        // A log with an answer is one of a call that went well.
        if said == "success" || draft.payload.output.is_some() {
            draft.span.status = SpanStatus::Ok;
        }
        return;
    }
    draft.span.status = SpanStatus::Error;
    let line = match (&class, &message) {
        (Some(class), Some(message)) if !message.contains(class.as_str()) => {
            Some(format!("{class}: {message}"))
        }
        (class, message) => message.clone().or(class.clone()),
    };
    draft.fail(&line.map_or(Value::Null, Value::String));
    let named = [
        ("error.type", class),
        ("error.message", message),
        ("error.code", field(&["error_code"])),
        ("error.stack", field(&["traceback"])),
    ];
    for key in ["error_str", "error"] {
        members.shift_remove(key);
    }
    for (key, value) in named {
        if let Some(value) = value {
            draft.payload.attributes.insert(key.to_owned(), Value::String(value));
        }
    }
}
