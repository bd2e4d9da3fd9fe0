//! What `claude-trace` records: Claude Code's requests and their answers as they went over the wire. Tries are exact, and
//! each is a step. Of the headers only those are kept that say something of the request; keys and cookies reach no record.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json as value};

use crate::model::{SpanKind, SpanStatus, TraceRecord};
use crate::semantics;
use crate::wire::draft::Draft;
use crate::wire::transcript::short_name;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json, time};

/// Recorded requests.
#[derive(Clone, Copy, Debug)]
pub struct ClaudeTrace;

/// Headers that are kept.
const HEADERS: &[&str] = &[
    "anthropic-beta",
    "anthropic-version",
    "user-agent",
    "x-app",
    "x-stainless-retry-count",
    "x-stainless-timeout",
    "request-id",
    "retry-after",
    "x-should-retry",
];

impl Format for ClaudeTrace {
    fn id(&self) -> &'static str {
        "claude-trace"
    }

    fn label(&self) -> &'static str {
        "claude-trace requests"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_pair = |value: &Value| {
            let request = value.get("request");
            let has = |key: &str| request.and_then(|request| request.get(key)).is_some();
            has("url") && has("method") && has("timestamp") && value.get("response").is_some()
        };
        if sample.any(is_pair) { 90 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(RequestReader::default())
    }
}

#[derive(Clone, Default)]
struct RequestReader {
    /// Traces, and the request that each began with.
    traces: BTreeMap<String, Option<Value>>,
    /// The trace of requests that name no session.
    first: Option<String>,
}

impl Reader for RequestReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut pair) = json::object(frame, "a recorded request", out) else { return };
        let Some(mut request) = json::take_object(&mut pair, &["request"]) else {
            return out.skipped("lines that are no requests", 1);
        };
        let url = json::str(&request, &["url"]).unwrap_or_default();
        let path = url.split('?').next().unwrap_or_default();
        if !path.ends_with("/v1/messages") {
            return out.skipped("requests that ask no model", 1);
        }
        let hash = xxhash_rust::xxh3::xxh3_64(frame.bytes);
        let body = match json::unfolded(request.shift_remove("body").unwrap_or(Value::Null)) {
            Value::Object(body) => body,
            _ => Map::new(),
        };
        let trace = match session_of(&body) {
            Some(session) => session,
            None => self.first.get_or_insert_with(|| format!("session-{hash:016x}")).clone(),
        };
        self.first.get_or_insert_with(|| trace.clone());
        let prompt = || prompt(&body);
        self.traces
            .entry(trace.clone())
            .and_modify(|known| *known = known.take().or_else(prompt))
            .or_insert_with(prompt);
        let response = json::take_object(&mut pair, &["response"]);
        span(&trace, hash, request, body, response, out);
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        for (trace, prompt) in std::mem::take(&mut self.traces) {
            let mut about = TraceRecord::new(trace.clone());
            let mut draft = Draft::new("", "", "", SpanKind::Other);
            draft.input(prompt);
            about.preview = draft.span.preview;
            about.name = about.preview.as_deref().map(short_name);
            about.conversation = Some(trace);
            out.trace(about);
        }
    }
}

/// The session in the user's id: `user_…_session_<id>`.
fn session_of(body: &Map<String, Value>) -> Option<String> {
    let user = body.get("metadata")?.get("user_id")?.as_str()?;
    let session = user.rsplit_once("session_")?.1;
    (!session.is_empty()).then(|| session.to_owned())
}

/// The first thing that the user said in a request which offers tools: those without are the program's own.
fn prompt(body: &Map<String, Value>) -> Option<Value> {
    body.get("tools")?.as_array().filter(|tools| !tools.is_empty())?;
    let first = body.get("messages")?.as_array()?.first()?.get("content")?;
    let words = |part: &Value| {
        let text = part.get("text")?.as_str()?;
        (!text.trim_start().starts_with("<system-reminder>")).then(|| text.to_owned())
    };
    match first {
        Value::String(text) => Some(value!(text)),
        Value::Array(parts) => parts.iter().find_map(words).map(Value::String),
        _ => None,
    }
}

fn span(
    trace: &str,
    hash: u64,
    mut request: Map<String, Value>,
    body: Map<String, Value>,
    response: Option<Map<String, Value>>,
    out: &mut dyn Sink,
) {
    let start_ns = json::take(&mut request, &["timestamp"]).as_ref().and_then(time::unix_ns);
    let headers = kept(request.get("headers"));
    let asked = json::str(&body, &["model"]).map(str::to_owned);
    let id = format!("request-{hash:016x}");
    let mut draft = Draft::new(trace, id, asked.clone().unwrap_or_else(|| "model".to_owned()), SpanKind::Llm);
    draft.span.model = asked;
    draft.input(Some(Value::Object(body)));
    let number = |headers: &Map<String, Value>, key: &str| headers.get(key).and_then(json::number);
    draft.span.attempt = number(&headers, "x-stainless-retry-count")
        .filter(|count| *count < 1e6)
        .map(|count| count as u32 + 1);
    let mut attributes = Map::new();
    attributes.insert("request_headers".to_owned(), Value::Object(headers));
    match response {
        None => {
            draft.times(start_ns, None);
            draft.fail(&value!("no answer was recorded"));
        }
        Some(mut response) => {
            let end_ns = json::take(&mut response, &["timestamp"]).as_ref().and_then(time::unix_ns);
            draft.times(start_ns, end_ns);
            let status = response.get("status_code").and_then(json::count);
            let headers = kept(response.get("headers"));
            if status.is_some_and(|status| status >= 400) {
                draft.span.backoff_ns = number(&headers, "retry-after").and_then(time::ns_from_seconds);
            }
            attributes.insert("response_headers".to_owned(), Value::Object(headers));
            attributes.insert(
                "status_code".to_owned(),
                response.get("status_code").cloned().unwrap_or(Value::Null),
            );
            answered(&mut draft, status, response);
        }
    }
    draft.payload.attributes.extend(attributes);
    out.span(draft.finish());
}

