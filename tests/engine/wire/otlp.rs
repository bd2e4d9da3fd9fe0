//! OTLP in both encodings.

use engine::model::{SpanFlags, SpanKind, SpanStatus};
use serde_json::json;

use super::collected::{payload, read, read_text, real_file};

/// (file, traces, spans, unique spans, error spans among the unique, events, links)
const REAL: &[(&str, usize, usize, usize, usize)] = &[
    ("otlp-json/grafana__tempo/trace.json", 1, 1, 1, 0),
    ("otlp-json/jaegertracing__jaeger-ui/agent-trace.json", 1, 8, 8, 0),
    ("otlp-json/jaegertracing__jaeger-ui/otlp2jaeger-in-error.json", 1, 1, 1, 0),
    ("otlp-json/jaegertracing__jaeger-ui/otlp2jaeger-in.json", 1, 2, 1, 0),
    ("otlp-json/jaegertracing__jaeger/example_trace.json", 1, 5, 5, 0),
    ("otlp-json/open-telemetry__opentelemetry-proto/trace.json", 1, 1, 1, 0),
    ("otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json", 1, 18, 18, 0),
    ("otlp-json-genai/evilmartians__agent-prism/smol_deep_research_agent.json", 1, 8, 8, 0),
    // One exporter wrote every span again with each batch: 1,018 records are 186 spans, 3 of them errors.
    ("otlp-jsonl/sideseat__sideseat/traces-crewai.jsonl.gz", 12, 1018, 186, 3),
    ("otlp-jsonl/ymtdzzz__otel-tui/test_data.json", 141, 547, 547, 107),
];

#[test]
fn real_files_have_as_many_traces_and_spans_as_counted() {
    for (file, traces, spans, unique, errors) in REAL {
        let Some(bytes) = real_file(file) else { continue };
        let read = read(&bytes).unwrap_or_else(|| panic!("{file} is not recognised"));
        assert_eq!(read.format, "otlp-json", "{file}");
        assert_eq!(read.problems, [], "{file}");
        assert_eq!(
            (read.trace_count(), read.spans.len(), read.unique_count()),
            (*traces, *spans, *unique),
            "{file}"
        );
        let failed: std::collections::BTreeSet<_> = read
            .spans
            .iter()
            .filter(|span| span.status == SpanStatus::Error)
            .map(|span| (&span.trace, &span.id))
            .collect();
        assert_eq!(failed.len(), *errors, "{file}");
        for span in &read.spans {
            assert_eq!((span.trace.len(), span.id.len()), (32, 16), "{file}: {} {}", span.trace, span.id);
            assert!(
                span.trace
                    .bytes()
                    .chain(span.id.bytes())
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
            );
            assert!(span.start_ns.is_some() && span.end_ns.is_some(), "{file}: {} has its times", span.name);
        }
    }
}

#[test]
fn a_file_of_several_signals_counts_what_is_left_out() {
    let Some(bytes) = real_file("otlp-jsonl/ymtdzzz__otel-tui/test_data.json") else { return };
    let read = read(&bytes).unwrap();
    assert_eq!(read.skipped.get("log records"), Some(&23));
    assert_eq!(read.skipped.get("metric payloads"), Some(&536));
    let events: usize = read.spans.iter().map(|span| payload(span).events.len()).sum();
    let links: usize = read.spans.iter().map(|span| payload(span).links.len()).sum();
    assert_eq!((events, links), (139, 53));
}

#[test]
fn a_file_of_log_records_alone_is_recognised() {
    let Some(bytes) = real_file("otlp-json/open-telemetry__opentelemetry-proto/logs.json") else { return };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.spans.len(), read.problems.len()), ("otlp-json", 0, 0));
    assert_eq!(read.skipped.get("log records"), Some(&1));
}

