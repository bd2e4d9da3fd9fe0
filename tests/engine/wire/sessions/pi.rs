//! pi.

use engine::model::{SpanKind, SpanStatus};
use serde_json::Value;

use crate::wire::collected::{read, real_file};

#[test]
fn a_large_session_has_a_step_for_every_answer_and_tool() {
    let Some(bytes) = real_file("pi-jsonl/badlogic__pi-mono/large-session.jsonl") else { return };
    let lines: Vec<Value> = std::str::from_utf8(&bytes)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let messages = |role: &str| {
        lines
            .iter()
            .filter(|line| line["message"]["role"] == role)
            .map(|line| &line["message"])
            .collect::<Vec<_>>()
    };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.trace_count()), ("pi", 1));
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let of = |kind| read.spans.iter().filter(move |span| span.kind == kind);
    assert_eq!(of(SpanKind::Chain).count(), messages("user").len());
    assert_eq!(of(SpanKind::Llm).count(), messages("assistant").len());
    assert_eq!(of(SpanKind::Tool).count(), messages("toolResult").len());
    assert_eq!(read.spans.len(), read.unique_count());
    let failed = messages("toolResult").iter().filter(|message| message["isError"] == true).count();
    assert_eq!(of(SpanKind::Tool).filter(|span| span.status == SpanStatus::Error).count(), failed);
    let cost: f64 =
        messages("assistant").iter().filter_map(|message| message["usage"]["cost"]["total"].as_f64()).sum();
    let read_cost: f64 = read.spans.iter().filter_map(|span| span.cost_usd).sum();
    assert!((cost - read_cost).abs() < 1e-6, "{cost} and {read_cost}");
    assert!(of(SpanKind::Tool).all(|span| span.name != "tool"), "every result finds its call");
    assert_eq!(read.traces[0].trace, "d703a1a9-1b7b-4fb1-b512-c9738b1fe617");
}

#[test]
fn a_message_by_itself_opens() {
    let Some(bytes) = real_file("pi-jsonl/badlogic__pi-mono/assistant-message-with-thinking-code.json")
    else {
        return;
    };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.spans.len()), ("pi", 1));
}
