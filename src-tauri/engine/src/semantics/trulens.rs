//! TruLens (`ai.observability.*`).

use serde_json::Value;

use super::columns::Field;
use super::content::Content;
use super::messages;
use super::tree::Node;
use crate::model::SpanKind;

/// The column that `ai.<rest>` fills.
pub(super) fn field(rest: &str) -> Option<Field> {
    Some(match rest.strip_prefix("observability.")? {
        "span_type" => Field::Kind(60, kind),
        "cost.model" => Field::Model(40),
        "cost.num_prompt_tokens" => Field::InputTokens,
        "cost.num_completion_tokens" => Field::OutputTokens,
        "cost.num_reasoning_tokens" => Field::Reasoning,
        "cost.num_tokens" => Field::TotalTokens,
        "app_name" => Field::Project(30),
        "record_root.input" => Field::Input(40),
        "retrieval.query_text" | "reranking.query_text" => Field::Input(35),
        "graph_node.input_state" => Field::Input(20),
        _ => return None,
    })
}

fn kind(word: &str) -> Option<SpanKind> {
    Some(match word.to_ascii_lowercase().as_str() {
        "record_root" | "agent" => SpanKind::Agent,
        "generation" => SpanKind::Llm,
        "retrieval" => SpanKind::Retrieval,
        "reranking" => SpanKind::Rerank,
        "tool" | "mcp" => SpanKind::Tool,
        "embedding" => SpanKind::Embedding,
        "eval" | "eval_root" => SpanKind::Evaluator,
        "graph_node" | "graph_task" | "workflow_step" => SpanKind::Chain,
        _ => return None,
    })
}

/// Reads what the attributes say.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    let Some(told) = tree.at("ai.observability") else { return };
    for path in
        ["record_root.input", "retrieval.query_text", "reranking.query_text", "graph_node.input_state"]
    {
        messages::fill(&mut out.input, told.get(path));
    }
    if out.input.is_none()
        && let Some(arguments) =
            told.at("call.kwargs").map(Node::to_value).filter(|value| *value != Value::Null)
    {
        out.input = Some(messages::unfolded(&arguments));
    }
    for path in
        ["record_root.output", "retrieval.retrieved_contexts", "graph_node.output_state", "call.return"]
    {
        messages::fill(&mut out.output, told.get(path));
    }
}
