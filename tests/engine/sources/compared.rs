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

#[test]
fn what_a_run_under_way_has_not_come_to_is_not_missing_until_it_ends() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    let mut tell = |line: serde_json::Value| agent.write_all(format!("{line}\n").as_bytes()).unwrap();
    let second = |number: usize| format!("2025-12-31T23:59:5{number}Z");
    for (run, tools) in [("done", vec!["plan", "search", "fetch", "buy"]), ("open", vec!["plan", "fetch"])] {
        tell(json!({"type": "trace.start", "trace_id": run, "prompt": "find cats", "created_at": second(0)}));
        for (tool, number) in tools.iter().zip(1..) {
            tell(
                json!({"type": "step.start", "trace_id": run, "step_id": tool, "tool_name": tool, "kind": "tool",
                "input": {"q": tool}, "timestamp": second(number)}),
            );
            // The last one of the run that goes on has not ended.
            if run == "done" || *tool == "plan" {
                tell(json!({"type": "step.end", "trace_id": run, "step_id": tool, "output": {"found": tool},
                    "success": true, "duration": 500}));
            }
        }
        if run == "done" {
            tell(
                json!({"type": "trace.end", "trace_id": run, "response": "here", "status": "success", "latency": 9000}),
            );
        }
    }
    let a = live.wait_for_status("done", TraceStatus::Success).trace_id;
    let b = live
        .wait_for_trace("open", |trace| trace.status == TraceStatus::Running && trace.steps == 2)
        .trace_id;
    let compare = || -> Comparison { live.harness.call("compare", &CompareRequest { a, b }) };
    let so_far = compare();
    let sentences =
        |told: &Comparison| told.differences.iter().map(|told| told.sentence.clone()).collect::<Vec<_>>();
    assert_eq!(sentences(&so_far), ["A alone has search."], "fetch is not done yet, buy not begun");
    assert_eq!(so_far.is_awaited.iter().filter(|is| **is == 1).count(), 1);
    assert!(
        so_far.summary.contains(&"B has not come to 1 step of A yet.".to_owned()),
        "{:?}",
        so_far.summary
    );

    tell(json!({"type": "step.end", "trace_id": "open", "step_id": "fetch", "output": {"found": "fetch"},
        "success": true, "duration": 500}));
    tell(
        json!({"type": "trace.end", "trace_id": "open", "response": "here", "status": "success", "latency": 9000}),
    );
    live.wait_for_status("open", TraceStatus::Success);
    let mut whole = sentences(&compare());
    whole.sort();
    assert_eq!(whole, ["A alone has buy.", "A alone has search."]);
}
