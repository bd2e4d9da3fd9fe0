//! What the commands take and give. TypeScript is generated from these types (`make bindings`).
//!
//! Times: absolute ones are milliseconds since the Unix epoch as a float (`*_unix_ms`, exact to a microsecond), ones
//! inside a trace are nanoseconds since the trace's start as a float (`*_ns`, exact for 104 days).

mod attempt_correction;
mod columns;
mod compare;
mod conversation;
mod find;
mod insights;
mod keep;
mod link;
mod masking;
mod retries;
mod run_time;
mod shape;
mod stores;
mod texts;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::error::Code;
pub use crate::live::{Notice, RunAlert};
use crate::model::{
    Alert, AttemptOutcome, AttemptRelation, FailureCause, Provenance, RecordGuess, RecordMapping,
    SourceConfig, SourceKind, SourceState, SpanKind, SpanStatus, TraceStatus,
};
pub use crate::model::{CopyProgress, CopyStage};
use crate::semantics::Content;
pub use attempt_correction::*;
pub use columns::{Column, decode, encode};
pub use compare::*;
pub use conversation::*;
pub use find::*;
pub use insights::*;
pub use keep::*;
pub use link::*;
pub use masking::*;
pub use retries::*;
pub use run_time::*;
pub use shape::*;
pub use stores::*;
pub use texts::*;

/// Why a command failed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// What the caller may act on.
    pub code: Code,
    /// A sentence for the person.
    pub message: String,
}

/// A command without a request.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

// ── about and settings ──────────────────────────────────────────────────────────────────────────────────────────────

/// What is running, and on what.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AppInfo {
    /// The app's version.
    pub version: String,
    /// The database file.
    pub store_path: String,
    /// It is the one that opens where none is named.
    pub is_default_store: bool,
    /// Its size, write-ahead log included.
    #[ts(type = "number")]
    pub store_bytes: u64,
    /// What happened at opening that the person should know (a damaged file set aside, …).
    pub notes: Vec<String>,
    /// What the person asked for before it was opened, and that has gone well (a restore).
    pub news: Vec<String>,
    /// Where the app writes its log, if it has ever written one.
    pub log_folder: Option<String>,
}

/// One format that is read.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FormatInfo {
    /// Its id.
    pub id: String,
    /// Its name on screen.
    pub label: String,
}

/// What the person may set. Stored in the database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// A trace this long is slow.
    pub slow_ms: f64,
    /// A trace this long is worth a warning.
    pub slow_warning_ms: f64,
    /// Colours.
    pub theme: Theme,
    /// Tell of a followed run that failed.
    pub alert_failed: bool,
    /// Tell of a followed run that takes this long; `null` for never.
    pub alert_slow_ms: Option<f64>,
    /// A followed run of which nothing was heard for this long, from a sender that comes and goes, is lost.
    pub lost_after_ms: f64,
    /// How much is kept; what is over that goes, the oldest first.
    pub retention: Retention,
    /// What is masked beside secrets.
    pub masking: MaskingRules,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            slow_ms: 1500.0,
            slow_warning_ms: 900.0,
            theme: Theme::System,
            alert_failed: true,
            alert_slow_ms: Some(60_000.0),
            lost_after_ms: 300_000.0,
            retention: Retention::default(),
            masking: MaskingRules::default(),
        }
    }
}

/// The table of prices that costs are worked out from where a source reports none.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PriceInfo {
    /// The date of the table, as it says itself.
    pub dated: String,
    /// Models with a price.
    pub models: u32,
    /// Of those, how many the person's own file gives.
    pub own_models: u32,
    /// Where the person's own file lies, whether or not it is there.
    pub own_path: String,
    /// Whether it is there.
    pub has_own: bool,
}

/// Which colours to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

// ── imports ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/// Files and folders to import.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ImportStart {
    /// Absolute paths. Folders are walked.
    pub paths: Vec<String>,
}

/// Text to import, as from the clipboard.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ImportText {
    /// What it is called on screen.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Names an import.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct ImportRef {
    /// Its id.
    pub import_id: u32,
}

