//! What tests of live sources share: an engine that receives, and states that are waited for.

use std::path::PathBuf;

use engine::dto::*;
use engine::model::{SourceConfig, SourceKind, SourceState, TraceStatus};
use engine::sources::Patience;
use engine::testing::Harness;

pub use super::followed::until as wait_for;

/// An engine with its live sources on, in a folder of its own.
pub struct Live {
    pub harness: Harness,
    pub folder: tempfile::TempDir,
}

impl Live {
    /// Receives on the feed socket alone: ports belong to nobody in a test.
    pub fn start() -> Self {
        Self::start_with(Patience::default())
    }

    /// As [`Live::start`], waiting for senders so long.
    pub fn start_with(patience: Patience) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("store.db"));
        harness.engine.sources().set_patience(patience);
        let live = Self { harness, folder };
        for config in live.list().into_iter().map(|status| status.config) {
            if !matches!(config.kind, SourceKind::FeedSocket { .. }) {
                live.set(SourceConfig { enabled: false, ..config });
            }
        }
        engine::api::start_sources(&live.harness.engine).unwrap();
        live.wait_for_state("feed-socket", SourceState::Listening);
        live
    }

    pub fn socket(&self) -> PathBuf {
        self.harness.call::<FeedAddresses>("feed_addresses", &Nothing {}).socket.into()
    }

    pub fn list(&self) -> Vec<SourceStatus> {
        self.harness.call("source_list", &Nothing {})
    }

    pub fn source(&self, id: &str) -> SourceStatus {
        self.list().into_iter().find(|status| status.config.id == id).unwrap()
    }

    pub fn set(&self, config: SourceConfig) -> String {
        self.harness.call::<SourceRef>("source_set", &config).id
    }

    /// A new source that is on; gives its id.
    pub fn add(&self, kind: SourceKind) -> String {
        self.set(SourceConfig { id: String::new(), enabled: true, kind })
    }

    pub fn wait_for_state(&self, id: &str, state: SourceState) -> SourceStatus {
        wait_for(&format!("{id} to be {state:?}"), || {
            Some(self.source(id)).filter(|status| status.state == state)
        })
    }

    pub fn traces(&self, filter: &str) -> Vec<TraceSummary> {
        let request = TraceListRequest {
            filter: filter.into(),
            sort: TraceSort::Started,
            descending: false,
            offset: 0,
            limit: 1_000,
        };
        self.harness.call::<TraceList>("trace_list", &request).items
    }

    /// The trace with this id in its source, once it is there and `is_so`.
    pub fn wait_for_trace(&self, key: &str, is_so: impl Fn(&TraceSummary) -> bool) -> TraceSummary {
        wait_for(&format!("trace {key}; {:#?}", self.traces("")), || {
            self.traces("").into_iter().find(|trace| trace.key == key && is_so(trace))
        })
    }

    pub fn wait_for_status(&self, key: &str, status: TraceStatus) -> TraceSummary {
        self.wait_for_trace(key, |trace| trace.status == status)
    }

    pub fn tree(&self, trace: &TraceSummary) -> SpanTree {
        self.harness.call("span_tree", &TraceRef { trace_id: trace.trace_id })
    }

    pub fn step(&self, trace: &TraceSummary, span_id: &str) -> StepDetail {
        let request = StepRef { trace_id: trace.trace_id, span_id: span_id.into() };
        self.harness.call("step_get", &request)
    }

    pub fn problems(&self, id: &str) -> ProblemList {
        self.harness.call("source_problems", &SourceProblemsRequest { id: id.into(), limit: 100 })
    }
}
