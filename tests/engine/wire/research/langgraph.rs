//! LangGraph checkpoints and state histories.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::content;

use super::{fixture, items, real, with_id};
use crate::wire::collected::{payload, read_text};

#[test]
fn a_history_is_turned_around_into_turns_and_nodes() {
    let Some((read, plain)) = real("langgraph-checkpoints/generated/state_history.json") else { return };
    assert_eq!(read.trace_count(), 3);
    for (thread, history) in plain.as_object().unwrap() {
        let spans: Vec<_> = read.spans.iter().filter(|span| span.trace == *thread).collect();
        let tasks = items(history).iter().flat_map(|snapshot| items(&snapshot["tasks"]));
        let nodes = tasks.filter(|task| task["name"] != "__start__").count();
        let inputs =
            items(history).iter().filter(|snapshot| snapshot["metadata"]["source"] == "input").count();
        assert_eq!(spans.iter().filter(|span| span.parent.is_none()).count(), inputs);
        assert_eq!(spans.len(), nodes + inputs);
        let names: Vec<&str> =
            spans.iter().filter(|span| span.parent.is_some()).map(|span| &*span.name).collect();
        assert_eq!(names[..3], ["plan", "tool", "answer"]);
    }
    let plan = read.named("plan");
    assert_eq!(plan.end_ns.unwrap() - plan.start_ns.unwrap(), 999_000, "to the next checkpoint");
    let content = content(&payload(plan));
    assert_eq!(
        (content.input_messages.len(), content.output_messages.len()),
        (1, 1),
        "what it added, no more"
    );
    assert_eq!(read.traces[0].name.as_deref(), Some("question 0"));
}

#[test]
fn rows_of_a_checkpointer() {
    let read = fixture("langgraph/rows.jsonl");
    let agent = with_id(&read, "task-1");
    assert_eq!(
        (&*agent.name, agent.kind, agent.parent.as_deref()),
        ("agent", SpanKind::Llm, Some("1f0-0001"))
    );
    assert_eq!((agent.model.as_deref(), agent.tokens.input), (Some("gpt-4o-mini"), Some(120)));
    assert_eq!(agent.end_ns.unwrap() - agent.start_ns.unwrap(), 3_000_000_000);
    assert_eq!((&*with_id(&read, "task-2").name, with_id(&read, "task-2").kind), ("tools", SpanKind::Tool));
    assert_eq!(payload(with_id(&read, "1f0-0005/update")).output.unwrap()["approved"], true);
    let failed = with_id(&read, "task-5");
    assert_eq!((failed.status, failed.error.as_deref()), (SpanStatus::Error, Some("RateLimitError('429')")));
    assert_eq!(failed.parent.as_deref(), Some("1f0-0006"), "a fork is a turn of its own");
    assert_eq!(payload(with_id(&read, "1f0-0006")).attributes["parent_checkpoint_id"], "1f0-0002");
    let turn = content(&payload(with_id(&read, "1f0-0001")));
    assert_eq!(turn.input_messages.len(), 1);
}

#[test]
fn failed_and_waiting_nodes() {
    let read = fixture("langgraph/state-history.json");
    assert_eq!(with_id(&read, "w").status, SpanStatus::Error);
    let waiting = with_id(&read, "c");
    assert_eq!((waiting.status, waiting.end_ns), (SpanStatus::Open, None));
    assert_eq!(payload(waiting).attributes["interrupts"][0]["value"], "approve?");
    assert_eq!(payload(with_id(&read, "s")).output.unwrap()["facts"][0], "green");
}

#[test]
fn a_thread_that_grew_keeps_its_ids() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/formats/langgraph/rows.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let first: String = text.lines().take(3).map(|line| format!("{line}\n")).collect();
    let (short, long) = (read_text(&first), read_text(&text));
    for span in &short.spans {
        assert!(
            long.spans.iter().any(|later| (&later.trace, &later.id) == (&span.trace, &span.id)),
            "{}",
            span.id
        );
    }
}

#[test]
fn writes_without_the_id_of_their_task_are_a_step_all_the_same() {
    let rows = std::fs::read_to_string(
        std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../tests/fixtures/formats/langgraph/rows.jsonl"),
    )
    .unwrap();
    let read = read_text(&rows.replace("\"task_id\": \"task-2\", ", ""));
    assert_eq!(read.spans.len(), read_text(&rows).spans.len());
    assert!(read.spans.iter().all(|span| !span.id.is_empty()));
}
