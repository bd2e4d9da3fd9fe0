//! The next try of a failed step, while it is awaited.
#![cfg(unix)]

use std::io::Write;
use std::os::unix::net::UnixStream;

use engine::dto::AwaitedTry;
use engine::model::{AttemptOutcome, TraceStatus};
use serde_json::{Value, json};

use super::live::Live;

fn start(id: &str, parent: Value, kind: &str, at: &str) -> Value {
    json!({"type": "step.start", "trace_id": "t", "step_id": id, "parent_id": parent, "tool_name": kind, "kind": kind,
        "timestamp": format!("2025-12-31T23:59:{at}Z")})
}

fn failed(id: &str, at: &str, backoff_ms: Option<u32>) -> Value {
    json!({"type": "step.end", "trace_id": "t", "step_id": id, "success": false, "error": "503 service unavailable",
        "timestamp": format!("2025-12-31T23:59:{at}Z"), "backoff_ms": backoff_ms})
}

#[test]
fn is_told_until_it_begins_and_keeps_its_operation_open() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    let mut tell = |lines: &[Value], steps: u32| {
        for line in lines {
            agent.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
        let trace =
            live.wait_for_trace("t", |trace| trace.steps == steps && trace.status == TraceStatus::Running);
        live.tree(&trace)
    };
    let tree = tell(
        &[
            start("run", Value::Null, "agent", "10"),
            start("a", json!("run"), "tool", "11"),
            failed("a", "12", Some(4_000)),
            start("wait", json!("run"), "wait", "12"),
        ],
        3,
    );
    assert_eq!(tree.awaited, [AwaitedTry { row: 1, until_ns: 6e9 }], "alone, and beside its wait");
    assert_eq!(tree.groups, []);

    let tree = tell(&[start("b", json!("run"), "tool", "16")], 4);
    assert_eq!((tree.awaited.len(), tree.groups[0].outcome), (0, AttemptOutcome::Trying), "it goes on");

    // An end is told apart from what came before by the step that comes with it.
    let tree = tell(&[failed("b", "17", Some(8_000)), start("again", json!("run"), "wait", "17")], 5);
    assert_eq!(tree.awaited, [AwaitedTry { row: 3, until_ns: 15e9 }]);
    assert_eq!(tree.groups[0].outcome, AttemptOutcome::Trying, "another try is to come");

    let tree = tell(&[start("answer", json!("run"), "llm", "18")], 6);
    assert_eq!(tree.awaited, [], "the run has gone on without");
    assert_eq!(tree.groups[0].outcome, AttemptOutcome::Abandoned);
}

#[test]
fn is_not_told_where_no_wait_is_known_or_the_run_is_over() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    for line in [
        start("run", Value::Null, "agent", "10"),
        start("a", json!("run"), "tool", "11"),
        failed("a", "12", None),
        start("open", json!("run"), "wait", "12"),
    ] {
        agent.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    let trace = live.wait_for_trace("t", |trace| trace.steps == 3);
    assert_eq!(live.tree(&trace).awaited, []);
    for line in [
        failed("a", "12", Some(60_000)),
        failed("run", "20", None),
        json!({"type": "trace.complete", "trace_id": "t", "response": "", "status": "failed"}),
    ] {
        agent.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    let trace = live.wait_for_status("t", TraceStatus::Failed);
    assert_eq!(live.tree(&trace).awaited, []);
}
