//! A followed folder: what is in it, what comes and what grows is read.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use engine::dto::*;
use engine::model::{SourceKind, SourceState, TraceStatus};
use engine::testing::Harness;
use tempfile::TempDir;

use super::file::line;
use super::followed::*;
use crate::shared;

fn kind(path: &Path) -> SourceKind {
    SourceKind::Folder { path: path.to_string_lossy().into_owned() }
}

fn append(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

struct Setting {
    folder: TempDir,
    harness: Harness,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("runs")).unwrap();
        let harness = started(&folder.path().join("store.db"));
        Self { folder, harness }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join("runs").join(name)
    }

    fn follow(&self) -> SourceRef {
        follow(&self.harness, kind(&self.folder.path().join("runs")))
    }
}

#[test]
fn files_that_are_there_come_and_grow_are_read_in_folders_below_too() {
    let setting = Setting::new();
    append(&setting.at("a.jsonl"), &(line(1, 0) + &line(1, 1)));
    append(&setting.at("2026/01/02/b.jsonl"), &(line(2, 0) + &line(2, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 4);
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    append(&setting.at("2026/01/02/b.jsonl"), &line(2, 2));
    wait_for_steps(&setting.harness, 5);
    append(&setting.at("2026/01/03/c.jsonl"), &(line(3, 0) + &line(3, 1)));
    wait_for_steps(&setting.harness, 7);
    append(&setting.at("2026/01/03/c.jsonl"), &line(3, 2));
    wait_for_steps(&setting.harness, 8);
}

#[test]
fn where_the_system_tells_of_nothing_it_is_looked_for() {
    let setting = Setting::new();
    setting.harness.engine.sources().poll_files();
    append(&setting.at("a.jsonl"), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    append(&setting.at("a.jsonl"), &line(1, 2));
    wait_for_steps(&setting.harness, 3);
    append(&setting.at("below/b.jsonl"), &(line(2, 0) + &line(2, 1)));
    wait_for_steps(&setting.harness, 5);
    let message = status(&setting.harness, &source).message.unwrap();
    assert!(message.contains("looked for"), "{message}");
}

#[test]
fn five_hundred_files_are_read_and_none_of_them_again() {
    let folder = tempfile::tempdir().unwrap();
    let (store, runs) = (folder.path().join("store.db"), folder.path().join("runs"));
    for trace in 0..500 {
        append(&runs.join(format!("{}/{trace}.jsonl", trace % 7)), &(line(trace, 0) + &line(trace, 1)));
    }
    let first = started(&store);
    let source = follow(&first, kind(&runs));
    wait_for_traces(&first, 500);
    let bytes = status(&first, &source).bytes;
    first.engine.close();
    drop(first);

    let second = Harness::open(&store);
    engine::api::start_sources(&second.engine).unwrap();
    wait_for_state(&second, &source, SourceState::Listening);
    append(&runs.join("3/3.jsonl"), &line(3, 2));
    until("what is new is read", || traces(&second).iter().any(|trace| trace.steps == 3).then_some(()));
    let read = status(&second, &source).bytes;
    assert_eq!(read, line(3, 2).len() as u64, "of {bytes} bytes only what is new was read");
}

#[test]
fn a_session_with_sub_agents_is_as_an_import_of_the_folder_has_it() {
    let Some(real) = shared::file("claude-code-jsonl/d-kimuson__claude-code-viewer") else { return };
    let setting = Setting::new();
    let source = setting.follow();
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    let mut bytes = 0;
    let mut names: Vec<_> = fs::read_dir(&real).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    for path in names.iter().rev().filter(|path| path.is_file()) {
        let text = fs::read_to_string(path).unwrap();
        bytes += text.len() as u64;
        append(&setting.at(&path.file_name().unwrap().to_string_lossy()), &text);
    }
    until("all is read", || (status(&setting.harness, &source).bytes >= bytes).then_some(()));
    turn_off_and_wait(&setting.harness, &source);
    assert_same(&told(&setting.harness), &imported(&[&real]));
}

#[test]
fn what_is_no_trace_is_passed_over_and_counted() {
    let setting = Setting::new();
    append(&setting.at("notes.txt"), "nothing to see here\n");
    append(&setting.at("todos.json"), r#"[{"id":"1","content":"buy milk","status":"open"}]"#);
    append(&setting.at(".hidden.jsonl"), &(line(9, 0) + &line(9, 1)));
    append(&setting.at("a.jsonl"), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    let status = until("both are counted", || {
        let status = status(&setting.harness, &source);
        status.skipped.as_deref().is_some_and(|skipped| skipped.starts_with("2 files")).then_some(status)
    });
    assert_eq!((status.problems, status.message), (0, None));
    assert_eq!(traces(&setting.harness).len(), 1);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_hostile_names_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let setting = Setting::new();
    let outside = setting.folder.path().join("outside.jsonl");
    append(&outside, &(line(7, 0) + &line(7, 1)));
    std::os::unix::fs::symlink(&outside, setting.at("link.jsonl")).unwrap();
    std::os::unix::fs::symlink(setting.folder.path(), setting.at("ring")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(setting.at("pipe.jsonl")).status().unwrap().success());
    let hostile = std::ffi::OsStr::from_bytes(b"\xff\n<img src=x>'; DROP TABLE span;--.jsonl");
    append(&setting.at("x").with_file_name(hostile), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    append(&setting.at("last.jsonl"), &(line(2, 0) + &line(2, 1)));
    wait_for_steps(&setting.harness, 4);
    assert_eq!(traces(&setting.harness).len(), 2);
}

#[test]
fn a_folder_may_go_and_come_back() {
    let setting = Setting::new();
    append(&setting.at("a.jsonl"), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    fs::remove_dir_all(setting.folder.path().join("runs")).unwrap();
    wait_for_state(&setting.harness, &source, SourceState::Retrying);
    append(&setting.at("b.jsonl"), &(line(2, 0) + &line(2, 1)));
    wait_for_steps(&setting.harness, 4);
    append(&setting.at("b.jsonl"), &line(2, 2));
    wait_for_steps(&setting.harness, 5);
    let status = wait_for_state(&setting.harness, &source, SourceState::Listening);
    assert_eq!(status.message, None);
}

#[test]
fn old_failed_runs_raise_no_alert() {
    let setting = Setting::new();
    let failed = |trace: u32| {
        (line(trace, 0) + &line(trace, 1))
            .replace(r#""name""#, r#""status":{"code":2,"message":"no"},"name""#)
    };
    append(&setting.at("old.jsonl"), &failed(1));
    let long_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3_600);
    let old = OpenOptions::new().append(true).open(setting.at("old.jsonl")).unwrap();
    old.set_modified(long_ago).unwrap();
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    append(&setting.at("new.jsonl"), &failed(2));
    until("the new run is told of", || {
        (traces(&setting.harness).iter().filter(|trace| trace.alert.is_some()).count() == 1).then_some(())
    });
    assert!(traces(&setting.harness).iter().all(|trace| trace.status == TraceStatus::Failed));
}
