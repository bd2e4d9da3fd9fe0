//! A run that goes on beside one that has ended.
#![cfg(unix)]

use std::io::Write;
use std::os::unix::net::UnixStream;

use engine::dto::{CompareRequest, Comparison};
use engine::model::TraceStatus;
use serde_json::json;

use super::live::Live;

#[test]
fn of_a_run_under_way_it_is_not_said_that_it_took_or_used_less() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    for (run, has_ended) in [("done", true), ("open", false)] {
        let mut lines = vec![
            json!({"type": "trace.start", "trace_id": run, "prompt": "find cats", "created_at": "2025-12-31T23:59:50Z"}),
            json!({"type": "step.start", "trace_id": run, "step_id": "a", "tool_name": "search", "kind": "tool",
                "timestamp": "2025-12-31T23:59:51Z"}),
            json!({"type": "step.end", "trace_id": run, "step_id": "a", "output": {}, "success": true, "duration": 2000}),
        ];
        if has_ended {
            lines.push(json!({"type": "trace.end", "trace_id": run, "response": "here", "status": "success",
                "latency": 9000, "token_count": 40}));
        }
        for line in lines {
            agent.write_all(format!("{line}\n").as_bytes()).unwrap();
        }
    }
    let a = live.wait_for_status("done", TraceStatus::Success).trace_id;
    let b = live.wait_for_status("open", TraceStatus::Running).trace_id;
    let comparison: Comparison = live.harness.call("compare", &CompareRequest { a, b });
    assert_eq!(
        comparison.summary,
        [
            "A succeeded, B is running.",
            "Both did the same so far, step by step.",
            "Time, tokens and cost are compared once both have ended."
        ]
    );
    assert_eq!(comparison.first_difference, None, "that it goes on is no decision");
    let told = comparison.differences.iter().chain(&comparison.drifts);
    assert!(told.clone().all(|told| told.time_ns == 0.0), "{:?}", told.collect::<Vec<_>>());
}
