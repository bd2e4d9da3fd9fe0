//! mini-swe-agent's trajectories: a chat in which every answer holds one command, and the next message what came of it.
//! Old files are the list of messages alone; newer ones add `info` and, on messages, `extra` with times and usage.

use serde_json::{Map, Value};

use super::chat;
use super::document::Documents;
use crate::model::{Position, Problem, TraceStatus};
use crate::wire::transcript::{ModelCall, Transcript, When};
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, identity, json,
};

/// mini-swe-agent trajectories.
#[derive(Clone, Copy, Debug)]
pub struct MiniSweAgent;

impl Format for MiniSweAgent {
    fn id(&self) -> &'static str {
        "mini-swe-agent"
    }

    fn label(&self) -> &'static str {
        "mini-swe-agent"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        if sample.in_array {
            // A bare list of messages is anybody's; the command blocks and the markup of results are not.
            let said = |text: &str| {
                sample.any(|message| {
                    message
                        .get("content")
                        .and_then(Value::as_str)
                        .is_some_and(|content| content.contains(text))
                })
            };
            let is_chat = sample.values.iter().all(|message| !chat::role(message).is_empty());
            return if is_chat && (said("```mswea_bash_command") || said("<returncode>")) { 85 } else { 0 };
        }
        let is_run = |run: &Value| {
            let text = |key: &str| run.get(key).and_then(Value::as_str);
            text("trajectory_format").is_some_and(|format| format.starts_with("mini-swe-agent"))
                || run.pointer("/info/mini_version").is_some()
        };
        if sample.any(is_run) {
            97
        } else if sample.any(looks_like_run) {
            70
        } else {
            0
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["messages"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Messages {
            list: Vec::new(),
            at: None,
            documents: Documents::reader("a run of mini-swe-agent", read),
        })
    }
}

/// The sample may end before what names the format, which stands at the end of the file.
fn looks_like_run(run: &Value) -> bool {
    let Some(messages) = run.get("messages").and_then(Value::as_array) else { return false };
    messages.iter().filter_map(|message| message.get("content")?.as_str()).any(|content| {
        content.contains("```mswea_bash_command")
            || content.contains("COMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT")
            || content.contains("MICRO_SWE_AGENT_FINAL_OUTPUT")
    })
}

/// A file that is a bare list: its elements are the messages of one run.
#[derive(Clone)]
struct Messages {
    list: Vec<Value>,
    at: Option<Position>,
    documents: Box<dyn Reader>,
}

impl Reader for Messages {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if frame.shape != Shape::Document {
            return self.documents.read(frame, out);
        }
        let Some(value) = json::value(frame, "a message of mini-swe-agent", out) else { return };
        match value {
            Value::Object(run) if run.contains_key("messages") => read(run, frame.at, out),
            message => {
                self.at.get_or_insert(frame.at);
                self.list.push(message);
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.documents.finish(out);
        if let Some(at) = self.at {
            let mut run = Map::new();
            run.insert("messages".to_owned(), Value::Array(std::mem::take(&mut self.list)));
            read(run, at, out);
        }
    }
}

fn read(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let messages = json::take_list(&mut run, &["messages"]);
    let Some(first_answer) = messages.iter().position(|message| chat::role(message) == "assistant") else {
        out.problem(Problem::new(at, "a run of mini-swe-agent without an answer of the model"));
        return;
    };
    let instance = run.get("instance_id").and_then(json::text);
    let known = instance.clone().map(Value::String);
    let mut session =
        Transcript::new(identity::derived(messages.iter().take(first_answer + 1).chain(&known)));
    let mut command: Option<String> = None;
    let mut model =
        run.get("info").and_then(|info| info.pointer("/config/model/model_name")).and_then(json::text);
    for message in messages {
        let when = When::at(chat::written_ns(&message));
        match chat::role(&message) {
            "assistant" => {
                let said = message.get("content").and_then(Value::as_str).map(str::to_owned);
                if let Some(told) = message.pointer("/extra/response/model").and_then(json::text) {
                    model = Some(told);
                }
                let cost_usd = message.pointer("/extra/cost").and_then(json::number);
                let call = ModelCall { when, model: model.clone(), cost_usd, ..ModelCall::default() };
                if chat::answer(&mut session, message, call, out) == 0
                    && let Some(block) = said.as_deref().and_then(command_block)
                {
                    let id = format!("command-{}", session.next_number());
                    session.tool_call(&id, "bash", Value::String(block.to_owned()), when.end_ns);
                    command = Some(id);
                }
            }
            "tool" => {
                let error = failure(&message);
                chat::tool_answer(&mut session, message, error, when, out);
            }
            "exit" => {
                session.end_calls(out);
                if let Value::Object(mut members) = message {
                    session.payload().output = json::take(&mut members, &["content"]);
                }
            }
            "user" => match (command.take(), message) {
                (Some(id), Value::Object(mut members)) => {
                    members.insert("tool_call_id".to_owned(), Value::String(id));
                    let message = Value::Object(members);
                    let error = failure(&message);
                    chat::tool_answer(&mut session, message, error, when, out);
                }
                (_, message) => {
                    session.asked(message.get("content").cloned().unwrap_or_default());
                    session.said_message(message, when.end_ns);
                }
            },
            _ => session.said_message(message, when.end_ns),
        }
    }
    if let Some(info) = run.get("info") {
        let status = info.get("exit_status").and_then(json::text);
        match status.as_deref() {
            None => {}
            Some(status) if status.eq_ignore_ascii_case("submitted") => {
                session.ended(TraceStatus::Success, None)
            }
            Some(status) => session.ended(TraceStatus::Failed, Some(status.to_owned())),
        }
        let submission = info.get("submission").filter(|patch| !patch.is_null()).cloned();
        let cost = info.pointer("/model_stats/instance_cost").and_then(json::number);
        session.about().cost_usd = cost.filter(|cost| *cost > 0.0);
        if submission.is_some() {
            session.payload().output = submission;
        }
    }
    session.about().name = instance;
    session.about().model = model;
    chat::keep(&mut session, run);
    session.finish(out);
}

/// The command in an answer: the text of its only code block.
fn command_block(said: &str) -> Option<&str> {
    let (_, after) = said.split_once("```mswea_bash_command\n").or_else(|| said.split_once("```bash\n"))?;
    let (block, _) = after.split_once("\n```")?;
    Some(block)
}

/// Why a command failed: its return code, or the exception that kept it from running.
fn failure(message: &Value) -> Option<String> {
    let extra = |key: &str| message.get("extra").and_then(|extra| extra.get(key));
    if let Some(exception) = extra("exception_info").and_then(error_line::of) {
        return Some(exception);
    }
    let content = message.get("content").and_then(Value::as_str).unwrap_or_default();
    let told = || {
        let (_, after) = content.split_once("<returncode>")?;
        after.split_once("</returncode>")?.0.trim().parse().ok()
    };
    let code = extra("returncode").and_then(Value::as_i64).or_else(told)?;
    let output =
        content.split_once("<output>").map_or("", |(_, output)| output).trim_end_matches("</output>");
    (code != 0).then(|| error_line::of_traceback(output).unwrap_or_else(|| format!("return code {code}")))
}
