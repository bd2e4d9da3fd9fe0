//! Events of the OpenHands SDK (version 1): each says its `kind`. Several calls of tools may come of one answer of the model.
//! What the model used is told as a running total, before the event that it was used for.

use serde_json::{Map, Value, json};

use super::super::chat;
use crate::model::{SpanKind, Tokens, TraceStatus};
use crate::wire::draft::Draft;
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When};
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, identity, json, time,
};

/// Events of the OpenHands SDK.
#[derive(Clone, Copy, Debug)]
pub struct OpenHandsSdk;

const LISTS: &[&str] = &["events", "items"];

impl Format for OpenHandsSdk {
    fn id(&self) -> &'static str {
        "openhands-sdk"
    }

    fn label(&self) -> &'static str {
        "OpenHands SDK"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_event = |event: &Value| {
            let text = |key: &str| event.get(key).and_then(Value::as_str);
            text("kind").is_some_and(is_kind) && text("id").is_some() && text("timestamp").is_some()
        };
        let listed = |value: &Value| {
            LISTS.iter().filter_map(|key| value.get(*key)?.as_array()).flatten().any(is_event)
        };
        if sample.any(|value| is_event(value) || listed(value)) { 94 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(SdkReader::default())
    }
}

fn is_kind(kind: &str) -> bool {
    kind.ends_with("Event")
        || matches!(kind, "UserRejectObservation" | "Condensation" | "CondensationRequest")
}

#[derive(Clone, Default)]
struct SdkReader {
    session: Option<Session>,
    rest: Map<String, Value>,
}

impl Reader for SdkReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(event) = json::object(frame, "an event of the OpenHands SDK", out) else { return };
        if frame.shape == Shape::Envelope {
            self.rest.extend(event.into_iter().filter(|(key, _)| !LISTS.contains(&key.as_str())));
            return;
        }
        let session = self.session.get_or_insert_with(|| {
            let id = event.get("id").cloned().unwrap_or_else(|| Value::Object(event.clone()));
            Session::new(&identity::derived([&id]))
        });
        session.event(event, out);
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if let Some(session) = self.session.take() {
            let mut transcript = session.into_transcript(out);
            chat::keep(&mut transcript, std::mem::take(&mut self.rest));
            transcript.finish(out);
        }
    }
}

/// One conversation.
#[derive(Clone)]
pub struct Session {
    trace: String,
    transcript: Transcript,
    /// Ids of the answers of the model last seen.
    answered: Vec<String>,
    model: Option<String>,
    total: Spent,
    /// What the last total added.
    added: Spent,
}

#[derive(Clone, Copy, Default)]
struct Spent {
    tokens: Tokens,
    cost_usd: f64,
}

impl Session {
    /// A conversation that is the trace `trace`.
    pub fn new(trace: &str) -> Self {
        Self {
            trace: trace.to_owned(),
            transcript: Transcript::new(trace),
            answered: Vec::new(),
            model: None,
            total: Spent::default(),
            added: Spent::default(),
        }
    }

    /// Reads an event.
    pub fn event(&mut self, mut event: Map<String, Value>, out: &mut dyn Sink) {
        let kind = json::take_text(&mut event, &["kind"]).unwrap_or_default();
        let id = json::take_text(&mut event, &["id"]);
        let at_ns = json::take(&mut event, &["timestamp"]).as_ref().and_then(time::unix_ns);
        let source = json::take_text(&mut event, &["source"]);
        match kind.as_str() {
            "SystemPromptEvent" => {
                let prompt = json::take(&mut event, &["system_prompt"]).unwrap_or_default();
                let content = prompt.get("text").cloned().unwrap_or(prompt);
                self.transcript.said("system", content, at_ns);
                chat::keep(&mut self.transcript, event);
            }
            "MessageEvent" => self.message(id, source.as_deref(), event, at_ns, out),
            "ActionEvent" => self.action(id, event, at_ns, out),
            "ObservationEvent" | "AgentErrorEvent" | "UserRejectObservation" => {
                self.result(event, at_ns, out)
            }
            "Condensation" | "CondensationSummaryEvent" => {
                let id = id
                    .unwrap_or_else(|| self.transcript.own_id("condensation", self.transcript.next_number()));
                let mut draft = Draft::new(&*self.trace, id, "condensation", SpanKind::Chain);
                draft.output(json::take(&mut event, &["summary"]));
                draft.attributes(event);
                self.transcript.step(draft, When::at(at_ns), out);
            }
            "ConversationErrorEvent" => {
                let error = json!({"type": event.get("code"), "message": event.get("detail")});
                self.transcript.ended(TraceStatus::Failed, error_line::of(&error));
            }
            "ConversationStateUpdateEvent" => self.state(event, out),
            _ => out.skipped("events without a step", 1),
        }
    }

