//! The model calls of a trace in order, compared with one another, and the tools that ran after each.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::Connection;
use xxhash_rust::xxh3::xxh3_64;

use super::payload_of;
use crate::analysis::conversation::{CallMessages, CallPlace, Conversation, MessageKey, Speaker, Thread};
use crate::dto::{ConversationOutline, ConversationThread};
use crate::error::Result;
use crate::model::{SpanKind, SpanStatus};
use crate::semantics::{self, Content, Message, MessagePart};
use crate::store::payload::{PayloadPlace, PayloadReader};
use crate::store::span::{self, SpanRow};
use crate::store::trace as trace_table;
use crate::structure::{Spans, Structure};

/// Formats of which the calls say what was new since the call before (`wire::transcript`), not the whole request.
const TOLD_IN_PARTS: [&str; 18] = [
    "ag-ui",
    "agentbench",
    "anthropic-managed-agents",
    "atif",
    "claude-code",
    "claude-stream-json",
    "codex-exec",
    "codex-rollout",
    "gemini-cli",
    "mini-swe-agent",
    "openhands",
    "openhands-output",
    "openhands-sdk",
    "pi",
    "swe-agent",
    "tau-bench",
    "tau2-bench",
    "who-and-when",
];

/// What steps are called in which a source says that the history was compacted.
const COMPACTIONS: [&str; 2] = ["compact", "compaction"];

/// What is said of a trace as a whole.
pub(super) struct About {
    pub(super) name: String,
    pub(super) format: String,
    pub(super) is_reported: bool,
}

/// The model calls of a trace.
pub(super) struct Calls {
    /// Their steps, in order.
    pub(super) rows: Vec<SpanRow>,
    /// What each changed.
    pub(super) conversation: Arc<Conversation>,
    /// The conversations that are shown.
    pub(super) threads: Vec<CallThread>,
    /// When the trace starts.
    pub(super) start_ns: Option<i64>,
    /// For each call, the tools that ran after it, as places in `tools`.
    pub(super) tools_after: Vec<Vec<u32>>,
    /// Steps of tools that models may have called.
    pub(super) tools: Vec<SpanRow>,
    /// For each call, the step that says that the history was compacted before it.
    pub(super) compacted: Vec<Option<String>>,
    /// The calls that were compared when all of them had ended, and what came of it: more calls go on from there.
    settled: (Vec<CallId>, Arc<Conversation>),
    empty_reason: Option<String>,
}

/// One conversation.
pub(super) struct CallThread {
    /// Its calls, as places in [`Calls::rows`].
    pub(super) calls: Vec<u32>,
    name: String,
    agent_span_id: Option<String>,
    called_by_span_id: Option<String>,
    depth: u32,
}

/// A call as it was when it was compared.
#[derive(Clone, PartialEq)]
struct CallId {
    span: u64,
    payload: PayloadPlace,
    agent: u64,
}

/// An agent in the tree.
#[derive(Clone)]
struct Agent {
    name: String,
    span_id: String,
    called_by: Option<String>,
    depth: u32,
    family: u64,
}

impl Calls {
    /// Reads and compares the calls of a trace, going on from what was known `before`. Gives how many bytes were read.
    pub(super) fn read(
        connection: &Connection,
        trace_id: i64,
        about: About,
        before: Option<&Self>,
    ) -> Result<(Self, u64)> {
        let rows = span::of_trace(connection, trace_id)?;
        let (_, parents_unknown) = trace_table::reported(connection, trace_id)?;
        let mut spans = Spans::with_capacity(rows.len());
        rows.iter().for_each(|row| spans.add(row));
        let shape = Structure::of(spans, &[], parents_unknown, about.is_reported);
        let found = Found::of(&rows, &shape);
        drop(shape);

        let told_in_parts = TOLD_IN_PARTS.contains(&&*about.format);
        let place = |call: &Step| CallPlace {
            agent: call.agent,
            family: found.agents.get(&call.agent).map_or(0, |agent| agent.family),
            told_in_parts,
        };
        let ids: Vec<CallId> = found.calls.iter().map(|call| call.id(&rows)).collect();
        let settled = before.map(|before| &before.settled).filter(|(known, _)| ids.starts_with(known));
        let (known, mut conversation) = settled
            .map_or((0, Conversation::default()), |(known, told)| (known.len(), Conversation::clone(told)));
        let mut payloads = PayloadReader::default();
        let mut bytes = 0;
        let mut open_from = None;
        for (at, call) in found.calls.iter().enumerate().skip(known) {
            let row = &rows[call.row];
            if row.status == SpanStatus::Open && open_from.is_none() {
                open_from = Some((at, Arc::new(conversation.clone())));
            }
            bytes += u64::from(row.payload.bytes);
            let payload = payload_of(&payloads.read_if_sound(connection, row.payload)?.unwrap_or_default());
            conversation.add(place(call), messages(&Said::of(semantics::content(&payload))));
        }
        let conversation = Arc::new(conversation);
        let (count, compared) = open_from.unwrap_or_else(|| (ids.len(), conversation.clone()));
        let (tools_after, compacted) = found.beside(&rows, &conversation);
        let threads =
            conversation.threads().into_iter().map(|thread| found.thread(thread, &about.name)).collect();
        let calls = Self {
            threads,
            start_ns: rows.iter().filter_map(|row| row.start_ns).min(),
            tools_after,
            compacted,
            settled: (ids.get(..count).unwrap_or_default().to_vec(), compared),
            empty_reason: found.calls.is_empty().then(|| "This run has no model calls.".to_owned()),
            tools: found.tools.iter().map(|tool| rows[tool.row].clone()).collect(),
            rows: found.calls.iter().map(|call| rows[call.row].clone()).collect(),
            conversation,
        };
        Ok((calls, bytes))
    }

