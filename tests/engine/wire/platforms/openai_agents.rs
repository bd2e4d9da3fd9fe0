//! OpenAI Agents SDK.

use std::collections::BTreeMap;

use engine::model::{SpanFlags, SpanKind, SpanStatus};
use engine::semantics::MessagePart;
use serde_json::Value;

use super::{by_id, handmade, real, shown, tree};
use crate::wire::collected::{payload, real_file};

#[test]
fn a_real_body_of_four_traces() {
    let file = "openai-agents-json/generated/traces_ingest_errors.json";
    let (Some(read), Some(bytes)) = (real(file), real_file(file)) else { return };
    let source: Value = serde_json::from_slice(&bytes).unwrap();
    let spans: Vec<&Value> =
        source["data"].as_array().unwrap().iter().filter(|one| one["object"] == "trace.span").collect();
    assert_eq!(read.spans.len(), spans.len());
    let failed = spans.iter().filter(|one| !one["error"].is_null()).count();
    assert_eq!(read.spans.iter().filter(|span| span.status == SpanStatus::Error).count(), failed);
    assert_eq!(
        read.traces.iter().map(|trace| trace.conversation.as_deref()).collect::<Vec<_>>(),
        [Some("thread_1"); 4]
    );
    assert_eq!(read.traces[0].name.as_deref(), Some("Customer support 0"));
    let mut kinds = BTreeMap::new();
    for span in &read.spans {
        *kinds.entry(span.kind).or_insert(0) += 1;
    }
    assert_eq!(
        kinds,
        BTreeMap::from([
            (SpanKind::Agent, 8),
            (SpanKind::Tool, 12),
            (SpanKind::Llm, 4),
            (SpanKind::Guardrail, 4),
            (SpanKind::Other, 8)
        ])
    );
    let call = read.named("generation");
    assert_eq!(
        (call.model.as_deref(), call.tokens.input, call.tokens.output),
        (Some("gpt-4.1"), Some(123), Some(17))
    );
    let content = shown(call);
    assert!(
        matches!(&content.output_messages[0].parts[0], MessagePart::ToolCall { name, .. } if name == "lookup_order")
    );
    assert_eq!(content.parameters[0].name, "temperature");
    let tool = read.named("lookup_order");
    assert_eq!(tool.error.as_deref(), Some("Error running tool (non-fatal): TimeoutError: 3s"));
    assert_eq!(shown(tool).errors.len(), 1);
}

#[test]
fn objects_with_nothing_between_them() {
    let read = handmade("openai-agents/concatenated.json");
    assert_eq!(
        tree(&read),
        [
            ("task", ""),
            ("turn 1", "task"),
            ("Researcher", "turn 1"),
            ("tools of files", "Researcher"),
            ("response", "Researcher"),
            ("generation", "Researcher"),
            ("handoff to Writer", "Researcher"),
            ("search", "Researcher"),
            ("speech_group", "Researcher"),
        ]
    );
    assert_eq!((read.named("task").kind, read.named("turn 1").kind), (SpanKind::Chain, SpanKind::Chain));
    let response = read.named("response").tokens;
    assert_eq!(
        (response.input, response.cache_read, response.output, response.reasoning),
        (Some(100), Some(64), Some(20), Some(12))
    );
    let cut = read.named("generation");
    assert!(cut.flags.contains(SpanFlags::TRUNCATED));
    assert_eq!(cut.preview.as_deref(), Some("go on"), "what the user said, not the system");
    assert_eq!(by_id(&read, "s_fn").error.as_deref(), Some("Error running tool: HTTP 503"));
    assert_eq!(payload(by_id(&read, "s_fn")).attributes["error.data"]["tool_name"], "search");
    assert_eq!(read.named("speech_group").status, SpanStatus::Open);
    assert_eq!(payload(read.named("tools of files")).output, Some(serde_json::json!(["read", "write"])));
}
