//! Phoenix, whose downloads are OpenTelemetry's spans in its own spelling.

use engine::model::{SpanKind, SpanStatus};

use super::{by_id, handmade, shown, tree};
use crate::wire::collected::read_text;

#[test]
fn lines_of_spans_without_time_zones() {
    let read = handmade("phoenix/spans.jsonl");
    assert_eq!(
        tree(&read),
        [("query", ""), ("retrieve", "query"), ("ChatCompletion", "query"), ("ChatCompletion", "query")]
    );
    let kinds: Vec<SpanKind> = read.spans.iter().map(|span| span.kind).collect();
    assert_eq!(
        kinds,
        [SpanKind::Chain, SpanKind::Retrieval, SpanKind::Llm, SpanKind::Llm],
        "named beside the attributes"
    );
    let [root, _, failed, again] = &read.spans[..] else { panic!() };
    assert_eq!((root.trace.len(), root.end_ns.unwrap() - root.start_ns.unwrap()), (32, 3_000_000_000));
    assert_eq!((failed.status, failed.error.as_deref()), (SpanStatus::Error, Some("RateLimitError: 429")));
    assert_eq!(failed.input_hash, again.input_hash);
    assert!(failed.input_hash.is_some(), "of messages in a list");
    assert_eq!(failed.preview.as_deref(), Some("why?"));
    assert_eq!((again.tokens.input, shown(again).output_messages.len()), (Some(9), 1));
}

#[test]
fn rows_of_a_data_frame() {
    let read = handmade("phoenix/frame.json");
    let [agent, call] = &read.spans[..] else { panic!() };
    assert_eq!((agent.kind, call.kind, call.parent.as_deref()), (SpanKind::Agent, SpanKind::Llm, Some("b1")));
    assert_eq!((call.model.as_deref(), call.tokens.output), (Some("gpt-4o"), Some(6)));
    assert_eq!(call.end_ns.unwrap() - call.start_ns.unwrap(), 500_000_000);
}

#[test]
fn otlp_in_snake_case() {
    let read = handmade("phoenix/trace.otlp.json");
    let call = by_id(&read, "c000000000000002");
    assert_eq!(
        (call.kind, call.status, call.error.as_deref()),
        (SpanKind::Llm, SpanStatus::Error, Some("boom"))
    );
    assert_eq!(
        (call.tokens.input, call.tokens.output, call.project.as_deref()),
        (Some(3), Some(4), Some("shop"))
    );
}

#[test]
fn what_the_api_answers() {
    let read = read_text(
        r#"{"data":[{"id":"x","name":"a","context":{"trace_id":"t1","span_id":"s1"},"span_kind":"TOOL","parent_id":null,"start_time":"2026-03-01T12:00:00Z","end_time":"2026-03-01T12:00:01Z","status_code":"UNSET","status_message":"","attributes":{},"events":[]}],"next_cursor":null}"#,
    );
    assert_eq!((read.format, read.spans.len(), read.spans[0].kind), ("otel-sdk-json", 1, SpanKind::Tool));
    assert_eq!((read.spans[0].status, read.problems.len()), (SpanStatus::Unset, 0));
}
