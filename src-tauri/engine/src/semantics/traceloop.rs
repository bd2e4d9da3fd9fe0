//! OpenLLMetry (Traceloop): `traceloop.*`, and `llm.*` of its older fleets.

use serde_json::Value;

use super::columns::Field;
use super::content::Content;
use super::general::word_kind;
use super::messages::{self, unfolded};
use super::tree::Node;
use crate::model::SpanKind;

/// The column that `traceloop.<rest>` fills.
pub(super) fn field(rest: &str) -> Option<Field> {
    Some(match rest {
        "span.kind" => Field::Kind(30, word_kind),
        "entity.input" => Field::Input(35),
        "association.properties.session_id"
        | "association.properties.thread_id"
        | "association.properties.chat_id"
        | "association.properties.conversation_id" => Field::Conversation(30),
        "association.properties.tags" => Field::Tags,
        _ => return None,
    })
}

/// The column that `llm.<rest>` fills, where OpenInference has no such key.
pub(super) fn llm_field(rest: &str) -> Option<Field> {
    Some(match rest {
        "request.type" => Field::Kind(40, request_kind),
        "usage.total_tokens" => Field::TotalTokens,
        "usage.prompt_tokens" => Field::InputTokens,
        "usage.completion_tokens" => Field::OutputTokens,
        "usage.cache_read_input_tokens" => Field::CacheRead,
        "usage.cache_creation_input_tokens" => Field::CacheWrite,
        "response.model" => Field::Model(50),
        "request.model" => Field::Model(30),
        _ if rest.starts_with("prompts.") && rest.ends_with(".content") => Field::InputPart,
        _ => return None,
    })
}

fn request_kind(word: &str) -> Option<SpanKind> {
    match word {
        "completion" | "chat" => Some(SpanKind::Llm),
        "rerank" => Some(SpanKind::Rerank),
        "embedding" => Some(SpanKind::Embedding),
        _ => None,
    }
}

/// Reads what the attributes say.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    if let Some(entity) = tree.at("traceloop.entity") {
        for (name, inner, slot) in
            [("input", "inputs", &mut out.input), ("output", "outputs", &mut out.output)]
        {
            let Some(value) = entity.get(name).map(unfolded) else { continue };
            // `{"inputs": …}` with tags and metadata beside it, or the value itself.
            let inner = value.get(inner).filter(|inner| !inner.is_null()).cloned();
            slot.get_or_insert_with(|| inner.unwrap_or(value));
        }
    }
    let Some(llm) = tree.at("llm") else { return };
    if out.tools.is_empty()
        && let Some(functions) = llm.at("request.functions")
    {
        out.tools = messages::tools(&Value::Array(functions.list()));
    }
    for (path, role, list) in
        [("prompts", "user", &mut out.input_messages), ("completions", "assistant", &mut out.output_messages)]
    {
        if list.is_empty()
            && let Some(node) = llm.at(path)
        {
            list.extend(node.list().iter().filter_map(|value| messages::one(value, role)));
        }
    }
    for name in [
        "is_streaming",
        "frequency_penalty",
        "presence_penalty",
        "top_k",
        "chat.stop_sequences",
        "response.finish_reason",
        "response.stop_reason",
    ] {
        if let Some(value) = llm.get(name) {
            messages::parameter(out, name, value);
        }
    }
}