    /// The threads, for the person.
    pub(super) fn outline(&self) -> ConversationOutline {
        let failed = |call: u32| {
            let call = call as usize;
            let is_failed = |row: &SpanRow| row.status == SpanStatus::Error;
            is_failed(&self.rows[call])
                || self.tools_after[call].iter().any(|tool| is_failed(&self.tools[*tool as usize]))
        };
        let threads = self.threads.iter().map(|thread| ConversationThread {
            name: thread.name.clone(),
            agent_span_id: thread.agent_span_id.clone(),
            called_by_span_id: thread.called_by_span_id.clone(),
            depth: thread.depth,
            span_ids: thread.calls.iter().map(|call| self.rows[*call as usize].span_id.clone()).collect(),
            failed: (0_u32..)
                .zip(&thread.calls)
                .filter(|(_, call)| failed(**call))
                .map(|(place, _)| place)
                .collect(),
        });
        ConversationOutline {
            threads: threads.collect(),
            empty_reason: self.empty_reason.clone(),
            ..ConversationOutline::default()
        }
    }
}

/// A step among the others.
struct Step {
    /// Its place among the rows of the store.
    row: usize,
    /// Its agent; 0 for the run itself.
    agent: u64,
    /// Where it comes in time, then in the tree.
    order: (i64, u32),
}

impl Step {
    fn id(&self, rows: &[SpanRow]) -> CallId {
        let row = &rows[self.row];
        CallId { span: hash(&row.span_id), payload: row.payload, agent: self.agent }
    }
}

/// The steps that make up conversations.
#[derive(Default)]
struct Found {
    calls: Vec<Step>,
    tools: Vec<Step>,
    compactions: Vec<Step>,
    agents: HashMap<u64, Agent>,
}

impl Found {
    fn of(rows: &[SpanRow], shape: &Structure) -> Self {
        const NONE: u32 = u32::MAX;
        let tree = &shape.tree.rows;
        let has_times = rows.iter().all(|row| row.start_ns.is_some());
        // Of each row: the agent it belongs to or is, and the nearest agent, model call or tool that it is or is in.
        let mut agent_of = vec![NONE; tree.len()];
        let mut holder = vec![NONE; tree.len()];
        let mut is_outer = vec![false; tree.len()];
        let kind_at = |at: u32| (at != NONE).then(|| rows[tree[at as usize].span as usize].kind);
        let mut found = Self::default();
        let key = |at: u32| if at == NONE { 0 } else { hash(&rows[tree[at as usize].span as usize].span_id) };
        for (at, place) in tree.iter().enumerate() {
            let above = place
                .parent
                .map_or((NONE, NONE), |parent| (agent_of[parent as usize], holder[parent as usize]));
            let row = &rows[place.span as usize];
            let is_agent = row.kind == SpanKind::Agent;
            agent_of[at] = if is_agent { at as u32 } else { above.0 };
            holder[at] = match row.kind {
                SpanKind::Agent | SpanKind::Llm | SpanKind::Tool => at as u32,
                _ => above.1,
            };
            if row.kind == SpanKind::Llm && kind_at(above.1) == Some(SpanKind::Llm) {
                // Two instruments tell of one call: the inner one is the call itself.
                is_outer[above.1 as usize] = true;
            }
            if is_agent {
                let outer = found.agents.get(&key(above.0));
                let called_by = (kind_at(above.1) == Some(SpanKind::Tool))
                    .then(|| rows[tree[above.1 as usize].span as usize].span_id.clone());
                let agent = Agent {
                    name: row.name.clone(),
                    span_id: row.span_id.clone(),
                    depth: outer.map_or(0, |outer| outer.depth + 1),
                    family: hash(&row.name) ^ key(above.0).rotate_left(1),
                    called_by,
                };
                found.agents.insert(hash(&row.span_id), agent);
            }
        }
        for (at, place) in tree.iter().enumerate() {
            let row = &rows[place.span as usize];
            let above = place.parent.map_or(NONE, |parent| holder[parent as usize]);
            let order = (if has_times { row.start_ns.unwrap_or(0) } else { 0 }, at as u32);
            let step = Step { row: place.span as usize, agent: key(agent_of[at]), order };
            match row.kind {
                SpanKind::Llm if !is_outer[at] => found.calls.push(step),
                SpanKind::Tool if kind_at(above) != Some(SpanKind::Tool) => found.tools.push(step),
                SpanKind::Chain if COMPACTIONS.contains(&&*row.name) => found.compactions.push(step),
                _ => {}
            }
        }
        for steps in [&mut found.calls, &mut found.tools, &mut found.compactions] {
            steps.sort_by_key(|step| step.order);
        }
        found
    }

