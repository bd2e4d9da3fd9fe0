//! One conversation of a session: the main one, or a sub-agent's.

use serde_json::{Map, Value, json as value};

use super::line::{Line, words};
use crate::model::{SpanKind, Tokens};
use crate::semantics;
use crate::wire::draft::Draft;
use crate::wire::sessions::recent::Recent;
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When, short_name};
use crate::wire::{Sink, error_line, json, time};

/// A conversation on its way into spans.
#[derive(Clone)]
pub struct Thread {
    /// Its spans.
    pub transcript: Transcript,
    /// The answer being told, by the id of its message.
    message: Option<String>,
    /// Answers told before: their tokens are counted.
    told: Recent<()>,
    /// The model that answered last.
    model: Option<String>,
    /// The try before the answer that comes next.
    tried: Option<Tried>,
    /// A command of which it is not known yet whether the model is asked.
    command: Option<Line>,
}

/// A try that failed.
#[derive(Clone)]
struct Tried {
    name: String,
    attempt: Option<u32>,
    /// When the next was to begin.
    next_ns: Option<i64>,
}

/// A turn that began: its id, and the line that it follows.
pub struct Begun {
    /// The turn's span.
    pub id: String,
    /// The line before it.
    pub parent: Option<String>,
}

/// A tool that the model called.
pub struct Called {
    /// The call's id.
    pub id: String,
    /// The tool.
    pub name: String,
    /// Its arguments.
    pub input: Value,
}

impl Thread {
    /// A conversation that has not begun.
    pub fn new(transcript: Transcript) -> Self {
        Self { transcript, message: None, told: Recent::default(), model: None, tried: None, command: None }
    }

    /// What the model said. Gives the tools that it called.
    pub fn assistant(
        &mut self,
        mut line: Line,
        mut message: Map<String, Value>,
        out: &mut dyn Sink,
    ) -> Vec<Called> {
        self.begin_command(out);
        let id = json::take_text(&mut message, &["id"]).or_else(|| line.id.clone());
        let model = json::take_text(&mut message, &["model"]);
        let is_error = line.is("isApiErrorMessage");
        let content = message.shift_remove("content").unwrap_or(Value::Null);
        let is_synthetic = model.as_deref() == Some("<synthetic>");
        if is_synthetic && !is_error {
            // Written by the program, not by a model.
            self.transcript.said_message(value!({"role": "assistant", "content": content}), line.at_ns);
            return Vec::new();
        }
        let usage = message.shift_remove("usage").unwrap_or(Value::Null);
        if self.message.is_none() || self.message != id {
            let mut call = ModelCall { model: model.filter(|_| !is_synthetic), ..ModelCall::default() };
            call.id = id.clone();
            if let Some(id) = &id
                && !self.told.insert(id, ())
            {
                // More of an answer that was told before: a step of its own, whose tokens are counted.
                call.id = Some(format!("{id}/{}", line.id.as_deref().unwrap_or("more")));
                call.name = call.model.clone();
            } else if !is_synthetic {
                call.tokens = semantics::usage_tokens(&usage);
            }
            if is_error {
                call.error = Some(words(&content)).filter(|text| !text.is_empty());
            }
            if let Some(tried) = self.tried.take() {
                call.attempt = tried.attempt.map(|attempt| attempt.saturating_add(1));
                call.name = Some(tried.name);
                if tried.next_ns.zip(line.at_ns).is_some_and(|(next, at)| next <= at) {
                    call.when.start_ns = tried.next_ns;
                    call.has_derived_start = true;
                }
            }
            self.model = call.model.clone().or(self.model.take());
            line.take_session_fields();
            line.rest.shift_remove("isApiErrorMessage");
            call.attributes = std::mem::take(&mut line.rest);
            for key in ["role", "type", "stop_sequence", "stop_reason"] {
                call.finish_reason = match message.shift_remove(key) {
                    Some(Value::String(reason)) if key == "stop_reason" => Some(reason),
                    _ => call.finish_reason,
                };
            }
            message.retain(|_, value| !value.is_null());
            call.attributes.extend(message);
            if !usage.is_null() {
                call.attributes.insert("usage".to_owned(), usage);
            }
            self.transcript.begin_answer(call, line.at_ns, out);
            self.message = id;
        } else if let Some(call) = self.transcript.answering() {
            // The same usage again, or a fuller one: output grows while the answer is told.
            let tokens = semantics::usage_tokens(&usage);
            if call.tokens != Tokens::default() && tokens.output >= call.tokens.output {
                call.tokens = tokens;
                call.attributes.insert("usage".to_owned(), usage);
            }
            if let Some(reason) = json::take_text(&mut message, &["stop_reason"]) {
                call.finish_reason = Some(reason);
            }
        }
        self.parts(content, &line, out)
    }

