//! TruLens: its event table as CSV (cells in Python's spelling) or as JSON rows, where each event is a span of
//! OpenTelemetry; and records of runs, one a line, with steps of which only the durations are known.

mod event;
mod record;

use serde_json::{Map, Value};

use crate::model::Problem;
use crate::wire::rows::{self, Rows};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, json, python};

/// TruLens as JSON.
#[derive(Clone, Copy, Debug)]
pub struct TruLens;

/// TruLens's event table as CSV.
#[derive(Clone, Copy, Debug)]
pub struct TruLensCsv;

/// What a row of the event table has.
const COLUMNS: [&str; 3] = ["record_attributes", "start_timestamp", "trace"];

impl Format for TruLens {
    fn id(&self) -> &'static str {
        "trulens"
    }

    fn label(&self) -> &'static str {
        "TruLens"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let has = |value: &Value, keys: &[&str]| keys.iter().all(|key| value.get(*key).is_some());
        if sample.any(|value| has(value, &COLUMNS) && has(value, &["record"])) {
            return 94;
        }
        let is_record = |value: &Value| {
            let step = value.get("spans").and_then(Value::as_array).and_then(|spans| spans.first());
            has(value, &["record_id", "spans"])
                && step.is_some_and(|step| has(step, &["span_type", "duration_ms"]))
        };
        if sample.any(is_record) { 92 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &[] }
    }

    fn frames_are_independent(&self) -> bool {
        true
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(JsonReader)
    }
}

#[derive(Clone)]
struct JsonReader;

impl Reader for JsonReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(members) = json::object(frame, "a record of TruLens", out) else { return };
        if members.contains_key("record_attributes") {
            match event::span(members) {
                Ok(span) => out.span(span),
                Err(reason) => out.problem(Problem::new(frame.at, reason)),
            }
        } else {
            record::read(members, frame.at, out);
        }
    }
}

impl Format for TruLensCsv {
    fn id(&self) -> &'static str {
        "trulens-csv"
    }

    fn label(&self) -> &'static str {
        "TruLens (CSV)"
    }

    fn identity(&self) -> &'static str {
        "trulens"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let columns = rows::columns(sample);
        let has_all = COLUMNS.iter().chain(&["record"]).all(|column| columns.contains(column));
        if has_all { 96 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Csv
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<CsvReader>::default()
    }
}

#[derive(Clone, Default)]
struct CsvReader {
    rows: Rows,
}

impl Reader for CsvReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(cells) = self.rows.read(frame, out) else { return };
        let mut members = Map::new();
        for (column, cell) in cells {
            // The first column of a data frame is the number of the row.
            if column.is_empty() || cell.is_empty() {
                continue;
            }
            let value = match cell.trim_start().as_bytes().first() {
                Some(b'{' | b'[') => json::parse(cell.as_bytes())
                    .map(|(value, _)| value)
                    .ok()
                    .or_else(|| python::literal(&cell))
                    .unwrap_or_else(|| {
                        let reason = format!(
                            "the cell {column:?} is neither JSON nor a literal of Python; it is kept as text"
                        );
                        out.problem(Problem::new(frame.at, reason));
                        Value::String(cell.clone())
                    }),
                _ => Value::String(cell),
            };
            members.insert(column.to_owned(), value);
        }
        match event::span(members) {
            Ok(span) => out.span(span),
            Err(reason) => out.problem(Problem::new(frame.at, reason)),
        }
    }
}
