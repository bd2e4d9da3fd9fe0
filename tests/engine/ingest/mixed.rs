//! Files that mix kinds: each document goes to the reader of its format.

use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;

const OTLP: &str = r#"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"chat","startTimeUnixNano":"1772359200000000000","endTimeUnixNano":"1772359201000000000"}]}]}]}"#;

fn fixture(path: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    std::fs::read_to_string(folder.join(path)).unwrap()
}

/// Traces and spans a format by itself gives.
fn alone(text: &str) -> (u32, u64) {
    let folder = tempfile::tempdir().unwrap();
    let status = Harness::open(folder.path().join("traces.db")).import_text(text);
    assert_eq!(status.state, ImportState::Done, "{status:?}");
    (status.counts.traces, status.counts.spans_added)
}

/// One trace of OpenTelemetry, and lines of Langfuse, LangSmith and a Claude Code session.
fn kinds() -> [String; 4] {
    [
        format!("{OTLP}\n"),
        fixture("langfuse/blob-observations.jsonl"),
        fixture("langsmith/runs.jsonl"),
        fixture("claude-code/session.jsonl"),
    ]
}

#[test]
fn lines_of_several_formats_all_open_in_any_order() {
    let mut kinds = kinds();
    let wanted = kinds
        .iter()
        .map(|text| alone(text))
        .fold((0, 0), |(traces, spans), (more, and)| (traces + more, spans + and));
    for turn in 0..4 {
        kinds.rotate_left(1);
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        let status = harness.import_text(kinds.concat());
        assert_eq!((status.counts.traces, status.counts.spans_added), wanted, "turn {turn}: {status:?}");
        assert_eq!(status.problems, 0, "turn {turn}: {status:?}");
        let message = status.files[0].message.as_deref().unwrap();
        assert!(message.contains("records of other formats"), "{message}");
        let list: TraceList = harness.call(
            "trace_list",
            &TraceListRequest {
                filter: String::new(),
                sort: TraceSort::Started,
                descending: true,
                offset: 0,
                limit: 100,
            },
        );
        let mut formats: Vec<_> = list.items.iter().map(|trace| trace.format.as_str()).collect();
        formats.sort_unstable();
        formats.dedup();
        assert_eq!(formats, ["claude-code", "langfuse", "langsmith", "otlp-json"], "each by its own name");
        let again = harness.import_text(kinds.concat()).counts;
        assert_eq!((again.traces_added, again.spans_added, again.spans_updated), (0, 0, 0));
    }
}

#[test]
fn kinds_that_alternate_keep_their_own_order() {
    let [_, _, runs, session] = kinds();
    let mut lines = String::new();
    let mut other = runs.lines();
    for line in session.lines() {
        lines.push_str(line);
        lines.push('\n');
        if let Some(run) = other.next() {
            lines.push_str(run);
            lines.push('\n');
        }
    }
    other.for_each(|run| lines.push_str(&format!("{run}\n")));
    let (runs, session) = (alone(&runs), alone(&session));
    assert_eq!(alone(&lines), (runs.0 + session.0, runs.1 + session.1));
}

#[test]
fn documents_without_newlines_and_arrays_may_mix_too() {
    let [otlp, _, runs, _] = kinds();
    let (traces, spans) = alone(&runs);
    let documents: Vec<&str> = runs.lines().chain([otlp.trim()]).collect();
    assert_eq!(alone(&documents.concat()), (traces + 1, spans + 1));
    assert_eq!(alone(&format!("[{}]", documents.join(",\n"))), (traces + 1, spans + 1));
}

#[test]
fn lines_of_nobody_before_and_between_are_problems_or_passed_over() {
    let noise = "{\"level\":\"info\",\"msg\":\"started\"}\n".repeat(40);
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import_text(format!("{noise}{OTLP}\n{noise}"));
    assert_eq!((status.state, status.counts.spans), (ImportState::Done, 1), "{status:?}");
    assert_eq!(status.files[0].format.as_deref(), Some("otlp-json"));
    assert_eq!(status.problems, 80, "each line that is none is named");
}

#[test]
fn a_large_mixed_file_is_read_in_parallel_and_loses_nothing() {
    let [_, _, runs, session] = kinds();
    let (run_traces, run_spans) = alone(&runs);
    let mut text = String::new();
    for index in 0..2_000 {
        text.push_str(&OTLP.replace("0af7651916cd43dd", &format!("{index:016x}")));
        text.push('\n');
        if index == 500 {
            text.push_str(&runs);
        }
        if let Some(line) = session.lines().nth(index / 400).filter(|_| index % 400 == 0) {
            text.push_str(line);
            text.push('\n');
        }
    }
    let (session_traces, session_spans) = alone(&session);
    assert_eq!(alone(&text), (2_000 + run_traces + session_traces, 2_000 + run_spans + session_spans));
}
