//! Groups of attempts that a person corrects: kept, and said alike by tree, list, filters and report.

use engine::api::dto::*;
use engine::api::export;
use engine::error::Code;

use super::Kept;

/// A run of an agent: a search that fails and then does well, and a fetch that is asked something else after it failed.
fn run(steps: usize) -> String {
    let start = 1_767_000_000_000_000_000_u64;
    let step = |index: usize, name: &str, kind: &str, input: &str, from: u64, to: u64, failed: bool| {
        let status = if failed { r#"{"code":2,"message":"503"}"# } else { r#"{"code":1}"# };
        let parent = if index == 0 { "" } else { "00000000000000aa" };
        let id = if index == 0 { "00000000000000aa".into() } else { format!("{index:016x}") };
        format!(
            r#"{{"traceId":"{:032x}","spanId":"{id}","parentSpanId":"{parent}","name":"{name}","startTimeUnixNano":"{}","endTimeUnixNano":"{}","status":{status},"attributes":[{{"key":"openinference.span.kind","value":{{"stringValue":"{kind}"}}}},{{"key":"input.value","value":{{"stringValue":"{input}"}}}}]}}"#,
            1,
            start + from * 1_000_000,
            start + to * 1_000_000,
        )
    };
    let all = [
        step(0, "agent", "AGENT", "ask", 0, 1_000, false),
        step(1, "search", "TOOL", "bees", 0, 100, true),
        step(2, "search", "TOOL", "bees", 150, 250, false),
        step(3, "fetch", "TOOL", "page 1", 300, 400, true),
        step(4, "fetch", "TOOL", "page one", 500, 600, false),
        step(5, "search", "TOOL", "bees", 650, 660, true),
        step(6, "search", "TOOL", "bees", 700, 710, false),
    ];
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, all[..steps].join(",")) + "\n"
}

const KEY: &str = "00000000000000000000000000000001";

fn id(index: usize) -> String {
    format!("{index:016x}")
}

impl Kept {
    fn correct(&self, change: AttemptChange) -> AttemptCorrected {
        self.harness.call("attempt_correct", &AttemptCorrect { trace_id: self.id(KEY), change })
    }

    fn tree(&self) -> SpanTree {
        self.harness.call("span_tree", &TraceRef { trace_id: self.id(KEY) })
    }

    /// The rows of each group; those that a person had a say in with a star.
    fn groups(&self) -> Vec<String> {
        let star = |group: &AttemptGroup| if group.by_hand { "*" } else { "" };
        self.tree().groups.iter().map(|group| format!("{:?}{}", group.rows, star(group))).collect()
    }

    fn retries(&self) -> u32 {
        let trace = self.list(&format!("key:{KEY}")).items.remove(0);
        let tree_waste: f64 = self.tree().groups.iter().map(|group| group.waste_ns).sum();
        assert_eq!(trace.retry_waste_ns.unwrap_or(0.0), tree_waste, "list and tree agree");
        trace.retries
    }

    fn operations(&self) -> u64 {
        let request = RetryReportRequest { filter: String::new(), buckets: 1, rows: 10 };
        self.harness.call::<RetryReport>("retry_report", &request).total.operations
    }
}

fn take_out(steps: &[usize], group: usize) -> AttemptChange {
    AttemptChange::Apart { span_ids: steps.iter().map(|step| id(*step)).collect(), group_span_id: id(group) }
}

fn join(step: usize, with: usize) -> AttemptChange {
    AttemptChange::Join { span_id: id(step), with_span_id: id(with) }
}