    fn message(
        &mut self,
        id: Option<String>,
        source: Option<&str>,
        mut event: Map<String, Value>,
        at_ns: Option<i64>,
        out: &mut dyn Sink,
    ) {
        let message = json::take(&mut event, &["llm_message"]).unwrap_or_default();
        event.retain(|_, value| !is_unset(value));
        if source == Some("agent") || chat::role(&message) == "assistant" {
            let response = event.get("llm_response_id").and_then(json::text);
            if response.as_ref().is_none_or(|response| !self.answered.contains(response)) {
                self.answer(id, response, message, event, at_ns, out);
            }
        } else {
            let content = message.get("content").cloned().unwrap_or(message);
            self.transcript.turn(id, content, at_ns, out);
            if let Some(turn) = self.transcript.current_turn() {
                turn.payload.attributes.extend(event);
            }
        }
    }

    fn answer(
        &mut self,
        id: Option<String>,
        response: Option<String>,
        answer: Value,
        attributes: Map<String, Value>,
        at_ns: Option<i64>,
        out: &mut dyn Sink,
    ) {
        let spent = std::mem::take(&mut self.added);
        let call = ModelCall {
            id,
            model: self.model.clone(),
            answer: Some(answer),
            when: When::at(at_ns),
            tokens: spent.tokens,
            cost_usd: (spent.cost_usd > 0.0).then_some(spent.cost_usd),
            attributes,
            ..ModelCall::default()
        };
        self.transcript.model_call(call, out);
        self.answered.extend(response);
        let surplus = self.answered.len().saturating_sub(8);
        self.answered.drain(..surplus);
    }

    fn action(
        &mut self,
        id: Option<String>,
        mut event: Map<String, Value>,
        at_ns: Option<i64>,
        out: &mut dyn Sink,
    ) {
        let tool = json::take_text(&mut event, &["tool_name"]).unwrap_or_else(|| "tool".to_owned());
        let call = json::take_text(&mut event, &["tool_call_id"]).or_else(|| id.clone()).unwrap_or_default();
        let wanted = json::take(&mut event, &["tool_call"]);
        let response = event.get("llm_response_id").and_then(json::text);
        let mut answer = Map::new();
        answer.insert("role".to_owned(), Value::from("assistant"));
        answer.insert("content".to_owned(), json::take(&mut event, &["thought"]).unwrap_or_default());
        for key in ["reasoning_content", "thinking_blocks", "responses_reasoning_item"] {
            if let Some(value) = json::take(&mut event, &[key]).filter(|value| !is_unset(value)) {
                answer.insert(key.to_owned(), value);
            }
        }
        if let Some(wanted) = wanted {
            answer.insert("tool_calls".to_owned(), Value::Array(vec![wanted]));
        }
        if response.as_ref().is_none_or(|response| !self.answered.contains(response)) {
            let span = id.map(|id| format!("{id}/model"));
            self.answer(span, response, Value::Object(answer), Map::new(), at_ns, out);
        }
        let action = json::take(&mut event, &["action"]).unwrap_or_default();
        event.retain(|_, value| !is_unset(value));
        let draft = self.transcript.tool_call(&call, &tool, action, at_ns);
        draft.payload.attributes.extend(event);
    }

    fn result(&mut self, mut event: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        let call = json::take_text(&mut event, &["tool_call_id"]);
        let call = call.or_else(|| event.get("action_id").and_then(json::text)).unwrap_or_default();
        let tool = json::take_text(&mut event, &["tool_name"]);
        let observation = json::take(&mut event, &["observation"]);
        let told =
            ["error", "rejection_reason"].iter().find_map(|key| event.get(*key)).and_then(error_line::of);
        let error = told.or_else(|| observation.as_ref().and_then(failure));
        let content = observation.or_else(|| json::take(&mut event, &["error", "rejection_reason"]));
        event.retain(|_, value| !is_unset(value));
        if let (false, Some(tool)) = (self.transcript.is_open(&call), tool) {
            // Its action is not in this file: an excerpt, or a log that was cut.
            self.transcript.tool_call(&call, &tool, Value::Null, None);
        }
        let result = ToolResult { content, error, when: When::at(at_ns), attributes: event };
        self.transcript.tool_result(&call, result, out);
    }

