//! `tracex import`: what it reports, where, and with which exit code.

use std::io::Write;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Program, json_lines, real_files, trace};

#[test]
fn a_file_is_reported_in_a_table_and_as_json() {
    let program = Program::new();
    program.file("run.json", json!([trace("t-1", "hello"), trace("t-2", "bye")]).to_string());
    let first = json_lines(&program.stdout(&["import", "--json", "run.json"]));
    assert_eq!(first.len(), 1);
    let expected = [
        ("state", json!("done")),
        ("format", json!("tracellm")),
        ("traces", json!(2)),
        ("spans", json!(6)),
        ("traces_added", json!(2)),
        ("spans_added", json!(6)),
        ("spans_updated", json!(0)),
        ("spans_unchanged", json!(0)),
        ("errors", json!(2)),
        ("retries", json!(2)),
        ("tokens", json!(2468)),
        ("problem_count", json!(0)),
        ("problems", json!([])),
        ("message", Value::Null),
    ];
    for (key, value) in expected {
        assert_eq!(first[0][key], value, "{key} of {}", first[0]);
    }
    assert!(first[0]["path"].as_str().unwrap().ends_with("/run.json"));

    let again = program.run(["import", "run.json"]);
    assert_eq!(again.code, Some(0));
    let words: Vec<&str> = again.stdout.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(words[..9], ["done", "tracellm", "2", "6", "0", "0", "6", "2", "2"], "nothing is added twice");
    assert_eq!(program.stdout(&["list", "--json"]).lines().count(), 2);
}

#[test]
fn what_cannot_be_read_is_said_and_the_rest_is_read() {
    let program = Program::new();
    program.file("good.json", json!([trace("t-1", "hello")]).to_string());
    program.file("prose.txt", "Dear diary, nothing was traced today.");
    program.file("cut.jsonl", format!("{}\n{{\"trace_id\": \"t-9\", \"ste", trace("t-2", "whole")));
    let ran = program.run(["import", "--json", "good.json", "prose.txt", "cut.jsonl", "missing.json"]);
    assert_eq!(ran.code, Some(1), "some file failed: {ran:?}");
    let files = json_lines(&ran.stdout);
    let file = |name: &str| {
        let named = |file: &&Value| file["path"].as_str().unwrap().ends_with(name);
        files.iter().find(named).unwrap_or_else(|| panic!("{name} is among {files:?}"))
    };
    assert_eq!((&file("good.json")["state"], &file("good.json")["traces"]), (&json!("done"), &json!(1)));
    for failed in ["prose.txt", "missing.json"] {
        assert_eq!(file(failed)["state"], "failed");
        assert!(
            file(failed)["message"].as_str().is_some_and(|message| message.len() > 10),
            "{}",
            file(failed)
        );
    }
    let cut = file("cut.jsonl");
    assert_eq!((&cut["state"], &cut["spans"]), (&json!("done"), &json!(3)), "the whole line is kept: {cut}");
    assert_eq!(cut["problems"][0]["line"], 2);
    assert!(cut["problems"][0]["byte"].as_u64().unwrap() > 100);

    let text = program.run(["import", "prose.txt", "cut.jsonl"]);
    assert_eq!(text.code, Some(1));
    assert!(
        text.stderr.contains("prose.txt: ") && text.stderr.contains("cut.jsonl: line 2: "),
        "{}",
        text.stderr
    );
    assert!(!text.stdout.contains("line 2"), "the table alone is on stdout: {}", text.stdout);
}

