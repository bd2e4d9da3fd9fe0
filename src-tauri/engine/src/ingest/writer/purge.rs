//! Takes away for good what was deleted some time ago and what is over the limits of what is kept, in steps small enough
//! that nothing else waits for them.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::{Writer, WriterState};
use crate::error::Result;
use crate::live::Notice;
use crate::store::retention::{self, RetentionLimits};
use crate::store::{deletion, setting, transaction};

/// How long what was deleted can be brought back.
pub const UNDO_NS: i64 = 10 * 60 * 1_000_000_000;
/// How often it is looked for what is over the limits.
const RETENTION_INTERVAL: Duration = Duration::from_secs(300);
/// Spans that are taken away in one transaction: some 20 ms.
const SPANS: usize = 4_000;
/// Between two steps, where nothing else is to be done.
const PAUSE: Duration = Duration::from_millis(5);
/// Where [`Removed`] lies in the store.
const REMOVED: &str = "retention_removed";

/// What the limits took away last. All zero if they never did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {
    /// When, in nanoseconds since the Unix epoch.
    pub at_ns: i64,
    /// How many traces.
    pub traces: u32,
}

impl Removed {
    /// Where it lies in the store.
    pub const KEY: &'static str = REMOVED;
}

#[derive(Default)]
pub(super) struct Purge {
    /// Traces are going.
    is_under_way: bool,
    limits: RetentionLimits,
    /// When the limits were looked at last.
    checked: Option<Instant>,
}

impl Purge {
    /// How long to wait for other work before the next step.
    pub(super) fn pause(&self) -> Option<Duration> {
        self.is_under_way.then_some(PAUSE)
    }
}

impl Writer {
    /// Sets how much is kept; looked at soon and then every few minutes.
    pub fn set_retention(&self, limits: RetentionLimits) -> Result<()> {
        self.ask(move |writer| {
            if writer.purge.limits != limits {
                writer.purge.limits = limits;
                writer.purge.checked = None;
            }
            Ok(())
        })
    }
}

impl WriterState {
    /// Looks whether anything is to go, and lets go of some. What fails now is tried again.
    pub(super) fn look_for_purge(&mut self) {
        let until_ns = self.clock.now_ns().saturating_sub(UNDO_NS);
        let _ = deletion::doom_deleted(&self.connection, until_ns);
        self.purge.is_under_way |= deletion::is_any_doomed(&self.connection).unwrap_or(false);
        self.purge_some();
        let is_due = self.purge.checked.is_none_or(|checked| checked.elapsed() >= RETENTION_INTERVAL);
        // What is going still takes room: it would be counted twice.
        if is_due && !self.purge.limits.is_none() && !self.purge.is_under_way {
            self.purge.checked = Some(Instant::now());
            let _ = self.keep_to_limits();
        }
    }

    fn keep_to_limits(&mut self) -> Result<()> {
        let now_ns = self.clock.now_ns();
        let overdue = retention::overdue(&self.connection, &self.purge.limits, now_ns)?;
        if overdue.is_empty() {
            return Ok(());
        }
        transaction::begin(&self.connection, || true)?;
        let removed = Removed { at_ns: now_ns, traces: overdue.len() as u32 };
        deletion::doom(&self.connection, &overdue)
            .and_then(|()| setting::set(&self.connection, REMOVED, &removed))
            .inspect_err(|_| transaction::roll_back(&self.connection))?;
        transaction::commit(&self.connection, || true)?;
        self.purge.is_under_way = true;
        self.committed(overdue);
        Ok(())
    }

    /// Takes some of what is going away.
    pub(super) fn purge_some(&mut self) {
        if !self.purge.is_under_way || transaction::begin(&self.connection, || true).is_err() {
            return;
        }
        let step = deletion::purge_some(&self.connection, SPANS)
            .and_then(|gone| Ok((gone, deletion::is_any_doomed(&self.connection)?)))
            .inspect_err(|_| transaction::roll_back(&self.connection))
            .and_then(|step| transaction::commit(&self.connection, || true).map(|()| step));
        // What can't be done now is tried again at the next look around.
        let (gone, is_under_way) = step.unwrap_or_default();
        self.purge.is_under_way = is_under_way;
        if !gone.is_empty() {
            self.forget_traces(&gone);
        }
    }

    /// Forgets what is known of traces that are no more, and tells of it.
    pub(super) fn forget_traces(&mut self, gone: &[i64]) {
        self.known.clear();
        for id in gone {
            self.lagging.remove(id);
        }
        self.liveness.forget(gone);
        self.committed(Vec::new());
        self.hub.publish(&Notice { many_traces: true, ..Notice::default() });
    }
}
