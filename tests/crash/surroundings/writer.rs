//! A defect in the thread that writes, and a clock that goes backwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::clock::Clock;
use engine::dto::*;
use engine::engine::{Engine, EngineOptions};
use engine::testing::{Harness, ManualClock};

use super::{failure, keys, run};

const NOW_NS: i64 = 1_767_225_600_000_000_000;

/// A clock that is a defect, once, when it is next asked by the thread that writes.
#[derive(Default)]
struct BreakingClock(AtomicBool);

impl Clock for BreakingClock {
    fn now_ns(&self) -> i64 {
        let is_writer = std::thread::current().name() == Some("writer");
        assert!(!(is_writer && self.0.swap(false, Ordering::Relaxed)), "a defect made for a test");
        NOW_NS
    }
}

#[test]
fn a_defect_in_the_middle_of_a_batch_ends_its_import_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(BreakingClock::default());
    let store_path = folder.path().join("store.db");
    let harness =
        Harness { engine: Engine::open(EngineOptions { store_path, clock: clock.clone() }).unwrap() };
    assert_eq!(harness.import_text(run("before", "x")).state, ImportState::Done);
    // Something is written when the store has just been made too; what the clock breaks is an import or a look around, and
    // an import that fails says so.
    let mut failed = 0;
    for round in 0..3 {
        clock.0.store(true, Ordering::Relaxed);
        let status = harness.import_text(run(&format!("run-{round}"), "x"));
        if status.state == ImportState::Failed {
            let said = failure(&status);
            assert!(said.contains("a defect of this program") && said.contains("is kept"), "{said}");
            failed += 1;
        }
    }
    assert!(failed > 0, "no import met the defect");
    clock.0.store(false, Ordering::Relaxed);
    assert_eq!(harness.import_text(run("after", "x")).state, ImportState::Done);
    let keys = keys(&harness);
    assert!(["before", "after"].iter().all(|key| keys.contains(&(*key).to_owned())), "{keys:?}");
}

#[test]
fn a_clock_that_goes_backwards_harms_nothing() {
    const HOUR_NS: i64 = 3_600_000_000_000;
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::at(NOW_NS));
    let harness = Harness::open_with(folder.path().join("store.db"), clock.clone());
    let delete = |key: &str| {
        let selection = TraceSelection { trace_ids: Vec::new(), filter: Some(format!("key:{key}")) };
        harness.call::<Deletion>("trace_delete", &selection)
    };
    harness.import_text(run("a", "x") + "\n" + &run("b", "x"));
    let first = delete("a");
    clock.set(NOW_NS - HOUR_NS);
    let second = delete("b");
    assert!(second.deletion_id > first.deletion_id, "the order of deletions stays");
    assert_eq!(harness.import_text(run("c", "x")).state, ImportState::Done);
    for Deletion { deletion_id, .. } in [first, second] {
        let back: TraceCount = harness.call("trace_restore", &DeletionRef { deletion_id });
        assert_eq!(back.traces, 1);
    }
    assert_eq!(keys(&harness), ["a", "b", "c"]);
    // Before the epoch, as on a machine whose battery is flat.
    clock.set(-HOUR_NS);
    assert_eq!(harness.import_text(run("d", "x")).state, ImportState::Done);
    assert_eq!(delete("d").traces, 1);
    assert_eq!(keys(&harness), ["a", "b", "c"]);
}