#[test]
fn an_empty_folder_is_no_success() {
    let program = Program::new();
    std::fs::create_dir(program.folder.path().join("empty")).unwrap();
    let ran = program.run(["import", "empty"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("no file"), "{}", ran.stderr);
}

#[test]
fn a_database_elsewhere_is_used_if_named() {
    let program = Program::new();
    program.file("run.json", trace("t-1", "hello").to_string());
    program.stdout(&["import", "--db", "other.db", "run.json"]);
    assert_eq!(program.stdout(&["list", "--json"]), "", "the usual database stays empty");
    assert_eq!(program.stdout(&["--db", "other.db", "list", "--json"]).lines().count(), 1);
}

#[test]
fn a_database_whose_name_is_mistyped_is_not_made() {
    let program = Program::new();
    for args in
        [&["list"][..], &["show", "1"], &["compare", "1", "2"], &["export", "1", "-o", "-"], &["delete", "1"]]
    {
        let mut all = vec!["--db", "mistyped.db"];
        all.extend(args);
        let ran = program.run(&all);
        assert_eq!(ran.code, Some(1), "{args:?}");
        assert!(ran.stderr.contains("There is no database at mistyped.db."), "{args:?}: {}", ran.stderr);
    }
    assert!(!program.folder.path().join("mistyped.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_not_overwritten() {
    let program = Program::new();
    let notes = program.file("notes.txt", "my notes\n".repeat(1_000));
    let before = std::fs::read(&notes).unwrap();
    program.run(["list", "--db", "notes.txt"]);
    let kept =
        program.folder.path().read_dir().unwrap().flatten().any(|entry| {
            entry.file_type().unwrap().is_file() && std::fs::read(entry.path()).unwrap() == before
        });
    assert!(kept, "what was there is still there, in place or set aside");
}

#[test]
fn real_exports_have_their_counts() {
    let Some(data) = real_files() else { return };
    let program = Program::new();
    for (file, traces, steps) in [
        ("tracellm-json/generated/D-full200.json", 200, 1_540),
        ("tracellm-json/avikcodes__traceLLM/traces-20260529-014218.json", 24, 132),
    ] {
        let lines = json_lines(&program.stdout(&["import", "--json", &data.join(file).to_string_lossy()]));
        assert_eq!((&lines[0]["traces"], &lines[0]["spans"]), (&json!(traces), &json!(steps)), "{file}");
    }
    assert_eq!(program.stdout(&["list", "--json", "--limit", "0"]).lines().count(), 224);
}

#[test]
fn a_terminal_sees_progress_and_colours_unless_it_wants_none() {
    let program = Program::new();
    program.file("run.json", trace("t-1", "hello").to_string());
    let Some(ran) = program.run_on_terminal("import run.json", &[]) else { return };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("\x1b[32mdone\x1b[0m"), "{:?}", ran.stdout);
    let plain = program.run_on_terminal("list", &[("NO_COLOR", "1")]).unwrap();
    assert!(plain.stdout.contains("hello") && !plain.stdout.contains('\x1b'), "{:?}", plain.stdout);
    let dumb = program.run_on_terminal("list", &[("TERM", "dumb")]).unwrap();
    assert!(!dumb.stdout.contains('\x1b'), "{:?}", dumb.stdout);
    assert!(!program.stdout(&["list"]).contains('\x1b'), "a pipe gets no colours");
}

#[cfg(unix)]
#[test]
fn an_interrupted_import_keeps_what_was_read() {
    let program = Program::new();
    let one = trace("t-0", &"a long prompt ".repeat(40)).to_string();
    let lines: Vec<String> = (0..60_000).map(|number| one.replace("t-0", &format!("t-{number}"))).collect();
    program.file("many.jsonl", lines.join("\n"));
    program.stdout(&["list"]);
    let mut command = program.command();
    let mut child =
        command.args(["import", "many.jsonl"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let written = || {
        let ran = program.run(["list", "--json", "--limit", "1"]);
        ran.code == Some(0) && !ran.stdout.is_empty()
    };
    while !written() {
        assert!(child.try_wait().unwrap().is_none(), "the import takes long enough to be interrupted");
    }
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let ran: crate::program::Ran = child.wait_with_output().unwrap().into();
    assert_eq!(ran.code, Some(130), "{ran:?}");
    assert!(ran.stdout.contains("cancelled") && ran.stderr.contains("is kept"), "{ran:?}");
    let kept = program.stdout(&["list", "--json", "--limit", "0"]).lines().count();
    assert!(kept > 0 && kept < 60_000, "some of it is kept: {kept}");
    program.stdout(&["show", "t-0"]);
}

/// Runs `tracex` with this on its standard input.
fn run_with_input(program: &Program, args: &[&str], input: &[u8]) -> crate::program::Ran {
    let mut command = program.command();
    let mut child = command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Not all of it may be wanted.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap().into()
}

#[test]
fn what_comes_on_the_standard_input_is_read() {
    let program = Program::new();
    let ran =
        run_with_input(&program, &["import", "--json", "-"], trace("t-1", "hello").to_string().as_bytes());
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let files = json_lines(&ran.stdout);
    assert_eq!((&files[0]["traces"], &files[0]["path"]), (&json!(1), &json!("standard input")));
    let ran = run_with_input(&program, &["import", "-", "run.json"], b"");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("must be alone"), "{ran:?}");
}

#[test]
fn a_packed_database_leaves_nothing_behind() {
    let program = Program::new();
    let path = program.folder.path().join("theirs.db");
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs
        .execute_batch(
            "PRAGMA journal_mode = wal;
             CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt TEXT, status TEXT, created_at TEXT, steps TEXT);
             INSERT INTO traces VALUES ('a', 'p', 'success', '2026-01-01T00:00:00', '[]');",
        )
        .unwrap();
    drop(theirs);
    let packed = std::process::Command::new("gzip").arg(&path).status();
    if !packed.is_ok_and(|status| status.success()) {
        return eprintln!("passed over: no gzip to pack with");
    }
    let room = program.folder.path().join("room");
    std::fs::create_dir(&room).unwrap();
    let ran = program.command().env("TMPDIR", &room).args(["import", "theirs.db.gz"]).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let left: Vec<_> = room.read_dir().unwrap().flatten().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn very_many_problems_are_counted_and_the_first_are_listed() {
    let program = Program::new();
    let folder = program.folder.path().join("runs");
    std::fs::create_dir(&folder).unwrap();
    let bad = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{ "traceId": "0af7651916cd43dd8448eb211c80319c" }] }] }] });
    let text = format!("{bad}\n").repeat(1_000);
    for number in 100..202 {
        std::fs::write(folder.join(format!("{number}.jsonl")), &text).unwrap();
    }
    let files = json_lines(&program.run(["import", "--json", "runs"]).stdout);
    let files: Vec<&Value> = files.iter().filter(|file| file["path"].is_string()).collect();
    assert_eq!(files.len(), 102);
    for (index, file) in files.iter().enumerate() {
        assert_eq!(file["problem_count"], 1_000, "{file}");
        // Past the first hundred thousand none is listed.
        let listed = if index < 100 { 100 } else { 0 };
        assert_eq!(file["problems"].as_array().map(Vec::len), Some(listed), "{index}: {}", file["path"]);
    }
}

