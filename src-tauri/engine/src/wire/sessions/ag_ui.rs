//! AG-UI: the events by which an agent tells a page what it does, recorded: one a line, a list, server-sent events, or lists
//! under names of their own. A run is a trace, its thread the conversation. Texts and arguments come in pieces and are put
//! together. Times are optional.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::draft::Draft;
use super::super::transcript::{ModelCall, ToolResult, Transcript, When};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json, time};
use crate::model::{SpanKind, TraceStatus};

/// Recorded events of AG-UI.
#[derive(Clone, Copy, Debug)]
pub struct AgUi;

impl Format for AgUi {
    fn id(&self) -> &'static str {
        "ag-ui"
    }

    fn label(&self) -> &'static str {
        "AG-UI events"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_first = |value: &Value| {
            let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
            match kind {
                "RUN_STARTED" => value.get("runId").is_some() || value.get("run_id").is_some(),
                "TEXT_MESSAGE_START" | "TEXT_MESSAGE_CONTENT" => value.get("messageId").is_some(),
                "TOOL_CALL_START" => value.get("toolCallId").is_some(),
                _ => false,
            }
        };
        let holds_lists = |value: &Value| {
            let lists = value.as_object().into_iter().flat_map(Map::values).filter_map(Value::as_array);
            lists.take(Sample::VALUES).flatten().take(Sample::VALUES).any(is_first)
        };
        if sample.any(is_first) {
            92
        } else if sample.any(holds_lists) {
            88
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["events"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Events::default())
    }
}

#[derive(Clone, Default)]
struct Events {
    run: Option<Run>,
    runs: u32,
}

/// A run under way.
#[derive(Clone)]
struct Run {
    transcript: Transcript,
    /// Messages that are being told, by their ids.
    texts: HashMap<String, (String, String)>,
    /// Tool calls that are being told: name and arguments so far.
    calls: HashMap<String, (String, String)>,
    /// What the model said and asked for and no model call has been made of yet.
    answer: Vec<Value>,
    steps: Vec<(String, Option<i64>)>,
    step_count: u32,
}

impl Reader for Events {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        match json::value(frame, "an event of AG-UI", out) {
            Some(Value::Object(event)) if event.contains_key("type") => self.event(event, out),
            Some(Value::Object(lists)) => {
                for event in lists.into_iter().flat_map(|(_, list)| match list {
                    Value::Array(events) => events,
                    _ => Vec::new(),
                }) {
                    if let Value::Object(event) = event {
                        self.event(event, out);
                    }
                }
            }
            Some(_) => out.skipped("values that are no events", 1),
            None => {}
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if let Some(mut run) = self.run.take() {
            run.say(None, out);
            run.transcript.finish(out);
        }
    }
}

impl Events {
    fn event(&mut self, event: Map<String, Value>, out: &mut dyn Sink) {
        let kind = json::str(&event, &["type"]).unwrap_or_default();
        if kind == "RUN_STARTED" {
            self.finish(out);
            let id = json::str(&event, &["runId", "run_id"]).unwrap_or("run").to_owned();
            self.run = Some(Run::new(id, &event));
            if let Some(input) = event.get("input").and_then(|input| input.get("messages")).cloned()
                && let Some(run) = &mut self.run
            {
                run.history(input);
            }
            return;
        }
        self.runs += 1;
        let number = self.runs;
        let run = self.run.get_or_insert_with(|| Run::new(format!("run-{number}"), &event));
        run.event(event, out);
    }
}

impl Run {
    fn new(id: String, event: &Map<String, Value>) -> Self {
        let mut transcript = Transcript::new(id);
        transcript.about().conversation = json::str(event, &["threadId", "thread_id"]).map(str::to_owned);
        Self {
            transcript,
            texts: HashMap::new(),
            calls: HashMap::new(),
            answer: Vec::new(),
            steps: Vec::new(),
            step_count: 0,
        }
    }

