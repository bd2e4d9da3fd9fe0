//! Sessions of Claude Code, and what `claude -p` prints.

use std::collections::BTreeSet;
use std::path::Path;

use engine::model::{Payload, SpanFlags, SpanKind, SpanRecord, SpanStatus, TraceStatus};
use engine::semantics::{self, MessagePart};
use engine::testing::Harness;
use serde_json::Value;

use super::{handmade, outline};
use crate::wire::collected::{Collected, payload, read, read_text, real_file};

const REAL: &[&str] = &[
    "d-kimuson__claude-code-viewer/1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl",
    "d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl",
    "jnarowski__agentcmd/full-session.jsonl",
    "jnarowski__agentcmd/full-session-askuserquestion.jsonl",
];

fn of_kind(read: &Collected, kind: SpanKind) -> Vec<&SpanRecord> {
    read.spans.iter().filter(|span| span.kind == kind).collect()
}

fn span<'a>(read: &'a Collected, id: &str) -> &'a SpanRecord {
    read.spans.iter().find(|span| span.id == id).unwrap_or_else(|| panic!("no span has the id {id}"))
}

#[test]
fn model_calls_are_messages_and_tools_are_calls_each_counted_once() {
    for path in REAL {
        let Some(bytes) = real_file(&format!("claude-code-jsonl/{path}")) else { return };
        let found = read(&bytes).unwrap();
        let (mut messages, mut tools) = (BTreeSet::new(), BTreeSet::new());
        let (mut output, mut usage_of) = (0, std::collections::BTreeMap::new());
        for line in std::str::from_utf8(&bytes).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let message = &line["message"];
            if line["type"] == "assistant" {
                messages.insert(message["id"].as_str().unwrap().to_owned());
                let told = message["usage"]["output_tokens"].as_u64().unwrap();
                let most = usage_of.entry(message["id"].to_string()).or_insert(0);
                *most = told.max(*most);
            }
            for part in message["content"].as_array().into_iter().flatten() {
                if part["type"] == "tool_use" {
                    tools.insert(part["id"].as_str().unwrap().to_owned());
                }
            }
        }
        output += usage_of.values().sum::<u64>();
        let ids = |kind| of_kind(&found, kind).iter().map(|span| span.id.clone()).collect::<BTreeSet<_>>();
        assert_eq!(ids(SpanKind::Llm), messages, "{path}");
        assert_eq!(ids(SpanKind::Tool), tools, "{path}");
        let counted: u64 = found.spans.iter().filter_map(|span| span.tokens.output).sum();
        assert_eq!(counted, output, "{path}: each answer's tokens once, the fullest count of it");
        assert!(found.problems.is_empty());
        assert!(found.spans.iter().all(|span| span.trace == found.spans[0].trace));
    }
}

#[test]
fn cached_tokens_are_part_of_the_input() {
    let Some(bytes) = real_file(&format!("claude-code-jsonl/{}", REAL[1])) else { return };
    let found = read(&bytes).unwrap();
    let first = span(&found, "msg_01QdKEzwwjhMrbE13LjZjnMA");
    assert_eq!(first.tokens.input, Some(4 + 18_764));
    assert_eq!((first.tokens.cache_write, first.tokens.cache_read), (Some(18_764), Some(0)));
    assert_eq!(first.tokens.output, Some(263), "the last telling of it, not the first");
    assert_eq!(first.model.as_deref(), Some("claude-sonnet-4-20250514"));
}

#[test]
fn sub_agents_in_the_same_file_hang_under_the_call_with_their_prompt() {
    let Some(bytes) = real_file(&format!("claude-code-jsonl/{}", REAL[1])) else { return };
    let found = read(&bytes).unwrap();
    let agents = of_kind(&found, SpanKind::Agent);
    let parents: Vec<_> = agents.iter().map(|agent| agent.parent.as_deref().unwrap()).collect();
    assert_eq!(parents, ["toolu_014YF9TXhDRR7BnpasNJ7gjC", "toolu_01LKfUwrsnof18CpWZQcJH44"]);
    for agent in agents {
        assert_eq!(agent.name, "general-purpose");
        let task = span(&found, agent.parent.as_deref().unwrap());
        assert_eq!((task.name.as_str(), task.kind), ("Task", SpanKind::Tool));
        assert!(task.start_ns <= agent.start_ns && agent.end_ns <= task.end_ns, "it ran while the call did");
        let turn = found.spans.iter().find(|span| span.parent.as_ref() == Some(&agent.id)).unwrap();
        assert!(found.spans.iter().filter(|span| span.parent.as_ref() == Some(&turn.id)).count() >= 5);
    }
    let failed: Vec<_> = found.spans.iter().filter(|span| span.status == SpanStatus::Error).collect();
    let names: Vec<_> = failed.iter().map(|span| span.name.as_str()).collect();
    assert_eq!(names, ["Task", "Bash", "Edit"]);
    assert_eq!(
        failed[2].error.as_deref(),
        Some("File has not been read yet. Read it first before writing to it.")
    );
}

