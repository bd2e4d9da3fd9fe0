//! Events of OpenHands 0.x: actions, and the observations that they caused.
//!
//! An action of the agent is an answer of the model; several may come of one answer, which each of them and each of their
//! observations then repeats. A delegate's events stand between the action that starts it and the observation that ends it.

use serde_json::{Map, Value, json};

use crate::model::{SpanKind, TraceStatus};
use crate::semantics;
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When};
use crate::wire::{Sink, error_line, json, time};

/// One session.
#[derive(Clone)]
pub struct Events {
    trace: String,
    session: Transcript,
    /// The delegates at work in it, the innermost last.
    delegates: Vec<Transcript>,
    /// The action that waits for its observation, for events without ids.
    waiting: Option<String>,
    /// The model's answer last seen, by its id.
    answered: Vec<String>,
    /// What had been spent up to the event before, by the running total.
    spent_usd: f64,
    number: u32,
}

impl Events {
    /// A session that is the trace `trace`.
    pub fn new(trace: &str) -> Self {
        Self {
            trace: trace.to_owned(),
            session: Transcript::new(trace),
            delegates: Vec::new(),
            waiting: None,
            answered: Vec::new(),
            spent_usd: 0.0,
            number: 0,
        }
    }

    /// The innermost session.
    pub fn session(&mut self) -> &mut Transcript {
        self.delegates.last_mut().unwrap_or(&mut self.session)
    }

    /// Reads an event.
    pub fn event(&mut self, mut event: Map<String, Value>, out: &mut dyn Sink) {
        self.number += 1;
        let id = json::take(&mut event, &["id"]).as_ref().and_then(json::text);
        let id = id.unwrap_or_else(|| self.number.to_string());
        let at_ns = json::take(&mut event, &["timestamp"]).as_ref().and_then(time::unix_ns);
        let entry = json::take_text(&mut event, &["actorType"]);
        if let Some(actor) = entry {
            return self.entry(&actor, id, event, at_ns, out);
        }
        if event.get("observation").is_some_and(Value::is_string) {
            self.observation(event, at_ns, out);
        } else if event.get("action").is_some_and(Value::is_string) {
            self.action(id, event, at_ns, out);
        } else {
            out.skipped("events that are neither action nor observation", 1);
        }
    }

    /// An entry of the trajectory viewer, as the event that it shows.
    fn entry(
        &mut self,
        actor: &str,
        id: String,
        mut entry: Map<String, Value>,
        at_ns: Option<i64>,
        out: &mut dyn Sink,
    ) {
        let kind = json::take_text(&mut entry, &["type"]).unwrap_or_default();
        let content = json::take(&mut entry, &["content"]).unwrap_or_default();
        let source = if actor == "User" { "user" } else { "agent" };
        let mut event = match (source, kind.as_str()) {
            ("agent", "command") => json!({"action": "run", "args": {"thought": content}}),
            ("agent", "thought") => json!({"action": "think", "args": {"thought": content}}),
            _ => json!({"action": "message", "args": {"content": content}}),
        };
        if let Some(args) = event.get_mut("args").and_then(Value::as_object_mut) {
            args.extend(entry);
        }
        if let Value::Object(mut event) = event {
            event.insert("source".to_owned(), Value::from(source));
            self.action(id, event, at_ns, out);
        }
    }