/// Where an import stands. Imports of this run of the app, newest first, are kept until dismissed.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ImportStatus {
    /// Its id.
    pub import_id: u32,
    /// Where it stands.
    pub state: ImportState,
    /// What is imported, in one line (a file's name, "3 files").
    pub title: String,
    /// Bytes read so far, as on disk.
    #[ts(type = "number")]
    pub bytes_done: u64,
    /// Bytes to read, as on disk.
    #[ts(type = "number")]
    pub bytes_total: u64,
    /// Files finished.
    pub files_done: u32,
    /// Files to read.
    pub files_total: u32,
    /// What came of it so far, all files together.
    pub counts: ImportCounts,
    /// Problems met so far, all files together.
    pub problems: u32,
    /// Each file, in order of reading. At most 1,000; `files_total` says how many there are.
    pub files: Vec<FileStatus>,
    /// How long it has taken.
    pub elapsed_ms: f64,
    /// The trace in it, once it has ended, if it is only one.
    #[ts(type = "number | null")]
    pub trace_id: Option<i64>,
}

/// The state of an import or of one of its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ImportState {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// All was read (problems may have been met).
    Done,
    /// Stopped by the person; what was read is kept.
    Cancelled,
    /// Nothing could be read; the message says why.
    Failed,
}

/// What an import brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportCounts {
    /// Different traces in the input.
    pub traces: u32,
    /// Of those, new ones.
    pub traces_added: u32,
    /// Spans in the input, repeats included.
    #[ts(type = "number")]
    pub spans: u64,
    /// Of those, new ones.
    #[ts(type = "number")]
    pub spans_added: u64,
    /// Known spans that the input knew more of.
    #[ts(type = "number")]
    pub spans_updated: u64,
    /// Spans that were already there.
    #[ts(type = "number")]
    pub spans_unchanged: u64,
}

/// One file of an import.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FileStatus {
    /// Its path, or its name where it has no path.
    pub path: String,
    /// Where it stands.
    pub state: ImportState,
    /// The format found (a [`FormatInfo`] id).
    pub format: Option<String>,
    /// What came of it.
    pub counts: ImportCounts,
    /// Error spans in it.
    #[ts(type = "number")]
    pub errors: u64,
    /// Retries in its traces.
    #[ts(type = "number")]
    pub retries: u64,
    /// Tokens of its traces; `null` if none of them says.
    #[ts(type = "number | null")]
    pub tokens: Option<u64>,
    /// Problems met.
    pub problems: u32,
    /// Why it failed, or a remark ("536 metric payloads left out").
    pub message: Option<String>,
    /// How its records were read, if it is of no known format.
    pub mapping: Option<RecordGuess>,
}

/// Sets how records of no known format are read: those that have these fields, from now on.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MappingSet {
    /// The mapping. A role with an empty path is no field; one that is not named is guessed.
    pub mapping: RecordMapping,
    /// A source to read again by it, as its [`FileStatus::path`] names it. What it gave before goes.
    pub path: Option<String>,
}

/// Asks for the problems of an import.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct ProblemListRequest {
    /// Which import.
    pub import_id: u32,
    /// Skip this many.
    pub offset: u32,
    /// Give at most this many (1,000 at most).
    pub limit: u32,
}

/// Some problems of an import.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ProblemList {
    /// How many there are in all.
    pub total: u32,
    /// Those asked for. At most 1,000 a file are kept; the rest are counted.
    pub items: Vec<ProblemItem>,
}

/// One problem.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ProblemItem {
    /// The file.
    pub path: String,
    /// Byte offset in the unpacked file.
    #[ts(type = "number")]
    pub byte: u64,
    /// Line, from 1, where lines mean something.
    #[ts(type = "number | null")]
    pub line: Option<u64>,
    /// What was found, and what would be accepted.
    pub reason: String,
}

// ── live sources ────────────────────────────────────────────────────────────────────────────────────────────────────

/// A live source: how it is set up and how it fares.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SourceStatus {
    /// How it is set up.
    pub config: SourceConfig,
    /// It is always listed; removing it sets it up as at first.
    pub is_built_in: bool,
    /// Where it stands.
    pub state: SourceState,
    /// Where it listens, or what it is connected to; while it is off, where it would be.
    pub address: Option<String>,
    /// What went wrong last, and what to do.
    pub message: Option<String>,
    /// Until it is tried again.
    pub retry_in_ms: Option<f64>,
    /// Senders connected now.
    pub connections: u32,
    /// Spans in a second, over the last few.
    pub spans_per_s: f64,
    /// Bytes in a second, over the last few.
    pub bytes_per_s: f64,
    /// New traces since the program started.
    #[ts(type = "number")]
    pub traces: u64,
    /// Spans since the program started, repeats included.
    #[ts(type = "number")]
    pub spans: u64,
    /// Bytes since the program started.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Spans that were received and could not be taken.
    #[ts(type = "number")]
    pub dropped: u64,
    /// Things that could not be read as they stand.
    pub problems: u32,
    /// What was recognised and left out, in words ("12 metric payloads").
    pub skipped: Option<String>,
    /// When something was received last.
    pub heard_unix_ms: Option<f64>,
}

