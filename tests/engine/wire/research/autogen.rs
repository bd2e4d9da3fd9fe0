//! AutoGen logs and chats.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::content;

use super::{count, fixture, items, of_kind, real};
use crate::wire::collected::payload;

#[test]
fn recorded_calls_have_their_whole_requests() {
    let Some((read, plain)) = real("autogen-json/microsoft__autogen/session.json") else { return };
    assert_eq!(read.spans.len(), items(&plain).len());
    for (span, record) in read.spans.iter().zip(items(&plain)) {
        assert_eq!(span.tokens.input, record["response"]["usage"]["prompt_tokens"].as_u64());
        let content = content(&payload(span));
        assert_eq!(content.input_messages.len(), items(&record["messages"]).len());
        assert_eq!((&*content.input_messages[0].role, &*content.input_messages[1].role), ("system", "user"));
        assert_eq!(content.output_messages.len(), 1);
    }
}

#[test]
fn code_that_failed_is_a_failed_step() {
    let Some((read, plain)) = real("autogen-json/microsoft__autogen/chat_history.json") else { return };
    assert_eq!(of_kind(&read, SpanKind::Llm), count(&plain["user_proxy"], "role", "assistant"));
    let failed: Vec<&str> = read.spans.iter().filter_map(|span| span.error.as_deref()).collect();
    assert_eq!(failed.len(), 3, "three times `exitcode: 1`");
    assert_eq!(failed[2], "ModuleNotFoundError: No module named 'feedparser'");
}

#[test]
fn a_solved_problem_knows_how_long_it_took() {
    let Some((read, plain)) = real("autogen-json/microsoft__autogen/8.json") else { return };
    let took = plain["time"].as_f64().unwrap();
    assert!((read.spans[0].end_ns.unwrap() as f64 - took * 1e9).abs() < 1e3);
    let about: engine::model::Payload =
        serde_json::from_slice(read.traces[0].payload.as_ref().unwrap()).unwrap();
    assert_eq!(about.attributes["is_correct"], true);
}

#[test]
fn lines_of_the_structured_log() {
    let read = fixture("autogen/structured-log.jsonl");
    assert_eq!(
        (read.spans[0].model.as_deref(), read.spans[0].tokens.input),
        (Some("gpt-4o-2024-08-06"), Some(30))
    );
    assert_eq!((&*read.spans[1].name, read.spans[1].kind), ("add", SpanKind::Tool));
    assert_eq!(
        (read.spans[2].status, read.spans[2].error.as_deref()),
        (SpanStatus::Error, Some("ValueError: no handler"))
    );
    assert_eq!(read.skipped["messages between agents"], 1);
}
