//! OpenHands: events of the server and of the SDK, and evaluation results.

use engine::model::{SpanKind, SpanStatus, TraceStatus};
use engine::semantics::content;

use super::{fixture, items, of_kind, real, with_id};
use crate::wire::collected::payload;

#[test]
fn an_answer_is_counted_once_and_its_observation_ends_the_call() {
    let Some((read, plain)) = real("openhands-events-json/OpenHands__OpenHands/basic_gui_mode.json") else {
        return;
    };
    let responses: std::collections::BTreeSet<&str> = items(&plain)
        .iter()
        .filter_map(|event| event.pointer("/tool_call_metadata/model_response/id")?.as_str())
        .collect();
    let with_usage: Vec<_> = read.spans.iter().filter(|span| span.tokens.sum().is_some()).collect();
    assert_eq!(with_usage.len(), responses.len(), "observations repeat the answer");
    assert_eq!(
        with_usage.iter().filter_map(|span| span.tokens.input).sum::<u64>(),
        3439 + 3601 + 4769 + 5488
    );
    assert_eq!(with_usage[1].tokens.cache_read, Some(3435));
    let run = with_id(&read, "event-7");
    assert_eq!(
        (&*run.name, run.kind, run.parent.as_deref()),
        ("execute_bash", SpanKind::Tool, Some("event-4"))
    );
    assert_eq!(
        run.end_ns.unwrap() - run.start_ns.unwrap(),
        658_357_000,
        "from the action to its observation"
    );
    let failed = with_id(&read, "event-13");
    assert_eq!(failed.status, SpanStatus::Error, "`success` is false");
    let answer = content(&payload(with_id(&read, "event-7/model")));
    assert_eq!((answer.input_messages.len(), answer.output_messages.len()), (1, 1));
    assert_eq!(content(&payload(failed)).errors.len(), 1);
}

#[test]
fn ids_with_gaps_and_turns() {
    let Some((read, _)) = real("openhands-events-json/OpenHands__OpenHands/basic_interactions.json") else {
        return;
    };
    let turns: Vec<&str> =
        read.spans.iter().filter(|span| span.kind == SpanKind::Chain).map(|span| &*span.id).collect();
    assert_eq!(turns, ["event-0", "event-6", "event-12"]);
    assert_eq!(with_id(&read, "event-9/model").parent.as_deref(), Some("event-6"));
}

#[test]
fn a_delegate_hangs_under_the_call_that_starts_it() {
    let read = fixture("openhands/delegate.json");
    let agent = with_id(&read, "event-5/agent");
    assert_eq!(
        (agent.kind, agent.parent.as_deref(), &*agent.name),
        (SpanKind::Agent, Some("event-5"), "BrowsingAgent")
    );
    assert_eq!(with_id(&read, "event-8").parent.as_deref(), Some("event-5/agent"));
    assert_eq!(with_id(&read, "event-8").error.as_deref(), Some("net::ERR_NAME_NOT_RESOLVED"));
    assert_eq!(with_id(&read, "event-12").parent.as_deref(), Some("event-1"), "the delegate is done");
    assert_eq!(with_id(&read, "event-12").error.as_deref(), Some("exit code 1"));
    assert_eq!(with_id(&read, "event-2").kind, SpanKind::Retrieval);
    let call = with_id(&read, "event-5/model");
    assert_eq!(call.end_ns.unwrap() - call.start_ns.unwrap(), 1_500_000_000, "the latency that is told");
    let costs: f64 = read.spans.iter().filter_map(|span| span.cost_usd).sum();
    assert!((costs - 0.04).abs() < 1e-9, "the total is a running one: {costs}");
    let about = &read.traces[0];
    assert_eq!(
        (about.status, about.failure_reason.as_deref()),
        (Some(TraceStatus::Failed), Some("LLM budget exceeded"))
    );
}

#[test]
fn evaluation_runs_are_a_trace_a_line() {
    let Some((read, plain)) = real("openhands-output-jsonl/OpenHands__OpenHands/mock_output__output.jsonl")
    else {
        return;
    };
    let actions = items(&plain)
        .iter()
        .flat_map(|run| items(&run["history"]))
        .filter(|event| event["action"].is_string() && event["action"] != "message")
        .count();
    assert_eq!((read.traces.len(), of_kind(&read, SpanKind::Llm)), (2, actions));
    assert_eq!(of_kind(&read, SpanKind::Tool), actions - 2, "`finish` has no observation");
    let about = &read.traces[1];
    assert_eq!(about.name.as_deref(), Some("Add a toggle for dark mode"));
    assert_eq!(about.cost_usd, Some(1.152933));
    let failed = fixture("openhands-output/pairs.jsonl");
    let reason = failed.traces[1].failure_reason.as_deref();
    assert_eq!(reason, Some("RuntimeError: the sandbox did not start"));
    assert_eq!(with_id(&failed, "event-3").error.as_deref(), Some("E assert 1 == 2"));
}

#[test]
fn events_of_the_sdk() {
    let Some((read, _)) = real("openhands-sdk-events/OpenHands__software-agent-sdk/events.jsonl") else {
        return;
    };
    let failed = read.spans.iter().filter(|span| span.status == SpanStatus::Error).count();
    assert_eq!((of_kind(&read, SpanKind::Tool), failed), (3, 3), "two are marked, one has an exit code");
    let about = &read.traces[0];
    assert_eq!(
        (about.tokens.input, about.tokens.output),
        (Some(107_458), Some(1347)),
        "the last running total"
    );
    let spans: u64 = read.spans.iter().filter_map(|span| span.tokens.input).sum();
    assert!(spans <= 107_458, "no more than the total is given to the calls: {spans}");
    let orphan = with_id(&read, "chatcmpl-tool-9051d3d10f914188");
    assert_eq!(&*orphan.name, "terminal", "its action is not in the excerpt");
}

#[test]
fn calls_of_one_answer_share_it() {
    let read = fixture("openhands-sdk/parallel-calls.jsonl");
    assert_eq!((of_kind(&read, SpanKind::Llm), of_kind(&read, SpanKind::Tool)), (2, 2));
    let tokens: Vec<_> = read.spans.iter().filter_map(|span| span.tokens.input).collect();
    assert_eq!(tokens, [1000, 1500], "what each total adds");
    assert_eq!(with_id(&read, "call_2").status, SpanStatus::Error);
    let about = &read.traces[0];
    assert_eq!(about.status, Some(TraceStatus::Failed));
    assert_eq!(about.failure_reason.as_deref(), Some("LLMServiceUnavailableError: 503 from the provider"));
}
