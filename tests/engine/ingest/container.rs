//! Packed files: gzip and zstd however often, zip archives, databases inside them.

use std::io::{Cursor, Write};
use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;
use engine::wire::Shape;
use zip::write::{SimpleFileOptions, ZipWriter};

const TRACE: &str = r#"{"trace_id":"t1","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{},"output":{},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.020Z"}]}"#;

fn import(name: &str, content: &[u8]) -> ImportStatus {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    Harness::open(folder.path().join("store.db")).import(&[&file])
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

fn zipped(members: &[(&str, &[u8], zip::CompressionMethod)]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content, method) in members {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(*method)).unwrap();
        archive.write_all(content).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

const STORED: zip::CompressionMethod = zip::CompressionMethod::Stored;
const DEFLATED: zip::CompressionMethod = zip::CompressionMethod::Deflated;
const ZSTD: zip::CompressionMethod = zip::CompressionMethod::Zstd;

#[test]
fn four_packings_are_taken_off_and_a_fifth_is_refused() {
    let four = gzip(&zstd::encode_all(&gzip(&gzip(TRACE.as_bytes()))[..], 1).unwrap());
    let status = import("t.json", &four);
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 1), "{status:?}");
    let status = import("t.json", &gzip(&four));
    assert_eq!(status.state, ImportState::Failed);
    assert!(status.files[0].message.as_deref().unwrap().contains("more than 4 times"), "{status:?}");
}

#[test]
fn a_packed_database_is_unpacked_to_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs
        .execute_batch(
            "CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt TEXT, status TEXT, created_at TEXT, steps TEXT);
             INSERT INTO traces VALUES ('a', 'p', 'success', '2026-01-01T00:00:00', '[]');",
        )
        .unwrap();
    drop(theirs);
    let content = std::fs::read(&path).unwrap();
    let status = import("traces.db.gz", &gzip(&content));
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 1), "{status:?}");
    let status = import("backup.zip", &zipped(&[("traces.db", &content, DEFLATED)]));
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 1), "{status:?}");
}

#[test]
fn each_file_of_an_archive_is_read_by_itself() {
    let packed = gzip(TRACE.replace("t1", "t3").as_bytes());
    let archive = zipped(&[
        ("exports/a.json", TRACE.as_bytes(), DEFLATED),
        ("exports/b.json", TRACE.replace("t1", "t2").as_bytes(), ZSTD),
        ("../../c.json.gz", &packed, STORED),
        ("README.md", b"how these came about", STORED),
        ("__MACOSX/exports/._a.json", b"noise", STORED),
    ]);
    let status = import("all.zip", &archive);
    assert_eq!(
        (status.state, status.counts.traces, status.files_total),
        (ImportState::Done, 3, 4),
        "{status:?}"
    );
    let named = |end: &str| status.files.iter().find(|file| file.path.ends_with(end)).unwrap();
    assert_eq!(named("all.zip › exports/a.json").format.as_deref(), Some("tracellm"));
    assert_eq!(named("› ../../c.json.gz").counts.traces, 1, "a name is never a path");
    assert!(named("README.md").message.as_deref().unwrap().starts_with("left out"));
}

#[test]
fn a_damaged_archive_says_so() {
    let archive = zipped(&[("a.json", TRACE.as_bytes(), DEFLATED)]);
    let status = import("cut.zip", &archive[..archive.len() - 30]);
    assert_eq!(status.state, ImportState::Failed);
    assert!(status.files[0].message.as_deref().unwrap().contains("damaged"), "{status:?}");
}

#[test]
fn an_archive_in_an_archive_is_named() {
    let inner = zipped(&[("a.json", TRACE.as_bytes(), DEFLATED)]);
    let status = import("outer.zip", &zipped(&[("inner.zip", &inner, STORED)]));
    assert!(status.files[0].message.as_deref().unwrap().contains("zip archive inside"), "{status:?}");
    assert!(!Path::new("inner.zip").exists());
}

/// Changes two bytes of each header of the archive, at these offsets in local and central ones.
fn patched(mut archive: Vec<u8>, local: usize, central: usize, change: impl Fn(&mut [u8])) -> Vec<u8> {
    for at in 0..archive.len() - 4 {
        let offset = match &archive[at..at + 4] {
            b"PK\x03\x04" => at + local,
            b"PK\x01\x02" => at + central,
            _ => continue,
        };
        change(&mut archive[offset..offset + 2]);
    }
    archive
}

