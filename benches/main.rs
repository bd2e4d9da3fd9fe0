//! `make bench`: how fast imports, lists and traces are, each beside something measured in the same run.
//!
//! Noisy machines make absolute figures poor witnesses; read the ratios. `--spans N` and `--traces N` change the sizes;
//! `--keep FOLDER` leaves the databases there to be looked at; `--only import|queries|open|align|search|feed|otlp|large` runs one part; `--seconds N` is
//! how long a flood lasts. `--large MB` measures the memory of imports of one large file alone, with files of that size.

// A benchmark that can't run should stop.
#![allow(clippy::expect_used, clippy::panic)]

mod align;
mod detection;
#[cfg(unix)]
mod feed;
mod find;
mod floor;
mod large;
mod memory;
mod open;
mod otlp;
mod search;

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

const SPANS_PER_TRACE: usize = 20;
/// The size of the large files, unless it is said.
const LARGE_MEGABYTES: u64 = 1_024;

fn main() {
    let spans = argument("--spans").unwrap_or(200_000);
    let traces = argument("--traces").unwrap_or(50_000);
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = argument::<PathBuf>("--keep").unwrap_or(temporary.path().to_owned());
    if let Some(megabytes) = argument("--large") {
        match argument("--large-file") {
            Some(index) => large::import(&folder, index, megabytes),
            None => large::imports(&folder, megabytes),
        }
        return;
    }
    let only = argument::<String>("--only");
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("import") {
        import(&folder, spans);
    }
    if wanted("queries") {
        queries(&folder, traces);
    }
    if wanted("open") {
        open::open(&folder);
    }
    if wanted("align") {
        align::align_runs();
    }
    if wanted("search") {
        search::search(&folder, traces);
    }
    #[cfg(unix)]
    if wanted("feed") {
        feed::flood(&folder, argument("--seconds").unwrap_or(60), 2_000);
    }
    if wanted("otlp") {
        otlp::flood(&folder, 200);
    }
    if wanted("large") {
        large::imports(&folder, LARGE_MEGABYTES);
    }
}

fn argument<T: FromStr>(name: &str) -> Option<T> {
    let mut arguments = std::env::args().skip_while(|argument| argument != name).skip(1);
    arguments.next()?.parse().ok()
}

/// Import of a JSON-lines file, against the bare parse-and-insert of the same rows.
fn import(folder: &Path, spans: usize) {
    let file = folder.join("runs.jsonl");
    let runs = AgentRuns {
        traces: spans / SPANS_PER_TRACE,
        spans_per_trace: SPANS_PER_TRACE,
        text_bytes: 2_000,
        sends_history: true,
        chinese_percent: 0,
        seed: 1,
    };
    let file_bytes = generate(&file, runs);
    println!(
        "import of {spans} spans, {:.0} MB of OTLP JSON lines, 2 KB of text a span",
        file_bytes as f64 / 1e6
    );

    // Each way in turn, three times, so that a noisy moment does not fall on one of them alone.
    let mut floor_best = Duration::MAX;
    let mut ours_best = Duration::MAX;
    let mut first_trace = Duration::MAX;
    let mut store_bytes = 0;
    let mut peak_bytes = 0;
    let mut detection_best = Duration::MAX;
    let mut groups = 0;
    for round in 0..3 {
        floor_best =
            floor_best.min(floor::parse_and_insert(&file, &folder.join(format!("floor-{round}.db")), spans));
        let store = folder.join(format!("ours-{round}.db"));
        let harness = Harness::open(&store);
        let idle_bytes = memory::resident();
        let watch = memory::Watch::start();
        let (took, first) = timed_import(&harness, &file, spans);
        peak_bytes = watch.peak().saturating_sub(idle_bytes);
        ours_best = ours_best.min(took);
        first_trace = first_trace.min(first);
        let (detection, found) = detection::of_all(&harness, &store);
        detection_best = detection_best.min(detection);
        groups = found;
        drop(harness);
        store_bytes = std::fs::metadata(&store).map_or(0, |metadata| metadata.len());
    }
    let rate = |took: Duration| spans as f64 / took.as_secs_f64();
    row("floor: bare two-thread parse and insert", format!("{:.0} spans/s", rate(floor_best)));
    row("import", format!("{:.0} spans/s", rate(ours_best)));
    row("import against its floor (goal 0.9)", format!("{:.2}", rate(ours_best) / rate(floor_best)));
    let share = detection_best.as_secs_f64() / ours_best.as_secs_f64();
    row(&format!("recognising attempts ({groups} groups), of import (goal 0.05)"), format!("{share:.4}"));
    row("first traces in the list (goal 1 s)", format!("{:.0} ms", first_trace.as_secs_f64() * 1e3));
    row("disk a span (goal 700 B)", format!("{} B", store_bytes / spans as u64));
    row("disk a span, no text sent twice", format!("{} B", disk_of_new_text(folder, runs)));
    row("memory above idle while importing", format!("{:.0} MB", peak_bytes as f64 / 1e6));
}

