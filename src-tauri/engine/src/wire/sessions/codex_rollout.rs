//! Sessions of Codex as it keeps them: `~/.codex/sessions/…/rollout-*.jsonl`, a line an event.
//!
//! What a model said comes as `response_item` lines, when and with how many tokens as `event_msg` lines, and much is told by
//! both: content is read from the first, times and tokens from the second. Tokens are told as running totals, repeated now
//! and then; a call's are what it was last told to have used, once for each new total. Codex before 0.40 wrote the items
//! without an envelope and without times.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::super::draft::Draft;
use super::super::transcript::{ModelCall, ToolResult, Transcript, When};
use super::super::{
    Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, identity, json, time,
};
use super::since;
use crate::model::{Problem, SpanKind, Tokens};
use crate::semantics::usage_tokens;

/// What a rollout's lines can be.
const ENVELOPES: [&str; 5] = ["session_meta", "turn_context", "response_item", "event_msg", "compacted"];

/// Rollouts of Codex.
#[derive(Clone, Copy, Debug)]
pub struct CodexRollout;

impl Format for CodexRollout {
    fn id(&self) -> &'static str {
        "codex-rollout"
    }

    fn label(&self) -> &'static str {
        "Codex session (rollout)"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let confidence = |value: &Value| {
            let Value::Object(line) = value else { return 0 };
            let kind = json::str(line, &["type"]).unwrap_or_default();
            if ENVELOPES.contains(&kind) && line.get("payload").is_some_and(Value::is_object) {
                return 95;
            }
            // The head of an old rollout.
            let is_head = ["id", "timestamp", "instructions"].iter().all(|key| line.contains_key(*key));
            if is_head && !line.contains_key("type") && sample.lines { 70 } else { 0 }
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Rollout::default())
    }
}

/// A session on its way.
#[derive(Clone, Default)]
struct Rollout {
    transcript: Option<Transcript>,
    /// The first line.
    first: Value,
    model: Option<String>,
    provider: Option<String>,
    /// Request parameters of the turn under way.
    context: Map<String, Value>,
    /// What the model has said in the call under way.
    answer: Vec<Value>,
    /// The tools it asked for in it, with when.
    calls: Vec<(String, String, Value, Option<i64>)>,
    answered_ns: Option<i64>,
    /// Tokens told of before what they were used for.
    usage: Option<Tokens>,
    last_total: Option<Value>,
    /// A message of the user that no event has named a request yet.
    unclaimed: Option<Value>,
    /// Events name requests in this session, so that no message has to be taken for one.
    names_requests: bool,
    /// What events told of tool calls under way.
    told: HashMap<String, ToldOfCall>,
    failed_attempts: u32,
}

#[derive(Clone, Default)]
struct ToldOfCall {
    exit_code: Option<i64>,
    has_failed: bool,
    duration_ns: Option<i64>,
}

impl Reader for Rollout {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut line) = json::object(frame, "a line of a Codex rollout", out) else { return };
        if self.first.is_null() {
            self.first = Value::Object(line.clone());
        }
        let at_ns = line.get("timestamp").and_then(time::unix_ns);
        let kind = json::str(&line, &["type"]).unwrap_or_default().to_owned();
        let payload = json::take_object(&mut line, &["payload"]);
        match (kind.as_str(), payload) {
            ("session_meta", Some(meta)) => self.begin(meta, at_ns),
            ("turn_context", Some(context)) => self.turn_context(context, at_ns, out),
            ("response_item", Some(item)) => self.item(item, at_ns, frame, out),
            ("event_msg", Some(event)) => self.event(event, at_ns, out),
            ("compacted", Some(payload)) => self.compacted(payload, at_ns, out),
            ("", None) if line.contains_key("id") && line.contains_key("timestamp") => {
                self.begin(line, at_ns)
            }
            ("", None) => out.skipped("state lines", 1),
            // Items of old rollouts stand by themselves.
            (_, None) => self.item(line, at_ns, frame, out),
            (_, Some(_)) => out.skipped("lines of other kinds", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.end_call(out);
        if let Some(transcript) = self.transcript.take() {
            transcript.finish(out);
        }
    }
}

