//! mini-swe-agent trajectories.

use engine::model::{SpanKind, SpanStatus, TraceStatus};
use engine::semantics::content;

use super::{count, fixture, of_kind, real, with_id};
use crate::wire::collected::{payload, read_text};

#[test]
fn a_bare_list_of_messages_is_one_run() {
    let Some((read, plain)) = real("mini-swe-agent-traj/SWE-agent__mini-swe-agent/local.traj.json") else {
        return;
    };
    assert_eq!(of_kind(&read, SpanKind::Llm), count(&plain, "role", "assistant"));
    let commands: Vec<_> =
        read.spans.iter().filter(|span| span.kind == SpanKind::Tool).map(payload).collect();
    assert_eq!(commands[0].input.as_ref().unwrap(), "echo 'hello world'");
    assert!(commands[0].output.as_ref().unwrap().as_str().unwrap().contains("hello world"));
    let first = content(&payload(&read.spans[0]));
    assert_eq!((first.input_messages.len(), first.output_messages.len()), (2, 1));
    assert!(read.spans.iter().all(|span| span.start_ns.is_none()));
}

#[test]
fn version_2_has_times_usage_cost_and_return_codes() {
    let read = fixture("mini-swe-agent/tool-calls.traj.json");
    let call = with_id(&read, "call-1");
    assert_eq!((call.tokens.input, call.tokens.output, call.cost_usd), (Some(900), Some(30), Some(0.01)));
    assert_eq!(call.end_ns, Some(1_764_000_002_500_000_000));
    let failed = with_id(&read, "call_1");
    assert_eq!(
        (failed.status, failed.error.as_deref()),
        (SpanStatus::Error, Some("make: *** [test] Error 1"))
    );
    assert_eq!(failed.end_ns.unwrap() - failed.start_ns.unwrap(), 2_500_000_000);
    let about = &read.traces[0];
    assert_eq!((about.status, about.cost_usd), (Some(TraceStatus::Success), Some(0.03)));
    assert_eq!(with_id(&read, "call_2").status, SpanStatus::Ok, "the run ended in it");
}

#[test]
fn other_lists_of_messages_are_not_claimed() {
    let read = read_text(r#"[{"role":"user","content":"hello"},{"role":"assistant","content":"hi"}]"#);
    assert_ne!(read.format, "mini-swe-agent");
}