fn answered(draft: &mut Draft, status: Option<u64>, mut response: Map<String, Value>) {
    let told = json::take(&mut response, &["body", "body_raw", "events"]).unwrap_or(Value::Null);
    let told = match told {
        Value::String(text) if text.contains("data:") => streamed(events_of_text(&text)),
        Value::Array(events) => {
            streamed(events.into_iter().map(|event| event.get("data").cloned().unwrap_or(event)))
        }
        other => json::unfolded(other),
    };
    let error = told.get("error").filter(|error| !error.is_null()).cloned();
    if let Some(usage) = told.get("usage") {
        draft.span.tokens = semantics::usage_tokens(usage);
    }
    if let Some(model) = told.get("model").and_then(Value::as_str) {
        draft.span.model = Some(model.to_owned());
    }
    draft.output(Some(told));
    match (status, error) {
        (status, Some(error)) => {
            let line = error_line::of(&error).unwrap_or_else(|| "the request failed".to_owned());
            draft.fail(&value!(status.map_or(line.clone(), |status| format!("{status} {line}"))));
        }
        (Some(status), None) if status >= 400 => draft.fail(&value!(format!("HTTP status {status}"))),
        _ => draft.span.status = SpanStatus::Ok,
    }
}

fn kept(headers: Option<&Value>) -> Map<String, Value> {
    let headers = headers.and_then(Value::as_object);
    let kept = headers.into_iter().flatten().filter_map(|(key, value)| {
        let key = key.to_ascii_lowercase();
        (HEADERS.contains(&key.as_str()) || key.starts_with("anthropic-ratelimit-"))
            .then(|| (key, value.clone()))
    });
    kept.collect()
}

fn events_of_text(text: &str) -> impl Iterator<Item = Value> {
    text.lines().filter_map(|line| serde_json::from_str(line.strip_prefix("data:")?.trim()).ok())
}

/// The message that a stream of events tells.
fn streamed(events: impl Iterator<Item = Value>) -> Value {
    let mut message = Map::new();
    let mut blocks: BTreeMap<u64, (Value, String)> = BTreeMap::new();
    for mut event in events {
        let kind = event.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let index = event.get("index").and_then(Value::as_u64).unwrap_or(0);
        let mut take = |key: &str| event.get_mut(key).map(Value::take).unwrap_or(Value::Null);
        match kind.as_str() {
            "message_start" => {
                if let Value::Object(told) = take("message") {
                    message = told;
                }
            }
            "content_block_start" => {
                blocks.insert(index, (take("content_block"), String::new()));
            }
            "content_block_delta" => {
                let delta = take("delta");
                let Some((block, json)) = blocks.get_mut(&index) else { continue };
                for key in ["text", "thinking", "signature"] {
                    let Some(more) = delta.get(key).and_then(Value::as_str) else { continue };
                    let Some(members) = block.as_object_mut() else { continue };
                    match members.get_mut(key) {
                        Some(Value::String(text)) => text.push_str(more),
                        _ => drop(members.insert(key.to_owned(), Value::String(more.to_owned()))),
                    }
                }
                json.push_str(delta.get("partial_json").and_then(Value::as_str).unwrap_or_default());
            }
            "message_delta" => {
                if let Value::Object(told) = take("delta") {
                    message.extend(told);
                }
                // What it counts replaces what was counted at the start.
                if let Value::Object(usage) = take("usage") {
                    match message.get_mut("usage").and_then(Value::as_object_mut) {
                        Some(known) => known.extend(usage.into_iter().filter(|(_, count)| !count.is_null())),
                        None => drop(message.insert("usage".to_owned(), Value::Object(usage))),
                    }
                }
            }
            "error" => drop(message.insert("error".to_owned(), take("error"))),
            _ => {}
        }
    }
    let content = blocks.into_values().map(|(mut block, json)| {
        if let (Ok(input), Some(members)) = (serde_json::from_str::<Value>(&json), block.as_object_mut()) {
            members.insert("input".to_owned(), input);
        }
        block
    });
    let content: Vec<Value> = content.collect();
    if !content.is_empty() {
        message.insert("content".to_owned(), Value::Array(content));
    }
    Value::Object(message)
}
