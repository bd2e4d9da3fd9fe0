//! Sessions of Anthropic's managed agents: the events of a session, one after another, by themselves or as recorded calls of
//! the SDK (`["client.beta.sessions.events.stream", {event}]`).

use serde_json::{Map, Value};

use super::super::transcript::{ModelCall, ToolResult, Transcript, When};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json, time};
use crate::model::TraceStatus;
use crate::semantics::usage_tokens;

/// Events of managed agents.
#[derive(Clone, Copy, Debug)]
pub struct ManagedAgents;

impl Format for ManagedAgents {
    fn id(&self) -> &'static str {
        "anthropic-managed-agents"
    }

    fn label(&self) -> &'static str {
        "Anthropic managed agents session"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_event = |value: &Value| {
            value.get("id").and_then(Value::as_str).is_some_and(|id| id.starts_with("sevt_"))
                || value.as_str().is_some_and(|call| call.starts_with("client.beta.sessions."))
        };
        let lists = |value: &Value| {
            let list = ["data", "events"].iter().find_map(|key| value.get(*key)?.as_array());
            list.is_some_and(|events| events.iter().take(Sample::VALUES).any(is_event))
        };
        if sample.any(|value| is_event(value) || lists(value)) { 93 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["data", "events"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Session::default())
    }
}

#[derive(Clone, Default)]
struct Session {
    transcript: Option<Transcript>,
    model: Option<String>,
    /// The model request under way: its id, when it began, what has been said in it.
    request: Option<(String, Option<i64>)>,
    answer: Vec<Value>,
    calls: Vec<(String, String, Value, Option<i64>)>,
    /// Ids of messages of the user: they are told when sent and again when taken up.
    seen: Vec<String>,
}

impl Reader for Session {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        match json::value(frame, "an event of a managed agent", out) {
            Some(Value::Object(event)) => self.event(event, out),
            // The name of a recorded call, and what was sent: the session's own events tell it again.
            Some(Value::String(_) | Value::Array(_)) | None => {}
            Some(_) => out.skipped("values that are no events", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.end_request(None, None, None, out);
        if let Some(transcript) = self.transcript.take() {
            transcript.finish(out);
        }
    }
}

impl Session {
    fn transcript(&mut self, first_id: &str) -> &mut Transcript {
        self.transcript.get_or_insert_with(|| Transcript::new(format!("session-of-{first_id}")))
    }

    fn event(&mut self, mut event: Map<String, Value>, out: &mut dyn Sink) {
        let id = json::take_text(&mut event, &["id"]).unwrap_or_default();
        let at_ns = json::first(&event, &["processed_at", "created_at"]).and_then(time::unix_ns);
        let kind = json::str(&event, &["type"]).unwrap_or_default().to_owned();
        match kind.as_str() {
            "session" | "agent" | "" if event.contains_key("agent") => self.begin(id, event),
            "user.message" => {
                if self.seen.contains(&id) {
                    return;
                }
                self.seen.push(id.clone());
                self.end_request(None, None, None, out);
                let content = json::take(&mut event, &["content"]).unwrap_or_default();
                self.transcript(&id).turn(Some(id.clone()), content, at_ns, out);
            }
            "span.model_request_start" => self.request = Some((id, at_ns)),
            "span.model_request_end" => {
                let failed = event.get("is_error") == Some(&Value::Bool(true));
                let error = failed.then(|| {
                    json::first(&event, &["error"])
                        .and_then(error_line::of)
                        .unwrap_or_else(|| "the request failed".to_owned())
                });
                self.end_request(at_ns, error, event.get("model_usage").cloned(), out);
            }
            "agent.message" | "agent.thinking" => {
                self.transcript(&id);
                let content = json::take(&mut event, &["content", "thinking", "text"]).unwrap_or_default();
                match content {
                    Value::Array(parts) => self.answer.extend(parts),
                    other if kind == "agent.thinking" => {
                        self.answer.push(serde_json::json!({"type": "thinking", "thinking": other}));
                    }
                    other => self.answer.push(serde_json::json!({"type": "text", "text": other})),
                }
            }
            "agent.tool_use" | "agent.mcp_tool_use" | "agent.custom_tool_use" => {
                self.transcript(&id);
                let name = json::take_text(&mut event, &["name"]).unwrap_or_else(|| "tool".to_owned());
                let input = json::take(&mut event, &["input"]).unwrap_or_default();
                self.answer
                    .push(serde_json::json!({"type": "tool_use", "id": id, "name": name, "input": input}));
                self.calls.push((id, name, input, at_ns));
                // Outside of a request the call stands by itself.
                if self.request.is_none() {
                    self.begin_calls();
                    self.answer.clear();
                }
            }
            "agent.tool_result" | "agent.mcp_tool_result" | "user.custom_tool_result" => {
                self.end_request(None, None, None, out);
                let call =
                    json::take_text(&mut event, &["tool_use_id", "mcp_tool_use_id", "custom_tool_use_id"]);
                let failed = event.get("is_error") == Some(&Value::Bool(true));
                let content = json::take(&mut event, &["content"]);
                let error = failed
                    .then(|| content.as_ref().and_then(first_text).and_then(error_line::one_line))
                    .map(|text| text.unwrap_or_else(|| "the tool failed".to_owned()));
                let result = ToolResult { content, error, when: When::at(at_ns), attributes: Map::new() };
                self.transcript(&id).tool_result(&call.unwrap_or(id), result, out);
            }
            "session.error" => {
                self.end_request(None, None, None, out);
                let error = event.get("error").and_then(error_line::of);
                let reason = error.unwrap_or_else(|| "the session failed".to_owned());
                self.transcript(&id).ended(TraceStatus::Failed, Some(reason));
            }
            kind if kind.starts_with("session.") => out.skipped("changes of the session's state", 1),
            _ => out.skipped("events of other kinds", 1),
        }
    }

    fn begin(&mut self, id: String, session: Map<String, Value>) {
        let mut transcript = Transcript::new(id);
        let agent = session.get("agent").and_then(Value::as_object);
        let about = transcript.about();
        about.project = agent.and_then(|agent| json::str(agent, &["name"])).map(str::to_owned);
        let model = agent.and_then(|agent| agent.get("model"));
        self.model =
            model.and_then(|model| model.as_str().or_else(|| model.get("id")?.as_str())).map(str::to_owned);
        transcript.payload().attributes = session;
        self.transcript.get_or_insert(transcript);
    }

    /// The model is done.
    fn end_request(
        &mut self,
        at_ns: Option<i64>,
        error: Option<String>,
        usage: Option<Value>,
        out: &mut dyn Sink,
    ) {
        let Some((id, start_ns)) = self.request.take() else { return };
        let parts = std::mem::take(&mut self.answer);
        let call = ModelCall {
            id: Some(id.clone()),
            model: self.model.clone(),
            answer: Some(serde_json::json!({"role": "assistant", "content": parts})),
            when: When { start_ns, end_ns: at_ns, duration_ns: None },
            tokens: usage.as_ref().map(usage_tokens).unwrap_or_default(),
            error,
            ..ModelCall::default()
        };
        self.transcript(&id).model_call(call, out);
        self.begin_calls();
    }

    fn begin_calls(&mut self) {
        let calls = std::mem::take(&mut self.calls);
        if let Some(transcript) = &mut self.transcript {
            for (id, name, input, at_ns) in calls {
                transcript.tool_call(&id, &name, input, at_ns);
            }
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
