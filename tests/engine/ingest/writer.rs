//! The writer: what a defect, a long trace and repeated spans leave behind.

use engine::dto::*;
use engine::testing::Harness;
use serde_json::{Value, json};

fn traces(harness: &Harness) -> Vec<TraceSummary> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1000,
    };
    harness.call::<TraceList>("trace_list", &request).items
}

/// An OTLP export of spans of one trace: id, name, an attribute.
fn export(spans: impl IntoIterator<Item = (String, &'static str, String)>) -> String {
    let spans: Vec<Value> = spans
        .into_iter()
        .map(|(id, name, note)| {
            json!({ "traceId": "5b8efff798038103d269b633813fc60c", "spanId": id, "name": name,
                "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000",
                "attributes": [{ "key": "note", "value": { "stringValue": note } }] })
        })
        .collect();
    json!({ "resourceSpans": [{ "resource": {}, "scopeSpans": [{ "scope": {}, "spans": spans }] }] })
        .to_string()
}

fn span_id(number: usize) -> String {
    format!("{:016x}", number + 1)
}

#[test]
fn a_defect_in_the_writer_leaves_it_writing() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.break_writer();
    let status = harness.import_text(export([(span_id(0), "chat", "x".into())]));
    assert_eq!((status.state, status.counts.spans_added), (ImportState::Done, 1), "{status:?}");
}

#[test]
fn a_trace_of_many_transactions_is_counted_whole_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let spans = 50_000;
    harness.import_text(export((0..spans).map(|number| (span_id(number), "chat", String::new()))));
    // Few spans are added to many: the trace is not summarised in the transaction that adds them.
    let status =
        harness.import_text(export((0..100).map(|number| (span_id(spans + number), "chat", String::new()))));
    assert_eq!(status.counts.spans_added, 100, "{status:?}");
    assert_eq!(traces(&harness)[0].steps as usize, spans + 100);
}

#[test]
fn of_two_tellings_of_a_span_kept_beside_another_the_fuller_stays() {
    let told = |notes: [&str; 2]| {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        harness.import_text(export([(span_id(0), "client", "first of its id".into())]));
        for note in notes {
            harness.import_text(export([(span_id(0), "server", note.into())]));
        }
        let trace_id = traces(&harness)[0].trace_id;
        let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
        assert_eq!(tree.span_id.len(), 2, "{:?}", tree.span_id);
        let beside = tree.span_id.iter().find(|id| id.contains('~')).unwrap().clone();
        let step: StepDetail = harness.call("step_get", &StepRef { trace_id, span_id: beside });
        serde_json::to_value(&step).unwrap().to_string()
    };
    let (short, long) = ("server, short", "server, told at length");
    let (one, other) = (told([short, long]), told([long, short]));
    assert!(one.contains(long) && !one.contains(short), "{one}");
    assert_eq!(one, other, "whatever comes first");
}