    fn state(&mut self, mut event: Map<String, Value>, out: &mut dyn Sink) {
        let key = json::take_text(&mut event, &["key"]).unwrap_or_default();
        let value = json::take(&mut event, &["value"]).unwrap_or_default();
        let (stats, status) = match key.as_str() {
            "stats" => (Some(&value), None),
            "execution_status" | "agent_status" => (None, value.as_str()),
            "full_state" => (value.get("stats"), value.get("execution_status").and_then(Value::as_str)),
            _ => (None, None),
        };
        if let Some(stats) = stats.and_then(|stats| stats.get("usage_to_metrics")).and_then(Value::as_object)
        {
            self.spent(stats);
        }
        if matches!(status, Some("error" | "stuck")) {
            self.transcript.ended(TraceStatus::Failed, status.map(str::to_owned));
        }
        out.skipped("changes of the conversation's state", 1);
    }

    /// A running total: of every model that the conversation uses.
    fn spent(&mut self, stats: &Map<String, Value>) {
        let mut total = Spent::default();
        let add = |sum: &mut Option<u64>, usage: &Value, key: &str| {
            if let Some(count) = usage.get(key).and_then(json::count) {
                *sum = Some(sum.unwrap_or(0).saturating_add(count));
            }
        };
        for metrics in stats.values() {
            total.cost_usd += metrics.get("accumulated_cost").and_then(json::number).unwrap_or(0.0);
            let Some(usage) = metrics.get("accumulated_token_usage") else { continue };
            add(&mut total.tokens.input, usage, "prompt_tokens");
            add(&mut total.tokens.output, usage, "completion_tokens");
            add(&mut total.tokens.cache_read, usage, "cache_read_tokens");
            add(&mut total.tokens.cache_write, usage, "cache_write_tokens");
            add(&mut total.tokens.reasoning, usage, "reasoning_tokens");
        }
        self.model = stats
            .get("default")
            .or_else(|| stats.values().next())
            .and_then(|metrics| metrics.get("model_name"))
            .and_then(json::text)
            .or(self.model.take());
        let since = |now: Option<u64>, before: Option<u64>| Some(now?.saturating_sub(before.unwrap_or(0)));
        let (now, before) = (total.tokens, self.total.tokens);
        let tokens = Tokens {
            input: since(now.input, before.input),
            output: since(now.output, before.output),
            cache_read: since(now.cache_read, before.cache_read),
            cache_write: since(now.cache_write, before.cache_write),
            reasoning: since(now.reasoning, before.reasoning),
            total: None,
        };
        if tokens.sum() != Some(0) {
            self.added = Spent { tokens, cost_usd: total.cost_usd - self.total.cost_usd };
        }
        self.total = total;
        let about = self.transcript.about();
        about.tokens = total.tokens;
        about.cost_usd = (total.cost_usd > 0.0).then_some(total.cost_usd);
    }

    /// The session as it stands after the last event.
    pub fn into_transcript(self, _out: &mut dyn Sink) -> Transcript {
        self.transcript
    }
}

fn is_unset(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Why a tool failed, by what it observed.
fn failure(observation: &Value) -> Option<String> {
    let texts = observation.get("content").and_then(Value::as_array).into_iter().flatten();
    let text: Vec<&str> = texts.filter_map(|part| part.get("text")?.as_str()).collect();
    let text = text.join("\n");
    if observation.get("is_error") == Some(&Value::Bool(true)) {
        return Some(error_line::one_line(&text).unwrap_or_else(|| "the tool failed".to_owned()));
    }
    // -1 is written for a command that is still at work.
    let code = observation.get("exit_code").and_then(Value::as_i64).filter(|code| !matches!(code, 0 | -1))?;
    Some(error_line::of_traceback(&text).unwrap_or_else(|| format!("exit code {code}")))
}
