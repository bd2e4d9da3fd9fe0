//! Perfetto.

use engine::model::SpanStatus;

use crate::wire::collected::{read, real_file};

#[test]
fn slices_are_read_with_their_names_and_nesting() {
    let Some(bytes) = real_file("perfetto-pftrace/generated/agent_run.pftrace") else { return };
    let trace = read(&bytes).unwrap();
    assert_eq!((trace.format, trace.trace_count()), ("perfetto", 1));
    assert!(trace.problems.is_empty(), "{:?}", trace.problems);
    let calls: Vec<_> = trace.spans.iter().filter(|span| span.name == "llm.call ✓").collect();
    assert_eq!(calls.len(), 20);
    let step = trace.named("step 0");
    assert_eq!(calls[0].parent.as_deref(), Some(&*step.id));
    assert!(step.start_ns < step.end_ns);
    assert!(trace.spans.iter().all(|span| span.status != SpanStatus::Open));
    let track = trace.named("agent run");
    assert_eq!(step.parent.as_deref(), Some(&*track.id));

    let cut = read(&bytes[..bytes.len() - 5]).unwrap();
    assert!(cut.spans.len() > 35 && !cut.problems.is_empty(), "what came before the cut is kept");
}
