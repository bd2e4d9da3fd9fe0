//! Runs that were tried again as a whole: the next run of a conversation that is asked the same, after the one before had failed.

use super::{Columns, Run};
use crate::model::{SpanRecord, TraceStatus};
use crate::semantics;
use crate::store::digest::Digest;

/// What a run was asked, as far as is known, by hashes; 0 where it is not. The most telling first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked([i64; 3]);

/// A shorter preview has all of the text it is the start of: one is cut within a letter of its room.
const WHOLE_PREVIEW_BYTES: usize = SpanRecord::PREVIEW_BYTES - 4;

impl Asked {
    pub(super) fn of(digest: &Digest, preview: Option<&str>) -> Self {
        let preview = preview.filter(|preview| preview.len() < WHOLE_PREVIEW_BYTES);
        let known = |hash: Option<i64>| hash.unwrap_or(0);
        Self([
            known(digest.input_hash),
            known(preview.map(semantics::input_hash)),
            known(digest.first_call_hash),
        ])
    }

    /// Whether both were asked the same, by the first that is known of both.
    fn is_same(self, other: Self) -> bool {
        let known = self.0.into_iter().zip(other.0).find(|(one, other)| *one != 0 && *other != 0);
        known.is_some_and(|(one, other)| one == other)
    }
}

/// Starts and ids of the runs of a conversation, in order.
type ByStart = [(Option<i64>, i64)];

/// Whether a run is the one before it in its conversation, tried again.
fn is_again(before: &Run, run: &Run) -> bool {
    let has_failed = matches!(before.status, TraceStatus::Failed | TraceStatus::Lost);
    let end_ns = before.start_ns.map(|start| start.saturating_add(before.duration_ns.unwrap_or(0)));
    let in_order = end_ns.zip(run.start_ns).is_some_and(|(end, start)| end <= start);
    has_failed && in_order && before.asked.is_same(run.asked)
}

impl Columns {
    /// Whether a run is one of several tries.
    pub fn is_one_of_tries(&self, run: &Run) -> bool {
        let Some((runs, place)) = self.conversation_of(run) else { return false };
        let is_next = |place: usize| self.is_next_again(runs, place);
        is_next(place) || place.checked_sub(1).is_some_and(is_next)
    }

    /// All tries that a run is one of, in order; empty for one that was not tried again.
    pub fn tries_of(&self, run: &Run) -> Vec<&Run> {
        let Some((runs, place)) = self.conversation_of(run) else { return Vec::new() };
        let mut first = place;
        while first.checked_sub(1).is_some_and(|before| self.is_next_again(runs, before)) {
            first -= 1;
        }
        let mut last = place;
        while self.is_next_again(runs, last) {
            last += 1;
        }
        if first == last {
            return Vec::new();
        }
        runs.get(first..=last).unwrap_or_default().iter().filter_map(|(_, id)| self.run(*id)).collect()
    }

    /// The runs of its conversation, and its place among them.
    fn conversation_of(&self, run: &Run) -> Option<(&ByStart, usize)> {
        let runs = self.conversations.get(&run.conversation?)?;
        Some((runs, runs.binary_search(&(run.start_ns, run.id)).ok()?))
    }

    /// Whether the run after the one at `place` is that one again.
    fn is_next_again(&self, runs: &ByStart, place: usize) -> bool {
        let at = |place: usize| runs.get(place).and_then(|(_, id)| self.run(*id));
        at(place).zip(at(place + 1)).is_some_and(|(before, run)| is_again(before, run))
    }
}
