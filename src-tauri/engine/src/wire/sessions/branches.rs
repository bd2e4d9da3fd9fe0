//! Which turns of a session lead to where it stands. Sessions branch: a person goes back to an earlier point and asks anew;
//! what was said after that point stays in the file.

use serde_json::{Map, Value};

use super::recent::Recent;
use crate::model::{Payload, Problem, SpanKind, SpanRecord, TraceRecord};
use crate::wire::Sink;

/// Turns are held back until it is known which of them were left; no more than this of them, the oldest first to go.
const HELD_BYTES: usize = 16 << 20;

/// The turns of a session and the lines that belong to them.
#[derive(Clone, Default)]
pub struct Branches {
    turns: Vec<Turn>,
    /// The turn of each line.
    lines: Recent<u32>,
    /// Turn of the line seen last.
    leaf: Option<u32>,
    is_forked: bool,
    held_bytes: usize,
    /// The first turn that may still be held.
    first_held: usize,
}

#[derive(Clone)]
struct Turn {
    id: String,
    parent: Option<u32>,
    has_child: bool,
    held: Option<SpanRecord>,
}

impl Branches {
    /// A turn with the span id `id`, asked for in reply to the line `parent`.
    pub fn turn(&mut self, id: String, parent: Option<&str>) {
        let last = self.turns.len().checked_sub(1).map(|last| last as u32);
        let parent = parent.and_then(|line| self.lines.get(line).copied()).or(last);
        if let Some(parent) = parent.and_then(|parent| self.turns.get_mut(parent as usize)) {
            self.is_forked |= parent.has_child;
            parent.has_child = true;
        }
        self.leaf = Some(self.turns.len() as u32);
        self.turns.push(Turn { id, parent, has_child: false, held: None });
    }

    /// A line, which belongs to the turn of the line before it.
    pub fn line(&mut self, id: &str, parent: Option<&str>) {
        if self.lines.contains(id) {
            return;
        }
        let turn = parent.and_then(|line| self.lines.get(line).copied()).or(self.leaf);
        self.lines.insert(id, turn.unwrap_or(0));
        self.leaf = turn.or(self.leaf);
    }

    /// The line that begins the turn told last.
    pub fn first_line(&mut self, id: &str) {
        self.lines.insert(id, self.leaf.unwrap_or(0));
    }

    /// `out`, with turns held back.
    pub fn holding<'a>(&'a mut self, out: &'a mut dyn Sink) -> Holding<'a> {
        Holding { branches: self, out }
    }

    fn hold(&mut self, span: SpanRecord, out: &mut dyn Sink) {
        // Turns are looked for from the last; what cannot be one is not looked for through all of them.
        if span.kind != SpanKind::Chain {
            return out.span(span);
        }
        let Some(at) = self.turns.iter().rposition(|turn| turn.id == span.id) else { return out.span(span) };
        self.held_bytes += span.payload.len();
        if let Some(turn) = self.turns.get_mut(at)
            && let Some(earlier) = turn.held.replace(span)
        {
            out.span(earlier);
        }
        while self.held_bytes > HELD_BYTES && self.first_held < self.turns.len() {
            if let Some(span) = self.turns.get_mut(self.first_held).and_then(|turn| turn.held.take()) {
                self.held_bytes = self.held_bytes.saturating_sub(span.payload.len());
                out.span(span);
            }
            self.first_held += 1;
        }
    }

    /// Hands on the turns that are held. Where the session branches, each says whether it leads to the end.
    pub fn finish(self, out: &mut dyn Sink) {
        let mut on_path = vec![false; self.turns.len()];
        let mut next = self.leaf.filter(|_| self.is_forked);
        while let Some(at) = next {
            let Some(mark) = on_path.get_mut(at as usize).filter(|mark| !**mark) else { break };
            *mark = true;
            next = self.turns.get(at as usize).and_then(|turn| turn.parent);
        }
        for (turn, is_on_path) in self.turns.into_iter().zip(on_path) {
            let Some(mut span) = turn.held else { continue };
            if self.is_forked {
                mark(&mut span, is_on_path);
            }
            out.span(span);
        }
    }
}

fn mark(span: &mut SpanRecord, is_on_path: bool) {
    let Ok(mut payload) = serde_json::from_slice::<Payload>(&span.payload) else { return };
    let told: Map<String, Value> =
        [("leads_to_end".to_owned(), Value::Bool(is_on_path))].into_iter().collect();
    payload.attributes.extend(told);
    if let Ok(bytes) = serde_json::to_vec(&payload) {
        span.payload = bytes;
    }
}

/// A sink that holds turns back.
pub struct Holding<'a> {
    branches: &'a mut Branches,
    out: &'a mut dyn Sink,
}

impl Sink for Holding<'_> {
    fn span(&mut self, span: SpanRecord) {
        self.branches.hold(span, self.out);
    }
    fn trace(&mut self, trace: TraceRecord) {
        self.out.trace(trace);
    }
    fn problem(&mut self, problem: Problem) {
        self.out.problem(problem);
    }
    fn skipped(&mut self, what: &'static str, count: u64) {
        self.out.skipped(what, count);
    }
    fn is_growing(&self) -> bool {
        self.out.is_growing()
    }
}