impl Rollout {
    fn begin(&mut self, meta: Map<String, Value>, at_ns: Option<i64>) {
        // Sessions that were forked or resumed repeat the head of the one before.
        if self.transcript.is_some() {
            return;
        }
        let id = json::str(&meta, &["id", "session_id"]).map(str::to_owned);
        let id = id.unwrap_or_else(|| identity::derived([&self.first]));
        let mut transcript = Transcript::new(id);
        let about = transcript.about();
        about.project = json::str(&meta, &["cwd"]).map(|path| last_part(path).to_owned());
        about.conversation = json::str(&meta, &["forked_from_id", "parent_thread_id"]).map(str::to_owned);
        about.start_ns = meta.get("timestamp").and_then(time::unix_ns).or(at_ns);
        self.provider = json::str(&meta, &["model_provider"]).map(str::to_owned);
        transcript.payload().attributes = meta;
        self.transcript = Some(transcript);
    }

    fn transcript(&mut self) -> &mut Transcript {
        // Without its head a session is told from others by what it begins with.
        let first = self.first.clone();
        self.transcript.get_or_insert_with(|| Transcript::new(identity::derived([&first])))
    }

    fn turn_context(&mut self, context: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.end_call(out);
        let _ = at_ns;
        self.model = json::str(&context, &["model"]).map(str::to_owned).or(self.model.take());
        self.context = context;
        // Said once at the start of the session, and long.
        for key in ["user_instructions", "developer_instructions", "collaboration_mode"] {
            self.context.shift_remove(key);
        }
    }

    fn item(&mut self, item: Map<String, Value>, at_ns: Option<i64>, frame: &Frame<'_>, out: &mut dyn Sink) {
        let kind = json::str(&item, &["type"]).unwrap_or_default().to_owned();
        match kind.as_str() {
            "message" => {
                let message = Value::Object(item);
                if message.get("role").and_then(Value::as_str) == Some("assistant") {
                    self.claim(out);
                    self.say(message, at_ns);
                } else {
                    self.end_call(out);
                    if message.get("role").and_then(Value::as_str) == Some("user")
                        && !self.names_requests
                        && !is_preamble(&message)
                    {
                        self.unclaimed = Some(message.get("content").cloned().unwrap_or_default());
                    }
                    self.transcript().said_message(message, at_ns);
                }
            }
            "reasoning" => {
                self.claim(out);
                // What is encrypted can be read by nobody.
                let mut item = item;
                item.shift_remove("encrypted_content");
                let texts =
                    ["summary", "content"].iter().filter_map(|key| item.get(*key)?.as_array()).flatten();
                let texts: Vec<&str> =
                    texts.filter_map(|part| part.get("text").or(Some(part))?.as_str()).collect();
                if !texts.is_empty() {
                    let part = serde_json::json!({"type": "reasoning", "text": texts.join("\n\n")});
                    self.say(part, at_ns);
                }
                self.answered_ns = at_ns.or(self.answered_ns);
            }
            "function_call" | "custom_tool_call" | "local_shell_call" | "tool_search_call" => {
                self.claim(out);
                self.call(item, at_ns);
            }
            "function_call_output" | "custom_tool_call_output" | "tool_search_output" => {
                self.output(item, at_ns, out)
            }
            "web_search_call" | "image_generation_call" => {
                self.claim(out);
                self.end_call(out);
                let name = kind.trim_end_matches("_call").to_owned();
                let transcript = self.transcript();
                let id = json::str(&item, &["id", "call_id"]).map(str::to_owned);
                let id = id.unwrap_or_else(|| format!("{name}-{}", at_ns.unwrap_or(0)));
                let mut draft = Draft::new(&*transcript.about().trace, id, name, SpanKind::Tool);
                let mut item = item;
                draft.input(json::take(&mut item, &["action", "query", "prompt"]));
                draft.payload.other = item;
                transcript.step(draft, When::at(at_ns), out);
            }
            "" => out.problem(Problem::new(frame.at, "This line says nothing of what it is (no type).")),
            _ => out.skipped("items of other kinds", 1),
        }
    }

