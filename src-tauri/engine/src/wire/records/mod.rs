//! Lists of records of no known format: objects with something like an id, a time, a name, a role, a parent. Which field is
//! which is guessed from names and values ([`guess`]) or was set by a person; a reader with that mapping makes each record
//! a step.
//!
//! The reader that [`Format::reader`] gives guesses from the first records it sees; who knows better asks for
//! [`reader_with`].

mod guess;
mod reader;

use serde_json::{Map, Value};

use super::{Confidence, Format, Framing, Reader, Sample};
use crate::model::{MappedField, RecordGuess, RecordMapping};

/// Under which key of a document its records are, if they are not the document itself.
const LISTS: &[&str] = &[
    "records",
    "events",
    "items",
    "data",
    "logs",
    "entries",
    "spans",
    "steps",
    "messages",
    "results",
    "runs",
    "history",
    "rows",
    "traces",
    "calls",
    "actions",
    "trajectory",
    "log",
    "turns",
];

/// Records as JSON.
#[derive(Clone, Copy, Debug)]
pub struct Records;

/// Records as rows of a CSV file.
#[derive(Clone, Copy, Debug)]
pub struct RecordsCsv;

impl Format for Records {
    fn id(&self) -> &'static str {
        "records"
    }

    fn label(&self) -> &'static str {
        "Records of no known format (JSON)"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let records = json_records(sample);
        if guess::is_convincing(&records) { 5 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: LISTS }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(reader::RecordReader::guessing())
    }
}

impl Format for RecordsCsv {
    fn id(&self) -> &'static str {
        "records-csv"
    }

    fn label(&self) -> &'static str {
        "Records of no known format (CSV)"
    }

    fn identity(&self) -> &'static str {
        "records"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        if guess::is_convincing(&csv_records(sample)) { 4 } else { 0 }
    }

    fn framing(&self) -> Framing {
        Framing::Csv
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(reader::RecordReader::guessing())
    }
}

/// The ids of the formats that are read by a mapping.
pub const FORMATS: [&str; 2] = ["records", "records-csv"];

/// How the source that begins with `sample` is read: by the first of the `known` mappings whose fields it has, where that says
/// nothing by a guess.
pub fn plan(sample: &Sample<'_>, known: &[RecordMapping]) -> RecordGuess {
    let mut records = json_records(sample);
    if records.is_empty() {
        records = csv_records(sample);
    }
    let fields = guess::fields(&records);
    let is_found = |field: &MappedField| fields.iter().any(|found| found.path == field.path);
    // What only some records have may be missing from the first ones, but not most of it.
    let fits = |mapping: &&RecordMapping| {
        let found = mapping.mapped().filter(|field| is_found(field)).count();
        found > 0
            && found * 2 >= mapping.mapped().count()
            && mapping.mapped().all(|field| field.role.may_be_missing() || is_found(field))
    };
    let guessed = guess::mapping(&records);
    match known.iter().find(fits) {
        Some(mapping) => RecordGuess { mapping: mapping.over(guessed), is_confirmed: true, fields },
        None => RecordGuess { mapping: guessed, is_confirmed: false, fields },
    }
}

/// A reader of records by `mapping`.
pub fn reader_with(mapping: RecordMapping) -> Box<dyn Reader> {
    Box::new(reader::RecordReader::new(mapping))
}

/// The first records of a source of JSON.
fn json_records(sample: &Sample<'_>) -> Vec<Map<String, Value>> {
    if sample.lines || sample.in_array || sample.values.len() > 1 {
        // A list of records has nothing else in it.
        let objects = sample.values.iter().filter_map(Value::as_object);
        let records: Vec<_> = objects.cloned().collect();
        return if records.len() == sample.values.len() { records } else { Vec::new() };
    }
    let Some(Value::Object(document)) = sample.values.first() else { return Vec::new() };
    let list = LISTS.iter().find_map(|key| document.get(*key)?.as_array().filter(|list| !list.is_empty()));
    let records = list.into_iter().flatten().take(Sample::VALUES).map(|value| value.as_object().cloned());
    records.collect::<Option<_>>().unwrap_or_default()
}

/// The first records of a source of comma-separated values.
fn csv_records(sample: &Sample<'_>) -> Vec<Map<String, Value>> {
    // Cells may hold JSON; a file that begins with it is no table.
    let begins_with_json = matches!(sample.bytes.trim_ascii_start().first(), None | Some(b'{' | b'['));
    let start = sample.bytes.get(..512).unwrap_or(&sample.bytes);
    let is_text = std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    if begins_with_json || !is_text {
        return Vec::new();
    }
    let mut rows = csv::ReaderBuilder::new().flexible(true).from_reader(&sample.bytes[..]);
    let Ok(header) = rows.headers().cloned() else { return Vec::new() };
    if header.len() < 3 {
        return Vec::new();
    }
    let records = rows.records().take(Sample::VALUES).flatten();
    records.filter(|row| row.len() == header.len()).map(|row| reader::of_row(&header, &row)).collect()
}
