//! Imports, from a file to what the commands give.

use engine::dto::*;
use engine::testing::Harness;

use crate::shared;

fn list(harness: &Harness, filter: &str) -> TraceList {
    harness.call(
        "trace_list",
        &TraceListRequest {
            filter: filter.into(),
            sort: TraceSort::Started,
            descending: true,
            offset: 0,
            limit: 1000,
        },
    )
}

#[test]
fn a_tracellm_export_is_imported_once() {
    let Some(file) = shared::file("tracellm-json/generated/D-full200.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let first = harness.import(&[&file]);
    assert_eq!(first.state, ImportState::Done, "{first:?}");
    assert_eq!((first.counts.traces, first.counts.traces_added, first.counts.spans_added), (200, 200, 1540));
    let all = list(&harness, "");
    assert_eq!(all.total, 200);

    let again = harness.import(&[&file]);
    assert_eq!((again.counts.traces_added, again.counts.spans_added, again.counts.spans_updated), (0, 0, 0));
    assert_eq!(list(&harness, "").items, all.items, "importing twice changes nothing");
}

const LINE: &str = r#"{"trace_id":"TRACE","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{"q":"x"},"output":{},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.020Z"}]}"#;

#[test]
fn pasted_text_is_imported_and_its_steps_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import_text(LINE);
    assert_eq!((status.state, status.counts.spans_added), (ImportState::Done, 1), "{status:?}");
    let trace_id = list(&harness, "").items[0].trace_id;
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
    assert!(tree.run_row, "the run is a row of its own");
    assert_eq!(tree.span_id, ["", "s1"]);
    let step: StepDetail = harness.call("step_get", &StepRef { trace_id, span_id: "s1".into() });
    assert_eq!(step.content.input, Some(serde_json::json!({ "q": "x" })));
    let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id });
    assert!(
        detail.facts.iter().any(|fact| fact.label == "Latency" && fact.value == "50 ms"),
        "{:?}",
        detail.facts
    );
}

#[test]
fn a_cancelled_import_keeps_what_was_read_and_can_be_completed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.jsonl");
    let total = 60_000;
    let text: String =
        (0..total).map(|index| LINE.replace("TRACE", &format!("trace-{index}")) + "\n").collect();
    std::fs::write(&file, text).unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let notices = harness.engine.subscribe();
    let paths = vec![file.to_string_lossy().into_owned()];
    let started: ImportStatus = harness.call("import_start", &ImportStart { paths });
    while list(&harness, "").total == 0 {
        notices.recv().unwrap();
    }
    harness.call::<ImportStatus>("import_cancel", &Harness::import_ref(&started));
    let ended = harness.wait(started);
    assert_eq!(ended.state, ImportState::Cancelled, "{ended:?}");
    let kept = list(&harness, "").total;
    assert_eq!(kept, ended.counts.traces_added, "what is said to be there is there");
    assert!(kept > 0 && kept < total, "it was stopped on the way: {kept}");
    let completed = harness.import(&[&file]);
    assert_eq!((completed.counts.traces_added, list(&harness, "").total), (total - kept, total));
}

#[test]
fn a_dismissed_import_is_forgotten_but_not_its_traces() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import_text(LINE);
    harness.call::<Nothing>("import_dismiss", &Harness::import_ref(&status));
    assert!(harness.call::<Vec<ImportStatus>>("import_list", &Nothing {}).is_empty());
    assert_eq!(list(&harness, "").total, 1);
}

#[test]
fn windows_of_the_list_meet_without_gap_or_overlap() {
    let Some(file) = shared::file("tracellm-json/generated/D-full200.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import(&[&file]);
    for sort in
        [TraceSort::Started, TraceSort::Duration, TraceSort::Tokens, TraceSort::Model, TraceSort::Cost]
    {
        for descending in [true, false] {
            let window = |offset, limit| -> Vec<TraceSummary> {
                let request = TraceListRequest { filter: String::new(), sort, descending, offset, limit };
                harness.call::<TraceList>("trace_list", &request).items
            };
            let whole = window(0, 1000);
            let parts: Vec<_> = (0..200).step_by(30).flat_map(|offset| window(offset, 30)).collect();
            assert_eq!(parts, whole, "sorted by {sort:?}, descending {descending}");
        }
    }
}

#[test]
fn a_filter_that_makes_no_sense_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let request = TraceListRequest {
        filter: "status:failed modle:x".into(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 10,
    };
    let error = harness.try_call::<TraceList>("trace_list", &request).unwrap_err();
    assert_eq!(error.code, engine::error::Code::Invalid);
    assert!(error.message.contains("model") && error.message.contains("15"), "{}", error.message);
}

#[test]
fn what_is_not_there_is_not_found() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    for error in [
        harness.try_call::<SpanTree>("span_tree", &TraceRef { trace_id: 7 }).map(drop),
        harness.try_call::<TraceDetail>("trace_get", &TraceRef { trace_id: 7 }).map(drop),
        harness.try_call::<StepDetail>("step_get", &StepRef { trace_id: 7, span_id: "s".into() }).map(drop),
        harness.try_call::<ImportStatus>("import_cancel", &ImportRef { import_id: 7 }).map(drop),
    ] {
        assert_eq!(error.unwrap_err().code, engine::error::Code::NotFound);
    }
}

