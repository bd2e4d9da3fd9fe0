//! A run as a conversation: its model calls in threads, and what each of them added.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::{Provenance, SpanStatus};
use crate::semantics::{Message, Parameter};

/// The conversations of a run, without their texts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct ConversationOutline {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Conversations, by their first calls: the run's own, those of its sub-agents, and such as ran side by side.
    pub threads: Vec<ConversationThread>,
    /// Why there are none.
    pub empty_reason: Option<String>,
}

/// One conversation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ConversationThread {
    /// Whose it is: the agent's name; the run's where no agent is told of.
    pub name: String,
    /// The agent's step.
    pub agent_span_id: Option<String>,
    /// The step of the tool that started the agent.
    pub called_by_span_id: Option<String>,
    /// How many agents are above this one.
    pub depth: u32,
    /// The steps of its model calls, in order.
    pub span_ids: Vec<String>,
    /// Which of them failed, by place in `span_ids`, or have a tool that failed after them; ascending.
    pub failed: Vec<u32>,
}

/// Asks for some turns of a conversation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RunConversationRequest {
    /// The trace's id in this store.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Which of [`ConversationOutline::threads`].
    pub thread: u32,
    /// Skip this many turns.
    pub offset: u32,
    /// Give at most this many (50 at most).
    pub limit: u32,
}

/// Some turns of a conversation.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct RunConversation {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// How many turns the conversation has.
    pub total: u32,
    /// Those asked for, in order.
    pub turns: Vec<ConversationTurn>,
}

/// One model call: what it was told that it had not been told before, and what it answered.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ConversationTurn {
    /// The call's step.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// The model.
    pub model: Option<String>,
    /// How it ended.
    pub status: SpanStatus,
    /// Why it failed, in one line, or why what was said in it can't be read.
    pub error: Option<String>,
    /// Start, since the trace's.
    pub start_ns: Option<f64>,
    /// Duration; `null` while open.
    pub duration_ns: Option<f64>,
    /// From its start to the first token of the answer.
    pub first_token_ns: Option<f64>,
    /// Prompt tokens.
    #[ts(type = "number | null")]
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    #[ts(type = "number | null")]
    pub output_tokens: Option<u64>,
    /// Of the prompt tokens, read from a cache.
    #[ts(type = "number | null")]
    pub cache_read_tokens: Option<u64>,
    /// All tokens.
    #[ts(type = "number | null")]
    pub total_tokens: Option<u64>,
    /// Where the counts come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Where the cost comes from.
    pub cost_provenance: Provenance,
    /// Why the model stopped.
    pub finish_reason: Option<String>,
    /// Request parameters, the short ones: temperature, maximum tokens, …
    pub parameters: Vec<Parameter>,
    /// Tools offered; what they are is in the step.
    pub tools: u32,
    /// They are others than in the call before.
    pub tools_changed: bool,
    /// Messages of instructions at the beginning of the request.
    pub system_messages: u32,
    /// The instructions, where they are others than in the call before.
    pub system: Vec<TurnMessage>,
    /// What became of the history.
    pub history: TurnHistory,
    /// What is new in the request, in order; the instructions aside.
    pub added: Vec<TurnMessage>,
    /// The answer.
    pub answer: Vec<TurnMessage>,
    /// New messages that are not given, for there are very many; they are in the step.
    pub left_out: u32,
}

/// How a call goes on with what was said before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TurnRelation {
    /// It begins a conversation.
    #[default]
    Begins,
    /// It sends the history of the call before, with more in it or less.
    Continues,
    /// It sends what the call before sent.
    Again,
    /// What is new is told alone; the history goes with it unseen.
    Appends,
    /// Under the same instructions, nothing of a long history is left: compacted as a whole, or begun anew.
    Replaces,
}

/// What became of the answer of the call before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AnswerBefore {
    /// There was none.
    #[default]
    None,
    /// It is in the history, and not said again here.
    Kept,
    /// It is, in other words.
    Changed,
    /// It is not in the history.
    LeftOut,
}

/// What became of the history in a call.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct TurnHistory {
    /// How the call goes on.
    pub relation: TurnRelation,
    /// The call that it goes on from.
    pub before_span_id: Option<String>,
    /// Messages in common with that call's request, instructions aside.
    pub kept: u32,
    /// Places of the messages that are gone, among the messages of that call's request.
    pub removed: Vec<u32>,
    /// How long those were.
    #[ts(type = "number")]
    pub removed_characters: u64,
    /// How many of the new ones stand in their place.
    pub in_their_place: u32,
    /// Messages of which the content is another now.
    pub edited: u32,
    /// What became of the answer before.
    pub answer: AnswerBefore,
    /// The step in which the source says that the history was compacted.
    pub compacted_span_id: Option<String>,
}

/// Why a message is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageOrigin {
    /// Instructions.
    System,
    /// It is new in the request.
    Added,
    /// It stands where another message stood.
    Edited,
    /// It is the answer before, in other words.
    AnswerChanged,
    /// It is the answer.
    Answer,
}

/// A message of a turn.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TurnMessage {
    /// Why it is shown.
    pub origin: MessageOrigin,
    /// Its place among the messages of the request, or of the answer.
    pub place: u32,
    /// What was said; long texts end early.
    pub message: Message,
    /// For each part that ends early, or is left out, its whole size in bytes; 0 for the others.
    pub whole_bytes: Vec<u32>,
    /// For each part that calls a tool, or is its result, the step of the tool, as far as it is known.
    pub tools: Vec<Option<TurnTool>>,
}

/// A step in which a tool did what a model asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TurnTool {
    /// The step.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// How it ended.
    pub status: SpanStatus,
    /// Why it failed, in one line.
    pub error: Option<String>,
    /// Duration; `null` while open.
    pub duration_ns: Option<f64>,
}
