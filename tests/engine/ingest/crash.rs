//! A process killed in the middle of an import.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use engine::dto::{ImportState, TraceList, TraceListRequest, TraceSort};
use engine::testing::Harness;
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

const STORE: &str = "CRASH_TEST_STORE";
const FILE: &str = "CRASH_TEST_FILE";
const TRACES: usize = 6_000;
const STEPS: usize = 8;

/// The process that is killed: this same test binary, told by its environment what to import. Without that it has nothing
/// to do.
#[test]
fn child() {
    let (Some(store), Some(file)) = (std::env::var_os(STORE), std::env::var_os(FILE)) else { return };
    Harness::open(PathBuf::from(store)).import(&[Path::new(&file)]);
}

#[test]
fn a_killed_import_leaves_whole_batches_and_the_next_one_completes_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = (folder.path().join("traces.db"), folder.path().join("export.jsonl"));
    write_traces(&file);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ingest::crash::child"])
        .env(STORE, &store)
        .env(FILE, &file)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let killed_at = loop {
        let stored = spans_in(&store);
        if stored > 0 {
            child.kill().unwrap();
            break stored;
        }
        assert!(child.try_wait().unwrap().is_none(), "the import ended before it could be killed");
        std::thread::yield_now();
    };
    child.wait().unwrap();

    let connection = Connection::open(&store).unwrap();
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let survived: usize = count(&connection, "SELECT count(*) FROM span");
    assert!(survived >= killed_at, "what was committed is there: {survived} of {killed_at}");
    let without_payload =
        "SELECT count(*) FROM span WHERE NOT EXISTS (SELECT 1 FROM payload_block WHERE id = payload_block)";
    assert_eq!(count(&connection, without_payload), 0, "no span is there without its payload");
    assert_eq!(
        count(&connection, "SELECT count(*) FROM span WHERE trace_id NOT IN (SELECT id FROM trace)"),
        0
    );
    drop(connection);

    let harness = Harness::open(&store);
    let again = harness.import(&[&file]);
    assert_eq!(again.state, ImportState::Done, "{again:?}");
    assert_eq!(again.counts.spans_unchanged as usize + again.counts.spans_added as usize, TRACES * STEPS);
    assert_eq!(again.counts.spans_unchanged as usize, survived, "what survived is not added again");
    let list: TraceList = harness.call(
        "trace_list",
        &TraceListRequest {
            filter: format!("steps:{STEPS}"),
            sort: TraceSort::Started,
            descending: true,
            offset: 0,
            limit: 1,
        },
    );
    assert_eq!(list.total as usize, TRACES, "every trace is complete");
}

fn count(connection: &Connection, sql: &str) -> usize {
    connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap() as usize
}

/// Spans another process has committed so far.
fn spans_in(store: &Path) -> usize {
    let Ok(connection) = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return 0;
    };
    connection.query_row("SELECT count(*) FROM span", [], |row| row.get::<_, i64>(0)).unwrap_or(0) as usize
}

fn write_traces(file: &Path) {
    let mut text = String::new();
    for trace in 0..TRACES {
        let steps: Vec<_> = (0..STEPS)
            .map(|step| {
                json!({ "step_id": format!("{trace}-{step}"), "tool_name": "search", "input": { "query": step },
                    "output": { "text": "found it ".repeat(40) }, "duration": 10.0, "success": true,
                    "timestamp": format!("2026-01-01T00:00:00.{:03}Z", (step + 1) * 10) })
            })
            .collect();
        let line = json!({ "trace_id": format!("trace-{trace}"), "prompt": "find it", "response": "found",
            "latency": 100.0, "token_count": 5, "model_name": "m", "status": "success", "retry_count": 0,
            "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00.200Z", "steps": steps });
        text.push_str(&line.to_string());
        text.push('\n');
    }
    std::fs::write(file, text).unwrap();
}
