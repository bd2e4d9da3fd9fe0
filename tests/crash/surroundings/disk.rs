//! A disk that is full, a limit on files, a folder that can't be written.

use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;

use super::{failure, keys, refused, run, surrounded};

/// Text that no compression makes small.
fn noise(bytes: usize, seed: u64) -> String {
    let mut dice = crate::Dice(seed + 1);
    (0..bytes)
        .map(|_| char::from(b'0' + dice.roll(75) as u8))
        .map(|c| if c == '\\' { 'x' } else { c })
        .collect()
}

/// As many runs as fill a disk of some megabytes many times over.
fn many() -> String {
    (0..48).map(|index| run(&format!("large-{index}"), &noise(1 << 20, index)) + "\n").collect()
}

#[test]
fn a_full_disk_is_said_and_what_comes_when_there_is_room_is_stored() {
    let on_a_small_disk = r#"exec unshare --mount --map-root-user --propagation private sh -c '
        mount -t tmpfs -o size=24m none "$0" || exit 77; exec "$@"' "$0" "$@" || exit 77"#;
    let name = "surroundings::disk::a_full_disk_is_said_and_what_comes_when_there_is_room_is_stored";
    let Some(folder) = surrounded(name, on_a_small_disk) else { return };
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![1; 12 << 20]).unwrap();
    let harness = Harness::open(folder.join("store.db"));
    assert_eq!(harness.import_text(run("before", "x")).state, ImportState::Done);

    let said = failure(&harness.import_text(many()));
    assert!(said.contains("disk is full") && said.contains("is kept"), "{said}");
    assert!(keys(&harness).contains(&"before".to_owned()), "what was stored before is shown");

    std::fs::remove_file(&ballast).unwrap();
    let after = harness.import_text(run("after", "x"));
    assert_eq!(after.state, ImportState::Done, "{after:?}");
    drop(harness);
    let harness = Harness::open(folder.join("store.db"));
    assert!(harness.engine.notes().is_empty(), "{:?}", harness.engine.notes());
    let keys = keys(&harness);
    assert!(["before", "after"].iter().all(|key| keys.contains(&(*key).to_owned())), "{keys:?}");
}

#[test]
fn a_limit_on_the_size_of_files_is_said_and_what_was_stored_is_kept() {
    let with_a_limit = r#"trap "" XFSZ; ulimit -f 16384 || exit 77; exec "$@""#;
    let name = "surroundings::disk::a_limit_on_the_size_of_files_is_said_and_what_was_stored_is_kept";
    let Some(folder) = surrounded(name, with_a_limit) else { return };
    let harness = Harness::open(folder.join("store.db"));
    assert_eq!(harness.import_text(run("before", "x")).state, ImportState::Done);
    let said = failure(&harness.import_text(many()));
    assert!(said.contains("check the disk and its limits") && said.contains("is kept"), "{said}");
    assert!(keys(&harness).contains(&"before".to_owned()));
    let after = harness.import_text(run("after", "x"));
    assert_eq!(after.state, ImportState::Done, "what is small enough still goes in: {after:?}");
}

#[test]
fn a_folder_that_cant_be_written_is_named() {
    let read_only = r#"exec unshare --mount --map-root-user --propagation private sh -c '
        mount -t tmpfs -o ro none "$0" || exit 77; exec "$@"' "$0" "$@" || exit 77"#;
    let name = "surroundings::disk::a_folder_that_cant_be_written_is_named";
    let Some(folder) = surrounded(name, read_only) else { return };
    for store in [folder.join("store.db"), folder.join("new/store.db")] {
        let error = refused(&store);
        assert_eq!(error.code, Code::Io, "{error}");
        assert!(error.message.contains(&*folder.to_string_lossy()), "{error}");
    }
}
