//! ATIF trajectories.

use engine::model::{SpanKind, SpanStatus};
use engine::semantics::{MessagePart, content};

use super::{fixture, items, of_kind, real, with_id};
use crate::wire::collected::payload;

const FILES: [&str; 7] = [
    "harbor_openhands",
    "harbor_terminus2_continuation",
    "harbor_terminus2_continuation_cont1",
    "harbor_terminus2_invalid_json",
    "multi_tool_trajectory",
    "multimodal_trajectory",
    "simple_trajectory",
];

#[test]
fn every_answer_is_a_call_with_its_own_usage() {
    for file in FILES {
        let Some((read, plain)) = real(&format!("atif-json/Arize-ai__phoenix/{file}.json")) else { return };
        let answers: Vec<_> = items(&plain["steps"])
            .iter()
            .filter(|step| step["source"] == "agent" && step["is_copied_context"] != true)
            .collect();
        assert_eq!(of_kind(&read, SpanKind::Llm), answers.len(), "{file}");
        let told: u64 = answers.iter().filter_map(|step| step["metrics"]["prompt_tokens"].as_u64()).sum();
        let found: u64 = read.spans.iter().filter_map(|span| span.tokens.input).sum();
        assert_eq!(found, told, "{file}");
        assert_eq!(read.traces[0].trace, plain["session_id"], "{file}");
        assert_eq!(read.traces[0].tokens.sum(), None, "{file}: a continuation's totals count its past again");
        let calls: usize = answers.iter().filter_map(|step| Some(step["tool_calls"].as_array()?.len())).sum();
        let tools = read
            .spans
            .iter()
            .filter(|span| span.kind == SpanKind::Tool && span.name != "observation")
            .count();
        assert_eq!(tools, calls, "{file}");
    }
}

#[test]
fn an_answer_that_could_not_be_parsed_failed() {
    let Some((read, _)) = real("atif-json/Arize-ai__phoenix/harbor_terminus2_invalid_json.json") else {
        return;
    };
    let failed = with_id(&read, "step-2");
    assert_eq!((failed.kind, failed.status), (SpanKind::Llm, SpanStatus::Error));
    assert!(failed.error.as_deref().unwrap().contains("Missing required fields"));
    assert_eq!(read.spans.iter().filter(|span| span.status == SpanStatus::Error).count(), 1);
}

#[test]
fn times_latencies_and_tools() {
    let Some((read, _)) = real("atif-json/Arize-ai__phoenix/multi_tool_trajectory.json") else { return };
    let call = with_id(&read, "step-2");
    assert_eq!(call.end_ns.unwrap() - call.start_ns.unwrap(), 2_840_000_000);
    assert_eq!((call.tokens.cache_read, call.cost_usd), (Some(512), Some(0.0021)));
    let tool = with_id(&read, "call_fin_aapl");
    assert_eq!((tool.start_ns, tool.end_ns), (call.end_ns, None), "nobody says when it ended");
    assert_eq!(tool.status, SpanStatus::Ok);
    let Some((read, _)) = real("atif-json/Arize-ai__phoenix/harbor_openhands.json") else { return };
    assert_eq!(content(&payload(with_id(&read, "step-5"))).tools.len(), 6);
}

#[test]
fn pictures_are_media() {
    let Some((read, _)) = real("atif-json/Arize-ai__phoenix/multimodal_trajectory.json") else { return };
    let content = content(&payload(with_id(&read, "step-2")));
    assert!(
        content.input_messages[0].parts.iter().any(
            |part| matches!(part, MessagePart::Media { reference, .. } if reference.starts_with("https://"))
        ),
        "{:?}",
        content.input_messages
    );
}

#[test]
fn sub_agents_hang_under_the_call_that_names_them() {
    let Some((read, _)) = real("atif-json/Arize-ai__phoenix/subagent_trajectories.json") else { return };
    let agent = with_id(&read, "sess-child-summary-001");
    assert_eq!((agent.kind, agent.parent.as_deref()), (SpanKind::Agent, Some("call_summarize")));
    assert_eq!(read.trace_count(), 1);
    let read = fixture("atif/subagents-1.7.json");
    assert_eq!(with_id(&read, "worker-1").parent.as_deref(), Some("call_1"));
    assert_eq!(
        with_id(&read, "worker-1/call_1").parent.as_deref(),
        Some("worker-1"),
        "ids of sub-agents are their own"
    );
    let elsewhere = payload(with_id(&read, "call_1")).attributes;
    assert_eq!(elsewhere["subagent_trajectory_ref"][0]["trajectory_path"], "s3://bucket/gone.json");
    assert_eq!(with_id(&read, "step-3").kind, SpanKind::Chain, "no model was called");
}
