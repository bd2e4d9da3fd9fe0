//! Where the time of stored runs went: parts that add up, and a critical path without gaps.

use engine::dto::*;
use engine::model::{Provenance, TimePart, TraceStatus};
use engine::testing::Harness;
use serde_json::{Value, json};

use super::many::list;
use crate::shared;

struct Store {
    harness: Harness,
    _folder: tempfile::TempDir,
}

impl Store {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        Self { harness, _folder: folder }
    }

    fn of(spans: &[Value]) -> Self {
        let store = Self::new();
        let text = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
        store.harness.import_text(text);
        store
    }

    fn traces(&self) -> Vec<TraceSummary> {
        list(&self.harness, "", TraceSort::Started, true, 1_000).items
    }

    fn time(&self, trace: &TraceSummary) -> RunTime {
        self.harness.call("run_time", &TraceRef { trace_id: trace.trace_id })
    }

    fn tree(&self, trace: &TraceSummary) -> SpanTree {
        self.harness.call("span_tree", &TraceRef { trace_id: trace.trace_id })
    }
}

/// A span from `start` to `end` seconds.
fn span(id: u32, parent: u32, name: &str, start: u64, end: u64, attributes: &[(&str, &str)]) -> Value {
    let attributes: Vec<Value> = attributes
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": { "stringValue": value } }))
        .collect();
    let time = |seconds: u64| format!("{}000000000", 1_772_359_200 + seconds);
    json!({
        "traceId": format!("{:032x}", 1), "spanId": format!("{id:016x}"),
        "parentSpanId": if parent == 0 { String::new() } else { format!("{parent:016x}") },
        "name": name, "startTimeUnixNano": time(start), "endTimeUnixNano": time(end), "attributes": attributes,
    })
}

fn failed(mut span: Value, message: &str) -> Value {
    span["status"] = json!({ "code": 2, "message": message });
    span
}

fn part(time: &RunTime, part: TimePart) -> &TimeShare {
    let found = time.parts.iter().find(|share| share.part == part);
    found.unwrap_or_else(|| panic!("{part:?} in {:?}", time.parts))
}

/// The parts and the path each fill the time of the run, and name steps that are there.
fn assert_whole(time: &RunTime, tree: &SpanTree, what: &str) {
    let sum = |of: fn(&TimeShare) -> f64| time.parts.iter().map(of).sum::<f64>();
    assert_eq!(sum(|share| share.wall_ns), time.total_ns, "{what}: wall time");
    assert_eq!(sum(|share| share.critical_ns), time.total_ns, "{what}: critical path");
    let path = &time.path;
    assert_eq!(path.left_out, 0);
    let mut at_ns = 0.0;
    for index in 0..path.step.len() {
        assert_eq!(path.start_ns[index], at_ns, "{what}: the path has no gap");
        at_ns = path.end_ns[index];
    }
    assert_eq!(at_ns, time.total_ns, "{what}: the path reaches the end");
    for id in &time.step_ids {
        assert!(tree.span_id.contains(id), "{what}: step {id:?} is in the tree");
    }
    for share in &time.parts {
        assert_eq!(share.steps.len(), share.own_ns.len());
        assert!(share.steps.len() <= share.count as usize, "{what}: {share:?}");
    }
}

#[test]
fn a_run_of_retries_and_waits_is_told_apart() {
    let chat = [("gen_ai.operation.name", "chat"), ("gen_ai.request.model", "m"), ("input.value", "hello")];
    let tool = [("gen_ai.operation.name", "execute_tool")];
    let store = Store::of(&[
        span(1, 0, "invoke_agent support", 0, 20, &[("gen_ai.operation.name", "invoke_agent")]),
        failed(span(2, 1, "chat m", 0, 2, &chat), "RateLimitError: 429 Too Many Requests"),
        span(3, 1, "chat m", 6, 10, &chat),
        span(4, 1, "execute_tool search", 10, 14, &tool),
        span(5, 1, "execute_tool read", 10, 13, &tool),
        span(6, 4, "GET", 11, 13, &[]),
        span(7, 1, "execute_tool ask_user", 15, 19, &tool),
    ]);
    let [trace] = store.traces().try_into().unwrap();
    let time = store.time(&trace);
    assert_whole(&time, &store.tree(&trace), "retries");
    let seconds = |share: &TimeShare| (share.wall_ns / 1e9, share.critical_ns / 1e9, share.work_ns / 1e9);
    assert_eq!(time.total_ns, 20e9);
    assert_eq!(seconds(part(&time, TimePart::Model)), (6.0, 6.0, 6.0));
    // The request inside the tool is the tool's; two tools ran at once for three seconds.
    assert_eq!(seconds(part(&time, TimePart::Tool)), (4.0, 4.0, 7.0));
    assert_eq!(seconds(part(&time, TimePart::Throttled)), (4.0, 4.0, 4.0));
    assert_eq!(seconds(part(&time, TimePart::Human)), (4.0, 4.0, 4.0));
    assert_eq!(seconds(part(&time, TimePart::Own)), (2.0, 2.0, 2.0));
    assert_eq!(part(&time, TimePart::Model).provenance, Provenance::Measured);
    assert_eq!(part(&time, TimePart::Human).provenance, Provenance::Estimated);
    let longest = part(&time, TimePart::Model).steps[0];
    assert_eq!(time.step_ids[longest as usize], format!("{:016x}", 3));
    assert_eq!((time.growing, time.as_of_unix_ms), (None, None));
}

