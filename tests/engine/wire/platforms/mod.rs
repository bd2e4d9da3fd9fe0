//! Formats of the family "platforms".

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// The folders of real files whose formats are read.
pub const FOLDERS: &[&str] = &[
    "langfuse-trace-json",
    "langsmith-batch-json",
    "openai-agents-json",
    "mlflow-trace-json",
    "litellm-log-json",
    "openai-responses-stream",
    "trulens",
];

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[
    (
        "langsmith-batch-json/langchain-ai__langsmith-sdk/langsmith_js_wrap_openai_default.json",
        1,
        1,
        "the count is of records: one run, told at its start and again at its end",
    ),
    (
        "langsmith-batch-json/langchain-ai__langsmith-sdk/langsmith_py_wrap_openai_.json",
        1,
        1,
        "the count is of records: one run, told at its start and again at its end",
    ),
    (
        "langsmith-batch-json/langchain-ai__langsmith-sdk/langsmith_py_wrap_openai_stream.json",
        1,
        1,
        "the count is of records: one run, told at its start and again at its end",
    ),
    (
        "litellm-log-json/OpenHands__software-agent-sdk/litellm_proxy__anthropic__claude-sonnet-4-20250514-1757015025.972.json",
        1,
        1,
        "the count is of the messages in the request and its answer: one call of a model",
    ),
    (
        "litellm-log-json/OpenHands__software-agent-sdk/litellm_proxy__anthropic__claude-sonnet-4-20250514-1757015046.707.json",
        1,
        1,
        "the count is of the messages in the request: one call of a model",
    ),
    (
        "openai-responses-stream/langwatch__langwatch/codex_responses_stream_bare.json",
        1,
        1,
        "the count is of the stream's 20 events: one answer of a model",
    ),
    (
        "trulens/truera__trulens/trace_debugging_fixture.jsonl",
        34,
        114,
        "the count is of the 34 lines: each is a run, and together they have 114 steps",
    ),
];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[
    Handmade {
        file: "langfuse/trace-download.json",
        format: "langfuse",
        traces: 1,
        spans: 7,
        errors: 1,
        retries: 1,
        tokens: Some(140),
        problems: 0,
    },
    Handmade {
        file: "langfuse/ingestion-batch.json",
        format: "langfuse",
        traces: 1,
        spans: 4,
        errors: 0,
        retries: 0,
        tokens: Some(105),
        problems: 0,
    },
    Handmade {
        file: "langfuse/blob-observations.jsonl",
        format: "langfuse",
        traces: 2,
        spans: 3,
        errors: 1,
        retries: 0,
        tokens: Some(20),
        problems: 0,
    },
    Handmade {
        file: "langfuse/api-traces.json",
        format: "langfuse",
        traces: 2,
        spans: 0,
        errors: 0,
        retries: 0,
        tokens: None,
        problems: 0,
    },
    Handmade {
        file: "langsmith/runs.jsonl",
        format: "langsmith",
        traces: 2,
        spans: 5,
        errors: 1,
        retries: 1,
        tokens: Some(74),
        problems: 0,
    },
    Handmade {
        file: "langsmith/nested-run.json",
        format: "langsmith",
        traces: 1,
        spans: 4,
        errors: 0,
        retries: 0,
        tokens: Some(10),
        problems: 0,
    },
    Handmade {
        file: "langsmith/batches.jsonl",
        format: "langsmith",
        traces: 1,
        spans: 3,
        errors: 0,
        retries: 0,
        tokens: Some(6),
        problems: 0,
    },
    Handmade {
        file: "openai-agents/concatenated.json",
        format: "openai-agents",
        traces: 1,
        spans: 9,
        errors: 1,
        retries: 0,
        tokens: Some(135),
        problems: 0,
    },
    Handmade {
        file: "mlflow/trace-v2.json",
        format: "mlflow",
        traces: 1,
        spans: 2,
        errors: 1,
        retries: 0,
        tokens: None,
        problems: 0,
    },
    Handmade {
        file: "mlflow/search-rows.jsonl",
        format: "mlflow",
        traces: 2,
        spans: 2,
        errors: 0,
        retries: 0,
        tokens: Some(15),
        problems: 0,
    },
    Handmade {
        file: "phoenix/spans.jsonl",
        format: "otel-sdk-json",
        traces: 1,
        spans: 4,
        errors: 1,
        retries: 1,
        tokens: Some(11),
        problems: 0,
    },
    Handmade {
        file: "phoenix/frame.json",
        format: "otel-sdk-json",
        traces: 1,
        spans: 2,
        errors: 0,
        retries: 0,
        tokens: Some(11),
        problems: 0,
    },
    Handmade {
        file: "phoenix/trace.otlp.json",
        format: "otlp-json",
        traces: 1,
        spans: 2,
        errors: 1,
        retries: 0,
        tokens: Some(7),
        problems: 0,
    },
    Handmade {
        file: "litellm/standard-logging.jsonl",
        format: "litellm",
        traces: 2,
        spans: 3,
        errors: 1,
        retries: 1,
        tokens: Some(13),
        problems: 0,
    },
    Handmade {
        file: "litellm/spend-logs.json",
        format: "litellm",
        traces: 1,
        spans: 2,
        errors: 1,
        retries: 0,
        tokens: Some(30),
        problems: 0,
    },
    Handmade {
        file: "openai-responses/stream.sse",
        format: "openai-responses",
        traces: 2,
        spans: 4,
        errors: 2,
        retries: 0,
        tokens: Some(70),
        problems: 0,
    },
    Handmade {
        file: "trulens/events.jsonl",
        format: "trulens",
        traces: 1,
        spans: 4,
        errors: 1,
        retries: 0,
        tokens: Some(30),
        problems: 0,
    },
];

