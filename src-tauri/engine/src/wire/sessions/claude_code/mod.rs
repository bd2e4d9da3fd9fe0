//! Sessions of Claude Code: the files it keeps under `~/.claude/projects`, and what `claude -p --output-format stream-json`
//! prints.
//!
//! `line` is a line's frame, `order` puts lines behind those they answer, `session` tells conversations apart and hangs
//! sub-agents under the calls that started them, `thread` turns one conversation into spans.

mod line;
mod order;
mod session;
mod stream;
mod thread;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use self::line::Line;
use self::order::Order;
use self::session::{Session, TitleRank};
pub use self::stream::ClaudeStream;
use crate::model::Position;
use crate::wire::{Confidence, Format, Frame, Framing, Reader, Sample, Shape, Sink, json};

/// Sessions as Claude Code keeps them.
#[derive(Clone, Copy, Debug)]
pub struct ClaudeCode;

/// Titles that name no session are kept until the sessions are known; no more than these.
const KEPT_TITLES: usize = 4_096;

/// Types of lines that tell of the conversation.
const TOLD: &[&str] = &["user", "assistant", "system", "attachment", "progress"];

/// Types of lines that Claude Code keeps for itself.
const KEPT_FOR_ITSELF: &[&str] =
    &["summary", "file-history-snapshot", "queue-operation", "last-prompt", "custom-title", "ai-title"];

impl Format for ClaudeCode {
    fn id(&self) -> &'static str {
        "claude-code"
    }

    fn label(&self) -> &'static str {
        "Claude Code session"
    }

    fn detect(&self, sample: &Sample<'_>) -> Confidence {
        let wrapped = sample.values.first().and_then(|value| value.get("loglines")?.as_array());
        match wrapped {
            Some(lines) => lines.iter().take(Sample::VALUES).map(confidence).max().unwrap_or(0),
            None => sample.values.iter().map(confidence).max().unwrap_or(0),
        }
    }

    fn framing(&self) -> Framing {
        Framing::Json { unwrap: &["loglines"] }
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(SessionReader::default())
    }
}

fn confidence(value: &Value) -> Confidence {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let has = |key: &str| value.get(key).is_some();
    let Some(kind) = text("type") else { return 0 };
    let has_message = value.get("message").is_some_and(|message| message.get("role").is_some());
    match kind {
        "user" | "assistant" if has("sessionId") && has_message => 97,
        _ if TOLD.contains(&kind) && has("sessionId") && (has("uuid") || has("parentUuid")) => 96,
        "summary" if has("summary") && has("leafUuid") => 95,
        "file-history-snapshot" if has("snapshot") => 90,
        _ if KEPT_FOR_ITSELF.contains(&kind) && has("sessionId") => 90,
        "user" | "assistant" if has_message && has("timestamp") && !has("session_id") => 85,
        _ => 0,
    }
}

#[derive(Clone, Default)]
struct SessionReader {
    sessions: BTreeMap<String, Session>,
    /// The session of lines that name none.
    current: Option<String>,
    /// Titles with the line that they are of.
    titles: Vec<(String, String)>,
    order: Order,
}

impl Reader for SessionReader {
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink) {
        let Some(members) = json::object(frame, "a line of a Claude Code session", out) else { return };
        if frame.shape == Shape::Envelope {
            return self.envelope(&members);
        }
        match Line::of(members) {
            Some(line) if TOLD.contains(&line.kind.as_str()) => {
                let line = self.in_session(line, frame);
                for (line, at) in self.order.put(line, frame.at) {
                    self.told(line, at, out);
                }
            }
            Some(line) => self.kept(line, out),
            None => out.skipped("lines without a type", 1),
        }
    }

    fn finish(&mut self, out: &mut dyn Sink) {
        for (line, at) in self.order.rest() {
            self.told(line, at, out);
        }
        let only = self.sessions.len() == 1;
        for (leaf, title) in std::mem::take(&mut self.titles) {
            if let Some(session) = self.sessions.values_mut().find(|session| session.knows(&leaf)) {
                session.title(TitleRank::Summary, &title);
            } else if let Some(session) = self.sessions.values_mut().next().filter(|_| only) {
                session.title(TitleRank::Related, &title);
            }
        }
        for session in std::mem::take(&mut self.sessions).into_values() {
            session.finish(out);
        }
    }
}

impl SessionReader {
    /// Lines that name no session are of the one before them; where none was named, of one known by its first line.
    fn in_session(&mut self, mut line: Line, frame: &Frame<'_>) -> Line {
        match &line.session {
            Some(session) => self.current = Some(session.clone()),
            None => {
                let first = || format!("session-{:016x}", xxhash_rust::xxh3::xxh3_64(frame.bytes));
                line.session = Some(self.current.get_or_insert_with(first).clone());
            }
        }
        line
    }

    fn session(&mut self, id: &str) -> &mut Session {
        self.sessions.entry(id.to_owned()).or_insert_with(|| Session::new(id.to_owned()))
    }

    fn told(&mut self, line: Line, at: Position, out: &mut dyn Sink) {
        let id = line.session.clone().unwrap_or_default();
        self.session(&id).read(line, at, out);
    }

    /// A line that Claude Code keeps for itself: names are taken from it, the rest is left out.
    fn kept(&mut self, mut line: Line, out: &mut dyn Sink) {
        let mut text = |key: &str| json::take_text(&mut line.rest, &[key]);
        match line.kind.as_str() {
            "summary" => {
                let (title, leaf) = (text("summary"), text("leafUuid"));
                if let Some(title) = title
                    && self.titles.len() < KEPT_TITLES
                {
                    self.titles.push((leaf.unwrap_or_default(), title));
                }
            }
            "custom-title" | "ai-title" => {
                let rank = if line.kind == "custom-title" { TitleRank::Given } else { TitleRank::Generated };
                let title = text("customTitle").or_else(|| text("aiTitle")).or_else(|| text("title"));
                let session = line.session.or_else(|| self.current.clone());
                if let (Some(title), Some(session)) = (title, session) {
                    self.session(&session).title(rank, &title);
                }
            }
            _ => out.skipped("lines that are no steps", 1),
        }
    }

    fn envelope(&mut self, members: &Map<String, Value>) {
        if let (Some(title), Some(session)) = (json::str(members, &["title", "name"]), self.current.clone()) {
            self.session(&session).title(TitleRank::Given, title);
        }
    }
}