#[test]
fn a_split_and_a_join_are_said_alike_everywhere_and_stay() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(run(5));
    assert_eq!((kept.groups(), kept.retries(), kept.operations()), (vec!["[1, 2]".to_owned()], 1, 1));
    kept.correct(take_out(&[1, 2], 1));
    assert_eq!((kept.groups(), kept.retries(), kept.operations()), (vec![], 0, 0));
    assert_eq!(kept.tree().apart_rows, [1, 2]);
    assert!(kept.keys("retried:search").is_empty() && kept.keys("retries:>0").is_empty());
    kept.correct(join(4, 3));
    assert_eq!((kept.groups(), kept.retries(), kept.operations()), (vec!["[3, 4]*".to_owned()], 1, 1));
    let group = kept.tree().groups.remove(0);
    assert_eq!((group.signal.as_str(), group.confidence), ("Joined by hand.", 1.0));
    assert_eq!(kept.keys("retried:fetch"), [KEY]);
    assert_eq!(kept.keys("waste:>150ms outcome:recovered"), [KEY]);
    let time: RunTime = kept.harness.call("run_time", &TraceRef { trace_id: kept.id(KEY) });
    let backoff = time.parts.iter().find(|part| part.part.word() == "backoff").map(|part| part.wall_ns);
    assert_eq!(backoff, Some(100e6), "the pause between the joined steps");
    let [waste] = time.attempts.as_slice() else { panic!("{:?}", time.attempts) };
    assert_eq!(time.step_ids[waste.first_step as usize], id(3));
    assert_eq!((waste.critical_failed_ns, waste.critical_pause_ns), (100e6, 100e6));

    // The same again, further steps, and another start of the app.
    kept.harness.import_text(run(5));
    kept.harness.import_text(run(7));
    assert_eq!(kept.groups(), ["[3, 4]*", "[5, 6]"]);
    drop(kept);
    let kept = Kept::open(folder.path());
    assert_eq!((kept.groups().len(), kept.retries()), (2, 2));
}

#[test]
fn groups_become_one_and_are_as_detected_again() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(run(7));
    assert_eq!(kept.groups(), ["[1, 2]", "[5, 6]"]);
    assert_eq!(kept.correct(join(6, 1)).before, []);
    assert_eq!((kept.groups(), kept.retries()), (vec!["[1, 2, 5, 6]*".to_owned()], 3));
    let before = kept.correct(take_out(&[5], 1)).before;
    assert_eq!(kept.groups(), ["[1, 2, 6]*"]);
    kept.correct(AttemptChange::Restore { corrections: before });
    assert_eq!(kept.groups(), ["[1, 2, 5, 6]*"], "undone");
    kept.correct(AttemptChange::AsDetected { span_ids: [1, 2, 5, 6].map(id).into() });
    assert_eq!(kept.groups(), ["[1, 2]", "[5, 6]"]);

    kept.correct(take_out(&[1, 2], 1));
    kept.correct(AttemptChange::AsDetected { span_ids: vec![id(2)] });
    assert_eq!(kept.groups(), ["[1, 2]", "[5, 6]"], "one of a dissolved group brings back all of it");

    // Joined by a third.
    kept.correct(join(1, 3));
    kept.correct(join(6, 4));
    assert_eq!(kept.groups(), ["[1, 2, 3]*", "[4, 5, 6]*"]);
    kept.correct(join(3, 4));
    assert_eq!(kept.groups(), ["[1, 2, 3, 4, 5, 6]*"]);
}

#[test]
fn an_export_has_them_and_a_purge_takes_them() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(run(7));
    kept.correct(take_out(&[5, 6], 5));
    kept.correct(join(4, 3));
    let mut exported = Vec::new();
    let selection = TraceSelection { trace_ids: vec![kept.id(KEY)], filter: None };
    export(&kept.harness.engine, selection, &mut exported, &|| false).unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Kept::open(elsewhere.path());
    other.harness.import_text(String::from_utf8(exported).unwrap());
    assert_eq!(other.groups(), ["[1, 2]", "[3, 4]*"]);
    assert_eq!((other.tree().apart_rows, other.retries()), (vec![5, 6], 2));

    let these = TraceSelection { trace_ids: vec![kept.id(KEY)], filter: None };
    let deletion: Deletion = kept.harness.call("trace_delete", &these);
    let _: Nothing = kept.harness.call("deletion_purge", &DeletionRef { deletion_id: deletion.deletion_id });
    kept.until(|kept| kept.storage().deleted_traces == 0);
    kept.harness.import_text(run(7));
    assert_eq!(kept.groups(), ["[1, 2]", "[5, 6]"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(run(7));
    let refused = |trace_id: i64, change: AttemptChange| {
        let request = AttemptCorrect { trace_id, change };
        kept.harness.try_call::<AttemptCorrected>("attempt_correct", &request).unwrap_err().code
    };
    let trace_id = kept.id(KEY);
    assert_eq!(refused(trace_id, join(1, 1)), Code::Invalid);
    assert_eq!(refused(trace_id, join(1, 99)), Code::NotFound);
    assert_eq!(refused(trace_id, take_out(&[1, 99], 1)), Code::NotFound);
    assert_eq!(refused(77, take_out(&[1], 1)), Code::NotFound);
    assert_eq!(kept.groups(), ["[1, 2]", "[5, 6]"], "and nothing has changed");
}
