//! Where the time of a run goes while it goes on.
#![cfg(unix)]

use std::io::Write;
use std::os::unix::net::UnixStream;

use engine::dto::{RunTime, TraceRef};
use engine::model::{TimePart, TraceStatus};
use serde_json::json;

use super::live::Live;

#[test]
fn open_steps_take_until_now_and_the_part_that_grows_is_known() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    // The clock of the test stands at the start of 2026.
    for line in [
        json!({"type": "trace.start", "trace_id": "t", "prompt": "find cats", "created_at": "2025-12-31T23:59:50Z"}),
        json!({"type": "step.start", "trace_id": "t", "step_id": "a", "tool_name": "search", "kind": "tool",
            "timestamp": "2025-12-31T23:59:51Z"}),
        json!({"type": "step.end", "trace_id": "t", "step_id": "a", "output": {}, "success": true, "duration": 2000}),
        json!({"type": "step.start", "trace_id": "t", "step_id": "b", "tool_name": "ask", "kind": "llm",
            "timestamp": "2025-12-31T23:59:54Z"}),
    ] {
        agent.write_all(format!("{line}\n").as_bytes()).unwrap();
    }
    let trace = live.wait_for_trace("t", |trace| trace.steps == 2 && trace.status == TraceStatus::Running);
    let time: RunTime = live.harness.call("run_time", &TraceRef { trace_id: trace.trace_id });
    let seconds =
        |part| time.parts.iter().find(|share| share.part == part).map_or(0.0, |share| share.wall_ns / 1e9);
    assert_eq!(time.total_ns, 10e9);
    assert_eq!((seconds(TimePart::Model), seconds(TimePart::Tool), seconds(TimePart::Own)), (6.0, 2.0, 2.0));
    assert_eq!(time.growing, Some(TimePart::Model));
    assert_eq!(time.as_of_unix_ms, Some(1_767_225_600_000.0));
    assert_eq!(time.path.end_ns.last(), Some(&10e9));
}
