//! Which step of a tool belongs to a call that a model made, or to the result it was told.

use rusqlite::Connection;

use super::payload_of;
use crate::dto::TurnTool;
use crate::semantics::{self, Message, MessagePart};
use crate::store::payload::PayloadReader;
use crate::store::span::SpanRow;

/// The payload of a tool is looked into for the id of its call up to this size.
const LOOKED_INTO_BYTES: u32 = 1 << 20;

/// The steps of the tools that each part of `messages` calls or is the result of. `tools` are those that ran after the model
/// call in question, in order.
pub(super) fn link(
    connection: &Connection,
    payloads: &mut PayloadReader,
    messages: &[&Message],
    tools: &[&SpanRow],
) -> Vec<Vec<Option<TurnTool>>> {
    let mut parts = Vec::new();
    for (message, parts_of) in messages.iter().enumerate() {
        for (part, said) in parts_of.parts.iter().enumerate() {
            match said {
                MessagePart::ToolCall { id, name, .. } => {
                    parts.push(Part { at: (message, part), id: id.as_deref(), name: Some(name), tool: None });
                }
                MessagePart::ToolResult { id, .. } => {
                    parts.push(Part { at: (message, part), id: id.as_deref(), name: None, tool: None });
                }
                _ => {}
            }
        }
    }
    let mut links: Vec<Vec<Option<TurnTool>>> =
        messages.iter().map(|message| vec![None; message.parts.len()]).collect();
    if parts.is_empty() || tools.is_empty() {
        return links;
    }
    let mut is_taken = vec![false; tools.len()];
    settle(&mut parts, &mut is_taken, |part, tool| {
        part.id.is_some_and(|id| is_id_of(&tools[tool].span_id, id))
    });
    if parts.iter().any(|part| part.tool.is_none() && part.id.is_some()) {
        let ids: Vec<Option<String>> = tools
            .iter()
            .zip(&is_taken)
            .map(|(tool, is_taken)| (!is_taken).then(|| call_id(connection, payloads, tool)).flatten())
            .collect();
        settle(&mut parts, &mut is_taken, |part, tool| part.id.is_some() && part.id == ids[tool].as_deref());
    }
    settle(&mut parts, &mut is_taken, |part, tool| {
        part.name.is_some_and(|name| semantics::tool_name(&tools[tool].name) == name)
    });
    // By order alone only where as many are left on either side.
    let left = is_taken.iter().filter(|is_taken| !**is_taken).count();
    if parts.iter().filter(|part| part.tool.is_none()).count() == left {
        settle(&mut parts, &mut is_taken, |part, _| part.name.is_none());
    }
    for part in parts {
        if let Some(tool) = part.tool.and_then(|tool| tools.get(tool)) {
            links[part.at.0][part.at.1] = Some(TurnTool {
                span_id: tool.span_id.clone(),
                name: semantics::tool_name(&tool.name).to_owned(),
                status: tool.status,
                error: tool.error.clone(),
                duration_ns: tool
                    .start_ns
                    .zip(tool.end_ns)
                    .map(|(start, end)| end.saturating_sub(start).max(0) as f64),
            });
        }
    }
    links
}

struct Part<'a> {
    at: (usize, usize),
    id: Option<&'a str>,
    /// The tool's name, of a call.
    name: Option<&'a str>,
    tool: Option<usize>,
}

/// Gives each part without a tool the first free one that fits.
fn settle(parts: &mut [Part<'_>], is_taken: &mut [bool], fits: impl Fn(&Part<'_>, usize) -> bool) {
    for part in parts.iter_mut().filter(|part| part.tool.is_none()) {
        let found = (0..is_taken.len()).find(|tool| !is_taken[*tool] && fits(part, *tool));
        if let Some(tool) = found {
            is_taken[tool] = true;
            part.tool = Some(tool);
        }
    }
}

/// Whether a step has the id of a call, perhaps with a number behind it (`wire::transcript`).
fn is_id_of(span_id: &str, call_id: &str) -> bool {
    span_id.strip_prefix(call_id).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}

/// The id of the call that a step of a tool answers, as it says itself. What can't be read says nothing.
fn call_id(connection: &Connection, payloads: &mut PayloadReader, tool: &SpanRow) -> Option<String> {
    if tool.payload.bytes > LOOKED_INTO_BYTES {
        return None;
    }
    let payload = payload_of(&payloads.read(connection, tool.payload).ok()?);
    semantics::tool_call_id(&payload)
}
