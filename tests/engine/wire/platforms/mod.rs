//! Formats of the family "platforms".

mod damaged;
mod langfuse;
mod langsmith;
mod litellm;
mod mlflow;
mod openai_agents;
mod openai_responses;
mod phoenix;
mod trulens;

use std::path::Path;

use engine::model::SpanRecord;
use engine::semantics::{self, Content};

use super::collected::{self, Collected};
use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// The bytes of a file made by hand.
fn bytes_of(file: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats").join(file);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{} can be read: {error}", path.display()))
}

/// What is read of a file made by hand.
fn handmade(file: &str) -> Collected {
    collected::read(&bytes_of(file)).expect("a format wants this")
}

/// What is read of a real file, where the folder of them is there.
fn real(file: &str) -> Option<Collected> {
    let bytes = collected::real_file(file)?;
    Some(collected::read(&bytes).unwrap_or_else(|| panic!("no format wants {file}")))
}

/// What a person sees of a span.
fn shown(span: &SpanRecord) -> Content {
    semantics::content(&collected::payload(span))
}

/// The span with this id.
fn by_id<'a>(read: &'a Collected, id: &str) -> &'a SpanRecord {
    read.spans.iter().find(|span| span.id == id).unwrap_or_else(|| panic!("no span has the id {id:?}"))
}

/// Names of the spans with the names of their parents.
fn tree(read: &Collected) -> Vec<(&str, &str)> {
    let name_of = |id: &Option<String>| {
        let parent = read.spans.iter().find(|span| Some(&span.id) == id.as_ref());
        parent.map_or(if id.is_some() { "?" } else { "" }, |span| span.name.as_str())
    };
    read.spans.iter().map(|span| (span.name.as_str(), name_of(&span.parent))).collect()
}

/// The folders of real files of these formats.
const FOLDERS: &[&str] = &[
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
        file: "langfuse/observations.csv",
        format: "langfuse-csv",
        traces: 1,
        spans: 2,
        errors: 1,
        retries: 0,
        tokens: Some(4),
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
    Handmade {
        file: "tracellm/export.csv",
        format: "tracellm-csv",
        traces: 3,
        spans: 0,
        errors: 0,
        retries: 3,
        tokens: Some(300),
        problems: 0,
    },
    Handmade {
        file: "tracellm/nested-steps.json",
        format: "tracellm",
        traces: 1,
        spans: 4,
        errors: 1,
        retries: 1,
        tokens: Some(42),
        problems: 0,
    },
    Handmade {
        file: "records/agent-log.csv",
        format: "records-csv",
        traces: 2,
        spans: 4,
        errors: 1,
        retries: 1,
        tokens: None,
        problems: 0,
    },
    Handmade {
        file: "records/nested-actions.json",
        format: "records",
        traces: 1,
        spans: 4,
        errors: 1,
        retries: 1,
        tokens: None,
        problems: 0,
    },
];
