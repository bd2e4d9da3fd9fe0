//! Records of no known format.

use engine::model::{DurationUnit, FieldRole, MappedField, RecordMapping, SpanFlags, SpanKind, SpanStatus};
use engine::wire::{self, Framer, Sample, records};

use super::collected::{self, Collected, payload, read_text};

const EVENTS: &str = r#"[
 {"event_id":"a","ts":"2026-03-01T10:00:00Z","event":"plan","elapsed_ms":1200,"args":{"goal":"find it"},"user":"kim"},
 {"event_id":"b","parent_event_id":"a","ts":"2026-03-01T10:00:00.5Z","event":"search","type":"tool","elapsed_ms":300,"args":{"q":"x"},"result":["y"]},
 {"event_id":"c","parent_event_id":"a","ts":"2026-03-01T10:00:00.9Z","event":"search","type":"tool","elapsed_ms":200,"args":{"q":"x"},"error":"429 too many"}
]"#;

#[test]
fn fields_are_told_by_names_and_values() {
    let read = read_text(EVENTS);
    assert_eq!(read.format, "records");
    assert!(read.problems.is_empty(), "{:?}", read.problems);
    assert_eq!((read.spans.len(), read.trace_count()), (3, 1));
    let plan = read.named("plan");
    assert_eq!(plan.end_ns.unwrap() - plan.start_ns.unwrap(), 1_200_000_000);
    assert!(plan.flags.contains(SpanFlags::TIME_DERIVED));
    assert_eq!(plan.status, SpanStatus::Ok);
    let failed = read.spans.iter().find(|span| span.id == "c").unwrap();
    assert_eq!((failed.parent.as_deref(), failed.kind), (Some("a"), SpanKind::Tool));
    assert_eq!((failed.status, failed.error.as_deref()), (SpanStatus::Error, Some("429 too many")));
    let plan = payload(plan);
    assert_eq!(plan.input.unwrap()["goal"], "find it");
    assert_eq!(plan.attributes["user"], "kim", "nothing is lost");
}

#[test]
fn lines_wrapped_lists_and_csv_are_read_alike() {
    let lines = "{\"time\":1772359200.25,\"action\":\"open\",\"session\":\"s1\",\"latency_s\":0.5}\n\
                 {\"time\":1772359201.25,\"action\":\"close\",\"session\":\"s1\",\"latency_s\":0.25}\n\
                 {\"time\":1772359202.25,\"action\":\"open\",\"session\":\"s2\",\"latency_s\":0.75}\n";
    let wrapped = "{\"exported_by\":\"x\",\"entries\":[\
                 {\"time\":1772359200.25,\"action\":\"open\",\"session\":\"s1\",\"latency_s\":0.5},\
                 {\"time\":1772359201.25,\"action\":\"close\",\"session\":\"s1\",\"latency_s\":0.25},\
                 {\"time\":1772359202.25,\"action\":\"open\",\"session\":\"s2\",\"latency_s\":0.75}]}";
    let rows = "time,action,session,latency_s\n1772359200.25,open,s1,0.5\n1772359201.25,close,s1,0.25\n\
                1772359202.25,open,s2,0.75\n";
    for (text, format) in [(lines, "records"), (wrapped, "records"), (rows, "records-csv")] {
        let read = read_text(text);
        assert_eq!((read.format, read.spans.len(), read.trace_count()), (format, 3, 2), "{text}");
        let open = read.named("open");
        assert_eq!(open.trace, "s1");
        assert_eq!(
            (open.start_ns, open.end_ns),
            (Some(1_772_359_200_250_000_000), Some(1_772_359_200_750_000_000))
        );
        assert!(read.traces.iter().all(|trace| trace.parents_unknown));
    }
}

#[test]
fn a_time_counted_from_the_start_is_no_date() {
    let read = read_text(
        "{\"t\":0,\"start_ms\":0,\"name\":\"a\",\"duration_ms\":5}\n{\"t\":1,\"start_ms\":5,\"name\":\"b\",\"duration_ms\":7}\n",
    );
    let second = read.named("b");
    assert!(second.flags.contains(SpanFlags::LAID_OUT));
    assert_eq!((second.start_ns, second.end_ns), (Some(5_000_000), Some(12_000_000)));
}

