//! A step's content in one shape, whatever convention it was written in.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

/// What went into a step, what came out, and how it was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Content {
    /// Input that is not a conversation: tool arguments, a query, a chain's inputs. JSON in strings is unfolded.
    #[ts(type = "JsonValue | null")]
    pub input: Option<Value>,
    /// Output that is not a conversation.
    #[ts(type = "JsonValue | null")]
    pub output: Option<Value>,
    /// The conversation sent to a model, system prompt first.
    pub input_messages: Vec<Message>,
    /// What the model answered.
    pub output_messages: Vec<Message>,
    /// Tools offered to the model.
    pub tools: Vec<ToolDefinition>,
    /// Request parameters (temperature, maximum tokens, …) and response facts (finish reason, response id), in the order
    /// of the source.
    pub parameters: Vec<Parameter>,
    /// The errors of this step: its own and those of its exception events.
    pub errors: Vec<ErrorDetail>,
}

/// One message of a conversation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Message {
    /// `system`, `user`, `assistant`, `tool`, or as the source has it.
    pub role: String,
    /// The speaker's name, where given.
    pub name: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<MessagePart>,
    /// Why the model stopped, on an answer.
    pub finish_reason: Option<String>,
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MessagePart {
    /// Text.
    Text {
        /// The text.
        text: String,
    },
    /// The model's reasoning.
    Reasoning {
        /// The text.
        text: String,
    },
    /// The model asks for a tool to be called.
    ToolCall {
        /// The call's id.
        id: Option<String>,
        /// The tool's name.
        name: String,
        /// Its arguments, unfolded from JSON where they are JSON.
        #[ts(type = "JsonValue")]
        arguments: Value,
    },
    /// What a tool answered.
    ToolResult {
        /// The id of the call answered.
        id: Option<String>,
        /// The result, unfolded from JSON where it is JSON.
        #[ts(type = "JsonValue")]
        result: Value,
        /// Whether the source marks it as an error.
        is_error: bool,
    },
    /// An image, sound or file, as a reference or inline; never loaded by itself.
    Media {
        /// `image`, `audio`, `file`, …
        modality: String,
        /// MIME type, where given.
        mime_type: Option<String>,
        /// A `data:` URL, a remote URL shown as text, or an id.
        reference: String,
    },
    /// Anything else, as it came.
    Other {
        /// The part's JSON.
        #[ts(type = "JsonValue")]
        value: Value,
    },
}

/// A tool offered to a model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ToolDefinition {
    /// Its name.
    pub name: String,
    /// What it says it does.
    pub description: Option<String>,
    /// The schema of its arguments.
    #[ts(type = "JsonValue | null")]
    pub parameters: Option<Value>,
}

/// A named value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Parameter {
    /// Its name, without the convention's prefix.
    pub name: String,
    /// Its value.
    #[ts(type = "JsonValue")]
    pub value: Value,
}

/// One error.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct ErrorDetail {
    /// Its class or code (`TimeoutError`, `429`).
    pub kind: Option<String>,
    /// What it says.
    pub message: String,
    /// Its stack trace.
    pub stack: Option<String>,
}
