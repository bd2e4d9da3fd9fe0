//! What the person does with traces, through the commands.

mod attempts;
mod curate;
mod deletion;
mod export;
mod names;
mod retention;
mod step_marks;

use std::path::Path;
use std::sync::Arc;

use engine::api::dto::{Nothing, StorageInfo, TraceList, TraceListRequest, TraceSelection, TraceSort};
use engine::testing::{Harness, ManualClock};
use serde_json::{Value, json};

/// The clock of all tests here: the start of 2026.
pub const NOW_NS: i64 = 1_767_225_600_000_000_000;
pub const DAY_NS: i64 = 86_400_000_000_000;

/// An engine and its clock.
pub struct Kept {
    pub harness: Harness,
    pub clock: Arc<ManualClock>,
}

impl Kept {
    pub fn open(folder: &Path) -> Self {
        let clock = Arc::new(ManualClock::at(NOW_NS));
        Self { harness: Harness::open_with(folder.join("traces.db"), clock.clone()), clock }
    }

    pub fn list(&self, filter: &str) -> TraceList {
        self.harness.call(
            "trace_list",
            &TraceListRequest {
                filter: filter.into(),
                sort: TraceSort::Started,
                descending: false,
                offset: 0,
                limit: 1_000,
            },
        )
    }

    pub fn keys(&self, filter: &str) -> Vec<String> {
        self.list(filter).items.into_iter().map(|trace| trace.key).collect()
    }

    pub fn id(&self, key: &str) -> i64 {
        self.list(&format!("key:{key}")).items.first().unwrap_or_else(|| panic!("{key} is there")).trace_id
    }

    pub fn storage(&self) -> StorageInfo {
        self.harness.call("storage_info", &Nothing {})
    }

    /// Waits until `is_so`, looking again at every notice of the engine.
    pub fn until(&self, is_so: impl Fn(&Self) -> bool) {
        let notices = self.harness.engine.subscribe();
        while !is_so(self) {
            notices.recv().expect("the engine goes on");
        }
    }
}

pub fn these(ids: &[i64]) -> TraceSelection {
    TraceSelection { trace_ids: ids.to_vec(), filter: None }
}

pub fn matching(filter: &str) -> TraceSelection {
    TraceSelection { trace_ids: Vec::new(), filter: Some(filter.into()) }
}

/// TraceLLM traces with these keys, one a day from `days` days before now on.
pub fn traces(keys: &[&str], days: i64) -> Value {
    keys.iter()
        .enumerate()
        .map(|(index, key)| {
            let start_ns = NOW_NS - (days - index as i64) * DAY_NS;
            let at = |ms: i64| {
                let start = start_ns + ms * 1_000_000;
                chrono::DateTime::from_timestamp_nanos(start).to_rfc3339()
            };
            json!({
                "trace_id": key, "prompt": format!("prompt of {key}"), "response": "done", "latency": 3000.0,
                "token_count": 12, "model_name": "gpt-4.1", "project_id": "shop", "environment": "staging",
                "status": "success", "retry_count": 0, "created_at": at(0),
                "steps": [
                    {"step_id": format!("{key}-1"), "tool_name": "plan", "input": {"q": key}, "output": {"hits": 1},
                     "duration": 100.0, "success": true, "timestamp": at(1000)},
                    {"step_id": format!("{key}-2"), "tool_name": "search", "input": {"q": key}, "output": {"hits": 2},
                     "duration": 100.0, "success": false, "timestamp": at(2000)},
                ],
            })
        })
        .collect()
}
