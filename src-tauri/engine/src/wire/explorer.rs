//! This app's own export (`docs/formats/explorer.md`): everything that the store knows of a trace, so that reading it again
//! loses nothing. A line of JSON for each run, then one for each of its spans; traces keep the format and the ids that
//! they first came with.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, format_by_id, json};
use crate::model::{
    AttemptCorrection, Marks, Problem, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, StepMark,
    Tokens, TraceRecord, TraceStatus,
};

/// The version that is written; a later one is read as far as it is understood, and said to be later.
pub const VERSION: u32 = 1;

/// The first line; the last one too, where something was masked as the file was written, or could not be read.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct ExportLine {
    /// `explorer.export`.
    pub r#type: String,
    /// [`VERSION`].
    pub version: u32,
    /// When it was written (ISO 8601).
    #[serde(default)]
    pub exported_at: String,
    /// How much of what was masked as the file was written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub masked: BTreeMap<String, u64>,
    /// Steps, and runs, that are damaged in the store: their content is left out, or they are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub damaged: u64,
}

/// A run.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the fields are TraceRecord's, documented there
pub struct TraceLine {
    /// `explorer.trace`.
    pub r#type: String,
    /// The id of the format it first came in.
    pub format: String,
    /// Its id in its source.
    pub trace: String,
    #[serde(skip_serializing_if = "is_false")]
    pub describes_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preview: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<TraceStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_provenance: Option<Provenance>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "TokensLine::is_none")]
    pub tokens: TokensLine,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u32>,
    #[serde(skip_serializing_if = "is_zero")]
    pub told: u64,
    #[serde(skip_serializing_if = "is_false")]
    pub parents_unknown: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    pub starred: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The stored payload, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<RawValue>>,
}

/// A span.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the fields are SpanRecord's, documented there
pub struct SpanLine {
    /// `explorer.span`.
    pub r#type: String,
    /// The id of the format it first came in.
    pub format: String,
    /// The trace's id in its source.
    pub trace: String,
    /// Its own.
    pub span: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<SpanKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<SpanStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(skip_serializing_if = "TokensLine::is_none")]
    pub tokens: TokensLine,
    /// As the source reports it; a derived one is worked out again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backoff_ns: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_hash: Option<i64>,
    /// Bits of [`SpanFlags`].
    #[serde(skip_serializing_if = "is_no_flag")]
    pub flags: u32,
    /// When the person pinned it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pinned_ns: Option<i64>,
    /// The person's note on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A step of the group that the person took it out of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub apart_from: Option<String>,
    /// The operation that the person says it is a try of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The stored payload, verbatim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<Box<RawValue>>,
}

/// Token counts, and where they come from.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
#[allow(missing_docs)] // the fields are those of Tokens, documented there
pub struct TokensLine {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provenance: Option<Provenance>,
}

impl TokensLine {
    /// The counts; nothing is said where there are none.
    pub fn of(tokens: Tokens, provenance: Provenance) -> Self {
        if tokens == Tokens::default() && provenance == Provenance::Reported {
            return Self::default();
        }
        Self {
            input: tokens.input,
            output: tokens.output,
            total: tokens.total,
            cache_read: tokens.cache_read,
            cache_write: tokens.cache_write,
            reasoning: tokens.reasoning,
            provenance: Some(provenance),
        }
    }

    fn is_none(&self) -> bool {
        self.tokens() == Tokens::default() && self.provenance.is_none()
    }

    fn tokens(&self) -> Tokens {
        Tokens {
            input: self.input,
            output: self.output,
            total: self.total,
            cache_read: self.cache_read,
            cache_write: self.cache_write,
            reasoning: self.reasoning,
        }
    }
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_false(flag: &bool) -> bool {
    !*flag
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_zero(count: &u64) -> bool {
    *count == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)] // as serde calls it
fn is_no_flag(flags: &u32) -> bool {
    *flags == 0
}

/// The types of lines, in the order of the structs above.
pub const TYPES: [&str; 3] = ["explorer.export", "explorer.trace", "explorer.span"];

/// This app's own export.
#[derive(Clone, Copy, Debug)]
pub struct Explorer;

impl Format for Explorer {
    fn id(&self) -> &'static str {
        "explorer"
    }

    fn label(&self) -> &'static str {
        "TraceLLM Explorer"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let is_line = |value: &serde_json::Value| {
            value.get("type").and_then(serde_json::Value::as_str).is_some_and(|told| TYPES.contains(&told))
        };
        if sample.any(is_line) { 100 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(ExplorerReader)
    }
}

