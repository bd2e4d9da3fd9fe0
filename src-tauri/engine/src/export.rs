//! Writes stored traces as a file that this program reads again with nothing lost (`wire::explorer`), a step at a time, so
//! that memory does not grow with the file. What was masked stays masked.
//!
//! May import `model`, `error`, `store`, `wire`.

use std::collections::HashMap;
use std::io::{ErrorKind, Write};

use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::{Code, Error, Result};
use crate::model::{AttemptCorrection, Provenance, SpanFlags, StepMark, Tokens};
use crate::store::payload::{PayloadPlace, PayloadReader};
use crate::store::trace::{Reported, TraceRow};
use crate::store::{Reader, attempt_correction, span, step_mark, trace};
use crate::wire::explorer::{ExportLine, SpanLine, TYPES, TokensLine, TraceLine, VERSION};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Traces.
    pub traces: u32,
    /// Spans.
    pub spans: u64,
    /// Bytes.
    pub bytes: u64,
}

/// Writes those of the traces that are there, each with its spans in the order in which they came. `is_cancelled` is asked
/// before each span; `now_ns` stands in the first line.
///
/// Errors: `Cancelled`; `DiskFull` or `Io` for what `out` answers; `Corrupt` for a payload that can't be read.
pub fn write(
    reader: &Reader,
    ids: &[i64],
    now_ns: i64,
    out: &mut dyn Write,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Written> {
    let mut lines = Lines { out, written: Written::default() };
    let [export, trace_type, span_type] = TYPES;
    lines.write(&ExportLine {
        r#type: export.into(),
        version: VERSION,
        exported_at: chrono::DateTime::from_timestamp_nanos(now_ns).to_rfc3339(),
    })?;
    let mut payloads = PayloadReader::default();
    for id in ids {
        let Some(row) = trace::row(reader, *id)? else { continue };
        let payload = row.payload.map(|place| raw(reader, &mut payloads, place)).transpose()?;
        let (format, key) = (row.format.clone(), row.key.clone());
        lines.write(&TraceLine { r#type: trace_type.into(), payload, ..trace_line(row) })?;
        lines.written.traces += 1;
        let has_marks = step_mark::count(reader, *id)? > 0;
        let mut corrections: HashMap<String, AttemptCorrection> =
            attempt_correction::all(reader, *id)?.into_iter().collect();
        for span_id in span::ids_in_order(reader, *id)? {
            if is_cancelled() {
                return Err(Error::new(Code::Cancelled, "the export was stopped"));
            }
            let Some((row, _)) = span::row(reader, *id, &span_id)? else { continue };
            let is_derived = row.has_derived_cost();
            let mark = match has_marks {
                true => step_mark::get(reader, *id, &span_id)?,
                false => StepMark::default(),
            };
            let correction = corrections.remove(&span_id).unwrap_or_default();
            lines.write(&SpanLine {
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
                flags: row.flags.0 & !SpanFlags::COST_DERIVED.0,
                pinned_ns: mark.pinned_ns,
                note: mark.note,
                apart_from: correction.apart_from,
                operation: correction.operation,
                payload: Some(raw(reader, &mut payloads, row.payload)?),
            })?;
            lines.written.spans += 1;
        }
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
    let damaged = || Error::new(Code::Corrupt, "the content of a step is no JSON; nothing more was exported");
    let text = String::from_utf8(payloads.read(reader, place)?).map_err(|_| damaged())?;
    RawValue::from_string(text).map_err(|_| damaged())
}

struct Lines<'a> {
    out: &'a mut dyn Write,
    written: Written,
}

impl Lines<'_> {
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