#[test]
fn a_tool_runs_from_its_call_to_its_result_and_a_model_from_what_it_was_told() {
    let Some(bytes) = real_file(&format!("claude-code-jsonl/{}", REAL[0])) else { return };
    let found = read(&bytes).unwrap();
    let write = span(&found, "toolu_01LM7vfs6eMdhHJokVajzJA1");
    // 00:47:46.059 to 00:47:46.089.
    assert_eq!(write.end_ns.unwrap() - write.start_ns.unwrap(), 30_000_000);
    assert!(!write.flags.contains(SpanFlags::TIME_DERIVED));
    assert_eq!(write.status, SpanStatus::Error);
    let call = span(&found, "msg_01RaR4giiko9W2SCE3aCLQjb");
    // From the result before it, 00:47:37.918, to its last piece, 00:47:46.059.
    assert_eq!(call.end_ns.unwrap() - call.start_ns.unwrap(), 8_141_000_000);
    assert!(call.flags.contains(SpanFlags::TIME_DERIVED));
    let content = semantics::content(&payload(call));
    let parts = &content.output_messages[0].parts;
    assert!(matches!(parts[0], MessagePart::Text { .. }) && matches!(parts[1], MessagePart::ToolCall { .. }));
    assert!(
        content
            .input_messages
            .iter()
            .flat_map(|message| &message.parts)
            .any(|part| matches!(part, MessagePart::ToolResult { .. })),
        "its input is what came back from the tools: {:?}",
        content.input_messages
    );
}

#[test]
fn retries_are_tries_of_the_answer_that_follows() {
    let found = handmade("claude-code/retries.jsonl");
    let tries: Vec<_> = found.spans.iter().filter(|span| span.attempt.is_some()).collect();
    let told: Vec<_> = tries
        .iter()
        .map(|span| (span.attempt.unwrap(), span.status, span.backoff_ns, span.name.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            (1, SpanStatus::Error, Some(500_500_000), "model"),
            (2, SpanStatus::Error, Some(1_000_000_000), "model"),
            (3, SpanStatus::Ok, None, "model")
        ]
    );
    assert_eq!(tries[2].model.as_deref(), Some("claude-opus-4-5"));
    assert_eq!(tries[0].error.as_deref(), Some("529 overloaded_error: Overloaded"));
    assert_eq!(tries[0].input_hash, tries[2].input_hash, "all were asked the same");
    assert_eq!(tries[1].start_ns.unwrap() - tries[0].end_ns.unwrap(), 500_500_000, "after the pause");
    let last = found.spans.iter().find(|span| span.id == "msg_err").unwrap();
    assert_eq!((last.status, last.model.as_deref()), (SpanStatus::Error, None));
    assert_eq!(last.error.as_deref(), Some("API Error: 500 Internal server error"));
}

#[test]
fn lines_out_of_order_dangling_parents_and_unknown_types_do_no_harm() {
    let found = handmade("claude-code/retries.jsonl");
    assert!(found.problems.is_empty(), "{:?}", found.problems);
    assert_eq!(found.skipped["lines that are no steps"], 3);
    let tool = span(&found, "toolu_cart1");
    assert_eq!((tool.status, tool.error.as_deref()), (SpanStatus::Error, Some("exit 1: no such test")));
    assert_eq!(tool.end_ns.unwrap() - tool.start_ns.unwrap(), 3_000_000_000);
    assert_eq!(payload(tool).attributes.get("toolUseResult"), None, "it says the same as the result");
    let turn = span(&found, "u-1");
    assert_eq!(payload(turn).attributes["durationMs"], 15_012);
    let compact = found.named("compact");
    assert_eq!(payload(compact).attributes["compactMetadata"]["preTokens"], 155_000);
    assert_eq!(found.traces[0].name.as_deref(), Some("The lost cent"), "a title given by a person wins");
    assert_eq!(found.traces[0].project.as_deref(), Some("shop"));
    // A summary and what was attached is what the next call is told, and begins no turn.
    let asked = payload(span(&found, "msg_err")).input.unwrap();
    assert_eq!(asked.as_array().unwrap().len(), 3);
    assert_eq!(of_kind(&found, SpanKind::Chain).len(), 3);
}

#[test]
fn turns_that_were_left_say_so() {
    let found = handmade("claude-code/branches.json");
    let leads = |id: &str| payload(span(&found, id)).attributes["leads_to_end"].clone();
    assert_eq!((leads("b-1"), leads("b-3"), leads("b-5")), (true.into(), false.into(), true.into()));
    let straight = handmade("claude-code/session.jsonl");
    let turn = payload(span(&straight, "m-1"));
    assert!(!turn.attributes.contains_key("leads_to_end"), "where nothing branches there is nothing to say");
}

