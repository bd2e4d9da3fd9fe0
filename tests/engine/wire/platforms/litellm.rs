//! LiteLLM.

use engine::model::{SpanFlags, SpanKind, SpanStatus};
use engine::semantics::MessagePart;

use super::{handmade, real, shown};
use crate::wire::collected::payload;

#[test]
fn real_completions_logged_with_their_request() {
    for (name, messages, tokens, cost) in [
        ("1757015025.972", 2, (4812, 146), 0.016_626_000_000_000_002),
        ("1757015046.707", 12, (6729, 199), 0.023_172),
    ] {
        let file = format!(
            "litellm-log-json/OpenHands__software-agent-sdk/litellm_proxy__anthropic__claude-sonnet-4-20250514-{name}.json"
        );
        let Some(read) = real(&file) else { return };
        let [call] = &read.spans[..] else { panic!("{file}") };
        assert_eq!((call.tokens.input, call.tokens.output), (Some(tokens.0), Some(tokens.1)), "{file}");
        assert_eq!((call.cost_usd, call.status), (Some(cost), SpanStatus::Ok));
        assert!(call.flags.contains(SpanFlags::TIME_DERIVED), "the log has the end and how long it took");
        let content = shown(call);
        assert_eq!((content.input_messages.len(), content.output_messages.len()), (messages, 1), "{file}");
        let parts = &content.output_messages[0].parts;
        assert!(parts.iter().any(|part| matches!(part, MessagePart::ToolCall { .. })), "{file}");
        assert_eq!(content.tools.len(), 3);
        let kept = payload(call);
        assert!(kept.attributes["kwargs"].get("tools").is_none(), "nothing twice");
        assert!(!call.preview.as_deref().unwrap().starts_with("You are OpenHands"), "what the user asked");
    }
}

#[test]
fn standard_payloads_with_a_retry() {
    let read = handmade("litellm/standard-logging.jsonl");
    let [failed, again, embedding] = &read.spans[..] else { panic!() };
    assert_eq!((failed.trace.as_str(), again.trace.as_str()), ("tr-1", "tr-1"));
    assert_eq!(failed.error.as_deref(), Some("litellm.RateLimitError: 429 slow down"));
    assert_eq!((failed.status, failed.tokens.sum()), (SpanStatus::Error, None));
    let error = &shown(failed).errors[0];
    assert_eq!(error.kind.as_deref(), Some("RateLimitError"));
    assert!(error.stack.as_deref().unwrap().starts_with("Traceback"));
    assert_eq!(failed.end_ns.unwrap() - failed.start_ns.unwrap(), 1_250_000_000);
    assert_eq!((again.tokens.input, again.cost_usd), (Some(8), Some(0.0004)));
    assert_eq!((again.model.as_deref(), again.name.as_str()), (Some("gpt-4o-2024-08-06"), "gpt-4o"));
    assert_eq!(shown(again).output_messages[0].finish_reason.as_deref(), Some("stop"));
    assert_eq!((embedding.kind, embedding.tokens.sum()), (SpanKind::Embedding, Some(3)));
}

#[test]
fn rows_of_the_spend_log_without_keys() {
    let read = handmade("litellm/spend-logs.json");
    let [call, refused] = &read.spans[..] else { panic!() };
    assert_eq!((call.trace.as_str(), call.conversation.as_deref()), ("sess-1", Some("sess-1")));
    assert_eq!((call.cost_usd, call.tokens.input), (Some(0.002), Some(20)));
    assert_eq!(refused.error.as_deref(), Some("AuthenticationError: invalid key"));
    assert!(!payload(call).attributes.contains_key("api_key"));
}
