//! Damaged containers, all the way into the store: each file ends, none by a defect, and what follows is read.

use std::io::{Cursor, Write};

use engine::dto::*;
use engine::testing::Harness;
use zip::write::{SimpleFileOptions, ZipWriter};

const TRACE: &str = r#"{"trace_id":"t1","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{},"output":{},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.020Z"}]}"#;

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).unwrap();
    packed.finish().unwrap()
}

fn archive(members: &[(&str, &str)], method: zip::CompressionMethod) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        archive.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn database(tables: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("some.db");
    let theirs = rusqlite::Connection::open(&path).unwrap();
    theirs.execute_batch(tables).unwrap();
    drop(theirs);
    std::fs::read(&path).unwrap()
}

fn containers() -> Vec<(&'static str, Vec<u8>)> {
    let lines = format!("{TRACE}\n").repeat(20);
    let utf_16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(lines.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    vec![
        ("gzip", gzip(lines.as_bytes())),
        ("zstd", zstd::encode_all(lines.as_bytes(), 3).unwrap()),
        ("zip", archive(&[("a.json", TRACE), ("b/c.jsonl", &lines)], zip::CompressionMethod::Deflated)),
        ("zip of zstd", archive(&[("a.json", TRACE)], zip::CompressionMethod::Zstd)),
        (
            "eval",
            archive(
                &[
                    ("header.json", r#"{"version":2,"status":"success","eval":{"task":"t","run_id":"r"}}"#),
                    ("summaries.json", r#"[{"id":1,"epoch":1,"input":"q","target":"a"}]"#),
                    ("samples/1_epoch_1.json", r#"{"id":1,"epoch":1,"input":"q","target":"a","events":[]}"#),
                ],
                zip::CompressionMethod::Zstd,
            ),
        ),
        ("utf-16", utf_16),
        (
            "tracellm database",
            database(
                "CREATE TABLE traces (trace_id TEXT PRIMARY KEY, prompt TEXT, status TEXT, created_at TEXT, steps TEXT);
                 INSERT INTO traces VALUES ('a', 'p', 'success', '2026-01-01T00:00:00', '[]');",
            ),
        ),
        (
            "langgraph database",
            database(
                "CREATE TABLE checkpoints (thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, parent_checkpoint_id TEXT,
                   type TEXT, checkpoint BLOB, metadata BLOB);
                 CREATE TABLE writes (thread_id TEXT, checkpoint_ns TEXT, checkpoint_id TEXT, task_id TEXT, idx INTEGER,
                   channel TEXT, type TEXT, value BLOB);
                 INSERT INTO checkpoints VALUES ('t', '', '1', NULL, 'json', '{\"id\":\"1\",\"ts\":\"2026-01-01T00:00:00\"}',
                   '{\"step\":0,\"source\":\"loop\"}');",
            ),
        ),
    ]
}

#[test]
fn damaged_containers_end_without_a_defect() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for (name, whole) in containers() {
        for round in 0..40 {
            let mut bytes = whole.clone();
            if round > 0 {
                for _ in 0..=roll(6) {
                    let at = roll(bytes.len());
                    match roll(4) {
                        0 => bytes.truncate(at.max(4)),
                        1 => bytes[at] = roll(256) as u8,
                        2 => bytes[at] ^= 1 << roll(8),
                        _ => {
                            let end = (at + roll(64)).min(bytes.len());
                            bytes.drain(at..end);
                        }
                    }
                    if bytes.is_empty() {
                        bytes.push(0);
                    }
                }
            }
            let path = folder.path().join(format!("{name}-{round}"));
            std::fs::write(&path, bytes).unwrap();
            files.push(path);
        }
    }
    let harness = Harness::open(folder.path().join("store.db"));
    let status = harness.import(&files.iter().map(std::path::PathBuf::as_path).collect::<Vec<_>>());
    assert_eq!(status.files_done, status.files_total);
    for file in &status.files {
        let message = file.message.as_deref().unwrap_or_default();
        assert!(!message.contains("a defect of this program"), "{}: {message}", file.path);
        if file.path.contains("-0") {
            assert_eq!(file.state, ImportState::Done, "{} is whole: {message}", file.path);
        }
    }
}
