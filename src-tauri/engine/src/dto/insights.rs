//! What many runs come to. Each number stands with the filter text of the traces behind it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks what the matching runs come to.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct InsightsRequest {
    /// Only traces that match, as in `TraceListRequest.filter`.
    pub filter: String,
    /// In how many stretches of time to count (200 at most).
    pub buckets: u32,
    /// How many rows of each breakdown to give (100 at most).
    pub rows: u32,
}

/// What the matching runs come to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Insights {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// All of them together.
    pub total: RunFigures,
    /// Over time, from the first start to the last, in equal stretches.
    pub over_time: Vec<InsightsBucket>,
    /// By project, environment and task (project and name of the run).
    pub by_project: Vec<RunBreakdown>,
    /// By environment.
    pub by_environment: Vec<RunBreakdown>,
    /// By task: the name of the run.
    pub by_task: Vec<RunBreakdown>,
    /// By model, over its calls.
    pub models: Vec<CallBreakdown>,
    /// By tool, over its calls; the slowest first by the duration that 95 of 100 calls stay under.
    pub tools: Vec<CallBreakdown>,
    /// Why steps failed, alike errors together, the most frequent first.
    pub failures: Vec<FailureCluster>,
    /// Failed steps whose error is not told apart any more; they are in no cluster.
    #[ts(type = "number")]
    pub failures_left_out: u64,
}

/// Figures of some runs. `null` where none of them says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RunFigures {
    /// Runs.
    pub runs: u32,
    /// Succeeded, warnings included.
    pub succeeded: u32,
    /// Of those, with a warning.
    pub warnings: u32,
    /// Failed.
    pub failed: u32,
    /// Lost.
    pub lost: u32,
    /// Still running.
    pub running: u32,
    /// Succeeded of those that ended, 0 to 1.
    pub success_rate: Option<f64>,
    /// Mean duration of those that ended.
    pub mean_ns: Option<f64>,
    /// The duration that half of those that ended stay under.
    pub p50_ns: Option<f64>,
    /// That 95 of 100 stay under.
    pub p95_ns: Option<f64>,
    /// That 99 of 100 stay under.
    pub p99_ns: Option<f64>,
    /// Steps.
    #[ts(type = "number")]
    pub steps: u64,
    /// Failed steps.
    #[ts(type = "number")]
    pub errors: u64,
    /// Retries.
    #[ts(type = "number")]
    pub retries: u64,
    /// Runs with a retry.
    pub retried_runs: u32,
    /// Time lost to failed attempts and the pauses after them.
    pub waste_ns: Option<f64>,
    /// Prompt tokens.
    #[ts(type = "number | null")]
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    #[ts(type = "number | null")]
    pub output_tokens: Option<u64>,
    /// All tokens.
    #[ts(type = "number | null")]
    pub tokens: Option<u64>,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
}

/// The runs that started in a stretch of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct InsightsBucket {
    /// When it begins.
    pub start_unix_ms: f64,
    /// When it ends.
    pub end_unix_ms: f64,
    /// Its runs.
    pub figures: RunFigures,
    /// The filter that they and no others match.
    pub filter: String,
}

/// The runs that have a value in common.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunBreakdown {
    /// The value; `null` for runs without one.
    pub value: Option<String>,
    /// Those runs.
    pub figures: RunFigures,
    /// The filter that they and no others match.
    pub filter: String,
}

/// The calls of one tool or model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct CallBreakdown {
    /// Its name.
    pub value: String,
    /// Calls.
    #[ts(type = "number")]
    pub calls: u64,
    /// Calls that failed.
    #[ts(type = "number")]
    pub failed: u64,
    /// Runs that call it.
    pub runs: u32,
    /// The duration of all calls together.
    pub total_ns: f64,
    /// The duration that half of the calls stay under, to 2 %.
    pub p50_ns: Option<f64>,
    /// That 95 of 100 stay under, to 2 %.
    pub p95_ns: Option<f64>,
    /// The longest.
    pub max_ns: Option<f64>,
    /// Tokens of its calls.
    #[ts(type = "number | null")]
    pub tokens: Option<u64>,
    /// Cost of its calls in US dollars.
    pub cost_usd: Option<f64>,
    /// The filter that the runs that call it match.
    pub filter: String,
}

/// Errors that are alike but for numbers, ids and quoted values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct FailureCluster {
    /// What they have in common; `…` stands for what differs.
    pub pattern: String,
    /// Failed steps.
    #[ts(type = "number")]
    pub errors: u64,
    /// Runs with such a step.
    pub runs: u32,
    /// Of those, failed runs.
    pub failed_runs: u32,
    /// One of them, whole.
    pub example: String,
    /// When the last of those runs started.
    pub last_unix_ms: Option<f64>,
    /// The filter that those runs match.
    pub filter: String,
}

/// That a number of a run is out of the ordinary for its task: runs of the same project and name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Outlier {
    /// Which number: `duration` (nanoseconds), `tokens`, `cost` (US dollars), `steps` or `retries`.
    pub measure: String,
    /// The number.
    pub value: f64,
    /// The median of the task's runs.
    pub median: f64,
    /// Above this a run is out of the ordinary.
    pub limit: f64,
    /// How many robust standard deviations it lies above the median; `null` where the runs do not vary at all.
    pub score: Option<f64>,
    /// How many ended runs that was worked out from.
    pub runs: u32,
}
