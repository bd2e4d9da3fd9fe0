//! Traces whose columns lag behind their spans: after a crash, or as an older version left them.

use engine::api::dto::{TraceCount, TraceMark, TraceSelection};
use engine::dto::{TraceList, TraceListRequest, TraceSort};
use engine::store;
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

#[test]
fn nothing_waits_until_they_are_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    {
        let mut text = Vec::new();
        let runs = AgentRuns {
            traces: 4_000,
            spans_per_trace: 4,
            text_bytes: 20,
            sends_history: false,
            chinese_percent: 0,
            seed: 5,
        };
        write_otlp_json_lines(runs, &mut text).unwrap();
        Harness::open(&path).import_text(String::from_utf8(text).unwrap());
    }
    let other = store::open(&path, 0).unwrap().writer;
    other.execute_batch("UPDATE trace SET stale = 1, name = ''").unwrap();
    let stale = || -> i64 {
        other.query_row("SELECT count(*) FROM trace WHERE stale = 1", [], |row| row.get(0)).unwrap()
    };
    let harness = Harness::open(&path);
    let selection = TraceSelection { trace_ids: vec![1], filter: None };
    let mark =
        TraceMark { selection, starred: Some(true), add_tags: vec![], remove_tags: vec![], note: None };
    assert_eq!(harness.call::<TraceCount>("trace_mark", &mark).traces, 1);
    assert!(stale() > 0, "what is asked for comes first");

    let notices = harness.engine.subscribe();
    while stale() > 0 {
        notices.recv().unwrap();
    }
    let request = TraceListRequest {
        filter: "name:researcher".into(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1,
    };
    assert_eq!(harness.call::<TraceList>("trace_list", &request).total, 4_000);
}

#[test]
fn digests_of_an_older_layout_are_made_anew_after_an_upgrade() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    {
        let step = r#"{"type":"step","trace_id":"r","step_id":"s","tool_name":"search","kind":"tool","input":{"q":1},"timestamp":"2026-03-01T12:00:00Z","duration":5}"#;
        Harness::open(&path).import_text(format!("{step}\n"));
    }
    let other = rusqlite::Connection::open(&path).unwrap();
    // As the version before the last change of the layout left it.
    let digest: Vec<u8> = other.query_row("SELECT data FROM trace_digest", [], |row| row.get(0)).unwrap();
    let older: Vec<u8> = std::iter::once(1).chain(digest.into_iter().skip(1)).collect();
    other.execute("UPDATE trace_digest SET data = ?1", [older]).unwrap();
    other
        .execute_batch(
            "DROP TABLE attempt_correction; DROP TABLE pairing; DROP TABLE baseline; PRAGMA user_version = 9",
        )
        .unwrap();
    drop(other);

    let harness = Harness::open(&path);
    let found = || {
        let request = TraceListRequest {
            filter: "tool:search".into(),
            sort: TraceSort::Started,
            descending: true,
            offset: 0,
            limit: 1,
        };
        harness.call::<TraceList>("trace_list", &request).total
    };
    let notices = harness.engine.subscribe();
    while found() == 0 {
        notices.recv().unwrap();
    }
    assert_eq!(found(), 1);
}
