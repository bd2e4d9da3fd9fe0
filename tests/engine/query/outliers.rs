//! Runs that are out of the ordinary for their task.

use engine::dto::{TraceDetail, TraceRef, TraceSort};
use engine::query::catalog::Baseline;
use engine::query::filter::Measure;
use engine::testing::Harness;

use super::many::list;

fn run(index: usize, name: &str, took_ms: u64, tokens: u64) -> String {
    let start = 1_767_000_000_000_000_000_u64 + index as u64 * 60_000_000_000;
    let span = serde_json::json!({
        "traceId": format!("{:032x}", index + 1), "spanId": format!("{:016x}", index + 1), "name": name,
        "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + took_ms * 1_000_000).to_string(),
        "attributes": [{ "key": "gen_ai.usage.input_tokens", "value": { "intValue": tokens.to_string() } }],
    });
    serde_json::json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string() + "\n"
}

#[test]
fn a_run_is_measured_by_its_own_task() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let mut text = String::new();
    for index in 0..30_u64 {
        text += &run(index as usize, "quick", 900 + index * 7, 100);
        text += &run(100 + index as usize, "slow", 60_000 + index * 900, 100);
    }
    text += &run(200, "quick", 4_000, 100);
    text += &run(201, "slow", 61_000, 5_000);
    text += &run(202, "new", 500_000, 100);
    harness.import_text(text);
    let found = list(&harness, "is:outlier", TraceSort::Started, true, 100);
    let names: Vec<(&str, &str)> =
        found.items.iter().map(|run| (run.name.as_str(), run.outliers[0].measure.as_str())).collect();
    assert_eq!(
        names,
        [("slow", "tokens"), ("quick", "duration")],
        "4 s is long for what takes one, not for what takes 60"
    );
    let outlier = &found.items[1].outliers[0];
    assert_eq!((outlier.value, outlier.runs), (4e9, 31));
    assert!((outlier.median / 1e9 - 1.0).abs() < 0.05, "{outlier:?}");
    assert!(outlier.limit < outlier.value && outlier.score.unwrap() > 3.5, "{outlier:?}");
    assert_eq!(list(&harness, "outlier:tokens", TraceSort::Started, true, 10).total, 1);
    assert_eq!(list(&harness, "outlier:cost,retries,steps", TraceSort::Started, true, 10).total, 0);
    let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id: found.items[1].trace_id });
    assert_eq!(detail.summary.outliers, found.items[1].outliers, "the trace says the same");
    // History goes on: what was rare becomes usual.
    let more: String = (300..400).map(|index| run(index, "quick", 4_000, 100)).collect();
    harness.import_text(more);
    assert_eq!(list(&harness, "outlier:duration", TraceSort::Started, true, 10).total, 0);
}

#[test]
fn few_runs_say_nothing_and_equal_ones_leave_room() {
    let usual = |measure, values: &[f64]| Baseline::of(measure, values.to_vec());
    assert_eq!(usual(Measure::Duration, &[1e9; 9]), None);
    let equal = usual(Measure::Duration, &[1e9; 50]).unwrap();
    assert!((equal.median - 1e9).abs() < 10.0 && (equal.limit - 1.5e9).abs() < 10.0, "{equal:?}");
    assert_eq!(equal.score(2e9), None, "no spread, no score");
    let counts = usual(Measure::Retries, &[0.0; 50]).unwrap();
    assert!(counts.limit > 1.0 && counts.limit < 2.0, "one retry is no outlier, two are: {counts:?}");
    let mut spread = vec![0.01; 30];
    spread.extend([0.02; 10]);
    let cost = usual(Measure::Cost, &spread).unwrap();
    assert!((cost.median - 0.01).abs() < 1e-4 && cost.limit > 0.015 && cost.limit < 1.0, "{cost:?}");
    assert!(usual(Measure::Tokens, &[f64::NAN; 50]).is_none());
}
