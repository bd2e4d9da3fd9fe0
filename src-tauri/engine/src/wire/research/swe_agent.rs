//! SWE-agent's `.traj`: a trajectory of model answers with the command each asks for, the history of the conversation, and
//! how the run ended. A retry agent has one of these for every attempt. Files with nothing but a history are demonstrations.
//!
//! There are no times, only how long each command took: steps are laid end to end. Every step repeats the whole
//! conversation before it (`query`, formerly `messages`); kept is what is new in it, and answers in it that are no step of
//! their own are tries that the program refused.

use serde_json::{Map, Value, json};

use super::chat;
use super::document::Documents;
use crate::model::{Position, Problem, SpanStatus, TraceStatus};
use crate::wire::transcript::{ModelCall, ToolResult, Transcript, When};
use crate::wire::{Confidence, Format, Framing, Reader, Sample, Sink, error_line, identity, json, time};

/// SWE-agent trajectories.
#[derive(Clone, Copy, Debug)]
pub struct SweAgent;

impl Format for SweAgent {
    fn id(&self) -> &'static str {
        "swe-agent"
    }

    fn label(&self) -> &'static str {
        "SWE-agent"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["attempts", "trajectory", "history"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Documents::reader("a run of SWE-agent", read)
    }
}

fn confidence(value: &Value) -> Confidence {
    let first = |value: &Value, key: &str| value.get(key).and_then(|list| list.get(0)).cloned();
    let is_step = |step: &Value| {
        step.get("action").is_some_and(Value::is_string)
            && step.get("observation").is_some()
            && (step.get("response").is_some() || step.get("thought").is_some())
    };
    let run = first(value, "attempts").unwrap_or_else(|| value.clone());
    if first(&run, "trajectory").is_some_and(|step| is_step(&step)) {
        return 95;
    }
    let told = |message: &Value| {
        message.get("role").is_some()
            && message.get("agent").is_some_and(Value::is_string)
            && message.get("content").is_some()
    };
    match first(&run, "history") {
        Some(message) if told(&message) => 90,
        _ => 0,
    }
}

/// Reads a file.
fn read(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let attempts = json::take_list(&mut run, &["attempts"]);
    let mut attempts: Vec<Run> = attempts
        .into_iter()
        .filter_map(|attempt| match attempt {
            Value::Object(members) => Some(Run::of(members)),
            _ => None,
        })
        .collect();
    let mut whole = Run::of(run);
    let first = attempts.first().filter(|run| !run.is_empty()).unwrap_or(&whole);
    if first.is_empty() {
        out.problem(Problem::new(
            at,
            "a run of SWE-agent without steps: neither trajectory nor history has any",
        ));
        return;
    }
    let trace = first.derived_id();
    let has_durations = |run: &Run| run.steps.iter().any(|step| step.contains_key("execution_time"));
    let laid_out = attempts.iter().chain([&whole]).any(has_durations);
    let mut session = Transcript::new(&*trace);
    if let Some(prompt) = first.lead().iter().rfind(|message| chat::role(message) == "user") {
        session.asked(prompt.get("content").cloned().unwrap_or_default());
    }
    if attempts.is_empty() {
        if laid_out {
            session = session.laid_out();
        }
        let (steps, history) = (std::mem::take(&mut whole.steps), std::mem::take(&mut whole.history));
        whole.read_into(steps, history, &mut session, out);
    } else {
        // The run as a whole repeats the attempt that was chosen.
        out.skipped("steps that an attempt has too", whole.steps.len() as u64);
        let mut cursor_ns = 0;
        for (index, attempt) in attempts.iter_mut().enumerate() {
            let number = index as u32 + 1;
            let mut inner = Transcript::within(&trace, format!("attempt-{number}"), None, "attempt");
            if laid_out {
                inner = inner.laid_out_from(cursor_ns);
            }
            let (steps, history) = (std::mem::take(&mut attempt.steps), std::mem::take(&mut attempt.history));
            attempt.read_into(steps, history, &mut inner, out);
            if let Some((status, reason)) = attempt.end() {
                inner.ended(status, reason);
            }
            if let Some(root) = inner.root() {
                root.span.attempt = Some(number);
                root.span.cost_usd = attempt.stat("instance_cost");
                root.span.tokens.input = attempt.stat("tokens_sent").map(|count| count as u64);
                root.span.tokens.output = attempt.stat("tokens_received").map(|count| count as u64);
                if root.span.status == SpanStatus::Unset && attempt.end().is_none() {
                    root.span.status = SpanStatus::Open;
                }
            }
            chat::keep(&mut inner, std::mem::take(&mut attempt.rest));
            cursor_ns = inner.cursor_ns().unwrap_or(cursor_ns);
            inner.finish(out);
        }
    }
    if let Some((status, reason)) = whole.end() {
        session.ended(status, reason);
    }
    let about = session.about();
    about.cost_usd = whole.stat("instance_cost").or_else(|| whole.stat("total_cost"));
    about.tokens.input = whole.stat("tokens_sent").map(|count| count as u64);
    about.tokens.output = whole.stat("tokens_received").map(|count| count as u64);
    if let Some(config) = whole.rest.get_mut("replay_config") {
        *config = json::unfolded(config.take());
        about.name = config.pointer("/problem_statement/id").and_then(json::text);
        about.model = config.pointer("/agent/model/name").and_then(json::text);
    }
    let patch = whole.info().and_then(|info| info.get("submission")).cloned();
    session.payload().output = patch.filter(|patch| !patch.is_null());
    chat::keep(&mut session, whole.rest);
    session.finish(out);
}

