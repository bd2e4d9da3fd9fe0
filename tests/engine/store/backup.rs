//! Backups: whole, of one moment, while the store is written to.

use std::cell::Cell;
use std::path::Path;

use engine::api;
use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;

use super::{assert_sound, files, keys};
use crate::keep::traces;

fn store(folder: &Path) -> Harness {
    let harness = Harness::open(folder.join("traces.db"));
    harness.import_text(traces(&["a", "b", "c"], 3).to_string());
    harness
}

#[test]
fn a_backup_holds_all_that_was_acknowledged_when_it_began_while_more_comes_in() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    let file = folder.path().join("backup.db");
    let calls = Cell::new(0);
    let written = api::back_up(&harness.engine, &file, &|progress| {
        // Somebody writes all along.
        let key = format!("later-{}", calls.get());
        assert_eq!(harness.import_text(traces(&[&key], 1).to_string()).counts.traces_added, 1);
        calls.set(calls.get() + 1);
        assert!(progress.done_bytes <= progress.total_bytes, "{progress:?}");
        true
    })
    .unwrap();
    assert!(calls.get() >= 2, "told of the copy and of the check");
    assert_eq!(written.bytes, std::fs::metadata(&file).unwrap().len());
    assert_sound(&file);

    let backup = Harness::open(&file);
    let there = keys(&backup);
    assert_eq!(there.len() as u64, written.traces);
    assert!(["a", "b", "c", "later-0"].iter().all(|key| there.iter().any(|each| each == key)), "{there:?}");
    assert!(keys(&harness).len() >= 3 + calls.get(), "and the store has what came meanwhile");
    let request = TraceRef { trace_id: 1 };
    assert_eq!(
        backup.call::<TraceDetail>("trace_get", &request).summary.key,
        harness.call::<TraceDetail>("trace_get", &request).summary.key
    );
    assert!(files(folder.path()).iter().all(|name| !name.contains(".part")), "{:?}", files(folder.path()));
}

#[test]
fn what_was_deleted_for_good_is_not_in_a_backup() {
    const SECRET: &str = "a text that was deleted for good";
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    harness.call::<TraceCount>(
        "trace_mark",
        &TraceMark {
            selection: TraceSelection { trace_ids: vec![1], filter: None },
            note: Some(SECRET.into()),
            ..TraceMark::default()
        },
    );
    harness.call::<TraceCount>(
        "trace_mark",
        &TraceMark {
            selection: TraceSelection { trace_ids: vec![1], filter: None },
            note: Some(String::new()),
            ..TraceMark::default()
        },
    );
    let file = folder.path().join("backup.db");
    api::back_up(&harness.engine, &file, &|_| true).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()));
}

#[test]
fn a_backup_that_is_stopped_leaves_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    let file = folder.path().join("backup.db");
    std::fs::write(&file, "mine").unwrap();
    let before = files(folder.path());
    for stage in [engine::model::CopyStage::Copying, engine::model::CopyStage::Checking] {
        let error = api::back_up(&harness.engine, &file, &|progress| progress.stage != stage).unwrap_err();
        assert_eq!(error.code, Code::Cancelled, "{stage:?}: {error}");
        assert_eq!(std::fs::read(&file).unwrap(), b"mine");
        assert_eq!(files(folder.path()), before);
    }
}

#[test]
fn a_backup_is_never_written_over_a_database_in_use() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    let refused = |file: &Path| {
        let error = api::back_up(&harness.engine, file, &|_| true).unwrap_err();
        assert_eq!(error.code, Code::Invalid, "{}: {error}", file.display());
    };
    refused(&folder.path().join("traces.db"));
    refused(&folder.path().join("traces.db-wal"));
    refused(folder.path());
    #[cfg(unix)]
    {
        let link = folder.path().join("link.db");
        std::os::unix::fs::symlink(folder.path().join("traces.db"), &link).unwrap();
        refused(&link);
    }
    let other = folder.path().join("other.db");
    let open = Harness::open(&other);
    open.import_text(traces(&["x"], 1).to_string());
    refused(&other);
    assert_eq!(keys(&open), ["x"]);
    assert_eq!(keys(&harness), ["a", "b", "c"]);
    let error =
        api::back_up(&harness.engine, &folder.path().join("no/such/folder.db"), &|_| true).unwrap_err();
    assert_eq!(error.code, Code::Io, "{error}");
}