/// Names a live source.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SourceRef {
    /// Its id.
    pub id: String,
}

/// Asks for the last problems of a live source.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SourceProblemsRequest {
    /// The source's id.
    pub id: String,
    /// Give at most this many (1,000 at most), the last first.
    pub limit: u32,
}

/// Something on this machine that could be followed. Offered, never taken without asking.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SourceSuggestion {
    /// What it is ("Claude Code sessions").
    pub label: String,
    /// Where.
    pub location: String,
    /// The source that it would be.
    pub kind: SourceKind,
    /// It is followed already.
    pub is_followed: bool,
}

/// How to reach this app, for the page to show to copy.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct FeedAddresses {
    /// The feed socket.
    pub socket: String,
    /// What `OTEL_EXPORTER_OTLP_ENDPOINT` has to be, if OTLP over HTTP is on.
    pub otlp_http: Option<String>,
    /// The same for gRPC.
    pub otlp_grpc: Option<String>,
}

/// Runs of a made-up agent to send to the feed socket.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct DemoStart {
    /// How many runs, one after another.
    pub runs: u32,
    /// What decides their course; the same gives the same runs.
    #[ts(type = "number | null")]
    pub seed: Option<u64>,
}

/// Asks how the runs of the last while fared.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct MonitorRequest {
    /// The last so many milliseconds; `null` for all.
    pub window_ms: Option<f64>,
    /// Only traces that match, as in [`TraceListRequest::filter`].
    pub filter: String,
    /// How many of the latest runs to give (100 at most).
    pub latest: u32,
    /// In how many buckets of time to count (120 at most).
    pub buckets: u32,
}

/// How the runs of a while fared.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Monitor {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Runs that started in it.
    pub runs: u32,
    /// Of those, still running.
    pub running: u32,
    /// Ended well, warnings included.
    pub succeeded: u32,
    /// Ended well after something in them failed.
    pub warnings: u32,
    /// Failed.
    pub failed: u32,
    /// Lost: their end was never seen.
    pub lost: u32,
    /// Succeeded of those that ended, 0 to 1; `null` if none has.
    pub success_rate: Option<f64>,
    /// Failed steps.
    #[ts(type = "number")]
    pub errors: u64,
    /// Retries.
    #[ts(type = "number")]
    pub retries: u64,
    /// Mean duration of those that ended.
    pub mean_ns: Option<f64>,
    /// Median duration of those that ended.
    pub p50_ns: Option<f64>,
    /// The duration that 95 of 100 of those that ended stay under.
    pub p95_ns: Option<f64>,
    /// Tokens; `null` if none of them says.
    #[ts(type = "number | null")]
    pub tokens: Option<u64>,
    /// Cost in US dollars; `null` if none of them says.
    pub cost_usd: Option<f64>,
    /// Runs started in a minute, over the window or since the first run in it.
    pub runs_per_minute: Option<f64>,
    /// Counts over time, from the first bucket to now.
    pub buckets: Vec<MonitorBucket>,
    /// The latest runs.
    pub latest: Vec<TraceSummary>,
}

/// The runs that started in a stretch of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct MonitorBucket {
    /// When it begins.
    pub start_unix_ms: f64,
    /// Runs that started in it.
    pub runs: u32,
    /// Of those, failed or lost.
    pub failed: u32,
    /// Median duration of those that ended.
    pub p50_ns: Option<f64>,
}

/// Says that the person has looked.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct AlertsSeen {
    /// At this trace; `null` for all.
    #[ts(type = "number | null")]
    pub trace_id: Option<i64>,
}

// ── trace list ──────────────────────────────────────────────────────────────────────────────────────────────────────

/// Asks for a window of the trace list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TraceListRequest {
    /// Filter text, as `docs/query.md` has it: `status:failed duration:>=1.5s (tool:search or has:retry) "free text"`.
    /// Empty: everything.
    pub filter: String,
    /// Sorted by.
    pub sort: TraceSort,
    /// Largest, latest or last first.
    pub descending: bool,
    /// Skip this many.
    pub offset: u32,
    /// Give at most this many (1,000 at most).
    pub limit: u32,
}

