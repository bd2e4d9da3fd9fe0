//! Packed files: gzip and zstd however often, zip archives, databases inside them.

use std::io::{Cursor, Write};
use std::path::Path;

use engine::dto::*;
use engine::testing::Harness;
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
