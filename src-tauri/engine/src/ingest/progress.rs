//! Where one source stands (a file of an import, a feed); shared by the threads that read, write and show it.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::error::Error;
use crate::masking;
use crate::model::{Problem, RecordGuess};
use crate::store::trace::Totals;

/// Problems kept for one source; more are only counted.
pub const KEPT_PROBLEMS: usize = 1_000;

/// One source's way into the store.
#[derive(Default)]
pub struct SourceProgress {
    /// It has no end: what is kept of it must not grow with it, and what could not be written does not stop it.
    is_endless: bool,
    /// Bytes read of the file as it is on disk, or received.
    pub bytes_done: AtomicU64,
    /// Spans that were received and could not be taken, for want of room or time.
    pub dropped: AtomicU64,
    /// Set to stop reading.
    cancelled: AtomicBool,
    /// Set while another program holds the store.
    waiting: AtomicBool,
    /// The format found.
    format: OnceLock<&'static str>,
    /// How records of no known format are read.
    mapping: OnceLock<RecordGuess>,
    state: Mutex<SourceCounts>,
    written: Condvar,
}

/// The counts; all of what has been committed.
#[derive(Default)]
pub struct SourceCounts {
    /// Different traces met; not of a source without an end, whose `traces_added` must do.
    pub trace_ids: HashSet<i64>,
    /// New traces.
    pub traces_added: u32,
    /// Spans met.
    pub spans: u64,
    /// New spans.
    pub spans_added: u64,
    /// Known spans that were completed.
    pub spans_updated: u64,
    /// Known spans.
    pub spans_unchanged: u64,
    /// The first problems met; of a source without an end, the last ones.
    pub problems: VecDeque<Problem>,
    /// All problems met.
    pub problem_count: u32,
    /// What was recognised and left out.
    pub skipped: BTreeMap<&'static str, u64>,
    /// Sums over its traces, once all is written.
    pub totals: Totals,
    /// Why writing stopped; of a source without an end, what went wrong last.
    pub error: Option<Error>,
    /// Everything handed over is written and summarised.
    pub is_written: bool,
}

impl SourceProgress {
    /// Of a source that lasts as long as the program: a socket, an endpoint, a followed file.
    pub fn endless() -> Self {
        Self { is_endless: true, ..Self::default() }
    }

    /// Whether the source has no end.
    pub fn is_endless(&self) -> bool {
        self.is_endless
    }

    /// The counts.
    pub fn state(&self) -> MutexGuard<'_, SourceCounts> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks for it to stop.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// Ends it because it can't be written; the first reason stays. A source without an end goes on.
    pub fn fail(&self, error: &Error) {
        let error = Error::new(error.code, error.message.clone());
        if self.is_endless {
            self.state().error = Some(error);
        } else {
            self.state().error.get_or_insert(error);
            self.cancel();
        }
    }

    /// Says whether it waits for another program that holds the store.
    pub fn set_waiting(&self, waiting: bool) {
        self.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Whether it waits for another program that holds the store.
    pub fn is_waiting(&self) -> bool {
        self.waiting.load(Ordering::Relaxed)
    }

    /// Says which format was found.
    pub fn set_format(&self, format_id: &'static str) {
        self.format.get_or_init(|| format_id);
    }

    /// The format found, as soon as it is known.
    pub fn format(&self) -> Option<&'static str> {
        self.format.get().copied()
    }

    /// Says how records of no known format are read.
    pub fn set_mapping(&self, mapping: RecordGuess) {
        self.mapping.get_or_init(|| mapping);
    }

    /// How records of no known format are read.
    pub fn mapping(&self) -> Option<&RecordGuess> {
        self.mapping.get()
    }

    /// Adds to the counts of a source without an end those of a part of it that has ended.
    pub fn absorb(&self, part: &Self) {
        self.bytes_done.fetch_add(part.bytes_done.load(Ordering::Relaxed), Ordering::Relaxed);
        let part = std::mem::take(&mut *part.state());
        let mut state = self.state();
        state.traces_added += part.traces_added;
        state.spans += part.spans;
        state.spans_added += part.spans_added;
        state.spans_updated += part.spans_updated;
        state.spans_unchanged += part.spans_unchanged;
        let untold = part.problem_count.saturating_sub(part.problems.len() as u32);
        for problem in part.problems {
            state.add_problem(problem, self.is_endless);
        }
        state.problem_count = state.problem_count.saturating_add(untold);
        for (what, count) in part.skipped {
            *state.skipped.entry(what).or_insert(0) += count;
        }
    }

    /// Adds a problem.
    pub fn problem(&self, problem: Problem) {
        self.state().add_problem(problem, self.is_endless);
    }

    /// Marks all as written and wakes who waits for it.
    pub fn set_written(&self) {
        self.state().is_written = true;
        self.written.notify_all();
    }

    /// Waits until all that was handed over is written.
    pub fn wait_written(&self) {
        let mut state = self.state();
        while !state.is_written {
            state = self.written.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl SourceCounts {
    /// Adds a problem; past [`KEPT_PROBLEMS`] the first stay, or the last.
    pub(super) fn add_problem(&mut self, mut problem: Problem, last_stay: bool) {
        // A reason may quote the input.
        if let Some(clean) = masking::mask_text(&problem.reason) {
            problem.reason = clean;
        }
        self.problem_count = self.problem_count.saturating_add(1);
        if self.problems.len() >= KEPT_PROBLEMS {
            if !last_stay {
                return;
            }
            self.problems.pop_front();
        }
        self.problems.push_back(problem);
    }

    /// What was recognised and left out, in words; `None` if nothing was.
    pub fn left_out(&self) -> Option<String> {
        let skipped = self
            .skipped
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(what, count)| format!("{count} {what}"))
            .collect::<Vec<_>>()
            .join(", ");
        (!skipped.is_empty()).then_some(skipped)
    }
}
