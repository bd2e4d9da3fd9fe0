//! Langfuse in every shape that leaves it: a trace downloaded from its pages (with and without the trace itself), what its
//! API answers (one trace, lists of traces or observations), batch and blob-storage exports (JSON, JSON lines; camelCase and
//! snake_case), and the bodies that SDKs send to its ingestion endpoint.
//!
//! An observation is a span. Ingestion tells a record in several events, which are put together first.

mod observation;
mod run;
mod table;

use serde_json::{Map, Value};

use super::halves::Halves;
use crate::model::{Position, Problem};
use crate::wire::json::{self, first, str as text};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink};
use run::Told;
pub use table::LangfuseCsv;

/// Under which keys of a document records are.
const LISTS: &[&str] = &["observations", "traces", "batch", "data"];
const TRACE_ID: &[&str] = &["traceId", "trace_id"];

/// Langfuse.
#[derive(Clone, Copy, Debug)]
pub struct Langfuse;

impl Format for Langfuse {
    fn id(&self) -> &'static str {
        "langfuse"
    }

    fn label(&self) -> &'static str {
        "Langfuse"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().filter_map(Value::as_object).map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<LangfuseReader>::default()
    }
}

fn confidence(members: &Map<String, Value>) -> Confidence {
    match kind_of(members) {
        Record::Observation | Record::Event => 94,
        Record::Trace => 82,
        Record::Score => 0,
        Record::Carrier => {
            let listed = LISTS.iter().filter_map(|key| members.get(*key)?.as_array()).flatten();
            let listed = listed.filter_map(Value::as_object).take(Sample::VALUES);
            let inner = listed.map(|inner| match kind_of(inner) {
                Record::Observation | Record::Event => 95,
                Record::Trace => 82,
                Record::Score | Record::Carrier => 0,
            });
            let trace = members.get("trace").and_then(Value::as_object);
            let trace = trace.map_or(0, |trace| if is_trace(trace) { 82 } else { 0 });
            inner.chain([trace]).max().unwrap_or(0)
        }
    }
}

/// What an object of Langfuse's is.
enum Record {
    Observation,
    Trace,
    Event,
    Score,
    /// Something with records in it.
    Carrier,
}

fn kind_of(members: &Map<String, Value>) -> Record {
    let kind = text(members, &["type"]).unwrap_or_default();
    if members.get("body").is_some_and(Value::is_object) && is_event(kind) {
        Record::Event
    } else if observation::is_type(kind)
        && first(members, TRACE_ID).is_some()
        && first(members, &["startTime", "start_time"]).is_some()
    {
        Record::Observation
    } else if first(members, &["dataType", "data_type"]).is_some() && members.contains_key("value") {
        Record::Score
    } else if is_trace(members) {
        Record::Trace
    } else {
        Record::Carrier
    }
}

fn is_event(kind: &str) -> bool {
    kind.ends_with("-create") || kind.ends_with("-update") || kind == "sdk-log"
}

fn is_trace(members: &Map<String, Value>) -> bool {
    const MARKS: [&[&str]; 7] = [
        &["sessionId", "session_id"],
        &["userId", "user_id"],
        &["bookmarked"],
        &["public"],
        &["projectId", "project_id"],
        &["htmlPath"],
        &["tags"],
    ];
    let marks = MARKS.iter().filter(|keys| keys.iter().any(|key| members.contains_key(*key))).count();
    members.get("id").is_some_and(Value::is_string) && first(members, &["timestamp"]).is_some() && marks >= 4
}

#[derive(Clone, Default)]
struct LangfuseReader {
    /// What the last observation said of its trace: downloads repeat it on each of them instead of giving the trace.
    told: Option<Told>,
    /// What ingestion has told of so far.
    halves: Halves,
}

impl Reader for LangfuseReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let place = Place { at: frame.at, bytes: frame.bytes.len() };
        match json::value(frame, "a record of Langfuse", out) {
            // Lists of traces name their observations and scores.
            Some(Value::String(_)) if matches!(frame.shape, Shape::Element(_)) => {}
            Some(value) => self.route(value, place, out, 0),
            None => {}
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        for (half, at) in self.halves.finish() {
            self.half(half, at, out);
        }
        if let Some(told) = self.told.take() {
            told.tell(Vec::new(), out);
        }
    }
}

/// Where a record stands and how much of the source it may take up.
#[derive(Clone, Copy)]
struct Place {
    at: Position,
    bytes: usize,
}

impl Place {
    /// The same place for each of `count` records in it.
    fn shared_by(self, count: usize) -> Self {
        Self { bytes: self.bytes / count.max(1), ..self }
    }
}

