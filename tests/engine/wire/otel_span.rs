//! Spans of OpenTelemetry as plain objects.

use engine::model::{SpanKind, SpanStatus};

use super::collected::{payload, read, read_text, real_file};

#[test]
fn real_files_have_as_many_traces_and_spans_as_counted() {
    for (file, format, traces, spans, logs) in [
        (
            "otel-flattened-json/sideseat__sideseat/raw_otel_langchain_runtime_logs.json",
            "otel-flattened-json",
            0,
            0,
            16,
        ),
        (
            "otel-flattened-json/sideseat__sideseat/raw_otel_langchain_spans.json",
            "otel-flattened-json",
            2,
            12,
            0,
        ),
        (
            "otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_runtime_logs.json",
            "otel-flattened-json",
            0,
            0,
            16,
        ),
        (
            "otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_spans.json",
            "otel-flattened-json",
            2,
            48,
            0,
        ),
        // The catalogue counts two spans of two traces, which is what the file has.
        (
            "otel-js-readablespan/Arize-ai__openinference/ai-generateText-doGenerate.json",
            "otel-sdk-json",
            2,
            2,
            0,
        ),
        ("otel-js-readablespan/Arize-ai__openinference/all-spans.json", "otel-sdk-json", 10, 10, 0),
        ("otel-span-json/langwatch__langwatch/gemini-B.llm_call.json", "otel-span-json", 1, 1, 0),
    ] {
        let Some(bytes) = real_file(file) else { continue };
        let read = read(&bytes).unwrap_or_else(|| panic!("{file} is not recognised"));
        assert_eq!((read.format, read.problems.as_slice()), (format, [].as_slice()), "{file}");
        assert_eq!((read.trace_count(), read.spans.len()), (traces, spans), "{file}");
        assert_eq!(read.skipped.get("log records").copied().unwrap_or(0), logs, "{file}");
    }
}

#[test]
fn a_summary_of_a_capture_is_no_trace() {
    if let Some(bytes) = real_file("otel-js-readablespan/Arize-ai__openinference/capture-results.json") {
        assert!(read(&bytes).is_none());
    }
}

#[test]
fn columns_of_real_spans() {
    if let Some(bytes) =
        real_file("otel-flattened-json/sideseat__sideseat/raw_otel_strands_openai_spans.json")
    {
        let read = read(&bytes).unwrap();
        let errors: Vec<_> = read.spans.iter().filter(|span| span.status == SpanStatus::Error).collect();
        assert_eq!(errors.len(), 1);
        assert!(errors[0].error.is_some());
        let chat = read.spans.iter().find(|span| span.kind == SpanKind::Llm).unwrap();
        assert_eq!(chat.model.as_deref(), Some("gpt-4o"));
        assert!(chat.tokens.input.is_some());
        assert!(read.spans.iter().any(|span| span.kind == SpanKind::Agent));
        assert!(read.spans.iter().any(|span| span.kind == SpanKind::Tool));
        assert_eq!(chat.conversation.as_deref(), Some("cfd84bec-fec8-47a5-8a28-73b9aa5ee6c6"));
        assert_eq!(chat.environment.as_deref(), Some("bedrock-agentcore:default"));
    }
    if let Some(bytes) = real_file("otel-js-readablespan/Arize-ai__openinference/all-spans.json") {
        let read = read(&bytes).unwrap();
        let inner = read.named("ai.generateText.doGenerate");
        assert_eq!((inner.kind, inner.model.as_deref()), (SpanKind::Llm, Some("gpt-4o-mini-2024-07-18")));
        assert_eq!((inner.tokens.input, inner.tokens.output), (Some(14), Some(20)));
        assert_eq!(
            (inner.start_ns, inner.end_ns),
            (Some(1_770_131_992_242_000_000), Some(1_770_131_994_021_415_667))
        );
        assert_eq!(inner.preview.as_deref(), Some("Write a haiku about programming."));
        assert_eq!(read.named("ai.generateText").kind, SpanKind::Chain);
        assert_eq!(read.named("ai.embed.doEmbed").kind, SpanKind::Embedding);
    }
}

#[test]
fn a_file_without_ids_gives_the_same_span_each_time() {
    let text = r#"{"scopeName":"cli","spanName":"llm_call","attributes":{"gen_ai.request.model":"m"}}"#;
    let (one, again) = (read_text(text), read_text(text));
    assert_eq!((&one.spans[0].trace, &one.spans[0].id), (&again.spans[0].trace, &again.spans[0].id));
    assert_eq!(one.spans[0].status, SpanStatus::Unset, "no times, so nothing is said of an end");
    assert_eq!(payload(&one.spans[0]).scope["name"], "cli");
}

#[test]
fn what_the_python_sdk_prints() {
    let span = r#"{
    "name": "chat gpt",
    "context": {
        "trace_id": "0x5B8efff798038103d269b633813fc60c",
        "span_id": "0xeee19b7ec3c1b174",
        "trace_state": "[]"
    },
    "kind": "SpanKind.CLIENT",
    "parent_id": "0xeee19b7ec3c1b173",
    "start_time": "2025-01-02T03:04:05.123456Z",
    "end_time": "2025-01-02T03:04:06.123456Z",
    "status": {
        "status_code": "ERROR",
        "description": "RateLimitError: slow down"
    },
    "attributes": {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt",
        "llm": {"token_count": {"prompt": 7}}
    },
    "events": [{"name": "exception", "timestamp": "2025-01-02T03:04:05.5Z", "attributes": {"exception.type": "RateLimitError"}}],
    "links": [],
    "resource": {"attributes": {"service.name": "shop"}, "schema_url": ""}
}"#;
    let read = read_text(&format!("{span}\n{}\n", span.replace("174", "175")));
    assert_eq!(
        (read.format, read.spans.len(), read.problems.as_slice()),
        ("otel-sdk-json", 2, [].as_slice())
    );
    let span = &read.spans[0];
    assert_eq!(
        (span.trace.as_str(), span.id.as_str()),
        ("5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174")
    );
    assert_eq!(span.parent.as_deref(), Some("eee19b7ec3c1b173"));
    assert_eq!(span.start_ns, Some(1_735_787_045_123_456_000));
    assert_eq!((span.status, span.error.as_deref()), (SpanStatus::Error, Some("RateLimitError: slow down")));
    assert_eq!((span.kind, span.model.as_deref(), span.tokens.input), (SpanKind::Llm, Some("gpt"), Some(7)));
    assert_eq!(span.project.as_deref(), Some("shop"));
    assert_eq!(payload(span).events[0].time_ns, Some(1_735_787_045_500_000_000));
    assert_eq!(payload(span).other["kind"], "SpanKind.CLIENT");
}

#[test]
fn a_span_without_ids_among_others_is_a_problem() {
    let read = read_text(
        "{\"spans\":[{\"name\":\"a\",\"context\":{\"trace_id\":\"t1\",\"span_id\":\"s1\"},\"start_time\":\"2025-01-02 03:04:05.5\"},\n{\"name\":\"b\"}]}",
    );
    assert_eq!((read.spans.len(), read.problems.len()), (1, 1));
    assert_eq!(read.problems[0].at.line, Some(2));
    assert_eq!(read.spans[0].trace, "t1");
    assert_eq!(
        (read.spans[0].start_ns, read.spans[0].status),
        (Some(1_735_787_045_500_000_000), SpanStatus::Open)
    );
}
