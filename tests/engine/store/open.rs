//! Opening the database: new, again, newer, damaged.

use engine::dto::{AppInfo, Nothing, Settings, Theme};
use engine::error::Code;
use engine::testing::Harness;

#[test]
fn a_store_opens_in_a_folder_that_is_not_there_yet_and_keeps_its_settings() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/folder/traces.db");
    let settings =
        Settings { slow_ms: 2_000.0, slow_warning_ms: 500.0, theme: Theme::Dark, ..Settings::default() };
    {
        let harness = Harness::open(&path);
        assert_eq!(harness.call::<Settings>("settings_get", &Nothing {}), Settings::default());
        harness.call::<Settings>("settings_set", &settings);
    }
    let harness = Harness::open(&path);
    assert_eq!(harness.call::<Settings>("settings_get", &Nothing {}), settings);
    let info: AppInfo = harness.call("app_info", &Nothing {});
    assert!(info.notes.is_empty() && info.store_bytes > 0, "{info:?}");
}

#[test]
fn thresholds_that_make_no_sense_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let upside_down =
        Settings { slow_ms: 100.0, slow_warning_ms: 900.0, theme: Theme::System, ..Settings::default() };
    let error = harness.try_call::<Settings>("settings_set", &upside_down).unwrap_err();
    assert_eq!(error.code, Code::Invalid, "{error:?}");
}

#[test]
fn a_damaged_store_is_set_aside_and_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let damage = b"SQLite format 3\0 and then nothing that SQLite knows".repeat(400);
    std::fs::write(&path, &damage).unwrap();
    let harness = Harness::open(&path);
    let info: AppInfo = harness.call("app_info", &Nothing {});
    let aside: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().contains(".damaged-"))
        .collect();
    assert_eq!(aside.len(), 1, "the damaged file is kept under another name");
    assert_eq!(std::fs::read(&aside[0]).unwrap(), damage, "byte for byte");
    assert!(info.notes[0].contains(&*aside[0].to_string_lossy()), "the note names it: {:?}", info.notes);
}

#[test]
fn a_store_of_a_newer_version_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    drop(Harness::open(&path));
    rusqlite::Connection::open(&path).unwrap().pragma_update(None, "user_version", 9_999).unwrap();
    let before = std::fs::read(&path).unwrap();
    let clock = std::sync::Arc::new(engine::clock::SystemClock);
    let error =
        engine::engine::Engine::open(engine::engine::EngineOptions { store_path: path.clone(), clock })
            .err()
            .expect("it is refused");
    assert_eq!(error.code, Code::NewerStore);
    assert!(error.message.contains("update the app"), "it says what to do: {}", error.message);
    assert_eq!(std::fs::read(&path).unwrap(), before, "the file is as it was");
}

#[test]
fn a_new_store_may_be_opened_by_several_at_once() {
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("traces.db");
        std::thread::scope(|scope| {
            for index in 0..4 {
                let open = || drop(Harness::open(&path));
                std::thread::Builder::new()
                    .name(format!("opener-{index}"))
                    .spawn_scoped(scope, open)
                    .unwrap();
            }
        });
    }
}

#[test]
fn a_file_that_is_not_ours_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (export, theirs) = (folder.path().join("export.json"), folder.path().join("theirs.db"));
    std::fs::write(&export, "[]").unwrap();
    rusqlite::Connection::open(&theirs)
        .unwrap()
        .execute_batch("CREATE TABLE traces (trace_id TEXT)")
        .unwrap();
    for path in [export, theirs] {
        let before = std::fs::read(&path).unwrap();
        let clock = std::sync::Arc::new(engine::clock::SystemClock);
        let error =
            engine::engine::Engine::open(engine::engine::EngineOptions { store_path: path.clone(), clock })
                .err()
                .expect("it is refused");
        assert_eq!(error.code, Code::Invalid, "{}", error.message);
        assert_eq!(std::fs::read(&path).unwrap(), before, "the file is as it was");
    }
}
