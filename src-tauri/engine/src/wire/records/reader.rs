//! Makes each record a step.

use serde_json::{Map, Value};
use xxhash_rust::xxh3::xxh3_128;

use super::super::draft::Draft;
use super::super::{Frame, Reader, Shape, Sink, error_line, json, time};
use super::{LISTS, guess};
use crate::model::{
    FieldRole, Problem, Provenance, RecordMapping, SpanFlags, SpanKind, SpanStatus, TraceRecord,
};
use crate::semantics;

/// Records looked at before a guess is made.
const GUESSED_FROM: usize = 8;

/// Reads records by a mapping.
#[derive(Clone)]
pub(super) struct RecordReader {
    mapping: Option<RecordMapping>,
    /// Records held until there are enough for a guess, with the frame's place.
    held: Vec<(Map<String, Value>, crate::model::Position)>,
    /// The header row of a CSV file.
    header: Option<csv::StringRecord>,
    /// Id of the trace that all records without one belong to: made of the first record, so that it stays as the source grows.
    own_trace: Option<String>,
    /// The trace that was told of last.
    told: Option<String>,
    count: u64,
}

impl RecordReader {
    pub(super) fn new(mapping: RecordMapping) -> Self {
        Self { mapping: Some(mapping), ..Self::guessing() }
    }

    pub(super) fn guessing() -> Self {
        Self { mapping: None, held: Vec::new(), header: None, own_trace: None, told: None, count: 0 }
    }

    fn take(&mut self, record: Map<String, Value>, at: crate::model::Position, out: &mut dyn Sink) {
        if self.mapping.is_some() {
            self.read_record(record, out);
            return;
        }
        self.held.push((record, at));
        if self.held.len() >= GUESSED_FROM {
            self.settle(out);
        }
    }

    /// Guesses from what is held, and reads it.
    fn settle(&mut self, out: &mut dyn Sink) {
        let held = std::mem::take(&mut self.held);
        let records: Vec<Map<String, Value>> = held.into_iter().map(|(record, _)| record).collect();
        self.mapping.get_or_insert_with(|| guess::mapping(&records));
        for record in records {
            self.read_record(record, out);
        }
    }

    fn read_record(&mut self, mut record: Map<String, Value>, out: &mut dyn Sink) {
        let Some(mapping) = self.mapping.clone() else { return };
        self.count += 1;
        let value = |role| {
            mapping.path(role).and_then(|path| guess::at(&record, path)).filter(|value| !value.is_null())
        };
        let text = |role| value(role).and_then(json::text);

        let trace = text(FieldRole::Trace).unwrap_or_else(|| {
            let made =
                || format!("records-{:032x}", xxh3_128(Value::Object(record.clone()).to_string().as_bytes()));
            self.own_trace.get_or_insert_with(made).clone()
        });
        let id = text(FieldRole::Id).unwrap_or_else(|| format!("record-{}", self.count));
        let kind = value(FieldRole::Kind).and_then(Value::as_str).and_then(semantics::kind_of_word);
        let name = text(FieldRole::Name)
            .or_else(|| text(FieldRole::Kind))
            .unwrap_or_else(|| format!("record {}", self.count));
        let mut draft = Draft::new(&*trace, id, name, kind.unwrap_or(SpanKind::Other));
        draft.span.parent = text(FieldRole::Parent).filter(|parent| *parent != draft.span.id);
        draft.span.model = text(FieldRole::Model);

        let moment = |role| -> Option<(i64, bool)> {
            let found = value(role)?;
            if guess::is_relative(found) {
                let unit = guess::relative_unit(mapping.path(role)?, mapping.duration_unit);
                return Some(((found.as_f64()? * unit.ns()) as i64, true));
            }
            time::unix_ns(found).map(|ns| (ns, false))
        };
        let duration_ns = value(FieldRole::Duration)
            .and_then(json::number)
            .map(|number| number * mapping.duration_unit.ns())
            .filter(|ns| (0.0..9.2e18).contains(ns))
            .map(|ns| ns as i64);
        let (start, end) = (moment(FieldRole::Start), moment(FieldRole::End));
        if start.is_some_and(|(_, relative)| relative) {
            draft.span.flags.insert(SpanFlags::LAID_OUT);
        }
        let (start, end) = (start.map(|(ns, _)| ns), end.map(|(ns, _)| ns));
        if duration_ns.is_some() && (start.is_none() || end.is_none()) {
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        }
        let ends = end.or_else(|| start.zip(duration_ns).map(|(start, long)| start.saturating_add(long)));
        let starts = start.or_else(|| end.zip(duration_ns).map(|(end, long)| end.saturating_sub(long)));
        draft.times(starts, ends);

        let key = mapping.path(FieldRole::Status).and_then(<[String]>::last).map_or("", String::as_str);
        let status = value(FieldRole::Status).and_then(|status| status_of(key, status));
        let failure = value(FieldRole::Error).cloned();
        // Records that have no field for an end are points in time, not steps that never ended.
        let unset = if mapping.path(FieldRole::End).is_some() && ends.is_none() {
            SpanStatus::Unset
        } else {
            SpanStatus::Ok
        };
        draft.span.status = status.unwrap_or(unset);
        let input = value(FieldRole::Input).cloned().map(json::unfolded);
        let output = value(FieldRole::Output).cloned().map(json::unfolded);
        draft.input(input);
        draft.output(output);
        if let Some(failure) = &failure {
            draft.fail(failure);
        } else if draft.span.status == SpanStatus::Error {
            draft.span.error = text(FieldRole::Status).and_then(|status| error_line::one_line(&status));
        }
        for role in [FieldRole::Input, FieldRole::Output] {
            if let Some([key]) = mapping.path(role) {
                record.shift_remove(key);
            }
        }
        draft.attributes(record);

        let told = self.told.as_deref() == Some(&*trace);
        if !told {
            let mut about = TraceRecord::new(&*trace);
            about.parents_unknown = mapping.path(FieldRole::Parent).is_none();
            about.time_provenance = Provenance::Measured;
            self.told = Some(trace);
            out.trace(about);
        }
        out.span(draft.finish());
    }
}

