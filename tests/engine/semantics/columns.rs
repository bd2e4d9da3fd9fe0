//! Columns out of attributes, one convention after another.

use engine::model::{SpanKind, SpanRecord, SpanStatus};
use engine::semantics::{AttributeValue, Columns};
use serde_json::{Value, json};

fn columns_of(attributes: Value) -> Columns {
    let mut columns = Columns::default();
    for (key, value) in attributes.as_object().unwrap() {
        columns.attribute(key, AttributeValue::from(value));
    }
    columns
}

fn record(name: &str, attributes: Value) -> SpanRecord {
    let mut record = SpanRecord::new("t", "s", name);
    columns_of(attributes).fill(&mut record, false, false, None);
    record
}

#[test]
fn gen_ai_in_its_generations() {
    let new = record(
        "chat m",
        json!({
            "gen_ai.operation.name": "chat", "gen_ai.request.model": "m", "gen_ai.response.model": "m-2025",
            "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 5,
            "gen_ai.usage.cache_read.input_tokens": 4, "gen_ai.usage.cache_creation.input_tokens": 2,
            "gen_ai.usage.reasoning.output_tokens": 3, "gen_ai.conversation.id": "c1",
            "gen_ai.input.messages": "[{\"role\":\"system\",\"parts\":[{\"type\":\"text\",\"content\":\"Be kind\"}]},{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Hello \\u00fc\"}]}]",
        }),
    );
    assert_eq!((new.kind, new.model.as_deref()), (SpanKind::Llm, Some("m-2025")));
    assert_eq!((new.tokens.input, new.tokens.output, new.tokens.cache_read), (Some(10), Some(5), Some(4)));
    assert_eq!((new.tokens.cache_write, new.tokens.reasoning, new.tokens.total), (Some(2), Some(3), None));
    assert_eq!(new.conversation.as_deref(), Some("c1"));
    assert_eq!(new.preview.as_deref(), Some("Hello ü"), "what the user said, not the system prompt");

    let old = record(
        "openai.chat",
        json!({
            "llm.request.type": "chat", "gen_ai.system": "openai", "gen_ai.request.model": "m",
            "gen_ai.prompt.0.role": "system", "gen_ai.prompt.0.content": "Be kind",
            "gen_ai.prompt.1.role": "user", "gen_ai.prompt.1.content": "Hello",
            "gen_ai.usage.prompt_tokens": "10", "gen_ai.usage.completion_tokens": 5, "llm.usage.total_tokens": 16,
        }),
    );
    assert_eq!(
        (old.kind, old.model.as_deref(), old.preview.as_deref()),
        (SpanKind::Llm, Some("m"), Some("Hello"))
    );
    assert_eq!((old.tokens.input, old.tokens.total), (Some(10), Some(16)), "a different sum is kept");
    assert!(old.input_hash.is_some());

    for (name, kind) in [
        ("execute_tool search", SpanKind::Tool),
        ("invoke_agent planner", SpanKind::Agent),
        ("embeddings e", SpanKind::Embedding),
        ("chat", SpanKind::Other),
        ("GET /", SpanKind::Other),
    ] {
        assert_eq!(record(name, json!({})).kind, kind, "{name}");
    }
}

#[test]
fn openinference() {
    let span = record(
        "ChatOpenAI",
        json!({
            "openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": 7,
            "llm.token_count.completion": 3, "llm.token_count.total": 10, "llm.cost.total": 0.25, "session.id": "s1",
            "llm.token_count.prompt_details.cache_read": 2, "llm.token_count.completion_details.reasoning": 1,
            "llm.input_messages.0.message.role": "user", "llm.input_messages.0.message.content": "Hello",
        }),
    );
    assert_eq!((span.kind, span.model.as_deref(), span.cost_usd), (SpanKind::Llm, Some("m"), Some(0.25)));
    assert_eq!((span.tokens.input, span.tokens.output, span.tokens.total), (Some(7), Some(3), None));
    assert_eq!((span.tokens.cache_read, span.tokens.reasoning), (Some(2), Some(1)));
    assert_eq!((span.conversation.as_deref(), span.preview.as_deref()), (Some("s1"), Some("Hello")));
    for kind in SpanKind::ALL.iter().filter(|kind| !matches!(kind, SpanKind::Other | SpanKind::Wait)) {
        let word = match kind {
            SpanKind::Retrieval => "RETRIEVER".to_owned(),
            SpanKind::Rerank => "RERANKER".to_owned(),
            other => other.word().to_uppercase(),
        };
        assert_eq!(record("x", json!({"openinference.span.kind": word})).kind, *kind);
    }
}

