//! Jaeger.

use engine::model::{SpanFlags, SpanKind, SpanStatus};

use crate::wire::collected::{payload, read, read_text, real_file};

const TRACE: &str = r#"{"traceID":"0AF7651916CD43DD8448EB211C80319C","spans":[
 {"traceID":"0AF7651916CD43DD8448EB211C80319C","spanID":"b7ad6b7169203331","operationName":"a","references":[],"startTime":1767225600000000,"duration":1500,"tags":[{"key":"k","type":"string","value":"1"},{"key":"k","type":"string","value":"2"}],"logs":[{"timestamp":1767225600000500,"fields":[{"key":"event","type":"string","value":"exception"},{"key":"exception.type","type":"string","value":"Timeout"},{"key":"exception.message","type":"string","value":"too slow"}]}],"processID":"p1","warnings":["clock skew"]},
 {"traceID":"0AF7651916CD43DD8448EB211C80319C","spanID":"b7ad6b7169203332","operationName":"b","references":[{"refType":"FOLLOWS_FROM","traceID":"0af7651916cd43dd8448eb211c80319c","spanID":"b7ad6b7169203331"},{"refType":"CHILD_OF","traceID":"ffffffffffffffffffffffffffffffff","spanID":"1111111111111111"}],"startTime":1767225600000100,"duration":100,"tags":[{"key":"error","type":"string","value":"true"}],"logs":[],"processID":"p1"}
],"processes":{"p1":{"serviceName":"shop","tags":[{"key":"host","type":"string","value":"h1"}]}}}"#;

#[test]
fn tags_logs_references_and_processes_are_read() {
    let read = read_text(TRACE);
    assert_eq!((read.format, read.trace_count(), read.spans.len()), ("jaeger", 1, 2));
    let first = read.named("a");
    assert_eq!(first.trace, "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(first.end_ns.unwrap() - first.start_ns.unwrap(), 1_500_000);
    assert_eq!((first.status, first.error.as_deref()), (SpanStatus::Error, Some("Timeout: too slow")));
    assert_eq!(first.project.as_deref(), Some("shop"));
    let content = payload(first);
    assert_eq!(content.attributes["k"], serde_json::json!(["1", "2"]), "no value is lost");
    assert_eq!(content.resource["host"], "h1");
    assert_eq!(content.other["warnings"][0], "clock skew");
    let second = read.named("b");
    assert_eq!(
        second.parent.as_deref(),
        Some("b7ad6b7169203331"),
        "what it follows is its parent where there is no other"
    );
    assert_eq!(second.status, SpanStatus::Error);
    assert_eq!(payload(second).links[0].span, "1111111111111111", "a parent in another trace is a link");
}

#[test]
fn spans_as_the_storage_has_them_are_the_same() {
    let Some(bytes) = real_file("jaeger-json/jaegertracing__jaeger/domain_03.json") else { return };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.spans.len()), ("jaeger", 2));
    let first = &read.spans[0];
    assert_eq!(first.trace, "000000000000000052969a8955571a3f");
    assert_eq!(first.id, "0000000000647d98");
    assert_eq!(first.start_ns, Some(1_485_467_191_639_875_000));
    assert_eq!(first.end_ns.unwrap() - first.start_ns.unwrap(), 22_938_000);
    assert_eq!(payload(first).attributes["peer.port"], 53931);
    assert_eq!(payload(first).events[0].attributes["key1"], "value1");
}

#[test]
fn the_catalogued_errors_and_shapes_are_found() {
    for (file, errors, roots) in [
        ("jaegertracing__jaeger-ui/TraceGraph__testTrace.json", 1, 1),
        ("jaegertracing__jaeger-ui/happyTrace.json", 1, 1),
        ("jaegertracing__jaeger-ui/testTrace.json", 0, 1),
        ("jaegertracing__jaeger/trace_success.json", 1, 0),
    ] {
        let Some(bytes) = real_file(&format!("jaeger-json/{file}")) else { return };
        let read = read(&bytes).unwrap();
        assert!(read.problems.is_empty(), "{file}: {:?}", read.problems);
        let failed = read.spans.iter().filter(|span| span.status == SpanStatus::Error).count();
        let parentless = read.spans.iter().filter(|span| span.parent.is_none()).count();
        assert_eq!((failed, parentless), (errors, roots), "{file}");
        assert!(read.spans.iter().all(|span| !span.flags.contains(SpanFlags::NEGATIVE_DURATION)));
    }
}

#[test]
fn a_truncated_trace_keeps_what_came_before() {
    let cut = &TRACE[..TRACE.len() - 180];
    let read = read_text(cut);
    assert_eq!(read.format, "jaeger");
    assert!(read.spans.iter().any(|span| span.name == "a"), "{:?}", read.problems);
    assert!(!read.problems.is_empty());
    assert_eq!(read.named("a").kind, SpanKind::Other);
}

#[test]
fn times_keep_every_microsecond() {
    let read = read_text(
        r#"[{"traceID":"a1","spanID":"b1","operationName":"odd","startTime":1767225600000123,"duration":7,"references":[],"tags":[],"logs":[{"timestamp":1767225600000125,"fields":[{"key":"event","value":"half way"}]}]}]"#,
    );
    let span = read.named("odd");
    assert_eq!(span.start_ns, Some(1_767_225_600_000_123_000));
    assert_eq!(span.end_ns, Some(1_767_225_600_000_130_000));
    assert_eq!(payload(span).events[0].time_ns, Some(1_767_225_600_000_125_000));
}

#[test]
fn the_error_tag_may_be_a_truth_or_tell_what_failed() {
    let spans: Vec<String> = [r#"true"#, r#""TRUE""#, r#""connection refused""#, r#"false"#, r#""false""#, r#""""#]
        .iter()
        .enumerate()
        .map(|(number, error)| {
            format!(
                r#"{{"traceID":"a1","spanID":"b{number}","operationName":"{number}","startTime":1767225600000000,"duration":7,"references":[],"tags":[{{"key":"error","value":{error}}}],"logs":[]}}"#
            )
        })
        .collect();
    let read = read_text(&format!("[{}]", spans.join(",")));
    let failed: Vec<bool> = read.spans.iter().map(|span| span.status == SpanStatus::Error).collect();
    assert_eq!(failed, [true, true, true, false, false, false]);
    assert_eq!(read.named("2").error.as_deref(), Some("connection refused"));
}

#[test]
fn rubbish_between_spans_costs_itself_only() {
    let read = read_text(&TRACE.replace("\"spans\":[", "\"spans\":[17,null,{\"operationName\":\"no ids\"},"));
    assert_eq!((read.format, read.spans.len()), ("jaeger", 2));
    assert_eq!(read.problems.len(), 3, "{:?}", read.problems);
}