    fn event(&mut self, event: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        let kind = json::str(&event, &["type"]).unwrap_or_default().to_owned();
        match kind.as_str() {
            "user_message" => {
                self.end_call(out);
                let prompt = event.get("message").cloned().unwrap_or_default();
                self.unclaimed = None;
                self.names_requests = true;
                self.transcript().begin_turn(None, prompt, at_ns, out);
            }
            "token_count" => self.token_count(&event),
            "exec_command_end" | "mcp_tool_call_end" | "patch_apply_end" => {
                if let Some(call_id) = json::str(&event, &["call_id"]) {
                    let told = ToldOfCall {
                        exit_code: event.get("exit_code").and_then(Value::as_i64),
                        has_failed: event.get("success") == Some(&Value::Bool(false)),
                        duration_ns: event.get("duration").and_then(duration_ns),
                    };
                    self.told.insert(call_id.to_owned(), told);
                }
            }
            "stream_error" | "error" => {
                self.end_call(out);
                self.failed_attempts += 1;
                let attempt = self.failed_attempts;
                let error =
                    json::first(&event, &["message", "error"]).and_then(error_line::of).unwrap_or(kind);
                let mut call = self.model_call(When::at(at_ns));
                call.error = Some(error);
                call.attempt = Some(attempt);
                call.attributes = event;
                self.transcript().model_call(call, out);
            }
            "task_complete" | "turn_complete" | "turn_aborted" => {
                self.end_call(out);
                if kind == "turn_aborted"
                    && let Some(turn) = self.transcript().current_turn()
                {
                    let reason = json::str(&event, &["reason"]).unwrap_or("interrupted");
                    turn.fail(&Value::String(format!("aborted: {reason}")));
                }
                self.transcript().turn_is_over(at_ns);
            }
            // The same told a second time, or nothing of the run.
            "agent_message"
            | "agent_reasoning"
            | "agent_reasoning_section_break"
            | "agent_reasoning_raw_content"
            | "task_started"
            | "turn_started"
            | "exec_command_begin"
            | "exec_command_output_delta"
            | "mcp_tool_call_begin"
            | "patch_apply_begin"
            | "turn_diff"
            | "context_compacted" => {}
            _ => out.skipped("events of other kinds", 1),
        }
    }

    /// Totals grow with each call and are repeated in between.
    fn token_count(&mut self, event: &Map<String, Value>) {
        let Some(info) = event.get("info").and_then(Value::as_object) else { return };
        let total = info.get("total_token_usage");
        if total.is_some() && total == self.last_total.as_ref() {
            return;
        }
        let before = self.last_total.take();
        self.last_total = total.cloned();
        self.usage = match (info.get("last_token_usage"), total) {
            (Some(last), _) => Some(usage_tokens(last)),
            (None, Some(total)) => {
                Some(since(usage_tokens(total), before.as_ref().map(usage_tokens).unwrap_or_default()))
            }
            (None, None) => None,
        };
    }

    fn say(&mut self, part: Value, at_ns: Option<i64>) {
        self.answer.push(part);
        self.answered_ns = at_ns.or(self.answered_ns);
    }

    fn call(&mut self, item: Map<String, Value>, at_ns: Option<i64>) {
        let name = json::str(&item, &["name"]).unwrap_or("shell").to_owned();
        let id = json::str(&item, &["call_id", "id"]).map_or_else(
            || self.transcript().own_id("call", at_ns.map_or(0, |ns| (ns / 1_000_000) as u32)),
            str::to_owned,
        );
        let arguments = json::first(&item, &["arguments", "input", "action"]).cloned().map(json::unfolded);
        let arguments = arguments.unwrap_or_default();
        self.say(
            serde_json::json!({"type": "tool_call", "id": id, "name": name, "arguments": arguments}),
            at_ns,
        );
        self.calls.push((id, name, arguments, at_ns));
    }

    fn output(&mut self, mut item: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.end_call(out);
        let id = json::take_text(&mut item, &["call_id"]).unwrap_or_default();
        let output = json::take(&mut item, &["output", "tools"]).map(json::unfolded);
        let told = self.told.remove(&id).unwrap_or_default();
        let metadata = output.as_ref().and_then(|output| output.get("metadata"));
        let exit_code = metadata
            .and_then(|metadata| metadata.get("exit_code")?.as_i64())
            .or(told.exit_code)
            .or_else(|| output.as_ref()?.as_str().and_then(exit_code_in));
        let duration_ns = metadata
            .and_then(|metadata| metadata.get("duration_seconds")?.as_f64())
            .and_then(time::ns_from_seconds)
            .or(told.duration_ns);
        let is_failure =
            output.as_ref().is_some_and(|output| output.get("success") == Some(&Value::Bool(false)));
        let error = match exit_code {
            Some(code) if code != 0 => Some(format!("exit code {code}")),
            _ if is_failure || told.has_failed => Some("the tool reports a failure".to_owned()),
            _ => None,
        };
        // Lines are written in bursts: a duration says more than two times that are the same.
        let when = When { end_ns: at_ns, ..When::default() };
        let when = match duration_ns.filter(|ns| *ns > 0) {
            Some(duration) => When { duration_ns: Some(duration), ..when },
            None => when,
        };
        let result = ToolResult { content: output, error, when, attributes: item };
        self.transcript().tool_result(&id, result, out);
    }

