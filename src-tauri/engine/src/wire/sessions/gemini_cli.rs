//! Sessions of Gemini CLI (`~/.gemini/tmp/<project>/chats/session-*`): one JSON document, or JSON lines in which a message may
//! be told again, changed (`$set`) or taken back (`$rewindTo`).
//!
//! What is taken back is known only at the end, so the messages are held until then; a session is no longer than a person's
//! patience.

use serde_json::{Map, Value};

use super::super::transcript::{ModelCall, ToolResult, Transcript, When};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, json, time};
use crate::model::Tokens;

/// Sessions of Gemini CLI.
#[derive(Clone, Copy, Debug)]
pub struct GeminiCli;

impl Format for GeminiCli {
    fn id(&self) -> &'static str {
        "gemini-cli"
    }

    fn label(&self) -> &'static str {
        "Gemini CLI session"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let confidence = |value: &Value| {
            let has = |key: &str| value.get(key).is_some();
            let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
            if has("sessionId") && has("projectHash") {
                95
            } else if kind == "gemini" && has("id") && has("timestamp") {
                85
            } else {
                0
            }
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["messages"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Session::default())
    }
}

#[derive(Clone, Default)]
struct Session {
    head: Map<String, Value>,
    messages: Vec<Map<String, Value>>,
}

impl Reader for Session {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut line) = json::object(frame, "a message of Gemini CLI", out) else { return };
        if let Some(changes) = json::take_object(&mut line, &["$set"]) {
            self.take_head(changes);
        } else if let Some(id) = json::take_text(&mut line, &["$rewindTo"]) {
            let from = self.messages.iter().position(|message| json::str(message, &["id"]) == Some(&id));
            let taken_back = self.messages.split_off(from.unwrap_or(0));
            out.skipped("messages that were taken back", taken_back.len() as u64);
        } else if line.contains_key("sessionId") || frame.shape == Shape::Envelope {
            self.take_head(line);
        } else {
            self.take_message(line);
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        let messages = std::mem::take(&mut self.messages);
        let head = std::mem::take(&mut self.head);
        let first_id = messages.first().and_then(|message| json::str(message, &["id"]));
        let Some(id) = json::str(&head, &["sessionId"]).or(first_id).map(str::to_owned) else { return };
        let mut transcript = Transcript::new(id);
        let about = transcript.about();
        about.name = json::str(&head, &["summary"]).map(str::to_owned);
        about.start_ns = head.get("startTime").and_then(time::unix_ns);
        about.project = json::str(&head, &["projectHash"]).map(|hash| hash.chars().take(12).collect());
        for message in messages {
            tell(&mut transcript, message, out);
        }
        transcript.finish(out);
    }
}

impl Session {
    fn take_head(&mut self, mut head: Map<String, Value>) {
        if let Some(Value::Array(messages)) = head.shift_remove("messages") {
            // A list of messages that is set anew replaces what was there.
            if !messages.is_empty() {
                self.messages.clear();
            }
            messages.into_iter().for_each(|message| {
                if let Value::Object(message) = message {
                    self.take_message(message);
                }
            });
        }
        self.head.extend(head);
    }

    /// The same message told again replaces itself.
    fn take_message(&mut self, message: Map<String, Value>) {
        let id = json::str(&message, &["id"]).map(str::to_owned);
        let known =
            self.messages.iter_mut().find(|known| id.is_some() && json::str(known, &["id"]) == id.as_deref());
        match known {
            Some(known) => *known = message,
            None => self.messages.push(message),
        }
    }
}