#[test]
fn a_sub_agents_file_hangs_under_its_call_in_whatever_order_the_files_come() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats/claude-code");
    let (main, agent) = (folder.join("session.jsonl"), folder.join("agent-a9f31c7.jsonl"));
    let mut trees = Vec::new();
    for order in [[&main, &agent], [&agent, &main]] {
        let store = tempfile::tempdir().unwrap();
        let harness = Harness::open(store.path().join("traces.db"));
        for path in order {
            harness.import(&[path]);
        }
        let again = harness.import(&[&main]).counts;
        assert_eq!((again.spans_added, again.spans_updated), (0, 0));
        trees.push(outline(&harness));
    }
    assert_eq!(trees[0], trees[1]);
    let steps: Vec<String> =
        trees[0].iter().map(|row| row.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    let model = "claude-opus-4-5";
    let agent = ["3 Task", "4 Explore", "5 turn", &format!("6 {model}"), "6 Grep", &format!("6 {model}")];
    let below = steps.windows(agent.len()).any(|rows| {
        let depth = |row: &str| row.split(' ').next().unwrap().parse::<i32>().unwrap();
        let name = |row: &str| row.split_once(' ').unwrap().1.to_owned();
        rows.iter().zip(agent).all(|(row, wanted)| {
            name(row) == name(wanted) && depth(row) - depth(&rows[0]) == depth(wanted) - 3
        })
    });
    assert!(below, "{steps:?}");
}

#[test]
fn commands_of_the_program_ask_nothing_and_interruptions_are_no_requests() {
    let line = |id: &str, parent: &str, content: Value, more: &str| {
        format!(
            r#"{{"type":"user","uuid":"{id}","parentUuid":"{parent}","sessionId":"s","timestamp":"2026-01-01T00:00:0{}Z","message":{{"role":"user","content":{content}}}{more}}}"#,
            &id[1..]
        )
    };
    let text = [
        line("l1", "x", "<command-name>/clear</command-name><command-args></command-args>".into(), ""),
        line("l2", "l1", "<local-command-stdout></local-command-stdout>".into(), ""),
        line("l3", "l2", "<command-name>/init</command-name><command-args>now</command-args>".into(), ""),
        line("l4", "l3", "Read the code.".into(), r#","isMeta":true"#),
        line("l5", "l4", "[Request interrupted by user]".into(), ""),
    ];
    let found = read_text(&text.join("\n"));
    let turns: Vec<_> = found.spans.iter().map(|span| (span.id.as_str(), span.kind)).collect();
    assert_eq!(turns, [("l3", SpanKind::Chain)]);
    assert_eq!(found.traces[0].name.as_deref(), Some("/init now"));
}

#[test]
fn printed_sessions_have_order_cost_and_tokens_but_no_times() {
    let found = handmade("claude-stream-json/print.jsonl");
    assert!(found.spans.iter().all(|span| span.start_ns.is_none() && span.end_ns.is_none()));
    let about = &found.traces[0];
    assert_eq!(
        (about.cost_usd, about.tokens.sum(), about.status),
        (Some(0.0123), Some(372), Some(TraceStatus::Success))
    );
    let told: Payload = serde_json::from_slice(about.payload.as_deref().unwrap()).unwrap();
    assert_eq!((&told.attributes["duration_ms"], &told.attributes["num_turns"]), (&9_120.into(), &3.into()));
    let agent = of_kind(&found, SpanKind::Agent)[0];
    assert_eq!((agent.name.as_str(), agent.parent.as_deref()), ("counter", Some("toolu_p1")));
    assert_eq!(of_kind(&found, SpanKind::Llm).len(), 3);

    let failed = handmade("claude-stream-json/failed.jsonl");
    assert_eq!(failed.traces[0].status, Some(TraceStatus::Failed));
    assert_eq!(failed.traces[0].failure_reason.as_deref(), Some("error max turns"));
}

#[test]
fn a_sub_agent_that_still_runs_hangs_under_its_call_until_its_end_is_told() {
    let line = |at: u32, rest: &str| {
        format!(r#"{{"sessionId":"s","timestamp":"2026-01-01T00:00:0{at}Z","uuid":"l{at}",{rest}}}"#)
    };
    let mut lines = vec![
        line(1, r#""type":"user","parentUuid":null,"message":{"role":"user","content":"go"}"#),
        line(
            2,
            r#""type":"assistant","parentUuid":"l1","message":{"role":"assistant","id":"m1","model":"m","content":[{"type":"tool_use","id":"t1","name":"Task","input":{"prompt":"find","subagent_type":"Explore"}}]}"#,
        ),
        line(
            3,
            r#""type":"progress","parentUuid":"l2","parentToolUseID":"t1","data":{"type":"agent_progress","agentId":"ag1"}"#,
        ),
    ];
    let running = read_text(&lines.join("\n"));
    let agent = span(&running, "agent-ag1");
    assert_eq!((agent.parent.as_deref(), agent.name.as_str()), (Some("t1"), "Explore"));
    assert_eq!((agent.status, agent.end_ns), (SpanStatus::Open, None));
    lines.push(line(4, r#""type":"user","parentUuid":"l3","toolUseResult":{"agentId":"ag1","status":"completed"},"message":{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"found"}]}"#));
    let ended = read_text(&lines.join("\n"));
    assert_eq!(of_kind(&ended, SpanKind::Agent).len(), 1, "told once");
    assert_eq!(span(&ended, "agent-ag1").status, SpanStatus::Ok);
    assert!(span(&ended, "agent-ag1").end_ns.is_some());
}
