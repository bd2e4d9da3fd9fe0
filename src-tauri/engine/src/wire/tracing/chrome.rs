//! Chrome's trace events, which browsers, profilers and PyTorch write: `{"traceEvents": […]}` or the bare list, whose closing
//! bracket may be missing. A trace is what one process did, a track in it what one thread did.
//!
//! Events that begin and end nest as they come; those that are told of whole (`X`) nest by their times within their track, which
//! is worked out when the trace is shown. Times count from some start of the program's own unless they are dates.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use xxhash_rust::xxh3::Xxh3Default;

use super::super::draft::Draft;
use super::super::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, json, time};
use super::track::Track;
use crate::model::{PayloadEvent, Problem, SpanFlags, SpanKind, SpanStatus, TraceRecord};

/// Chrome trace events.
#[derive(Clone, Copy, Debug)]
pub struct ChromeTrace;

/// Times before this many microseconds are no dates (1990), but count from a start of their own.
const FIRST_DATE_US: f64 = 631_152_000_000_000.0;

impl Format for ChromeTrace {
    fn id(&self) -> &'static str {
        "chrome-trace"
    }

    fn label(&self) -> &'static str {
        "Chrome trace events"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_event = |value: &Value| {
            value.get("ph").and_then(Value::as_str).is_some_and(|phase| phase.len() == 1)
                && ["ts", "pid", "tid", "name"].iter().filter(|key| value.get(**key).is_some()).count() >= 2
        };
        let confidence = |value: &Value| match value.get("traceEvents").and_then(Value::as_array) {
            Some(events) if events.is_empty() => 60,
            Some(events) if events.iter().take(Sample::VALUES).any(is_event) => 95,
            _ if is_event(value) => 90,
            _ => 0,
        };
        sample.values.iter().map(confidence).max().unwrap_or(0)
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["traceEvents"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(Events::default())
    }
}

#[derive(Clone, Default)]
struct Events {
    /// Tells this recording from others: a hash of its first event with a time, and of the names before it, which alone are
    /// often those of any other run of the same program.
    recording: Option<String>,
    beginning: Xxh3Default,
    processes: BTreeMap<String, Process>,
}

#[derive(Clone, Default)]
struct Process {
    name: Option<String>,
    tracks: BTreeMap<String, Track>,
    flags: SpanFlags,
}

