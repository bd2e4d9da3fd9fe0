//! The database itself: deleted or replaced underneath, damaged while it is open, held by another program.

use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use rusqlite::Connection;

use super::{failure, keys, refused, run};

fn star(harness: &Harness) -> Result<TraceCount, ApiError> {
    let selection = TraceSelection { trace_ids: Vec::new(), filter: Some(String::new()) };
    harness.try_call("trace_mark", &TraceMark { selection, starred: Some(true), ..TraceMark::default() })
}

#[test]
fn what_is_written_to_a_deleted_database_is_not_said_to_be_stored() {
    let folder = tempfile::tempdir().unwrap();
    let (store, elsewhere) = (folder.path().join("store.db"), folder.path().join("elsewhere.db"));
    let harness = Harness::open(&store);
    harness.import_text(run("before", "x"));
    std::fs::rename(&store, &elsewhere).unwrap();

    let said = failure(&harness.import_text(run("lost", "x")));
    for what in ["nothing more is stored", "make a backup of it", "put the file back"] {
        assert!(said.contains(what), "{what}: {said}");
    }
    let said = star(&harness).unwrap_err();
    assert!(said.code == Code::Io && said.message.contains(&*store.to_string_lossy()), "{said:?}");

    // Another program has begun a new one at its place: that is not where this one writes.
    drop(Connection::open(&store).unwrap().execute_batch("CREATE TABLE theirs (x)"));
    failure(&harness.import_text(run("lost", "x")));

    std::fs::rename(&elsewhere, &store).unwrap();
    assert_eq!(harness.import_text(run("after", "x")).state, ImportState::Done);
    drop(harness);
    assert_eq!(keys(&Harness::open(&store)), ["after", "before"]);
}

#[test]
fn what_a_person_changes_does_not_wait_for_ever_for_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let harness = Harness::open(&store);
    harness.import_text(run("before", "x"));
    let theirs = Connection::open(&store).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    let said = star(&harness).unwrap_err();
    assert!(said.code == Code::Locked && said.message.contains("another program"), "{said:?}");
    assert_eq!(keys(&harness), ["before"], "reading goes on");
    theirs.execute_batch("ROLLBACK").unwrap();
    assert_eq!(star(&harness).unwrap().traces, 1);
}

#[test]
fn a_database_that_another_program_holds_for_itself_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    drop(Harness::open(&store));
    let theirs = Connection::open(&store).unwrap();
    theirs
        .execute_batch("PRAGMA locking_mode = exclusive; BEGIN IMMEDIATE; CREATE TABLE t (x); COMMIT")
        .unwrap();
    let error = refused(&store);
    assert_eq!(error.code, Code::Locked, "{error}");
    let says = |what: &str| error.message.contains(what);
    assert!(says(&store.to_string_lossy()) && says("close it"), "{error}");
}

#[test]
fn damage_that_shows_later_is_said_and_the_rest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let harness = Harness::open(&store);
    harness.import_text(run("whole", "x"));
    harness.import_text(run("damaged", "y"));
    drop(harness);
    let connection = Connection::open(&store).unwrap();
    connection
        .execute_batch("UPDATE payload_block SET data = x'00' WHERE id = (SELECT max(id) FROM payload_block)")
        .unwrap();
    drop(connection);

    let harness = Harness::open(&store);
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: false,
        offset: 0,
        limit: 10,
    };
    let list: TraceList = harness.call("trace_list", &request);
    for trace in &list.items {
        let step = StepRef { trace_id: trace.trace_id, span_id: "s1".into() };
        let read = harness.try_call::<StepDetail>("step_get", &step);
        match trace.key.as_str() {
            "whole" => assert_eq!(read.unwrap().raw["output"]["text"], "x"),
            _ => assert_eq!(read.unwrap_err().code, Code::Corrupt),
        }
    }
    assert_eq!(list.items.len(), 2);
}
