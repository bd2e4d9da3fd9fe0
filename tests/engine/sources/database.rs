//! TraceLLM's `traces.db`, followed while another program writes to it.

use std::path::Path;

use engine::model::{SourceKind, SourceState};
use engine::testing::Harness;
use rusqlite::Connection;

use super::followed::*;

fn kind(path: &Path) -> SourceKind {
    SourceKind::TraceLlmDatabase { path: path.to_string_lossy().into_owned() }
}

/// The database as TraceLLM makes it.
fn made(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL;
             CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt TEXT, response TEXT, latency REAL, token_count INTEGER,
               model_name TEXT, project_id TEXT, project_name TEXT, api_key TEXT, environment TEXT, status TEXT,
               retry_count INTEGER, slow_request INTEGER, failure_reason TEXT, created_at TEXT, updated_at TEXT, steps TEXT);",
        )
        .unwrap();
    connection
}

fn step(number: u32) -> String {
    format!(
        r#"{{"step_id":"s{number}","tool_name":"search","input":{{}},"output":{{}},"duration":1.0,"success":true,"timestamp":"2026-01-01T00:00:00.{number:03}Z"}}"#
    )
}

/// Stores a run with so many steps, in the place of what was there of it.
fn store(connection: &Connection, trace: u32, steps: u32, updated_s: u32) {
    let steps: Vec<String> = (0..steps).map(step).collect();
    connection
        .execute(
            "INSERT INTO traces VALUES (?1, 'question', 'answer', 50.0, 3, 'm', 'p', NULL, 'sk-x', 'test', 'success', 0, 0, NULL,
               '2026-01-01T00:00:00Z', ?2, ?3)
             ON CONFLICT (trace_id) DO UPDATE SET steps = ?3, updated_at = ?2",
            (format!("run-{trace}"), format!("2026-01-01T00:{:02}:{:02}Z", updated_s / 60, updated_s % 60), format!("[{}]", steps.join(","))),
        )
        .unwrap();
}

#[test]
fn rows_that_come_and_change_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, kind(&path));
    wait_for_state(&harness, &source, SourceState::Retrying);
    let connection = made(&path);
    for trace in 0..300 {
        store(&connection, trace, 1, trace);
    }
    wait_for_traces(&harness, 300);
    wait_for_state(&harness, &source, SourceState::Listening);
    store(&connection, 300, 2, 300);
    wait_for_steps(&harness, 302);
    store(&connection, 7, 3, 301);
    wait_for_steps(&harness, 304);
    // A change that does not say when it was made is found too.
    store(&connection, 9, 2, 9);
    wait_for_steps(&harness, 305);
    assert_eq!(status(&harness, &source).problems, 0);
}

#[test]
fn its_writer_is_never_locked_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let connection = made(&path);
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    let harness = started(&folder.path().join("store.db"));
    follow(&harness, kind(&path));
    for trace in 0..400 {
        // Fails at once if anything stood in its way.
        store(&connection, trace, 1, trace);
    }
    wait_for_traces(&harness, 400);
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); VACUUM;").unwrap();
    store(&connection, 400, 1, 400);
    wait_for_traces(&harness, 401);
}

#[test]
fn a_database_that_is_replaced_or_locked_is_followed_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = started(&folder.path().join("store.db"));
    let connection = made(&path);
    store(&connection, 0, 1, 0);
    let source = follow(&harness, kind(&path));
    wait_for_traces(&harness, 1);
    drop(connection);
    std::fs::remove_file(&path).unwrap();
    wait_for_state(&harness, &source, SourceState::Retrying);
    let connection = made(&path);
    store(&connection, 1, 1, 1);
    wait_for_traces(&harness, 2);
    wait_for_state(&harness, &source, SourceState::Listening);
    drop(connection);

    let aside = folder.path().join("aside.db");
    let connection = made(&aside);
    store(&connection, 2, 1, 2);
    connection.execute_batch("PRAGMA journal_mode = DELETE").unwrap();
    drop(connection);
    std::fs::rename(&aside, &path).unwrap();
    wait_for_traces(&harness, 3);
}

#[test]
fn a_restart_reads_nothing_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, store_path) = (folder.path().join("traces.db"), folder.path().join("store.db"));
    let connection = made(&path);
    for trace in 0..20 {
        store(&connection, trace, 1, trace);
    }
    let first = started(&store_path);
    let source = follow(&first, kind(&path));
    wait_for_traces(&first, 20);
    wait_for_state(&first, &source, SourceState::Listening);
    first.engine.close();
    drop(first);
    let second = Harness::open(&store_path);
    engine::api::start_sources(&second.engine).unwrap();
    wait_for_state(&second, &source, SourceState::Listening);
    assert_eq!(status(&second, &source).bytes, 0);
    store(&connection, 20, 1, 20);
    wait_for_traces(&second, 21);
}

#[test]
fn another_database_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.db");
    Connection::open(&path).unwrap().execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, kind(&path));
    let status = wait_for_state(&harness, &source, SourceState::Retrying);
    assert!(status.message.unwrap().contains("notes"));
}