#[test]
fn what_is_encrypted_or_packed_otherwise_is_named_and_its_neighbours_are_read() {
    let members = |other: &[u8]| zipped(&[("a.json", TRACE.as_bytes(), STORED), ("b.json", other, STORED)]);
    let second = TRACE.replace("t1", "t2");
    // The first member alone: headers come in the order of the members.
    let once = |archive: Vec<u8>, local, central, change: fn(&mut [u8])| {
        let seen = std::cell::RefCell::new(0);
        patched(archive, local, central, |bytes| {
            *seen.borrow_mut() += 1;
            if matches!(*seen.borrow(), 1 | 3) {
                change(bytes);
            }
        })
    };
    for (archive, reason) in [
        (once(members(second.as_bytes()), 6, 8, |flags| flags[0] |= 1), "encrypted"),
        (once(members(second.as_bytes()), 8, 10, |method| method[0] = 12), "packed in a way"),
    ] {
        let status = import("some.zip", &archive);
        assert_eq!((status.state, status.counts.traces), (ImportState::Done, 1), "{status:?}");
        assert_eq!(status.files[0].state, ImportState::Failed);
        assert!(status.files[0].message.as_deref().unwrap().contains(reason), "{status:?}");
    }
}

#[test]
fn an_empty_archive_says_so() {
    let status = import("empty.zip", &zipped(&[]));
    assert!(status.files[0].message.as_deref().unwrap().contains("no files in it"), "{status:?}");
}

#[test]
fn all_files_of_an_archive_are_known_before_the_first_is_read() {
    let text: String =
        (0..60_000).map(|index| TRACE.replace("t1", &format!("trace-{index}")) + "\n").collect();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("two.zip");
    std::fs::write(
        &file,
        zipped(&[("a.jsonl", text.as_bytes(), DEFLATED), ("b.json", TRACE.as_bytes(), STORED)]),
    )
    .unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    let notices = harness.engine.subscribe();
    let paths = vec![file.to_string_lossy().into_owned()];
    let started: ImportStatus = harness.call("import_start", &ImportStart { paths });
    let seen: ImportStatus = loop {
        let status: ImportStatus = harness.call("import_status", &Harness::import_ref(&started));
        if status.counts.traces > 0 {
            break status;
        }
        notices.recv().unwrap();
    };
    assert_eq!((seen.state, seen.files_total), (ImportState::Running, 2), "{seen:?}");
    assert!(seen.bytes_done < seen.bytes_total, "{} of {}", seen.bytes_done, seen.bytes_total);
    harness.call::<ImportStatus>("import_cancel", &Harness::import_ref(&started));
    let ended = harness.wait(started);
    assert_eq!(ended.state, ImportState::Cancelled, "{ended:?}");
    assert!(ended.files.iter().all(|file| file.state == ImportState::Cancelled), "{ended:?}");
    assert!(ended.files[0].format.is_some(), "the format is told of what was stopped too");
}

#[test]
fn logs_of_inspect_are_one_source_each() {
    let Some(folder) = crate::shared::folder() else { return };
    let logs = folder.join("inspect-eval/UKGovernmentBEIS__inspect_ai");
    let (deflated, zstd) = (logs.join("log_streaming.eval"), logs.join("retry-2-then-success.eval"));
    for (path, samples, first) in [(deflated, 4, "version"), (zstd, 1, "version")] {
        let mut archive = engine::container::archive::open(&path).unwrap();
        let members = archive.log_members().expect("it is a log");
        let shapes: Vec<_> = members.iter().map(|(_, shape)| *shape).collect();
        let mut wanted = vec![Shape::Member("header"), Shape::Member("summaries")];
        wanted.extend(vec![Shape::Member("sample"); samples]);
        assert_eq!(shapes, wanted, "{}", path.display());
        for (index, (member, _)) in members.iter().enumerate() {
            let content = archive.read_whole(member).unwrap();
            let value: serde_json::Value = serde_json::from_slice(&content).unwrap();
            assert!(index > 0 || value.get(first).is_some(), "{}", member.name);
        }
        let store = tempfile::tempdir().unwrap();
        let status = Harness::open(store.path().join("store.db")).import(&[&path]);
        assert_eq!(status.files_total, 1, "{status:?}");
    }
    // A log that was broken off has its journal alone.
    let journal = zipped(&[
        ("_journal/start.json", b"{}", STORED),
        ("samples/1_epoch_1.json", b"{}", STORED),
        ("_journal/summaries/1.json", b"[]", STORED),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log.eval");
    std::fs::write(&path, journal).unwrap();
    let members = engine::container::archive::open(&path).unwrap().log_members().unwrap();
    let names: Vec<&str> = members.iter().map(|(member, _)| &*member.name).collect();
    assert_eq!(names, ["_journal/start.json", "_journal/summaries/1.json", "samples/1_epoch_1.json"]);
}
