//! Stores as older versions left them.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

/// The version that notes which texts are not in the index yet.
const FIRST_WITH_PENDING_TEXTS: usize = 5;

fn steps() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let mut steps: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    steps.sort();
    steps
}

/// How many versions there are; the last is the present one.
pub fn versions() -> usize {
    steps().len()
}

/// Makes a store of `version` at `path` that holds what the one of the present version does, as far as it has the columns.
pub fn write(present: &Path, version: usize, path: &Path) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "page_size", 16_384).unwrap();
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).unwrap();
    for step in &steps()[..version] {
        connection.execute_batch(&std::fs::read_to_string(step).unwrap()).unwrap();
    }
    connection.pragma_update(None, "user_version", version as i64).unwrap();
    connection.execute("ATTACH ?1 AS present", [present.to_string_lossy()]).unwrap();
    let names = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for table in
        names("SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    {
        let columns = names(&format!(
            "SELECT old.name FROM pragma_table_info('{table}', 'main') AS old
             JOIN pragma_table_info('{table}', 'present') AS new USING (name)"
        ))
        .join(", ");
        let copy = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM present.{table}");
        connection.execute_batch(&copy).unwrap();
    }
    if version == FIRST_WITH_PENDING_TEXTS {
        // The index came one version later: nothing was in it.
        connection.execute("UPDATE main.trace SET text_pending = 1", []).unwrap();
    }
}
