//! What the tests of followed files, databases and backends share: waiting for states, and comparing with an import.

use std::time::{Duration, Instant};

use engine::dto::*;
use engine::model::{SourceConfig, SourceKind, SourceState, TraceStatus};
use engine::testing::Harness;
use serde_json::Value;

/// How long a state is waited for before its test has failed.
const DEADLINE: Duration = Duration::from_secs(30);

/// Asks until there is an answer.
pub fn until<T>(what: &str, mut answer: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = answer() {
            return found;
        }
        assert!(begun.elapsed() < DEADLINE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(3));
    }
}

/// An engine with its sources started, but for those that are always there.
pub fn started(store: &std::path::Path) -> Harness {
    let harness = Harness::open(store);
    for status in harness.call::<Vec<SourceStatus>>("source_list", &Nothing {}) {
        if status.is_built_in {
            harness.call::<SourceRef>("source_set", &SourceConfig { enabled: false, ..status.config });
        }
    }
    engine::api::start_sources(&harness.engine).unwrap();
    harness
}

/// Turns a new source on.
pub fn follow(harness: &Harness, kind: SourceKind) -> SourceRef {
    harness.call("source_set", &SourceConfig { id: String::new(), enabled: true, kind })
}

/// Turns a source off, which settles what is under way in it.
pub fn turn_off(harness: &Harness, source: &SourceRef) {
    let config = status(harness, source).config;
    harness.call::<SourceRef>("source_set", &SourceConfig { enabled: false, ..config });
}

/// As [`turn_off`], and waits until nobody is expected to tell more.
pub fn turn_off_and_wait(harness: &Harness, source: &SourceRef) {
    turn_off(harness, source);
    let settings: Settings = harness.call("settings_get", &Nothing {});
    harness.call::<Settings>("settings_set", &Settings { lost_after_ms: 1_000.0, ..settings });
    until("no run is running", || {
        traces(harness).iter().all(|trace| trace.status != TraceStatus::Running).then_some(())
    });
}

pub fn status(harness: &Harness, source: &SourceRef) -> SourceStatus {
    let all: Vec<SourceStatus> = harness.call("source_list", &Nothing {});
    all.into_iter().find(|status| status.config.id == source.id).unwrap()
}

pub fn wait_for_state(harness: &Harness, source: &SourceRef, state: SourceState) -> SourceStatus {
    until(&format!("the source is {state:?}"), || {
        Some(status(harness, source)).filter(|status| status.state == state)
    })
}

pub fn traces(harness: &Harness) -> Vec<TraceSummary> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1000,
    };
    harness.call::<TraceList>("trace_list", &request).items
}

pub fn wait_for_traces(harness: &Harness, count: usize) {
    until(&format!("there are {count} traces"), || (traces(harness).len() == count).then_some(()));
}

/// Everything was understood.
pub fn assert_no_problems(harness: &Harness, source: &SourceRef) {
    let request = SourceProblemsRequest { id: source.id.clone(), limit: 10 };
    let problems: ProblemList = harness.call("source_problems", &request);
    assert!(problems.items.is_empty(), "{:?}", problems.items);
}

/// All steps there are, over all traces.
pub fn steps(harness: &Harness) -> u32 {
    traces(harness).iter().map(|trace| trace.steps).sum()
}

pub fn wait_for_steps(harness: &Harness, count: u32) {
    until(&format!("there are {count} steps"), || (steps(harness) == count).then_some(()));
}

/// All that is told of all traces, to compare two ways by which it came.
pub fn told(harness: &Harness) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for trace in traces(harness) {
        let request = TraceRef { trace_id: trace.trace_id };
        let mut detail: Value = harness.call("trace_get", &request);
        let summary = detail["summary"].as_object_mut().unwrap();
        for own in ["trace_id", "source", "heard_unix_ms", "alert"] {
            summary.remove(own);
        }
        let tree: SpanTree = harness.call("span_tree", &request);
        let mut told = vec![detail];
        let mut ids = tree.span_id.clone();
        if let Some(row) = tree.orphan_row {
            ids.remove(row as usize);
        }
        ids.sort();
        for span_id in ids.into_iter().filter(|id| !id.is_empty()) {
            let step: Value = harness.call("step_get", &StepRef { trace_id: trace.trace_id, span_id });
            told.push(step);
        }
        all.push(Value::Array(told));
    }
    all.sort_by_key(Value::to_string);
    all
}

/// What a plain import of `paths` gives.
pub fn imported(paths: &[&std::path::Path]) -> Vec<Value> {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("plain.db"));
    harness.import(paths);
    told(&harness)
}

pub fn assert_same(followed: &[Value], imported: &[Value]) {
    let lines = |told: &[Value]| -> Vec<String> {
        told.iter().map(|trace| serde_json::to_string_pretty(trace).unwrap()).collect()
    };
    let (followed, imported) = (lines(followed), lines(imported));
    for (one, other) in followed.iter().zip(&imported) {
        let differs = one.lines().zip(other.lines()).enumerate().find(|(_, (one, other))| one != other);
        assert_eq!(differs, None, "they differ here");
    }
    assert_eq!(followed.len(), imported.len());
    assert_eq!(followed, imported);
}