impl Reader for Events {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if frame.shape == Shape::Envelope {
            return;
        }
        let Some(value) = json::value(frame, "a trace event", out) else { return };
        match value {
            Value::Object(mut members) => match members.get_mut("traceEvents") {
                // The object form, where framing did not take it apart.
                Some(Value::Array(events)) => {
                    for (number, event) in std::mem::take(events).into_iter().enumerate() {
                        if let Value::Object(event) = event {
                            self.event(event, frame, number, out);
                        }
                    }
                }
                _ => self.event(members, frame, 0, out),
            },
            other => {
                let reason =
                    format!("{} stands where a trace event (an object) is expected", json::noun(&other));
                out.problem(Problem::new(frame.at, reason));
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        let recording = self.recording.take().unwrap_or_default();
        for (pid, process) in std::mem::take(&mut self.processes) {
            let trace = trace_id(&recording, &pid);
            let mut about = TraceRecord::new(&*trace);
            about.name = process.name.or_else(|| Some(format!("process {pid}")));
            about.parents_unknown = true;
            let mut has_slices = false;
            for track in process.tracks.into_values() {
                has_slices |= track.finish(&trace, process.flags, out);
            }
            // Programs name processes in which nothing was recorded.
            if has_slices {
                out.trace(about);
            }
        }
    }
}

fn trace_id(recording: &str, pid: &str) -> String {
    format!("{recording}/{pid}")
}

impl Events {
    fn event(&mut self, mut event: Map<String, Value>, frame: &Frame<'_>, number: usize, out: &mut dyn Sink) {
        let text = |key: &str| event.get(key).and_then(json::text);
        let phase = json::str(&event, &["ph"]).unwrap_or_default().to_owned();
        let (pid, tid) =
            (text("pid").unwrap_or_else(|| "0".into()), text("tid").unwrap_or_else(|| "0".into()));
        let name = text("name").unwrap_or_default();
        if self.recording.is_none() {
            self.beginning.update(Value::Object(event.clone()).to_string().as_bytes());
            if event.get("ts").is_some_and(|at| json::number(at).is_some()) && phase != "M" {
                self.recording = Some(format!("chrome-{:016x}", self.beginning.digest()));
            }
        }
        let trace = trace_id(self.recording.as_deref().unwrap_or_default(), &pid);
        let process = self.processes.entry(pid).or_default();
        if phase == "M" {
            let named = event.get("args").and_then(|args| args.get("name")).and_then(json::text);
            match name.as_str() {
                "process_name" => process.name = named,
                "thread_name" => track(process, &tid).name = named,
                _ => out.skipped("notes on how to show tracks", 1),
            }
            return;
        }
        let (Some(at_us), true) =
            (event.get("ts").and_then(json::number), "BEXbneSTFpiIR".contains(&*phase) && !phase.is_empty())
        else {
            match phase.as_str() {
                "C" => out.skipped("counter samples", 1),
                "s" | "t" | "f" => out.skipped("flow arrows", 1),
                "P" | "N" | "O" | "D" | "c" | "v" | "V" | "(" | ")" | "r" => {
                    out.skipped("events of other kinds", 1)
                }
                "" => out.problem(Problem::new(frame.at, "This is no trace event: it has no phase (ph).")),
                _ => out.problem(Problem::new(
                    frame.at,
                    format!(
                        "The event {name:?} has no time (ts), or its phase {phase:?} is none that is known."
                    ),
                )),
            }
            return;
        };
        let Some(at_ns) = time::ns_from_us(at_us) else {
            return out
                .problem(Problem::new(frame.at, format!("The event {name:?} has a time out of bounds.")));
        };
        if at_us < FIRST_DATE_US {
            process.flags.insert(SpanFlags::LAID_OUT);
        }
        let flags = process.flags;
        let id = if number == 0 {
            format!("at-{}", frame.at.byte)
        } else {
            format!("at-{}-{number}", frame.at.byte)
        };
        let args = json::take(&mut event, &["args"]);
        let duration_ns =
            event.get("dur").and_then(json::number).and_then(time::ns_from_us).filter(|ns| *ns >= 0);
        let lane = match phase.as_str() {
            "b" | "n" | "e" | "S" | "T" | "F" | "p" => async_lane(&event),
            _ => tid,
        };
        let track = track(process, &lane);
        let slice = |event: Map<String, Value>, args: Option<Value>| {
            let mut draft = Draft::new(&*trace, id, name, SpanKind::Other);
            draft.span.flags.insert(flags);
            match args {
                Some(Value::Object(args)) => {
                    draft.attributes(args);
                    let is_of_a_convention = draft.span.kind != SpanKind::Other
                        || draft.span.model.is_some()
                        || draft.span.tokens.sum().is_some();
                    // Arguments that say nothing by a convention of OpenTelemetry are what went in.
                    if !is_of_a_convention {
                        let args = std::mem::take(&mut draft.payload.attributes);
                        draft.input(Some(Value::Object(args)));
                    }
                }
                args => draft.input(args),
            }
            draft.payload.other = event;
            draft.payload.other.retain(|key, _| !matches!(key.as_str(), "name" | "ph" | "ts" | "dur"));
            draft
        };
        match phase.as_str() {
            "B" | "b" | "S" => track.begin(slice(event, args), at_ns),
            "E" | "e" | "F" => {
                if !track.end(at_ns, args, out) {
                    let reason = "An event ends something that had not begun; it was left out.";
                    out.problem(Problem::new(frame.at, reason));
                }
            }
            "X" => {
                let mut draft = slice(event, args);
                draft.span.status = SpanStatus::Ok;
                track.whole(draft, at_ns, duration_ns.map(|long| at_ns.saturating_add(long)), out);
            }
            _ => match track.current() {
                // A moment in a slice under way is an event of it.
                Some(current) => current.payload.events.push(PayloadEvent {
                    time_ns: Some(at_ns),
                    name: slice(event, None).span.name,
                    attributes: args.and_then(|args| args.as_object().cloned()).unwrap_or_default(),
                }),
                None => {
                    let mut draft = slice(event, args);
                    draft.span.status = SpanStatus::Ok;
                    track.whole(draft, at_ns, Some(at_ns), out);
                }
            },
        }
    }
}

fn track<'p>(process: &'p mut Process, lane: &str) -> &'p mut Track {
    process.tracks.entry(lane.to_owned()).or_insert_with(|| Track::new(format!("track {lane}")))
}

/// Asynchronous events belong together by category and id, not by thread.
fn async_lane(event: &Map<String, Value>) -> String {
    let own = event.get("id").and_then(json::text);
    let scoped =
        event.get("id2").and_then(|ids| ids.get("local").or_else(|| ids.get("global"))).and_then(json::text);
    let category = json::str(event, &["cat"]).unwrap_or_default();
    format!("async {category} {}", own.or(scoped).unwrap_or_default())
}
