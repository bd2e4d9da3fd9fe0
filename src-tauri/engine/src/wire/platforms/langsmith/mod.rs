//! LangSmith's runs: exported one by one, as lists or lines, nested in one another (`child_runs`), as the API lists them
//! (`{"runs": …}`), and as SDKs send them (`{"post": …, "patch": …}`: a run's start and its end as two records).

mod run;
mod usage;

use serde_json::{Map, Value};

use super::halves::Halves;
use crate::model::{Position, Problem};
use crate::wire::json::{self, first, str as text};
use crate::wire::time::unix_ns;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink};
use run::Ids;

/// Under which keys of a document runs are.
const LISTS: &[&str] = &["post", "patch", "runs"];
const RUN_TYPES: [&str; 7] = ["llm", "chain", "tool", "retriever", "embedding", "prompt", "parser"];

/// LangSmith.
#[derive(Clone, Copy, Debug)]
pub struct LangSmith;

impl Format for LangSmith {
    fn id(&self) -> &'static str {
        "langsmith"
    }

    fn label(&self) -> &'static str {
        "LangSmith"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        sample.values.iter().filter_map(Value::as_object).map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<LangSmithReader>::default()
    }
}

fn confidence(members: &Map<String, Value>) -> Confidence {
    let is_run = |run: &Map<String, Value>| {
        let kind = text(run, &["run_type"]);
        let known = kind.is_some_and(|kind| RUN_TYPES.contains(&kind));
        match (known, Ids::of(run, None).is_some()) {
            (true, true) if text(run, &["dotted_order", "trace_id"]).is_some() => 95,
            (true, true) if first(run, &["start_time"]).is_some() => 88,
            // A run's second half may not repeat what it is.
            (false, true) if run.contains_key("dotted_order") && kind.is_none() => 80,
            _ => 0,
        }
    };
    let listed = LISTS.iter().filter_map(|key| members.get(*key)?.as_array()).flatten();
    let listed = listed.filter_map(Value::as_object).take(Sample::VALUES);
    listed.map(is_run).chain([is_run(members)]).max().unwrap_or(0)
}

#[derive(Clone, Default)]
struct LangSmithReader {
    /// Runs of which the end has not been told.
    halves: Halves,
}

impl Reader for LangSmithReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(value) = json::value(frame, "a run of LangSmith", out) else { return };
        if frame.shape != Shape::Envelope {
            self.route(value, frame.at, frame.bytes.len(), out, 0);
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        for (half, at) in self.halves.finish() {
            read(half, None, at, out);
        }
    }
}

impl LangSmithReader {
    /// Reads a run, or what carries runs, of about `bytes` of source; `depth` counts the carriers around it.
    fn route(&mut self, value: Value, at: Position, bytes: usize, out: &mut dyn Sink, depth: u8) {
        const CARRIERS: u8 = 4;
        let mut members = match value {
            Value::Object(members) => members,
            Value::Array(values) if depth < CARRIERS => {
                let bytes = bytes / values.len().max(1);
                return values.into_iter().for_each(|value| self.route(value, at, bytes, out, depth + 1));
            }
            other => {
                let reason =
                    format!("{} stands where a run of LangSmith (an object) is expected", json::noun(&other));
                return out.problem(Problem::new(at, reason));
            }
        };
        if !members.contains_key("run_type")
            && !members.contains_key("dotted_order")
            && LISTS.iter().any(|key| members.contains_key(*key))
        {
            for key in LISTS {
                let runs = json::take_list(&mut members, &[key]);
                let bytes = bytes / runs.len().max(1);
                for run in runs {
                    self.route(run, at, bytes, out, depth + 1);
                }
            }
            return;
        }
        let Some(ids) = Ids::of(&members, None) else {
            let reason = "a run without an id (and without a dotted_order that has one) was left out";
            return out.problem(Problem::new(at, reason));
        };
        let nested = members.get("child_runs").and_then(Value::as_array).is_some_and(|runs| !runs.is_empty());
        if nested {
            return read(members, None, at, out);
        }
        let is_whole = |run: &Map<String, Value>| {
            run.contains_key("run_type") && run.get("end_time").is_some_and(|end| unix_ns(end).is_some())
        };
        if let Some((whole, at)) = self.halves.add(ids.run, members, at, bytes, is_whole) {
            read(whole, None, at, out);
        }
    }
}

/// Reads a run and those nested in it.
fn read(mut members: Map<String, Value>, above: Option<&Ids>, at: Position, out: &mut dyn Sink) {
    let children = json::take_list(&mut members, &["child_runs"]);
    let Some(ids) = Ids::of(&members, above) else {
        out.problem(Problem::new(at, "a run without an id was left out"));
        return;
    };
    out.span(run::span(members, &ids));
    for child in children {
        match child {
            Value::Object(child) => read(child, Some(&ids), at, out),
            other => {
                let reason = format!("{} stands where a run (an object) is expected", json::noun(&other));
                out.problem(Problem::new(at, reason));
            }
        }
    }
}