fn tell(transcript: &mut Transcript, mut message: Map<String, Value>, out: &mut dyn Sink) {
    let at_ns = message.get("timestamp").and_then(time::unix_ns);
    let id = json::take_text(&mut message, &["id"]);
    let kind = json::take_text(&mut message, &["type"]).unwrap_or_default();
    let content = json::take(&mut message, &["content"]).unwrap_or_default();
    match kind.as_str() {
        "user" => transcript.turn(id, content, at_ns, out),
        "gemini" => {
            let mut parts = Vec::new();
            for thought in json::take_list(&mut message, &["thoughts"]) {
                let text = |key: &str| thought.get(key).and_then(Value::as_str).unwrap_or_default();
                let text = format!("{}\n{}", text("subject"), text("description"));
                parts.push(serde_json::json!({"type": "reasoning", "text": text.trim()}));
            }
            match content {
                Value::Array(inner) => parts.extend(inner),
                Value::String(text) if text.is_empty() => {}
                other => parts.push(serde_json::json!({"type": "text", "text": other})),
            }
            let calls = json::take_list(&mut message, &["toolCalls"]);
            for call in &calls {
                let of = |key: &str| call.get(key).cloned().unwrap_or_default();
                parts.push(serde_json::json!({
                    "type": "tool_call", "id": of("id"), "name": of("name"), "arguments": of("args"),
                }));
            }
            let tokens = json::take_object(&mut message, &["tokens"]).map(|tokens| tokens_of(&tokens));
            let call = ModelCall {
                id,
                model: json::take_text(&mut message, &["model"]),
                answer: Some(serde_json::json!({"role": "assistant", "content": parts})),
                when: When::at(at_ns),
                tokens: tokens.unwrap_or_default(),
                attributes: message,
                ..ModelCall::default()
            };
            transcript.model_call(call, out);
            for call in calls {
                if let Value::Object(call) = call {
                    tool_call(transcript, call, at_ns, out);
                }
            }
        }
        "error" => {
            let error = error_line::of(&content);
            let call =
                ModelCall { id, when: When::at(at_ns), error, attributes: message, ..ModelCall::default() };
            transcript.model_call(call, out);
        }
        _ => out.skipped("notes to the user", 1),
    }
}

fn tool_call(
    transcript: &mut Transcript,
    mut call: Map<String, Value>,
    asked_ns: Option<i64>,
    out: &mut dyn Sink,
) {
    let id = json::take_text(&mut call, &["id"]).unwrap_or_default();
    let name = json::take_text(&mut call, &["name"]).unwrap_or_else(|| "tool".to_owned());
    let arguments = json::take(&mut call, &["args"]).unwrap_or_default();
    let ended_ns = call.get("timestamp").and_then(time::unix_ns);
    let status = json::take_text(&mut call, &["status"]).unwrap_or_default();
    // Of the tool itself, the same in every call.
    call.shift_remove("description");
    let answer = json::take(&mut call, &["result"]);
    let response = answer.as_ref().and_then(|answer| answer.get(0)?.get("functionResponse")?.get("response"));
    let error = response.and_then(|response| response.get("error")).and_then(error_line::of);
    let error = match status.as_str() {
        "error" | "cancelled" => Some(error.unwrap_or(status)),
        _ => None,
    };
    let content = response.cloned().or(answer);
    let is_over = content.is_some() || error.is_some();
    transcript.tool_call(&id, &name, arguments, asked_ns);
    if is_over {
        transcript.tool_result(
            &id,
            ToolResult { content, error, when: When::at(ended_ns), attributes: call },
            out,
        );
    }
}

/// Gemini CLI's own counts: thoughts beside the answer, and all of it in `total`.
fn tokens_of(tokens: &Map<String, Value>) -> Tokens {
    let count = |key: &str| tokens.get(key).and_then(json::count);
    let thoughts = count("thoughts");
    Tokens {
        input: count("input").map(|input| input.saturating_add(count("tool").unwrap_or(0))),
        output: count("output").map(|output| output.saturating_add(thoughts.unwrap_or(0))),
        cache_read: count("cached").filter(|cached| *cached > 0),
        cache_write: None,
        reasoning: thoughts.filter(|thoughts| *thoughts > 0),
        total: None,
    }
}