#[test]
fn columns_of_real_spans() {
    if let Some(bytes) = real_file("otlp-json/jaegertracing__jaeger-ui/agent-trace.json") {
        let read = read(&bytes).unwrap();
        let chat = read.named("chat meta-llama/Llama-3.1-8B-Instruct");
        assert_eq!(chat.kind, SpanKind::Llm);
        assert_eq!(chat.model.as_deref(), Some("meta-llama/Llama-3.1-8B-Instruct"));
        assert_eq!((chat.tokens.input, chat.tokens.output), (Some(312), Some(128)));
        assert_eq!(chat.project.as_deref(), Some("incident-response-agent"));
        assert_eq!(chat.start_ns, Some(1_746_700_001_000_000_000));
        assert!(chat.preview.as_deref().unwrap().starts_with("You are an SRE assistant."));
        assert!(chat.input_hash.is_some());
        assert!(read.spans.iter().any(|span| span.kind == SpanKind::Tool));
    }
    if let Some(bytes) = real_file("otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json") {
        let read = read(&bytes).unwrap();
        let llm = read.spans.iter().find(|span| span.kind == SpanKind::Llm).unwrap();
        assert_eq!(llm.model.as_deref(), Some("gpt-3.5-turbo"));
        assert_eq!((llm.tokens.input, llm.tokens.output, llm.tokens.total), (Some(629), Some(19), None));
        assert_eq!(llm.tokens.reasoning, Some(0));
        assert_eq!(llm.project.as_deref(), Some("earnings-reports-rag"));
        assert_eq!(llm.environment.as_deref(), Some("development"));
        assert!(read.spans.iter().any(|span| span.kind == SpanKind::Retrieval));
        assert_eq!(llm.trace, "b47d761fe79be88aee41342cdd527268", "base64 ids become hex");
    }
    if let Some(bytes) = real_file("otlp-jsonl/sideseat__sideseat/traces-crewai.jsonl.gz") {
        let read = read(&bytes).unwrap();
        let failed = read.spans.iter().find(|span| span.status == SpanStatus::Error).unwrap();
        assert!(failed.error.as_deref().is_some_and(|error| !error.is_empty()), "{failed:?}");
        assert!(
            read.spans.iter().any(|span| span.conversation.as_deref() == Some("crewai-tool_use-5d2a7e55"))
        );
    }
}

