//! Who&When: chats of several agents that failed at a question, each marked by a person with the step at which it went wrong,
//! whose step that was, and why.

use serde_json::{Map, Value};

use super::chat;
use super::document::Documents;
use crate::model::{Position, Problem, SpanKind, TraceStatus};
use crate::wire::draft::Draft;
use crate::wire::transcript::{Transcript, When};
use crate::wire::{Confidence, Format, Framing, Reader, Sample, Sink, identity, json};

/// Runs of the Who&When data set.
#[derive(Clone, Copy, Debug)]
pub struct WhoAndWhen;

impl Format for WhoAndWhen {
    fn id(&self) -> &'static str {
        "who-and-when"
    }

    fn label(&self) -> &'static str {
        "Who&When"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_chat = |run: &Value| {
            run.get("history")
                .and_then(|list| list.get(0))
                .is_some_and(|said| said.get("content").is_some() && said.get("role").is_some())
        };
        let marks = |run: &Value| {
            ["mistake_step", "mistake_agent", "mistake_reason", "question_ID", "ground_truth"]
                .iter()
                .filter(|key| run.get(**key).is_some())
                .count()
        };
        match sample.values.iter().filter(|run| is_chat(run)).map(marks).max() {
            Some(3..) => 96,
            // The marks may stand behind a history larger than the sample.
            Some(0) if sample.any(says_who) => 60,
            Some(1..) => 80,
            _ => 0,
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["history"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Documents::reader("a run of Who&When", read)
    }
}

/// Whether the speakers of a history are named as Magentic-One names them.
fn says_who(run: &Value) -> bool {
    let history = run.get("history").and_then(Value::as_array);
    history.into_iter().flatten().any(|said| chat::role(said).starts_with("Orchestrator ("))
}

fn read(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let history = json::take_list(&mut run, &["history"]);
    if history.is_empty() {
        out.problem(Problem::new(at, "a run of Who&When with nothing in `history`"));
        return;
    }
    let mistake: Option<usize> = run.get("mistake_step").and_then(json::count).map(|step| step as usize);
    let text = |key: &str| run.get(key).and_then(json::text);
    let trace = identity::derived(run.get("question_ID").into_iter().chain(history.iter().take(3)));
    let mut session = Transcript::new(&*trace);
    if let Some(question) = run.get("question") {
        session.asked(question.clone());
    }
    let marks: Map<String, Value> = ["mistake_step", "mistake_agent", "mistake_reason"]
        .iter()
        .filter_map(|key| Some(((*key).to_owned(), run.get(*key)?.clone())))
        .collect();
    for (index, said) in history.into_iter().enumerate() {
        let Value::Object(mut said) = said else {
            let reason = format!("{} stands where a message (an object) is expected", json::noun(&said));
            out.problem(Problem::new(at, reason));
            continue;
        };
        let role = json::take_text(&mut said, &["role"]).unwrap_or_default();
        if role == "human" {
            let content = json::take(&mut said, &["content"]).unwrap_or_default();
            session.asked(content);
            continue;
        }
        let name = json::take_text(&mut said, &["name"]).unwrap_or_else(|| role.clone());
        let content = json::take(&mut said, &["content"]);
        let output = content.as_ref().and_then(Value::as_str).unwrap_or_default();
        let program = chat::program_output(output);
        let kind = if program.is_some() || name == "Computer_terminal" || name == "ComputerTerminal" {
            SpanKind::Tool
        } else if name.starts_with("Orchestrator") {
            SpanKind::Llm
        } else {
            SpanKind::Agent
        };
        let mut draft = Draft::new(&*trace, format!("message-{index}"), name, kind);
        draft.output(content);
        if let Some(error) = program.flatten() {
            draft.fail(&Value::String(error.clone()));
            draft.payload.status_message = Some(error);
        }
        draft.attributes(said);
        if mistake == Some(index) {
            draft.payload.attributes.extend(marks.clone());
        }
        session.step(draft, When::default(), out);
    }
    let is_right = ["is_correct", "is_corrected"].iter().find_map(|key| run.get(*key)).and_then(json::truth);
    match is_right {
        Some(true) => session.ended(TraceStatus::Success, None),
        _ if mistake.is_some() => {
            let who = text("mistake_agent").unwrap_or_else(|| "an agent".to_owned());
            let why = text("mistake_reason").map(|why| format!(": {why}")).unwrap_or_default();
            let step = mistake.unwrap_or_default();
            session.ended(TraceStatus::Failed, Some(format!("step {step}, {who}{why}")));
        }
        _ => {}
    }
    run.shift_remove("question");
    chat::keep(&mut session, run);
    session.finish(out);
}
