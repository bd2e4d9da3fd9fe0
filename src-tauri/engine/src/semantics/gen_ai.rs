//! OpenTelemetry's GenAI conventions in three generations: structured messages; `gen_ai.system` with events for
//! messages; `gen_ai.prompt`/`gen_ai.completion`, whole or indexed.

use serde_json::Value;

use super::columns::Field;
use super::content::{Content, Message};
use super::messages::{self, unfolded};
use super::tree::Node;
use crate::model::{Payload, SpanKind};

/// The column that `gen_ai.<rest>` fills.
pub(super) fn field(rest: &str) -> Option<Field> {
    Some(match rest {
        "operation.name" => Field::Kind(50, kind),
        "response.model" => Field::Model(60),
        "request.model" => Field::Model(40),
        "usage.input_tokens" | "usage.prompt_tokens" => Field::InputTokens,
        "usage.output_tokens" | "usage.completion_tokens" => Field::OutputTokens,
        "usage.total_tokens" => Field::TotalTokens,
        "usage.cache_read.input_tokens" | "usage.cache_read_input_tokens" | "usage.cached_tokens" => {
            Field::CacheRead
        }
        "usage.cache_creation.input_tokens"
        | "usage.cache_write.input_tokens"
        | "usage.cache_creation_input_tokens"
        | "usage.cache_write_input_tokens" => Field::CacheWrite,
        "usage.reasoning.output_tokens" | "usage.reasoning_tokens" => Field::Reasoning,
        "usage.total_cost" | "usage.cost" | "cost.total" => Field::Cost,
        "conversation.id" => Field::Conversation(60),
        "tool.name" => Field::ToolName,
        "input.messages" => Field::Input(60),
        "tool.call.arguments" | "tool.input" => Field::Input(50),
        "retrieval.query.text" | "task.input" => Field::Input(45),
        "prompt" => Field::Input(30),
        "retry.attempt" | "request.attempt" => Field::Attempt,
        "retry.backoff_seconds" => Field::BackoffSeconds,
        _ if is_indexed_prompt(rest) => Field::InputPart,
        _ => return None,
    })
}

/// `prompt.3.content` and what belongs to it.
fn is_indexed_prompt(rest: &str) -> bool {
    rest.strip_prefix("prompt.")
        .is_some_and(|rest| rest.ends_with(".content") || rest.ends_with(".arguments"))
}

/// The kind of an operation.
pub(super) fn kind(operation: &str) -> Option<SpanKind> {
    Some(match operation {
        "chat" | "generate_content" | "text_completion" | "completion" | "completions" => SpanKind::Llm,
        "embeddings" | "embedding" => SpanKind::Embedding,
        "retrieval" | "search_memory" | "read_memory" => SpanKind::Retrieval,
        "rerank" => SpanKind::Rerank,
        "create_agent" | "invoke_agent" => SpanKind::Agent,
        "execute_tool" => SpanKind::Tool,
        "invoke_workflow" | "plan" | "agent_step" | "execute_task" | "execute_event_loop_cycle" => {
            SpanKind::Chain
        }
        _ => return None,
    })
}