impl LangfuseReader {
    /// Reads a record, or what carries records; `depth` counts the carriers around it.
    fn route(&mut self, value: Value, place: Place, out: &mut dyn Sink, depth: u8) {
        const CARRIERS: u8 = 4;
        let mut members = match value {
            Value::Object(members) => members,
            Value::Array(values) if depth < CARRIERS => {
                let place = place.shared_by(values.len());
                return values.into_iter().for_each(|value| self.route(value, place, out, depth + 1));
            }
            other => {
                let reason = format!(
                    "{} stands where a record of Langfuse (an object) is expected",
                    json::noun(&other)
                );
                return out.problem(Problem::new(place.at, reason));
            }
        };
        match kind_of(&members) {
            Record::Observation => self.observation(members, place.at, out),
            Record::Event => self.event(members, place, out),
            Record::Score => out.skipped("scores that stand by themselves", 1),
            Record::Trace => {
                let observations = json::take_list(&mut members, &["observations"]);
                // Lists of traces have the ids of their observations only.
                run::read(members, observations.iter().any(Value::is_object), out);
                for observation in observations.into_iter().filter(Value::is_object) {
                    self.route(observation, place, out, depth + 1);
                }
            }
            Record::Carrier => self.carrier(members, place, out, depth),
        }
    }

    fn carrier(&mut self, mut members: Map<String, Value>, place: Place, out: &mut dyn Sink, depth: u8) {
        // An envelope whose list was taken apart still has the key.
        let had_observations = members.contains_key("observations");
        let mut found = had_observations || LISTS.iter().any(|key| members.contains_key(*key));
        for key in LISTS {
            let records = json::take_list(&mut members, &[key]);
            let place = place.shared_by(records.len());
            for record in records {
                self.route(record, place, out, depth + 1);
            }
        }
        let scores = json::take_list(&mut members, &["scores"]);
        if let Some(mut trace) = json::take_object(&mut members, &["trace"]) {
            found = true;
            let again = json::take_list(&mut trace, &["observations"]);
            if !scores.is_empty() && trace.get("scores").is_none_or(Value::is_null) {
                trace.insert("scores".to_owned(), Value::Array(scores));
            }
            run::read(trace, had_observations || !again.is_empty(), out);
            self.told = None;
            if !had_observations {
                for observation in again {
                    self.route(observation, place, out, depth + 1);
                }
            }
        } else if let Some(told) = self.told.take() {
            told.tell(scores, out);
        }
        if !found {
            let keys = members.keys().take(4).map(String::as_str).collect::<Vec<_>>().join(", ");
            let reason = format!("neither an observation nor a trace of Langfuse: an object with {keys}");
            out.problem(Problem::new(place.at, reason));
        }
    }

    fn observation(&mut self, mut members: Map<String, Value>, at: Position, out: &mut dyn Sink) {
        let told = Told::of(&mut members);
        match observation::span(members, told.as_ref()) {
            Ok(span) => out.span(span),
            Err(reason) => out.problem(Problem::new(at, reason)),
        }
        if let Some(told) = told
            && self.told.as_ref() != Some(&told)
            && let Some(before) = self.told.replace(told)
        {
            before.tell(Vec::new(), out);
        }
    }

    /// An event of ingestion: what it says is added to what is known of its record.
    fn event(&mut self, mut members: Map<String, Value>, place: Place, out: &mut dyn Sink) {
        let kind = json::take_text(&mut members, &["type"]).unwrap_or_default();
        let Some(mut body) = json::take_object(&mut members, &["body"]) else { return };
        let record = kind.trim_end_matches("-create").trim_end_matches("-update");
        match record {
            "trace" => {
                body.entry("timestamp").or_insert(members.get("timestamp").cloned().unwrap_or_default());
            }
            "score" => return out.skipped("scores that stand by themselves", 1),
            "sdk-log" => return out.skipped("log messages of the SDK", 1),
            // `observation-create` names the type in its body.
            "observation" => {}
            known => {
                body.entry("type").or_insert(Value::String(known.to_ascii_uppercase()));
            }
        }
        if text(&body, &["id"]).is_none() {
            let reason = format!("a {kind} event without an id in its body was left out");
            return out.problem(Problem::new(place.at, reason));
        }
        let key = format!("{} {}", u8::from(record == "trace"), text(&body, &["id"]).unwrap_or_default());
        let whole = self.halves.add(key, body, place.at, place.bytes, |known| {
            first(known, &["startTime"]).is_some() && first(known, &["endTime"]).is_some()
        });
        if let Some((whole, at)) = whole {
            self.half(whole, at, out);
        }
    }

    fn half(&mut self, record: Map<String, Value>, at: Position, out: &mut dyn Sink) {
        if record.get("type").and_then(Value::as_str).is_some_and(observation::is_type) {
            self.observation(record, at, out);
        } else {
            run::read(record, true, out);
        }
    }
}
