//! Formats of the family "coding agents".

mod ag_ui;
mod claude_code;
mod claude_trace;
mod codex;
mod damaged;
mod gemini_cli;
mod managed_agents;
mod pi;

use engine::dto::{SpanTree, TraceRef};
use engine::testing::Harness;

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[
    (
        "ag-ui-json/ag-ui-protocol__ag-ui/events.json",
        16,
        13,
        "12 scenarios of 16 runs, each a trace: 10 answers of a model, 1 tool call, 2 steps; some runs have only state",
    ),
    (
        "claude-code-jsonl/d-kimuson__claude-code-viewer/1af7fc5e-8455-4414-9ccd-011d40f70b2a.jsonl",
        1,
        20,
        "29 lines: 7 model calls (distinct message ids), 12 tool calls, 1 turn",
    ),
    (
        "claude-code-jsonl/d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl",
        1,
        46,
        "53 lines: 20 model calls, 21 tool calls, 3 turns, 2 sub-agents",
    ),
    (
        "claude-code-jsonl/d-kimuson__claude-code-viewer/agent-test-hash-123.jsonl",
        1,
        3,
        "2 lines: a sub-agent with a turn and a model call",
    ),
    (
        "claude-code-jsonl/daaain__claude-code-log/edge_cases.jsonl",
        2,
        11,
        "16 records: 4 model calls, 3 tool calls, 4 turns",
    ),
    (
        "claude-code-jsonl/daaain__claude-code-log/representative_messages.jsonl",
        1,
        11,
        "12 lines: 5 model calls, 2 tool calls, 4 turns",
    ),
    (
        "claude-code-jsonl/jnarowski__agentcmd/full-session-askuserquestion.jsonl",
        1,
        8,
        "14 lines: 3 model calls, 3 tool calls and 1 turn; the Task names its sub-agent, which is a step",
    ),
    (
        "claude-code-jsonl/jnarowski__agentcmd/full-session.jsonl",
        1,
        35,
        "49 lines: 10 model calls, 23 tool calls, 2 turns",
    ),
    (
        "claude-code-jsonl/jnarowski__agentcmd/tool-result-image.jsonl",
        1,
        3,
        "3 lines: 2 model calls, 1 tool call",
    ),
    (
        "claude-code-jsonl/simonw__claude-code-transcripts/sample_session.json",
        1,
        32,
        "33 lines: 15 model calls, 12 tool calls, 5 turns",
    ),
    (
        "claude-code-jsonl/simonw__claude-code-transcripts/sample_session.jsonl",
        1,
        7,
        "8 lines: 3 model calls, 2 tool calls, 2 turns",
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
    Handmade {
        file: "claude-code/retries.jsonl",
        format: "claude-code",
        traces: 1,
        spans: 9,
        errors: 4,
        retries: 2,
        tokens: Some(4_149),
        problems: 0,
    },
    Handmade {
        file: "claude-code/session.jsonl",
        format: "claude-code",
        traces: 1,
        spans: 5,
        errors: 0,
        retries: 0,
        tokens: Some(88),
        problems: 0,
    },
    Handmade {
        file: "claude-code/agent-a9f31c7.jsonl",
        format: "claude-code",
        traces: 1,
        spans: 4,
        errors: 0,
        retries: 0,
        tokens: Some(67),
        problems: 0,
    },
    Handmade {
        file: "claude-code/branches.json",
        format: "claude-code",
        traces: 1,
        spans: 6,
        errors: 0,
        retries: 0,
        tokens: Some(62),
        problems: 0,
    },
    Handmade {
        file: "claude-stream-json/print.jsonl",
        format: "claude-stream-json",
        traces: 1,
        spans: 7,
        errors: 0,
        retries: 0,
        tokens: Some(372),
        problems: 0,
    },
    Handmade {
        file: "claude-stream-json/failed.jsonl",
        format: "claude-stream-json",
        traces: 1,
        spans: 2,
        errors: 0,
        retries: 0,
        tokens: Some(9),
        problems: 0,
    },
    Handmade {
        file: "claude-trace/requests.jsonl",
        format: "claude-trace",
        traces: 1,
        spans: 4,
        errors: 2,
        retries: 1,
        tokens: Some(528),
        problems: 0,
    },
    // 2 turns, 4 model calls, 2 commands, one of which fails.
    entry("codex-rollout/without-envelopes.jsonl", "codex-rollout", (1, 8), 1, 0, None),
    // 2 turns, 5 model calls (one of them a try that failed), 2 tool calls, 1 compaction.
    entry("codex-rollout/durations.jsonl", "codex-rollout", (1, 10), 3, 1, Some(3_010)),
    // 2 turns, 6 model calls (one of them failed), 4 tool calls.
    entry("codex-exec/tools-and-failure.jsonl", "codex-exec", (1, 12), 3, 0, Some(5_200)),
    // What is left: 2 turns, 4 model calls (one of them an error), 2 tool calls.
    entry("gemini-cli/rewound.jsonl", "gemini-cli", (1, 8), 2, 1, Some(1_640)),
    // 2 turns, 4 model calls, 1 tool call, 1 command of the user's, 1 compaction.
    entry("pi/compaction-and-errors.jsonl", "pi", (1, 9), 4, 0, Some(960)),
    // 1 turn, 2 model requests, 1 tool call.
    entry("anthropic-managed-agents/session-error.json", "anthropic-managed-agents", (1, 4), 2, 0, Some(160)),
];

const fn entry(
    file: &'static str,
    format: &'static str,
    (traces, spans): (u32, u64),
    errors: u64,
    retries: u64,
    tokens: Option<u64>,
) -> Handmade {
    Handmade { file, format, traces, spans, errors, retries, tokens, problems: 0 }
}

/// A file made by hand, read.
fn handmade(path: &str) -> crate::wire::collected::Collected {
    crate::wire::collected::read(&handmade_bytes(path)).expect("a format wants this")
}

/// The bytes of a file made by hand.
fn handmade_bytes(path: &str) -> Vec<u8> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    std::fs::read(folder.join(path)).expect("the file can be read")
}

/// The tree as text, a step a line: depth, name, status, start and duration.
fn outline(harness: &Harness) -> Vec<String> {
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 1 });
    let row = |at: usize| {
        let name = &tree.strings[tree.name[at] as usize];
        let (start_ms, ms) = (tree.start_ns[at] / 1e6, tree.duration_ns[at] / 1e6);
        format!("{} {name} {} {start_ms} {ms}", tree.depth[at], tree.status[at])
    };
    (0..tree.name.len()).map(row).collect()
}
