//! What many runs come to, against sums over the list; and that each number leads to the traces behind it.

use engine::dto::{Insights, InsightsRequest, RunFigures, TraceSummary};
use engine::model::TraceStatus;
use engine::testing::Harness;

use super::many::{MANY, RUNS};

fn insights(harness: &Harness, filter: &str) -> Insights {
    harness.call("insights", &InsightsRequest { filter: filter.into(), buckets: 24, rows: 50 })
}

/// The figures as a test works them out.
fn agree(figures: &RunFigures, runs: &[&TraceSummary], what: &str) {
    assert_eq!(figures.runs as usize, runs.len(), "{what}");
    let failed = runs.iter().filter(|run| run.status == TraceStatus::Failed).count();
    assert_eq!(figures.failed as usize, failed, "{what}");
    assert_eq!(figures.retries, runs.iter().map(|run| u64::from(run.retries)).sum::<u64>(), "{what}");
    assert_eq!(figures.errors, runs.iter().map(|run| u64::from(run.errors)).sum::<u64>(), "{what}");
    let tokens = runs.iter().filter_map(|run| run.total_tokens).reduce(|sum, tokens| sum + tokens);
    assert_eq!(figures.tokens, tokens, "{what}");
    let cost = runs.iter().filter_map(|run| run.cost_usd).sum::<f64>();
    assert!((figures.cost_usd.unwrap_or(0.0) - cost).abs() < 1e-9, "{what}");
    let mut took: Vec<f64> = runs.iter().filter_map(|run| run.duration_ns).collect();
    took.sort_unstable_by(f64::total_cmp);
    for (share, given) in [(0.5, figures.p50_ns), (0.95, figures.p95_ns), (0.99, figures.p99_ns)] {
        let rank = ((share * took.len() as f64).ceil() as usize).max(1) - 1;
        assert_eq!(given, took.get(rank).copied(), "{what}, {share}");
    }
}

fn runs(ids: &[i64]) -> Vec<&'static TraceSummary> {
    MANY.all.iter().filter(|run| ids.contains(&run.trace_id)).collect()
}

#[test]
fn figures_are_those_of_the_traces_that_their_filter_gives() {
    for filter in ["", "environment:production", "status:failed or retries:>0"] {
        let given = insights(&MANY.harness, filter);
        let ids = MANY.ids(filter);
        agree(&given.total, &runs(&ids), filter);
        assert_eq!(given.over_time.iter().map(|bucket| bucket.figures.runs).sum::<u32>() as usize, ids.len());
        assert!(given.over_time.windows(2).all(|pair| pair[0].end_unix_ms == pair[1].start_unix_ms));
        for bucket in &given.over_time {
            agree(&bucket.figures, &runs(&MANY.ids(&bucket.filter)), &bucket.filter);
        }
        for rows in [&given.by_project, &given.by_environment, &given.by_task] {
            assert_eq!(rows.iter().map(|row| row.figures.runs).sum::<u32>() as usize, ids.len(), "{filter}");
            for row in rows {
                agree(&row.figures, &runs(&MANY.ids(&row.filter)), &row.filter);
            }
        }
        for row in given.models.iter().chain(&given.tools) {
            assert_eq!(row.runs as usize, MANY.ids(&row.filter).len(), "{}", row.filter);
            assert!(row.p50_ns <= row.p95_ns && row.p95_ns <= row.max_ns, "{row:?}");
            assert!(row.failed <= row.calls && row.calls > 0);
        }
        for cluster in &given.failures {
            assert_eq!(cluster.runs as usize, MANY.ids(&cluster.filter).len(), "{}", cluster.filter);
        }
        let steps: u64 = given.failures.iter().map(|cluster| cluster.errors).sum();
        assert_eq!(steps + given.failures_left_out, given.total.errors, "{filter}");
    }
    assert_eq!(insights(&MANY.harness, "model:no-such-model").total, RunFigures::default());
}

#[test]
fn tools_and_models_are_counted_by_call() {
    let given = insights(&MANY.harness, "");
    let calls: u64 = given.tools.iter().chain(&given.models).map(|row| row.calls).sum();
    // All steps but the agent itself are calls.
    assert_eq!(calls, given.total.steps - RUNS as u64);
    assert!(given.tools.windows(2).all(|pair| pair[0].p95_ns >= pair[1].p95_ns), "the slowest first");
    let models: u64 = given.models.iter().filter_map(|row| row.tokens).sum();
    assert_eq!(Some(models), given.total.tokens);
}

#[test]
fn alike_errors_stand_together() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let errors = [
        "Timeout after 30 s waiting for 'shoes'",
        "Timeout after 31 s waiting for 'a red hat'",
        "Timeout after 424 s waiting for 'x'",
        "503 Service Unavailable",
        "503 Service Unavailable",
        "429 Too Many Requests",
        "file /home/a/b.txt not found",
        "file /tmp/other/c.json not found",
        "call_8f3a2b91c0 failed: tool_12 said \"no\"",
        "call_0011223344 failed: tool_7 said \"never\"",
        "It doesn't work, and that's that",
        "Error code: 400 - {'error': {'message': 'model o3-9 does not exist', 'param': 'a'}}",
        "Error code: 400 - {'error': {'message': 'model o4-1 does not exist', 'param': 'b'}}",
        "'customer'",
    ];
    let lines: Vec<String> =
        errors.iter().enumerate().map(|(index, error)| failed_run(index, error)).collect();
    harness.import_text(lines.concat());
    let given = insights(&harness, "");
    let clusters: Vec<(&str, u32)> =
        given.failures.iter().map(|cluster| (cluster.pattern.as_str(), cluster.runs)).collect();
    assert_eq!(
        clusters,
        [
            ("Timeout after … s waiting for '…'", 3),
            ("503 Service Unavailable", 2),
            ("file … not found", 2),
            ("… failed: tool_… said \"…\"", 2),
            ("Error code: 400 - {'error': {'message': 'model o…-… does not exist', 'param': '…'}}", 2),
            ("429 Too Many Requests", 1),
            ("It doesn't work, and that's that", 1),
            ("'customer'", 1),
        ]
    );
    for cluster in &given.failures {
        let found = super::many::list(&harness, &cluster.filter, engine::dto::TraceSort::Started, true, 100);
        assert_eq!(found.total, cluster.runs, "{}", cluster.filter);
        assert!(errors.contains(&cluster.example.as_str()));
    }
}

fn failed_run(index: usize, error: &str) -> String {
    let start = 1_767_000_000_000_000_000_u64 + index as u64 * 1_000_000_000;
    let span = serde_json::json!({
        "traceId": format!("{:032x}", index + 1), "spanId": format!("{:016x}", index + 1), "name": "agent",
        "startTimeUnixNano": start.to_string(), "endTimeUnixNano": (start + 5).to_string(),
        "status": { "code": 2, "message": error },
    });
    serde_json::json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string() + "\n"
}