    fn compacted(&mut self, mut payload: Map<String, Value>, at_ns: Option<i64>, out: &mut dyn Sink) {
        self.end_call(out);
        let transcript = self.transcript();
        let id = format!("compaction-{}", at_ns.unwrap_or(0));
        let mut draft = Draft::new(&*transcript.about().trace, id, "compaction", SpanKind::Chain);
        draft.input(json::take(&mut payload, &["replacement_history"]));
        draft.output(json::take(&mut payload, &["message"]));
        draft.payload.other = payload;
        // When it was written is all that is known of it.
        transcript.step(draft, When { start_ns: at_ns, end_ns: at_ns, duration_ns: None }, out);
    }

    /// A message of the user that no event named is a request all the same: the model answers it.
    fn claim(&mut self, out: &mut dyn Sink) {
        if let Some(prompt) = self.unclaimed.take() {
            let at_ns = self.transcript().last_ns();
            self.transcript().begin_turn(None, prompt, at_ns, out);
        }
    }

    fn model_call(&self, when: When) -> ModelCall {
        let mut attributes = self.context.clone();
        if let Some(provider) = &self.provider {
            attributes.insert("model_provider".to_owned(), Value::String(provider.clone()));
        }
        ModelCall { model: self.model.clone(), when, attributes, ..ModelCall::default() }
    }

    /// The model is done: a tool answers, the user speaks, or the session goes on otherwise.
    fn end_call(&mut self, out: &mut dyn Sink) {
        if self.answer.is_empty() {
            return;
        }
        let mut parts = Vec::new();
        for part in std::mem::take(&mut self.answer) {
            match part.get("content").and_then(Value::as_array) {
                Some(inner) if part.get("role").is_some() => parts.extend(inner.iter().cloned()),
                _ => parts.push(part),
            }
        }
        let answered_ns = self.answered_ns.take();
        let mut call = self.model_call(When::at(answered_ns));
        call.answer = Some(serde_json::json!({"role": "assistant", "content": parts}));
        call.tokens = self.usage.take().unwrap_or_default();
        if self.failed_attempts > 0 {
            self.failed_attempts += 1;
            call.attempt = Some(std::mem::take(&mut self.failed_attempts));
        }
        let calls = std::mem::take(&mut self.calls);
        let transcript = self.transcript();
        transcript.model_call(call, out);
        for (id, name, arguments, at_ns) in calls {
            transcript.tool_call(&id, &name, arguments, at_ns);
        }
    }
}

/// What a client puts before the request by itself.
fn is_preamble(message: &Value) -> bool {
    const TAGS: [&str; 6] = [
        "<environment_context>",
        "<user_instructions>",
        "<permissions",
        "# AGENTS.md",
        "<INSTRUCTIONS>",
        "<turn_aborted>",
    ];
    let parts = message.get("content").and_then(Value::as_array);
    let text = parts.and_then(|parts| parts.first()?.get("text")?.as_str()).unwrap_or_default().trim_start();
    TAGS.iter().any(|tag| text.starts_with(tag))
}

/// The exit code in the head that Codex puts before a command's output.
fn exit_code_in(output: &str) -> Option<i64> {
    output.lines().take(6).find_map(|line| {
        let rest =
            line.strip_prefix("Exit code: ").or_else(|| line.strip_prefix("Process exited with code "))?;
        rest.trim().parse().ok()
    })
}

/// Rust's durations as JSON, or seconds.
fn duration_ns(value: &Value) -> Option<i64> {
    match value {
        Value::Object(parts) => {
            let seconds = parts.get("secs")?.as_i64()?.checked_mul(1_000_000_000)?;
            seconds.checked_add(parts.get("nanos").and_then(Value::as_i64).unwrap_or(0))
        }
        other => json::number(other).and_then(time::ns_from_seconds),
    }
}

/// The last part of a path of either kind.
fn last_part(path: &str) -> &str {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path)
}