/// One run, or one attempt of it.
struct Run {
    steps: Vec<Map<String, Value>>,
    history: Vec<Value>,
    rest: Map<String, Value>,
}

impl Run {
    fn of(mut members: Map<String, Value>) -> Self {
        let steps =
            json::take_list(&mut members, &["trajectory"]).into_iter().filter_map(|step| match step {
                Value::Object(step) => Some(step),
                _ => None,
            });
        Self { steps: steps.collect(), history: json::take_list(&mut members, &["history"]), rest: members }
    }

    fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.history.is_empty()
    }

    fn info(&self) -> Option<&Map<String, Value>> {
        self.rest.get("info")?.as_object()
    }

    /// A count or cost of the model; zero is written where nothing was counted.
    fn stat(&self, key: &str) -> Option<f64> {
        self.info()?.get("model_stats")?.get(key).and_then(json::number).filter(|value| *value > 0.0)
    }

    /// How the run ended.
    fn end(&self) -> Option<(TraceStatus, Option<String>)> {
        let status = json::str(self.info()?, &["exit_status"])?;
        Some(match status.strip_prefix("submitted") {
            Some("") => (TraceStatus::Success, None),
            Some(_) => (TraceStatus::Warning, Some(status.to_owned())),
            None => (TraceStatus::Failed, Some(status.to_owned())),
        })
    }

    /// What was said before the first answer that is no demonstration.
    fn lead(&self) -> &[Value] {
        let query = self.steps.first().and_then(query);
        let said = query.map_or(&self.history[..], Vec::as_slice);
        let answer = said.iter().position(|message| {
            chat::role(message) == "assistant" && message.get("is_demo") != Some(&Value::Bool(true))
        });
        said.get(..answer.unwrap_or(said.len())).unwrap_or(said)
    }

    /// The first step with all that belongs to it alone: two runs of one problem may begin with the same command, but it
    /// does not take them equally long.
    fn derived_id(&self) -> String {
        let step = self.steps.first().map(|step| {
            let mut step = step.clone();
            step.retain(|key, _| key != "query" && key != "messages");
            Value::Object(step)
        });
        let answer = self.history.get(self.lead().len()).filter(|_| step.is_none());
        identity::derived(self.lead().iter().chain(&step).chain(answer))
    }

    fn read_into(
        &self,
        steps: Vec<Map<String, Value>>,
        history: Vec<Value>,
        session: &mut Transcript,
        out: &mut dyn Sink,
    ) {
        if steps.is_empty() {
            return read_history(history, session, out);
        }
        let lead = match steps.first().and_then(query) {
            Some(said) => said.len().min(lead_of(said)),
            None => lead_of(&history),
        };
        let said = steps.first().and_then(query).cloned().unwrap_or(history);
        for message in said.into_iter().take(lead) {
            session.said_message(message, None);
        }
        let ended_well = self.end().is_none_or(|(status, _)| status == TraceStatus::Success);
        let last = steps.len();
        let mut known = lead;
        for (index, mut step) in steps.into_iter().enumerate() {
            // `messages`, of older versions, goes beyond the step itself and shows no tries.
            step.shift_remove("messages");
            let said = json::take_list(&mut step, &["query"]);
            let tries = said.get(known..).map_or(0, |new| refused(new, session, out));
            known = known.max(said.len());
            // The answer and what came of it.
            known += 2;
            read_step(step, tries, index + 1 == last && !ended_well, session, out);
        }
    }
}

