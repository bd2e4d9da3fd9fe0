//! MLflow.

use engine::model::{SpanKind, SpanStatus, TraceStatus};
use engine::semantics::MessagePart;

use super::{handmade, real, shown, tree};
use crate::wire::collected::{payload, read_text};

#[test]
fn a_real_trace_of_version_three() {
    let Some(read) = real("mlflow-trace-json/generated/trace_0.json") else { return };
    assert_eq!(
        tree(&read),
        [("agent", ""), ("search", "agent"), ("search", "agent"), ("search", "agent"), ("chat", "agent")]
    );
    let [agent, failed, ..] = &read.spans[..] else { panic!() };
    assert_eq!(
        (agent.trace.as_str(), agent.id.as_str()),
        ("tr-c83833786a0645dedc4fc59cac8e8ead", "ec90a17089b1c5fa")
    );
    assert_eq!(agent.start_ns, Some(1_795_391_785_208_861_405), "exact beyond 2^53");
    assert_eq!(
        (agent.kind, failed.kind, failed.status),
        (SpanKind::Agent, SpanKind::Tool, SpanStatus::Error)
    );
    assert_eq!(failed.error.as_deref(), Some("TimeoutError: search timed out"));
    let error = &shown(failed).errors[0];
    assert_eq!((error.kind.as_deref(), error.message.as_str()), (Some("TimeoutError"), "search timed out"));
    assert!(error.stack.as_deref().unwrap().starts_with("Traceback"));
    let chat = read.named("chat");
    assert_eq!((chat.kind, chat.tokens.input, chat.tokens.output), (SpanKind::Llm, Some(210), Some(31)));
    let content = shown(chat);
    assert_eq!((content.input_messages.len(), content.input, content.output), (2, None, None));
    assert_eq!(content.output_messages[0].parts, [MessagePart::Text { text: "Réponse ✓ \"quoted\"".into() }]);
    assert_eq!(payload(chat).attributes["mlflow.spanType"], "CHAT_MODEL", "JSON in strings is unfolded");
    assert_eq!((read.traces[0].name.as_deref(), read.traces[0].status), (Some("agent"), None));
    let Some(read) = real("mlflow-trace-json/generated/trace_2.json") else { return };
    assert_eq!(read.traces[0].status, Some(TraceStatus::Failed));
}

#[test]
fn a_trace_of_version_two() {
    let read = handmade("mlflow/trace-v2.json");
    assert_eq!(tree(&read), [("predict", ""), ("lookup", "predict")]);
    let [root, failed] = &read.spans[..] else { panic!() };
    assert_eq!(
        (root.trace.as_str(), root.end_ns.unwrap() - root.start_ns.unwrap()),
        ("8f3c2d", 2_500_000_000)
    );
    assert_eq!((root.kind, failed.kind), (SpanKind::Chain, SpanKind::Retrieval));
    assert_eq!(
        (failed.status, failed.error.as_deref()),
        (SpanStatus::Error, Some("KeyError: index is missing"))
    );
    assert_eq!(read.traces[0].conversation.as_deref(), Some("sess-2"));
    assert_eq!(shown(root).input, Some(serde_json::json!({"q": "sum"})));
}

#[test]
fn rows_of_a_search() {
    let read = handmade("mlflow/search-rows.jsonl");
    let [agent, chat] = &read.spans[..] else { panic!("{}", read.spans.len()) };
    assert_eq!((agent.status, agent.end_ns), (SpanStatus::Open, None));
    assert_eq!((chat.tokens.input, chat.tokens.cache_read, chat.cost_usd), (Some(11), Some(3), Some(0.003)));
    assert_eq!(chat.model.as_deref(), Some("gpt-4o-2024"));
    assert_eq!(shown(chat).tools[0].name, "search");
    assert_eq!(read.traces[0].status, Some(TraceStatus::Running));
    assert_eq!(read.traces[1].trace, "tr-10", "a trace whose spans are elsewhere");
}

#[test]
fn the_artifact_alone_and_a_list() {
    let span = r#"{"name":"a","context":{"span_id":"0x01","trace_id":"0x02"},"parent_id":null,"start_time":1772366400000000000,"end_time":1772366401000000000,"status_code":"OK","attributes":{"mlflow.traceRequestId":"\"tr-2\"","mlflow.spanType":"\"LLM\""}}"#;
    for text in [
        format!("{{\"spans\":[{span}],\"request\":\"x\",\"response\":\"y\"}}"),
        format!("[{{\"info\":{{\"request_id\":\"tr-2\"}},\"data\":{{\"spans\":[{span}]}}}}]"),
        format!("{{\"traces\":[{{\"info\":{{\"request_id\":\"tr-2\"}},\"data\":{{\"spans\":[{span}]}}}}]}}"),
        span.to_owned(),
    ] {
        let read = read_text(&text);
        assert_eq!((read.format, read.spans.len(), read.problems.len()), ("mlflow", 1, 0), "{text}");
        assert_eq!((read.spans[0].trace.as_str(), read.spans[0].kind), ("tr-2", SpanKind::Llm), "{text}");
    }
}
