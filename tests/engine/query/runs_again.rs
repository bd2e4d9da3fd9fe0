//! Runs that were tried again as a whole, in their conversations.

use engine::dto::*;
use engine::testing::Harness;

use super::many::list;

/// A run of an agent in a conversation: what it was asked, when (in seconds, for one second), and whether it failed.
struct Asked(u64, &'static str, &'static str, u64, bool);

fn line(Asked(number, conversation, input, at_s, failed): &Asked) -> String {
    let start = 1_767_000_000_000_000_000 + at_s * 1_000_000_000;
    let status = if *failed { r#"{"code":2,"message":"503"}"# } else { r#"{"code":1}"# };
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{number:032x}","spanId":"{number:016x}","name":"agent","startTimeUnixNano":"{start}","endTimeUnixNano":"{}","status":{status},"attributes":[{{"key":"openinference.span.kind","value":{{"stringValue":"AGENT"}}}},{{"key":"session.id","value":{{"stringValue":"{conversation}"}}}},{{"key":"input.value","value":{{"stringValue":"{input}"}}}}]}}]}}]}}]}}"#,
        start + 1_000_000_000,
    ) + "\n"
}

fn opened(runs: &[Asked]) -> (tempfile::TempDir, Harness) {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(runs.iter().map(line).collect::<String>());
    (folder, harness)
}

/// Number and count of tries, by the number of the run; empty for those that are none.
fn tries(harness: &Harness, number: u64) -> Option<(u32, u32)> {
    let trace_id =
        list(harness, &format!("key:{number:032x}"), TraceSort::Started, false, 1).items[0].trace_id;
    let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id });
    let tries = detail.tries?;
    assert_eq!(tries.tries[tries.number as usize - 1].trace_id, trace_id);
    Some((tries.number, tries.of))
}

#[test]
fn a_run_that_failed_and_was_asked_the_same_next_was_tried_again() {
    let (_folder, harness) = opened(&[
        Asked(1, "c", "where are my bees, attempt 1", 0, true),
        Asked(2, "c", "where are my bees, attempt 2", 10, true),
        Asked(3, "c", "where are my bees, attempt 3", 20, false),
        Asked(4, "c", "where are my bees, attempt 4", 30, false),
        Asked(5, "d", "where are my bees, attempt 1", 40, true),
    ]);
    assert_eq!(tries(&harness, 1), Some((1, 3)));
    assert_eq!(tries(&harness, 2), Some((2, 3)));
    assert_eq!(tries(&harness, 3), Some((3, 3)));
    assert_eq!(tries(&harness, 4), None, "asked again after it went well");
    assert_eq!(tries(&harness, 5), None, "another conversation");
    let request = RetryReportRequest { filter: String::new(), buckets: 1, rows: 10 };
    let report: RetryReport = harness.call("retry_report", &request);
    let RunsAgain { runs, figures, filter } = report.runs_again;
    assert_eq!((runs, figures.operations, figures.attempts, figures.recovered), (3, 1, 3, 1));
    assert_eq!(figures.waste_ns, 2e9, "the two runs that failed, not what lay between");
    assert_eq!(list(&harness, &filter, TraceSort::Started, false, 10).total, runs);
    assert_eq!(list(&harness, "-is:rerun", TraceSort::Started, false, 10).total, 2);
}

#[test]
fn look_alikes_are_none() {
    for (what, runs) in [
        ("a different question", [("bees", 0, true), ("wasps", 10, false)]),
        ("after success", [("bees", 0, false), ("bees", 10, false)]),
        ("side by side", [("bees", 0, true), ("bees", 0, false)]),
    ] {
        let runs: Vec<Asked> = (1..)
            .zip(runs)
            .map(|(number, (input, at, failed))| Asked(number, "c", input, at, failed))
            .collect();
        let (_folder, harness) = opened(&runs);
        assert_eq!((tries(&harness, 1), tries(&harness, 2)), (None, None), "{what}");
    }
    let (_folder, harness) = opened(&[
        Asked(1, "c", "bees", 0, true),
        Asked(2, "c", "wasps", 10, false),
        Asked(3, "c", "bees", 20, false),
    ]);
    assert_eq!(tries(&harness, 3), None, "something else was asked in between");
}

#[test]
fn a_try_that_is_deleted_is_none_any_more() {
    let (_folder, harness) = opened(&[Asked(1, "c", "bees", 0, true), Asked(2, "c", "bees", 10, false)]);
    assert_eq!(tries(&harness, 2), Some((2, 2)));
    let first = list(&harness, "status:failed", TraceSort::Started, false, 1).items[0].trace_id;
    let _: Deletion = harness.call("trace_delete", &TraceSelection { trace_ids: vec![first], filter: None });
    assert_eq!(tries(&harness, 2), None);
}
