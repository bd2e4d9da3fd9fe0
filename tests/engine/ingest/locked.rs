//! Another program holds the store: an import waits, says so, and can be stopped; those behind it too.

use engine::dto::*;
use engine::testing::Harness;

const TRACE: &str = r#"{"trace_id":"t1","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{},"output":{},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.020Z"}]}"#;

fn status(harness: &Harness, import: &ImportStatus) -> ImportStatus {
    harness.call("import_status", &Harness::import_ref(import))
}

fn start(harness: &Harness, name: &str) -> ImportStatus {
    harness.call("import_text", &ImportText { name: name.into(), text: TRACE.replace("t1", name) })
}

/// Waits until the import says that it waits.
fn wait_until_it_waits(harness: &Harness, import: &ImportStatus) {
    let notices = harness.engine.subscribe();
    let says_so = |import: &ImportStatus| {
        let message = import.files.first().and_then(|file| file.message.as_deref());
        message.is_some_and(|message| message.contains("another program"))
    };
    while !says_so(&status(harness, import)) {
        notices.recv().unwrap();
    }
}

#[test]
fn an_import_waits_for_another_program_and_those_behind_it_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();

    let first = start(&harness, "first");
    let second = start(&harness, "second");
    let stopped: ImportStatus = harness.call("import_cancel", &Harness::import_ref(&second));
    assert_eq!(stopped.state, ImportState::Cancelled, "it is stopped before its turn has come");
    let _: Nothing = harness.call("import_dismiss", &Harness::import_ref(&second));

    wait_until_it_waits(&harness, &first);
    let waiting = status(&harness, &first);
    assert_eq!(waiting.state, ImportState::Running);
    assert_eq!(waiting.files[0].format.as_deref(), Some("tracellm"), "the format is known already");
    theirs.execute_batch("ROLLBACK").unwrap();
    let done = harness.wait(first);
    assert_eq!((done.state, done.counts.spans_added), (ImportState::Done, 1), "{done:?}");
    assert!(done.files[0].message.is_none(), "{done:?}");
    assert!(done.trace_id.is_some(), "the one trace of it is named");
}

#[test]
fn an_import_that_waits_for_another_program_is_stopped_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    // Enough for many batches, each of which would wait by itself.
    let text: String =
        (0..40_000).map(|index| TRACE.replace("t1", &format!("trace-{index}")) + "\n").collect();
    let import: ImportStatus = harness.call("import_text", &ImportText { name: "many".into(), text });
    wait_until_it_waits(&harness, &import);
    let asked = std::time::Instant::now();
    let _: ImportStatus = harness.call("import_cancel", &Harness::import_ref(&import));
    let stopped = harness.wait(import);
    assert_eq!(stopped.state, ImportState::Cancelled, "it was stopped, it has not failed: {stopped:?}");
    assert!(asked.elapsed().as_secs() < 4, "it took {:?}", asked.elapsed());
    theirs.execute_batch("ROLLBACK").unwrap();
    assert_eq!(harness.import_text(TRACE).state, ImportState::Done, "the next one is written as ever");
}
