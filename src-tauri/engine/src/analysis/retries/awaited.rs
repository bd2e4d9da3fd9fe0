//! Tries that are still to come: a step failed, its source said how long it waits, and nothing has followed so far.

use super::span_of;
use crate::analysis::{SpanFacts, Tree};
use crate::model::{SpanKind, SpanStatus};

/// A failed step that is to be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Its row in the [`Tree`].
    pub row: u32,
    /// When its source said that it would try again, in nanoseconds since the epoch.
    pub until_ns: i64,
}

/// The steps of a run that goes on of which the next try is awaited, by row. Beside the wait itself, whatever began after the
/// failure shows that the run has gone on: with the next try, or without one.
pub fn awaited(spans: &[SpanFacts], tree: &Tree) -> Vec<Awaited> {
    let is_over = |row: u32| span_of(spans, tree, row).status != SpanStatus::Open;
    let mut found = Vec::new();
    for (at, row) in tree.rows.iter().enumerate() {
        let span = &spans[row.span as usize];
        let Some((end_ns, backoff_ns)) = span.end_ns.zip(span.backoff_ns.filter(|ns| *ns > 0)) else {
            continue;
        };
        let failed = span.status == SpanStatus::Error && span.kind != SpanKind::Wait;
        if failed && !row.parent.is_some_and(is_over) && !went_on(spans, tree, at, end_ns) {
            found.push(Awaited { row: at as u32, until_ns: end_ns.saturating_add(backoff_ns) });
        }
    }
    found
}

/// Whether a step beside the one at row `at`, other than a wait, began at `end_ns` or later.
fn went_on(spans: &[SpanFacts], tree: &Tree, at: usize, end_ns: i64) -> bool {
    let parent = tree.rows[at].parent;
    let mut beside = at + 1 + tree.rows[at].descendants as usize;
    while let Some(row) = tree.rows.get(beside).filter(|row| row.parent == parent) {
        let span = &spans[row.span as usize];
        if span.kind != SpanKind::Wait && span.start_ns.is_none_or(|start_ns| start_ns >= end_ns) {
            return true;
        }
        beside += 1 + row.descendants as usize;
    }
    false
}
