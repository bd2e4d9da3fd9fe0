//! Limits of what is followed: files and lines that are too large, folders with too many files.

use std::fs;
use std::io::Write;

use engine::model::{SourceKind, SourceState};

use super::file::line;
use super::followed::*;

fn file(path: &std::path::Path) -> SourceKind {
    SourceKind::File { path: path.to_string_lossy().into_owned() }
}

fn folder(path: &std::path::Path) -> SourceKind {
    SourceKind::Folder { path: path.to_string_lossy().into_owned() }
}

#[test]
fn a_file_that_is_too_large_is_left_to_an_import() {
    let place = tempfile::tempdir().unwrap();
    let harness = started(&place.path().join("store.db"));
    let path = place.path().join("huge.json");
    // Takes no room: nothing is written in it.
    fs::File::create(&path).unwrap().set_len((8 << 30) + 1).unwrap();
    let source = follow(&harness, file(&path));
    let said = until("it says so", || status(&harness, &source).message);
    assert!(said.contains("larger than 8 GB: import it instead"), "{said}");
}

#[test]
fn a_line_that_is_too_long_is_left_out_and_those_around_it_are_read() {
    let place = tempfile::tempdir().unwrap();
    let harness = started(&place.path().join("store.db"));
    let path = place.path().join("runs.jsonl");
    let mut out = fs::File::create(&path).unwrap();
    out.write_all((line(1, 0) + &line(1, 1)).as_bytes()).unwrap();
    let source = follow(&harness, file(&path));
    wait_for_steps(&harness, 2);
    out.write_all(b"{\"type\":\"").unwrap();
    for _ in 0..65 {
        out.write_all(&[b'x'; 1 << 20]).unwrap();
    }
    out.write_all(("\"}\n".to_owned() + &line(1, 2)).as_bytes()).unwrap();
    wait_for_steps(&harness, 3);
    until("the long one is a problem", || (status(&harness, &source).problems == 1).then_some(()));
}

/// So many empty files, which take no room of their own.
fn fill(folder: &std::path::Path, count: usize) {
    let one = folder.with_extension("one");
    fs::write(&one, b"no trace").unwrap();
    for number in 0..count {
        fs::hard_link(&one, folder.join(number.to_string()))
            .or_else(|_| fs::copy(&one, folder.join(number.to_string())).map(drop))
            .unwrap();
    }
}

#[test]
fn of_too_many_files_in_a_folder_the_oldest_are_left_out_and_counted() {
    let place = tempfile::tempdir().unwrap();
    let runs = place.path().join("runs");
    fs::create_dir(&runs).unwrap();
    fill(&runs, 50_003);
    let harness = started(&place.path().join("store.db"));
    let source = follow(&harness, folder(&runs));
    let said = until("it says so", || status(&harness, &source).message);
    assert!(said.contains("3 older files are left out: 50000 are followed"), "{said}");
    turn_off(&harness, &source);
}

#[test]
fn more_changes_at_once_than_are_kept_are_all_found() {
    const FILES: usize = 10_500;
    let place = tempfile::tempdir().unwrap();
    let runs = place.path().join("runs");
    fs::create_dir(&runs).unwrap();
    let harness = started(&place.path().join("store.db"));
    let source = follow(&harness, folder(&runs));
    wait_for_state(&harness, &source, SourceState::Listening);
    fill(&runs, FILES);
    until("each was looked at", || {
        let said = status(&harness, &source).skipped.unwrap_or_default();
        said.replace(',', "").starts_with(&FILES.to_string()).then_some(())
    });
}
