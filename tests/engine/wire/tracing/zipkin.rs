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

/// Name and parent's name of every span, by the ids as they are handed on.
fn tree(read: &crate::wire::collected::Collected) -> Vec<(String, String)> {
    let name_of = |id: &str| {
        let found = read.spans.iter().find(|span| span.id == id);
        found.map_or_else(|| format!("nothing ({id})"), label)
    };
    let mut pairs: Vec<_> = read
        .spans
        .iter()
        .map(|span| (label(span), span.parent.as_deref().map_or("–".into(), name_of)))
        .collect();
    pairs.sort();
    pairs
}

fn label(span: &engine::model::SpanRecord) -> String {
    format!("{} {}", span.project.as_deref().unwrap_or_default(), span.name)
}

const CLIENT: &str = r#"{"traceId":"86154a4ba6e91385","parentId":"1111111111111111","id":"2222222222222222","kind":"CLIENT","name":"get","timestamp":1767225600000123,"duration":207000,"localEndpoint":{"serviceName":"front"}}"#;
const SERVER: &str = r#"{"traceId":"86154a4ba6e91385","parentId":"1111111111111111","id":"2222222222222222","kind":"SERVER","name":"get","timestamp":1767225600010000,"duration":150000,"localEndpoint":{"serviceName":"back"},"shared":true}"#;
const IN_SERVER: &str = r#"{"traceId":"86154a4ba6e91385","parentId":"2222222222222222","id":"3333333333333333","name":"query","timestamp":1767225600020000,"duration":1000,"localEndpoint":{"serviceName":"back"}}"#;
const IN_CLIENT: &str = r#"{"traceId":"86154a4ba6e91385","parentId":"2222222222222222","id":"4444444444444444","name":"encode","timestamp":1767225600000200,"duration":100,"localEndpoint":{"serviceName":"front"}}"#;
const ROOT: &str = r#"{"traceId":"86154a4ba6e91385","id":"1111111111111111","name":"page","timestamp":1767225600000000,"duration":300000,"localEndpoint":{"serviceName":"front"}}"#;

#[test]
fn the_server_lies_in_its_client_and_its_children_in_it_in_whatever_order_they_come() {
    let expected = [
        ("back get", "front get"),
        ("back query", "back get"),
        ("front encode", "front get"),
        ("front get", "front page"),
        ("front page", "–"),
    ]
    .map(|(name, parent)| (name.to_owned(), parent.to_owned()));
    for order in [
        [ROOT, CLIENT, SERVER, IN_SERVER, IN_CLIENT],
        [IN_CLIENT, IN_SERVER, SERVER, CLIENT, ROOT],
        [SERVER, IN_SERVER, CLIENT, ROOT, IN_CLIENT],
    ] {
        let read = read_text(&format!("[{}]", order.join(",")));
        assert_eq!(tree(&read), expected);
        assert_eq!(read.named("page").start_ns, Some(1_767_225_600_000_000_000));
    }
}

#[test]
fn a_server_whose_client_is_not_in_the_file_stands_for_both() {
    let read = read_text(&format!("[{SERVER},{IN_SERVER},{ROOT}]"));
    assert_eq!(
        tree(&read),
        [("back get", "front page"), ("back query", "back get"), ("front page", "–")]
            .map(|(name, parent)| (name.to_owned(), parent.to_owned()))
    );
}

#[test]
fn a_span_told_twice_is_one() {
    let read = read_text(&format!("[{ROOT},{CLIENT},{SERVER},{ROOT},{SERVER},{CLIENT}]"));
    assert_eq!(read.unique_count(), 3);
}

#[test]
fn in_real_files_every_server_lies_in_its_client() {
    for (file, servers) in [("skew.json", 1), ("yelp.json", 3), ("smartthings-oauth-authorization.json", 45)]
    {
        let Some(bytes) = real_file(&format!("zipkin-json/openzipkin__zipkin/{file}")) else { return };
        let read = read(&bytes).unwrap();
        let kind = |span: &engine::model::SpanRecord| {
            crate::wire::collected::payload(span)
                .other
                .get("kind")
                .and_then(|kind| kind.as_str().map(str::to_owned))
        };
        let nested = read.spans.iter().filter(|span| {
            let parent = read.spans.iter().find(|other| Some(&other.id) == span.parent.as_ref());
            crate::wire::collected::payload(span).other.contains_key("shared")
                && parent.is_some_and(|parent| kind(parent).as_deref() == Some("CLIENT"))
        });
        assert_eq!(nested.count(), servers, "{file}");
    }
}

#[test]
fn a_truncated_list_keeps_what_came_before() {
    let whole = format!("[{ROOT},{CLIENT},{SERVER},{IN_SERVER}]");
    let read = read_text(&whole[..whole.len() - 60]);
    assert_eq!((read.format, read.unique_count()), ("zipkin", 4));
    assert!(!read.problems.is_empty());
}

#[test]
fn every_receiver_of_one_message_is_stored() {
    let Some(file) =
        crate::shared::file("zipkin-json/openzipkin__zipkin/smartthings-oauth-authorization.json")
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    assert_eq!(harness.import(&[&file]).counts.spans_added, 175, "five servers answered under one id");
}