#[derive(Clone)]
struct ExplorerReader;

#[derive(Deserialize)]
struct Told<'a> {
    #[serde(default, borrow)]
    r#type: std::borrow::Cow<'a, str>,
}

impl Reader for ExplorerReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        if frame.bytes.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let read = serde_json::from_slice::<Told<'_>>(frame.bytes).and_then(|told| match &*told.r#type {
            "explorer.export" => serde_json::from_slice::<ExportLine>(frame.bytes)
                .map(|line| (line.version > VERSION).then(|| newer(line.version))),
            "explorer.trace" => serde_json::from_slice(frame.bytes).map(|line| trace(line, out)),
            "explorer.span" => serde_json::from_slice(frame.bytes).map(|line| span(line, out)),
            other => Ok(Some(format!("the type {other:?} is not known; it is one of {}", TYPES.join(", ")))),
        });
        match read {
            Ok(None) => {}
            Ok(Some(reason)) => out.problem(Problem::new(frame.at, reason)),
            Err(error) => {
                let reason = format!("not a line of an export of TraceLLM Explorer: {error}");
                out.lost(Problem::new(json::position(frame, &error), reason));
            }
        }
    }
}

fn newer(version: u32) -> String {
    format!(
        "written by a later version of TraceLLM Explorer (version {version}): some of it may not be understood"
    )
}

/// Hands over a run; gives what is wrong with it.
fn trace(line: TraceLine, out: &mut dyn Sink) -> Option<String> {
    if line.trace.is_empty() {
        return Some("no `trace`: which run it is about is not known".into());
    }
    let mut record = TraceRecord::new(line.trace);
    record.told_as = format_by_id(&line.format).map(Format::id);
    record.describes_run = line.describes_run;
    record.name = line.name;
    record.preview = line.preview;
    record.status = line.status;
    record.failure_reason = line.failure_reason;
    (record.start_ns, record.end_ns) = (line.start_ns, line.end_ns);
    record.time_provenance = line.time_provenance.unwrap_or(Provenance::Measured);
    record.model = line.model;
    record.tokens = line.tokens.tokens();
    record.tokens_provenance = line.tokens.provenance.unwrap_or(Provenance::Reported);
    record.cost_usd = line.cost_usd;
    record.retries = line.retries;
    record.told = line.told;
    record.parents_unknown = line.parents_unknown;
    (record.project, record.environment) = (line.project, line.environment);
    record.conversation = line.conversation;
    record.marks = Marks { starred: line.starred, tags: line.tags, note: line.note };
    record.payload = line.payload.map(|payload| payload.get().as_bytes().to_vec());
    out.trace(record);
    None
}

/// Hands over a span; gives what is wrong with it.
fn span(line: SpanLine, out: &mut dyn Sink) -> Option<String> {
    if line.trace.is_empty() || line.span.is_empty() {
        return Some("no `trace` or no `span`: which step it is about is not known".into());
    }
    let mut record = SpanRecord::new(line.trace, line.span, line.name);
    record.told_as = format_by_id(&line.format).map(Format::id);
    record.parent = line.parent;
    record.kind = line.kind.unwrap_or(SpanKind::Other);
    record.status = line.status.unwrap_or(SpanStatus::Unset);
    record.error = line.error;
    (record.start_ns, record.end_ns) = (line.start_ns, line.end_ns);
    record.model = line.model;
    record.tokens = line.tokens.tokens();
    record.tokens_provenance = line.tokens.provenance.unwrap_or(Provenance::Reported);
    record.cost_usd = line.cost_usd;
    record.attempt = line.attempt;
    record.backoff_ns = line.backoff_ns;
    record.input_hash = line.input_hash;
    record.flags = SpanFlags(line.flags);
    record.flags.set(SpanFlags::COST_DERIVED, false);
    let note = line.note.map(|note| note.chars().take(StepMark::NOTE_CHARACTERS).collect::<String>());
    let mark = StepMark { pinned_ns: line.pinned_ns, note: note.filter(|note| !note.is_empty()) };
    record.mark = (mark != StepMark::default()).then(|| Box::new(mark));
    let correction = AttemptCorrection { apart_from: line.apart_from, operation: line.operation };
    record.correction = (correction != AttemptCorrection::default()).then(|| Box::new(correction));
    if let Some(payload) = line.payload {
        record.payload = payload.get().as_bytes().to_vec();
    }
    out.span(record);
    None
}
