//! The checkpoints of a thread, in the order of their making, as steps: in the thread a turn for each input, in it the nodes
//! that ran. A node ran from its checkpoint to the next; what it put out is what it wrote, or else what is new in the state.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::checkpoint::{Checkpoint, Task};
use crate::model::{PayloadEvent, SpanFlags, SpanKind, SpanRecord, SpanStatus, TraceRecord};
use crate::semantics;
use crate::wire::draft::Draft;
use crate::wire::transcript::short_name;
use crate::wire::{Sink, json};

/// A thread under way.
#[derive(Clone)]
pub struct Thread {
    about: TraceRecord,
    /// Checkpoints that others may follow, by namespace and id.
    seen: HashMap<(String, String), Seen>,
    /// Turns under way, by their checkpoint's id.
    turns: HashMap<String, Turn>,
    count: u32,
}

/// What is kept of a checkpoint.
#[derive(Clone)]
struct Seen {
    turn: String,
    /// What is needed until the next checkpoint is there.
    open: Option<Checkpoint>,
}

#[derive(Clone)]
struct Turn {
    number: u32,
    draft: Draft,
    end_ns: Option<i64>,
    state: Map<String, Value>,
}

impl Thread {
    /// A thread with this id.
    pub fn new(id: String) -> Self {
        let mut about = TraceRecord::new(id.clone());
        about.conversation = Some(id);
        Self { about, seen: HashMap::new(), turns: HashMap::new(), count: 0 }
    }

    /// The thread's id.
    pub fn id(&self) -> &str {
        &self.about.trace
    }

    /// Takes the next checkpoint.
    pub fn checkpoint(&mut self, checkpoint: Checkpoint, out: &mut dyn Sink) {
        let key = |id: &str| (checkpoint.namespace.clone(), id.to_owned());
        if self.seen.contains_key(&key(&checkpoint.id)) {
            return;
        }
        let parent = checkpoint.parent.as_deref().map(key);
        let turn_before =
            parent.as_ref().and_then(|parent| self.seen.get(parent)).map(|parent| parent.turn.clone());
        let before = match (&parent, checkpoint.source.as_str()) {
            (Some(parent), "loop") => self.seen.get_mut(parent).and_then(|seen| seen.open.take()),
            _ => None,
        };
        // A state that a new input follows is done with, unless something was left undone in it.
        if checkpoint.source == "input"
            && let Some(seen) = parent.as_ref().and_then(|parent| self.seen.get_mut(parent))
        {
            seen.open.take_if(|open| open.tasks.is_empty());
        }
        let begins = matches!(checkpoint.source.as_str(), "input" | "fork");
        let turn = match turn_before {
            Some(turn) if !begins => turn,
            before => {
                // An input is the end of the turn that it follows.
                if checkpoint.source == "input"
                    && let Some(turn) = before.and_then(|before| self.turns.remove(&before))
                {
                    end(turn, out);
                }
                self.begin(&checkpoint)
            }
        };
        if let Some(before) = before {
            self.ran(before, Some(&checkpoint), &turn, out);
        }
        if checkpoint.source == "update" {
            let old = parent.and_then(|parent| self.seen.get(&parent)).and_then(|seen| seen.open.as_ref());
            update(&self.about.trace, old, &checkpoint, &turn, out);
        }
        if let Some(turn) = self.turns.get_mut(&turn) {
            turn.end_ns = turn.end_ns.max(checkpoint.at_ns);
            turn.state.clone_from(&checkpoint.values);
        }
        let key = (checkpoint.namespace.clone(), checkpoint.id.clone());
        self.seen.insert(key, Seen { turn, open: Some(checkpoint) });
    }

    fn begin(&mut self, checkpoint: &Checkpoint) -> String {
        self.count += 1;
        let name = match checkpoint.source.as_str() {
            "fork" => format!("turn {} (fork)", self.count),
            _ if !checkpoint.namespace.is_empty() => {
                let node = checkpoint.namespace.rsplit('|').next().unwrap_or_default();
                format!("subgraph {}", node.split(':').next().unwrap_or(node))
            }
            _ => format!("turn {}", self.count),
        };
        let mut draft = Draft::new(&*self.about.trace, &*checkpoint.id, name, SpanKind::Chain);
        draft.span.parent = checkpoint.outer_task();
        draft.span.start_ns = checkpoint.at_ns;
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
        draft.payload.attributes = checkpoint.metadata.clone();
        if let Some(parent) = &checkpoint.parent {
            draft.payload.attributes.insert("parent_checkpoint_id".to_owned(), Value::from(parent.clone()));
        }
        let input = checkpoint.values.get("__start__").cloned();
        self.name_after(&mut draft, input);
        let turn = Turn { number: self.count, draft, end_ns: checkpoint.at_ns, state: Map::new() };
        self.turns.insert(checkpoint.id.clone(), turn);
        checkpoint.id.clone()
    }

