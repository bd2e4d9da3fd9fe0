//! Requests recorded by claude-trace.

use engine::model::SpanStatus;
use engine::semantics::{self, MessagePart};

use super::{handmade, handmade_bytes};
use crate::wire::collected::payload;

#[test]
fn tries_are_exact_and_keys_reach_no_record() {
    let found = handmade("claude-trace/requests.jsonl");
    assert!(String::from_utf8(handmade_bytes("claude-trace/requests.jsonl")).unwrap().contains("hidden-key"));
    for span in &found.spans {
        assert!(!String::from_utf8_lossy(&span.payload).contains("hidden"), "no key, token or cookie");
    }
    let [limited, answered, ..] = &found.spans[..] else { panic!("{} spans", found.spans.len()) };
    assert_eq!((limited.attempt, limited.status), (Some(1), SpanStatus::Error));
    assert_eq!(limited.backoff_ns, Some(2_000_000_000), "retry-after");
    assert_eq!(limited.error.as_deref(), Some("429 rate_limit_error: Slow down"));
    assert_eq!((answered.attempt, answered.status), (Some(2), SpanStatus::Ok));
    assert_eq!(limited.input_hash, answered.input_hash);
    let pause_us = (answered.start_ns.unwrap() - limited.end_ns.unwrap()) / 1_000;
    assert_eq!(pause_us, 2_100_000, "seconds as fractions are exact to the microsecond");
    let unanswered = &found.spans[3];
    assert_eq!((unanswered.status, unanswered.end_ns), (SpanStatus::Error, None));
}

#[test]
fn streams_are_put_together_into_the_message_they_tell() {
    let found = handmade("claude-trace/requests.jsonl");
    let streamed = &found.spans[1];
    assert_eq!((streamed.tokens.input, streamed.tokens.output), (Some(230), Some(33)));
    assert_eq!(streamed.model.as_deref(), Some("claude-sonnet-4-5-20250929"));
    let content = semantics::content(&payload(streamed));
    let [answer] = &content.output_messages[..] else { panic!("{:?}", content.output_messages) };
    assert!(matches!(&answer.parts[0], MessagePart::Text { text } if text == "Let me look."));
    assert!(
        matches!(&answer.parts[1], MessagePart::ToolCall { name, arguments, .. } if name == "Bash" && arguments["command"] == "date")
    );
    assert_eq!(content.input_messages[0].role, "system");
    assert_eq!(found.traces[0].name.as_deref(), Some("What is the date?"));
}
