//! Putting a backup in the place of a store.

use std::path::{Path, PathBuf};

use engine::api;
use engine::error::Code;
use engine::testing::Harness;
use rusqlite::Connection;

use super::{assert_sound, files, keys};
use crate::keep::{NOW_NS, traces};

/// A store of two runs, and a backup from when it had one.
fn store_and_backup(folder: &Path) -> (PathBuf, PathBuf) {
    let (store, backup) = (folder.join("traces.db"), folder.join("backup.db"));
    let harness = Harness::open(&store);
    harness.import_text(traces(&["early"], 2).to_string());
    api::back_up(&harness.engine, &backup, &|_| true).unwrap();
    harness.import_text(traces(&["late"], 1).to_string());
    (store, backup)
}

fn restore(backup: &Path, store: &Path) -> Result<Option<PathBuf>, engine::error::Error> {
    api::restore(backup, store, NOW_NS, false, &|_| true)
}

#[test]
fn a_backup_takes_the_place_of_the_store_and_what_was_there_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    let kept = restore(&backup, &store).unwrap().expect("there was a store");
    assert_eq!(kept.file_name().unwrap(), "traces.db.replaced-20260101-000000");
    assert_sound(&store);
    assert_eq!(keys(&Harness::open(&store)), ["early"]);
    assert_eq!(keys(&Harness::open(&kept)), ["early", "late"]);
    // And once more at the same moment: nothing that is kept is written over.
    let again = restore(&backup, &store).unwrap().unwrap();
    assert_ne!(again, kept);
    assert_eq!(keys(&Harness::open(&kept)), ["early", "late"]);
}

#[test]
fn a_backup_makes_a_store_where_there_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let (_, backup) = store_and_backup(folder.path());
    let new = folder.path().join("new/traces.db");
    assert_eq!(restore(&backup, &new).unwrap(), None);
    assert_eq!(keys(&Harness::open(&new)), ["early"]);
}

#[test]
fn a_restore_that_fails_leaves_the_store() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    let (damaged, newer, foreign) =
        (folder.path().join("damaged.db"), folder.path().join("newer.db"), folder.path().join("foreign.db"));
    let mut bytes = std::fs::read(&backup).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0x5a);
    std::fs::write(&damaged, bytes).unwrap();
    std::fs::copy(&backup, &newer).unwrap();
    Connection::open(&newer).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    std::fs::write(&foreign, "[]").unwrap();
    let empty = folder.path().join("empty.db");
    Connection::open(&empty).unwrap().execute_batch("VACUUM").unwrap();
    let before = files(folder.path());

    let code = |file: &Path| restore(file, &store).unwrap_err().code;
    assert_eq!(code(&damaged), Code::Corrupt);
    assert_eq!(code(&newer), Code::NewerStore);
    assert_eq!(code(&foreign), Code::Invalid);
    assert_eq!(code(&empty), Code::Invalid);
    assert_eq!(code(&folder.path().join("none.db")), Code::NotFound);
    assert_eq!(code(&store), Code::Invalid, "the store itself");
    for calls in 0..3 {
        let left = std::cell::Cell::new(calls);
        let stopped = api::restore(&backup, &store, NOW_NS, false, &|_| left.replace(left.get() - 1) > 0);
        assert_eq!(stopped.unwrap_err().code, Code::Cancelled, "stopped after {calls}");
    }
    {
        assert!(!api::is_store_in_use(&store));
        let open = Harness::open(&store);
        assert!(api::is_store_in_use(&store));
        let locked = restore(&backup, &store).unwrap_err();
        assert_eq!(locked.code, Code::Locked, "{locked}");
        assert_eq!(keys(&open), ["early", "late"]);
    }
    assert_eq!(files(folder.path()), before, "nothing is left lying");
    assert_eq!(keys(&Harness::open(&store)), ["early", "late"]);
}

#[test]
fn a_damaged_store_is_replaced_by_its_backup() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    let damage = b"SQLite format 3\0 and then nothing that SQLite knows".repeat(400);
    std::fs::write(&store, &damage).unwrap();
    let kept = restore(&backup, &store).unwrap().unwrap();
    assert_eq!(std::fs::read(kept).unwrap(), damage);
    assert_eq!(keys(&Harness::open(&store)), ["early"]);
}

#[test]
fn what_a_backup_holds_is_said_before() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    let held = api::verified_summary(&backup, &|_| true).unwrap();
    assert_eq!((held.traces, held.steps, held.is_older), (1, 2, false), "{held:?}");
    assert_eq!(held.bytes, std::fs::metadata(&backup).unwrap().len());
    let present = api::store_summary(&store).unwrap();
    assert_eq!(present.traces, 2);
    assert!(present.newest_unix_ms > held.newest_unix_ms, "{present:?}");
}