    fn action(&mut self, id: String, mut event: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        let name = json::take_text(&mut event, &["action"]).unwrap_or_default();
        let mut args = match json::take_object(&mut event, &["args"]) {
            Some(args) => args,
            // Evaluation runs of old versions have the arguments beside the name.
            None => std::mem::take(&mut event),
        };
        let source = json::take_text(&mut event, &["source"]);
        let is_users = match source.as_deref() {
            Some(source) => source == "user",
            None => name == "message" && !self.has_begun(),
        };
        match name.as_str() {
            "message" if is_users => {
                let prompt =
                    json::take(&mut args, &["content"]).or_else(|| json::take(&mut event, &["message"]));
                args.retain(|_, value| !is_unset(value));
                let session = self.session();
                session.turn(Some(format!("event-{id}")), prompt.unwrap_or_default(), at_ns, out);
                if let Some(turn) = session.current_turn() {
                    turn.payload.attributes.extend(args);
                }
            }
            "system" => {
                let prompt = json::take(&mut args, &["content"]).unwrap_or_default();
                self.session().said("system", prompt, at_ns);
            }
            "recall" => {
                let draft =
                    self.session().tool_call(&format!("event-{id}"), "recall", Value::Object(args), at_ns);
                draft.span.kind = SpanKind::Retrieval;
            }
            "change_agent_state" | "null" | "condensation_request" | "start" | "pause" | "resume" => {
                out.skipped("changes of the agent's state", 1);
            }
            "condensation" => {
                let mut draft = crate::wire::draft::Draft::new(
                    &*self.trace,
                    format!("event-{id}"),
                    "condensation",
                    SpanKind::Chain,
                );
                let output = json::take(&mut args, &["summary"]);
                draft.output(output);
                draft.attributes(args);
                self.session().step(draft, When::at(at_ns), out);
            }
            _ => self.agent_action(&id, &name, args, event, at_ns, out),
        }
    }

    /// Whether anything has been said yet: without a source the first message is the user's.
    fn has_begun(&self) -> bool {
        self.number > 1
    }

    fn agent_action(
        &mut self,
        id: &str,
        name: &str,
        mut args: Map<String, Value>,
        mut event: Map<String, Value>,
        at_ns: Option<i64>,
        out: &mut dyn Sink,
    ) {
        let mut metadata = json::take_object(&mut event, &["tool_call_metadata"]).unwrap_or_default();
        let response = json::take(&mut metadata, &["model_response"]);
        let metrics = json::take_object(&mut event, &["llm_metrics"]).unwrap_or_default();
        event.shift_remove("message");
        let response_id = response.as_ref().and_then(|response| response.get("id")).and_then(json::text);
        let is_new = response_id.as_ref().is_none_or(|id| !self.answered.contains(id));
        if is_new {
            let answer = response.clone().unwrap_or_else(|| {
                let said =
                    json::take(&mut args, &["content", "thought", "final_thought"]).unwrap_or_default();
                json!({"role": "assistant", "content": said})
            });
            let usage = response.as_ref().and_then(|response| response.get("usage"));
            let model = response.as_ref().and_then(|response| response.get("model")).and_then(json::text);
            let call = ModelCall {
                id: Some(format!("event-{id}/model")),
                model,
                tokens: usage.map(semantics::usage_tokens).unwrap_or_default(),
                cost_usd: self.cost_of(&metrics),
                when: When {
                    end_ns: at_ns,
                    duration_ns: latency_ns(&metrics, response_id.as_deref()),
                    ..When::default()
                },
                answer: Some(answer),
                ..ModelCall::default()
            };
            self.session().model_call(call, out);
            self.answered.extend(response_id);
            // Calls of one answer stand close together.
            let surplus = self.answered.len().saturating_sub(8);
            self.answered.drain(..surplus);
        }
        match name {
            // The answer says it all.
            "message" | "think" if metadata.is_empty() => return,
            "finish" => return,
            "reject" => {
                let reason = args.get("outputs").and_then(error_line::of);
                return self
                    .session()
                    .ended(TraceStatus::Failed, reason.or(Some("the agent rejected the task".to_owned())));
            }
            _ => {}
        }
        let call = format!("event-{id}");
        let tool = json::take_text(&mut metadata, &["function_name"]).unwrap_or_else(|| name.to_owned());
        args.retain(|_, value| !is_unset(value));
        let delegate = args.get("agent").and_then(json::text).filter(|_| name == "delegate");
        let draft = self.session().tool_call(&call, &tool, Value::Object(args), at_ns);
        draft.payload.attributes.extend(metadata);
        draft.payload.attributes.extend(event);
        if tool != name {
            draft.payload.attributes.insert("action".to_owned(), Value::from(name));
        }
        if name == "delegate" {
            let agent = delegate.unwrap_or_else(|| "delegate".to_owned());
            let mut inner =
                Transcript::within(&self.trace, format!("{call}/agent"), Some(call.clone()), &agent);
            inner.began(at_ns);
            self.delegates.push(inner);
        }
        self.waiting = Some(call);
    }

