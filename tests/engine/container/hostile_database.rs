//! Databases of other programs that were made to do harm: nothing in them is run, and what can be read is read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use engine::container::database;
use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use rusqlite::Connection;
use serde_json::Value;

const COLUMNS: &str = "trace_id TEXT PRIMARY KEY, prompt TEXT, status TEXT, created_at TEXT, steps TEXT";

/// A database made by `statements`, in a folder that goes with the first value.
fn made(statements: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    Connection::open(&path).unwrap().execute_batch(statements).unwrap();
    (folder, path)
}

fn rows(path: &Path) -> Vec<Value> {
    let mut rows = database::open(path).unwrap();
    let mut all = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        all.push(serde_json::from_slice(row.frame().bytes).unwrap());
    }
    all
}

fn refusal(path: &Path) -> String {
    let error = database::open(path).map(drop).unwrap_err();
    assert_eq!(error.code, Code::UnknownFormat, "{error}");
    error.message
}

#[test]
fn only_plain_tables_are_read() {
    let one = "VALUES ('a', 'p', 'success', '2026-01-01T00:00:00', '[]')";
    let view = "CREATE TABLE other (x); CREATE VIEW traces AS
        SELECT 'a' AS trace_id, 'p' AS prompt, 'success' AS status, '[]' AS steps, zeroblob(900000000) AS bomb";
    assert!(refusal(&made(view).1).contains("the tables other"));
    let endless = "CREATE VIEW traces AS WITH RECURSIVE n(trace_id, prompt, status, steps) AS
        (SELECT 1, 1, 1, 1 UNION ALL SELECT trace_id + 1, 1, 1, 1 FROM n) SELECT * FROM n; CREATE TABLE other (x)";
    assert!(refusal(&made(endless).1).contains("holds no traces"));
    let worked_out =
        "CREATE TABLE traces (trace_id TEXT, prompt TEXT AS (zeroblob(900000000)), status TEXT, steps TEXT);
        INSERT INTO traces (trace_id, status, steps) VALUES ('a', 'success', '[]')";
    assert!(refusal(&made(worked_out).1).contains("holds no traces"));
    let virtual_one =
        "CREATE VIRTUAL TABLE traces USING rtree(trace_id, prompt, steps); CREATE TABLE other (x)";
    assert!(refusal(&made(virtual_one).1).contains("holds no traces"));

    // What is worked out beside what is stored is not asked for.
    let beside = format!(
        "CREATE TABLE traces ({COLUMNS}, bomb BLOB AS (zeroblob(900000000)), kept BLOB AS (hex(prompt)) STORED);
         INSERT INTO traces (trace_id, prompt, status, created_at, steps) {one};
         CREATE TABLE log (x); CREATE INDEX expression ON traces (length(randomblob(10) || prompt)) WHERE prompt IS NOT NULL;
         CREATE TRIGGER t AFTER INSERT ON traces BEGIN INSERT INTO log VALUES (1); END"
    )
    .replace("length(randomblob(10) || prompt)", "length(prompt)");
    let (_folder, path) = made(&beside);
    let before = std::fs::read(&path).unwrap();
    let rows = rows(&path);
    let names: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["trace_id", "prompt", "status", "created_at", "steps"]);
    let folder = tempfile::tempdir().unwrap();
    let status = Harness::open(folder.path().join("store.db")).import(&[&path]);
    assert_eq!(status.counts.traces, 1, "{status:?}");
    assert!(std::fs::read(&path).unwrap() == before, "it is as it was");
}

#[test]
fn columns_that_are_called_as_row_ids_hide_no_rows() {
    let rows_of = |columns: &str| {
        made(&format!(
            "CREATE TABLE traces ({COLUMNS}, {columns});
             WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 700)
             INSERT INTO traces (trace_id, prompt, status, steps) SELECT 'run-' || x, 'p', 'success', '[]' FROM n"
        ))
    };
    let (_folder, path) =
        rows_of("rowid INTEGER DEFAULT 5, \"_ROWID_\" TEXT, \"a\"\"b\" TEXT DEFAULT 'quoted'");
    let read = rows(&path);
    assert_eq!(read.len(), 700);
    assert_eq!(read[699]["a\"b"], "quoted");
    let (_folder, path) = rows_of("rowid INTEGER, _rowid_ INTEGER, oid INTEGER");
    assert!(refusal(&path).contains("no ids by which they could be read"));
    let without =
        made("CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt, status, steps) WITHOUT ROWID");
    assert!(refusal(&without.1).contains("no ids"));
}