/// An export with one span that has `fields`.
fn export(fields: &str) -> String {
    format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},"scopeSpans":[{{"scope":{{"name":"lib"}},"spans":[{{"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"x",{fields}}}]}}]}}]}}"#
    )
}

#[test]
fn snake_case_names_and_numbers_mean_the_same() {
    let camel = read_text(&export(
        r#""parentSpanId":"eee19b7ec3c1b173","kind":3,"startTimeUnixNano":"1751474840301046017","endTimeUnixNano":"1751474840301046099","status":{"code":2,"message":"bad"},"attributes":[{"key":"n","value":{"intValue":"9007199254740993"}},{"key":"l","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":0.5}]}}}],"droppedEventsCount":2"#,
    ));
    let snake = read_text(
        r#"{"resource_spans":[{"resource":{"attributes":[{"key":"service.name","value":{"string_value":"shop"}}]},"scope_spans":[{"scope":{"name":"lib"},"spans":[{"trace_id":"W47/95gDgQPSabYzgT/GDA==","span_id":"7uGbfsPBsXQ=","parent_span_id":"7uGbfsPBsXM=","name":"x","kind":"SPAN_KIND_CLIENT","start_time_unix_nano":1751474840301046017,"end_time_unix_nano":1751474840301046099,"status":{"code":"STATUS_CODE_ERROR","message":"bad"},"attributes":[{"key":"n","value":{"int_value":9007199254740993}},{"key":"l","value":{"array_value":{"values":[{"bool_value":true},{"double_value":0.5}]}}}],"dropped_events_count":2}]}]}]}"#,
    );
    for read in [&camel, &snake] {
        assert_eq!(read.problems, []);
        let span = &read.spans[0];
        assert_eq!(
            (span.trace.as_str(), span.id.as_str()),
            ("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174")
        );
        assert_eq!(span.parent.as_deref(), Some("eee19b7ec3c1b173"));
        assert_eq!(
            (span.start_ns, span.end_ns),
            (Some(1_751_474_840_301_046_017), Some(1_751_474_840_301_046_099))
        );
        assert_eq!((span.status, span.error.as_deref()), (SpanStatus::Error, Some("bad")));
    }
    assert_eq!(payload(&camel.spans[0]), payload(&snake.spans[0]));
    let payload = payload(&camel.spans[0]);
    assert_eq!(payload.attributes["n"], json!(9_007_199_254_740_993_i64));
    assert_eq!(payload.attributes["l"], json!([true, 0.5]));
    assert_eq!(payload.other["kind"], "SPAN_KIND_CLIENT");
    assert_eq!(payload.other["droppedEventsCount"], 2);
    assert_eq!(payload.resource["service.name"], "shop");
    assert_eq!(payload.scope["name"], "lib");
}

#[test]
fn wrappers_and_old_names_are_seen_through() {
    let plain = export(r#""startTimeUnixNano":"1","endTimeUnixNano":"2""#);
    let old = plain
        .replace("scopeSpans", "instrumentationLibrarySpans")
        .replace("\"scope\"", "\"instrumentationLibrary\"");
    let batches = plain.replace("resourceSpans", "batches");
    for text in [
        format!(r#"{{"timestamp":"2026","data":{plain}}}"#),
        format!(r#"{{"result":{plain}}}"#),
        format!(r#"{{"status":"success","trace":{batches}}}"#),
        format!("[{plain},{old}]").replacen(&old, "{\"resourceSpans\":null}", 1),
        format!("{plain}\n{{\"resourceMetrics\":[]}}\n"),
        serde_json::to_string(&plain).unwrap(),
        batches,
        old,
    ] {
        let read = read_text(&text);
        assert_eq!((read.problems.as_slice(), read.spans.len()), ([].as_slice(), 1), "{text}");
        assert_eq!(payload(&read.spans[0]).scope["name"], "lib", "{text}");
        assert_eq!(read.spans[0].project.as_deref(), Some("shop"), "{text}");
    }
}

#[test]
fn a_bad_span_is_one_problem_and_its_neighbours_are_read() {
    let good = r#"{"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"good"}"#;
    let text = format!(
        "{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{good},\n{{\"traceId\":[]}},\n{{\"spanId\":\"1234567812345678\"}},\n{{\"attributes\":7}},\n{}]}}]}}]}}",
        good.replace("174", "175")
    );
    let read = read_text(&text);
    assert_eq!(read.spans.len(), 2);
    let lines: Vec<_> = read.problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(lines, [Some(2), Some(3), Some(4)], "{:?}", read.problems);
}

#[test]
fn a_line_that_is_no_json_is_one_problem() {
    let one = export(r#""startTimeUnixNano":"1""#);
    let read = read_text(&format!("{one}\n{{\"resourceSpans\": oops}}\n{one}\n{{\"other\":1}}\n"));
    assert_eq!(read.spans.len(), 2);
    let lines: Vec<_> = read.problems.iter().map(|problem| problem.at.line).collect();
    assert_eq!(lines, [Some(2), Some(4)], "{:?}", read.problems);
}

#[test]
fn a_truncated_file_gives_its_whole_spans() {
    let one = export(r#""startTimeUnixNano":"1""#);
    let read = read_text(&one[..one.len() - 12]);
    assert_eq!((read.spans.len(), read.problems.len()), (1, 1), "{:?}", read.problems);
}

#[test]
fn exceptions_make_errors_unless_the_status_is_ok() {
    let event = r#""startTimeUnixNano":"1","endTimeUnixNano":"9","events":[{"timeUnixNano":"5","name":"exception","attributes":[{"key":"exception.type","value":{"stringValue":"TimeoutError"}},{"key":"exception.message","value":{"stringValue":"took too long"}}]}]"#;
    let unset = read_text(&export(event));
    assert_eq!(unset.spans[0].status, SpanStatus::Error);
    assert_eq!(unset.spans[0].error.as_deref(), Some("TimeoutError: took too long"));
    let ok = read_text(&export(&format!(r#"{event},"status":{{"code":1}}"#)));
    assert_eq!((ok.spans[0].status, ok.spans[0].error.as_deref()), (SpanStatus::Ok, None));
    let missing = read_text(&export(r#""startTimeUnixNano":"1","endTimeUnixNano":"2""#));
    assert_eq!(missing.spans[0].status, SpanStatus::Unset);
}

#[test]
fn pending_spans_stand_for_the_open_span() {
    let text = export(
        r#""parentSpanId":"00000000000000aa","startTimeUnixNano":"5","endTimeUnixNano":"5","attributes":[{"key":"logfire.span_type","value":{"stringValue":"pending_span"}},{"key":"logfire.pending_parent_id","value":{"stringValue":"00000000000000bb"}}]"#,
    );
    let read = read_text(&text);
    let span = &read.spans[0];
    assert_eq!((span.id.as_str(), span.parent.as_deref()), ("00000000000000aa", Some("00000000000000bb")));
    assert_eq!((span.status, span.end_ns), (SpanStatus::Open, None));
    assert!(span.flags.contains(SpanFlags::PENDING));
    let root = read_text(&text.replace("00000000000000bb", "0000000000000000"));
    assert_eq!(root.spans[0].parent, None);
}

#[test]
fn missing_and_impossible_ends_are_flagged() {
    let open = read_text(&export(r#""startTimeUnixNano":"5","endTimeUnixNano":0"#));
    assert_eq!((open.spans[0].status, open.spans[0].end_ns), (SpanStatus::Open, None));
    let backwards = read_text(&export(r#""startTimeUnixNano":"5","endTimeUnixNano":"3""#));
    assert!(backwards.spans[0].flags.contains(SpanFlags::NEGATIVE_DURATION));
    assert_eq!(backwards.spans[0].end_ns, Some(5));
    assert_eq!(payload(&backwards.spans[0]).other["endTimeUnixNano"], 3);
    let words = read_text(&export(r#""startTimeUnixNano":"noon","endTimeUnixNano":"3""#));
    assert_eq!((words.spans.len(), words.problems.len()), (1, 1));
}

#[test]
fn odd_text_survives() {
    let read = read_text(&export(
        r#""startTimeUnixNano":"1","newField":{"x":1},"attributes":[{"key":"half \ud83d","value":{"stringValue":"cut \ud83d here \ud83d\ude00 \u0000"}},{"key":"m","value":{"kvlistValue":{"values":[{"key":"a","value":{"stringValue":"b"}},{"key":"none"}]}}},{"key":"nan","value":{"doubleValue":"NaN"}},{"key":"bytes","value":{"bytesValue":"AAEC"}}]"#,
    ));
    assert_eq!(read.problems.len(), 1, "that some characters were cut in half is said");
    let payload = payload(&read.spans[0]);
    assert_eq!(payload.attributes["half \u{fffd}"], "cut \u{fffd} here 😀 \0");
    assert_eq!(payload.attributes["m"], json!({"a": "b", "none": null}));
    assert_eq!(
        (payload.attributes["nan"].as_str(), payload.attributes["bytes"].as_str()),
        (Some("NaN"), Some("AAEC"))
    );
    assert_eq!(payload.other["newField"], json!({"x": 1}));
}

#[test]
fn deep_nesting_is_a_problem_and_no_crash() {
    let deep = format!("{}{}", r#"{"arrayValue":{"values":["#.repeat(50_000), "]}}".repeat(50_000));
    let bad = export(&format!(r#""attributes":[{{"key":"d","value":{deep}}}]"#));
    let good = export(r#""startTimeUnixNano":"1""#);
    let read = read_text(&format!("{good}\n{bad}\n{good}\n"));
    assert_eq!((read.spans.len(), read.problems.len()), (2, 1));
}

/// A writer of the protobuf wire format, as small as it gets.
pub mod protobuf {
    fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }
    pub fn bytes(number: u64, value: impl AsRef<[u8]>) -> Vec<u8> {
        [varint(number << 3 | 2), varint(value.as_ref().len() as u64), value.as_ref().to_vec()].concat()
    }
    pub fn int(number: u64, value: u64) -> Vec<u8> {
        [varint(number << 3), varint(value)].concat()
    }
    pub fn fixed(number: u64, value: u64) -> Vec<u8> {
        [varint(number << 3 | 1), value.to_le_bytes().to_vec()].concat()
    }
    pub fn message(number: u64, fields: &[Vec<u8>]) -> Vec<u8> {
        bytes(number, fields.concat())
    }
    pub fn text_attribute(number: u64, key: &str, value: &str) -> Vec<u8> {
        message(number, &[bytes(1, key), message(2, &[bytes(1, value)])])
    }
    pub fn attribute(number: u64, key: &str, value: Vec<u8>) -> Vec<u8> {
        message(number, &[bytes(1, key), bytes(2, value)])
    }
    pub fn id(hex: &str) -> Vec<u8> {
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
    }
}

/// The same trace in both encodings.
fn twins() -> (Vec<u8>, String) {
    use protobuf::*;
    let (trace, span) = ("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174");
    let attributes = [
        text_attribute(9, "gen_ai.operation.name", "chat"),
        text_attribute(9, "gen_ai.request.model", "m-1"),
        text_attribute(
            9,
            "gen_ai.input.messages",
            "[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"Grüß\\nGott\"}]}]",
        ),
        attribute(9, "gen_ai.usage.input_tokens", int(3, 12)),
        attribute(9, "minus", int(3, (-7i64).cast_unsigned())),
        attribute(9, "half", fixed(4, 0.5f64.to_bits())),
        attribute(9, "yes", int(2, 1)),
        attribute(9, "list", message(5, &[message(1, &[bytes(1, "a")]), message(1, &[int(3, 2)])])),
        attribute(9, "map", message(6, &[text_attribute(1, "k", "v")])),
        attribute(9, "raw", bytes(7, [0, 1, 2])),
    ]
    .concat();
    let event =
        message(11, &[fixed(1, 1500), bytes(2, "exception"), text_attribute(3, "exception.message", "boom")]);
    let link = message(
        13,
        &[bytes(1, id(trace)), bytes(2, id("00000000000000aa")), text_attribute(4, "why", "because")],
    );
    let span_message = message(
        2,
        &[
            bytes(1, id(trace)),
            bytes(2, id(span)),
            bytes(3, "vendor=1"),
            bytes(4, id("00000000000000bb")),
            bytes(5, "chat m-1"),
            int(6, 3),
            fixed(7, 1000),
            fixed(8, 2000),
            attributes,
            int(10, 4),
            event,
            link,
            message(15, &[bytes(2, "failed"), int(3, 2)]),
            [vec![0x85, 0x01], 256u32.to_le_bytes().to_vec()].concat(),
            bytes(99, "from the future"),
        ],
    );
    let scope = message(1, &[bytes(1, "lib"), bytes(2, "1.0"), text_attribute(3, "s", "t")]);
    let resource = message(1, &[text_attribute(1, "service.name", "shop")]);
    let export = message(1, &[resource, message(2, &[scope, span_message])]);
    let json = format!(
        r#"{{"resourceSpans":[{{"resource":{{"attributes":[{{"key":"service.name","value":{{"stringValue":"shop"}}}}]}},"scopeSpans":[{{"scope":{{"name":"lib","version":"1.0","attributes":[{{"key":"s","value":{{"stringValue":"t"}}}}]}},"spans":[{{"traceId":"{trace}","spanId":"{span}","traceState":"vendor=1","parentSpanId":"00000000000000bb","name":"chat m-1","kind":3,"startTimeUnixNano":"1000","endTimeUnixNano":"2000","droppedAttributesCount":4,"flags":256,"attributes":[{{"key":"gen_ai.operation.name","value":{{"stringValue":"chat"}}}},{{"key":"gen_ai.request.model","value":{{"stringValue":"m-1"}}}},{{"key":"gen_ai.input.messages","value":{{"stringValue":"[{{\"role\":\"user\",\"parts\":[{{\"type\":\"text\",\"content\":\"Grüß\\nGott\"}}]}}]"}}}},{{"key":"gen_ai.usage.input_tokens","value":{{"intValue":"12"}}}},{{"key":"minus","value":{{"intValue":"-7"}}}},{{"key":"half","value":{{"doubleValue":0.5}}}},{{"key":"yes","value":{{"boolValue":true}}}},{{"key":"list","value":{{"arrayValue":{{"values":[{{"stringValue":"a"}},{{"intValue":2}}]}}}}}},{{"key":"map","value":{{"kvlistValue":{{"values":[{{"key":"k","value":{{"stringValue":"v"}}}}]}}}}}},{{"key":"raw","value":{{"bytesValue":"AAEC"}}}}],"events":[{{"timeUnixNano":"1500","name":"exception","attributes":[{{"key":"exception.message","value":{{"stringValue":"boom"}}}}]}}],"links":[{{"traceId":"{trace}","spanId":"00000000000000aa","attributes":[{{"key":"why","value":{{"stringValue":"because"}}}}]}}],"status":{{"message":"failed","code":2}}}}]}}]}}]}}"#
    );
    // JSON escapes of the inner JSON were written for the outer one.
    (export, json.replace("Grüß\\nGott", "Grüß\\\\nGott"))
}

#[test]
fn both_encodings_give_the_same_record() {
    let (protobuf, json) = twins();
    let (from_protobuf, from_json) = (read(&protobuf).unwrap(), read_text(&json));
    assert_eq!((from_protobuf.format, from_json.format), ("otlp-protobuf", "otlp-json"));
    assert_eq!(
        (from_protobuf.problems.as_slice(), from_json.problems.as_slice()),
        ([].as_slice(), [].as_slice())
    );
    let (one, other) = (&from_protobuf.spans[0], &from_json.spans[0]);
    assert_eq!(payload(one), payload(other));
    let without_payload = |span: &engine::model::SpanRecord| {
        let mut span = span.clone();
        span.payload.clear();
        // The hash is of the input as written, so it differs from one encoding to the other.
        span.input_hash = None;
        format!("{span:?}")
    };
    assert_eq!(without_payload(one), without_payload(other));
    assert_eq!((one.kind, one.preview.as_deref()), (SpanKind::Llm, Some("Grüß Gott")));
    assert_eq!(payload(one).other["flags"], 256);
}

#[test]
fn protobuf_with_length_prefixes_and_damage() {
    let (export, _) = twins();
    let prefixed = [&(export.len() as u32).to_be_bytes()[..], &export].concat().repeat(3);
    let three = read(&prefixed).unwrap();
    assert_eq!((three.format, three.spans.len(), three.problems.len()), ("otlp-protobuf", 3, 0));
    let cut = read(&prefixed[..prefixed.len() - 40]).unwrap();
    assert_eq!(cut.spans.len(), 2, "{:?}", cut.problems);
    assert!(!cut.problems.is_empty());
    for at in (3..export.len()).step_by(7) {
        let mut damaged = export.repeat(2);
        damaged[at] ^= 0xff;
        if let Some(read) = read(&damaged) {
            assert!(read.spans.len() <= 2, "damage at {at} invents no span");
        }
    }
}

#[test]
fn protobuf_of_other_signals_is_counted() {
    use protobuf::*;
    let record = message(2, &[fixed(1, 5), int(2, 9), message(5, &[bytes(1, "hello")])]);
    let logs = message(
        1,
        &[message(1, &[text_attribute(1, "service.name", "shop")]), message(2, &[record.repeat(3)])],
    );
    let read_logs = read(&logs).unwrap();
    assert_eq!((read_logs.spans.len(), read_logs.skipped.get("log records")), (0, Some(&3)));
    let metric = message(2, &[bytes(1, "http.server.duration"), bytes(2, "ms")]);
    let metrics = message(1, &[message(2, &[metric])]);
    assert_eq!(read(&metrics).unwrap().skipped.get("metric payloads"), Some(&1));
    assert!(read(b"\x0a\x05hello world").is_none());
    assert!(read(&[0; 64]).is_none());
}