#[test]
fn a_database_of_tracellm_is_read_row_by_row_with_its_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("theirs.db");
    // Held open, so that the rows are still in the write-ahead log.
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs
        .execute_batch(
            "PRAGMA journal_mode = wal;
             CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt TEXT, response TEXT, latency REAL, token_count INTEGER,
               model_name TEXT, project_id TEXT, project_name TEXT, api_key TEXT, environment TEXT, status TEXT,
               retry_count INTEGER, slow_request INTEGER, failure_reason TEXT, created_at TEXT, updated_at TEXT, steps TEXT);",
        )
        .unwrap();
    for index in 0..600 {
        theirs
            .execute(
                "INSERT INTO traces VALUES (?1, 'p', 'r', 50.0, 3, 'm', 'id', 'Project', 'tl-very-secret', 'staging', 'success',
                   0, 0, NULL, '2026-01-01T00:00:00', '2026-01-01T00:00:00.100',
                   '[{\"step_id\":\"s\",\"tool_name\":\"search\",\"input\":{},\"output\":{},\"duration\":10.0,\"success\":true,\"timestamp\":\"2026-01-01T00:00:00.020\"}]')",
                [format!("trace-{index}")],
            )
            .unwrap();
    }
    let harness = Harness::open(folder.path().join("ours.db"));
    let status = harness.import(&[&path]);
    assert_eq!(
        (status.state, status.counts.traces, status.counts.spans),
        (ImportState::Done, 600, 600),
        "{status:?}"
    );
    let trace = &list(&harness, "").items[0];
    assert_eq!((trace.project.as_deref(), trace.environment.as_deref()), (Some("Project"), Some("staging")));
    let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id: trace.trace_id });
    assert!(!serde_json::to_string(&detail).unwrap().contains("tl-very-secret"), "the key is not kept");
}

#[test]
fn two_processes_may_write_to_one_store() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    // Two engines on one file stand for the app and the command line.
    let (app, command_line) = (Harness::open(&path), Harness::open(&path));
    for (index, harness) in [&app, &command_line, &app, &command_line].into_iter().enumerate() {
        let status = harness.import_text(LINE.replace("TRACE", &format!("trace-{index}")));
        assert_eq!((status.state, status.counts.traces_added), (ImportState::Done, 1), "{status:?}");
    }
    let notices = app.engine.subscribe();
    notices.recv().unwrap();
    command_line.import_text(LINE.replace("TRACE", "one-more"));
    while !notices.recv().unwrap().many_traces {}
    assert_eq!(list(&app, "").total, 5, "the app is told of what the command line has written");
    for trace in list(&app, "").items {
        let step: StepDetail =
            app.call("step_get", &StepRef { trace_id: trace.trace_id, span_id: "s1".into() });
        assert_eq!(
            step.content.input,
            Some(serde_json::json!({ "q": "x" })),
            "each step has its own content"
        );
    }
}

#[test]
fn who_subscribes_late_is_told_that_something_may_have_changed() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(LINE);
    let first = harness.engine.subscribe().recv().unwrap();
    assert!(first.many_traces && first.imports && first.revision > 0, "{first:?}");
}

#[test]
fn the_fuller_telling_of_a_trace_stays_whatever_comes_first() {
    let Some(json) = shared::file("tracellm-json/generated/D-full200.json") else { return };
    let Some(csv) = shared::file("tracellm-csv/generated/D-full200.csv") else { return };
    let told = |files: &[&std::path::Path]| {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        for file in files {
            harness.import(&[file]);
        }
        let mut traces = list(&harness, "").items;
        traces.sort_by(|a, b| a.key.cmp(&b.key));
        traces
            .into_iter()
            .map(|trace| {
                let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id: trace.trace_id });
                (trace.key, trace.start_unix_ms, trace.total_tokens, trace.tokens_provenance, detail.content)
            })
            .collect::<Vec<_>>()
    };
    let (json_first, csv_first) = (told(&[&json, &csv]), told(&[&csv, &json]));
    for (one, other) in json_first.iter().zip(&csv_first) {
        assert_eq!(one, other);
    }
}

