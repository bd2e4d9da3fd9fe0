//! Anthropic's managed agents.

use engine::model::{SpanKind, SpanStatus};

use crate::wire::collected::{read, real_file};

#[test]
fn recorded_sessions_have_their_requests_and_tools() {
    for file in ["anthropic_managed_builtin_tools.jsonl", "anthropic_managed_mcp_tools.jsonl"] {
        let path = format!("anthropic-managed-agents-jsonl/langchain-ai__langsmith-sdk/{file}");
        let Some(bytes) = real_file(&path) else { return };
        let text = String::from_utf8(bytes.clone()).unwrap();
        let read = read(&bytes).unwrap();
        assert_eq!((read.format, read.trace_count()), ("anthropic-managed-agents", 1), "{file}");
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let count = |kind| read.spans.iter().filter(|span| span.kind == kind).count();
        assert_eq!(count(SpanKind::Llm), text.matches("\"span.model_request_end\"").count());
        let results =
            text.matches("\"agent.tool_result\"").count() + text.matches("\"agent.mcp_tool_result\"").count();
        assert_eq!(count(SpanKind::Tool), results);
        assert_eq!(count(SpanKind::Chain), 1, "one request of the user");
        assert!(
            read.spans.iter().all(|span| span.status == SpanStatus::Ok && span.end_ns.is_some()),
            "{:?}",
            read.spans
        );
        assert!(read.spans.iter().filter(|span| span.kind == SpanKind::Llm).all(|span| {
            span.model.as_deref().is_some_and(|model| model.starts_with("claude-"))
                && span.tokens.cache_read.is_some()
                && span.start_ns < span.end_ns
        }));
        assert!(read.traces[0].trace.starts_with("sesn_"));
    }
}
