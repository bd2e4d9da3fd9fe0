//! OpenAI's Responses API.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::MessagePart;

use super::{by_id, handmade, real, shown};
use crate::wire::collected::{payload, read_text};

#[test]
fn a_real_stream_is_one_call() {
    let Some(read) = real("openai-responses-stream/langwatch__langwatch/codex_responses_stream_bare.json")
    else {
        return;
    };
    let [call] = &read.spans[..] else { panic!("{}", read.spans.len()) };
    assert_eq!((call.model.as_deref(), call.status), (Some("gpt-5.5-2026-04-23"), SpanStatus::Ok));
    assert_eq!((call.tokens.input, call.tokens.output, call.tokens.reasoning), (Some(46), Some(25), Some(9)));
    let content = shown(call);
    assert_eq!(content.input_messages[0].role, "system");
    assert_eq!(
        content.output_messages[0].parts,
        [MessagePart::Text { text: "PURPLE-ELEPHANT-SEVENTEEN".into() }]
    );
    let kept = payload(call);
    assert!(kept.attributes["extra_fields"].get("raw_response").is_none(), "nothing twice");
}

#[test]
fn server_sent_events_with_tools_and_a_broken_end() {
    let read = handmade("openai-responses/stream.sse");
    let first = by_id(&read, "resp_a");
    assert_eq!(
        (first.tokens.input, first.tokens.cache_read, first.tokens.output),
        (Some(50), Some(32), Some(20))
    );
    assert_eq!(first.end_ns.unwrap() - first.start_ns.unwrap(), 2_000_000_000);
    let content = shown(first);
    let parts: Vec<&MessagePart> =
        content.output_messages.iter().flat_map(|message| &message.parts).collect();
    assert!(matches!(parts[0], MessagePart::Reasoning { text } if text == "Look it up."));
    assert!(
        matches!(parts[3], MessagePart::ToolCall { name, id: Some(id), .. } if name == "get_weather" && id == "call_1")
    );
    assert_eq!(content.tools.len(), 2);
    let search = read.named("web_search");
    assert_eq!(
        (search.kind, search.parent.as_deref(), search.start_ns),
        (SpanKind::Tool, Some("resp_a"), None)
    );
    let forecast = read.named("forecast");
    assert_eq!((forecast.status, forecast.error.as_deref()), (SpanStatus::Error, Some("server is down")));

    let broken = by_id(&read, "resp_b");
    assert_eq!(
        (broken.status, broken.error.as_deref()),
        (SpanStatus::Error, Some("server_error: The stream broke"))
    );
    assert_eq!(shown(broken).output_messages[0].parts, [MessagePart::Text { text: "It is sunny".into() }]);
}

#[test]
fn one_whole_answer() {
    let read = read_text(
        r#"{"id":"resp_1","object":"response","created_at":1772366400,"model":"gpt-5","status":"completed","output":[{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hi"}]}],"usage":{"input_tokens":1,"output_tokens":2,"total_tokens":3}}"#,
    );
    assert_eq!((read.format, read.spans.len()), ("openai-responses", 1));
    assert_eq!((read.spans[0].status, read.spans[0].end_ns), (SpanStatus::Ok, None));
}