    /// Sets a turn's input; the first names the thread.
    fn name_after(&mut self, turn: &mut Draft, input: Option<Value>) {
        let words = input.as_ref().and_then(words);
        turn.input(input);
        if let Some(words) = words {
            turn.span.preview = SpanRecord::preview_of(&words);
        }
        if self.about.preview.is_none()
            && let Some(preview) = &turn.span.preview
        {
            self.about.name = Some(short_name(preview));
            self.about.preview = Some(preview.clone());
        }
    }

    /// What was run from the checkpoint `before`, up to `after` if there is one.
    fn ran(&mut self, mut before: Checkpoint, after: Option<&Checkpoint>, turn: &str, out: &mut dyn Sink) {
        let new = after.map(|after| added(&before.values, &after.values)).unwrap_or_default();
        let tasks = std::mem::take(&mut before.tasks);
        let nodes = nodes(&before, after);
        let count = tasks.len();
        let is_start = |task: &Task| match &task.name {
            Some(name) => name == "__start__",
            None => before.source == "input" && (nodes.is_empty() || task.writes.contains_key("__start__")),
        };
        for task in tasks {
            if is_start(&task) {
                if let Some(mut started) = self.turns.remove(turn) {
                    if started.draft.payload.input.is_none() {
                        self.name_after(
                            &mut started.draft,
                            (!new.is_empty()).then(|| Value::Object(new.clone())),
                        );
                    }
                    self.turns.insert(turn.to_owned(), started);
                }
                continue;
            }
            let written = if !task.writes.is_empty() {
                task.writes
            } else if count == 1 {
                new.clone()
            } else {
                Map::new()
            };
            let name = task
                .name
                .unwrap_or_else(|| if nodes.is_empty() { "node".to_owned() } else { nodes.join(" | ") });
            let mut draft = Draft::new(&*self.about.trace, task.id, name, SpanKind::Chain);
            draft.span.parent = Some(turn.to_owned());
            draft.times(before.at_ns, after.and_then(|after| after.at_ns));
            draft.span.flags.insert(SpanFlags::TIME_DERIVED);
            draft.input(Some(Value::Object(before.values.clone())));
            read_messages(&written, &mut draft);
            draft.output(Some(Value::Object(written)));
            if let Some(error) = task.error {
                let event = Map::from_iter([("exception.message".to_owned(), Value::from(error.clone()))]);
                draft.payload.events.push(PayloadEvent {
                    time_ns: None,
                    name: "exception".to_owned(),
                    attributes: event,
                });
                // A node that the run got past succeeded in the end.
                if after.is_none() {
                    draft.fail(&Value::String(error.clone()));
                    if let Some(turn) = self.turns.get_mut(turn) {
                        turn.draft.fail(&Value::String(error));
                    }
                }
            }
            if after.is_some() {
                draft.span.status = SpanStatus::Ok;
            } else if let Some(turn) = self.turns.get_mut(turn)
                && draft.span.status != SpanStatus::Error
                && turn.draft.span.status == SpanStatus::Unset
            {
                turn.draft.span.status = SpanStatus::Open;
            }
            draft.payload.attributes.extend(task.rest);
            draft.payload.attributes.insert("checkpoint_id".to_owned(), Value::from(before.id.clone()));
            if let Some(step) = before.metadata.get("step") {
                draft.payload.attributes.insert("step".to_owned(), step.clone());
            }
            out.span(draft.finish());
        }
    }

    /// The thread is over, as far as its source goes: what has not been followed by a checkpoint has failed or is open.
    pub fn finish(mut self, out: &mut dyn Sink) {
        let mut left: Vec<(String, Checkpoint)> = std::mem::take(&mut self.seen)
            .into_values()
            .filter_map(|seen| Some((seen.turn, seen.open?)))
            .collect();
        left.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
        for (turn, checkpoint) in left {
            self.ran(checkpoint, None, &turn, out);
        }
        let mut turns: Vec<Turn> = std::mem::take(&mut self.turns).into_values().collect();
        turns.sort_by_key(|turn| turn.number);
        for turn in turns {
            end(turn, out);
        }
        if self.about.name.is_none() {
            self.about.name = Some(self.about.trace.clone());
        }
        out.trace(self.about);
    }
}

fn end(turn: Turn, out: &mut dyn Sink) {
    let Turn { mut draft, end_ns, mut state, .. } = turn;
    draft.times(draft.span.start_ns, end_ns.filter(|_| draft.span.status != SpanStatus::Open));
    if draft.span.status == SpanStatus::Unset {
        draft.span.status = SpanStatus::Ok;
    }
    state.shift_remove("__start__");
    draft.output(Some(Value::Object(state)));
    out.span(draft.finish());
}