/// What the trace list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TraceSort {
    /// Start time.
    Started,
    /// Duration.
    Duration,
    /// Status.
    Status,
    /// Name.
    Name,
    /// Number of steps.
    Steps,
    /// Number of failed steps.
    Errors,
    /// Number of retries.
    Retries,
    /// Tokens.
    Tokens,
    /// Cost.
    Cost,
    /// Model.
    Model,
    /// Project.
    Project,
    /// Environment.
    Environment,
    /// Traces of one conversation together, in the order of their start; the conversations by their last start.
    Conversation,
    /// How often the text of the filter stands in them.
    Relevance,
}

/// A window of the trace list.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TraceList {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Traces that match the filter.
    pub total: u32,
    /// Traces in the store but those of hidden projects and environments.
    pub total_unfiltered: u32,
    /// How far the search has come, if the filter has text to look for.
    pub search: Option<SearchState>,
    /// The window.
    pub items: Vec<TraceSummary>,
}

/// A trace in one row. `null` means: not known, never zero.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TraceSummary {
    /// Its id in this store.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Its id in the source.
    pub key: String,
    /// The format it came in.
    pub format: String,
    /// File or feed it came from.
    pub source: String,
    /// Name of the run, else of its root step.
    pub name: String,
    /// The start of the prompt.
    pub preview: Option<String>,
    /// How it ended.
    pub status: TraceStatus,
    /// Why it failed, in one line.
    pub failure_reason: Option<String>,
    /// When it started.
    pub start_unix_ms: Option<f64>,
    /// How long it took; while running, up to the last thing seen.
    pub duration_ns: Option<f64>,
    /// Where start and duration come from.
    pub time_provenance: Provenance,
    /// Steps.
    pub steps: u32,
    /// Failed steps.
    pub errors: u32,
    /// Further attempts at something that was tried before.
    pub retries: u32,
    /// Where the number of retries comes from.
    pub retries_provenance: Provenance,
    /// Time lost to failed attempts and the pauses after them.
    pub retry_waste_ns: Option<f64>,
    /// Prompt tokens.
    #[ts(type = "number | null")]
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    #[ts(type = "number | null")]
    pub output_tokens: Option<u64>,
    /// All tokens.
    #[ts(type = "number | null")]
    pub total_tokens: Option<u64>,
    /// Where the token counts come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Where the cost comes from: reported, or derived from a table of prices.
    pub cost_provenance: Provenance,
    /// The model (the one with the most calls, where there are several).
    pub model: Option<String>,
    /// Project.
    pub project: Option<String>,
    /// Environment.
    pub environment: Option<String>,
    /// Conversation.
    pub conversation: Option<String>,
    /// When a live source last told of it; `null` if none ever did.
    pub heard_unix_ms: Option<f64>,
    /// Why the person should look at it, until they have.
    pub alert: Option<Alert>,
    /// The person has marked it with a star.
    pub starred: bool,
    /// The person's tags, in alphabetical order.
    pub tags: Vec<String>,
    /// The person's note.
    pub note: Option<String>,
    /// What of it is out of the ordinary for its task.
    pub outliers: Vec<Outlier>,
    /// How many traces of the store are of its conversation; 0 if it is of none.
    pub conversation_runs: u32,
    /// Which of them it is by start, from 1; 0 if it is of none.
    pub conversation_place: u32,
}

// ── one trace ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// Names a trace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct TraceRef {
    /// Its id in this store.
    #[ts(type = "number")]
    pub trace_id: i64,
}

