//! Every real file gives the traces and spans that an independent count found, or the difference is explained here. What
//! each gives is committed as a table.

use std::fmt::Write;

use engine::testing::Harness;

use super::table::Table;
use crate::shared;
use crate::wire::{platforms, research, sessions, tracing};

/// Differences from the independent count, each family its own.
const EXPLAINED: [&[Explained]; 5] =
    [OTEL, platforms::EXPLAINED, tracing::EXPLAINED, sessions::EXPLAINED, research::EXPLAINED];

/// File, traces and spans as they are stored, and why they differ from the independent count (which counts records of
/// formats that have no spans).
pub type Explained = (&'static str, u32, u64, &'static str);

const OTEL: &[Explained] = &[
    (
        "otel-flattened-json/sideseat__sideseat/raw_otel_langchain_runtime_logs.json",
        0,
        0,
        "its 16 records are log records, which the message counts; they are no spans",
    ),
    (
        "otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_runtime_logs.json",
        0,
        0,
        "its 16 records are log records, which the message counts; they are no spans",
    ),
    (
        "otel-js-readablespan/Arize-ai__openinference/capture-results.json",
        0,
        0,
        "a list of attribute names seen by a test run: no span, no id, no time",
    ),
];

const INTRODUCTION: &str = "# Real files
What each real file beside the checkout gives, imported into a store of its own. `spans` counts each time a span is told.
Where traces and spans differ from an independent count, the remark says why. Written by `make tables`.";

/// A row of the catalogue.
struct Entry {
    path: String,
    traces: u32,
    spans: u64,
}

fn catalogue() -> Option<Vec<Entry>> {
    let text = std::fs::read_to_string(shared::file("CATALOG.md")?).unwrap();
    let mut folder = "";
    let mut entries = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            folder = heading.trim();
        } else if let Some(row) = line.strip_prefix("| `") {
            let cells: Vec<&str> = row.split(" | ").collect();
            let number = |cell: &str| cell.replace(',', "").parse::<u64>().unwrap();
            let file = cells[0].trim_end_matches('`');
            entries.push(Entry {
                path: format!("{folder}/{file}"),
                traces: number(cells[4]) as u32,
                spans: number(cells[5]),
            });
        }
    }
    Some(entries)
}

#[test]
fn every_catalogued_file_gives_the_counted_traces_and_spans() {
    let Some(entries) = catalogue() else { return };
    assert!(entries.len() >= 157, "the catalogue was read: {} files", entries.len());
    let mut table = Table::new(INTRODUCTION);
    let mut differences = String::new();
    for entry in &entries {
        let file = shared::file(&entry.path).expect("a catalogued file is there");
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        let status = harness.import(&[&file]);
        let found = &status.files[0];
        let counts = found.counts;
        let explained = EXPLAINED.iter().copied().flatten().find(|(path, ..)| *path == entry.path);
        let (traces, spans) =
            explained.map_or((entry.traces, entry.spans), |(_, traces, spans, _)| (*traces, *spans));
        table.row(&entry.path, found, explained.map(|(.., why)| *why));
        if found.message.as_deref().is_some_and(|message| message.contains("of other formats")) {
            writeln!(differences, "{}: is of one kind, but {:?}", entry.path, found.message).unwrap();
        }
        if (counts.traces, counts.spans) != (traces, spans) {
            writeln!(
                differences,
                "{}: {} traces and {} spans; expected {traces} and {spans}",
                entry.path, counts.traces, counts.spans
            )
            .unwrap();
        }
        let again = harness.import(&[&file]).counts;
        if (again.traces_added, again.spans_added, again.spans_updated) != (0, 0, 0) {
            writeln!(differences, "{}: importing it twice changed something: {again:?}", entry.path).unwrap();
        }
    }
    assert!(differences.is_empty(), "\n{differences}");
    table.hold_to("real.md");
}