#[test]
fn status_is_read_from_words_codes_and_truths() {
    let read = read_text(
        "[{\"id\":1,\"time\":1772359200,\"name\":\"a\",\"success\":true},\
          {\"id\":2,\"time\":1772359201,\"name\":\"b\",\"success\":false}]",
    );
    assert_eq!(
        read.spans.iter().map(|span| span.status).collect::<Vec<_>>(),
        [SpanStatus::Ok, SpanStatus::Error]
    );
    let read = read_text(
        "[{\"id\":1,\"time\":1772359200,\"name\":\"a\",\"status_code\":200},\
          {\"id\":2,\"time\":1772359201,\"name\":\"b\",\"status_code\":503}]",
    );
    assert_eq!(
        read.spans.iter().map(|span| span.status).collect::<Vec<_>>(),
        [SpanStatus::Ok, SpanStatus::Error]
    );
}

#[test]
fn what_is_no_list_of_records_is_not_claimed() {
    for text in [
        "{\"name\":\"x\",\"version\":\"1.0.0\",\"scripts\":{\"a\":\"b\"}}",
        "[1,2,3]",
        "[\"a\",\"b\"]",
        "[{\"a\":1},{\"a\":2}]",
        "[{\"name\":\"Ada\",\"age\":36},{\"name\":\"Bob\",\"age\":12}]",
        "one,two,three\n1,2,3\n4,5,6\n",
        "plain text\nand more of it\n",
    ] {
        assert!(collected::read(text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn a_mapping_set_by_hand_goes_before_the_guess() {
    let text = "[{\"when\":1772359200,\"name\":\"label\",\"what\":\"fetch\",\"key\":\"k1\",\"time\":1772350000},\
                 {\"when\":1772359201,\"name\":\"label\",\"what\":\"parse\",\"key\":\"k2\",\"time\":1772350000}]";
    let sample = Sample::new(text.as_bytes(), true);
    let guessed = records::plan(&sample, &[]);
    assert!(!guessed.is_confirmed);
    assert_eq!(guessed.mapping.path(FieldRole::Start), Some(&["time".to_owned()][..]));
    let field = |role, key: &str| MappedField { role, path: vec![key.to_owned()] };
    let mapping = RecordMapping {
        fields: vec![
            field(FieldRole::Id, "key"),
            field(FieldRole::Name, "what"),
            field(FieldRole::Start, "when"),
        ],
        duration_unit: DurationUnit::Milliseconds,
    };
    let other = RecordMapping {
        fields: vec![field(FieldRole::Id, "not there")],
        duration_unit: DurationUnit::Milliseconds,
    };
    let plan = records::plan(&sample, &[other, mapping.clone()]);
    assert!(plan.is_confirmed);
    assert_eq!(plan.mapping, mapping);
    assert!(plan.fields.iter().any(|field| field.path == ["what"] && field.samples == ["fetch", "parse"]));
    let (format, _) = wire::detect(&sample).unwrap();
    let mut read = Collected::default();
    let mut framer = Framer::new(text.as_bytes(), format.framing(), &sample);
    framer.read_all(records::reader_with(plan.mapping).as_mut(), &mut read).unwrap();
    assert_eq!(read.named("parse").id, "k2");
    assert_eq!(read.named("parse").start_ns, Some(1_772_359_201_000_000_000));
}

#[test]
fn cells_of_a_table_may_hold_json() {
    let read = read_text(
        "step,started_at,tool,args,result\n1,2026-03-01T10:00:00Z,search,\"{\"\"q\"\": \"\"x\"\"}\",\"[1.08, 1.09]\"\n\
         2,2026-03-01T10:00:01Z,read,{},done\n",
    );
    assert_eq!((read.format, read.spans.len()), ("records-csv", 2));
    assert_eq!(payload(read.named("search")).input, Some(serde_json::json!({"q": "x"})));
}