/// What the first message in an input says, whatever way LangChain has of writing it.
fn words(input: &Value) -> Option<String> {
    let messages = input.as_object()?.values().filter_map(Value::as_array).flatten();
    messages
        .filter_map(|message| match message {
            Value::Array(pair) => pair.get(1).and_then(json::text),
            message => {
                message.get("content").or_else(|| message.get("kwargs")?.get("content")).and_then(json::text)
            }
        })
        .next()
}

/// The state set from outside.
fn update(trace: &str, before: Option<&Checkpoint>, after: &Checkpoint, turn: &str, out: &mut dyn Sink) {
    let mut draft = Draft::new(trace, format!("{}/update", after.id), "update of the state", SpanKind::Other);
    draft.span.parent = Some(turn.to_owned());
    draft.times(after.at_ns, after.at_ns);
    draft.span.status = SpanStatus::Ok;
    let new = before.map_or_else(|| after.values.clone(), |before| added(&before.values, &after.values));
    draft.output(Some(Value::Object(new)));
    draft.payload.attributes = after.metadata.clone();
    out.span(draft.finish());
}

/// What is new in a state: channels that changed; of lists that grew, what they grew by.
fn added(before: &Map<String, Value>, after: &Map<String, Value>) -> Map<String, Value> {
    let mut new = Map::new();
    for (channel, value) in after.iter().filter(|(channel, _)| !is_internal(channel)) {
        let known = before.get(channel);
        if known == Some(value) {
            continue;
        }
        let grown = match (known, value) {
            (Some(Value::Array(old)), Value::Array(list)) if list.starts_with(old) => {
                list.get(old.len()..).map(|rest| Value::Array(rest.to_vec()))
            }
            _ => None,
        };
        new.insert(channel.clone(), grown.unwrap_or_else(|| value.clone()));
    }
    new
}

fn is_internal(channel: &str) -> bool {
    channel.starts_with("branch:") || channel.starts_with("__")
}

/// The nodes that ran between two checkpoints of rows: those that have seen something new, or that older versions name.
fn nodes(before: &Checkpoint, after: Option<&Checkpoint>) -> Vec<String> {
    let Some(after) = after else {
        // What was to run next.
        let next = before.values.keys().filter_map(|channel| channel.strip_prefix("branch:to:"));
        return next.map(str::to_owned).collect();
    };
    if let Some(writes) = after.metadata.get("writes").and_then(Value::as_object) {
        return writes.keys().filter(|node| !is_internal(node)).cloned().collect();
    }
    let seen = after
        .versions_seen
        .iter()
        .filter(|(node, seen)| !is_internal(node) && before.versions_seen.get(*node) != Some(*seen));
    seen.map(|(node, _)| node.clone()).collect()
}

/// Tokens, model and kind of a node by the messages it wrote: an answer says what it used; a node that writes only results
/// of tools called tools.
fn read_messages(written: &Map<String, Value>, draft: &mut Draft) {
    let body =
        |message: &Value| message.get("kwargs").or_else(|| message.get("data")).unwrap_or(message).clone();
    let lists = written.values().filter_map(Value::as_array).flatten();
    let messages: Vec<Value> = lists.filter(|message| message.is_object()).map(body).collect();
    let kind = |message: &Value| message.get("type").or_else(|| message.get("role")).and_then(json::text);
    for message in &messages {
        if let Some(usage) = message.get("usage_metadata") {
            let used = semantics::usage_tokens(usage);
            let sum = |a: Option<u64>, b: Option<u64>| match (a, b) {
                (None, None) => None,
                (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
            };
            let tokens = &mut draft.span.tokens;
            tokens.input = sum(tokens.input, used.input);
            tokens.output = sum(tokens.output, used.output);
            tokens.cache_read = sum(tokens.cache_read, used.cache_read);
            tokens.cache_write = sum(tokens.cache_write, used.cache_write);
            tokens.reasoning = sum(tokens.reasoning, used.reasoning);
            draft.span.kind = SpanKind::Llm;
        }
        if let Some(about) = message.get("response_metadata") {
            let model = ["model_name", "model"].iter().find_map(|key| about.get(*key)).and_then(json::text);
            if model.is_some() {
                draft.span.kind = SpanKind::Llm;
            }
            draft.span.model = draft.span.model.take().or(model);
        }
    }
    if !messages.is_empty() && messages.iter().all(|message| kind(message).as_deref() == Some("tool")) {
        draft.span.kind = SpanKind::Tool;
    }
}
