//! LangSmith.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::MessagePart;

use super::{handmade, real, shown, tree};
use crate::wire::collected::{payload, read_text};

#[test]
fn start_and_end_of_a_real_run_are_one_span() {
    for (name, parameters) in [
        ("langsmith_js_wrap_openai_default", &["provider"][..]),
        ("langsmith_py_wrap_openai_", &["provider"]),
        ("langsmith_py_wrap_openai_stream", &["provider"]),
    ] {
        let file = format!("langsmith-batch-json/langchain-ai__langsmith-sdk/{name}.json");
        let Some(read) = real(&file) else { return };
        let [run] = &read.spans[..] else { panic!("{file}: {} spans", read.spans.len()) };
        assert_eq!(
            (run.kind, run.model.as_deref()),
            (SpanKind::Llm, Some("gpt-4o-mini-2024-07-18")),
            "{file}"
        );
        assert_eq!((run.tokens.input, run.tokens.output), (Some(9), Some(9)), "{file}");
        let lasted = run.end_ns.unwrap() - run.start_ns.unwrap();
        assert!((1_000_000_000..2_000_000_000).contains(&lasted), "{file}: {lasted}");
        let content = shown(run);
        assert_eq!(content.input_messages[0].parts, [MessagePart::Text { text: "howdy".into() }], "{file}");
        assert_eq!(content.output_messages[0].finish_reason.as_deref(), Some("stop"), "{file}");
        assert_eq!(content.parameters.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(), parameters);
        assert_eq!((run.trace.as_str(), run.project.as_deref()), (run.id.as_str(), Some("default")));
    }
}

#[test]
fn the_tokens_of_a_stream_are_its_events() {
    let Some(read) =
        real("langsmith-batch-json/langchain-ai__langsmith-sdk/langsmith_py_wrap_openai_stream.json")
    else {
        return;
    };
    let events = payload(&read.spans[0]).events;
    assert!(
        events.len() > 5 && events.iter().all(|event| event.name == "new_token" && event.time_ns.is_some())
    );
}

#[test]
fn exported_runs_with_retries_and_no_parents() {
    let read = handmade("langsmith/runs.jsonl");
    assert_eq!(
        tree(&read),
        [
            ("AgentExecutor", ""),
            ("ChatOpenAI", "AgentExecutor"),
            ("ChatOpenAI", "AgentExecutor"),
            ("calc", "AgentExecutor"),
            ("waiting", "")
        ]
    );
    let [root, failed, again, tool, waiting] = &read.spans[..] else { panic!() };
    assert_eq!((failed.attempt, again.attempt), (Some(1), Some(2)));
    assert_eq!((failed.status, failed.error.as_deref()), (SpanStatus::Error, Some("RateLimitError('429')")));
    assert!(shown(failed).errors[0].message.contains("Traceback"), "the whole of it is kept");
    assert_eq!(failed.start_ns.unwrap() % 60_000_000_000, 1_000_000_000, "from dotted_order");
    assert_eq!((failed.tokens.sum(), failed.model.as_deref()), (Some(0), Some("gpt-4o")));
    assert_eq!(again.model.as_deref(), Some("gpt-4o-2024-08-06"));
    assert_eq!(
        (again.tokens.input, again.tokens.cache_read, again.cost_usd),
        (Some(60), Some(32), Some(0.00031))
    );
    assert_eq!(
        (tool.kind, tool.tokens.sum(), tool.cost_usd),
        (SpanKind::Tool, None, None),
        "zeros are no numbers"
    );
    assert_eq!((waiting.status, waiting.end_ns), (SpanStatus::Open, None));
    assert_eq!((root.conversation.as_deref(), root.status), (Some("th-1"), SpanStatus::Ok));
    assert_eq!(root.tokens.input, Some(60), "the platform's sum, which is not added to what is below");
    assert!(payload(root).events.is_empty(), "its start and end");

    let asked = shown(failed);
    assert_eq!(asked.tools[0].name, "calc");
    assert!(asked.parameters.iter().any(|one| one.name == "temperature" && one.value == 0));
    assert_eq!(failed.preview.as_deref(), Some("2+2?"));
    let roles: Vec<_> = asked.input_messages.iter().map(|message| message.role.as_str()).collect();
    assert_eq!(roles, ["system", "user"]);
    assert!(
        matches!(&shown(again).output_messages[0].parts[0], MessagePart::ToolCall { name, .. } if name == "calc")
    );
}

#[test]
fn runs_nested_in_runs() {
    let read = handmade("langsmith/nested-run.json");
    assert_eq!(tree(&read), [("graph", ""), ("retrieve", "graph"), ("answer", "graph"), ("llm", "answer")]);
    assert!(read.spans.iter().all(|span| span.trace == "n0"));
    assert_eq!(read.named("retrieve").kind, SpanKind::Retrieval);
    assert_eq!(shown(read.named("llm")).output_messages[0].finish_reason.as_deref(), Some("stop"));
}

#[test]
fn halves_in_different_bodies_are_put_together() {
    let read = handmade("langsmith/batches.jsonl");
    let model = read.named("model");
    assert_eq!((model.tokens.input, model.model.as_deref()), (Some(4), Some("m")));
    let content = shown(model);
    assert_eq!((content.input_messages.len(), content.output_messages.len()), (1, 1));
    assert_eq!(payload(model).attributes["metadata"]["extra"], 1);
    assert_eq!(read.named("never ends").status, SpanStatus::Open);
    assert_eq!((read.named("root").error.as_deref(), read.named("root").status), (None, SpanStatus::Unset));
}

#[test]
fn what_the_api_lists() {
    let run = r#"{"id":"r","trace_id":"r","run_type":"chain","name":"n","start_time":"2026-01-01T00:00:00","end_time":"2026-01-01T00:00:01"}"#;
    for text in [format!("{{\"runs\":[{run}],\"cursors\":{{}}}}"), format!("[{run}]"), run.to_owned()] {
        let read = read_text(&text);
        assert_eq!((read.format, read.spans.len(), read.problems.len()), ("langsmith", 1, 0), "{text}");
    }
}
