//! Deleting: hidden at once, brought back, gone for good.

use engine::api::dto::{
    Deletion, DeletionRef, Monitor, MonitorRequest, Nothing, SpanTree, StepDetail, StepRef, TraceCount,
    TraceRef,
};
use engine::error::Code;

use super::{Kept, NOW_NS, matching, these, traces};

const AFTER_UNDO_NS: i64 = NOW_NS + 11 * 60 * 1_000_000_000;

fn three(folder: &std::path::Path) -> Kept {
    let kept = Kept::open(folder);
    // In one import, so that they share a block of payloads.
    kept.harness.import_text(traces(&["a", "b", "c"], 3).to_string());
    kept
}

#[test]
fn a_deleted_trace_is_nowhere_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let kept = three(folder.path());
    let b = TraceRef { trace_id: kept.id("b") };
    let deletion: Deletion = kept.harness.call("trace_delete", &these(&[b.trace_id]));
    assert_eq!((deletion.traces, deletion.example.as_str()), (1, "prompt of b"));
    assert_eq!(kept.keys(""), ["a", "c"]);
    assert_eq!(kept.list("").total_unfiltered, 2);
    let request = MonitorRequest { window_ms: None, filter: String::new(), latest: 10, buckets: 1 };
    let monitor: Monitor = kept.harness.call("monitor", &request);
    assert_eq!((monitor.runs, monitor.latest.len()), (2, 2));
    let code = |name: &str| {
        let answer = kept.harness.try_call::<serde_json::Value>(name, &b);
        answer.map(|_| ()).map_err(|error| error.code)
    };
    assert_eq!((code("trace_get"), code("span_tree")), (Err(Code::NotFound), Err(Code::NotFound)));
    let step = StepRef { trace_id: b.trace_id, span_id: "b-1".into() };
    assert!(kept.harness.try_call::<StepDetail>("step_get", &step).is_err());
    assert_eq!(kept.storage().deleted_traces, 1);
    let again = kept.harness.try_call::<Deletion>("trace_delete", &these(&[b.trace_id]));
    assert_eq!(again.map_err(|error| error.code), Err(Code::NotFound));

    // Another deletion at the same moment is another one.
    let other: Deletion = kept.harness.call("trace_delete", &matching("key:c"));
    assert_ne!(other.deletion_id, deletion.deletion_id);
    let listed: Vec<Deletion> = kept.harness.call("deletion_list", &Nothing {});
    assert_eq!(listed, [other.clone(), deletion.clone()]);

    drop(kept);
    let kept = Kept::open(folder.path());
    let undo = DeletionRef { deletion_id: deletion.deletion_id };
    let restored: TraceCount = kept.harness.call("trace_restore", &undo);
    assert_eq!(restored.traces, 1);
    assert_eq!(kept.keys(""), ["a", "b"]);
    let tree: SpanTree = kept.harness.call("span_tree", &b);
    assert_eq!(tree.span_id.len(), 3, "the run and its two steps");
}

#[test]
fn after_the_time_for_undo_it_goes_for_good_and_leaves_the_blocks_of_others() {
    let folder = tempfile::tempdir().unwrap();
    let kept = three(folder.path());
    let deletion: Deletion = kept.harness.call("trace_delete", &matching("key:a,b"));
    kept.clock.set(AFTER_UNDO_NS);
    kept.until(|kept| kept.storage().deleted_traces == 0);
    let undo = DeletionRef { deletion_id: deletion.deletion_id };
    let gone = kept.harness.try_call::<TraceCount>("trace_restore", &undo);
    assert_eq!(gone.map_err(|error| error.code), Err(Code::NotFound));
    assert_eq!(kept.keys(""), ["c"]);
    let step = StepRef { trace_id: kept.id("c"), span_id: "c-2".into() };
    let step: StepDetail = kept.harness.call("step_get", &step);
    assert_eq!(step.raw["output"]["hits"], 2);

    // The last one takes the block with it.
    let deletion: Deletion = kept.harness.call("trace_delete", &matching(""));
    let _: Nothing = kept.harness.call("deletion_purge", &DeletionRef { deletion_id: deletion.deletion_id });
    kept.until(|kept| kept.storage().deleted_traces == 0);
    drop(kept);
    let left = rusqlite_counts(folder.path());
    assert_eq!(
        left,
        [("span", 0), ("payload_block", 0), ("payload_use", 0), ("open_payload", 0), ("trace", 0)]
    );
}

fn rusqlite_counts(folder: &std::path::Path) -> Vec<(&'static str, i64)> {
    let connection = rusqlite::Connection::open(folder.join("traces.db")).unwrap();
    ["span", "payload_block", "payload_use", "open_payload", "trace"]
        .into_iter()
        .map(|table| {
            let sql = format!("SELECT count(*) FROM {table}");
            (table, connection.query_row(&sql, [], |row| row.get(0)).unwrap())
        })
        .collect()
}

#[test]
fn importing_a_deleted_trace_brings_it_back_before_and_after_it_has_gone() {
    let folder = tempfile::tempdir().unwrap();
    let kept = three(folder.path());
    let text = traces(&["a", "b", "c"], 3).to_string();
    let _: Deletion = kept.harness.call("trace_delete", &matching(""));
    assert!(kept.keys("").is_empty());
    let counts = kept.harness.import_text(text.clone()).counts;
    assert_eq!((counts.traces_added, counts.spans_added), (0, 0));
    assert_eq!(kept.keys(""), ["a", "b", "c"]);

    let _: Deletion = kept.harness.call("trace_delete", &matching(""));
    kept.clock.set(AFTER_UNDO_NS);
    kept.until(|kept| kept.storage().deleted_traces == 0);
    let counts = kept.harness.import_text(text).counts;
    assert_eq!((counts.traces_added, counts.spans_added), (3, 6));
    assert_eq!(kept.keys(""), ["a", "b", "c"]);
    let step = StepRef { trace_id: kept.id("a"), span_id: "a-1".into() };
    let step: StepDetail = kept.harness.call("step_get", &step);
    assert_eq!(step.raw["output"]["hits"], 1);
}

#[test]
fn compacting_gives_the_room_back() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    let many: Vec<String> = (0..400).map(|index| format!("run-{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    kept.harness.import_text(traces(&many, 400).to_string());
    let deletion: Deletion = kept.harness.call("trace_delete", &matching("-key:run-1"));
    let _: Nothing = kept.harness.call("deletion_purge", &DeletionRef { deletion_id: deletion.deletion_id });
    kept.until(|kept| kept.storage().deleted_traces == 0);
    let before = kept.storage();
    assert!(before.free_bytes > 0, "{before:?}");
    let compacted: engine::api::dto::Compacted = kept.harness.call("storage_compact", &Nothing {});
    let after = kept.storage();
    assert!(compacted.after_bytes < compacted.before_bytes, "{compacted:?}");
    assert_eq!((after.free_bytes, after.traces), (0, 1));
    assert_eq!(kept.keys(""), ["run-1"]);
}