    fn event(&mut self, mut event: Map<String, Value>, out: &mut dyn Sink) {
        let at_ns = event.get("timestamp").and_then(time::unix_ns);
        let kind = json::take_text(&mut event, &["type"]).unwrap_or_default();
        let text = |keys: &[&str]| json::str(&event, keys).unwrap_or_default().to_owned();
        let message = text(&["messageId", "message_id"]);
        let call = text(&["toolCallId", "tool_call_id"]);
        match kind.as_str() {
            "TEXT_MESSAGE_START" => {
                let role = json::str(&event, &["role"]).unwrap_or("assistant").to_owned();
                self.texts.insert(message, (role, String::new()));
            }
            "TEXT_MESSAGE_CONTENT" | "TEXT_MESSAGE_CHUNK" => {
                let entry =
                    self.texts.entry(message).or_insert_with(|| ("assistant".to_owned(), String::new()));
                entry.1.push_str(&text(&["delta"]));
            }
            "TEXT_MESSAGE_END" => self.end_text(&message, at_ns, out),
            "THINKING_CONTENT"
            | "THINKING_TEXT_MESSAGE_CONTENT"
            | "REASONING_MESSAGE_CONTENT"
            | "REASONING_MESSAGE_CHUNK" => {
                let delta = text(&["delta"]);
                match self
                    .answer
                    .last_mut()
                    .filter(|part| part.get("type").and_then(Value::as_str) == Some("reasoning"))
                {
                    Some(Value::Object(part)) => {
                        let said = json::str(part, &["text"]).unwrap_or_default();
                        let more = format!("{said}{delta}");
                        part.insert("text".to_owned(), Value::String(more));
                    }
                    _ => self.answer.push(serde_json::json!({"type": "reasoning", "text": delta})),
                }
            }
            "TOOL_CALL_START" => {
                let name = text(&["toolCallName", "tool_call_name"]);
                self.calls.insert(call, (name, String::new()));
            }
            "TOOL_CALL_ARGS" => {
                let entry = self.calls.entry(call).or_insert_with(|| ("tool".to_owned(), String::new()));
                entry.1.push_str(&text(&["delta"]));
            }
            "TOOL_CALL_CHUNK" => {
                let name = text(&["toolCallName", "tool_call_name"]);
                let entry = self.calls.entry(call).or_insert_with(|| (name, String::new()));
                entry.1.push_str(&text(&["delta"]));
            }
            "TOOL_CALL_END" => self.end_call(&call, at_ns, out),
            "TOOL_CALL_RESULT" => {
                self.end_call(&call, at_ns, out);
                self.say(at_ns, out);
                let content = json::take(&mut event, &["content"]);
                let error = event.get("error").and_then(error_line::of);
                let result = ToolResult { content, error, when: When::at(at_ns), attributes: Map::new() };
                self.transcript.tool_result(&call, result, out);
            }
            "STEP_STARTED" => self.steps.push((text(&["stepName", "step_name"]), at_ns)),
            "STEP_FINISHED" => {
                self.say(at_ns, out);
                let name = text(&["stepName", "step_name"]);
                let begun = self
                    .steps
                    .iter()
                    .rposition(|(begun, _)| *begun == name)
                    .map(|at| self.steps.remove(at).1);
                self.step_count += 1;
                let id = format!("step-{}", self.step_count);
                let draft = Draft::new(&*self.transcript.about().trace, id, name, SpanKind::Chain);
                let when = When { start_ns: begun.flatten(), end_ns: at_ns, duration_ns: None };
                self.transcript.step(draft, when, out);
            }
            "RUN_FINISHED" => {
                self.say(at_ns, out);
                if let Some(result) = json::take(&mut event, &["result"]) {
                    self.transcript.payload().output = Some(result);
                }
            }
            "RUN_ERROR" => {
                self.say(at_ns, out);
                let reason = json::first(&event, &["message", "error"]).and_then(error_line::of);
                self.transcript
                    .ended(TraceStatus::Failed, Some(reason.unwrap_or_else(|| "the run failed".to_owned())));
            }
            "MESSAGES_SNAPSHOT" => {
                let messages = json::take(&mut event, &["messages"]).unwrap_or_default();
                self.history(messages);
            }
            "STATE_SNAPSHOT" | "STATE_DELTA" | "ACTIVITY_SNAPSHOT" | "ACTIVITY_DELTA" => {
                out.skipped("changes of state", 1)
            }
            kind if kind.starts_with("THINKING_") || kind.starts_with("REASONING_") => {}
            _ => out.skipped("events of other kinds", 1),
        }
    }

    /// The conversation so far, as the page is told of it.
    fn history(&mut self, messages: Value) {
        if let Value::Array(messages) = messages {
            for message in messages {
                self.transcript.said_message(message, None);
            }
        }
    }

    fn end_text(&mut self, message: &str, at_ns: Option<i64>, out: &mut dyn Sink) {
        let Some((role, text)) = self.texts.remove(message) else { return };
        if role == "assistant" {
            self.say(at_ns, out);
            self.answer.push(serde_json::json!({"type": "text", "text": text}));
        } else {
            self.say(at_ns, out);
            self.transcript.said(&role, Value::String(text), at_ns);
        }
    }

    fn end_call(&mut self, id: &str, at_ns: Option<i64>, out: &mut dyn Sink) {
        let Some((name, arguments)) = self.calls.remove(id) else { return };
        let arguments = json::unfolded(Value::String(arguments));
        self.answer
            .push(serde_json::json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}));
        self.say(at_ns, out);
        self.transcript.tool_call(id, &name, arguments, at_ns);
    }

    /// Makes a model call of what the model has said.
    fn say(&mut self, at_ns: Option<i64>, out: &mut dyn Sink) {
        // Texts that were cut off by the end of the recording are said all the same.
        if self.answer.iter().all(|part| part.get("type").and_then(Value::as_str) == Some("reasoning")) {
            return;
        }
        let parts = std::mem::take(&mut self.answer);
        let answer = serde_json::json!({"role": "assistant", "content": parts});
        self.transcript.model_call(
            ModelCall { answer: Some(answer), when: When::at(at_ns), ..ModelCall::default() },
            out,
        );
    }
}
