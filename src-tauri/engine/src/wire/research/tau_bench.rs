//! tau-bench: a task, the chat of a simulated user with an agent and its tools, and the reward. A file is one run or a list.

use serde_json::{Map, Value};

use super::chat;
use crate::model::{Position, Problem};
use crate::wire::transcript::{ModelCall, Transcript, When};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, identity, json};

/// Runs of tau-bench.
#[derive(Clone, Copy, Debug)]
pub struct TauBench;

impl Format for TauBench {
    fn id(&self) -> &'static str {
        "tau-bench"
    }

    fn label(&self) -> &'static str {
        "tau-bench"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_run = |run: &Value| {
            run.get("task_id").is_some()
                && run.get("traj").is_some_and(Value::is_array)
                && (run.get("reward").is_some() || run.get("trial").is_some())
        };
        if sample.any(is_run) { 95 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(TauReader)
    }
}

#[derive(Clone)]
struct TauReader;

impl Reader for TauReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if let Some(run) = json::object(frame, "a run of tau-bench", out) {
            read(run, frame.at, out);
        }
    }
}

fn read(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let messages = json::take_list(&mut run, &["traj"]);
    if messages.is_empty() {
        out.problem(Problem::new(at, "a run of tau-bench with nothing in `traj`"));
    }
    let answer =
        messages.iter().position(|message| chat::role(message) == "assistant").unwrap_or(messages.len());
    let known = ["task_id", "trial"].iter().filter_map(|key| run.get(*key));
    let begin = messages.get(..answer.saturating_add(1)).unwrap_or(&messages);
    let mut session = Transcript::new(identity::derived(known.chain(begin)));
    dialogue(messages, &mut session, out);
    let number = |key: &str| run.get(key).and_then(json::text);
    session.about().name = number("task_id").map(|task| match number("trial") {
        Some(trial) => format!("task {task}, trial {trial}"),
        None => format!("task {task}"),
    });
    chat::keep(&mut session, run);
    session.finish(out);
}

/// A chat in which every message of the user begins a turn.
fn dialogue(messages: Vec<Value>, session: &mut Transcript, out: &mut dyn Sink) {
    for message in messages {
        match chat::role(&message) {
            "user" => {
                let content = message.get("content").cloned().unwrap_or_default();
                // The simulated user's word for being done.
                if content.as_str().is_some_and(|text| text.trim() == "###STOP###") {
                    session.said_message(message, None);
                } else {
                    session.turn(None, content, None, out);
                }
            }
            "assistant" => drop(chat::answer(session, message, ModelCall::default(), out)),
            "tool" => {
                let text = message.get("content").and_then(Value::as_str).unwrap_or_default();
                let error = error_line::one_line(text).filter(|text| text.starts_with("Error"));
                chat::tool_answer(session, message, error, When::default(), out);
            }
            _ => session.said_message(message, None),
        }
    }
}
