//! Writes stored traces as a file that this program reads again with nothing lost (`wire::explorer`), a step at a time, so
//! that memory does not grow with the file. What was masked stays masked, and all is looked through once more by what is to be
//! masked now; a last line says what that found.
//!
//! May import `model`, `error`, `masking`, `store`, `wire`.

use std::collections::HashMap;
use std::io::{ErrorKind, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::{Code, Error, Result};
use crate::masking::{MaskCounts, Masker};
use crate::model::{AttemptCorrection, Provenance, SpanFlags, StepMark, Tokens};
use crate::store::payload::{PayloadPlace, PayloadReader};
use crate::store::trace::{Reported, TraceRow};
use crate::store::{Reader, attempt_correction, span, step_mark, trace};
use crate::wire::explorer::{ExportLine, SpanLine, TYPES, TokensLine, TraceLine, VERSION};

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Traces.
    pub traces: u32,
    /// Spans.
    pub spans: u64,
    /// Bytes.
    pub bytes: u64,
    /// What was masked as it was written.
    pub masked: MaskCounts,
    /// Steps, and runs, of which something is damaged in the store. Their content is left out, or they are as a whole.
    pub damaged: u64,
}

/// Writes those of the traces that are there, each with its spans in the order in which they came. `is_cancelled` is asked
/// before each span; `now_ns` stands in the first line.
///
/// What is damaged in the store is left out and counted: a step without its content is said to be cut.
///
/// Errors: `Cancelled`; `DiskFull` or `Io` for what `out` answers.
pub fn write(
    reader: &Reader,
    ids: &[i64],
    now_ns: i64,
    masker: &Masker,
    out: &mut dyn Write,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Written> {
    let mut lines = Lines { out, masker, written: Written::default() };
    let [export, trace_type, span_type] = TYPES;
    let mut about = ExportLine {
        r#type: export.into(),
        version: VERSION,
        exported_at: chrono::DateTime::from_timestamp_nanos(now_ns).to_rfc3339(),
        ..ExportLine::default()
    };
    lines.write(&about)?;
    let mut payloads = PayloadReader::default();
    for id in ids {
        let Some(row) = lines.sound(trace::row(reader, *id))?.flatten() else { continue };
        let payload = row.payload.map(|place| raw(reader, &mut payloads, place));
        let payload = payload.map(|payload| lines.sound(payload)).transpose()?.flatten();
        let mut line = TraceLine { r#type: trace_type.into(), payload, ..trace_line(row) };
        lines.mask_trace(&mut line)?;
        let (format, key) = (line.format.clone(), line.trace.clone());
        lines.write(&line)?;
        lines.written.traces += 1;
        let has_marks = lines.sound(step_mark::count(reader, *id))?.is_some_and(|count| count > 0);
        let corrections = lines.sound(attempt_correction::all(reader, *id))?;
        let mut corrections: HashMap<String, AttemptCorrection> = corrections.into_iter().flatten().collect();
        for span_id in lines.sound(span::ids_in_order(reader, *id))?.into_iter().flatten() {
            if is_cancelled() {
                return Err(Error::new(Code::Cancelled, "the export was stopped"));
            }
            let Some((row, _)) = lines.sound(span::row(reader, *id, &span_id))?.flatten() else { continue };
            let payload = lines.sound(raw(reader, &mut payloads, row.payload))?;
            let is_derived = row.has_derived_cost();
            let mark = match has_marks {
                true => lines.sound(step_mark::get(reader, *id, &span_id))?.unwrap_or_default(),
                false => StepMark::default(),
            };
            let correction = corrections.remove(&span_id).unwrap_or_default();
            let mut line = SpanLine {
                r#type: span_type.into(),
                format: format.clone(),
                trace: key.clone(),
                span: row.span_id,
                parent: row.parent_id,
                name: row.name,
                kind: Some(row.kind),
                status: Some(row.status),
                error: row.error,
                start_ns: row.start_ns,
                end_ns: row.end_ns,
                model: row.model,
                tokens: TokensLine::of(row.tokens, row.tokens_provenance),
                cost_usd: row.cost_usd.filter(|_| !is_derived),
                attempt: row.attempt,
                backoff_ns: row.backoff_ns,
                input_hash: row.input_hash,
                flags: row.flags.0 & !SpanFlags::COST_DERIVED.0
                    | if payload.is_none() { SpanFlags::TRUNCATED.0 } else { 0 },
                pinned_ns: mark.pinned_ns,
                note: mark.note,
                apart_from: correction.apart_from,
                operation: correction.operation,
                payload,
            };
            lines.mask_span(&mut line)?;
            lines.write(&line)?;
            lines.written.spans += 1;
        }
    }
    about.damaged = lines.written.damaged;
    if !lines.written.masked.is_empty() || about.damaged > 0 {
        let counts = lines.written.masked.by_count();
        about.masked = counts.into_iter().map(|(kind, count)| (kind.to_owned(), count)).collect();
        lines.write(&about)?;
    }
    lines.out.flush().map_err(unwritable)?;
    Ok(lines.written)
}

fn trace_line(row: TraceRow) -> TraceLine {
    let describes_run = row.reported.is_some();
    let reported: Reported = row.reported.unwrap_or_default();
    let tokens = Tokens {
        input: reported.input_tokens,
        output: reported.output_tokens,
        total: reported.total_tokens,
        ..Tokens::default()
    };
    TraceLine {
        tokens: TokensLine::of(tokens, reported.tokens_provenance()),
        time_provenance: Some(reported.time_provenance())
            .filter(|provenance| *provenance != Provenance::Measured),
        status: reported.trace_status(),
        format: row.format,
        trace: row.key,
        describes_run,
        name: reported.name,
        preview: row.preview,
        failure_reason: reported.failure_reason,
        start_ns: reported.start_ns,
        end_ns: reported.end_ns,
        model: reported.model,
        cost_usd: reported.cost_usd,
        retries: reported.retries,
        told: reported.told,
        parents_unknown: row.parents_unknown,
        project: row.project,
        environment: row.environment,
        conversation: row.conversation,
        starred: row.marks.starred,
        tags: row.marks.tags,
        note: row.marks.note,
        ..TraceLine::default()
    }
}

/// The payload as it lies in the store.
fn raw(reader: &Reader, payloads: &mut PayloadReader, place: PayloadPlace) -> Result<Box<RawValue>> {
    as_raw(payloads.read(reader, place)?)
}

fn as_raw(json: Vec<u8>) -> Result<Box<RawValue>> {
    let damaged = || Error::new(Code::Corrupt, "the content of this step is damaged: it is no JSON");
    let text = String::from_utf8(json).map_err(|_| damaged())?;
    RawValue::from_string(text).map_err(|_| damaged())
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    masker: &'a Masker,
    written: Written,
}

impl Lines<'_> {
    /// What was read, or nothing of what is damaged, which is counted.
    fn sound<T>(&mut self, read: Result<T>) -> Result<Option<T>> {
        match read {
            Ok(read) => Ok(Some(read)),
            Err(error) if error.code == Code::Corrupt => {
                self.written.damaged += 1;
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn mask_trace(&mut self, line: &mut TraceLine) -> Result<()> {
        for text in [
            &mut line.name,
            &mut line.preview,
            &mut line.failure_reason,
            &mut line.model,
            &mut line.project,
            &mut line.environment,
            &mut line.conversation,
            &mut line.note,
        ]
        .into_iter()
        .flatten()
        .chain(&mut line.tags)
        {
            self.mask(text);
        }
        self.mask_id(&mut line.trace);
        self.mask_payload(&mut line.payload)
    }

    fn mask_span(&mut self, line: &mut SpanLine) -> Result<()> {
        self.mask(&mut line.name);
        for text in [&mut line.error, &mut line.model, &mut line.note].into_iter().flatten() {
            self.mask(text);
        }
        self.mask_id(&mut line.span);
        for id in [&mut line.parent, &mut line.apart_from, &mut line.operation].into_iter().flatten() {
            self.mask_id(id);
        }
        self.mask_payload(&mut line.payload)
    }

    fn mask(&mut self, text: &mut String) {
        if let Some(clean) = self.masker.text(text, &mut self.written.masked) {
            *text = clean;
        }
    }

    fn mask_id(&mut self, id: &mut String) {
        if let Some(clean) = self.masker.id(id, &mut self.written.masked) {
            *id = clean;
        }
    }

    fn mask_payload(&mut self, payload: &mut Option<Box<RawValue>>) -> Result<()> {
        let stored = payload.as_ref().map(|payload| payload.get().as_bytes());
        if let Some(clean) = stored.and_then(|stored| self.masker.json(stored, &mut self.written.masked)) {
            *payload = Some(as_raw(clean)?);
        }
        Ok(())
    }

    fn write(&mut self, line: &impl Serialize) -> Result<()> {
        let mut text = serde_json::to_vec(line)
            .map_err(|error| Error::internal(format!("a line can't be written: {error}")))?;
        text.push(b'\n');
        self.written.bytes += text.len() as u64;
        self.out.write_all(&text).map_err(unwritable)
    }
}

fn unwritable(error: std::io::Error) -> Error {
    let code = match error.kind() {
        ErrorKind::StorageFull => Code::DiskFull,
        // Whoever reads has gone.
        ErrorKind::BrokenPipe => Code::Cancelled,
        _ => Code::Io,
    };
    Error::new(code, format!("the export can't be written: {error}"))
}