#[test]
fn a_secret_at_the_cut_of_a_preview_is_masked_first() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let secret = "sk-proj-Abcdefghijklmnopqrstuvwxyz0123456789";
    for lead in 200..260 {
        let prompt = format!("{} {secret}", "x".repeat(lead));
        let line = LINE
            .replace("TRACE", &format!("trace-{lead}"))
            .replace(r#""prompt":"p""#, &format!(r#""prompt":"{prompt}""#));
        harness.import_text(line);
    }
    for trace in list(&harness, "").items {
        let shown = format!("{} {}", trace.name, trace.preview.unwrap_or_default());
        assert!(!shown.contains("sk-proj-A"), "{shown}");
    }
}

/// Records of no known format: `when` is a field that no guess takes for a time.
const RECORDS: &str = r#"[{"when":1772359200,"label":"same","what":"fetch","key":"k1","time":1772350000,"name":"n"},
{"when":1772359201,"label":"same","what":"parse","key":"k2","time":1772350000,"name":"n"}]"#;

#[test]
fn a_corrected_mapping_replaces_what_was_read_by_the_guess_and_is_remembered() {
    use engine::model::{DurationUnit, FieldRole, MappedField, RecordMapping};
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("traces.db");
    let file = folder.path().join("log.json");
    std::fs::write(&file, RECORDS).unwrap();
    let harness = Harness::open(&store);
    let other = harness.import_text(LINE.replace("TRACE", "other"));
    assert_eq!(other.files[0].mapping, None, "known formats need none");
    let guessed = harness.import(&[&file]);
    let plan = guessed.files[0].mapping.clone().expect("it says how it was read");
    assert!(!plan.is_confirmed && plan.fields.iter().any(|field| field.path == ["when"]));
    let steps = |harness: &Harness| {
        let list = list(harness, "");
        let trace = list
            .items
            .iter()
            .find(|trace| trace.format == "records")
            .expect("the records are a trace")
            .clone();
        let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: trace.trace_id });
        let names: Vec<String> = tree.name.iter().map(|name| tree.strings[*name as usize].clone()).collect();
        (list.total, trace.start_unix_ms, names)
    };
    let (total, start, _) = steps(&harness);
    assert_eq!((total, start), (2, Some(1_772_350_000_000.0)));

    let field = |role, key: &str| MappedField { role, path: vec![key.to_owned()] };
    let mapping = RecordMapping {
        fields: vec![
            field(FieldRole::Start, "when"),
            field(FieldRole::Name, "what"),
            field(FieldRole::Id, "key"),
        ],
        duration_unit: DurationUnit::Milliseconds,
    };
    let path = guessed.files[0].path.clone();
    let again: Option<ImportStatus> =
        harness.call("mapping_set", &MappingSet { mapping: mapping.clone(), path: Some(path) });
    let again = harness.wait(again.expect("the file is read again"));
    assert!(again.files[0].mapping.as_ref().unwrap().is_confirmed);
    let (total, start, names) = steps(&harness);
    assert_eq!(
        (total, start),
        (2, Some(1_772_359_200_000.0)),
        "what the guess had made is gone, the other trace is not"
    );
    assert!(names.ends_with(&["fetch".to_owned(), "parse".to_owned()]), "{names:?}");
    let step: StepDetail = harness.call(
        "step_get",
        &StepRef { trace_id: list(&harness, "name:p").items[0].trace_id, span_id: "s1".into() },
    );
    assert_eq!(step.name, "search", "payloads of other traces are untouched");

    drop(harness);
    let harness = Harness::open(&store);
    let text = harness.import_text(RECORDS.replace("k1", "k3"));
    assert!(
        text.files[0].mapping.as_ref().unwrap().is_confirmed,
        "it holds for every source with these fields"
    );
    assert_eq!(list(&harness, "").total, 3);
    let uses = MappingSet { mapping, path: Some("pasted".into()) };
    let again: Option<ImportStatus> = harness.call("mapping_set", &uses);
    let again = harness.wait(again.expect("what was pasted is kept to be read again"));
    assert_eq!((again.state, again.counts.traces), (ImportState::Done, 1), "{again:?}");
    assert_eq!(list(&harness, "").total, 3, "what it gave before went, what other sources gave did not");

    for import in [text, again] {
        let _: Nothing = harness.call("import_dismiss", &Harness::import_ref(&import));
    }
    let error = harness.try_call::<Option<ImportStatus>>("mapping_set", &uses).unwrap_err();
    assert!(error.message.contains("import it once more"), "{error:?}");
}