    fn parts(&mut self, content: Value, line: &Line, out: &mut dyn Sink) -> Vec<Called> {
        let parts = match content {
            Value::Array(parts) => parts,
            Value::Null => Vec::new(),
            Value::String(text) => vec![value!({"type": "text", "text": text})],
            other => vec![other],
        };
        let mut called = Vec::new();
        for part in parts {
            let text = |key: &str| part.get(key).and_then(Value::as_str);
            let kind = text("type").unwrap_or_default().to_owned();
            if let (true, Some(id), Some(name)) = (kind.ends_with("tool_use"), text("id"), text("name")) {
                let input = part.get("input").cloned().unwrap_or(Value::Null);
                self.transcript.tool_call(id, name, input.clone(), line.at_ns);
                called.push(Called { id: id.to_owned(), name: name.to_owned(), input });
            } else if let (true, Some(id)) = (kind.ends_with("_tool_result"), text("tool_use_id")) {
                // Tools that ran at the provider's.
                let content = part.get("content").cloned();
                let failed =
                    content.as_ref().and_then(|content| content.get("error_code")).and_then(error_line::of);
                let result =
                    ToolResult { content, error: failed, when: When::at(line.at_ns), attributes: Map::new() };
                let id = id.to_owned();
                self.transcript.tool_result(&id, result, out);
            }
            self.transcript.piece(part, line.at_ns);
        }
        self.transcript.pause(line.at_ns);
        called
    }

    /// What the user said, or what came of tools. Gives the turn that it begins, if it begins one.
    pub fn user(
        &mut self,
        mut line: Line,
        mut message: Map<String, Value>,
        out: &mut dyn Sink,
    ) -> Option<Begun> {
        let content = message.shift_remove("content").unwrap_or(Value::Null);
        let told = line.rest.shift_remove("toolUseResult");
        let mut said = Vec::new();
        let mut results = Vec::new();
        match content {
            Value::Array(parts) => {
                for part in parts {
                    let is_result = part.get("type").and_then(Value::as_str) == Some("tool_result");
                    if is_result { results.push(part) } else { said.push(part) }
                }
            }
            Value::Null => {}
            other => {
                return self.words(line, other, out);
            }
        }
        let has_results = !results.is_empty();
        let mut told = told.filter(|_| results.len() == 1);
        for result in results {
            self.result(&result, told.take(), line.at_ns, out);
        }
        if said.is_empty() {
            return None;
        }
        if has_results {
            self.note(Value::Array(said), line.at_ns);
            return None;
        }
        self.words(line, Value::Array(said), out)
    }

    fn result(&mut self, part: &Value, told: Option<Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        let id = part.get("tool_use_id").and_then(Value::as_str).unwrap_or_default();
        let content = part.get("content").cloned().filter(|content| !content.is_null());
        let text = content.as_ref().map(words).unwrap_or_default();
        let mut attributes = Map::new();
        let interrupted =
            told.as_ref().is_some_and(|told| told.get("interrupted") == Some(&Value::Bool(true)));
        if let Some(told) = told.and_then(|told| beside(told, content.as_ref(), &text)) {
            attributes.insert("toolUseResult".to_owned(), told);
        }
        let error = if part.get("is_error") == Some(&Value::Bool(true)) {
            let said = text.trim();
            let inner =
                said.strip_prefix("<tool_use_error>").and_then(|s| s.strip_suffix("</tool_use_error>"));
            Some(inner.unwrap_or(said).to_owned())
                .filter(|text| !text.is_empty())
                .or(Some("the tool failed".into()))
        } else {
            interrupted.then(|| "interrupted".to_owned())
        };
        self.transcript.tool_result(
            id,
            ToolResult { content, error, when: When::at(at_ns), attributes },
            out,
        );
    }

    /// Something said by the user, or by the program in the user's name.
    fn words(&mut self, line: Line, content: Value, out: &mut dyn Sink) -> Option<Begun> {
        let words = words(&content);
        let start = words.trim_start();
        let is_note = line.is("isMeta")
            || line.is("isCompactSummary")
            || line.is("isVisibleInTranscriptOnly")
            || ["[Request interrupted by user", "<bash-stdout>", "<bash-stderr>", "<task-notification>"]
                .iter()
                .any(|mark| start.starts_with(mark));
        if start.starts_with("<local-command-") || start.starts_with("Caveat: The messages below") {
            // The command was the program's own: the model was not asked.
            if let Some(command) = self.command.take() {
                let content = command.rest.get("content").cloned().unwrap_or(Value::Null);
                self.note(content, command.at_ns);
            }
            self.note(content, line.at_ns);
            return None;
        }
        if is_note {
            self.begin_command(out);
            self.note(content, line.at_ns);
            return None;
        }
        self.begin_command(out);
        let begun = Begun { id: line.id.clone().unwrap_or_default(), parent: line.parent.clone() };
        if start.starts_with("<command-") {
            let mut line = line;
            line.rest.insert("content".to_owned(), content);
            self.command = Some(line);
            // Known by its id already: what follows refers to it.
            return Some(begun).filter(|begun| !begun.id.is_empty());
        }
        Some(self.turn(line, content, out))
    }

    /// Something that the model gets in the user's name, and that asks nothing.
    pub fn note(&mut self, content: Value, at_ns: Option<i64>) {
        self.transcript.said_message(value!({"role": "user", "content": content}), at_ns);
    }

