//! Codex: rollouts and what `codex exec` prints.

use engine::model::{SpanFlags, SpanKind, SpanStatus};
use engine::semantics::MessagePart;
use serde_json::Value;

use crate::wire::collected::{Collected, payload, read, read_text, real_file};

const ROLLOUTS: [&str; 4] = [
    "jnarowski__agentcmd/rollout-2025-09-25T08-02-05-0199812e-64f0-7f73-91fc-095dda01c36e.jsonl",
    "jnarowski__agentcmd/rollout-2025-09-25T15-12-14-019982b8-3422-79e0-8b3b-05abaf4f3c3e.jsonl",
    "madshn__localpush/rollout-2026-02-23T12-41-04-019c8a4d-8f45-7010-8b5d-7fad920aa6f9.jsonl",
    "madshn__localpush/rollout-2026-02-23T13-19-38-019c8a70-dda7-7f33-98ea-f30553347322.jsonl",
];

fn count(read: &Collected, kind: SpanKind) -> usize {
    read.spans.iter().filter(|span| span.kind == kind).count()
}

#[test]
fn rollouts_have_a_step_for_every_call_and_count_tokens_once() {
    for file in ROLLOUTS {
        let Some(bytes) = real_file(&format!("codex-rollout-jsonl/{file}")) else { return };
        let lines: Vec<Value> = std::str::from_utf8(&bytes)
            .unwrap()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let payloads = |kind: &str| {
            lines
                .iter()
                .filter(|line| line["payload"]["type"] == kind)
                .map(|line| &line["payload"])
                .collect::<Vec<_>>()
        };
        let read = read(&bytes).unwrap();
        assert_eq!(read.format, "codex-rollout");
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        assert_eq!(read.trace_count(), 1);
        assert_eq!(read.spans.len(), read.unique_count(), "no id is used twice");
        assert_eq!(count(&read, SpanKind::Tool), payloads("function_call").len(), "{file}");
        assert_eq!(count(&read, SpanKind::Chain), payloads("user_message").len(), "{file}");
        // Totals run on until the session is gone on with by another process, which counts from nothing again.
        let totals = payloads("token_count")
            .into_iter()
            .filter_map(|event| event["info"]["total_token_usage"]["total_tokens"].as_u64())
            .collect::<Vec<_>>();
        let ends = totals
            .iter()
            .enumerate()
            .filter(|(at, total)| totals.get(at + 1).is_none_or(|next| next < total));
        let counted: u64 = read.spans.iter().filter_map(|span| span.tokens.sum()).sum();
        assert_eq!(counted, ends.map(|(_, total)| total).sum::<u64>(), "{file}");
        let model_calls: Vec<_> = read.spans.iter().filter(|span| span.kind == SpanKind::Llm).collect();
        assert!(
            model_calls
                .iter()
                .all(|span| span.model.as_deref().is_some_and(|model| model.starts_with("gpt-5")))
        );
        assert!(model_calls.iter().all(|span| span.parent.is_some() && span.start_ns.is_some()));
    }
}

