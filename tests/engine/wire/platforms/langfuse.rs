//! Langfuse.

use std::collections::{BTreeMap, BTreeSet};

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::MessagePart;
use serde_json::Value;

use super::{by_id, handmade, real, shown, tree};
use crate::wire::collected::{payload, read_text, real_file};

const FOLDER: &str = "langfuse-trace-json/langfuse__langfuse";

#[test]
fn observations_of_real_downloads_are_spans_with_langfuse_s_own_numbers() {
    for name in
        ["agno-2025-06-11", "claude-agent-2025-12-22", "koog-2025-08-26", "langgraph-python-2025-08-22"]
    {
        let file = format!("{FOLDER}/{name}.trace.json");
        let (Some(read), Some(bytes)) = (real(&file), real_file(&file)) else { return };
        let source: Value = serde_json::from_slice(&bytes).unwrap();
        let observations = source["observations"].as_array().unwrap();
        let ids: BTreeSet<&str> = observations.iter().map(|one| one["id"].as_str().unwrap()).collect();
        assert_eq!(read.spans.iter().map(|span| span.id.as_str()).collect::<BTreeSet<_>>(), ids, "{file}");
        for one in observations {
            let span = by_id(&read, one["id"].as_str().unwrap());
            let details = &one["usageDetails"];
            assert_eq!(span.tokens.input, details["input"].as_u64(), "{file} {}", span.name);
            assert_eq!(span.tokens.output, details["output"].as_u64(), "{file} {}", span.name);
            assert_eq!(span.cost_usd, one["costDetails"]["total"].as_f64(), "{file} {}", span.name);
            assert_eq!(span.parent.as_deref(), one["parentObservationId"].as_str());
            assert_eq!(span.kind == SpanKind::Llm, one["type"] == "GENERATION", "{file} {}", span.name);
        }
        assert_eq!(read.traces.len(), 1, "{file}: the trace is told of once");
        assert_eq!(read.traces[0].name.as_deref(), source["trace"]["name"].as_str());
    }
}

#[test]
fn conversations_of_real_downloads_are_read_through_their_layers_of_json() {
    let Some(read) = real(&format!("{FOLDER}/anthropic-messages-api-2026-03-25.trace.json")) else { return };
    let call = shown(by_id(&read, "obs-assistant-tool-use"));
    assert_eq!(call.input_messages[0].role, "user");
    let calls =
        call.output_messages[0].parts.iter().filter(|part| matches!(part, MessagePart::ToolCall { .. }));
    assert_eq!((calls.count(), call.tools[0].name.as_str()), (2, "get_weather"));
    let thinking = shown(by_id(&read, "obs-thinking"));
    assert!(matches!(thinking.output_messages[0].parts[0], MessagePart::Reasoning { .. }));

    let Some(read) = real(&format!("{FOLDER}/langgraph-python-2025-08-22.trace.json")) else { return };
    let first = read.spans.iter().find(|span| span.tokens.input == Some(60)).unwrap();
    let parts = &shown(first).output_messages[0].parts;
    assert!(matches!(&parts[0], MessagePart::ToolCall { name, .. } if name == "Web-Search"), "{parts:?}");
    let Some(read) = real(&format!("{FOLDER}/vercel-aisdk-2025-11-17.trace.json")) else { return };
    let inner = shown(read.named("ai.generateText.doGenerate"));
    assert!(
        matches!(&inner.output_messages[0].parts[0], MessagePart::ToolCall { name, .. } if name == "getWeather")
    );
    assert_eq!(inner.tools[0].name, "getWeather");
}

#[test]
fn a_download_without_its_trace() {
    let read = handmade("langfuse/trace-download.json");
    assert_eq!(
        tree(&read),
        [
            ("answer", ""),
            ("plan", "answer"),
            ("plan", "answer"),
            ("track", "answer"),
            ("cache-miss", "answer"),
            ("look up", "answer"),
            ("write letter", "answer"),
        ]
    );
    let failed = by_id(&read, "o2");
    assert_eq!(
        (failed.status, failed.error.as_deref()),
        (SpanStatus::Error, Some("RateLimitError: 429 slow down"))
    );
    let planned = by_id(&read, "o3");
    assert_eq!(planned.input_hash, failed.input_hash, "the same request again");
    let tokens = planned.tokens;
    assert_eq!((tokens.input, tokens.cache_read), (Some(100), Some(20)), "cached ones are counted apart");
    assert_eq!((tokens.output, tokens.reasoning, tokens.total), (Some(40), Some(10), None));
    assert_eq!(planned.cost_usd, Some(0.002));
    let content = shown(planned);
    assert_eq!(content.parameters[0].name, "temperature");
    assert!(
        matches!(&content.output_messages[0].parts[0], MessagePart::ToolCall { name, .. } if name == "track")
    );
    let point = by_id(&read, "o5");
    assert_eq!(
        (point.status, point.start_ns),
        (SpanStatus::Unset, point.end_ns),
        "an event is a point in time"
    );
    assert_eq!(payload(point).attributes["level"], "WARNING");
    assert_eq!(by_id(&read, "o6").kind, SpanKind::Retrieval);
    let open = by_id(&read, "o7");
    assert_eq!((open.status, open.end_ns), (SpanStatus::Open, None));

    let [trace] = &read.traces[..] else { panic!("{:?}", read.traces) };
    assert_eq!(
        (trace.name.as_deref(), trace.conversation.as_deref()),
        (Some("answer question"), Some("chat-7"))
    );
    assert_eq!(trace.environment.as_deref(), Some("staging"));
    let kept: Value = serde_json::from_slice(trace.payload.as_deref().unwrap()).unwrap();
    assert_eq!(kept["attributes"]["scores"][0]["name"], "helpful");
}

