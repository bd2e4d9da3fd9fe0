//! What a transaction did to a source's counts.

use std::sync::Arc;

use crate::ingest::assemble::Origin;

/// What a transaction did to a source's counts; applied once it is committed.
pub(super) struct Tally {
    pub(super) origin: Arc<Origin>,
    pub(super) traces: Vec<i64>,
    pub(super) traces_added: u32,
    pub(super) spans: u64,
    pub(super) spans_added: u64,
    pub(super) spans_updated: u64,
    pub(super) spans_unchanged: u64,
    pub(super) problems: Vec<crate::model::Problem>,
    pub(super) skipped: Vec<(&'static str, u64)>,
}

impl Tally {
    pub(super) fn new(origin: Arc<Origin>) -> Self {
        Self {
            origin,
            traces: Vec::new(),
            traces_added: 0,
            spans: 0,
            spans_added: 0,
            spans_updated: 0,
            spans_unchanged: 0,
            problems: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Counts a record of trace `trace_id`.
    pub(super) fn meet(&mut self, trace_id: i64, is_new: bool) {
        if self.traces.last() != Some(&trace_id) {
            self.traces.push(trace_id);
        }
        self.traces_added += u32::from(is_new);
    }

    /// Adds it to the source's counts: the transaction is committed.
    pub(super) fn apply(self) {
        let mut state = self.origin.progress.state();
        state.trace_ids.extend(self.traces);
        state.traces_added += self.traces_added;
        state.spans += self.spans;
        state.spans_added += self.spans_added;
        state.spans_updated += self.spans_updated;
        state.spans_unchanged += self.spans_unchanged;
        for problem in self.problems {
            state.add_problem(problem);
        }
        for (what, count) in self.skipped {
            *state.skipped.entry(what).or_insert(0) += count;
        }
    }
}
