//! A line of a session, as Claude Code writes it.

use serde_json::{Map, Value};

use crate::wire::{json, time};

/// What a line says about itself, and what is left of it.
#[derive(Clone)]
pub struct Line {
    /// Its `type`.
    pub kind: String,
    /// Its own id.
    pub id: Option<String>,
    /// The line it follows in the conversation.
    pub parent: Option<String>,
    /// The session it belongs to.
    pub session: Option<String>,
    /// When it was written.
    pub at_ns: Option<i64>,
    /// Whether a sub-agent wrote it.
    pub is_sidechain: bool,
    /// Which one.
    pub agent: Option<String>,
    /// The tool call that started the sub-agent.
    pub started_by: Option<String>,
    /// The other fields.
    pub rest: Map<String, Value>,
}

/// Fields that say the same on every line of a session.
const SESSION_FIELDS: &[&str] = &["cwd", "version", "gitBranch", "userType", "entrypoint", "slug"];

impl Line {
    /// The line in `members`; `None` if it does not say of what type it is.
    pub fn of(mut members: Map<String, Value>) -> Option<Self> {
        let kind = json::take_text(&mut members, &["type"])?;
        let mut text = |keys: &[&str]| json::take_text(&mut members, keys);
        let (id, parent) = (text(&["uuid"]), text(&["parentUuid"]));
        let session = text(&["sessionId", "session_id"]);
        let agent = text(&["agentId"]);
        let started_by = text(&["parent_tool_use_id", "parentToolUseID"]);
        let at_ns = json::take(&mut members, &["timestamp"]).as_ref().and_then(time::unix_ns);
        let is_sidechain =
            json::take(&mut members, &["isSidechain"]).is_some_and(|value| value == Value::Bool(true));
        members.retain(|_, value| !value.is_null());
        Some(Self { kind, id, parent, session, at_ns, is_sidechain, agent, started_by, rest: members })
    }

    /// Takes what the line says of its session as a whole.
    pub fn take_session_fields(&mut self) -> Map<String, Value> {
        let take = |key: &&str| Some(((*key).to_owned(), self.rest.shift_remove(*key)?));
        SESSION_FIELDS.iter().filter_map(take).collect()
    }

    /// Whether the field `key` is true.
    pub fn is(&self, key: &str) -> bool {
        self.rest.get(key) == Some(&Value::Bool(true))
    }

    /// About how much memory it takes.
    pub fn bytes(&self) -> usize {
        256 + bytes(&self.rest)
    }
}

/// About how much memory an object takes.
pub fn bytes(members: &Map<String, Value>) -> usize {
    members.iter().map(|(key, value)| key.len() + bytes_of(value)).sum()
}

fn bytes_of(value: &Value) -> usize {
    32 + match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(bytes_of).sum(),
        Value::Object(members) => bytes(members),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// The words of a message's content: the text itself, or its parts that are text.
pub fn words(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => {
            let texts = parts.iter().filter_map(|part| part.get("text").unwrap_or(part).as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