#[test]
fn halves_sent_to_ingestion_are_put_together() {
    let read = handmade("langfuse/ingestion-batch.json");
    let call = read.named("llm");
    assert_eq!((call.status, call.model.as_deref()), (SpanStatus::Unset, Some("claude-sonnet-4")));
    assert_eq!(call.end_ns.unwrap() - call.start_ns.unwrap(), 1_000_000_000);
    assert_eq!(
        (call.tokens.input, call.tokens.cache_read, call.tokens.output),
        (Some(100), Some(90), Some(5))
    );
    let kept = payload(call);
    assert_eq!(kept.attributes["metadata"], serde_json::json!({"a": 1, "b": 2}));
    assert!(kept.attributes.contains_key("completionStartTime"));
    let content = shown(call);
    assert_eq!((content.input_messages.len(), content.output_messages.len()), (1, 1));
    assert_eq!(payload(read.named("handle")).output, Some("hi".into()));
    assert_eq!((read.named("late").kind, read.named("late").status), (SpanKind::Tool, SpanStatus::Open));
    let [trace] = &read.traces[..] else { panic!("{:?}", read.traces) };
    let kept: Value = serde_json::from_slice(trace.payload.as_deref().unwrap()).unwrap();
    assert_eq!((&kept["input"], &kept["output"]), (&"hello".into(), &"hi".into()));
    assert_eq!(read.skipped, BTreeMap::from([("scores that stand by themselves", 1)]));
}

#[test]
fn a_blob_export_in_snake_case() {
    let read = handmade("langfuse/blob-observations.jsonl");
    let draft = read.named("draft");
    assert_eq!((draft.parent.as_deref(), draft.model.as_deref()), (Some("a"), Some("gpt-4o-mini")));
    assert_eq!((draft.tokens.input, draft.tokens.output, draft.tokens.total), (Some(12), Some(8), None));
    assert_eq!(draft.end_ns.unwrap() - draft.start_ns.unwrap(), 1_300_000_000);
    let content = shown(draft);
    assert_eq!(
        (content.input_messages[0].role.as_str(), content.parameters[0].name.as_str()),
        ("user", "max_tokens")
    );
    assert_eq!(shown(read.named("pipeline")).input, Some(serde_json::json!({"topic": "bees"})));
    assert_eq!(shown(read.named("pipeline")).output, Some("done".into()));
    assert_eq!(draft.preview.as_deref(), Some("bees"));
}

#[test]
fn lists_of_the_api_and_one_trace_of_it() {
    let read = handmade("langfuse/api-traces.json");
    assert_eq!((read.traces.len(), read.problems.len()), (2, 0));
    let one = &read.traces[0];
    assert_eq!((one.end_ns.unwrap() - one.start_ns.unwrap(), one.cost_usd), (1_500_000_000, Some(0.25)));
    assert_eq!(read.traces[1].conversation.as_deref(), Some("s"));
    // The same observation alone in a list, within its trace, and within what a page downloads.
    let observation = r#"{"id":"o","traceId":"t","type":"GENERATION","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z","name":"g","usage":{"input":1,"output":2,"total":3,"unit":"TOKENS","inputCost":0.5}}"#;
    let trace = r#""id":"t","timestamp":"2026-01-01T00:00:00Z","name":"n","public":false,"tags":[],"userId":"u","sessionId":null"#;
    for text in [
        format!("{{\"data\":[{observation}],\"meta\":{{\"page\":1}}}}"),
        format!("{{{trace},\"observations\":[{observation}],\"scores\":[]}}"),
        format!(
            "{{\"trace\":{{{trace},\"observations\":[{observation}]}},\"observations\":[{observation}]}}"
        ),
        format!("{{\"trace\":{{{trace},\"observations\":[{observation}]}}}}"),
        format!("[{{{trace},\"observations\":[{observation}]}}]"),
        observation.to_owned(),
    ] {
        let read = read_text(&text);
        assert_eq!((read.format, read.spans.len(), read.problems.len()), ("langfuse", 1, 0), "{text}");
        assert_eq!((read.spans[0].tokens.input, read.spans[0].tokens.output), (Some(1), Some(2)), "{text}");
    }
}

#[test]
fn tables_as_csv() {
    let read = handmade("langfuse/observations.csv");
    assert_eq!(tree(&read), [("handle, all", ""), ("draft", "handle, all")]);
    let [handle, draft] = &read.spans[..] else { panic!() };
    assert_eq!(shown(handle).output, Some("line one\nline two".into()));
    assert_eq!((draft.tokens.input, draft.error.as_deref()), (Some(4), Some("Timeout: no answer")));
    assert_eq!(shown(draft).parameters[0].name, "temperature");
    let traces = read_text(
        "id,timestamp,name,userId,sessionId,public,bookmarked,tags\nt1,2026-05-05T10:00:00Z,n,,s1,false,false,[]\nt2,2026-05-05T10:00:00Z,n,u,,true,false,\"[\"\"a\"\"]\"\n",
    );
    assert_eq!((traces.format, traces.traces.len(), traces.problems.len()), ("langfuse-csv", 2, 0));
    assert_eq!(traces.traces[0].conversation.as_deref(), Some("s1"));
}
