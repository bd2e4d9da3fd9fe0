//! Pins and notes on steps.

use engine::api::dto::{Deletion, DeletionRef, Nothing, StepMark, StepMarkItem, TraceCount, TraceRef};
use engine::api::export;
use engine::error::Code;

use super::{Kept, matching, these, traces};

fn pin(trace_id: i64, span_id: &str, pinned: bool) -> StepMark {
    StepMark { trace_id, span_id: span_id.into(), pinned: Some(pinned), note: None }
}

fn note(trace_id: i64, span_id: &str, note: &str) -> StepMark {
    StepMark { trace_id, span_id: span_id.into(), pinned: None, note: Some(note.into()) }
}

impl Kept {
    fn set(&self, mark: &StepMark) -> Vec<StepMarkItem> {
        self.harness.call("step_mark", mark)
    }

    /// Id, name, whether it is pinned, and note of each marked step.
    fn said(&self, trace_id: i64) -> Vec<(String, Option<String>, bool, Option<String>)> {
        let items: Vec<StepMarkItem> = self.harness.call("step_marks", &TraceRef { trace_id });
        items
            .into_iter()
            .map(|item| {
                (item.span_id, item.step.map(|step| step.name), item.pinned_unix_ms.is_some(), item.note)
            })
            .collect()
    }
}

#[test]
fn pins_and_notes_stay_over_a_restart_an_import_and_growth() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    let text = traces(&["a", "b"], 3).to_string();
    kept.harness.import_text(text.clone());
    let a = kept.id("a");
    kept.set(&pin(a, "a-2", true));
    let items = kept.set(&note(a, "a-1", "why *this* tool?\n"));
    assert_eq!(
        items.iter().map(|item| &*item.span_id).collect::<Vec<_>>(),
        ["a-1", "a-2"],
        "in order of time"
    );
    kept.set(&note(a, "a-2", "it failed here"));
    kept.harness.import_text(text);
    drop(kept);

    let kept = Kept::open(folder.path());
    assert_eq!(
        kept.said(a),
        [
            ("a-1".into(), Some("plan".into()), false, Some("why *this* tool?".into())),
            ("a-2".into(), Some("search".into()), true, Some("it failed here".into())),
        ]
    );
    kept.set(&pin(a, "a-2", false));
    kept.set(&note(a, "a-1", ""));
    assert_eq!(kept.said(a), [("a-2".into(), Some("search".into()), false, Some("it failed here".into()))]);
}

#[test]
fn filters_find_runs_by_their_steps_marks() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(traces(&["a", "b", "c"], 3).to_string());
    let (a, b) = (kept.id("a"), kept.id("b"));
    assert!(kept.keys("is:pinned").is_empty() && kept.keys("has:note").is_empty());
    kept.set(&pin(a, "a-1", true));
    kept.set(&note(b, "b-2", "The planner loops"));
    assert_eq!(kept.keys("is:pinned"), ["a"]);
    assert_eq!(kept.keys("has:note"), ["b"]);
    assert_eq!(kept.keys("note:planner"), ["b"]);
    assert_eq!(kept.keys("-note:planner"), ["a", "c"]);
    kept.set(&pin(a, "a-1", false));
    assert!(kept.keys("is:pinned").is_empty());
}

#[test]
fn they_come_back_with_a_restored_trace_and_go_with_a_purged_one() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(traces(&["a"], 3).to_string());
    let a = kept.id("a");
    kept.set(&pin(a, "a-1", true));
    let deletion: Deletion = kept.harness.call("trace_delete", &these(&[a]));
    assert!(kept.said(a).is_empty(), "nothing is said of what is deleted");
    let reference = DeletionRef { deletion_id: deletion.deletion_id };
    let _: TraceCount = kept.harness.call("trace_restore", &reference);
    assert_eq!(kept.said(a).len(), 1);

    let deletion: Deletion = kept.harness.call("trace_delete", &these(&[a]));
    let _: Nothing = kept.harness.call("deletion_purge", &DeletionRef { deletion_id: deletion.deletion_id });
    kept.until(|kept| kept.storage().deleted_traces == 0);
    kept.harness.import_text(traces(&["a"], 3).to_string());
    assert!(kept.said(kept.id("a")).is_empty() && kept.keys("is:pinned").is_empty());
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(traces(&["a"], 3).to_string());
    let a = kept.id("a");
    let refused = |mark: StepMark, code: Code| {
        let answer = kept.harness.try_call::<Vec<StepMarkItem>>("step_mark", &mark);
        assert_eq!(answer.map_err(|error| error.code).err(), Some(code));
    };
    refused(pin(a, "not there", true), Code::NotFound);
    refused(pin(99, "a-1", true), Code::NotFound);
    refused(note(a, "a-1", &"n".repeat(20_001)), Code::Invalid);
    kept.set(&note(a, "a-1", &"ü".repeat(20_000)));
    assert_eq!(kept.said(a).len(), 1);
}

#[test]
fn an_export_carries_them() {
    let folder = tempfile::tempdir().unwrap();
    let first = Kept::open(&folder.path().join("first"));
    first.harness.import_text(traces(&["a"], 2).to_string());
    let a = first.id("a");
    first.set(&pin(a, "a-2", true));
    first.set(&note(a, "a-2", "here"));
    let mut file = Vec::new();
    export(&first.harness.engine, matching(""), &mut file, &|| false).unwrap();
    let file = String::from_utf8(file).unwrap();
    let second = Kept::open(&folder.path().join("second"));
    second.harness.import_text(file.clone());
    let there = second.id("a");
    assert_eq!(second.said(there), first.said(a));
    assert_eq!(second.keys("is:pinned note:here"), ["a"]);

    // What the person has said there since stays.
    second.set(&note(there, "a-2", "changed"));
    second.harness.import_text(file);
    assert_eq!(second.said(there)[0].3.as_deref(), Some("changed"));
}
