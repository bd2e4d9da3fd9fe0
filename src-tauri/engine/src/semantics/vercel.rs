//! Vercel AI SDK up to version 6 (`ai.*`); later versions write GenAI attributes.

use serde_json::Value;

use super::columns::Field;
use super::content::{Content, Message, MessagePart};
use super::messages::{self, unfolded};
use super::tree::Node;
use crate::model::SpanKind;

/// The column that `ai.<rest>` fills.
pub(super) fn field(rest: &str) -> Option<Field> {
    Some(match rest {
        "operationId" => Field::Kind(70, kind),
        "response.model" => Field::Model(50),
        "model.id" => Field::Model(30),
        "usage.inputTokens" | "usage.promptTokens" => Field::InputTokens,
        "usage.outputTokens" | "usage.completionTokens" => Field::OutputTokens,
        "usage.totalTokens" | "usage.tokens" => Field::TotalTokens,
        "usage.cachedInputTokens" | "usage.inputTokenDetails.cacheReadTokens" => Field::CacheRead,
        "usage.inputTokenDetails.cacheWriteTokens" => Field::CacheWrite,
        "usage.reasoningTokens" | "usage.outputTokenDetails.reasoningTokens" => Field::Reasoning,
        "telemetry.metadata.sessionId"
        | "telemetry.metadata.threadId"
        | "telemetry.metadata.chatId"
        | "telemetry.metadata.conversationId" => Field::Conversation(30),
        "toolCall.name" => Field::ToolName,
        "toolCall.args" => Field::Input(50),
        "prompt.messages" => Field::Input(45),
        "prompt" | "value" | "values" => Field::Input(40),
        _ => return None,
    })
}

/// The outer span of a call repeats what its inner `do…` spans say and is their frame only.
fn kind(operation: &str) -> Option<SpanKind> {
    let (name, inner) = operation.strip_prefix("ai.")?.split_once('.').unwrap_or((operation, ""));
    Some(match inner {
        "doGenerate" | "doStream" => SpanKind::Llm,
        "doEmbed" => SpanKind::Embedding,
        "doRerank" => SpanKind::Rerank,
        _ if name == "ai.toolCall" => SpanKind::Tool,
        _ => SpanKind::Chain,
    })
}

/// Reads what the attributes say.
pub(super) fn content(tree: &Node<'_>, out: &mut Content) {
    let Some(ai) = tree.at("ai") else { return };
    if out.input_messages.is_empty() {
        if let Some(list) = ai.get("prompt.messages") {
            out.input_messages = messages::list(list, "user");
        } else if let Some(prompt) = ai.get("prompt") {
            out.input_messages = of_prompt(&unfolded(prompt));
        }
    }
    if out.output_messages.is_empty()
        && let Some(response) = ai.at("response")
    {
        out.output_messages = of_response(response);
    }
    if out.tools.is_empty()
        && let Some(tools) = ai.get("prompt.tools")
    {
        out.tools = messages::tools(tools);
    }
    for path in ["toolCall.args", "value", "values"] {
        messages::fill(&mut out.input, ai.get(path));
    }
    for path in ["toolCall.result", "embedding", "embeddings"] {
        messages::fill(&mut out.output, ai.get(path));
    }
    for (name, node) in ai.at("settings").into_iter().flat_map(Node::children) {
        if let Some(value) = node.value {
            messages::parameter(out, name, value);
        }
    }
    for name in [
        "model.provider",
        "prompt.toolChoice",
        "response.finishReason",
        "response.id",
        "response.msToFirstChunk",
        "response.msToFinish",
        "response.avgOutputTokensPerSecond",
        "response.providerMetadata",
        "schema",
    ] {
        if let Some(value) = ai.get(name) {
            messages::parameter(out, name, &unfolded(value));
        }
    }
}

/// `{system, prompt}` or `{system, messages}`.
fn of_prompt(prompt: &Value) -> Vec<Message> {
    let text = |role: &str, value: &Value| {
        let parts = messages::parts(value);
        (!parts.is_empty()).then(|| Message { role: role.to_owned(), parts, ..Message::default() })
    };
    let Value::Object(members) = prompt else { return messages::list(prompt, "user") };
    let mut list: Vec<Message> =
        members.get("system").and_then(|value| text("system", value)).into_iter().collect();
    if let Some(value) = members.get("messages") {
        list.extend(messages::list(value, "user"));
    }
    if let Some(value) = members.get("prompt") {
        list.extend(match value {
            Value::Array(_) => messages::list(value, "user"),
            _ => text("user", value).into_iter().collect(),
        });
    }
    list
}

fn of_response(response: &Node<'_>) -> Vec<Message> {
    let mut parts = Vec::new();
    if let Some(text) = response.text("reasoning") {
        parts.push(MessagePart::Reasoning { text: text.to_owned() });
    }
    if let Some(text) = response.text("text") {
        parts.push(MessagePart::Text { text: text.to_owned() });
    }
    if let Some(object) = response.get("object") {
        parts.push(MessagePart::Other { value: unfolded(object) });
    }
    if let Some(Value::Array(calls)) = response.get("toolCalls").map(unfolded) {
        parts.extend(calls.iter().map(messages::part));
    }
    if parts.is_empty() {
        return Vec::new();
    }
    let finish_reason = response.text("finishReason").map(str::to_owned);
    vec![Message { role: "assistant".to_owned(), name: None, parts, finish_reason }]
}
