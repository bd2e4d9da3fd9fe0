//! A process killed while agents send to it: what it acknowledged is there.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use engine::dto::*;
use engine::model::TraceStatus;
use engine::testing::Harness;
use rusqlite::Connection;
use serde_json::json;

use super::live::wait_for;

const STORE: &str = "LIVE_CRASH_TEST_STORE";
const ROUNDS: usize = 4;

/// The process that is killed: this same test binary, told by its environment where to store. Without that it has nothing to
/// do.
#[test]
fn child() {
    let Some(store) = std::env::var_os(STORE) else { return };
    let harness = Harness::open(PathBuf::from(store));
    for status in harness.call::<Vec<SourceStatus>>("source_list", &Nothing {}) {
        let enabled = status.config.id == "feed-socket";
        harness.call::<SourceRef>("source_set", &engine::model::SourceConfig { enabled, ..status.config });
    }
    engine::api::start_sources(&harness.engine).unwrap();
    loop {
        std::thread::park();
    }
}

fn receiver(store: &std::path::Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sources::crash::child"])
        .env(STORE, store)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let mut acknowledged = 0usize;
    let mut sent = 0usize;
    for round in 0..ROUNDS {
        let mut child = receiver(&store);
        let stream = wait_for("the socket", || UnixStream::connect(folder.path().join("feed.sock")).ok());
        stream.set_write_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut answers = BufReader::new(stream.try_clone().unwrap());
        let mut out = stream;
        // Each round is killed after another number of answers, with much more on the way.
        let hear = |answers: &mut BufReader<UnixStream>| {
            let mut line = String::new();
            while answers.read_line(&mut line).is_ok_and(|read| read > 0) {
                if line.contains("system.pong") {
                    return true;
                }
                line.clear();
            }
            false
        };
        let mut in_flight = Vec::new();
        for answer in 0..=round {
            for _ in 0..3 {
                let first = sent;
                let mut lines = String::new();
                while sent < first + 200 {
                    for line in [
                        json!({"type": "step.start", "trace_id": format!("t{}", sent / 50), "step_id": format!("s{sent}"),
                            "tool_name": "search", "input": {"n": sent}, "timestamp": 1_767_225_600_000_u64}),
                        json!({"type": "step.end", "trace_id": format!("t{}", sent / 50), "step_id": format!("s{sent}"),
                            "output": {"n": sent}, "success": true, "duration": 5}),
                    ] {
                        lines.push_str(&line.to_string());
                        lines.push('\n');
                    }
                    sent += 1;
                }
                lines.push_str("{\"type\":\"ping\",\"ts\":1}\n");
                out.write_all(lines.as_bytes()).unwrap();
                in_flight.push(first..sent);
            }
            assert!(hear(&mut answers), "an answer to ping {answer} of round {round}");
            acknowledged = acknowledged.max(in_flight.remove(0).end);
        }
        child.kill().unwrap();
        child.wait().unwrap();

        let connection = Connection::open(&store).unwrap();
        let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok");
        let mut ended = connection
            .prepare("SELECT count(*) FROM span WHERE span_id = ?1 AND status = 1 AND end_ns IS NOT NULL")
            .unwrap();
        // What an earlier round had on the way and was not acknowledged may be missing, and is sent again.
        for step in 0..acknowledged {
            let there: i64 = ended.query_row([format!("s{step}")], |row| row.get(0)).unwrap();
            assert_eq!(there, 1, "step {step} of {acknowledged} that were acknowledged, round {round}");
        }
        drop(ended);
        let without_payload = "SELECT count(*) FROM span WHERE
            NOT EXISTS (SELECT 1 FROM payload_block WHERE id = payload_block)
            AND NOT EXISTS (SELECT 1 FROM open_payload WHERE id = -payload_block)";
        let missing: i64 = connection.query_row(without_payload, [], |row| row.get(0)).unwrap();
        assert_eq!(missing, 0, "no step is there without its content");
        sent = acknowledged;
    }
    let harness = Harness::open(&store);
    engine::api::start_sources(&harness.engine).unwrap();
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1_000,
    };
    wait_for("no trace to be running for ever", || {
        let list: TraceList = harness.call("trace_list", &request);
        list.items.iter().all(|trace| trace.status != TraceStatus::Running).then_some(())
    });
}
