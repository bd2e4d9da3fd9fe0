//! Folders: what is read in them, and what is said of the rest.

use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;

const TRACE: &str = r#"{"trace_id":"t1","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[]}"#;

fn import(folder: &Path) -> ImportStatus {
    let store = tempfile::tempdir().unwrap();
    Harness::open(store.path().join("traces.db")).import(&[folder])
}

fn message<'s>(status: &'s ImportStatus, name: &str) -> &'s str {
    let file = status.files.iter().find(|file| file.path.ends_with(name));
    file.unwrap_or_else(|| panic!("{name} is named: {status:?}")).message.as_deref().unwrap_or_default()
}

#[cfg(unix)]
#[test]
fn links_to_files_within_are_followed_and_those_that_lead_out_or_to_folders_named() {
    let folder = tempfile::tempdir().unwrap();
    let exports = folder.path().join("exports");
    std::fs::create_dir(&exports).unwrap();
    std::fs::write(folder.path().join("elsewhere.json"), TRACE).unwrap();
    std::os::unix::fs::symlink(folder.path().join("elsewhere.json"), exports.join("out.json")).unwrap();
    std::fs::create_dir(exports.join(".kept")).unwrap();
    std::fs::write(exports.join(".kept/inside.json"), TRACE).unwrap();
    std::os::unix::fs::symlink(".kept/inside.json", exports.join("link.json")).unwrap();
    std::os::unix::fs::symlink(&exports, exports.join("ring")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("gone"), exports.join("broken")).unwrap();
    let status = import(&exports);
    assert_eq!(status.counts.traces, 1, "{status:?}");
    assert!(message(&status, "out.json").contains("leads out of the folder"), "{status:?}");
    assert!(message(&status, "ring").contains("link to a folder"));
    assert!(message(&status, "broken").contains("leads nowhere"));
}

#[test]
fn what_lies_too_deep_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut deep = folder.path().to_owned();
    for _ in 0..40 {
        deep.push("d");
    }
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::write(deep.join("a.json"), TRACE).unwrap();
    let status = import(folder.path());
    assert_eq!(status.counts.traces, 0);
    assert!(message(&status, "/d/d").contains("folders deep"), "{status:?}");
}

#[test]
fn a_folder_with_nothing_to_read_says_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let status = import(folder.path());
    assert_eq!(status.state, ImportState::Failed);
    assert!(status.files[0].message.as_deref().unwrap().contains("empty"), "{status:?}");
    std::fs::write(folder.path().join(".a.json"), TRACE).unwrap();
    std::fs::write(folder.path().join(".b.json"), TRACE).unwrap();
    let status = import(folder.path());
    assert!(status.files[0].message.as_deref().unwrap().contains("2 hidden files"), "{status:?}");
}
