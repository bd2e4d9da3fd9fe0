//! What `codex exec --json` prints: threads, turns and items as they begin and end, without times. Tokens are told of a turn
//! as a whole.

use serde_json::{Map, Value};

use super::super::transcript::{ModelCall, ToolResult, Transcript};
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json};
use super::since;
use crate::model::{SpanKind, Tokens, TraceStatus};
use crate::semantics::usage_tokens;

/// The output of `codex exec --json`.
#[derive(Clone, Copy, Debug)]
pub struct CodexExec;

impl Format for CodexExec {
    fn id(&self) -> &'static str {
        "codex-exec"
    }

    fn label(&self) -> &'static str {
        "Codex exec output"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_event = |value: &Value| {
            let kind = value.get("type").and_then(Value::as_str).unwrap_or_default();
            (kind == "thread.started" && value.get("thread_id").is_some())
                || (matches!(kind, "item.started" | "item.completed")
                    && value.get("item").is_some_and(Value::is_object))
        };
        if sample.any(is_event) { 92 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Exec::default())
    }
}

#[derive(Clone, Default)]
struct Exec {
    transcript: Option<Transcript>,
    /// What the model has said in the call under way.
    answer: Vec<Value>,
    /// Tool calls begun in it.
    begun: Vec<String>,
    threads: u32,
    turns: u32,
    /// Tokens that the turns before used.
    used: Tokens,
}

impl Reader for Exec {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut event) = json::object(frame, "an event of codex exec", out) else { return };
        let kind = json::str(&event, &["type"]).unwrap_or_default().to_owned();
        match kind.as_str() {
            "thread.started" => {
                self.finish(out);
                self.threads += 1;
                self.turns = 0;
                self.used = Tokens::default();
                let id = json::str(&event, &["thread_id"]).unwrap_or("thread").to_owned();
                self.transcript = Some(Transcript::new(id));
            }
            "turn.started" => {
                self.end_call(out);
                self.turns += 1;
                let prompt = json::take(&mut event, &["prompt", "input"]).unwrap_or_default();
                self.transcript().begin_turn(None, prompt, None, out);
            }
            "turn.completed" => {
                self.end_call(out);
                // The usage is of the thread so far.
                let total = event.get("usage").map(usage_tokens).unwrap_or_default();
                let tokens = since(total, std::mem::replace(&mut self.used, total));
                if let Some(turn) = self.transcript().current_turn() {
                    turn.span.tokens = tokens;
                }
            }
            "turn.failed" => {
                self.end_call(out);
                let error = event.get("error").cloned().unwrap_or_default();
                let reason = error_line::of(&error).unwrap_or_else(|| "the turn failed".to_owned());
                let transcript = self.transcript();
                if let Some(turn) = transcript.current_turn() {
                    turn.fail(&Value::String(reason.clone()));
                }
                transcript.ended(TraceStatus::Failed, Some(reason));
            }
            "item.started" | "item.updated" | "item.completed" => {
                let Some(item) = json::take_object(&mut event, &["item"]) else {
                    return out.skipped("events without an item", 1);
                };
                self.item(item, kind == "item.completed", out);
            }
            "error" => {
                self.end_call(out);
                let error = json::first(&event, &["message", "error"]).and_then(error_line::of);
                let call = ModelCall { error, attributes: event, ..ModelCall::default() };
                self.transcript().model_call(call, out);
            }
            _ => out.skipped("events of other kinds", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.end_call(out);
        if let Some(transcript) = self.transcript.take() {
            transcript.finish(out);
        }
    }
}

impl Exec {
    fn transcript(&mut self) -> &mut Transcript {
        self.transcript.get_or_insert_with(|| Transcript::new("codex exec"))
    }

    fn item(&mut self, mut item: Map<String, Value>, is_complete: bool, out: &mut dyn Sink) {
        let kind = json::take_text(&mut item, &["type", "item_type"]).unwrap_or_default();
        // Items are numbered anew in each turn of some versions.
        let id = json::take_text(&mut item, &["id"]).unwrap_or_default();
        let id = format!("turn-{}/{id}", self.turns);
        match kind.as_str() {
            "reasoning" | "agent_message" | "assistant_message" => {
                if is_complete {
                    let text = json::take(&mut item, &["text"]).unwrap_or_default();
                    let part = if kind == "reasoning" { "reasoning" } else { "text" };
                    self.answer.push(serde_json::json!({"type": part, "text": text}));
                }
            }
            "command_execution" | "file_change" | "mcp_tool_call" | "web_search" | "todo_list"
            | "collab_tool_call" => {
                self.begin_tool(&id, &kind, &mut item, out);
                if is_complete {
                    self.end_tool(&id, item, out);
                }
            }
            "error" => {
                self.end_call(out);
                let call = ModelCall {
                    id: Some(id),
                    error: json::first(&item, &["message", "error"]).and_then(error_line::of),
                    attributes: item,
                    ..ModelCall::default()
                };
                self.transcript().model_call(call, out);
            }
            _ => out.skipped("items of other kinds", 1),
        }
    }

    fn begin_tool(&mut self, id: &str, kind: &str, item: &mut Map<String, Value>, out: &mut dyn Sink) {
        if self.begun.iter().any(|begun| begun == id) {
            return;
        }
        let (name, input) = match kind {
            "command_execution" => ("shell".to_owned(), json::take(item, &["command"])),
            "file_change" => ("apply_patch".to_owned(), json::take(item, &["changes"])),
            "mcp_tool_call" => {
                let tool = json::str(item, &["tool"]).unwrap_or("tool").to_owned();
                (tool, json::take(item, &["arguments"]))
            }
            "web_search" => ("web_search".to_owned(), json::take(item, &["query", "action"])),
            "todo_list" => ("update_plan".to_owned(), json::take(item, &["items"])),
            other => (other.to_owned(), json::take(item, &["arguments", "prompt"])),
        };
        let input = input.unwrap_or_default();
        self.answer
            .push(serde_json::json!({"type": "tool_call", "id": id, "name": name, "arguments": input}));
        self.end_call(out);
        self.begun.push(id.to_owned());
        let draft = self.transcript().tool_call(id, &name, input, None);
        draft.span.kind = SpanKind::Tool;
    }

    fn end_tool(&mut self, id: &str, mut item: Map<String, Value>, out: &mut dyn Sink) {
        self.begun.retain(|begun| begun != id);
        let exit_code = item.get("exit_code").and_then(Value::as_i64).filter(|code| *code != 0);
        let failed = json::str(&item, &["status"]).filter(|status| matches!(*status, "failed" | "declined"));
        let error = exit_code
            .map(|code| format!("exit code {code}"))
            .or_else(|| item.get("error").and_then(error_line::of))
            .or_else(|| failed.map(str::to_owned));
        let content = json::take(&mut item, &["aggregated_output", "result"]);
        for key in ["command", "changes", "arguments", "query", "items"] {
            item.shift_remove(key);
        }
        self.transcript().tool_result(
            id,
            ToolResult { content, error, attributes: item, ..ToolResult::default() },
            out,
        );
    }

    fn end_call(&mut self, out: &mut dyn Sink) {
        if self.answer.is_empty() {
            return;
        }
        let parts = Value::Array(std::mem::take(&mut self.answer));
        let answer = serde_json::json!({"role": "assistant", "content": parts});
        self.transcript().model_call(ModelCall { answer: Some(answer), ..ModelCall::default() }, out);
    }
}