#[test]
fn a_row_that_is_too_large_is_left_out_and_the_others_are_read() {
    let (_folder, path) = made(&format!(
        "CREATE TABLE traces ({COLUMNS}, more TEXT);
         INSERT INTO traces VALUES ('a', 'p', 'success', '2026-01-01T00:00:00', '[]', '');
         INSERT INTO traces VALUES ('b', zeroblob(135000000), 'success', '2026-01-01T00:00:00', '[]', '');
         INSERT INTO traces VALUES ('c', 'p', 'success', '2026-01-01T00:00:00', '[]', '');
         INSERT INTO traces VALUES ('d', zeroblob(70000000), 'success', '2026-01-01', '[]', zeroblob(70000000));
         INSERT INTO traces VALUES ('e', 'p', 'success', '2026-01-01T00:00:00', '[]', '');"
    ));
    let mut reading = database::open(&path).unwrap();
    let mut read = Vec::new();
    while let Some(row) = reading.next_row().unwrap() {
        let row: Value = serde_json::from_slice(row.frame().bytes).unwrap();
        read.push(row["trace_id"].as_str().unwrap().to_owned());
    }
    assert_eq!(read, ["a", "c", "e"]);
    let problems = reading.take_problems();
    let lines: Vec<_> = problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(lines, [Some(2), Some(4)]);
    assert!(problems[0].reason.contains("more than 128 MB"), "{problems:?}");
    let folder = tempfile::tempdir().unwrap();
    let status = Harness::open(folder.path().join("store.db")).import(&[&path]);
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 3), "{status:?}");
    assert!(status.problems >= 2, "{status:?}");
}

#[test]
fn a_search_for_the_next_row_that_takes_too_long_is_stopped() {
    let (_folder, path) = made(&format!(
        "CREATE TABLE traces ({COLUMNS});
         WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000)
         INSERT INTO traces SELECT 'run-' || x, 'p', 'success', '', '[]' FROM n"
    ));
    let mut rows = database::open(&path).unwrap().with_patience(Duration::ZERO);
    let error = rows.next_row().map(drop).unwrap_err();
    assert!(error.message.contains("30 s to find the next row"), "{error}");
}

#[test]
fn schemas_that_were_written_over_are_damage() {
    for statement in [
        "UPDATE sqlite_schema SET rootpage = 1",
        "UPDATE sqlite_schema SET rootpage = 999999",
        "UPDATE sqlite_schema SET rootpage = -1",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE traces (' || hex(zeroblob(50000)) || ')'",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE traces (x) -- ' || char(0)",
        "UPDATE sqlite_schema SET sql = 'CREATE VIRTUAL TABLE traces USING nothing_of_the_kind(trace_id)'",
        "UPDATE sqlite_schema SET type = 'view', sql = 'CREATE VIEW traces AS SELECT load_extension(''/tmp/evil.so'')'",
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE traces (trace_id, prompt AS (load_extension(''/tmp/evil.so'')), status, steps)'",
    ] {
        let (_folder, path) = made(
            "CREATE TABLE traces (trace_id, prompt, status, steps); INSERT INTO traces VALUES (1, 2, 3, 4)",
        );
        let theirs = Connection::open(&path).unwrap();
        theirs.execute_batch("PRAGMA writable_schema = on").unwrap();
        theirs.execute_batch(statement).unwrap();
        drop(theirs);
        let folder = tempfile::tempdir().unwrap();
        let status = Harness::open(folder.path().join("store.db")).import(&[&path]);
        // A table that is said to lie where the schema lies has its rows.
        assert!(status.counts.traces <= 1, "{statement}: {status:?}");
        assert!(status.state != ImportState::Failed || status.files[0].message.is_some(), "{status:?}");
    }
}
