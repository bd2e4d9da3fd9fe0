//! The feed protocol of this app (`docs/feed-protocol.md`): a line of JSON for everything that happens in a run, told as it
//! happens, in TraceLLM's own words. Lines may come in any order, twice, or from several senders; each tells a part of a
//! step or of a run, and the store puts the parts together.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::tracellm::{TraceLlm, kind_of, outcome};
use super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, error_line, json, time};
use crate::model::{
    Payload, PayloadEvent, Position, Problem, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus,
    TraceStatus,
};
use crate::semantics::{kind_of_word, usage_tokens};

/// The types of lines that tell of runs and steps.
pub const TYPES: [&str; 7] =
    ["trace.start", "step.start", "step.event", "step.end", "step", "trace.complete", "trace.created"];

/// The feed protocol, live or kept in a file.
#[derive(Clone, Copy, Debug)]
pub struct Feed;

impl Format for Feed {
    fn id(&self) -> &'static str {
        "feed"
    }

    fn label(&self) -> &'static str {
        "Live feed"
    }

    /// The ids are TraceLLM's: a run that was followed and is then exported is one run.
    fn identity(&self) -> &'static str {
        "tracellm"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_line = |value: &Value| {
            let told = value.get("type").and_then(Value::as_str);
            told.is_some_and(|told| told != "trace.created" && TYPES.contains(&told))
                && value.get("trace_id").is_some()
        };
        if sample.any(is_line) { 97 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(FeedReader { whole: TraceLlm.reader() })
    }
}

/// Reads lines; each for itself, so that nothing is forgotten when the app starts anew.
#[derive(Clone)]
struct FeedReader {
    /// For lines that carry a whole trace.
    whole: Box<dyn Reader>,
}

impl Reader for FeedReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(mut line) = json::object(frame, "a line of the feed", out) else { return };
        let told = json::take_text(&mut line, &["type"]).unwrap_or_default();
        let line = Line { members: line, at: frame.at, received_ns: frame.received_ns };
        let known = match told.as_str() {
            "trace.created" => return self.whole.read(frame, out),
            "trace.start" => line.trace(Phase::Start, out),
            "trace.complete" | "trace.end" => line.trace(Phase::End, out),
            "step.start" => line.step(Phase::Start, out),
            "step.end" => line.step(Phase::End, out),
            "step" => line.step(Phase::Whole, out),
            "step.event" => line.event(out),
            "ping" => return out.skipped("connection messages", 1),
            told if told.starts_with("system.") => return out.skipped("connection messages", 1),
            "" => Err(format!("no `type`; it is one of {}", TYPES.join(", "))),
            other => Err(format!("the type {other:?} is not known; it is one of {}", TYPES.join(", "))),
        };
        if let Err(reason) = known {
            out.problem(Problem::new(frame.at, reason));
        }
    }
}

/// Which part of its subject a line tells.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Start,
    End,
    Whole,
}

struct Line {
    members: Map<String, Value>,
    at: Position,
    received_ns: Option<i64>,
}

impl Line {
    /// Takes what is text or a number under the first of `keys` that has such.
    fn word(&mut self, keys: &[&str]) -> Option<String> {
        let key = keys.iter().find(|key| self.members.get(**key).and_then(json::text).is_some())?;
        self.members.shift_remove(*key).as_ref().and_then(json::text)
    }

    fn id(&mut self, keys: &[&str]) -> Result<String, String> {
        let name = keys.first().copied().unwrap_or_default();
        self.word(keys).ok_or_else(|| format!("no `{name}`: what it belongs to is not known"))
    }

    /// A time; one that is there and is none becomes a problem.
    fn time(&mut self, keys: &[&str], out: &mut dyn Sink) -> Option<i64> {
        let value = json::take(&mut self.members, keys)?;
        let ns = time::unix_ns(&value);
        if ns.is_none() {
            let reason = format!("{value} is no time: the time it was received at is used");
            out.problem(Problem::new(self.at, reason));
        }
        ns
    }

    fn duration_ns(&mut self, keys: &[&str], out: &mut dyn Sink) -> Option<i64> {
        let value = json::take(&mut self.members, keys)?;
        let ns = json::number(&value).and_then(time::ns_from_ms);
        if ns.is_none() {
            out.problem(Problem::new(self.at, format!("{value} is no number of milliseconds from 0 up")));
        }
        ns
    }