#[test]
fn scratch() {
    use crate::wire::collected::{payload, read, real_file};
    for folder in FOLDERS {
        let root = crate::shared::folder().unwrap().join(folder);
        for sub in std::fs::read_dir(&root).unwrap().flatten() {
            for file in std::fs::read_dir(sub.path()).unwrap().flatten() {
                let path = format!("{folder}/{}/{}", sub.file_name().to_string_lossy(), file.file_name().to_string_lossy());
                let Some(bytes) = real_file(&path) else { continue };
                let got = read(&bytes).unwrap();
                println!("\n==== {path} {} problems {:?} skipped {:?}", got.format, got.problems, got.skipped);
                for t in got.traces.iter().take(2) {
                    println!("TRACE {} {:?} pv={:?} st={:?} conv={:?} env={:?} proj={:?} cost={:?} payload={}", t.trace, t.name, t.preview.as_deref().map(|s| s.chars().take(60).collect::<String>()), t.status, t.conversation, t.environment, t.project, t.cost_usd, String::from_utf8_lossy(t.payload.as_deref().unwrap_or_default()).chars().take(200).collect::<String>());
                }
                for s in got.spans.iter().take(12) {
                    let c = engine::semantics::content(&payload(s));
                    let p = payload(s);
                    println!("SPAN {} <- {:?} {:?} {:?} {:?} m={:?} tok={:?} cost={:?} dur={:?} pv={:?} err={:?} proj={:?} flags={:?}", s.id, s.parent, s.name, s.kind, s.status, s.model, (s.tokens.input, s.tokens.output, s.tokens.cache_read, s.tokens.total), s.cost_usd, s.start_ns.zip(s.end_ns).map(|(a, b)| b - a), s.preview.as_deref().map(|s| s.chars().take(60).collect::<String>()), s.error, s.project, s.flags);
                    let cut = |v: String| v.chars().take(230).collect::<String>();
                    println!("     attrs {:?} other {:?}", p.attributes.keys().collect::<Vec<_>>(), p.other.keys().collect::<Vec<_>>());
                    println!("     in {} | out {}", cut(c.input.map(|v| v.to_string()).unwrap_or_default()), cut(c.output.map(|v| v.to_string()).unwrap_or_default()));
                    println!("     inm {} | outm {}", cut(format!("{:?}", c.input_messages)), cut(format!("{:?}", c.output_messages)));
                    println!("     tools {:?} params {} errors {}", c.tools.iter().map(|t| t.name.clone()).collect::<Vec<_>>(), cut(format!("{:?}", c.parameters.iter().map(|p| &p.name).collect::<Vec<_>>())), cut(format!("{:?}", c.errors)));
                }
            }
        }
    }
}
