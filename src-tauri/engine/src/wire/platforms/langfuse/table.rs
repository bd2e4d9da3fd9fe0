//! Langfuse's tables as CSV: a row an observation, or a row a trace; values with parts are JSON in their cells.

use serde_json::{Map, Value};

use super::{LangfuseReader, Place};
use crate::wire::rows::{self, Rows};
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Sink, json};

/// Langfuse as CSV.
#[derive(Clone, Copy, Debug)]
pub struct LangfuseCsv;

impl Format for LangfuseCsv {
    fn id(&self) -> &'static str {
        "langfuse-csv"
    }

    fn label(&self) -> &'static str {
        "Langfuse (CSV)"
    }

    fn identity(&self) -> &'static str {
        "langfuse"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let columns = rows::columns(sample);
        let has = |names: &[&str]| names.iter().any(|name| columns.contains(name));
        let is_observation = has(super::TRACE_ID)
            && has(&["startTime", "start_time"])
            && has(&["parentObservationId", "parent_observation_id", "usageDetails", "usage_details"])
            && has(&["type"]);
        let of_trace =
            [&["userId", "user_id"][..], &["sessionId", "session_id"], &["bookmarked"], &["public"]];
        let is_trace = has(&["timestamp"]) && of_trace.iter().filter(|names| has(names)).count() >= 3;
        match (has(&["id"]), is_observation, is_trace) {
            (true, true, _) => 93,
            (true, _, true) => 80,
            _ => 0,
        }
    }

    fn framing(&self) -> Framing {
        Framing::Csv
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::<TableReader>::default()
    }
}

#[derive(Clone, Default)]
struct TableReader {
    rows: Rows,
    records: LangfuseReader,
}

impl Reader for TableReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(cells) = self.rows.read(frame, out) else { return };
        let value = |cell: String| match cell.as_str() {
            "" => Value::Null,
            _ => json::unfolded(Value::String(cell)),
        };
        let row: Map<String, Value> =
            cells.into_iter().map(|(column, cell)| (column.to_owned(), value(cell))).collect();
        let place = Place { at: frame.at, bytes: frame.bytes.len() };
        self.records.route(Value::Object(row), place, out, 0);
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.records.finish(out);
    }
}
