//! The notice itself.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::Alert;

/// Says that something changed; the page asks again for what it shows. At most ten a second.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Notice {
    /// The store's revision: grows with every commit.
    #[ts(type = "number")]
    pub revision: u64,
    /// Traces touched since the last notice; some may be missing if `many_traces`.
    #[ts(type = "Array<number>")]
    pub traces: Vec<i64>,
    /// More traces were touched than are named.
    pub many_traces: bool,
    /// The state of an import changed.
    pub imports: bool,
    /// The state or the counts of a live source changed.
    pub sources: bool,
    /// A search has found more, or the index of texts has come further.
    pub search: bool,
    /// The database is lost, or is there again: the notes of `app_info` are others.
    pub store: bool,
    /// Followed runs that the person should look at; of very many the first.
    pub alerts: Vec<RunAlert>,
}

/// A followed run that the person should look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunAlert {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Its name.
    pub name: String,
    /// Why.
    pub alert: Alert,
    /// Why it failed, in one line.
    pub reason: Option<String>,
}

impl Notice {
    /// More touched traces than this are not named one by one.
    const NAMED_TRACES: usize = 64;
    /// More alerts than this are not told one by one; the list marks them all.
    const ALERTS: usize = 8;

    /// Adds what `other`, a later notice, says.
    pub(super) fn merge(&mut self, other: &Notice) {
        self.revision = self.revision.max(other.revision);
        self.imports |= other.imports;
        self.sources |= other.sources;
        self.search |= other.search;
        self.store |= other.store;
        let room = Self::ALERTS.saturating_sub(self.alerts.len());
        self.alerts.extend(other.alerts.iter().take(room).cloned());
        self.many_traces |= other.many_traces;
        for trace in &other.traces {
            if self.traces.contains(trace) {
                continue;
            }
            if self.traces.len() == Self::NAMED_TRACES {
                self.many_traces = true;
                break;
            }
            self.traces.push(*trace);
        }
    }
}
