//! Meaning of attributes: which of a span's attributes are its model, tokens, input, messages, error.
//!
//! Used twice: at import, to fill a [`SpanRecord`]'s columns from attributes, and at display, to read the content of a
//! step out of its stored [`Payload`]. So content is stored once, verbatim, and a better mapping shows at once in traces
//! imported before. One file per convention; pure. May import `model` alone.
//!
//! [`SpanRecord`]: crate::model::SpanRecord

mod content;

pub use content::{Content, ErrorDetail, Message, MessagePart, Parameter, ToolDefinition};

use crate::model::Payload;

/// What a person wants to see of a step, read out of its payload.
pub fn content(_payload: &Payload) -> Content {
    Content::default()
}
