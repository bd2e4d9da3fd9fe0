//! What Langfuse says of a trace as a whole.

use serde_json::{Map, Value};

use crate::model::{Payload, Provenance};
use crate::wire::Sink;
use crate::wire::draft::{self, is_nothing};
use crate::wire::json::{self, number, str as text, take, take_text};
use crate::wire::time::{ns_from_seconds, unix_ns};

/// Reads a trace. `has_steps` says that its observations are here too, whose times are the better ones.
pub(super) fn read(mut members: Map<String, Value>, has_steps: bool, out: &mut dyn Sink) {
    let Some(trace) = take_text(&mut members, &["id"]) else { return };
    let mut payload = Payload {
        input: take(&mut members, &["input"]),
        output: take(&mut members, &["output"]),
        ..Payload::default()
    };
    let name = take_text(&mut members, &["name"]);
    let conversation = take_text(&mut members, &["sessionId", "session_id"]);
    let environment = text(&members, &["environment"]).map(str::to_owned);
    let cost = members.get("totalCost").and_then(number).filter(|cost| *cost > 0.0);
    let start_ns = members.get("timestamp").and_then(unix_ns);
    let lasted_ns = members.get("latency").and_then(number).and_then(ns_from_seconds);
    if let Some(metadata) = members.get_mut("metadata") {
        *metadata = json::unfolded(metadata.take());
    }
    members.retain(|_, value| !is_nothing(value));
    payload.attributes = members;

    let mut record = draft::run(trace, payload);
    record.name = name;
    record.conversation = conversation;
    record.environment = environment;
    record.cost_usd = cost;
    if !has_steps {
        record.start_ns = start_ns;
        record.end_ns = start_ns.zip(lasted_ns).map(|(start, long)| start.saturating_add(long));
        record.time_provenance = Provenance::Reported;
    }
    out.trace(record);
}

/// What an observation repeats of its trace.
#[derive(Clone, PartialEq)]
pub(super) struct Told {
    trace: String,
    name: Option<String>,
    pub(super) session: Option<String>,
    environment: Option<String>,
    attributes: Map<String, Value>,
}

impl Told {
    /// Takes it out of an observation; `None` where there is nothing of the kind.
    pub(super) fn of(members: &mut Map<String, Value>) -> Option<Self> {
        const OF_TRACE: [&str; 7] =
            ["traceTags", "tags", "userId", "user_id", "public", "bookmarked", "release"];
        let named = ["traceName", "trace_name", "bookmarked", "sessionId", "session_id", "tags"];
        if !named.iter().any(|key| members.contains_key(*key)) {
            return None;
        }
        let trace = text(members, super::TRACE_ID)?.to_owned();
        let name = take_text(members, &["traceName", "trace_name"]);
        let session = take_text(members, &["sessionId", "session_id"]);
        let mut attributes = Map::new();
        for key in OF_TRACE {
            if let Some(value) = members.shift_remove(key).filter(|value| !is_nothing(value)) {
                attributes.insert(key.to_owned(), value);
            }
        }
        let environment = text(members, &["environment"]).map(str::to_owned);
        Some(Self { trace, name, session, environment, attributes })
    }

    /// Hands it on, with the `scores` that stand beside the observations.
    pub(super) fn tell(self, scores: Vec<Value>, out: &mut dyn Sink) {
        let mut payload = Payload { attributes: self.attributes, ..Payload::default() };
        if !scores.is_empty() {
            payload.attributes.insert("scores".to_owned(), Value::Array(scores));
        }
        let mut record = draft::run(self.trace, payload);
        record.name = self.name;
        record.conversation = self.session;
        record.environment = self.environment;
        out.trace(record);
    }
}
