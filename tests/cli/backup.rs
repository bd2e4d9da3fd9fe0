//! `tracex backup` and `tracex restore`.

use serde_json::json;

use crate::program::{Program, json_lines, trace};

fn keys(program: &Program) -> Vec<String> {
    let listed = program.stdout(&["list", "--json", "--sort", "name"]);
    json_lines(&listed).iter().map(|trace| trace["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_backup_is_written_checked_and_restored() {
    let program = Program::new();
    let ran = program.run(["backup", "backup.db"]);
    assert_eq!(ran.code, Some(1), "there is nothing to back up: {ran:?}");
    program.import(&json!([trace("t-1", "first")]));
    let ran = program.run(["backup", "backup.db"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("1 trace in backup.db") && ran.stderr.contains("checked"), "{}", ran.stderr);
    let again = program.run(["backup", "backup.db"]);
    assert_eq!(again.code, Some(2), "it is not written over unasked: {again:?}");
    assert_eq!(program.run(["backup", "--replace", "backup.db"]).code, Some(0));
    let over = program.run(["backup", "--replace", "traces.db"]);
    assert_eq!(over.code, Some(2), "never over the store itself: {over:?}");

    program.import(&json!([trace("t-2", "second")]));
    assert_eq!(keys(&program), ["t-1", "t-2"]);
    let said = program.stdout(&["restore", "--check", "backup.db"]);
    assert!(said.contains("The backup: 1 trace with 3 steps, the newest of 2026-03-01"), "{said}");
    assert!(said.contains("The store: 2 traces with 6 steps"), "{said}");
    assert_eq!(keys(&program), ["t-1", "t-2"], "looking changes nothing");

    let ran = program.run(["restore", "backup.db"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("1 trace now in") && ran.stderr.contains("kept as"), "{}", ran.stderr);
    assert_eq!(keys(&program), ["t-1"]);
    let kept: Vec<String> = std::fs::read_dir(program.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".replaced-"))
        .collect();
    assert_eq!(kept.len(), 1, "{kept:?}");
    let before = program.stdout(&["--db", &kept[0], "list", "--json"]);
    assert_eq!(json_lines(&before).len(), 2);
}

#[test]
fn what_is_no_backup_is_refused_and_the_store_stays() {
    let program = Program::new();
    program.import(&json!([trace("t-1", "first")]));
    program.file("notes.txt", "not a database");
    for file in ["notes.txt", "none.db", "traces.db"] {
        let ran = program.run(["restore", file]);
        assert!(ran.code != Some(0) && !ran.stderr.is_empty(), "{file}: {ran:?}");
    }
    assert_eq!(keys(&program), ["t-1"]);
}

#[test]
fn a_damaged_backup_is_restored_only_with_a_word() {
    let program = Program::new();
    program.import(&json!([trace("t-1", "first")]));
    assert_eq!(program.run(["backup", "backup.db"]).code, Some(0));
    let backup = program.folder.path().join("backup.db");
    let connection = rusqlite::Connection::open(backup).unwrap();
    connection.execute("UPDATE payload_block SET data = x'00'", []).unwrap();
    drop(connection);
    let checked = program.run(["restore", "--check", "backup.db"]);
    assert_eq!(checked.code, Some(1), "no script takes it for sound: {checked:?}");
    let said = &checked.stdout;
    assert!(said.contains("is not as it was") && said.contains("One trace is damaged"), "{said}");
    let refused = program.run(["restore", "backup.db"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.stderr.contains("One trace is damaged"), "{}", refused.stderr);
    assert!(refused.stderr.contains("--damaged"), "it says what to do: {}", refused.stderr);
    let imported = program.run(["import", "backup.db"]);
    assert_eq!(imported.code, Some(1), "{imported:?}");
    assert!(imported.stderr.contains("Nothing of it was imported"), "{}", imported.stderr);
    let restored = program.run(["restore", "--damaged", "backup.db"]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    assert!(restored.stderr.contains("One trace is damaged"), "it is said again: {}", restored.stderr);
    let exported = program.run(["export", "--filter", "", "-o", "out.jsonl"]);
    assert_eq!(exported.code, Some(0), "{exported:?}");
    assert!(exported.stderr.contains("damaged in the store"), "{}", exported.stderr);
}
