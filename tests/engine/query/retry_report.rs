//! What was tried again over many runs: each number against the traces that its filter gives.

use engine::dto::*;
use engine::testing::Harness;

use super::many::list;

/// An OTLP line with a run of a tool that fails so often, and then does well if it is said so.
fn run_line(number: u64, tool: &str, error: &str, failures: u64, recovers: bool) -> String {
    let start = 1_767_000_000_000_000_000 + number * 60_000_000_000;
    let tries = failures + u64::from(recovers);
    let span = |index: u64, parent: u64, name: &str, from: u64, to: u64, failed: bool, kind: &str| {
        let status =
            if failed { format!(r#"{{"code":2,"message":"{error}"}}"#) } else { r#"{"code":1}"#.into() };
        format!(
            r#"{{"traceId":"{:032x}","spanId":"{:016x}","parentSpanId":"{}","name":"{name}","startTimeUnixNano":"{}","endTimeUnixNano":"{}","status":{status},"attributes":[{{"key":"openinference.span.kind","value":{{"stringValue":"{kind}"}}}},{{"key":"input.value","value":{{"stringValue":"{{\"q\":\"bees\"}}"}}}}]}}"#,
            number + 1,
            number * 100 + index + 1,
            if parent == 0 { String::new() } else { format!("{:016x}", number * 100 + parent) },
            start + from * 1_000_000,
            start + to * 1_000_000,
        )
    };
    let mut spans = vec![span(0, 0, "run", 0, 1_000, !recovers, "AGENT")];
    for index in 0..tries {
        let failed = index < failures;
        spans.push(span(index + 1, 1, tool, 10 + index * 30, 20 + index * 30, failed, "TOOL"));
    }
    format!(r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{}]}}]}}]}}"#, spans.join(",")) + "\n"
}

#[test]
fn figures_are_those_of_the_traces_that_their_filter_gives() {
    let lines: String = [
        run_line(0, "search", "503 Service Unavailable", 2, true),
        run_line(1, "search", "429 Too Many Requests", 1, true),
        run_line(2, "fetch", "Timeout: no answer", 3, false),
        run_line(3, "fetch", "", 0, true),
    ]
    .concat();
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(lines);
    let request = RetryReportRequest { filter: String::new(), buckets: 10, rows: 10 };
    let report: RetryReport = harness.call("retry_report", &request);
    assert_eq!((report.runs, report.retried_runs), (4, 3));
    let RetryFigures { operations, attempts, recovered, gave_up, success_rate, waste_ns, .. } = report.total;
    assert_eq!((operations, attempts, recovered, gave_up), (3, 8, 2, 1));
    assert!((success_rate.unwrap() - 2.0 / 3.0).abs() < 1e-9);
    // Tries of 10 ms, 20 ms apart: two lost and two pauses, one and one, three and two.
    assert_eq!(waste_ns, (60.0 + 30.0 + 70.0) * 1e6);

    let names: Vec<(&str, u32, u64)> =
        report.by_name.iter().map(|row| (row.value.as_str(), row.runs, row.figures.operations)).collect();
    assert_eq!(names, [("search", 2, 2), ("fetch", 1, 1)], "those that lost most first");
    let causes: Vec<(&str, u64)> =
        report.by_cause.iter().map(|row| (row.cause.word(), row.figures.operations)).collect();
    assert_eq!(causes.len(), 3, "{causes:?}");
    for (filter, traces) in [
        (report.by_name[0].filter.as_str(), 2),
        (report.by_name[1].filter.as_str(), 1),
        (report.by_cause[0].filter.as_str(), 1),
        ("outcome:recovered", 2),
        ("outcome:gaveup", 1),
        ("cause:server,ratelimit", 2),
        ("retried:*", 3),
        ("-retried:*", 1),
    ] {
        assert_eq!(list(&harness, filter, TraceSort::Started, false, 10).total, traces, "{filter}");
    }
    let in_time: u64 = report.over_time.iter().map(|bucket| bucket.figures.operations).sum();
    assert_eq!(in_time, 3);
    assert_eq!(report.worst[0].key, format!("{:032x}", 3), "the run that lost most");
}
