//! Sessions of pi (`~/.pi/agent/sessions/…/*.jsonl`): a line a message or a change of model, thinking level or context.
//!
//! A message carries when it was begun, its line when it was written; tokens and cost are in the answers.

use serde_json::{Map, Value};

use super::super::draft::Draft;
use super::super::transcript::{ModelCall, ToolResult, Transcript, When};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json, time};
use crate::model::{Problem, SpanKind};
use crate::semantics::usage_tokens;

/// Sessions of pi.
#[derive(Clone, Copy, Debug)]
pub struct Pi;

impl Format for Pi {
    fn id(&self) -> &'static str {
        "pi"
    }

    fn label(&self) -> &'static str {
        "pi session"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let confidence = |value: &Value| {
            let has = |key: &str| value.get(key).is_some();
            match value.get("type").and_then(Value::as_str) {
                Some("session") if has("cwd") && has("id") && !has("sessionId") => 90,
                Some("message") if value.get("message").is_some_and(is_message) => 80,
                None if is_message(value) => 60,
                _ => 0,
            }
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Session::default())
    }
}

/// A message of pi names the api it was got by, or the tool whose result it is.
fn is_message(value: &Value) -> bool {
    let role = value.get("role").and_then(Value::as_str).unwrap_or_default();
    match role {
        "assistant" => ["api", "stopReason", "usage"].iter().all(|key| value.get(*key).is_some()),
        "toolResult" => value.get("toolCallId").is_some(),
        _ => false,
    }
}

#[derive(Clone, Default)]
struct Session {
    transcript: Option<Transcript>,
    changes: u32,
}

impl Reader for Session {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut line) = json::object(frame, "a line of a pi session", out) else { return };
        let at_ns = line.get("timestamp").and_then(time::unix_ns);
        let kind = json::str(&line, &["type"]).unwrap_or_default().to_owned();
        match kind.as_str() {
            "session" => self.begin(line, at_ns),
            "message" => match json::take_object(&mut line, &["message"]) {
                Some(message) => self.message(message, at_ns, frame, out),
                None => out.problem(Problem::new(frame.at, "This line says it is a message, and has none.")),
            },
            "compaction" | "branch_summary" => {
                self.changes += 1;
                let id = json::str(&line, &["id"])
                    .map_or_else(|| format!("{kind}-{}", self.changes), str::to_owned);
                let transcript = self.transcript(None);
                let mut draft = Draft::new(&*transcript.about().trace, id, kind, SpanKind::Chain);
                draft.output(json::take(&mut line, &["summary"]));
                draft.payload.other = line;
                // When it was written is all that is known of it.
                transcript.step(draft, When { start_ns: at_ns, end_ns: at_ns, duration_ns: None }, out);
            }
            "model_change" | "thinking_level_change" => out.skipped("changes of model or thinking level", 1),
            "session_info" => {
                if let Some(name) = json::take_text(&mut line, &["name"]) {
                    self.transcript(None).about().name = Some(name);
                }
            }
            "label" | "custom" | "custom_message" => out.skipped("entries of extensions", 1),
            // A message by itself.
            "" if line.contains_key("role") => {
                let at_ns = None;
                self.message(line, at_ns, frame, out);
            }
            _ => out.skipped("entries of other kinds", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if let Some(transcript) = self.transcript.take() {
            transcript.finish(out);
        }
    }
}

impl Session {
    fn begin(&mut self, head: Map<String, Value>, at_ns: Option<i64>) {
        let id = json::str(&head, &["id"]).unwrap_or("pi session").to_owned();
        // The head is written again when a session is gone on with.
        let transcript = self.transcript.get_or_insert_with(|| Transcript::new(id));
        let about = transcript.about();
        let folder = json::str(&head, &["cwd"]).and_then(|path| path.rsplit(['/', '\\']).next());
        about.project = folder.map(str::to_owned).or(about.project.take());
        let _ = at_ns;
    }

    fn transcript(&mut self, first: Option<&Map<String, Value>>) -> &mut Transcript {
        self.transcript.get_or_insert_with(|| {
            // Without a head, the first message tells one session from another.
            let text = first.and_then(|message| serde_json::to_vec(message).ok()).unwrap_or_default();
            Transcript::new(format!("pi-{:032x}", xxhash_rust::xxh3::xxh3_128(&text)))
        })
    }