#[test]
fn traceloop_and_vercel() {
    let task = record(
        "plan.task",
        json!({"traceloop.span.kind": "task", "traceloop.entity.input": "{\"inputs\":{\"question\":\"Why?\"}}"}),
    );
    assert_eq!((task.kind, task.preview.as_deref()), (SpanKind::Chain, Some("Why?")));
    let tool = record(
        "ai.toolCall",
        json!({"ai.operationId": "ai.toolCall", "ai.toolCall.name": "search", "ai.toolCall.args": "{\"q\":1}"}),
    );
    assert_eq!((tool.kind, tool.preview.as_deref()), (SpanKind::Tool, Some("{\"q\":1}")));
    assert_eq!(record("x", json!({"ai.operationId": "ai.streamText.doStream"})).kind, SpanKind::Llm);
    assert_eq!(record("x", json!({"ai.operationId": "ai.streamText"})).kind, SpanKind::Chain);
}

#[test]
fn explicit_retries() {
    for (attributes, attempt, backoff_ns) in [
        (json!({"http.request.resend_count": 2}), Some(3), None),
        (json!({"attempt": 2, "retry_total_delay_ms": 1500}), Some(2), Some(1_500_000_000)),
        (json!({"llm.attempt": "4"}), Some(4), None),
        (json!({"tag.tags": ["x", "retry:attempt:2"]}), Some(2), None),
        (json!({"tag.tags": "[\"retry:attempt:3\"]"}), Some(3), None),
        (json!({"attempt": "first", "tag.tags": 7}), None, None),
        (json!({"attempt": 0}), None, None),
    ] {
        let span = record("x", attributes.clone());
        assert_eq!((span.attempt, span.backoff_ns), (attempt, backoff_ns), "{attributes}");
    }
    let mut columns = Columns::default();
    for (name, attributes) in [
        ("gen_ai.retry", json!({"attempt": 1, "backoff_seconds": 0.5})),
        ("retry", json!({"retry.attempt": 2, "backoff_seconds": 1})),
        ("other", json!({"attempt": 9})),
    ] {
        let attributes = attributes.as_object().unwrap().clone();
        columns
            .event(name, attributes.iter().map(|(key, value)| (key.as_str(), AttributeValue::from(value))));
    }
    let mut span = SpanRecord::new("t", "s", "x");
    columns.fill(&mut span, false, false, None);
    assert_eq!((span.attempt, span.backoff_ns), (Some(2), Some(1_500_000_000)));
}

#[test]
fn errors_in_order_of_trust() {
    let filled = |attributes: Value, says_error, says_ok, message: Option<&str>| {
        let mut span = SpanRecord::new("t", "s", "x");
        columns_of(attributes).fill(&mut span, says_error, says_ok, message);
        (span.status, span.error)
    };
    let attributes = json!({"error.type": "429"});
    assert_eq!(
        filled(attributes.clone(), true, false, Some("slow\n down ")),
        (SpanStatus::Error, Some("slow down".into()))
    );
    assert_eq!(filled(attributes.clone(), false, false, None), (SpanStatus::Error, Some("429".into())));
    assert_eq!(filled(attributes, false, true, None), (SpanStatus::Ok, None));
    assert_eq!(filled(json!({}), true, false, None), (SpanStatus::Error, None));
}

#[test]
fn numbers_that_are_none_are_left_out() {
    let span = record(
        "x",
        json!({"gen_ai.usage.input_tokens": -1, "gen_ai.usage.output_tokens": "many", "llm.cost.total": "NaN", "gen_ai.request.model": ""}),
    );
    assert_eq!((span.tokens.input, span.tokens.output, span.cost_usd, span.model), (None, None, None, None));
}

#[test]
fn service_names_and_environments() {
    let mut columns = Columns::default();
    columns.resource_attribute("service.name", AttributeValue::from(&json!("shop")));
    columns.resource_attribute("deployment.environment", AttributeValue::from(&json!("old")));
    columns.resource_attribute("deployment.environment.name", AttributeValue::from(&json!("prod")));
    let mut span = SpanRecord::new("t", "s", "x");
    columns.fill(&mut span, false, false, None);
    assert_eq!((span.project.as_deref(), span.environment.as_deref()), (Some("shop"), Some("prod")));
}
