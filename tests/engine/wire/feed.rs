//! Lines of the feed protocol, as a file has them.

use engine::dto::*;
use engine::model::SpanKind;
use engine::testing::Harness;
use serde_json::{Value, json};

#[test]
fn the_kind_is_what_the_line_says_else_what_its_words_or_the_name_tell() {
    let cases = [
        (json!("other"), "thinking", SpanKind::Other),
        (json!("wait"), "pause", SpanKind::Wait),
        (json!("LLM"), "call", SpanKind::Llm),
        (json!("retriever"), "call", SpanKind::Retrieval),
        (json!("llm_call"), "ask", SpanKind::Llm),
        (json!("our own word"), "vector_search", SpanKind::Retrieval),
        (json!("our own word"), "get_weather", SpanKind::Tool),
        (Value::Null, "query_embedding", SpanKind::Embedding),
    ];
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    let lines: Vec<String> = cases
        .iter()
        .enumerate()
        .map(|(index, (kind, name, _))| {
            json!({"type": "step", "trace_id": "t", "step_id": index.to_string(), "tool_name": name, "kind": kind,
                "timestamp": "2026-01-01T00:00:00Z", "duration": 1})
            .to_string()
        })
        .collect();
    let status = harness.import_text(lines.join("\n"));
    assert_eq!((status.counts.spans_added, status.problems), (cases.len() as u64, 0));
    let trace_id = status.trace_id.unwrap();
    for (index, (told, name, kind)) in cases.iter().enumerate() {
        let step: StepDetail = harness.call("step_get", &StepRef { trace_id, span_id: index.to_string() });
        assert_eq!(step.kind, *kind, "{told} {name}");
    }
}