/// Bytes on disk a span where no model call repeats what was said before: the worst case for compression.
fn disk_of_new_text(folder: &Path, runs: AgentRuns) -> u64 {
    let runs = AgentRuns { traces: runs.traces.div_ceil(5), sends_history: false, ..runs };
    let (file, store) = (folder.join("new-text.jsonl"), folder.join("new-text.db"));
    generate(&file, runs);
    Harness::open(&store).import(&[&file]);
    std::fs::metadata(&store).map_or(0, |metadata| metadata.len())
        / (runs.traces * runs.spans_per_trace) as u64
}

/// Until all is stored, and until the list has the first trace.
fn timed_import(harness: &Harness, file: &Path, spans: usize) -> (Duration, Duration) {
    let notices = harness.engine.subscribe();
    let begun = Instant::now();
    let started: ImportStatus =
        harness.call("import_start", &ImportStart { paths: vec![file.to_string_lossy().into_owned()] });
    while list(harness, "", TraceSort::Started, 1).total == 0 {
        notices.recv().expect("the engine runs");
    }
    let first = begun.elapsed();
    let ended = harness.wait(started);
    assert_eq!(ended.counts.spans_added as usize, spans, "all spans are stored: {ended:?}");
    (begun.elapsed(), first)
}

/// Lists and trees on a large store.
fn queries(folder: &Path, traces: usize) {
    let file = folder.join("many.jsonl");
    generate(
        &file,
        AgentRuns {
            traces,
            spans_per_trace: SPANS_PER_TRACE,
            text_bytes: 200,
            sends_history: true,
            chinese_percent: 0,
            seed: 2,
        },
    );
    let harness = Harness::open(folder.join("many.db"));
    harness.import(&[&file]);
    let _ = std::fs::remove_file(&file);
    generate(
        &file,
        AgentRuns {
            traces: 1,
            spans_per_trace: 10_000,
            text_bytes: 500,
            sends_history: true,
            chinese_percent: 0,
            seed: 3,
        },
    );
    harness.import(&[&file]);
    println!(
        "\nqueries at {} spans in {} traces (median, p95)",
        traces * SPANS_PER_TRACE + 10_000,
        traces + 1
    );

    timed("list page, newest first (goal 10 ms)", || drop(list(&harness, "", TraceSort::Started, 200)));
    timed("list page, slowest first", || drop(list(&harness, "", TraceSort::Duration, 200)));
    timed("list page, most tokens first", || drop(list(&harness, "", TraceSort::Tokens, 200)));
    timed("list page, failed", || drop(list(&harness, "status:failed", TraceSort::Started, 200)));
    timed("list page, slow", || drop(list(&harness, "duration:>=1500ms", TraceSort::Started, 200)));
    timed("list page, retried", || drop(list(&harness, "retries:>0", TraceSort::Started, 200)));
    timed("list page, text in name or prompt", || drop(list(&harness, "tention", TraceSort::Started, 200)));

    let small = list(&harness, "", TraceSort::Started, 1).items[0].trace_id;
    let large = list(&harness, "", TraceSort::Steps, 1).items[0].trace_id;
    timed("open a trace of 20 spans", || show(&harness, small));
    timed("open a trace of 10,000 spans (goal 50 ms)", || show(&harness, large));
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: large });
    let span_id = tree.span_id[5_000].clone();
    timed("one step with its content", || {
        drop(harness.call::<StepDetail>("step_get", &StepRef { trace_id: large, span_id: span_id.clone() }));
    });
}

/// What the page asks for to show a trace, as a host sends it.
fn show(harness: &Harness, trace_id: i64) {
    let request = format!("{{\"trace_id\":{trace_id}}}");
    for command in ["trace_get", "span_tree"] {
        engine::api::call(&harness.engine, command, &request).expect("the trace is there");
    }
}

fn list(harness: &Harness, filter: &str, sort: TraceSort, limit: u32) -> TraceList {
    harness.call(
        "trace_list",
        &TraceListRequest { filter: filter.into(), sort, descending: true, offset: 0, limit },
    )
}

fn generate(file: &Path, runs: AgentRuns) -> u64 {
    let mut out = BufWriter::with_capacity(1 << 20, File::create(file).expect("the file can be made"));
    write_otlp_json_lines(runs, &mut out).expect("the file can be written");
    drop(out);
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

fn timed(label: &str, work: impl Fn()) {
    const ROUNDS: usize = 40;
    work();
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    row(label, format!("{:.1} ms, {:.1} ms", percentile(&times, 50), percentile(&times, 95)));
}

/// Milliseconds that `share` of 100 of the sorted times stay under.
fn percentile(times: &[Duration], share: usize) -> f64 {
    let index = (times.len() * share / 100).min(times.len().saturating_sub(1));
    times.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
}

fn row(label: &str, value: String) {
    println!("  {label:<50} {value}");
}
