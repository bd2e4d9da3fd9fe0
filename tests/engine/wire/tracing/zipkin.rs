//! Zipkin.

use engine::model::SpanStatus;

use crate::wire::collected::{read, read_text, real_file};

#[test]
fn the_halves_of_a_shared_span_are_two_steps_one_under_the_other() {
    let read = read_text(
        r#"[{"traceId":"86154a4ba6e91385","id":"86154a4ba6e91385","kind":"CLIENT","name":"get","timestamp":1767225600000000,"duration":207000,"localEndpoint":{"serviceName":"front"}},
            {"traceId":"86154a4ba6e91385","id":"86154a4ba6e91385","kind":"SERVER","name":"get","timestamp":1767225600010000,"duration":150000,"localEndpoint":{"serviceName":"back"},"shared":true},
            {"traceId":"86154a4ba6e91385","parentId":"86154a4ba6e91385","id":"4d1e00c0db9010db","name":"open","timestamp":1767225600020000,"localEndpoint":{"serviceName":"back"}}]"#,
    );
    assert_eq!((read.format, read.spans.len(), read.unique_count()), ("zipkin", 3, 3));
    assert_eq!(read.spans[1].parent.as_deref(), Some("86154a4ba6e91385"));
    assert_eq!(read.spans[1].id, "86154a4ba6e91385.server");
    assert_eq!(read.spans[1].project.as_deref(), Some("back"));
    assert_eq!(read.named("open").status, SpanStatus::Open, "no end is made up");
}

#[test]
fn real_files_have_their_errors_and_open_ends() {
    for (file, errors, open) in [
        ("messaging-kafka.json", 3, 0),
        ("smartthings-oauth-authorization.json", 2, 19),
        ("envoy.json", 0, 0),
        ("yelp.json", 0, 0),
    ] {
        let Some(bytes) = real_file(&format!("zipkin-json/openzipkin__zipkin/{file}")) else { return };
        let read = read(&bytes).unwrap();
        assert_eq!((read.format, read.trace_count()), ("zipkin", 1), "{file}");
        assert!(read.problems.is_empty(), "{file}: {:?}", read.problems);
        let count = |status| read.spans.iter().filter(|span| span.status == status).count();
        assert_eq!(count(SpanStatus::Error), errors, "{file}");
        let endless = read.spans.iter().filter(|span| span.end_ns.is_none()).count();
        assert_eq!(endless, open, "{file}");
    }
}

#[test]
fn what_is_no_span_is_named_and_the_rest_read() {
    let read = read_text(
        r#"[{"traceId":"86154a4ba6e91385","id":"1","name":"a","timestamp":1767225600000000,"duration":1,"localEndpoint":{"serviceName":"x"}}, 7, {"traceId":"86154a4ba6e91385"}]"#,
    );
    assert_eq!((read.spans.len(), read.problems.len()), (1, 2), "{:?}", read.problems);
}