#[test]
fn a_command_that_fails_is_an_error_and_lasts_as_long_as_it_says() {
    let Some(bytes) = real_file(&format!("codex-rollout-jsonl/{}", ROLLOUTS[0])) else { return };
    let read = read(&bytes).unwrap();
    let failed: Vec<_> = read
        .spans
        .iter()
        .filter(|span| span.kind == SpanKind::Tool && span.status == SpanStatus::Error)
        .collect();
    let nonzero = std::str::from_utf8(&bytes).unwrap().matches(r#"\"exit_code\":"#).count()
        - std::str::from_utf8(&bytes).unwrap().matches(r#"\"exit_code\":0"#).count();
    assert_eq!(failed.len(), nonzero);
    assert!(
        failed.iter().all(|span| span.error.as_deref().is_some_and(|error| error.starts_with("exit code")))
    );
}

#[test]
fn a_model_call_shows_what_was_added_and_what_was_asked_for() {
    let Some(bytes) = real_file(&format!("codex-rollout-jsonl/{}", ROLLOUTS[0])) else { return };
    let read = read(&bytes).unwrap();
    let first = read.spans.iter().find(|span| span.kind == SpanKind::Llm).unwrap();
    let content = engine::semantics::content(&payload(first));
    assert!(content.input_messages.iter().any(|message| message.role == "user"), "{content:?}");
    let parts = &content.output_messages[0].parts;
    assert!(parts.iter().any(|part| matches!(part, MessagePart::Reasoning { .. })));
    assert!(parts.iter().any(|part| matches!(part, MessagePart::ToolCall { name, .. } if name == "shell")));
    assert!(!String::from_utf8_lossy(&first.payload).contains("encrypted_content"));
}

#[test]
fn failed_streams_are_attempts() {
    let read = read_text(
        r#"{"timestamp":"2026-01-01T00:00:00Z","type":"session_meta","payload":{"id":"s1","cwd":"/home/x/project"}}
{"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"user_message","message":"go"}}
{"timestamp":"2026-01-01T00:00:02Z","type":"event_msg","payload":{"type":"stream_error","message":"stream disconnected; retrying 1/5"}}
{"timestamp":"2026-01-01T00:00:04Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}}
{"timestamp":"2026-01-01T00:00:04Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7},"last_token_usage":{"input_tokens":5,"output_tokens":2,"total_tokens":7}}}}
"#,
    );
    let calls: Vec<_> = read.spans.iter().filter(|span| span.kind == SpanKind::Llm).collect();
    assert_eq!(calls.iter().map(|span| span.attempt).collect::<Vec<_>>(), [Some(1), Some(2)]);
    assert_eq!(calls[0].error.as_deref(), Some("stream disconnected; retrying 1/5"));
    assert_eq!(calls[1].tokens.sum(), Some(7), "tokens told after the answer are the answer's");
    assert_eq!(read.traces[0].project.as_deref(), Some("project"));
}

#[test]
fn exec_output_has_no_times_and_none_are_made_up() {
    for (file, tools, tokens) in [("stream-output-2.jsonl", 1, 6169), ("stream-output-5.jsonl", 1, 6309)] {
        let Some(bytes) = real_file(&format!("codex-exec-jsonl/jnarowski__agentcmd/{file}")) else { return };
        let read = read(&bytes).unwrap();
        assert_eq!((read.format, read.trace_count()), ("codex-exec", 1));
        assert!(read.spans.iter().all(|span| span.start_ns.is_none() && span.end_ns.is_none()));
        assert!(read.spans.iter().all(|span| !span.flags.contains(SpanFlags::LAID_OUT)));
        assert_eq!(count(&read, SpanKind::Tool), tools);
        assert_eq!(read.spans.iter().filter_map(|span| span.tokens.sum()).sum::<u64>(), tokens);
        let shell = read.named("shell");
        assert_eq!(shell.status, SpanStatus::Ok);
        assert!(payload(shell).output.unwrap().as_str().unwrap().contains("stream-output"));
        assert_eq!(read.spans.len(), read.unique_count());
    }
}

#[test]
fn a_turn_ends_when_it_is_said_to_and_a_failed_try_keeps_its_input() {
    let read = read_text(
        r#"{"timestamp":"2026-01-01T00:00:00Z","type":"session_meta","payload":{"id":"s1","cwd":"/x"}}
{"timestamp":"2026-01-01T00:00:01Z","type":"event_msg","payload":{"type":"user_message","message":"go"}}
{"timestamp":"2026-01-01T00:00:01Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"go"}]}}
{"timestamp":"2026-01-01T00:00:02Z","type":"event_msg","payload":{"type":"stream_error","message":"lost"}}
{"timestamp":"2026-01-01T00:00:04Z","type":"response_item","payload":{"type":"message","role":"assistant","content":[{"type":"output_text","text":"done"}]}}
{"timestamp":"2026-01-01T00:00:05Z","type":"event_msg","payload":{"type":"task_complete"}}
{"timestamp":"2026-01-01T00:01:00Z","type":"response_item","payload":{"type":"message","role":"user","content":[{"type":"input_text","text":"more"}]}}
{"timestamp":"2026-01-01T00:01:00Z","type":"event_msg","payload":{"type":"user_message","message":"more"}}
"#,
    );
    let turn = read.named("turn 1");
    assert_eq!(turn.end_ns.unwrap() - turn.start_ns.unwrap(), 4_000_000_000);
    let tries: Vec<_> = read.spans.iter().filter(|span| span.kind == SpanKind::Llm).collect();
    assert_eq!(tries.len(), 2);
    assert!(
        tries[0].input_hash.is_some() && tries[0].input_hash == tries[1].input_hash,
        "both were asked the same"
    );
}