fn query(step: &Map<String, Value>) -> Option<&Vec<Value>> {
    ["query", "messages"].iter().find_map(|key| step.get(*key)?.as_array()).filter(|said| !said.is_empty())
}

fn lead_of(said: &[Value]) -> usize {
    let run = Run { steps: Vec::new(), history: said.to_vec(), rest: Map::new() };
    run.lead().len()
}

/// Answers that were refused and asked for again before the step: each with the message that says why. Gives their number.
fn refused(said: &[Value], session: &mut Transcript, out: &mut dyn Sink) -> u32 {
    let is_try = |pair: &[Value]| {
        pair.len() == 2
            && pair.first().is_some_and(|said| chat::role(said) == "assistant")
            && pair.last().is_some_and(|said| chat::role(said) != "assistant")
    };
    if !said.chunks(2).all(is_try) {
        return 0;
    }
    let mut tries = 0;
    for pair in said.chunks(2) {
        let [answer, reason] = pair else { continue };
        tries += 1;
        let call = ModelCall {
            answer: Some(answer.clone()),
            error: reason.get("content").and_then(error_line::of),
            attempt: Some(tries),
            ..ModelCall::default()
        };
        session.model_call(call, out);
        session.said_message(reason.clone(), None);
    }
    tries
}

/// A step: the model's answer, and the command in it.
fn read_step(
    mut step: Map<String, Value>,
    tries: u32,
    failed: bool,
    session: &mut Transcript,
    out: &mut dyn Sink,
) {
    let action = json::take_text(&mut step, &["action"]).filter(|action| !action.trim().is_empty());
    let response = json::take_text(&mut step, &["response"]).unwrap_or_default();
    let thought =
        json::take_text(&mut step, &["thought"]).filter(|thought| !response.contains(thought.trim()));
    let observation = json::take(&mut step, &["observation"]);
    let duration_ns = json::take(&mut step, &["execution_time"])
        .as_ref()
        .and_then(json::number)
        .and_then(time::ns_from_seconds);
    // A run that is stopped gets a last step without a command that says why.
    let error = thought.clone().filter(|_| failed && action.is_none());
    let mut answer = json!({"role": "assistant", "content": response});
    if let (Some(thought), Some(members)) = (thought, answer.as_object_mut()) {
        members.insert("thought".to_owned(), Value::String(thought));
    }
    let attempt = (tries > 0).then_some(tries + 1);
    let mut call = ModelCall { answer: Some(answer), error, attempt, ..ModelCall::default() };
    let Some(action) = action else {
        call.attributes = step;
        session.model_call(call, out);
        return;
    };
    let id = session.model_call(call, out);
    let id = format!("{id}/command");
    let name = action.split_whitespace().next().unwrap_or("command").to_owned();
    session.tool_call(&id, &name, Value::String(action), None);
    let text = observation.as_ref().and_then(Value::as_str).unwrap_or_default();
    let cancelled = text.contains("was cancelled because it took more than");
    let error = error_line::one_line(text).filter(|_| cancelled);
    let when = When { duration_ns, ..When::default() };
    if let Some(state) = step.get_mut("state") {
        *state = json::unfolded(state.take());
    }
    session.tool_result(&id, ToolResult { content: observation, error, when, attributes: step }, out);
}

/// A conversation without a trajectory.
fn read_history(history: Vec<Value>, session: &mut Transcript, out: &mut dyn Sink) {
    let mut command: Option<String> = None;
    for message in history {
        match chat::role(&message) {
            "assistant" if message.get("is_demo") != Some(&Value::Bool(true)) => {
                let action = message.get("action").and_then(json::text);
                if chat::answer(session, message, ModelCall::default(), out) == 0
                    && let Some(action) = action
                {
                    let name = action.split_whitespace().next().unwrap_or("command").to_owned();
                    let id = format!("command-{}", session.next_number());
                    session.tool_call(&id, &name, Value::String(action), None);
                    command = Some(id);
                }
            }
            "tool" => chat::tool_answer(session, message, None, When::default(), out),
            _ => match (command.take(), message) {
                (Some(id), Value::Object(mut members)) => {
                    members.insert("tool_call_id".to_owned(), Value::String(id));
                    chat::tool_answer(session, Value::Object(members), None, When::default(), out);
                }
                (_, message) => session.said_message(message, None),
            },
        }
    }
}
