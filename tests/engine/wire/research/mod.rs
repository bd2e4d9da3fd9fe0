//! Formats of the family "evaluation and research".

mod agent_bench;
mod atif;
mod autogen;
mod browser_use;
mod damage;
mod inspect;
mod langgraph;
mod mini_swe_agent;
mod openhands;
mod swe_agent;
mod tau_bench;
mod who_and_when;

use serde_json::Value;

use super::collected::{Collected, read, real_file};
use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// Where their counts differ from the independent ones, which count records.
pub const EXPLAINED: &[Explained] = &[
    (
        "inspect-eval/TransluceAI__docent/log.eval",
        15,
        361,
        "505 events: 147 model calls, 121 tool calls, 15 scores, and 78 solvers and scorers (a beginning and mostly an end each); changes of state and notes are no steps",
    ),
    (
        "inspect-eval/UKGovernmentBEIS__inspect_ai/2025-02-11T15-17-00-05-00_popularity_dPiJifoWeEQBrfWsAopzWr.eval",
        10,
        30,
        "80 events: 10 model calls in 20 solvers (a beginning and an end each)",
    ),
    (
        "inspect-eval/UKGovernmentBEIS__inspect_ai/2025-09-23T08-09-58-04-00_popularity_DN2wbX2ZvACsBpjwptzBRo.eval",
        100,
        800,
        "1,700 events: 600 spans (a beginning and an end each), 100 model calls, 100 scores",
    ),
    (
        "inspect-eval/UKGovernmentBEIS__inspect_ai/log_message_deduplication.eval",
        1,
        23,
        "42 events: 11 spans, of which 5 are the 5 tool calls, 6 model calls, 5 sandbox calls, a score",
    ),
    (
        "inspect-eval/UKGovernmentBEIS__inspect_ai/log_streaming.eval",
        4,
        20,
        "44 events: 12 solvers and scorers (a beginning and an end each), 4 model calls, 4 scores",
    ),
    (
        "inspect-eval/UKGovernmentBEIS__inspect_ai/retry-2-then-success.eval",
        1,
        7,
        "packed with zstd, which the independent count could not unpack: 3 tries of a model call in 4 spans",
    ),
    (
        "inspect-events-json/UKGovernmentBEIS__inspect_ai/utility_branch_warmup.json",
        1,
        8,
        "12 events: 3 spans, 4 model calls, 1 tool call; the rest are ends and a note",
    ),
    (
        "inspect-events-json/UKGovernmentBEIS__inspect_ai/utility_subagent_loop.json",
        1,
        7,
        "10 events: 3 spans, 3 model calls, 1 tool call; the rest are ends",
    ),
    (
        "inspect-json/METR__vivaria/simple_inspect_eval.json",
        1,
        0,
        "its 3 events are a change of state and two notes: no steps",
    ),
    (
        "inspect-json/UKGovernmentBEIS__inspect_ai/2025-05-12T20-28-13-04-00_popularity.json",
        3,
        18,
        "39 events: 12 spans (a beginning and an end each), 3 model calls, 3 scores",
    ),
    (
        "inspect-json/UKGovernmentBEIS__inspect_ai/log_images.json",
        1,
        5,
        "11 events: 3 solvers and scorers (a beginning and an end each), 1 model call, 1 score",
    ),
    (
        "inspect-json/UKGovernmentBEIS__inspect_ai/log_tool_call_error.json",
        1,
        11,
        "no events were kept; its 11 messages are 11 results of tool calls",
    ),
    ("swe-agent-traj/SWE-agent__SWE-agent/function_calling_simple.traj", 1, 10, "5 answers, 5 commands"),
    (
        "swe-agent-traj/SWE-agent__SWE-agent/marshmallow-code__marshmallow-1867.traj",
        1,
        26,
        "13 steps: 13 answers, 13 commands",
    ),
    (
        "swe-agent-traj/SWE-agent__SWE-agent/swe-agent__test-repo-i1.traj",
        1,
        10,
        "5 steps: 5 answers, 5 commands",
    ),
    ("swe-agent-traj/SWE-agent__SWE-agent/warmup.traj", 1, 14, "7 steps: 7 answers, 7 commands"),
    (
        "mini-swe-agent-traj/SWE-agent__mini-swe-agent/local.traj.json",
        1,
        4,
        "6 messages: 2 answers, 2 commands",
    ),
    (
        "openhands-events-json/OpenHands__OpenHands/basic_gui_mode.json",
        1,
        10,
        "18 events: 1 turn, 5 answers, 4 tool calls; 5 changes of state and 3 empty observations are counted beside",
    ),
    ("openhands-events-json/OpenHands__OpenHands/basic_interactions.json", 1, 6, "3 turns, 3 answers"),
    (
        "openhands-events-json/OpenHands__trajectory-visualizer/sample-trajectory.json",
        1,
        4,
        "3 entries: 1 turn, a thought, and a command with the answer that asks for it",
    ),
    (
        "openhands-output-jsonl/OpenHands__OpenHands/mock_output__output.jsonl",
        2,
        52,
        "52 events: 2 turns, 26 answers, 24 actions, whose 24 observations are their results",
    ),
    (
        "openhands-sdk-events/OpenHands__software-agent-sdk/events.jsonl",
        1,
        5,
        "10 events: 2 answers, 3 tool calls; 5 changes of state are counted beside",
    ),
    ("atif-json/Arize-ai__phoenix/harbor_openhands.json", 1, 5, "6 steps: 1 turn, 2 answers, 2 tool calls"),
    (
        "atif-json/Arize-ai__phoenix/harbor_terminus2_continuation.json",
        1,
        8,
        "5 steps: 1 turn, 3 answers, 3 observations, 1 summary",
    ),
    (
        "atif-json/Arize-ai__phoenix/harbor_terminus2_continuation_cont1.json",
        1,
        8,
        "8 steps, 4 of them copied: 4 answers, 4 observations",
    ),
    (
        "atif-json/Arize-ai__phoenix/harbor_terminus2_invalid_json.json",
        1,
        8,
        "5 steps: 1 turn, 4 answers, 3 tool calls",
    ),
    (
        "atif-json/Arize-ai__phoenix/multi_tool_trajectory.json",
        1,
        8,
        "5 steps: 1 turn, 3 answers, 4 tool calls",
    ),
    (
        "atif-json/Arize-ai__phoenix/multimodal_trajectory.json",
        1,
        4,
        "3 steps: 1 turn, 2 answers, 1 tool call",
    ),
    ("atif-json/Arize-ai__phoenix/simple_trajectory.json", 1, 4, "3 steps: 1 turn, 2 answers, 1 tool call"),
    (
        "atif-json/Arize-ai__phoenix/subagent_trajectories.json",
        1,
        6,
        "1 turn, 2 answers, 1 tool call, and under it the sub-agent with 1 answer",
    ),
    ("autogen-json/microsoft__autogen/8.json", 1, 1, "2 messages: the problem and 1 answer"),
    (
        "autogen-json/microsoft__autogen/chat_history.json",
        1,
        9,
        "10 messages: the task, 5 answers, 4 runs of code",
    ),
    (
        "tau-bench-json/TransluceAI__docent/tb_airline.json",
        1,
        40,
        "42 messages: 20 answers, 12 tool calls, 8 turns; the policy and the word for the end are neither",
    ),
    (
        "tau2-bench-json/sierra-research__tau2-bench/49b22f0c-4a56-41c5-922f-bc2a56e53a23.json",
        1,
        26,
        "973 ticks: the agent speaks 15 times, the user 11 times",
    ),
    (
        "tau2-bench-json/sierra-research__tau2-bench/results.json",
        0,
        0,
        "settings of an evaluation, whose simulations are in files of their own",
    ),
    ("agentbench-runs-jsonl/THUDM__AgentBench/runs.jsonl", 46, 86, "172 messages: 86 answers"),
    (
        "browser-use-json/browser-use__browser-use/AgentHistoryList.json",
        1,
        12,
        "4 steps, each with an answer and an action",
    ),
    ("whoandwhen-json/mingyin1__Agents_Failure_Attribution/1.json", 1, 28, "29 messages: 1 is the question"),
    ("whoandwhen-json/mingyin1__Agents_Failure_Attribution/10.json", 1, 43, "44 messages: 1 is the question"),
    ("whoandwhen-json/mingyin1__Agents_Failure_Attribution/2.json", 1, 85, "86 messages: 1 is the question"),
    ("whoandwhen-json/mingyin1__Agents_Failure_Attribution/3.json", 1, 92, "93 messages: 1 is the question"),
    (
        "langgraph-checkpoints/generated/state_history.json",
        3,
        36,
        "3 threads of 15 checkpoints: in each 3 turns and the 9 nodes that ran in them",
    ),
];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[
    handmade("swe-agent/retry-agent.traj", "swe-agent", (1, 11), 4, 3, Some(2100)),
    handmade("mini-swe-agent/tool-calls.traj.json", "mini-swe-agent", (1, 4), 1, 0, Some(1950)),
    handmade("openhands/delegate.json", "openhands", (1, 9), 2, 0, Some(1860)),
    handmade("openhands-output/pairs.jsonl", "openhands-output", (2, 4), 1, 0, None),
    handmade("openhands-sdk/parallel-calls.jsonl", "openhands-sdk", (1, 6), 1, 0, Some(2570)),
    handmade("atif/subagents-1.7.json", "atif", (1, 7), 0, 0, Some(165)),
    handmade("autogen/structured-log.jsonl", "autogen", (1, 3), 1, 0, Some(38)),
    handmade("tau2-bench/results.json", "tau2-bench", (2, 8), 1, 0, Some(1140)),
    handmade("browser-use/errors.json", "browser-use", (1, 10), 3, 0, Some(9306)),
    handmade("langgraph/rows.jsonl", "langgraph", (1, 6), 2, 0, Some(135)),
    handmade("langgraph/state-history.json", "langgraph", (1, 5), 2, 0, None),
];

