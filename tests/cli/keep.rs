//! `tracex export`, `tracex tag`, `tracex delete`.

use serde_json::json;

use crate::program::{Program, json_lines, trace};

fn two_traces() -> Program {
    let program = Program::new();
    program.import(&json!([trace("t-1", "first"), trace("t-2", "second")]));
    program
}

fn keys(program: &Program) -> Vec<String> {
    let listed = program.stdout(&["list", "--json", "--sort", "name"]);
    json_lines(&listed).iter().map(|trace| trace["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn an_export_is_imported_again_as_the_same_traces() {
    let program = two_traces();
    let ran = program.run(["export", "--filter", "key:t-2", "-o", "out.jsonl"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("1 trace with 3 steps exported"), "{}", ran.stderr);
    let lines = json_lines(&std::fs::read_to_string(program.folder.path().join("out.jsonl")).unwrap());
    let types: Vec<&str> = lines.iter().map(|line| line["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        ["explorer.export", "explorer.trace", "explorer.span", "explorer.span", "explorer.span"]
    );

    let other = Program::new();
    let file = program.folder.path().join("out.jsonl");
    other.stdout(&["import", file.to_str().unwrap()]);
    assert_eq!(keys(&other), ["t-2"]);
    let shown = |program: &Program| {
        let text = program.stdout(&["show", "t-2", "--json"]);
        json_lines(&text)[1..].to_vec()
    };
    assert_eq!(shown(&other), shown(&program));
    // Onto the standard output, the same.
    assert_eq!(json_lines(&other.stdout(&["export", "t-2", "-o", "-"]))[1..], lines[1..]);
}

#[test]
fn an_export_that_fails_leaves_what_was_there() {
    let program = two_traces();
    let file = program.file("out.jsonl", "mine");
    let ran = program.run(["export", "--filter", "key:nothing", "-o", "out.jsonl", "--replace"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(std::fs::read_to_string(file).unwrap(), "mine");
    assert_eq!(
        std::fs::read_dir(program.folder.path())
            .unwrap()
            .filter(|entry| { entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part") })
            .count(),
        0
    );
    assert_eq!(program.run(["export", "-o", "out.jsonl"]).code, Some(2), "it must be said which");
}

#[test]
fn traces_are_tagged_and_deleted() {
    let program = two_traces();
    program.stdout(&["tag", "--add", "nightly", "--add", "beta", "t-1"]);
    program.stdout(&["tag", "--remove", "beta", "--filter", ""]);
    let listed = json_lines(&program.stdout(&["list", "--json", "--sort", "name"]));
    assert_eq!((&listed[0]["tags"], &listed[1]["tags"]), (&json!(["nightly"]), &json!([])));
    program.stdout(&["delete", "t-1"]);
    assert_eq!(keys(&program), ["t-2"]);
    assert_eq!(program.run(["show", "t-1"]).code, Some(1));
    program.stdout(&["import", "traces.json"]);
    assert_eq!(keys(&program), ["t-1", "t-2"], "importing brings it back");
}

#[test]
fn nothing_is_exported_over_a_store_or_what_is_no_ordinary_file() {
    let program = two_traces();
    let folder = program.folder.path();
    assert_eq!(program.run(["backup", "backup.db"]).code, Some(0));
    // A store that is open elsewhere has its log beside it.
    std::fs::write(folder.join("backup.db-wal"), "").unwrap();
    let mut places =
        vec!["traces.db", "./traces.db", "traces.db-wal", "traces.db-shm", "backup.db", "backup.db-wal", "."];
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("traces.db", folder.join("link.jsonl")).unwrap();
        symlink("backup.db", folder.join("link-to-backup")).unwrap();
        symlink("nowhere", folder.join("dangling")).unwrap();
        std::fs::hard_link(folder.join("traces.db"), folder.join("other-name.jsonl")).unwrap();
        drop(std::os::unix::net::UnixListener::bind(folder.join("socket")).unwrap());
        places.extend(["link.jsonl", "link-to-backup", "dangling", "other-name.jsonl", "socket"]);
    }
    let backup = std::fs::read(folder.join("backup.db")).unwrap();
    for place in places {
        for command in [vec!["export", "t-1", "-o", place], vec!["compare", "t-1", "t-2", "--html", place]] {
            let ran = program.run(&command);
            assert_eq!(ran.code, Some(2), "{command:?}: {ran:?}");
            assert!(ran.stderr.contains("name"), "it says what to do: {}", ran.stderr);
        }
        assert_eq!(keys(&program), ["t-1", "t-2"], "{place}");
    }
    assert_eq!(std::fs::read(folder.join("backup.db")).unwrap(), backup);
    #[cfg(unix)]
    {
        let ran = program.run(["backup", "--replace", "socket"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("no ordinary file"), "{}", ran.stderr);
        assert!(!std::fs::symlink_metadata(folder.join("socket")).unwrap().is_file());
    }
    let ran = program.run(["export", "t-1", "-o", "none/out.jsonl"]);
    assert!(ran.stderr.contains("folder is not there") && !ran.stderr.contains(".part"), "{}", ran.stderr);

    program.file("out.jsonl", "an ordinary file");
    let ran = program.run(["export", "t-1", "-o", "out.jsonl"]);
    assert_eq!(ran.code, Some(2), "it is not written over unasked: {ran:?}");
    assert!(ran.stderr.contains("out.jsonl is there already"), "{}", ran.stderr);
    assert_eq!(std::fs::read_to_string(folder.join("out.jsonl")).unwrap(), "an ordinary file");
    assert_eq!(program.run(["export", "t-1", "-o", "out.jsonl", "--replace"]).code, Some(0));
    assert!(std::fs::read_to_string(folder.join("out.jsonl")).unwrap().contains("t-1"));
    std::fs::create_dir(folder.join("ff")).unwrap();
    let ran = program.run(["export", "t-1", "-o", "ff"]);
    assert!(ran.stderr.starts_with("tracex: ff is a folder"), "a name keeps its letters: {}", ran.stderr);
    let ran = program.run(["serve", "--allow", "nowhere"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("nowhere is not there"), "{}", ran.stderr);
}
