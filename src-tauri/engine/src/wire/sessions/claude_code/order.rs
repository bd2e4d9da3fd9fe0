//! Puts lines behind the lines they answer: some sessions are written out of order.

use std::collections::VecDeque;

use super::line::Line;
use crate::model::Position;
use crate::wire::sessions::recent::Recent;

/// How many lines wait for the line that they answer …
const WAITING_LINES: usize = 128;
/// … and how much of them; the first to come goes first where it is more.
const WAITING_BYTES: usize = 8 << 20;

/// Lines that wait.
#[derive(Clone, Default)]
pub struct Order {
    /// Lines that were let through.
    passed: Recent<()>,
    has_begun: bool,
    waiting: VecDeque<(Line, Position)>,
    waiting_bytes: usize,
}

impl Order {
    /// Takes a line; gives those whose turn it is.
    pub fn put(&mut self, line: Line, at: Position) -> Vec<(Line, Position)> {
        let mut free = Vec::new();
        // A line that answers none lets those go first that are older: what they wait for is not to come.
        let is_later = |(waiting, _): &(Line, Position)| waiting.at_ns <= line.at_ns;
        if line.parent.is_none() && !line.is_sidechain && self.waiting.front().is_some_and(is_later) {
            free = self.rest();
        }
        // A file may begin in the middle of a conversation.
        if self.is_free(&line) || !std::mem::replace(&mut self.has_begun, true) {
            self.has_begun = true;
            self.pass(line, at, &mut free);
        } else {
            self.waiting_bytes += line.bytes();
            self.waiting.push_back((line, at));
        }
        while self.waiting.len() > WAITING_LINES || self.waiting_bytes > WAITING_BYTES {
            let Some((line, at)) = self.waiting.pop_front() else { break };
            self.waiting_bytes = self.waiting_bytes.saturating_sub(line.bytes());
            self.pass(line, at, &mut free);
        }
        free
    }

    /// What still waits, for a line that never came.
    pub fn rest(&mut self) -> Vec<(Line, Position)> {
        let mut free = Vec::new();
        while let Some((line, at)) = self.waiting.pop_front() {
            self.waiting_bytes = self.waiting_bytes.saturating_sub(line.bytes());
            self.pass(line, at, &mut free);
        }
        free
    }

    fn is_free(&self, line: &Line) -> bool {
        line.parent.as_deref().is_none_or(|parent| self.passed.contains(parent))
    }

    /// Lets a line through, and those that waited for it.
    fn pass(&mut self, line: Line, at: Position, free: &mut Vec<(Line, Position)>) {
        let mut next = Some((line, at));
        while let Some((line, at)) = next.take() {
            if let Some(id) = &line.id {
                self.passed.insert(id, ());
            }
            free.push((line, at));
            // Those that waited come in the order of the file.
            if let Some(index) = self.waiting.iter().position(|(line, _)| self.is_free(line)) {
                next = self.waiting.remove(index);
                let bytes = next.as_ref().map_or(0, |(line, _)| line.bytes());
                self.waiting_bytes = self.waiting_bytes.saturating_sub(bytes);
            }
        }
    }
}
