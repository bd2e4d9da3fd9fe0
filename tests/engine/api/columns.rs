//! The envelope with columns: what goes in comes out, and the page may rely on where things lie.

use engine::api::{self, Answer};
use engine::dto::{
    AttemptGroup, AwaitedTry, Column, Remark, RemarkAbout, SpanTree, TraceClock, TraceRef, decode, encode,
};
use engine::error::Code;
use engine::model::{AttemptOutcome, AttemptRelation, FailureCause};
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};
use serde_json::Value;

fn word(envelope: &[u8], at: usize) -> usize {
    u32::from_le_bytes(envelope[at..at + 4].try_into().unwrap()) as usize
}

fn header(envelope: &[u8]) -> Value {
    serde_json::from_slice(&envelope[word(envelope, 8)..][..word(envelope, 12)]).unwrap()
}

/// The envelope of a tree, as a host sends it.
fn sent(harness: &Harness, trace_id: i64) -> Vec<u8> {
    let request = serde_json::to_string(&TraceRef { trace_id }).unwrap();
    match api::call(&harness.engine, "span_tree", &request) {
        Ok(Answer::Columns(envelope)) => envelope,
        Ok(Answer::Json(text)) => panic!("this is JSON: {text}"),
        Err(error) => panic!("{error:?}"),
    }
}

#[test]
fn a_tree_comes_out_as_it_went_in() {
    let tree = SpanTree {
        revision: 7,
        start_unix_ms: Some(1.5),
        clock: TraceClock::LaidOut,
        strings: vec!["ask".into(), "模型".into(), String::new()].into(),
        span_id: vec![String::new(), "a\u{0}b".into(), "🙂".into()].into(),
        kind: vec![0, 1, 255].into(),
        parent: vec![-1, 0, i32::MIN].into(),
        depth: vec![0, 1, u16::MAX].into(),
        start_ns: vec![0.0, 0.1, 9e15].into(),
        duration_ns: vec![-1.0, 0.0, 5e-324].into(),
        run_row: true,
        groups: vec![AttemptGroup {
            rows: vec![1, 2],
            signal: "{\"column\":\"f64\"}".into(),
            confidence: 0.5,
            by_hand: true,
            relation: AttemptRelation::Retry,
            outcome: AttemptOutcome::Abandoned,
            within: None,
            causes: vec![Some(FailureCause::Timeout), None],
            waste_ns: 3.0,
            waste_tokens: Some(9),
            waste_cost_usd: None,
            gap_ns: vec![0.0, 3.0],
            gap_reported: vec![false, true],
        }],
        awaited: vec![AwaitedTry { row: 2, until_ns: 7.5 }],
        remarks: vec![Remark { about: RemarkAbout::Roots, steps: 2, text: "odd".into() }],
        ..SpanTree::default()
    };
    let envelope = encode(&tree).unwrap();
    let back: SpanTree = decode(&envelope).unwrap();
    assert_eq!(serde_json::to_value(&back).unwrap(), serde_json::to_value(&tree).unwrap());
    assert_eq!(back.span_id, tree.span_id);
    assert_eq!(back.start_ns, tree.start_ns);
    assert_eq!(back.kind, [0, 1, 255]);
}

#[test]
fn columns_lie_where_typed_arrays_can_look_at_them() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let runs = AgentRuns {
        traces: 1,
        spans_per_trace: 501,
        text_bytes: 20,
        sends_history: false,
        chinese_percent: 0,
        seed: 5,
    };
    let mut text = Vec::new();
    write_otlp_json_lines(runs, &mut text).unwrap();
    harness.import_text(String::from_utf8(text).unwrap());
    let envelope = sent(&harness, 1);
    assert_eq!(&envelope[..4], b"TLXC");
    let header = header(&envelope);
    let columns: Vec<(&String, &Value)> =
        header.as_object().unwrap().iter().filter(|(_, value)| value.get("column").is_some()).collect();
    assert!(columns.len() >= 14, "every list with an entry a row is a column: {header}");
    for (name, column) in columns {
        let bytes_each = match column["column"].as_str().unwrap() {
            "u8" => 1,
            "u16" => 2,
            "u32" | "i32" => 4,
            "f64" => 8,
            "text" => 0,
            other => panic!("{name} is of type {other}"),
        };
        let place = |part: &str| {
            let number = |index: usize| column[part][index].as_u64().unwrap() as usize;
            assert_eq!(number(0) % 8, 0, "{name} begins at {}", number(0));
            assert!(number(0) >= 16 && number(0) + number(1) <= word(&envelope, 8), "{name} is in the body");
            number(1)
        };
        let length = column["length"].as_u64().unwrap() as usize;
        if bytes_each > 0 {
            assert_eq!(place("bytes"), length * bytes_each, "{name}");
        } else {
            assert_eq!(place("ends"), length * 4, "{name}");
        }
        if name != "strings" {
            assert_eq!(length, 501, "{name}");
        }
    }
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 1 });
    let ids: std::collections::HashSet<&String> = tree.span_id.iter().collect();
    assert_eq!(ids.len(), 501);
    assert!(tree.name.iter().all(|name| (*name as usize) < tree.strings.len()));
}

#[test]
fn an_empty_tree_has_empty_columns() {
    let envelope = encode(&SpanTree::default()).unwrap();
    assert_eq!(header(&envelope)["start_ns"]["length"], 0);
    let back: SpanTree = decode(&envelope).unwrap();
    assert_eq!(back.span_id.len(), 0);
    assert_eq!(back.start_ns.len(), 0);
}

#[test]
fn a_million_rows_are_no_matter() {
    let rows = 1_000_000_u32;
    let tree = SpanTree {
        span_id: (0..rows).map(|row| format!("{row:016x}")).collect::<Vec<_>>().into(),
        start_ns: (0..rows).map(f64::from).collect::<Vec<_>>().into(),
        parent: (0..rows as i32).map(|row| row - 1).collect::<Vec<_>>().into(),
        ..SpanTree::default()
    };
    let envelope = encode(&tree).unwrap();
    assert!(envelope.len() < 33_000_000, "{} bytes", envelope.len());
    let back: SpanTree = decode(&envelope).unwrap();
    assert_eq!(back.span_id[999_999], tree.span_id[999_999]);
    assert_eq!((back.start_ns, back.parent), (tree.start_ns, tree.parent));
}

#[test]
fn what_is_no_envelope_is_refused() {
    let envelope = encode(&SpanTree::default()).unwrap();
    let mut beyond = envelope.clone();
    beyond[12..16].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut later = envelope.clone();
    later[4] = 9;
    let cut = &envelope[..envelope.len() - 1];
    for broken in [b"".as_slice(), b"{}", cut, &beyond, &later] {
        let error = decode::<SpanTree>(broken).unwrap_err();
        assert_eq!(error.code, Code::Invalid, "{error}");
    }
    let column: Column<f64> = vec![1.0].into();
    assert!(encode(&column).is_ok_and(|envelope| decode::<SpanTree>(&envelope).is_err()), "another type");
}

#[test]
fn a_trace_that_is_not_there_is_an_error_and_no_envelope() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let answer = api::call(&harness.engine, "span_tree", "{\"trace_id\":3}");
    assert_eq!(answer.err().map(|error| error.code), Some(Code::NotFound));
}
