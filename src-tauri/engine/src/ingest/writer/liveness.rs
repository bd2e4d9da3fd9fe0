//! Of which traces more may come: a run whose sender has vanished is not running for ever.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::{Writer, WriterState};
use crate::error::Result;
use crate::ingest::assemble::Origin;
use crate::ingest::sender::SenderRef;
use crate::ingest::summarise::TraceLiveness;
use crate::model::TraceStatus;
use crate::store::trace;

/// A sender that has gone may come back on another connection within this time: scripts open one for every line.
const GRACE: Duration = Duration::from_secs(3);
/// Traces settled at one look, so that other work is not kept waiting.
const SETTLED_AT_ONCE: usize = 200;

/// How runs are followed, as the person has set it.
#[derive(Clone, Debug)]
pub struct FollowRules {
    /// Tell of a run that failed.
    pub alert_failed: bool,
    /// Tell of a run that takes this long.
    pub alert_slow_ns: Option<i64>,
    /// How long the silence of a sender that is not known to have gone is taken for work.
    pub patience: Duration,
}

impl Default for FollowRules {
    fn default() -> Self {
        Self { alert_failed: true, alert_slow_ns: None, patience: Duration::from_secs(300) }
    }
}

/// The traces that live sources told of lately.
#[derive(Default)]
pub(super) struct Liveness {
    traces: HashMap<i64, Heard>,
    pub(super) rules: FollowRules,
}

/// When something was last heard of a trace, from whom, and whether it went on then.
struct Heard {
    at: Instant,
    sender: SenderRef,
    is_running: bool,
}

impl Liveness {
    /// Notes that `origin` told of a trace; says whether it is a live source.
    pub(super) fn heard(&mut self, trace_id: i64, origin: &Origin) -> bool {
        if let Some(sender) = &origin.sender {
            let heard = Heard { at: Instant::now(), sender: sender.clone(), is_running: true };
            self.traces.insert(trace_id, heard);
        }
        origin.sender.is_some()
    }

    /// Whether more of the trace may come.
    pub(super) fn of(&self, trace_id: i64) -> TraceLiveness {
        if self.traces.contains_key(&trace_id) { TraceLiveness::Live } else { TraceLiveness::Silent }
    }

    /// Notes how the trace stands after its last summary.
    pub(super) fn summarised(&mut self, trace_id: i64, status: u8) {
        if let Some(heard) = self.traces.get_mut(&trace_id) {
            heard.is_running = status == TraceStatus::Running.code();
        }
    }

    /// Forgets traces that are no more.
    pub(super) fn forget(&mut self, traces: &[i64]) {
        for id in traces {
            self.traces.remove(id);
        }
    }

    /// All that go on.
    pub(super) fn running(&self) -> Vec<i64> {
        self.traces.iter().filter(|(_, heard)| heard.is_running).map(|(id, _)| *id).collect()
    }

    /// Forgets those that have ended, and takes out some of the others of which nothing more is expected.
    fn take_silent(&mut self) -> Vec<i64> {
        self.traces.retain(|_, heard| heard.is_running || heard.at.elapsed() < GRACE);
        let patience = self.rules.patience;
        let is_silent = |heard: &Heard| {
            let silence = heard.at.elapsed();
            (heard.sender.has_gone() && silence >= GRACE) || (!heard.sender.is_there() && silence >= patience)
        };
        let silent: Vec<i64> = self
            .traces
            .iter()
            .filter(|(_, heard)| heard.is_running && is_silent(heard))
            .map(|(id, _)| *id)
            .take(SETTLED_AT_ONCE)
            .collect();
        for id in &silent {
            self.traces.remove(id);
        }
        silent
    }
}

impl Writer {
    /// Sets how runs are followed.
    pub fn set_follow_rules(&self, rules: FollowRules) -> Result<()> {
        self.ask(move |writer| {
            writer.liveness.rules = rules;
            Ok(())
        })
    }

    /// Marks as lost what was running when the program that followed it ended. To be called once, before live sources start.
    pub fn settle_after_restart(&self) -> Result<()> {
        self.ask(|writer| {
            for id in trace::running(&writer.connection)? {
                writer.settle(id);
            }
            Ok(())
        })
    }
}

impl WriterState {
    /// Brings traces up to date of which nothing more is expected.
    pub(super) fn settle_silent(&mut self) {
        for id in self.liveness.take_silent() {
            self.settle(id);
        }
    }

    fn settle(&mut self, trace_id: i64) {
        let queue = self.queue.clone();
        if self.refresh_alone(trace_id, || queue.is_closed()).is_err() {
            // Tried again when there is nothing else to do.
            self.lagging.entry(trace_id).or_insert(0);
        }
    }
}
