//! Meaning of attributes: which of a span's attributes are its model, tokens, input, messages, error.
//!
//! Used twice: at import, to fill a [`SpanRecord`]'s columns from attributes ([`Columns`]), and at display, to read the
//! content of a step out of its stored [`Payload`] ([`content`]). So content is stored once, verbatim, and a better
//! mapping shows at once in traces imported before. One file per convention; pure. May import `model` alone.
//!
//! [`SpanRecord`]: crate::model::SpanRecord

mod columns;
mod content;
mod conversation;
mod errors;
mod first_token;
mod gen_ai;
mod general;
mod input;
mod likeness;
mod messages;
mod openinference;
mod platform;
mod traceloop;
mod tree;
mod trulens;
mod usage;
mod value;
mod vercel;
mod waiting;

pub use columns::Columns;
pub use content::{Content, ErrorDetail, Message, MessagePart, Parameter, ToolDefinition};
pub use first_token::first_token_ns;
pub use general::word_kind as kind_of_word;
pub use input::{first_words, input_hash};
pub use likeness::{Likeness, alone, likeness, tools_hash};
pub use usage::usage_tokens;
pub use value::{AttributeValue, Text};
pub use waiting::{is_rate_limit, part_named};

use crate::model::Payload;

/// The tool that a span of that name calls: GenAI spans are named `execute_tool {tool}`, those of other conventions after it.
pub fn tool_name(span_name: &str) -> &str {
    match span_name.strip_prefix("execute_tool ") {
        Some(tool) if !tool.is_empty() => tool,
        _ => span_name,
    }
}

/// The agent that a span of that name runs: GenAI spans are named `invoke_agent {agent}`, those of other conventions after it.
pub fn agent_name(span_name: &str) -> &str {
    match span_name.strip_prefix("invoke_agent ") {
        Some(agent) if !agent.is_empty() => agent,
        _ => span_name,
    }
}

/// The id of the call of a model that a tool's step answers, where the step says it.
pub fn tool_call_id(payload: &Payload) -> Option<String> {
    const NAMES: [&str; 6] =
        ["gen_ai.tool.call.id", "tool_call.id", "tool_call_id", "toolCallId", "ai.toolCall.id", "call_id"];
    let output = payload.output.as_ref();
    let nested = output.map(|output| output.get("output").unwrap_or(output));
    let places =
        [Some(&payload.attributes), Some(&payload.other), nested.and_then(|output| output.as_object())];
    let told = places.into_iter().flatten().find_map(|place| NAMES.iter().find_map(|name| place.get(*name)));
    told.and_then(|id| id.as_str()).map(str::to_owned)
}

/// What a person wants to see of a step, read out of its payload.
///
/// Conventions are asked in turn, the most explicit first, and each fills what is still empty: a span often carries two
/// of them, which then say the same thing.
pub fn content(payload: &Payload) -> Content {
    let mut content = Content::default();
    let tree = tree::Node::of(&payload.attributes);
    messages::fill(&mut content.input, payload.input.as_ref());
    messages::fill(&mut content.output, payload.output.as_ref());
    gen_ai::content(&tree, payload, &mut content);
    openinference::content(&tree, &mut content);
    traceloop::content(&tree, &mut content);
    vercel::content(&tree, &mut content);
    trulens::content(&tree, &mut content);
    platform::content(&tree, &mut content);
    general::content(&tree, &mut content);
    content.errors = errors::of(&tree, payload, content.output.as_ref());
    conversation::lift(&mut content);
    content
}