    fn step(mut self, phase: Phase, out: &mut dyn Sink) -> Result<(), String> {
        let trace = self.id(&["trace_id"])?;
        let id = self.id(&["step_id", "span_id", "id"])?;
        let name = self.word(&["tool_name", "name"]).unwrap_or_default();
        let kind = step_kind(self.word(&["kind", "step_type"]).as_deref(), &name);
        let mut draft = Draft::new(trace, id, name, kind);
        draft.span.is_part = true;
        draft.span.parent = self.word(&["parent_id", "parent_step_id", "parent_span_id"]);
        let input = json::take(&mut self.members, &["input", "input_data"]);
        let attempt = self.members.get("attempt").or_else(|| input.as_ref()?.get("attempt"));
        draft.span.attempt = attempt
            .and_then(json::count)
            .and_then(|attempt| u32::try_from(attempt).ok())
            .filter(|attempt| *attempt > 0 && kind != SpanKind::Wait);
        self.members.shift_remove("attempt");
        draft.input(input);
        draft.span.model = self.word(&["model", "model_name"]);
        self.add_times(phase, &mut draft.span, out);
        if phase != Phase::Start {
            self.add_outcome(&mut draft);
        }
        self.add_usage(&mut draft.span);
        self.members.shift_remove("api_key");
        let status = draft.span.status;
        draft.attributes(self.members);
        draft.span.status = if phase == Phase::Start { SpanStatus::Open } else { status };
        out.span(draft.finish());
        Ok(())
    }

    fn add_times(&mut self, phase: Phase, span: &mut SpanRecord, out: &mut dyn Sink) {
        let stamp = self.time(&["timestamp"], out);
        let start = self.time(&["start_time", "started_at"], out);
        let end = self.time(&["end_time", "ended_at"], out);
        span.duration_ns = self.duration_ns(&["duration", "duration_ms"], out);
        let received = |told: Option<i64>, span: &mut SpanRecord| {
            if told.is_none() && self.received_ns.is_some() {
                span.flags.insert(SpanFlags::TIME_DERIVED);
            }
            told.or(self.received_ns)
        };
        match phase {
            Phase::Start => span.start_ns = received(start.or(stamp), span),
            Phase::End => {
                let told = end.or(stamp);
                span.start_ns =
                    start.or(told.zip(span.duration_ns).and_then(|(end, ns)| end.checked_sub(ns)));
                span.end_ns = received(told, span);
            }
            // A whole step has its start as its stamp, as `step.start` has.
            Phase::Whole => {
                span.start_ns = start.or(stamp);
                let by_duration = span.start_ns.zip(span.duration_ns).and_then(|(at, ns)| at.checked_add(ns));
                span.end_ns = received(end.or(by_duration), span);
            }
        }
    }

    fn add_outcome(&mut self, draft: &mut Draft) {
        let output = json::take(&mut self.members, &["output", "output_data"]);
        let (status, error) = outcome(&self.members, output.as_ref());
        (draft.span.status, draft.span.error) = (status, error);
        if let Some(error) = self.members.shift_remove("error") {
            // An error is one whatever `success` says.
            draft.fail(&error);
            draft.payload.other.insert("error".into(), error);
        }
        self.members.shift_remove("success");
        let backoff = self.members.get("backoff_ms").or_else(|| output.as_ref()?.get("backoff_ms"));
        draft.span.backoff_ns = backoff.and_then(json::number).and_then(time::ns_from_ms);
        if draft.span.status == SpanStatus::Unset && draft.span.end_ns.is_none() {
            draft.span.status = SpanStatus::Ok;
        }
        draft.output(output);
    }

    fn add_usage(&mut self, span: &mut SpanRecord) {
        match self.members.get("tokens") {
            Some(usage @ Value::Object(_)) => span.tokens = usage_tokens(usage),
            Some(total) => span.tokens.total = json::count(total),
            None => {}
        }
        span.cost_usd =
            self.members.get("cost").or_else(|| self.members.get("cost_usd")).and_then(json::number);
    }

    /// Something that happened inside a step.
    fn event(mut self, out: &mut dyn Sink) -> Result<(), String> {
        let trace = self.id(&["trace_id"])?;
        let id = self.id(&["step_id", "span_id", "id"])?;
        let mut span = SpanRecord::new(trace, id, "");
        span.is_part = true;
        span.status = SpanStatus::Open;
        let name = self.word(&["name", "event"]).unwrap_or_else(|| "event".into());
        let time_ns = self.time(&["timestamp"], out).or(self.received_ns);
        let attributes = json::take_object(&mut self.members, &["attributes"]).unwrap_or(self.members);
        let event = PayloadEvent { time_ns, name, attributes };
        let payload = Payload { events: vec![event], ..Payload::default() };
        span.payload = serde_json::to_vec(&payload).unwrap_or_else(|_| b"{}".to_vec());
        out.span(span);
        Ok(())
    }