#[test]
fn what_another_store_holds_is_imported_whatever_its_version() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("other.db");
    {
        let harness = Harness::open(&other);
        harness.import_text(traces(&["x", "y"], 2).to_string());
    }
    let older = folder.path().join("older.db");
    super::upgrade::older::write(&other, 3, &older);
    let before = std::fs::read(&older).unwrap();

    let harness = store(folder.path());
    let import = |path: &Path| {
        let request = StoreRef { path: path.to_string_lossy().into_owned() };
        harness.try_call::<ImportStatus>("store_import", &request).map(|started| harness.wait(started))
    };
    assert_eq!(import(&other).unwrap().counts.traces_added, 2);
    assert_eq!(keys(&harness), ["a", "b", "c", "x", "y"]);
    let again = import(&older).unwrap();
    assert_eq!((again.counts.traces_added, again.counts.spans_unchanged), (0, 4), "{again:?}");
    assert_eq!(std::fs::read(&older).unwrap(), before, "it stays as it was");
    assert_eq!(
        import(&folder.path().join("traces.db")).unwrap_err().code,
        Code::Invalid,
        "the one that is open"
    );
    assert_eq!(import(&folder.path().join("none.db")).unwrap_err().code, Code::NotFound);
    assert_eq!(import(Path::new("other.db")).unwrap_err().code, Code::Invalid, "no absolute path");
}

#[cfg(unix)]
#[test]
fn a_backup_rescues_a_database_that_was_deleted_while_it_was_open() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    for name in ["traces.db", "traces.db-wal", "traces.db-shm"] {
        std::fs::remove_file(folder.path().join(name)).unwrap();
    }
    let file = folder.path().join("backup.db");
    let written = api::back_up(&harness.engine, &file, &|_| true).unwrap();
    assert_eq!((written.traces, written.damage), (3, None));
    assert_sound(&file);
    assert_eq!(keys(&harness), ["a", "b", "c"], "and reading goes on");
    assert_eq!(keys(&Harness::open(&file)), ["a", "b", "c"]);
}

#[cfg(unix)]
#[test]
fn the_loss_of_the_database_is_noticed_and_said_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    let notes = || harness.call::<AppInfo>("app_info", &Nothing {}).notes;
    assert_eq!(notes(), Vec::<String>::new());
    let (path, elsewhere) = (folder.path().join("traces.db"), folder.path().join("elsewhere.db"));
    let notices = harness.engine.subscribe();
    std::fs::rename(&path, &elsewhere).unwrap();
    // Nobody writes, and nobody asks.
    while !notices.recv().unwrap().store {}
    while notes().is_empty() {
        notices.recv().unwrap();
    }
    let [note] = &notes()[..] else { panic!("one note") };
    assert!(note.contains("was deleted, moved or replaced") && note.contains("Make a backup now"), "{note}");
    std::fs::rename(&elsewhere, &path).unwrap();
    while !notes().is_empty() {
        notices.recv().unwrap();
    }
}

#[test]
fn the_size_of_a_store_counts_what_was_written_last() {
    let folder = tempfile::tempdir().unwrap();
    let harness = store(folder.path());
    let path = folder.path().join("traces.db");
    let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    let summary = api::store_summary(&path).unwrap();
    assert!(size("traces.db-wal") > 0);
    let on_disk = size("traces.db") + size("traces.db-wal");
    let storage: StorageInfo = harness.call("storage_info", &Nothing {});
    let about: AppInfo = harness.call("app_info", &Nothing {});
    assert_eq!(
        [summary.bytes, storage.database_bytes, about.store_bytes],
        [on_disk; 3],
        "one size everywhere"
    );
}
