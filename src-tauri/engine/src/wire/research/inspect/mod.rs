//! Logs of Inspect AI: `.eval` archives (their files come one by one, the header first), the same as one JSON document, and
//! bare lists of events. A sample is a trace: `sample` reads what is said of it, `events` makes steps of what happened in it,
//! `attachments` puts long texts back where they were taken out.

mod attachments;
mod events;
mod sample;

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::model::TraceRecord;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, json};

/// Logs of Inspect AI.
#[derive(Clone, Copy, Debug)]
pub struct Inspect;

impl Format for Inspect {
    fn id(&self) -> &'static str {
        "inspect"
    }

    fn label(&self) -> &'static str {
        "Inspect AI log"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let confidence = |value: &Value| {
            let Value::Object(members) = value else { return 0 };
            let has = |key: &str| members.contains_key(key);
            let has_task = members
                .get("eval")
                .is_some_and(|eval| eval.get("task").is_some() || eval.get("run_id").is_some());
            let events = members.get("events").and_then(Value::as_array);
            let are_events = events.is_some_and(|events| {
                events.iter().take(Sample::VALUES).any(|event| {
                    let kind = event.get("event").and_then(Value::as_str).unwrap_or_default();
                    event.get("timestamp").is_some() && events::is_known(kind)
                })
            });
            if has_task && (has("samples") || has("status")) {
                96
            } else if has("epoch") && has("target") && (are_events || has("scores") || has("model_usage")) {
                90
            } else if are_events && !has("issue") && !has("role") {
                85
            } else {
                0
            }
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["samples"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Log::default())
    }
}

/// What a log says of all its samples.
#[derive(Clone, Default)]
struct Header {
    task: Option<String>,
    model: Option<String>,
    run_id: Option<String>,
}

impl Header {
    fn of(members: &Map<String, Value>) -> Self {
        let eval = members.get("eval").and_then(Value::as_object);
        let text = |keys: &[&str]| eval.and_then(|eval| json::str(eval, keys)).map(str::to_owned);
        Self {
            task: text(&["task_display_name", "task"]),
            model: text(&["model"]),
            run_id: text(&["run_id", "eval_id"]),
        }
    }
}

#[derive(Clone, Default)]
struct Log {
    header: Header,
    /// Samples read before the header was known: it stands at the end of a document.
    without_header: BTreeSet<String>,
}

impl Reader for Log {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(value) = json::value(frame, "a part of an Inspect log", out) else { return };
        match (frame.shape, value) {
            (Shape::Member("summaries"), Value::Array(summaries)) => {
                for summary in summaries {
                    if let Value::Object(summary) = summary {
                        sample::summary(summary, &self.header, out);
                    }
                }
            }
            (Shape::Member("header"), Value::Object(members)) => self.header = Header::of(&members),
            (Shape::Envelope, Value::Object(members)) => {
                self.header = Header::of(&members);
                self.name_samples(out);
            }
            (_, Value::Object(mut members)) if members.contains_key("eval") => {
                self.header = Header::of(&members);
                for sample in json::take_list(&mut members, &["samples"]) {
                    if let Value::Object(sample) = sample {
                        self.sample(sample, out);
                    }
                }
            }
            (_, Value::Object(members)) => self.sample(members, out),
            _ => out.skipped("parts that are no samples", 1),
        }
    }
}

impl Log {
    fn sample(&mut self, sample: Map<String, Value>, out: &mut dyn Sink) {
        let trace = sample::read(sample, &self.header, out);
        if self.header.task.is_none() {
            self.without_header.insert(trace);
        }
    }

    /// Tells of the samples that have been read what only the header says.
    fn name_samples(&mut self, out: &mut dyn Sink) {
        for trace in std::mem::take(&mut self.without_header) {
            let mut about = TraceRecord::new(trace);
            about.project.clone_from(&self.header.task);
            about.conversation.clone_from(&self.header.run_id);
            out.trace(about);
        }
    }
}