    /// What the agent spent since the event before.
    fn cost_of(&mut self, metrics: &Map<String, Value>) -> Option<f64> {
        let total_usd = metrics.get("accumulated_cost").and_then(json::number)?;
        let cost_usd = total_usd - std::mem::replace(&mut self.spent_usd, total_usd);
        (cost_usd > 0.0).then_some(cost_usd)
    }

    fn observation(&mut self, mut event: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        let name = json::take_text(&mut event, &["observation"]).unwrap_or_default();
        let cause = json::take(&mut event, &["cause"]).as_ref().and_then(json::text);
        if name == "agent_state_changed" {
            let state =
                event.get("extras").and_then(|extras| extras.get("agent_state")).and_then(Value::as_str);
            if state == Some("error") {
                let reason =
                    event.get("extras").and_then(|extras| extras.get("reason")).and_then(error_line::of);
                let reason = reason.or_else(|| event.get("content").and_then(error_line::of));
                self.session().ended(TraceStatus::Failed, reason);
            }
            out.skipped("changes of the agent's state", 1);
            return;
        }
        let waiting = match cause {
            Some(cause) => Some(format!("event-{cause}")),
            None => self.waiting.take(),
        };
        if name == "null" && !waiting.as_ref().is_some_and(|call| self.session().is_open(call)) {
            out.skipped("observations of nothing", 1);
            return;
        }
        if name == "delegate"
            && let Some(inner) = self.delegates.pop()
        {
            inner.finish(out);
        }
        let content = json::take(&mut event, &["content"]);
        for repeated in ["tool_call_metadata", "source", "message"] {
            event.shift_remove(repeated);
        }
        let mut extras = json::take_object(&mut event, &["extras"]).unwrap_or_default();
        extras.extend(event);
        let error = failure(&name, content.as_ref(), &extras);
        extras.retain(|_, value| !is_unset(value));
        let result = ToolResult { content, error, when: When::at(at_ns), attributes: extras };
        let call = waiting.unwrap_or_default();
        if call.is_empty() && name == "error" {
            out.skipped("errors outside of any step", 1);
        }
        self.session().tool_result(&call, result, out);
    }

    /// Ends the delegates still at work, and gives the session itself.
    pub fn into_transcript(mut self, out: &mut dyn Sink) -> Transcript {
        while let Some(inner) = self.delegates.pop() {
            inner.finish(out);
        }
        self.session
    }

    /// The end of the events.
    pub fn finish(self, out: &mut dyn Sink) {
        self.into_transcript(out).finish(out);
    }
}

fn is_unset(value: &Value) -> bool {
    value.is_null() || value.as_object().is_some_and(Map::is_empty)
}

/// How long the model took for the answer `response`.
fn latency_ns(metrics: &Map<String, Value>, response: Option<&str>) -> Option<i64> {
    let latencies = metrics.get("response_latencies")?.as_array()?;
    let latency =
        latencies.iter().rfind(|latency| latency.get("response_id").and_then(Value::as_str) == response)?;
    latency.get("latency").and_then(json::number).and_then(time::ns_from_seconds)
}

/// Why an action failed.
fn failure(name: &str, content: Option<&Value>, extras: &Map<String, Value>) -> Option<String> {
    let text = content.and_then(Value::as_str).unwrap_or_default();
    let code =
        extras.get("exit_code").or_else(|| extras.get("metadata")?.get("exit_code")).and_then(Value::as_i64);
    let said = |fallback: String| error_line::of_traceback(text).unwrap_or(fallback);
    match name {
        "error" | "user_rejected" => Some(error_line::one_line(text).unwrap_or_else(|| name.to_owned())),
        _ if extras.get("error") == Some(&Value::Bool(true)) => Some(said(format!("{name} failed"))),
        _ => match code {
            // -1 is written for a command that is still at work.
            Some(code) if code != 0 && code != -1 => Some(said(format!("exit code {code}"))),
            _ if extras.get("success") == Some(&Value::Bool(false)) => Some(said(format!("{name} failed"))),
            _ => None,
        },
    }
}