    fn message(
        &mut self,
        mut message: Map<String, Value>,
        at_ns: Option<i64>,
        frame: &Frame<'_>,
        out: &mut dyn Sink,
    ) {
        let begun_ns = message.get("timestamp").and_then(time::unix_ns);
        let transcript = self.transcript(Some(&message));
        match json::str(&message, &["role"]).unwrap_or_default() {
            "user" => {
                let content = json::take(&mut message, &["content"]).unwrap_or_default();
                transcript.turn(None, content, begun_ns.or(at_ns), out);
            }
            "assistant" => {
                let content = json::take(&mut message, &["content"]).unwrap_or_default();
                let ended_ns = at_ns.or(begun_ns);
                let mut call = ModelCall {
                    model: json::take_text(&mut message, &["model"]),
                    when: When {
                        start_ns: begun_ns.filter(|_| at_ns.is_some()),
                        end_ns: ended_ns,
                        duration_ns: None,
                    },
                    ..ModelCall::default()
                };
                if let Some(usage) = json::take(&mut message, &["usage"]) {
                    let cost = usage.get("cost").and_then(|cost| cost.get("total")).and_then(Value::as_f64);
                    let tokens = usage_tokens(&usage);
                    // A call that never came about is written with zeros.
                    if tokens.sum().is_some_and(|sum| sum > 0) {
                        call.tokens = tokens;
                        call.cost_usd = cost;
                    }
                }
                let reason = json::str(&message, &["stopReason"]).unwrap_or_default();
                if matches!(reason, "error" | "aborted") {
                    let told = json::first(&message, &["errorMessage"]).and_then(error_line::of);
                    call.error = Some(told.unwrap_or_else(|| reason.to_owned()));
                }
                let calls: Vec<(String, String, Value)> = content
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|part| part.get("type").and_then(Value::as_str) == Some("toolCall"))
                    .filter_map(|part| {
                        let text = |key: &str| part.get(key)?.as_str().map(str::to_owned);
                        let arguments = part.get("arguments").cloned().unwrap_or_default();
                        Some((text("id")?, text("name").unwrap_or_else(|| "tool".to_owned()), arguments))
                    })
                    .collect();
                let is_cut = call.error.is_some();
                call.answer =
                    Some(serde_json::json!({"role": "assistant", "content": content, "stop_reason": reason}));
                message.shift_remove("role");
                message.shift_remove("timestamp");
                call.attributes = message;
                transcript.model_call(call, out);
                // What an answer that was broken off asked for was never done.
                for (id, name, arguments) in calls.into_iter().filter(|_| !is_cut) {
                    transcript.tool_call(&id, &name, arguments, ended_ns);
                }
            }
            "toolResult" => {
                let id = json::take_text(&mut message, &["toolCallId"]).unwrap_or_default();
                let content = json::take(&mut message, &["content"]);
                let failed = message.get("isError") == Some(&Value::Bool(true));
                let text = content.as_ref().and_then(first_text).map(str::to_owned);
                let error = failed.then(|| text.unwrap_or_else(|| "the tool failed".to_owned()));
                message.retain(|key, _| !matches!(key.as_str(), "role" | "timestamp" | "isError"));
                let result =
                    ToolResult { content, error, when: When::at(at_ns.or(begun_ns)), attributes: message };
                transcript.tool_result(&id, result, out);
            }
            "" => out.problem(Problem::new(frame.at, "This message says nothing of who said it (no role).")),
            "bashExecution" => {
                let mut draft = Draft::new(
                    &*transcript.about().trace,
                    format!("bash-{}", begun_ns.or(at_ns).unwrap_or(0)),
                    "bash",
                    SpanKind::Tool,
                );
                draft.input(json::take(&mut message, &["command"]));
                draft.output(json::take(&mut message, &["output"]));
                if let Some(code) = message.get("exitCode").and_then(Value::as_i64).filter(|code| *code != 0)
                {
                    draft.fail(&Value::String(format!("exit code {code}")));
                }
                draft.payload.other = message;
                transcript.step(draft, When { start_ns: begun_ns, end_ns: at_ns, duration_ns: None }, out);
            }
            _ => transcript.said_message(Value::Object(message), at_ns),
        }
    }
}

fn first_text(content: &Value) -> Option<&str> {
    match content {
        Value::String(text) => Some(text),
        Value::Array(parts) => parts.iter().find_map(|part| part.get("text")?.as_str()),
        _ => None,
    }
}
