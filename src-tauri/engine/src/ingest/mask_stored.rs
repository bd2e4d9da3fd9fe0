//! Masks what is stored already, behind everything else, and leaves nothing of it in the database's files.
//!
//! Blocks of payloads first, then what rows say. Then the database is written anew, so that no free page keeps what stood there,
//! and its log is emptied.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::writer::Writer;
use crate::error::{Code, Error, Result};
use crate::masking::{MaskCounts, Masker};
use crate::priority;
use crate::store::{compaction, stored_texts};

/// Blocks, and traces, that are looked through in one transaction.
const BLOCKS: usize = 8;
const TRACES: usize = 100;
/// How often, and after what rest, the log is tried to be emptied while somebody reads.
const LOG_TRIES: usize = 40;
const LOG_REST: Duration = Duration::from_millis(50);

/// How far it is.
#[derive(Clone, Debug, Default)]
pub struct MaskStoredState {
    /// It is under way.
    pub is_running: bool,
    /// What is looked through is done; the database is being written anew.
    pub is_compacting: bool,
    /// Blocks and traces looked through, of `total`.
    pub done: u64,
    /// All there are.
    pub total: u64,
    /// What was masked so far.
    pub counts: MaskCounts,
    /// It went through to its end.
    pub has_finished: bool,
    /// Why it did not, in words.
    pub error: Option<String>,
}

/// Masks what is stored, one run at a time.
#[derive(Default)]
pub struct MaskStored {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<MaskStoredState>,
    stop: AtomicBool,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, MaskStoredState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MaskStored {
    /// Begins, by the rules that hold now. `forget` is called whenever payloads have changed: what was unpacked of them is not
    /// to be shown any more.
    ///
    /// # Errors
    /// `Invalid` if it is under way already.
    pub fn start(&self, writer: Arc<Writer>, forget: impl Fn() + Send + 'static) -> Result<()> {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if self.shared.state().is_running {
            return Err(Error::invalid("what is stored is being masked already"));
        }
        *self.shared.state() = MaskStoredState { is_running: true, ..MaskStoredState::default() };
        self.shared.stop.store(false, Ordering::Release);
        let shared = Arc::clone(&self.shared);
        let spawned = std::thread::Builder::new().name("mask-stored".into()).spawn(move || {
            priority::lower();
            let result =
                Run { shared: &shared, writer: &writer, masker: writer.masker(), forget: &forget }.run();
            // Also where that failed: it is a matter of this run alone.
            let _ = writer.look(|connection| stored_texts::set_overwrites(connection, false));
            let mut state = shared.state();
            state.is_running = false;
            state.is_compacting = false;
            state.has_finished = result.is_ok();
            state.error = result.err().map(|error| error.message);
        });
        match spawned {
            Ok(handle) => *thread = Some(handle),
            Err(error) => {
                self.shared.state().is_running = false;
                return Err(Error::internal(format!("a thread can't be started: {error}")));
            }
        }
        Ok(())
    }

    /// How far it is, or how the last run ended.
    pub fn state(&self) -> MaskStoredState {
        self.shared.state().clone()
    }

    /// Stops it; what is masked stays masked.
    pub fn stop(&self, writer: &Writer) {
        self.shared.stop.store(true, Ordering::Release);
        if self.shared.state().is_compacting {
            writer.stop_compacting();
        }
    }

    /// Waits until it has ended. To be called when the writer takes nothing more.
    pub fn close(&self) {
        self.shared.stop.store(true, Ordering::Release);
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

struct Run<'a> {
    shared: &'a Shared,
    writer: &'a Writer,
    masker: Arc<Masker>,
    forget: &'a dyn Fn(),
}

impl Run<'_> {
    fn run(&self) -> Result<()> {
        let extent = self.writer.look(stored_texts::extent)?;
        self.shared.state().total = extent.blocks + extent.traces;
        self.writer.look(|connection| stored_texts::set_overwrites(connection, true))?;
        let changed = self.blocks()?;
        self.traces(changed)?;
        let counts = self.writer.mask_beside_traces(self.masker.clone())?;
        self.shared.state().counts.add_all(&counts);
        (self.forget)();
        self.stop_if_asked()?;
        self.shared.state().is_compacting = true;
        self.writer.compact()?;
        for _ in 0..LOG_TRIES {
            if self.writer.look(compaction::empty_log)? {
                return Ok(());
            }
            std::thread::sleep(LOG_REST);
        }
        Err(Error::new(
            Code::Locked,
            "all is masked, but the database's log is still read by another program and may hold what stood there: close that program \
             and start this again",
        ))
    }

    /// Gives the traces of which payloads changed.
    fn blocks(&self) -> Result<BTreeSet<i64>> {
        let mut changed = BTreeSet::new();
        let mut last = 0;
        loop {
            self.stop_if_asked()?;
            let ids =
                self.writer.look(move |connection| stored_texts::blocks_after(connection, last, BLOCKS))?;
            let Some(newest) = ids.last() else { return Ok(changed) };
            last = *newest;
            let count = ids.len();
            let (traces, counts) = self.writer.mask_blocks(ids, self.masker.clone())?;
            if !traces.is_empty() {
                (self.forget)();
            }
            changed.extend(traces);
            self.did(count, &counts);
        }
    }

    fn traces(&self, mut changed: BTreeSet<i64>) -> Result<()> {
        let mut last = 0;
        loop {
            self.stop_if_asked()?;
            let ids =
                self.writer.look(move |connection| stored_texts::traces_after(connection, last, TRACES))?;
            let Some(newest) = ids.last() else { return Ok(()) };
            last = *newest;
            let count = ids.len();
            let later = changed.split_off(&(last + 1));
            let of_these = std::mem::replace(&mut changed, later);
            let counts = self.writer.mask_traces(ids, of_these, self.masker.clone())?;
            self.did(count, &counts);
        }
    }

    fn did(&self, count: usize, counts: &MaskCounts) {
        let mut state = self.shared.state();
        state.done += count as u64;
        state.total = state.total.max(state.done);
        state.counts.add_all(counts);
    }

    fn stop_if_asked(&self) -> Result<()> {
        if self.shared.stop.load(Ordering::Acquire) {
            return Err(Error::new(
                Code::Cancelled,
                "stopped: what was looked through so far is masked, the rest is as it was. Start it again to go through all",
            ));
        }
        Ok(())
    }
}
