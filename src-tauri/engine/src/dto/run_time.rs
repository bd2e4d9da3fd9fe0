//! Where the time of one run went.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::{Provenance, TimePart};

/// Where the time of a run went: its budget by parts, and its critical path. Both are of one reading of the trace; steps are
/// named by id, since rows are those of another reading.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RunTime {
    /// Whether the source gives any times; else everything below is empty.
    pub has_times: bool,
    /// The time of the run: from the first start to the last end, or up to now while steps are open.
    pub total_ns: f64,
    /// When this was so; `null` for a run that does not go on.
    pub as_of_unix_ms: Option<f64>,
    /// What goes on at that moment in a run that goes on: with every moment that passes, this part grows by as much.
    pub growing: Option<TimePart>,
    /// Ids of the steps that are named below, which are indices into this; empty for the run itself.
    pub step_ids: Vec<String>,
    /// The parts that have any time, in the order of precedence. Their `wall_ns` and their `critical_ns` each add up to `total_ns`.
    pub parts: Vec<TimeShare>,
    /// What operations lost that were tried more than once.
    pub attempts: Vec<AttemptWaste>,
    /// What decided how long the run took.
    pub path: CriticalPath,
}

/// What a group of attempts lost: where its figures (`AttemptGroup`) come from, and how much lies on the critical path, which
/// is always derived. Of more than 10,000 groups, those that lost most time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct AttemptWaste {
    /// The group's first attempt, index into `step_ids`.
    pub first_step: u32,
    /// Where the time lost comes from.
    pub time_provenance: Provenance,
    /// How much of the attempts that were lost is on the path.
    pub critical_failed_ns: f64,
    /// How much of the pauses is.
    pub critical_pause_ns: f64,
    /// Where the tokens lost come from.
    pub tokens_provenance: Provenance,
    /// Tokens of the lost attempts that the path goes through, with all below them.
    #[ts(type = "number | null")]
    pub critical_tokens: Option<u64>,
    /// Where the cost of what was lost comes from.
    pub cost_provenance: Provenance,
    /// Cost of the lost attempts that the path goes through, in US dollars.
    pub critical_cost_usd: Option<f64>,
}

/// One part of a run's time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct TimeShare {
    /// Which part.
    pub part: TimePart,
    /// Moments of the run that went to it. Of steps that run at once the first part in the order of precedence takes the moment.
    pub wall_ns: f64,
    /// How much of the critical path is its.
    pub critical_ns: f64,
    /// The steps' own times (while nothing ran below them) added up: more than `wall_ns` where several ran at once.
    pub work_ns: f64,
    /// Steps, and pauses before further tries, that have own time in it.
    pub count: u32,
    /// The longest of these, the longest first, as indices into `step_ids`; of a pause, the try that it leads to.
    pub steps: Vec<u32>,
    /// Their own times.
    pub own_ns: Vec<f64>,
    /// Where the part comes from.
    pub provenance: Provenance,
    /// What counts as this part, in a sentence.
    pub explanation: String,
}

/// The critical path, as columns: stretches in order of time, none overlapping. Where none are left out, each begins where the
/// one before ends, and together they are the time of the run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct CriticalPath {
    /// The step whose own time it is, index into `step_ids`; -1 while nothing ran that the run waited for. Of a pause, the try that
    /// it leads to.
    pub step: Vec<i32>,
    /// [`TimePart`] code.
    pub part: Vec<u8>,
    /// Start, since the start of the trace.
    pub start_ns: Vec<f64>,
    /// End.
    pub end_ns: Vec<f64>,
    /// How many stretches are left out, the shortest ones.
    pub left_out: u32,
    /// How long these are in all.
    pub left_out_ns: f64,
}