#[test]
fn a_store_that_is_named_is_imported_with_all_its_traces_and_stays_as_it_is() {
    let other = Program::new();
    other.import(&json!([trace("t-1", "hello"), trace("t-2", "bye")]));
    other.stdout(&["tag", "t-1", "--add", "kept"]);
    let store = other.folder.path().join("traces.db");
    let before = other.stdout(&["list", "--json"]);

    let program = Program::new();
    program.file("run.json", json!([trace("t-3", "besides")]).to_string());
    let store = store.to_str().unwrap();
    let ran = program.run(["import", "--json", store, "run.json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .contains("is a store of TraceLLM Explorer: all its traces are imported, and it stays as it is."),
        "{}",
        ran.stderr
    );
    let files = json_lines(&ran.stdout);
    assert_eq!(files.iter().map(|file| &file["traces_added"]).collect::<Vec<_>>(), [&json!(2), &json!(1)]);
    let listed = json_lines(&program.stdout(&["list", "--json"]));
    assert_eq!(listed.len(), 3);
    let first = listed.iter().find(|trace| trace["key"] == "t-1").unwrap();
    assert_eq!(first["tags"], json!(["kept"]), "with what a person said of them");
    assert_eq!(other.stdout(&["list", "--json"]), before);

    let again = program.run(["import", store]);
    assert_eq!(again.code, Some(0), "{again:?}");
    assert_eq!(json_lines(&program.stdout(&["list", "--json"])).len(), 3, "nothing is added twice");
    let itself = program.run(["import", "traces.db"]);
    assert_eq!(itself.code, Some(2), "{itself:?}");
    assert!(itself.stderr.ends_with("tracex: This store is the one that is open.\n"), "{}", itself.stderr);
}