    /// For each call the tools that ran after it, and the compaction before it.
    fn beside(&self, rows: &[SpanRow], conversation: &Conversation) -> (Vec<Vec<u32>>, Vec<Option<String>>) {
        let mut calls_of: HashMap<u64, Vec<usize>> = HashMap::new();
        for (at, call) in self.calls.iter().enumerate() {
            calls_of.entry(conversation.stands_for(call.agent)).or_default().push(at);
        }
        // The calls of the agent of a step, and how many of them came before it.
        let before = |step: &Step| {
            let calls = calls_of.get(&conversation.stands_for(step.agent))?;
            Some((calls, calls.partition_point(|at| self.calls[*at].order <= step.order)))
        };
        let mut tools_after = vec![Vec::new(); self.calls.len()];
        for (at, tool) in self.tools.iter().enumerate() {
            if let Some((calls, count)) = before(tool)
                && let Some(call) = count.checked_sub(1).and_then(|last| calls.get(last))
            {
                tools_after[*call].push(at as u32);
            }
        }
        let mut compacted = vec![None; self.calls.len()];
        for step in &self.compactions {
            if let Some((calls, count)) = before(step)
                && let Some(call) = calls.get(count)
            {
                compacted[*call] = Some(rows[step.row].span_id.clone());
            }
        }
        (tools_after, compacted)
    }

    fn thread(&self, thread: Thread, run: &str) -> CallThread {
        let agent = self.agents.get(&thread.agent);
        let runs_own = self.calls.iter().any(|call| call.agent == 0);
        CallThread {
            calls: thread.calls,
            name: agent.map_or(run, |agent| semantics::agent_name(&agent.name)).to_owned(),
            agent_span_id: agent.map(|agent| agent.span_id.clone()),
            called_by_span_id: agent.and_then(|agent| agent.called_by.clone()),
            depth: agent.map_or(0, |agent| agent.depth + u32::from(runs_own)),
        }
    }
}

/// What was said in a call.
pub(super) struct Said {
    /// The messages of its request.
    pub(super) request: Vec<Message>,
    /// Those of its answer.
    pub(super) answer: Vec<Message>,
    /// All else of it; the messages are taken out.
    pub(super) rest: Content,
}

impl Said {
    /// Takes the messages out of the content of a call. Where it has none, its input and output are what was said.
    pub(super) fn of(mut content: Content) -> Self {
        let mut request = std::mem::take(&mut content.input_messages);
        let mut answer = std::mem::take(&mut content.output_messages);
        if request.is_empty() {
            request.extend(content.input.take().map(|input| plain("user", input)));
        }
        if answer.is_empty() {
            answer.extend(content.output.take().map(|output| plain("assistant", output)));
        }
        Self { request, answer, rest: content }
    }

    /// How many messages at the beginning of the request are instructions.
    pub(super) fn system_count(&self) -> usize {
        self.request.iter().take_while(|message| speaker(message) == Speaker::System).count()
    }
}

fn plain(role: &str, said: serde_json::Value) -> Message {
    let part = match said {
        serde_json::Value::String(text) => MessagePart::Text { text },
        value => MessagePart::Other { value },
    };
    Message { role: role.to_owned(), parts: vec![part], ..Message::default() }
}

fn messages(said: &Said) -> CallMessages {
    let keys = |messages: &[Message]| messages.iter().map(key).collect();
    CallMessages {
        request: keys(&said.request),
        answer: keys(&said.answer),
        tools_hash: semantics::tools_hash(&said.rest.tools),
    }
}

fn key(message: &Message) -> MessageKey {
    let likeness = semantics::likeness(message);
    MessageKey { hash: likeness.hash, speaker: speaker(message), characters: likeness.characters }
}

fn speaker(message: &Message) -> Speaker {
    let is_result = |part: &MessagePart| matches!(part, MessagePart::ToolResult { .. });
    match &*message.role {
        _ if !message.parts.is_empty() && message.parts.iter().all(is_result) => Speaker::Tool,
        "system" | "developer" => Speaker::System,
        "user" | "human" => Speaker::User,
        "assistant" | "ai" | "model" => Speaker::Assistant,
        "tool" | "function" => Speaker::Tool,
        _ => Speaker::Other,
    }
}

fn hash(text: &str) -> u64 {
    xxh3_64(text.as_bytes()).max(1)
}