const fn handmade(
    file: &'static str,
    format: &'static str,
    (traces, spans): (u32, u64),
    errors: u64,
    retries: u64,
    tokens: Option<u64>,
) -> Handmade {
    Handmade { file, format, traces, spans, errors, retries, tokens, problems: 0 }
}

/// What a real file gives, and the file as plain JSON to count in. Lines are a list.
fn real(path: &str) -> Option<(Collected, Value)> {
    let bytes = real_file(path)?;
    let text = std::str::from_utf8(&bytes).unwrap();
    let plain = serde_json::from_str(text)
        .unwrap_or_else(|_| text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect());
    let read = read(&bytes).unwrap();
    assert!(read.problems.is_empty(), "{path}: {:?}", read.problems);
    Some((read, plain))
}

/// What a file made by hand gives.
fn fixture(path: &str) -> Collected {
    let file =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats").join(path);
    read(&std::fs::read(&file).unwrap()).unwrap()
}

/// The elements of a list.
fn items(list: &Value) -> &[Value] {
    list.as_array().unwrap()
}

/// How many elements of a list have this at `key`.
fn count(list: &Value, key: &str, wanted: &str) -> usize {
    items(list).iter().filter(|item| item[key] == wanted).count()
}

/// How many spans are of a kind.
fn of_kind(read: &Collected, kind: engine::model::SpanKind) -> usize {
    read.spans.iter().filter(|span| span.kind == kind).count()
}

/// The span with this id.
fn with_id<'a>(read: &'a Collected, id: &str) -> &'a engine::model::SpanRecord {
    read.spans.iter().find(|span| span.id == id).unwrap_or_else(|| panic!("no span has the id {id:?}"))
}