    fn turn(&mut self, mut line: Line, content: Value, out: &mut dyn Sink) -> Begun {
        self.transcript.end_answer(out);
        self.message = None;
        self.tried = None;
        if !self.transcript.was_asked() {
            self.transcript.about().name = command_name(&words(&content));
        }
        self.transcript.turn(line.id.take(), content, line.at_ns, out);
        let mut id = String::new();
        line.take_session_fields();
        if let Some(turn) = self.transcript.current_turn() {
            id.clone_from(&turn.span.id);
            line.rest.shift_remove("isMeta");
            turn.payload.attributes.extend(line.rest);
        }
        Begun { id, parent: line.parent }
    }

    /// The command that was held back asks the model.
    pub fn begin_command(&mut self, out: &mut dyn Sink) {
        if let Some(mut line) = self.command.take() {
            let content = line.rest.shift_remove("content").unwrap_or(Value::Null);
            self.turn(line, content, out);
        }
    }

    /// A request failed and is to be sent again. What answers next is the next try of it.
    pub fn api_error(&mut self, mut line: Line, out: &mut dyn Sink) {
        self.begin_command(out);
        self.transcript.end_answer(out);
        self.message = None;
        line.take_session_fields();
        let rest = &mut line.rest;
        let number = |value: Option<Value>| value.as_ref().and_then(json::number);
        let error = rest.get("error").or_else(|| rest.get("cause")).cloned().unwrap_or(Value::Null);
        let status = error.get("status").and_then(json::text);
        let said = error_line::of(&error).unwrap_or_else(|| "the request failed".to_owned());
        let attempt = number(rest.shift_remove("retryAttempt")).filter(|number| *number >= 1.0);
        let attempt = attempt.map(|number| number as u32);
        let backoff_ns = number(rest.shift_remove("retryInMs")).and_then(time::ns_from_ms);
        for key in ["subtype", "level"] {
            rest.shift_remove(key);
        }
        let before = self.tried.take();
        // The model that will answer is not known yet; tries go by one name whatever comes.
        let name = before.as_ref().map(|tried| tried.name.clone()).or_else(|| self.model.clone());
        let name = name.unwrap_or_else(|| "model".to_owned());
        let start_ns =
            before.and_then(|tried| tried.next_ns).filter(|start| line.at_ns.is_some_and(|at| *start <= at));
        let call = ModelCall {
            id: line.id,
            name: Some(name.clone()),
            when: When { start_ns, end_ns: line.at_ns, ..When::default() },
            has_derived_start: true,
            error: Some(match status {
                Some(status) if !said.contains(&status) => format!("{status} {said}"),
                _ => said,
            }),
            attempt,
            backoff_ns,
            attributes: line.rest,
            ..ModelCall::default()
        };
        self.transcript.failed_try(call, out);
        let next_ns = line.at_ns.zip(backoff_ns).map(|(at, pause)| at.saturating_add(pause));
        self.tried = Some(Tried { name, attempt, next_ns });
    }

    /// The conversation was folded into a summary.
    pub fn compacted(&mut self, mut line: Line, out: &mut dyn Sink) {
        self.begin_command(out);
        self.transcript.end_answer(out);
        line.take_session_fields();
        let number = self.transcript.next_number();
        let id = line.id.take().unwrap_or_else(|| self.transcript.own_id("compact", number));
        let trace = self.transcript.about().trace.clone();
        let mut draft = Draft::new(trace, id, "compact", SpanKind::Chain);
        for key in ["subtype", "level", "isMeta"] {
            line.rest.shift_remove(key);
        }
        draft.payload.attributes = line.rest;
        let when = When { start_ns: line.at_ns, end_ns: line.at_ns, ..When::default() };
        self.transcript.step(draft, when, out);
    }

    /// Nothing more will be told, or not yet: a command may still turn out to be the program's own.
    pub fn end(&mut self, out: &mut dyn Sink) {
        if !out.is_growing() {
            self.begin_command(out);
        }
        self.transcript.end_answer(out);
    }
}

/// What a command is called: `<command-name>/init</command-name>` with its arguments.
fn command_name(said: &str) -> Option<String> {
    let inside = |tag: &str| {
        let (_, after) = said.split_once(&format!("<{tag}>"))?;
        Some(after.split_once(&format!("</{tag}>"))?.0.trim())
    };
    let name = inside("command-name").filter(|name| !name.is_empty())?;
    let arguments = inside("command-args").unwrap_or_default();
    Some(short_name(format!("{name} {arguments}").trim()))
}

/// What the program kept of a result beside the content that the model got; `None` if that is all the same.
fn beside(told: Value, content: Option<&Value>, text: &str) -> Option<Value> {
    match told {
        Value::String(said) => {
            let same = said.strip_prefix("Error: ").unwrap_or(&said).trim();
            (!same.is_empty() && !text.contains(same)).then_some(Value::String(said))
        }
        Value::Object(mut members) => {
            members.retain(|_, value| {
                let is_text = !text.is_empty() && value.as_str() == Some(text);
                !(is_text || value.is_null() || Some(&*value) == content)
            });
            (!members.is_empty()).then_some(Value::Object(members))
        }
        Value::Null => None,
        other => (Some(&other) != content).then_some(other),
    }
}
