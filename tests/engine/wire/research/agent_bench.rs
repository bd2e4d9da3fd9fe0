//! AgentBench runs.

use engine::model::TraceStatus;
use engine::semantics::content;

use super::{count, items, real};
use crate::wire::collected::payload;

#[test]
fn answers_of_the_agent_are_calls() {
    let Some((read, plain)) = real("agentbench-runs-jsonl/THUDM__AgentBench/runs.jsonl") else { return };
    let answers: usize =
        items(&plain).iter().map(|run| count(&run["output"]["history"], "role", "agent")).sum();
    assert_eq!((read.traces.len(), read.spans.len()), (items(&plain).len(), answers));
    let failed: Vec<_> =
        read.traces.iter().filter(|about| about.status == Some(TraceStatus::Failed)).collect();
    assert_eq!(failed.len(), 21);
    assert!(failed.iter().all(|about| about.failure_reason.as_deref() == Some("agent invalid action")));
    let first = content(&payload(&read.spans[0]));
    assert_eq!((first.input_messages.len(), first.output_messages.len()), (1, 1));
    assert_eq!(read.traces[0].end_ns, Some(1_737_158_137_875_000_000), "when the line was written");
    assert_eq!(read.traces[0].name.as_deref(), Some("task 99"));
}

#[test]
fn runs_that_never_began_are_kept_with_their_errors() {
    let Some((read, plain)) = real("agentbench-runs-jsonl/THUDM__AgentBench/error.jsonl") else { return };
    assert_eq!((read.traces.len(), read.spans.len()), (items(&plain).len(), 0));
    for about in &read.traces {
        assert_eq!(about.status, Some(TraceStatus::Failed));
        assert_eq!(about.failure_reason.as_deref(), Some("AGENT_FAILED: Failed."));
    }
}