/// Reads what the attributes and events say.
pub(super) fn content(tree: &Node<'_>, payload: &Payload, out: &mut Content) {
    let Some(gen_ai) = tree.at("gen_ai") else {
        events(payload, out);
        return;
    };
    if out.input_messages.is_empty() {
        let mut messages = system(gen_ai);
        messages.extend(
            gen_ai.get("input.messages").map(|value| messages::list(value, "user")).unwrap_or_default(),
        );
        out.input_messages = messages;
    }
    if out.output_messages.is_empty() {
        out.output_messages =
            gen_ai.get("output.messages").map(|value| messages::list(value, "assistant")).unwrap_or_default();
    }
    events(payload, out);
    for (key, role, list) in
        [("prompt", "user", &mut out.input_messages), ("completion", "assistant", &mut out.output_messages)]
    {
        // The events above and these attributes tell the same conversation; the first that is there is taken.
        if let Some(node) = gen_ai.at(key)
            && list.iter().all(|message| message.role == "system")
        {
            let indexed = node.list();
            if !indexed.is_empty() {
                list.extend(indexed.iter().filter_map(|value| messages::one(value, role)));
            } else if let Some(value) = node.value {
                list.extend(messages::list(value, role));
            }
        }
    }
    if out.tools.is_empty()
        && let Some(definitions) = gen_ai.get("tool.definitions").or_else(|| gen_ai.get("agent.tools"))
    {
        out.tools = messages::tools(definitions);
    }
    for path in ["tool.call.arguments", "tool.input", "retrieval.query.text", "task.input"] {
        messages::fill(&mut out.input, gen_ai.get(path));
    }
    for path in ["tool.call.result", "tool.output", "retrieval.documents", "task.output"] {
        messages::fill(&mut out.output, gen_ai.get(path));
    }
    for (family, prefix) in [("request", ""), ("response", "response.")] {
        for (name, node) in gen_ai.at(family).into_iter().flat_map(Node::children) {
            if let Some(value) = node.value.filter(|_| name != "model" || family == "request") {
                messages::parameter(out, &format!("{prefix}{name}"), value);
            } else if family == "request" && name != "model" {
                messages::parameter(out, name, &node.to_value());
            }
        }
    }
    for name in ["system", "provider.name", "output.type", "tool.call.id", "tool.description", "agent.name"] {
        if let Some(value) = gen_ai.get(name) {
            messages::parameter(out, name, value);
        }
    }
}

fn system(gen_ai: &Node<'_>) -> Vec<Message> {
    let Some(instructions) = gen_ai.get("system_instructions") else { return Vec::new() };
    let parts = messages::parts(&unfolded(instructions));
    if parts.is_empty() {
        return Vec::new();
    }
    vec![Message { role: "system".to_owned(), parts, ..Message::default() }]
}

/// Messages told as events: `gen_ai.user.message`, `gen_ai.choice`, `gen_ai.content.prompt`, and the one that carries all
/// in attributes.
fn events(payload: &Payload, out: &mut Content) {
    let ask = out.input_messages.is_empty();
    let answer = out.output_messages.is_empty();
    for event in &payload.events {
        let attributes = &event.attributes;
        let Some(name) = event.name.strip_prefix("gen_ai.") else { continue };
        match name {
            "content.prompt" | "content.completion" => {
                let prompt = name == "content.prompt";
                let key = if prompt { "gen_ai.prompt" } else { "gen_ai.completion" };
                let Some(value) = attributes.get(key) else { continue };
                if prompt && ask {
                    out.input_messages.extend(messages::list(value, "user"));
                } else if !prompt && answer {
                    out.output_messages.extend(messages::list(value, "assistant"));
                }
            }
            "choice" => {
                if answer && let Some(message) = event_message(attributes, "assistant") {
                    out.output_messages.push(message);
                }
            }
            "client.inference.operation.details" => {
                if ask && let Some(instructions) = attributes.get("gen_ai.system_instructions") {
                    let parts = messages::parts(&unfolded(instructions));
                    out.input_messages.push(Message {
                        role: "system".to_owned(),
                        parts,
                        ..Message::default()
                    });
                }
                if ask && let Some(value) = attributes.get("gen_ai.input.messages") {
                    out.input_messages.extend(messages::list(value, "user"));
                }
                if answer && let Some(value) = attributes.get("gen_ai.output.messages") {
                    out.output_messages.extend(messages::list(value, "assistant"));
                }
            }
            _ => {
                if let Some(role) = name.strip_suffix(".message")
                    && ask
                    && let Some(message) = event_message(attributes, role)
                {
                    out.input_messages.push(message);
                }
            }
        }
    }
}

fn event_message(attributes: &serde_json::Map<String, Value>, role: &str) -> Option<Message> {
    let body = attributes.get("body").or_else(|| attributes.get("event.body")).map(unfolded);
    let body = body.unwrap_or_else(|| Value::Object(attributes.clone()));
    let inner = body.get("message").map(unfolded).filter(Value::is_object);
    let mut message = messages::one(inner.as_ref().unwrap_or(&body), role)?;
    if message.finish_reason.is_none() {
        message.finish_reason = body.get("finish_reason").and_then(Value::as_str).map(str::to_owned);
    }
    Some(message)
}