/// The execution tree of a trace, as columns: entry `i` of each array belongs to row `i`. Rows are in display order, each
/// parent before its children, children by start.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
pub struct SpanTree {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// The trace's start: zero of the `*_ns` columns. `null` if no step has a time.
    pub start_unix_ms: Option<f64>,
    /// From the first start to the last end.
    pub total_ns: f64,
    /// What the `*_ns` columns mean.
    pub clock: TraceClock,
    /// Texts that `name` and `model` point into.
    pub strings: Column<String>,
    /// The step's id in the source; empty for row 0 where that row is the run itself (`run_row`).
    pub span_id: Column<String>,
    /// Name, index into `strings`.
    pub name: Column<u32>,
    /// [`SpanKind`] code.
    pub kind: Column<u8>,
    /// [`SpanStatus`] code.
    pub status: Column<u8>,
    /// Row of the parent, -1 for a root.
    pub parent: Column<i32>,
    /// Depth, 0 for a root.
    pub depth: Column<u16>,
    /// Rows below it, at any depth; they follow it directly.
    pub descendants: Column<u32>,
    /// Start.
    pub start_ns: Column<f64>,
    /// Duration; -1 while open or where no end is known.
    pub duration_ns: Column<f64>,
    /// Tokens, -1 where none are given. Of this step alone.
    pub tokens: Column<f64>,
    /// Cost in US dollars, -1 where none is known. Of this step alone.
    pub cost_usd: Column<f64>,
    /// Tokens of this step and everything below it, counted once where a step repeats what is below it; -1 for none.
    pub below_tokens: Column<f64>,
    /// Cost of this step and everything below it, counted so, too; -1 for none.
    pub below_cost_usd: Column<f64>,
    /// Model, index into `strings`, -1 for none.
    pub model: Column<i32>,
    /// Which attempt of its group it is, from 1; 0 if in none.
    pub attempt: Column<u16>,
    /// Index into `groups`, -1 if in none.
    pub group: Column<i32>,
    /// `SpanFlags` bits: 1 truncated, 2 time derived, 4 parent inferred, 8 orphan, 16 cycle cut, 32 outside parent,
    /// 64 pending, 128 negative duration, 256 masked, 512 laid out in order, 1024 cost derived,
    /// 2048 id shared with another step, 4096 time adjusted.
    pub flags: Column<u32>,
    /// Whether row 0 is the run itself, as the source describes it, rather than a step.
    pub run_row: bool,
    /// Groups of attempts at one operation.
    pub groups: Vec<AttemptGroup>,
    /// Failed steps of a run that goes on of which the next try is awaited, by row; each may be the last of a group, or alone.
    pub awaited: Vec<AwaitedTry>,
    /// Steps that a person has taken out of the group that they were found in.
    pub apart_rows: Vec<u32>,
    /// The row under which steps stand whose parent is not in the trace: no step, and the last of its depth. Its `span_id` is
    /// one that no step has, its times are those of all below it.
    pub orphan_row: Option<u32>,
    /// What is odd about the shape, the worst first.
    pub remarks: Vec<Remark>,
}

impl SpanTree {
    /// The name of a row; empty for one that is not there.
    pub fn name_at(&self, row: u32) -> &str {
        let name = self.name.get(row as usize);
        name.and_then(|name| self.strings.get(*name as usize)).map_or("", String::as_str)
    }

    /// The kind of a row.
    pub fn kind_at(&self, row: u32) -> SpanKind {
        let code = self.kind.get(row as usize).map(|code| i64::from(*code));
        code.and_then(SpanKind::from_code).unwrap_or(SpanKind::Other)
    }

    /// How the step of a row ended.
    pub fn status_at(&self, row: u32) -> SpanStatus {
        let code = self.status.get(row as usize).map(|code| i64::from(*code));
        code.and_then(SpanStatus::from_code).unwrap_or(SpanStatus::Unset)
    }
}

/// What the times of a trace mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TraceClock {
    /// Points in time.
    #[default]
    Measured,
    /// The source gives durations alone: steps stand end to end, from 0.
    LaidOut,
    /// The source gives no times: every step without steps below it is a millisecond long, in order, from 0.
    OrderOnly,
}

/// The next try of a failed step, which has not begun.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AwaitedTry {
    /// The step that failed.
    pub row: u32,
    /// When the next try is due, as the source said when the step failed.
    pub until_ns: f64,
}

/// Attempts at one operation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AttemptGroup {
    /// Rows of the attempts, in order.
    pub rows: Vec<u32>,
    /// How they were recognised, for the person ("the source numbers its attempts").
    pub signal: String,
    /// How sure that is, 0 to 1.
    pub confidence: f32,
    /// A person had a say in which rows these are.
    pub by_hand: bool,
    /// How the attempts relate.
    pub relation: AttemptRelation,
    /// What became of the operation.
    pub outcome: AttemptOutcome,
    /// Index of the group in one of whose attempts this one lies.
    pub within: Option<u32>,
    /// Why each attempt failed; `null` for one that did not.
    pub causes: Vec<Option<FailureCause>>,
    /// Time lost: failed attempts and the pauses after them.
    pub waste_ns: f64,
    /// Tokens of the attempts that failed, with all below them.
    #[ts(type = "number | null")]
    pub waste_tokens: Option<u64>,
    /// Cost of the same, in US dollars.
    pub waste_cost_usd: Option<f64>,
    /// The pause before each attempt (0 before the first).
    pub gap_ns: Vec<f64>,
    /// Whether that pause is as the source says it would wait, rather than measured.
    pub gap_reported: Vec<bool>,
}

