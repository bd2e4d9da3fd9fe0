//! What was tried again in many runs, and what it cost. Each number stands with the filter text of the traces behind it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::TraceSummary;
use crate::model::{FailureCause, SpanKind, TraceStatus};

/// Asks what the matching runs tried more than once.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RetryReportRequest {
    /// Only traces that match, as in `TraceListRequest.filter`.
    pub filter: String,
    /// In how many stretches of time to count (200 at most).
    pub buckets: u32,
    /// How many rows of each breakdown to give (100 at most).
    pub rows: u32,
}

/// What the matching runs tried more than once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RetryReport {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Runs that match, with and without.
    pub runs: u32,
    /// Those with an operation that was tried more than once.
    pub retried_runs: u32,
    /// All together.
    pub total: RetryFigures,
    /// Of those, operations that another model or tool took over.
    #[ts(type = "number")]
    pub fallbacks: u64,
    /// Of those, calls that were sent twice at once.
    #[ts(type = "number")]
    pub hedges: u64,
    /// By tool, model or step; those that cost most time first.
    pub by_name: Vec<RetriedName>,
    /// By why the first try that failed did so; the most frequent first.
    pub by_cause: Vec<RetryCause>,
    /// Runs that were tried again as a whole, in their conversations; not among the figures above.
    pub runs_again: RunsAgain,
    /// Over time, from the first start to the last, in equal stretches.
    pub over_time: Vec<RetryBucket>,
    /// The runs that lost most time.
    pub worst: Vec<TraceSummary>,
}

/// Figures of operations that were tried more than once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RetryFigures {
    /// Operations.
    #[ts(type = "number")]
    pub operations: u64,
    /// Tries.
    #[ts(type = "number")]
    pub attempts: u64,
    /// Went well in the end.
    #[ts(type = "number")]
    pub recovered: u64,
    /// Failed, and what asked for them too.
    #[ts(type = "number")]
    pub gave_up: u64,
    /// Failed, and the run went on.
    #[ts(type = "number")]
    pub abandoned: u64,
    /// Not ended.
    #[ts(type = "number")]
    pub trying: u64,
    /// Of those that ended, the part that went well, 0 to 1.
    pub success_rate: Option<f64>,
    /// Time lost: failed tries and the pauses between.
    pub waste_ns: f64,
    /// Tokens lost, where known.
    #[ts(type = "number | null")]
    pub waste_tokens: Option<u64>,
    /// Cost of what was lost in US dollars, where known.
    pub waste_cost_usd: Option<f64>,
}

/// The operations of one tool, model or step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RetriedName {
    /// Its name.
    pub value: String,
    /// What it is.
    pub kind: SpanKind,
    /// Its runs.
    pub runs: u32,
    /// Its figures.
    pub figures: RetryFigures,
    /// The filter that those runs match.
    pub filter: String,
}

/// Runs that were tried again as a whole: the next run of a conversation, asked the same after the one before had failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunsAgain {
    /// The matching runs that are one of several tries.
    pub runs: u32,
    /// Of the whole runs, with tries that do not match. Lost is the time of the failed runs, not what lay between.
    pub figures: RetryFigures,
    /// The filter that those runs match.
    pub filter: String,
}

/// Which try of a run a trace is, in its conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunTries {
    /// From 1.
    pub number: u32,
    /// How many there are.
    pub of: u32,
    /// The tries in order: at most 20 around this one.
    pub tries: Vec<RunTry>,
}

/// A try of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RunTry {
    /// Its trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Its number, from 1.
    pub number: u32,
    /// How it ended.
    pub status: TraceStatus,
}

/// The operations whose first failure had one cause.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RetryCause {
    /// The cause.
    pub cause: FailureCause,
    /// Their figures.
    pub figures: RetryFigures,
    /// The filter that runs with a try that failed for this match.
    pub filter: String,
}

/// The runs that started in a stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RetryBucket {
    /// When it begins.
    pub start_unix_ms: f64,
    /// When it ends.
    pub end_unix_ms: f64,
    /// What they tried more than once.
    pub figures: RetryFigures,
    /// The filter that they and no others match.
    pub filter: String,
}
