//! AgentBench: `runs.jsonl` and `error.jsonl`, a line a run with the chat between the task and the agent. The time is when
//! the line was written.

use serde_json::{Map, Value};

use super::chat;
use crate::model::TraceStatus;
use crate::wire::transcript::{ModelCall, Transcript};
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, identity, json, time,
};

/// Runs of AgentBench.
#[derive(Clone, Copy, Debug)]
pub struct AgentBench;

impl Format for AgentBench {
    fn id(&self) -> &'static str {
        "agentbench"
    }

    fn label(&self) -> &'static str {
        "AgentBench"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_run = |run: &Value| {
            run.get("index").is_some()
                && run.get("output").is_some_and(|output| {
                    output.get("status").is_some()
                        && output.as_object().is_some_and(|output| output.contains_key("history"))
                })
                && run.as_object().is_some_and(|run| run.contains_key("error") && run.contains_key("time"))
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
        Box::new(RunReader)
    }
}

#[derive(Clone)]
struct RunReader;

impl Reader for RunReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if let Some(run) = json::object(frame, "a run of AgentBench", out) {
            read(run, out);
        }
    }
}

fn read(mut run: Map<String, Value>, out: &mut dyn Sink) {
    let mut session = Transcript::new(identity::derived([&Value::Object(run.clone())]));
    let mut output = json::take_object(&mut run, &["output"]).unwrap_or_default();
    for message in json::take_list(&mut output, &["history"]) {
        match chat::role(&message) {
            "agent" | "assistant" => drop(chat::answer(&mut session, message, ModelCall::default(), out)),
            _ => {
                if chat::role(&message) == "user" {
                    session.asked(message.get("content").cloned().unwrap_or_default());
                }
                session.said_message(message, None);
            }
        }
    }
    let told = json::str(&output, &["status"]).map(str::to_owned);
    let error = run.get("error").and_then(error_line::of).map(|error| {
        match run.get("info").and_then(Value::as_str).filter(|info| !info.is_empty()) {
            Some(info) => format!("{error}: {info}"),
            None => error,
        }
    });
    match (error, told.as_deref()) {
        (Some(error), _) => session.ended(TraceStatus::Failed, Some(error)),
        (None, Some("completed")) => session.ended(TraceStatus::Success, None),
        (None, Some("running" | "initial")) => session.ended(TraceStatus::Running, None),
        (None, Some(status)) => session.ended(TraceStatus::Failed, Some(status.to_owned())),
        (None, None) => {}
    }
    let written_ns = run
        .get("time")
        .and_then(|time| time.get("timestamp").or_else(|| time.get("str")))
        .and_then(time::unix_ns);
    let about = session.about();
    about.name = run.get("index").and_then(json::text).map(|index| format!("task {index}"));
    about.end_ns = written_ns;
    session.payload().output = json::take(&mut output, &["result"]);
    run.insert("output".to_owned(), Value::Object(output));
    chat::keep(&mut session, run);
    session.finish(out);
}