/// The card at the top of a trace: each number with where it comes from.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct TraceDetail {
    /// The row of the list.
    pub summary: TraceSummary,
    /// Facts to show, in order.
    pub facts: Vec<Fact>,
    /// Which try it is of a run that was tried again in its conversation; of any other, nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub tries: Option<RunTries>,
    /// Content of the run itself, where the source has such (prompt and response).
    pub content: Option<Content>,
    /// All else the source says of the run.
    #[ts(type = "JsonValue | null")]
    pub attributes: Option<Value>,
    /// What was cut in content and attributes.
    pub long_texts: Vec<LongText>,
}

/// One number or word of the summary card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Fact {
    /// What it is ("Latency").
    pub label: String,
    /// Its value as text, formatted ("2.41 s").
    pub value: String,
    /// Where it comes from.
    pub provenance: Provenance,
    /// How exactly, in a sentence ("stored as `latency` by the source; the steps span 2.38 s").
    pub explanation: String,
}

/// Names a step.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepRef {
    /// The trace's id in this store.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The step's id in the source.
    pub span_id: String,
}

/// All there is to know of one step.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepDetail {
    /// Its id in the source.
    pub span_id: String,
    /// Its parent's id in the source.
    pub parent_id: Option<String>,
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SpanKind,
    /// Status.
    pub status: SpanStatus,
    /// The error in one line.
    pub error: Option<String>,
    /// Start.
    pub start_unix_ms: Option<f64>,
    /// Duration; `null` while open.
    pub duration_ns: Option<f64>,
    /// Where its times come from.
    pub time_provenance: Provenance,
    /// Model.
    pub model: Option<String>,
    /// Prompt tokens.
    #[ts(type = "number | null")]
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    #[ts(type = "number | null")]
    pub output_tokens: Option<u64>,
    /// Of the prompt tokens, read from a cache.
    #[ts(type = "number | null")]
    pub cache_read_tokens: Option<u64>,
    /// Of the answer tokens, spent on reasoning.
    #[ts(type = "number | null")]
    pub reasoning_tokens: Option<u64>,
    /// All tokens.
    #[ts(type = "number | null")]
    pub total_tokens: Option<u64>,
    /// Where the token counts come from.
    pub tokens_provenance: Provenance,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// Where the cost comes from: reported, or derived from a table of prices.
    pub cost_provenance: Provenance,
    /// Attempt number as the source gives it.
    pub attempt: Option<u32>,
    /// `SpanFlags` bits, as in [`SpanTree::flags`].
    pub flags: u32,
    /// Input, output, messages, errors.
    pub content: Content,
    /// Events, in order.
    pub events: Vec<StepEvent>,
    /// Links to other spans.
    pub links: Vec<StepLink>,
    /// Attributes, verbatim.
    #[ts(type = "JsonValue")]
    pub attributes: Value,
    /// Attributes of the resource and scope and other fields of the record.
    #[ts(type = "JsonValue")]
    pub origin: Value,
    /// The stored payload as JSON.
    #[ts(type = "JsonValue")]
    pub raw: Value,
    /// What was cut above: strings of more than 256 KiB, lists that have no room in the reply.
    pub long_texts: Vec<LongText>,
    /// Size of the stored payload.
    pub raw_bytes: u32,
}

/// A point in time inside a step.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepEvent {
    /// Since the step's start.
    pub offset_ns: Option<f64>,
    /// Name.
    pub name: String,
    /// Attributes, verbatim.
    #[ts(type = "JsonValue")]
    pub attributes: Value,
}

/// A reference to another step.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepLink {
    /// The other trace's id in its source.
    pub trace_key: String,
    /// The other step's id in its source.
    pub span_id: String,
    /// That trace's id in this store, if it is here.
    #[ts(type = "number | null")]
    pub trace_id: Option<i64>,
    /// Attributes, verbatim.
    #[ts(type = "JsonValue")]
    pub attributes: Value,
}
