//! Formats of the family "coding agents".

mod ag_ui;
mod codex;
mod gemini_cli;
mod managed_agents;
mod pi;

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// The folders of real files whose formats are read.
pub const FOLDERS: &[&str] =
    &["ag-ui-", "codex-rollout-", "codex-exec-", "gemini-cli-", "pi-jsonl", "anthropic-managed-agents-"];

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[
    (
        "ag-ui-json/ag-ui-protocol__ag-ui/events.json",
        16,
        13,
        "12 scenarios of 16 runs, each a trace: 10 answers of a model, 1 tool call, 2 steps; some runs have only state",
    ),
    (
        "anthropic-managed-agents-jsonl/langchain-ai__langsmith-sdk/anthropic_managed_builtin_tools.jsonl",
        1,
        4,
        "14 lines: 1 request of the user, 2 model requests (a start and an end each), 1 tool call (a use and a result)",
    ),
    (
        "anthropic-managed-agents-jsonl/langchain-ai__langsmith-sdk/anthropic_managed_mcp_tools.jsonl",
        1,
        4,
        "22 lines: 1 request of the user, 2 model requests (a start and an end each), 1 tool call (a use and a result)",
    ),
    (
        "codex-exec-jsonl/jnarowski__agentcmd/stream-output-2.jsonl",
        1,
        4,
        "7 lines: 1 turn, 1 command between 2 model calls, which have no lines of their own",
    ),
    (
        "codex-exec-jsonl/jnarowski__agentcmd/stream-output-5.jsonl",
        1,
        4,
        "8 lines: 1 turn, 1 command between 2 model calls, which have no lines of their own",
    ),
    (
        "codex-rollout-jsonl/jnarowski__agentcmd/rollout-2025-09-25T08-02-05-0199812e-64f0-7f73-91fc-095dda01c36e.jsonl",
        1,
        117,
        "355 lines: 2 turns, 58 model calls, 57 tool calls",
    ),
    (
        "codex-rollout-jsonl/jnarowski__agentcmd/rollout-2025-09-25T15-12-14-019982b8-3422-79e0-8b3b-05abaf4f3c3e.jsonl",
        1,
        70,
        "209 lines: 1 turn, 35 model calls, 34 tool calls",
    ),
    (
        "codex-rollout-jsonl/madshn__localpush/rollout-2026-02-23T12-41-04-019c8a4d-8f45-7010-8b5d-7fad920aa6f9.jsonl",
        1,
        147,
        "417 lines: 1 turn, 28 model calls, 118 tool calls",
    ),
    (
        "codex-rollout-jsonl/madshn__localpush/rollout-2026-02-23T13-19-38-019c8a70-dda7-7f33-98ea-f30553347322.jsonl",
        1,
        3,
        "19 lines: 1 turn, 1 model call, 1 tool call without a result",
    ),
    (
        "gemini-cli-json/jnarowski__agentcmd/session-2025-10-29T10-36-453aa339.json",
        1,
        8,
        "5 messages: 1 turn, 4 model calls, 3 tool calls inside them",
    ),
    (
        "gemini-cli-json/jnarowski__agentcmd/tool-result-cancelled.json",
        1,
        2,
        "1 message: a model call and the tool call inside it",
    ),
    (
        "gemini-cli-json/jnarowski__agentcmd/tool-result-error.json",
        1,
        2,
        "1 message: a model call and the tool call inside it",
    ),
    (
        "pi-jsonl/badlogic__pi-mono/large-session.jsonl",
        1,
        914,
        "1,019 lines: 88 turns, 453 model calls, 373 tool calls; the rest are the head and changes of model or level",
    ),
];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[
    // 2 turns, 4 model calls, 2 commands, one of which fails.
    handmade("codex-rollout/without-envelopes.jsonl", "codex-rollout", (1, 8), 1, 0, None),
    // 2 turns, 5 model calls (one of them a try that failed), 2 tool calls, 1 compaction.
    handmade("codex-rollout/durations.jsonl", "codex-rollout", (1, 10), 3, 1, Some(3_010)),
    // 2 turns, 6 model calls (one of them failed), 4 tool calls.
    handmade("codex-exec/tools-and-failure.jsonl", "codex-exec", (1, 12), 3, 0, Some(5_200)),
    // What is left: 2 turns, 4 model calls (one of them an error), 2 tool calls.
    handmade("gemini-cli/rewound.jsonl", "gemini-cli", (1, 8), 2, 0, Some(1_640)),
    // 2 turns, 4 model calls, 1 tool call, 1 command of the user's, 1 compaction.
    handmade("pi/compaction-and-errors.jsonl", "pi", (1, 9), 4, 0, Some(960)),
    // 1 turn, 2 model requests, 1 tool call.
    handmade(
        "anthropic-managed-agents/session-error.json",
        "anthropic-managed-agents",
        (1, 4),
        2,
        0,
        Some(160),
    ),
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
