//! From bytes to records: which format a file is in, how it falls into frames, and one module per format that turns
//! frames into [`SpanRecord`]s and [`TraceRecord`]s.
//!
//! Pure: no file, socket, clock or SQL. A format is one file with one type that implements [`Format`], and one line in
//! [`FORMATS`]; families of formats have folders (`platforms`, `tracing`, `sessions`, `research`). What formats share:
//! `json`, `python` and `time` read values, `rows` CSV, `draft` puts a span together, `transcript` turns a conversation into
//! spans.

pub mod describe;
mod draft;
mod error_line;
pub mod explorer;
pub mod feed;
mod foreign;
pub mod frame;
mod identity;
mod json;
mod otel_span;
mod otlp;
mod platforms;
mod protobuf;
mod python;
mod quote;
pub mod records;
mod research;
mod rows;
mod sample;
mod sessions;
mod time;
pub mod tracellm;
mod tracing;
mod transcript;

pub use self::otlp::to_base64;
pub use foreign::{Foreign, first_known};
pub use frame::{Chunk, Frame, Framer, Framing, Shape};
pub use sample::{Sample, Shortened};

use crate::model::{Problem, SpanRecord, TraceRecord};

/// Every format that is read, in the order in which ties of confidence are decided.
pub const FORMATS: &[&dyn Format] = &[
    &otlp::OtlpJson,
    &otlp::OtlpProtobuf,
    &otel_span::SDK,
    &otel_span::FLATTENED,
    &otel_span::WITHOUT_IDS,
    &tracellm::TraceLlm,
    &tracellm::TraceLlmCsv,
    &feed::Feed,
    &explorer::Explorer,
    // platforms
    &platforms::langfuse::Langfuse,
    &platforms::langfuse::LangfuseCsv,
    &platforms::langsmith::LangSmith,
    &platforms::openai_agents::OpenAiAgents,
    &platforms::mlflow::Mlflow,
    &platforms::litellm::LiteLlm,
    &platforms::openai_responses::OpenAiResponses,
    &platforms::trulens::TruLens,
    &platforms::trulens::TruLensCsv,
    // general tracing
    &tracing::jaeger::Jaeger,
    &tracing::zipkin::Zipkin,
    &tracing::chrome::ChromeTrace,
    &tracing::perfetto::Perfetto,
    // sessions of coding agents
    &sessions::claude_code::ClaudeCode,
    &sessions::claude_code::ClaudeStream,
    &sessions::claude_trace::ClaudeTrace,
    &sessions::codex_rollout::CodexRollout,
    &sessions::codex_exec::CodexExec,
    &sessions::gemini_cli::GeminiCli,
    &sessions::managed_agents::ManagedAgents,
    &sessions::pi::Pi,
    &sessions::ag_ui::AgUi,
    // evaluation and research
    &research::inspect::Inspect,
    &research::swe_agent::SweAgent,
    &research::mini_swe_agent::MiniSweAgent,
    &research::openhands::OpenHands,
    &research::openhands::OpenHandsOutput,
    &research::openhands::OpenHandsSdk,
    &research::atif::Atif,
    &research::autogen::AutoGen,
    &research::tau_bench::TauBench,
    &research::tau2_bench::Tau2Bench,
    &research::agent_bench::AgentBench,
    &research::browser_use::BrowserUse,
    &research::who_and_when::WhoAndWhen,
    &research::langgraph::LangGraph,
    // what no other format claims
    &records::Records,
    &records::RecordsCsv,
];

/// How sure a format is that a sample is its own, from 0 (no) to 100 (nothing else looks like this).
pub type Confidence = u8;

/// One trace format: how to tell it, how it falls into frames, and how to read a frame.
pub trait Format: Sync + Send {
    /// Its name in the store, in `--json` output and in file names: lower case with dashes. Never changes once released.
    /// Part of a trace's identity: formats that carry the same ids for the same traces share one
    /// [`identity`](Format::identity).
    fn id(&self) -> &'static str;

    /// Its name on screen.
    fn label(&self) -> &'static str;

    /// The name under which its trace ids are unique; two encodings of one format (OTLP as JSON and as protobuf) share it.
    fn identity(&self) -> &'static str {
        self.id()
    }

    /// How sure it is that the sample is its own. Decides by content, never by the file's name.
    fn detect(&self, sample: &Sample<'_>) -> Confidence;

    /// How a source falls into frames.
    fn framing(&self) -> Framing;

    /// Whether frames can be read in any order by several readers at once. Formats whose frames depend on earlier ones
    /// say no and get one reader that sees every frame in order.
    fn frames_are_independent(&self) -> bool {
        false
    }

    /// A reader for one source.
    fn reader(&self) -> Box<dyn Reader>;
}

/// Reads the frames of one source. A copy of one stands where it stands: a source that grows is told as it is by letting a
/// copy finish.
pub trait Reader: CopyReader + Send {
    /// Reads one frame, handing what it finds to `out`. What can't be read becomes a problem at the frame's position; the
    /// rest of the frame is still read.
    fn read(&mut self, frame: &Frame<'_>, out: &mut dyn Sink);

    /// Called once after the last frame, for formats that hold something back until they have seen all.
    fn finish(&mut self, _out: &mut dyn Sink) {}
}

/// Copies a reader; every reader that is [`Clone`] can.
pub trait CopyReader {
    /// A reader that has read what this one has.
    fn copy(&self) -> Box<dyn Reader>;
}

impl<T: Reader + Clone + 'static> CopyReader for T {
    fn copy(&self) -> Box<dyn Reader> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Reader> {
    fn clone(&self) -> Self {
        (**self).copy()
    }
}

/// Takes what a reader finds.
pub trait Sink {
    /// A span.
    fn span(&mut self, span: SpanRecord);
    /// What the source says of a trace as a whole. May come before or after its spans, and more than once.
    fn trace(&mut self, trace: TraceRecord);
    /// Something that could not be read as it stands.
    fn problem(&mut self, problem: Problem);
    /// A span or a log record that had to be left out, for this reason. Who counts what was left out tells it from other problems.
    fn lost(&mut self, problem: Problem) {
        self.problem(problem);
    }
    /// Something that was recognised and rightly left out (metrics, log records), to be counted under a plural noun:
    /// `out.skipped("metric payloads", 1)`.
    fn skipped(&mut self, what: &'static str, count: u64);
    /// Whether the source stands in the middle of what it tells: what is under way is then told as such.
    fn is_growing(&self) -> bool {
        false
    }
}

/// The format with the given id.
pub fn format_by_id(id: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.id() == id)
}

/// The format that is surest of the sample, with its confidence; `None` if none is at all.
pub fn detect(sample: &Sample<'_>) -> Option<(&'static dyn Format, Confidence)> {
    let mut best: Option<(&'static dyn Format, Confidence)> = None;
    for format in FORMATS {
        let confidence = format.detect(sample);
        if confidence > best.map_or(0, |(_, sure)| sure) {
            best = Some((*format, confidence));
        }
    }
    best
}
