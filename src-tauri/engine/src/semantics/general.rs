//! Attributes of no single GenAI convention: resource, HTTP, errors, retries, Logfire, AgentOps, MLflow, Langfuse.

use super::columns::Field;
use super::content::Content;
use super::messages;
use super::tree::Node;
use crate::model::SpanKind;

/// The column that a span's attribute fills.
pub(super) fn field(key: &str) -> Option<Field> {
    Some(match key {
        "error.type" | "exception.type" => Field::ErrorType,
        "error.message" | "exception.message" => Field::ErrorMessage,
        "http.request.resend_count" | "http.resend_count" => Field::Resends,
        "attempt" | "retry.attempt" | "retry_attempt" => Field::Attempt,
        "tags" | "metadata.tags" | "langfuse.trace.tags" => Field::Tags,
        "retry_total_delay_ms" | "backoff_ms" | "retry.backoff_ms" | "retry.delay_ms" => Field::BackoffMs,
        "backoff_seconds" | "retry.backoff_seconds" => Field::BackoffSeconds,
        "logfire.span_type" => Field::LogfireSpanType,
        "logfire.pending_parent_id" => Field::LogfirePendingParent,
        "agentops.span.kind" | "langsmith.span.kind" => Field::Kind(30, word_kind),
        "agentops.entity.input" => Field::Input(20),
        "mlflow.spanType" => Field::Kind(30, quoted_kind),
        "mlflow.spanInputs" => Field::Input(20),
        "mlflow.llm.model" => Field::Model(30),
        "mlflow.trace.session" => Field::Conversation(10),
        "mlflow.chat.tokenUsage.input_tokens" => Field::InputTokens,
        "mlflow.chat.tokenUsage.output_tokens" => Field::OutputTokens,
        "mlflow.chat.tokenUsage.total_tokens" => Field::TotalTokens,
        "mlflow.llm.cost.total_cost" => Field::Cost,
        "langfuse.observation.type" => Field::Kind(30, word_kind),
        "langfuse.observation.input" => Field::Input(20),
        "langfuse.observation.model.name" => Field::Model(30),
        "langfuse.session.id" | "conversation.id" | "thread.id" | "conversation_id" | "thread_id" => {
            Field::Conversation(10)
        }
        "langfuse.environment" => Field::Environment(10),
        "deployment.environment" | "deployment.environment.name" | "app.environment" => {
            Field::Environment(10)
        }
        "rag.query" | "db.query.retrieved_documents" => Field::Means(10, SpanKind::Retrieval),
        "app.name" => Field::Project(30),
        "service.name" => Field::Project(10),
        _ => return None,
    })
}

/// The column that an attribute of the resource fills.
pub(super) fn resource_field(key: &str) -> Option<Field> {
    Some(match key {
        "openinference.project.name" => Field::Project(40),
        // SDKs write this when nobody named the service, so any other name is better.
        "service.name" => Field::Project(20),
        "deployment.environment.name" => Field::Environment(30),
        "deployment.environment" => Field::Environment(20),
        "service.environment" | "environment" => Field::Environment(5),
        "session.id" => Field::Conversation(5),
        _ => return None,
    })
}

/// Whether an event of this name tells of a retry.
pub(super) fn is_retry_event(name: &str) -> bool {
    matches!(name, "retry" | "gen_ai.retry" | "llm.retry" | "retry_attempt" | "retry.attempt")
}

/// The column that an attribute of a retry event fills.
pub(super) fn retry_event_field(key: &str) -> Option<Field> {
    Some(match key {
        "attempt" | "retry.attempt" | "gen_ai.retry.attempt" | "attempt_number" => Field::Attempt,
        "backoff_seconds" | "retry.backoff_seconds" | "retry.delay" => Field::BackoffSeconds,
        "backoff_ms" | "retry.backoff_ms" | "retry.delay_ms" | "delay_ms" => Field::BackoffMs,
        _ => return None,
    })
}

/// The kind that a word of any convention names (`LLM`, `retriever`, `workflow`); `None` for a word that is none of them.
pub fn word_kind(word: &str) -> Option<SpanKind> {
    Some(match word.to_ascii_lowercase().as_str() {
        "llm" | "generation" | "chat_model" | "chat" | "completion" | "model" => SpanKind::Llm,
        "agent" | "session" => SpanKind::Agent,
        "tool" | "function" => SpanKind::Tool,
        "retriever" | "retrieval" | "memory" => SpanKind::Retrieval,
        "embedding" | "embeddings" => SpanKind::Embedding,
        "reranker" | "rerank" => SpanKind::Rerank,
        "chain" | "workflow" | "task" | "operation" | "parser" | "prompt" | "step" => SpanKind::Chain,
        "guardrail" => SpanKind::Guardrail,
        "evaluator" | "evaluation" => SpanKind::Evaluator,
        _ => return None,
    })
}

fn quoted_kind(word: &str) -> Option<SpanKind> {
    word_kind(word.trim_matches('"'))
}

/// Reads what attributes of no GenAI convention say of input and output.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    for path in [
        "agentops.entity.input",
        "mlflow.spanInputs",
        "langfuse.observation.input",
        "rag.query",
        "db.query.text",
        "request_data",
    ] {
        messages::fill(&mut out.input, tree.get(path));
    }
    for path in [
        "agentops.entity.output",
        "mlflow.spanOutputs",
        "langfuse.observation.output",
        "db.query.retrieved_documents",
        "response_data",
        "return",
    ] {
        messages::fill(&mut out.output, tree.get(path));
    }
    for name in ["tool.name", "tool.description"] {
        if let Some(value) = tree.get(name) {
            messages::parameter(out, name, value);
        }
    }
}
