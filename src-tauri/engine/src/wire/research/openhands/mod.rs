//! OpenHands: the events of a session as its server and its SDK write them, and the results of its evaluation runs.

mod events;
mod sdk;

use serde_json::{Map, Value};

use self::events::Events;
pub use self::sdk::OpenHandsSdk;
use super::chat;
use crate::model::{Position, TraceStatus};
use crate::wire::{
    Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, error_line, identity, json,
};

/// Events of OpenHands 0.x: an array, or an object with one.
#[derive(Clone, Copy, Debug)]
pub struct OpenHands;

/// Under which key of an object the events of a session are.
const LISTS: &[&str] = &["history", "trajectory", "events", "entries"];

impl Format for OpenHands {
    fn id(&self) -> &'static str {
        "openhands"
    }

    fn label(&self) -> &'static str {
        "OpenHands"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let listed = |value: &Value| {
            let list = LISTS.iter().find_map(|key| value.get(*key)?.as_array());
            list.into_iter().flatten().map(event_confidence).max().unwrap_or(0)
        };
        sample.values.iter().map(|value| event_confidence(value).max(listed(value))).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(EventReader::default())
    }
}

/// How much a value looks like an event.
fn event_confidence(event: &Value) -> Confidence {
    let text = |key: &str| event.get(key).and_then(Value::as_str);
    let is_source = matches!(text("source"), Some("user" | "agent" | "environment"));
    let acts = text("action").is_some() && event.get("args").is_some_and(Value::is_object);
    let observes = text("observation").is_some() && event.get("content").is_some();
    if is_source && event.get("id").is_some_and(Value::is_number) && (acts || observes) {
        return 92;
    }
    // The project's trajectory viewer writes entries of its own.
    let is_actor = matches!(text("actorType"), Some("User" | "Assistant" | "System"));
    if is_actor && text("type").is_some() && text("timestamp").is_some() { 80 } else { 0 }
}

/// Reads the events of one session as they come.
#[derive(Clone, Default)]
struct EventReader {
    events: Option<Events>,
    rest: Map<String, Value>,
}

impl Reader for EventReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(event) = json::object(frame, "an event of OpenHands", out) else { return };
        if frame.shape == Shape::Envelope {
            self.rest.extend(event.into_iter().filter(|(key, _)| !LISTS.contains(&key.as_str())));
            return;
        }
        let events = self
            .events
            .get_or_insert_with(|| Events::new(&identity::derived([&Value::Object(event.clone())])));
        events.event(event, out);
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        if let Some(mut events) = self.events.take() {
            chat::keep(events.session(), std::mem::take(&mut self.rest));
            events.finish(out);
        }
    }
}

/// Results of evaluation runs of OpenHands: a line a run, with its events under `history`.
#[derive(Clone, Copy, Debug)]
pub struct OpenHandsOutput;

impl Format for OpenHandsOutput {
    fn id(&self) -> &'static str {
        "openhands-output"
    }

    fn label(&self) -> &'static str {
        "OpenHands evaluation"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_run = |run: &Value| {
            let has = |key: &str| run.get(key).is_some();
            let first = run.get("history").and_then(|list| list.get(0));
            let first = first.map(|first| first.get(0).unwrap_or(first));
            let is_event = first.is_some_and(|event| {
                event.get("action").is_some_and(Value::is_string)
                    || event.get("observation").is_some_and(Value::is_string)
                    || event.get("kind").is_some_and(Value::is_string)
            });
            (is_event || run.get("history").is_some_and(|list| list.as_array().is_some_and(Vec::is_empty)))
                && (has("instruction") || has("instance_id"))
                && (has("metrics") || has("test_result") || has("git_patch") || has("metadata"))
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
        if let Some(run) = json::object(frame, "a run of OpenHands", out) {
            read_run(run, frame.at, out);
        }
    }
}

fn read_run(mut run: Map<String, Value>, at: Position, out: &mut dyn Sink) {
    let trace = identity::derived([&Value::Object(run.clone())]);
    let history = json::take_list(&mut run, &["history"]);
    let is_sdk = history.first().is_some_and(|event| event.get("kind").is_some());
    let mut session = if is_sdk {
        let mut events = sdk::Session::new(&trace);
        for event in objects(history, at, out) {
            events.event(event, out);
        }
        events.into_transcript(out)
    } else {
        let mut events = Events::new(&trace);
        for event in objects(history, at, out) {
            events.event(event, out);
        }
        events.into_transcript(out)
    };
    if let Some(instruction) = run.get("instruction").filter(|text| text.is_string()) {
        session.asked(instruction.clone());
    }
    if let Some(error) = run.get("error").and_then(error_line::of) {
        session.ended(TraceStatus::Failed, Some(error));
    }
    if let Some(patch) =
        run.get("git_patch").filter(|patch| patch.as_str().is_some_and(|text| !text.is_empty()))
    {
        session.payload().output = Some(patch.clone());
        run.shift_remove("git_patch");
    }
    let cost = run.get("metrics").and_then(|metrics| metrics.get("accumulated_cost")).and_then(json::number);
    let about = session.about();
    about.cost_usd = cost.filter(|cost| *cost > 0.0);
    about.name = run
        .get("instance_id")
        .and_then(json::text)
        .or_else(|| run.get("issue").and_then(|issue| issue.get("title")).and_then(json::text));
    about.model =
        run.get("metadata").and_then(|about| about.pointer("/llm_config/model")).and_then(json::text);
    chat::keep(&mut session, run);
    session.finish(out);
}

/// The events of a history; older files have pairs of an action and its observation.
fn objects(history: Vec<Value>, at: Position, out: &mut dyn Sink) -> Vec<Map<String, Value>> {
    let mut events = Vec::with_capacity(history.len());
    for item in history {
        match item {
            Value::Object(event) => events.push(event),
            Value::Array(pair) => events.extend(pair.into_iter().filter_map(|event| match event {
                Value::Object(event) => Some(event),
                _ => None,
            })),
            other => {
                let reason = format!(
                    "{} stands where an event of OpenHands (an object) is expected",
                    json::noun(&other)
                );
                out.problem(crate::model::Problem::new(at, reason));
            }
        }
    }
    events
}
