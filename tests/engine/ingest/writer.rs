//! The writer: what a defect, a long trace and repeated spans leave behind.

use engine::dto::*;
use engine::model::{Provenance, TraceStatus};
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

const TRACE: &str = "5b8efff798038103d269b633813fc60c";

/// A model call that has ended, or the placeholder that is sent when it starts.
fn call(attributes: Value, ended: bool) -> Value {
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{ "traceId": TRACE,
        "spanId": if ended { "00000000000000aa" } else { "00000000000000ff" },
        "parentSpanId": if ended { "" } else { "00000000000000aa" }, "name": "chat m-1",
        "startTimeUnixNano": "1767225600000000000",
        "endTimeUnixNano": if ended { "1767225602000000000" } else { "1767225600000000000" },
        "attributes": attributes }] }] }] })
}

fn placeholder() -> Value {
    call(
        json!([{ "key": "logfire.span_type", "value": { "stringValue": "pending_span" } },
            { "key": "logfire.pending_parent_id", "value": { "stringValue": "0000000000000000" } }]),
        false,
    )
}

fn real() -> Value {
    call(
        json!([{ "key": "gen_ai.operation.name", "value": { "stringValue": "chat" } },
            { "key": "gen_ai.request.model", "value": { "stringValue": "gpt-4o" } },
            { "key": "gen_ai.usage.input_tokens", "value": { "intValue": "1000" } },
            { "key": "gen_ai.usage.output_tokens", "value": { "intValue": "10" } }]),
        true,
    )
}

/// What the model was told, as a log record.
fn said(text: &str) -> Value {
    json!({ "resourceLogs": [{ "resource": { "attributes": [
            { "key": "service.name", "value": { "stringValue": "shop" } }] },
        "scopeLogs": [{ "logRecords": [
            { "timeUnixNano": "1767225601000000000", "eventName": "gen_ai.user.message", "traceId": TRACE,
                "spanId": "00000000000000aa", "body": { "kvlistValue": { "values": [
                    { "key": "content", "value": { "stringValue": text } }] } } },
            { "timeUnixNano": "1767225601000000000", "body": { "stringValue": "cache warm" } }] }] }] })
}

#[test]
fn messages_told_in_log_records_stand_in_their_step_whichever_comes_first() {
    let orders = [
        vec![real(), said("one"), said("two")],
        vec![said("one"), said("two"), real()],
        vec![said("one"), real(), said("two")],
        vec![placeholder(), said("one"), real(), said("two"), placeholder(), real()],
        vec![said("one"), placeholder(), said("two"), real()],
    ];
    for (number, order) in orders.into_iter().enumerate() {
        for one_import in [true, false] {
            let folder = tempfile::tempdir().unwrap();
            let harness = Harness::open(folder.path().join("traces.db"));
            let texts: Vec<String> = order.iter().map(Value::to_string).collect();
            let texts = if one_import { vec![texts.join("\n")] } else { texts };
            for text in texts {
                let status = harness.import_text(text);
                assert_eq!((status.state, status.problems), (ImportState::Done, 0), "{status:?}");
            }
            let case = format!("order {number}, in one import: {one_import}");
            let list = traces(&harness);
            assert_eq!((list.len(), list[0].steps), (1, 1), "{case}");
            assert_eq!(list[0].status, TraceStatus::Success, "{case}");
            let trace_id = list[0].trace_id;
            let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
            assert_eq!(tree.span_id, ["00000000000000aa"], "{case}");
            let step: StepDetail =
                harness.call("step_get", &StepRef { trace_id, span_id: "00000000000000aa".to_owned() });
            let told = serde_json::to_value(&step.content.input_messages).unwrap().to_string();
            assert!(told.contains("one") && told.contains("two"), "{case}: {told}");
            assert_eq!(told.matches("one").count(), 1, "{case}: {told}");
        }
    }
}

#[test]
fn a_log_record_without_its_step_stands_for_it_until_it_comes() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import_text(said("hello").to_string());
    assert_eq!(status.counts.spans_added, 1, "{status:?}");
    assert_eq!(traces(&harness)[0].steps, 1);
    // A cost that is worked out stays marked as such when the rest comes.
    harness.import_text(real().to_string());
    let trace_id = traces(&harness)[0].trace_id;
    let step: StepDetail =
        harness.call("step_get", &StepRef { trace_id, span_id: "00000000000000aa".to_owned() });
    assert_eq!((step.name.as_str(), step.events.len()), ("chat m-1", 1));
    assert_eq!((step.cost_usd.is_some(), step.cost_provenance), (true, Provenance::Derived));
}