impl Reader for RecordReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        match frame.shape {
            Shape::Envelope => {}
            Shape::Header => self.header = csv_row(frame),
            Shape::Row => match (&self.header, csv_row(frame)) {
                (Some(header), Some(row)) => {
                    let record = of_row(header, &row);
                    self.take(record, frame.at, out);
                }
                _ => out.problem(Problem::new(frame.at, "This row is not comma-separated values.")),
            },
            _ => {
                let Some(record) = json::object(frame, "a record", out) else { return };
                let list = LISTS.iter().find(|key| {
                    record.get(**key).is_some_and(|list| {
                        list.as_array()
                            .is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object))
                    })
                });
                // A document that holds the records, where framing did not take it apart.
                if frame.shape == Shape::Document
                    && let Some(list) = list
                    && guess::mapping(std::slice::from_ref(&record)).path(FieldRole::Start).is_none()
                {
                    let mut record = record;
                    for value in json::take_list(&mut record, &[list]) {
                        if let Value::Object(inner) = value {
                            self.take(inner, frame.at, out);
                        }
                    }
                    return;
                }
                self.take(record, frame.at, out);
            }
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        self.settle(out);
    }
}

/// The row of a CSV frame.
fn csv_row(frame: &Frame<'_>) -> Option<csv::StringRecord> {
    let mut rows = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(frame.bytes);
    rows.records().next()?.ok()
}

/// A row as a record: numbers, truths and JSON as what they are, empty cells left out.
pub(super) fn of_row(header: &csv::StringRecord, row: &csv::StringRecord) -> Map<String, Value> {
    let cells = header.iter().zip(row.iter()).filter(|(_, cell)| !cell.is_empty());
    cells.map(|(key, cell)| (key.trim().to_owned(), of_cell(cell))).collect()
}

fn of_cell(cell: &str) -> Value {
    let plain = || Value::String(cell.to_owned());
    match cell.trim().as_bytes().first() {
        Some(b'{' | b'[') => json::unfolded(plain()),
        Some(b'-' | b'0'..=b'9') => serde_json::from_str(cell.trim()).unwrap_or_else(|_| plain()),
        _ => match cell.trim() {
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => plain(),
        },
    }
}

/// How a record ended, by a field with this key.
fn status_of(key: &str, value: &Value) -> Option<SpanStatus> {
    let key = key.to_ascii_lowercase();
    match value {
        Value::Bool(truth) => {
            let failed = key.contains("error") || key.contains("fail");
            Some(if *truth != failed { SpanStatus::Ok } else { SpanStatus::Error })
        }
        Value::Number(number) => {
            let code = number.as_i64()?;
            if key.contains("exit") || key.contains("return") {
                return Some(if code == 0 { SpanStatus::Ok } else { SpanStatus::Error });
            }
            match code {
                100..=399 => Some(SpanStatus::Ok),
                400..=599 => Some(SpanStatus::Error),
                _ => None,
            }
        }
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "ok" | "success" | "succeeded" | "successful" | "complete" | "completed" | "done"
            | "finished" | "passed" | "pass" | "closed" | "info" | "debug" | "true" | "200" => {
                Some(SpanStatus::Ok)
            }
            "error" | "err" | "failed" | "failure" | "fail" | "fatal" | "critical" | "exception"
            | "timeout" | "timed_out" | "timedout" | "crashed" | "cancelled" | "canceled" | "aborted"
            | "rejected" | "false" => Some(SpanStatus::Error),
            "running" | "in_progress" | "pending" | "started" | "open" | "active" | "queued" => {
                Some(SpanStatus::Open)
            }
            _ => None,
        },
        _ => None,
    }
}
