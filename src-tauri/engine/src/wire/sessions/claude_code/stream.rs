//! What `claude -p --output-format stream-json` prints: the session's messages without times, and a result at the end.

use std::collections::BTreeMap;

use serde_json::Value;

use super::line::Line;
use super::session::Session;
use crate::model::{Provenance, TraceStatus};
use crate::semantics;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json};

/// Printed sessions.
#[derive(Clone, Copy, Debug)]
pub struct ClaudeStream;

impl Format for ClaudeStream {
    fn id(&self) -> &'static str {
        "claude-stream-json"
    }

    fn label(&self) -> &'static str {
        "Claude Code output (stream-json)"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(StreamReader::default())
    }
}

fn confidence(value: &Value) -> Confidence {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let has = |key: &str| value.get(key).is_some();
    match text("type") {
        Some("system") if text("subtype") == Some("init") && has("session_id") => 97,
        Some("result") if has("session_id") && has("duration_ms") => 97,
        Some("user" | "assistant") if has("session_id") && has("message") => 95,
        _ => 0,
    }
}

#[derive(Clone, Default)]
struct StreamReader {
    sessions: BTreeMap<String, Session>,
    current: Option<String>,
}

impl Reader for StreamReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(members) = json::object(frame, "a line of Claude Code's output", out) else { return };
        let Some(mut line) = Line::of(members) else { return out.skipped("lines without a type", 1) };
        let first = || format!("session-{:016x}", xxhash_rust::xxh3::xxh3_64(frame.bytes));
        let id = match line.session.take() {
            Some(id) => id,
            None => self.current.clone().unwrap_or_else(first),
        };
        self.current = Some(id.clone());
        let session = self.sessions.entry(id.clone()).or_insert_with(|| Session::new(id));
        match line.kind.as_str() {
            "user" | "assistant" | "system" => {
                if line.kind == "system" && line.rest.get("subtype").and_then(Value::as_str) == Some("init") {
                    session.main();
                }
                session.read(line, frame.at, out);
            }
            "result" => result(session, line),
            "stream_event" => out.skipped("pieces of answers", 1),
            _ => out.skipped("lines that are no steps", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        for session in std::mem::take(&mut self.sessions).into_values() {
            session.finish(out);
        }
    }
}

/// What the run came to.
fn result(session: &mut Session, mut line: Line) {
    let rest = &mut line.rest;
    let transcript = session.main();
    let usage = rest.get("usage").map(semantics::usage_tokens).unwrap_or_default();
    let cost = rest.get("total_cost_usd").or_else(|| rest.get("cost_usd")).and_then(json::number);
    let subtype = json::str(rest, &["subtype"]).unwrap_or_default().to_owned();
    let failed = rest.get("is_error") == Some(&Value::Bool(true)) || subtype.starts_with("error");
    let reason =
        rest.get("errors").and_then(error_line::of).or_else(|| rest.get("result").and_then(error_line::of));
    let status = if failed { TraceStatus::Failed } else { TraceStatus::Success };
    let reason = if failed { reason.or(Some(subtype.replace('_', " "))) } else { None };
    transcript.ended(status, reason);
    let about = transcript.about();
    about.cost_usd = cost.or(about.cost_usd);
    about.tokens = usage;
    about.tokens_provenance = Provenance::Reported;
    let payload = transcript.payload();
    // The answer is the model's last.
    if !failed {
        rest.shift_remove("result");
    }
    for key in ["uuid", "is_error"] {
        rest.shift_remove(key);
    }
    payload.attributes.extend(std::mem::take(rest));
}