#[test]
fn tokens_and_cost_are_known_of_every_subtree() {
    let used =
        |input: &'static str| [("gen_ai.operation.name", "chat"), ("gen_ai.usage.input_tokens", input)];
    let mut repeated = used("300");
    repeated[0].1 = "invoke_agent";
    let store = Store::of(&[
        span(1, 0, "agent", 0, 9, &repeated),
        span(2, 1, "turn", 0, 9, &[]),
        span(3, 2, "chat", 1, 2, &used("100")),
        span(4, 2, "chat", 3, 4, &used("200")),
        span(5, 1, "note", 4, 5, &[]),
    ]);
    let [trace] = store.traces().try_into().unwrap();
    let tree = store.tree(&trace);
    assert_eq!(tree.tokens, [300.0, -1.0, 100.0, 200.0, -1.0]);
    assert_eq!(tree.below_tokens, [300.0, 300.0, 100.0, 200.0, -1.0]);
    assert_eq!(trace.total_tokens, Some(300));
    assert_eq!((tree.cost_usd.len(), tree.below_cost_usd.len()), (5, 5));
}

#[test]
fn the_time_of_real_runs_is_counted_whole() {
    let Some(folder) = shared::folder() else { return };
    let mut read = 0;
    for file in [
        "claude-code-jsonl/d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl",
        "claude-code-jsonl/jnarowski__agentcmd/full-session.jsonl",
        "claude-code-jsonl/jnarowski__agentcmd/full-session-askuserquestion.jsonl",
        "codex-rollout-jsonl/madshn__localpush/rollout-2026-02-23T12-41-04-019c8a4d-8f45-7010-8b5d-7fad920aa6f9.jsonl",
        "otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json",
        "otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json",
        "otlp-json/jaegertracing__jaeger-ui/agent-trace.json",
        "otlp-json/grafana__tempo/trace.json",
        "tracellm-json/generated/D-full200.json",
        "tracellm-json/avikcodes__traceLLM/traces-20260529-014218.json",
        "inspect-eval/TransluceAI__docent/log.eval",
    ] {
        let store = Store::new();
        store.harness.import(&[&folder.join(file)]);
        let traces = store.traces();
        assert!(!traces.is_empty(), "{file}");
        for trace in traces.iter().take(40) {
            let (time, tree) = (store.time(trace), store.tree(trace));
            if !time.has_times {
                assert!(time.parts.is_empty() && time.path.step.is_empty(), "{file}");
                continue;
            }
            let what = format!("{file} {}", trace.key);
            assert_whole(&time, &tree, &what);
            assert_eq!(time.total_ns, tree.total_ns, "{what}: as long as its tree");
            assert!(time.growing.is_none() || trace.status == TraceStatus::Running, "{what}");
            read += 1;
        }
        let first = store.time(&traces[0]);
        let parts: Vec<String> = first
            .parts
            .iter()
            .map(|share| format!("{} {:.3} s", share.part.word(), share.wall_ns / 1e9))
            .collect();
        eprintln!("{file}: {:.3} s: {}", first.total_ns / 1e9, parts.join(", "));
        if file.contains("smol_deep_research") {
            assert_eq!(part(&first, TimePart::Model).count, 6, "its model calls");
        }
        if file.contains("askuserquestion") {
            assert!(part(&first, TimePart::Human).wall_ns > 0.0, "the person was asked");
        }
        if file.contains("full-session.jsonl") {
            let idle = first.path.part.iter().position(|part| *part == TimePart::Idle.code());
            assert_eq!(idle.map(|index| first.path.step[index]), Some(-1), "between turns nothing runs");
            assert!(
                part(&first, TimePart::Model).wall_ns > 0.0 && part(&first, TimePart::Tool).wall_ns > 0.0
            );
        }
    }
    assert!(read > 20, "{read} runs with times");
}

#[test]
fn a_trace_that_is_not_there_is_not_found() {
    let error = Store::new().harness.try_call::<RunTime>("run_time", &TraceRef { trace_id: 7 }).unwrap_err();
    assert_eq!(error.code, engine::error::Code::NotFound);
}
