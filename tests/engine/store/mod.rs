mod backup;
mod damage;
mod open;
mod pool;
mod restore;
mod upgrade;

use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;
use rusqlite::Connection;

/// The keys of all runs.
fn keys(harness: &Harness) -> Vec<String> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Name,
        descending: false,
        offset: 0,
        limit: 1_000,
    };
    let mut keys: Vec<String> =
        harness.call::<TraceList>("trace_list", &request).items.into_iter().map(|trace| trace.key).collect();
    keys.sort();
    keys
}

/// Names of the files in a folder, without logs of databases.
fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    names
}

/// Reads a whole database as SQLite does.
fn assert_sound(path: &Path) {
    let connection = Connection::open(path).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok", "{}", path.display());
    let foreign: i64 =
        connection.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| row.get(0)).unwrap();
    assert_eq!(foreign, 0, "{}: rows that name what is not there", path.display());
}
