//! Gemini CLI.

use engine::model::{SpanKind, SpanStatus};

use crate::wire::collected::{read, read_text, real_file};

#[test]
fn a_session_is_turns_model_calls_and_tools() {
    let Some(bytes) = real_file("gemini-cli-json/jnarowski__agentcmd/session-2025-10-29T10-36-453aa339.json")
    else {
        return;
    };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.trace_count()), ("gemini-cli", 1));
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    let count = |kind| read.spans.iter().filter(|span| span.kind == kind).count();
    assert_eq!((count(SpanKind::Chain), count(SpanKind::Llm)), (1, 4));
    let text = String::from_utf8(bytes).unwrap();
    assert_eq!(count(SpanKind::Tool), text.matches("\"args\"").count());
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    let total: u64 = document["messages"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|message| message["tokens"]["total"].as_u64())
        .sum();
    assert_eq!(read.spans.iter().filter_map(|span| span.tokens.sum()).sum::<u64>(), total);
    assert_eq!(read.traces[0].trace, document["sessionId"].as_str().unwrap());
}

#[test]
fn a_tool_that_failed_or_was_cancelled_says_why() {
    for (file, reason) in [
        ("tool-result-error.json", "Path must be absolute: ."),
        ("tool-result-cancelled.json", "[Operation Cancelled] Reason: User cancelled the operation."),
    ] {
        let Some(bytes) = real_file(&format!("gemini-cli-json/jnarowski__agentcmd/{file}")) else { return };
        let read = read(&bytes).unwrap();
        let tool = read.spans.iter().find(|span| span.kind == SpanKind::Tool).unwrap();
        assert_eq!((tool.status, tool.error.as_deref()), (SpanStatus::Error, Some(reason)));
    }
}

#[test]
fn what_is_told_again_replaces_itself_and_what_is_taken_back_goes() {
    let read = read_text(
        r#"{"sessionId":"s","projectHash":"p","startTime":"2026-01-01T00:00:00Z","kind":"main"}
{"id":"u1","timestamp":"2026-01-01T00:00:01Z","type":"user","content":[{"text":"one"}]}
{"id":"g1","timestamp":"2026-01-01T00:00:02Z","type":"gemini","content":"half"}
{"id":"g1","timestamp":"2026-01-01T00:00:03Z","type":"gemini","content":"whole","tokens":{"input":5,"output":2,"cached":0,"thoughts":1,"tool":0,"total":8}}
{"id":"u2","timestamp":"2026-01-01T00:00:04Z","type":"user","content":[{"text":"two"}]}
{"id":"g2","timestamp":"2026-01-01T00:00:05Z","type":"gemini","content":"wrong way"}
{"$rewindTo":"u2"}
{"$set":{"summary":"A short session"}}
"#,
    );
    assert_eq!(read.spans.len(), 2, "a turn and its one answer: {:?}", read.spans);
    assert_eq!(read.skipped.get("messages that were taken back"), Some(&2));
    assert_eq!(read.traces[0].name.as_deref(), Some("A short session"));
    assert_eq!(read.spans.iter().filter_map(|span| span.tokens.sum()).sum::<u64>(), 8);
}