    fn trace(mut self, phase: Phase, out: &mut dyn Sink) -> Result<(), String> {
        let id = self.id(&["trace_id"])?;
        let input = json::take(&mut self.members, &["prompt", "input"]);
        let output = json::take(&mut self.members, &["response", "output"]);
        let name = self.word(&["name"]);
        let model = self.word(&["model_name", "model"]);
        let project = self.word(&["project_name", "project_id", "project"]);
        let environment = self.word(&["environment"]);
        let conversation = self.word(&["conversation_id", "session_id", "thread_id"]);
        let stamp = self.time(&["timestamp"], out);
        let start = self.time(&["created_at", "start_time", "started_at"], out);
        let end = self.time(&["updated_at", "end_time", "ended_at"], out);
        let latency_ns = self.duration_ns(&["latency", "latency_ms", "duration"], out);
        let status = self.word(&["status"]);
        let reason = json::take(&mut self.members, &["failure_reason", "error"]);
        let tokens = json::take(&mut self.members, &["tokens", "usage"]);
        let count = json::take(&mut self.members, &["token_count"]).as_ref().and_then(json::count);
        let cost = json::take(&mut self.members, &["cost", "cost_usd"]).as_ref().and_then(json::number);
        let retries = self.members.get("retry_count").and_then(json::count);
        self.members.shift_remove("api_key");

        let payload = Payload { input, output, attributes: self.members, ..Payload::default() };
        let mut record = super::draft::run(id, payload);
        record.is_part = true;
        record.name = name.or_else(|| record.preview.as_deref().map(super::transcript::short_name));
        record.model = model.filter(|model| model != "unknown");
        (record.project, record.environment, record.conversation) = (project, environment, conversation);
        record.failure_reason = reason.as_ref().and_then(error_line::of);
        match tokens {
            Some(usage @ Value::Object(_)) => record.tokens = usage_tokens(&usage),
            Some(total) => record.tokens.total = json::count(&total),
            None => {}
        }
        if record.tokens.sum().is_none() && count.is_some_and(|count| count > 0) {
            // TraceLLM's own count is words and letters, not tokens.
            record.tokens.total = count;
            record.tokens_provenance = Provenance::Estimated;
        }
        record.cost_usd = cost;
        record.retries = retries.and_then(|count| u32::try_from(count).ok());
        record.duration_ns = latency_ns;
        if phase == Phase::Start {
            record.start_ns = start.or(stamp).or(self.received_ns);
            record.status = Some(TraceStatus::Running);
        } else {
            record.start_ns = start;
            record.end_ns = end.or(stamp).or(self.received_ns);
            record.status = ended(status.as_deref(), record.failure_reason.is_some());
        }
        out.trace(record);
        Ok(())
    }
}

/// What a step is: as the line says, else by the words of what it says, else by those of its name.
fn step_kind(told: Option<&str>, name: &str) -> SpanKind {
    let known = |word: &str| {
        let word = word.to_ascii_lowercase();
        SpanKind::from_word(&word).or_else(|| kind_of_word(&word))
    };
    // Whatever says nothing is a tool there.
    let by_words = |text: &str| Some(kind_of(text)).filter(|kind| *kind != SpanKind::Tool);
    match told {
        Some(word) => known(word).or_else(|| by_words(word)).unwrap_or_else(|| kind_of(name)),
        None if name.is_empty() => SpanKind::Other,
        None => kind_of(name),
    }
}

/// How a run ended, by TraceLLM's words and what else one would write.
fn ended(status: Option<&str>, has_reason: bool) -> Option<TraceStatus> {
    match status.map(str::to_ascii_lowercase).as_deref() {
        Some("failed" | "failure" | "error") => Some(TraceStatus::Failed),
        Some("warning") => Some(TraceStatus::Warning),
        _ if has_reason => Some(TraceStatus::Failed),
        Some("success" | "succeeded" | "ok" | "completed") => Some(TraceStatus::Success),
        _ => None,
    }
}

/// Whether a line is one of OTLP's, which may stand among those of the feed.
pub fn is_otlp(line: &[u8]) -> bool {
    let head = line.get(..line.len().min(128)).unwrap_or_default();
    ["\"resourceSpans\"", "\"resource_spans\""]
        .iter()
        .any(|key| memchr::memmem::find(head, key.as_bytes()).is_some())
}
