//! The runs that stores begin with, and files to import.

use std::path::Path;

use engine::testing::Harness;
use serde_json::json;

pub const STEPS: usize = 6;
/// Runs over the limits of what is kept, to be starred, and to be deleted.
pub const OLD: usize = 300;
pub const TO_STAR: usize = 40;
pub const TO_DROP: usize = 120;
/// Runs of a file that is imported.
pub const IN_FILE: usize = 800;

/// Makes a store of the present version.
pub fn write_store(path: &Path) {
    let harness = Harness::open(path);
    let text = lines("old", OLD, "2024-03-01") + &lines("star", TO_STAR, DAY) + &lines("drop", TO_DROP, DAY);
    let status = harness.import_text(text);
    assert_eq!(status.counts.spans_added as usize, (OLD + TO_STAR + TO_DROP) * STEPS, "{status:?}");
}

/// Writes a file of [`IN_FILE`] runs whose keys begin with `prefix`.
pub fn write_file(path: &Path, prefix: &str) {
    std::fs::write(path, lines(prefix, IN_FILE, DAY)).unwrap();
}

const DAY: &str = "2025-12-31";

fn lines(prefix: &str, count: usize, day: &str) -> String {
    let mut text = String::new();
    for run in 0..count {
        let steps: Vec<_> = (0..STEPS)
            .map(|step| {
                json!({ "step_id": format!("{prefix}-{run}-{step}"), "tool_name": "search", "input": { "query": step },
                    "output": { "text": format!("found {prefix} {run} {step} ").repeat(20) }, "duration": 10.0,
                    "success": true, "timestamp": format!("{day}T00:00:00.{:03}Z", (step + 1) * 10) })
            })
            .collect();
        let line = json!({ "trace_id": format!("{prefix}-{run}"), "prompt": "find it", "response": "found",
            "latency": 100.0, "token_count": 5, "model_name": "m", "status": "success", "retry_count": 0,
            "created_at": format!("{day}T00:00:00Z"), "updated_at": format!("{day}T00:00:00.200Z"), "steps": steps });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    text
}
