//! TruLens.

use engine::model::{SpanFlags, SpanKind, SpanStatus};

use super::{handmade, real, shown, tree};
use crate::wire::collected::{payload, read, read_text, real_file};

#[test]
fn a_real_event_table_in_python_s_spelling() {
    let Some(read) = real("trulens/truera__trulens/test_otel_tru_graph_test_smoke.csv") else { return };
    let parents: Vec<&str> = tree(&read).iter().map(|(_, parent)| *parent).collect();
    assert_eq!(
        parents,
        [
            "",
            "langgraph.pregel.Pregel.invoke",
            "langgraph.pregel.Pregel.stream",
            "langgraph.pregel.Pregel.stream"
        ]
    );
    let root = &read.spans[0];
    assert_eq!((root.kind, root.project.as_deref()), (SpanKind::Agent, Some("Simple Multi-Agent")));
    assert_eq!(root.end_ns.unwrap() - root.start_ns.unwrap(), 1_617_000);
    assert_eq!(root.trace, "296841221332823461186554324362440303227");
    let content = shown(root);
    assert_eq!(content.input, Some("What is AI?".into()));
    assert_eq!(content.output, Some("Article based on: Research findings for: What is AI?".into()));
}

#[test]
fn real_records_are_laid_out_by_their_durations() {
    let file = "trulens/truera__trulens/trace_debugging_fixture.jsonl";
    let (Some(read), Some(bytes)) = (real(file), real_file(file)) else { return };
    let mut failed = 0;
    for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let record: serde_json::Value = serde_json::from_slice(line).unwrap();
        let own: Vec<_> =
            read.spans.iter().filter(|span| span.trace == record["record_id"].as_str().unwrap()).collect();
        assert_eq!(own.len(), record["spans"].as_array().unwrap().len());
        let mut end = 0;
        for (span, told) in own.iter().zip(record["spans"].as_array().unwrap()) {
            assert!(span.flags.contains(SpanFlags::LAID_OUT));
            let lasted = span.end_ns.unwrap() - span.start_ns.unwrap();
            assert_eq!(lasted, told["duration_ms"].as_i64().unwrap() * 1_000_000);
            assert_eq!(span.status == SpanStatus::Error, !told["error"].is_null());
            failed += u32::from(span.status == SpanStatus::Error);
            if span.parent.is_some() {
                assert_eq!(span.start_ns, Some(end), "one after another under the run");
                end += lasted;
            }
        }
        let models = own.iter().filter_map(|span| span.model.as_deref()).collect::<Vec<_>>();
        assert_eq!(models, [record["model"].as_str().unwrap()]);
    }
    assert_eq!(failed, 20);
}

#[test]
fn events_as_json_rows() {
    let read = handmade("trulens/events.jsonl");
    assert_eq!(
        tree(&read),
        [("app.query", ""), ("retrieve", "app.query"), ("generate", "app.query"), ("relevance", "app.query")]
    );
    let call = read.named("generate");
    assert_eq!(
        (call.kind, call.model.as_deref(), call.cost_usd),
        (SpanKind::Llm, Some("gpt-4o"), Some(0.01))
    );
    assert_eq!((call.tokens.input, call.tokens.output, call.tokens.total), (Some(20), Some(10), None));
    let failed = read.named("relevance");
    assert_eq!((failed.kind, failed.error.as_deref()), (SpanKind::Evaluator, Some("ValueError: no score")));
    assert_eq!(shown(read.named("retrieve")).output, Some(serde_json::json!(["because"])));
}

/// What a cell holds, as it comes out of a CSV row.
fn literal(cell: &str) -> Option<serde_json::Value> {
    let quoted = cell.replace('"', "\"\"");
    let text = format!(
        "record,event_id,record_attributes,start_timestamp,timestamp,trace\n{{'name': 'n'}},1,\"{{'x': {quoted}}}\",2026-01-01 00:00:00,2026-01-01 00:00:01,\"{{'trace_id': '7', 'span_id': '1'}}\"\n"
    );
    let read = read(text.as_bytes())?;
    payload(read.spans.first()?).attributes.get("x").cloned()
}

#[test]
fn literals_of_python() {
    use serde_json::json;
    for (cell, value) in [
        ("{'a': [1, -2.5, True]}", json!({"a": [1, -2.5, true]})),
        (r#"'it\'s \x41\u00e9\n'"#, json!("it's Aé\n")),
        (r#""say 'hi'""#, json!("say 'hi'")),
        ("('a', 'b')", json!(["a", "b"])),
        ("('one' 'text')", json!("onetext")),
        ("{'b'}", json!(["b"])),
        ("UUID('0-1')", json!("UUID('0-1')")),
        ("Message(content='x', n=[1])", json!("Message(content='x', n=[1])")),
        ("<Kind.SPAN: 1>", json!("<Kind.SPAN: 1>")),
        ("b'raw'", json!("raw")),
        ("11415923357003422197", json!("11415923357003422197")),
    ] {
        assert_eq!(literal(cell), Some(value), "{cell}");
    }
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(literal(&deep), None, "too deep to read is kept as text");
    let kept = read_text(
        "record,event_id,record_attributes,start_timestamp,timestamp,trace\n,1,{broken,2026-01-01 00:00:00,,{'trace_id': '7'}\n",
    );
    assert_eq!((kept.spans.len(), kept.problems.len()), (1, 1));
    assert_eq!(kept.problems[0].at.line, Some(2));
}
