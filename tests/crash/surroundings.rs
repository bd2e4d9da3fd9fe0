//! What the store stands on fails: each time it is said what happened, what was kept and what to do, and work goes on as soon
//! as it can.

mod disk;
mod file;
mod memory;
mod writer;

use std::path::Path;
use std::process::Command;

use engine::dto::*;
use engine::engine::{Engine, EngineOptions};
use engine::error::Error;
use engine::testing::Harness;
use serde_json::json;

/// A run of one step that says `text`.
pub fn run(key: &str, text: &str) -> String {
    json!({ "trace_id": key, "prompt": "p", "response": "r", "latency": 50.0, "token_count": 3, "model_name": "m",
        "status": "success", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00.100Z", "steps": [
            { "step_id": "s1", "tool_name": "search", "input": {}, "output": { "text": text }, "duration": 10.0,
              "success": true, "timestamp": "2026-01-01T00:00:00.020Z" }] })
    .to_string()
}

/// The keys of all runs of the list.
pub fn keys(harness: &Harness) -> Vec<String> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: false,
        offset: 0,
        limit: 100,
    };
    let mut keys: Vec<String> =
        harness.call::<TraceList>("trace_list", &request).items.into_iter().map(|run| run.key).collect();
    keys.sort();
    keys
}

/// Why an import failed.
pub fn failure(status: &ImportStatus) -> String {
    assert_eq!(status.state, ImportState::Failed, "{status:?}");
    status.files[0].message.clone().unwrap()
}

/// Opens a store that can't be opened.
pub fn refused(store: &Path) -> Error {
    let clock = std::sync::Arc::new(engine::clock::SystemClock);
    Engine::open(EngineOptions { store_path: store.to_owned(), clock }).err().expect("it can't be opened")
}

/// Set inside of [`surrounded`].
const INSIDE: &str = "CRASH_SURROUNDED";
/// What a preparation ends with where the machine does not allow it.
const NOT_ALLOWED: i32 = 77;

/// Runs the test `name` again as a process that a shell has prepared: `preparation` finds `folder` as `$0`, and ends in
/// `exec "$@"`. In that process this gives the folder, else nothing; where the machine does not allow such a thing, that is said
/// and passed over.
pub fn surrounded(name: &str, preparation: &str) -> Option<std::path::PathBuf> {
    if let Some(folder) = std::env::var_os(INSIDE) {
        return Some(folder.into());
    }
    let folder = tempfile::tempdir().unwrap();
    let status = Command::new("sh")
        .args(["-c", preparation])
        .arg(folder.path())
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, folder.path())
        .status()
        .unwrap();
    if status.code() == Some(NOT_ALLOWED) {
        eprintln!("passed over: this machine does not let {name} be tested");
        return None;
    }
    assert!(status.success(), "{name} failed in its surroundings");
    None
}
