//! Every real file of the formats read so far gives the traces and spans that an independent count found, or the
//! difference is explained here.

use std::fmt::Write;

use engine::testing::Harness;

use crate::shared;
use crate::wire::{platforms, research, sessions, tracing};

/// Formats whose files are held to the catalogue, each family by the names of its folders.
const FOLDERS: [&[&str]; 5] = [
    &["tracellm-", "otlp-", "otel-"],
    platforms::FOLDERS,
    tracing::FOLDERS,
    sessions::FOLDERS,
    research::FOLDERS,
];

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
    entries.retain(|entry| FOLDERS.iter().copied().flatten().any(|folder| entry.path.starts_with(folder)));
    Some(entries)
}

#[test]
fn every_catalogued_file_gives_the_counted_traces_and_spans() {
    let Some(entries) = catalogue() else { return };
    assert!(entries.len() >= 25, "the catalogue was read: {} files", entries.len());
    let mut table = String::new();
    let mut differences = String::new();
    for entry in &entries {
        let file = shared::file(&entry.path).expect("a catalogued file is there");
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        let status = harness.import(&[&file]);
        let found = &status.files[0];
        let counts = found.counts;
        writeln!(
            table,
            "{:<75} {:<18} {:>4} traces {:>5} spans ({:>5} different) {:>4} errors {:>4} retries {:>8} tokens {:>3} problems {}",
            entry.path,
            found.format.as_deref().unwrap_or("–"),
            counts.traces,
            counts.spans,
            counts.spans_added,
            found.errors,
            found.retries,
            found.tokens.map_or("–".into(), |tokens| tokens.to_string()),
            found.problems,
            found.message.as_deref().unwrap_or_default(),
        )
        .unwrap();
        let (traces, spans) = EXPLAINED
            .iter()
            .copied()
            .flatten()
            .find(|(path, ..)| *path == entry.path)
            .map_or((entry.traces, entry.spans), |(_, traces, spans, _)| (*traces, *spans));
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
    println!("{table}");
    assert!(differences.is_empty(), "\n{differences}\n{table}");
}
