//! What is odd about a trace's shape and times, and what the person says of single steps.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::model::{SpanKind, SpanStatus};

/// Something odd about the shape of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Remark {
    /// What it is about.
    pub about: RemarkAbout,
    /// Steps (or roots, cycles, ids) concerned; 0 for what is about the trace as a whole.
    pub steps: u32,
    /// The same for the person, with the reason, in whole sentences ("12 of 14,032 steps have no parent: …").
    pub text: String,
}

/// What a remark is about, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RemarkAbout {
    /// Steps are each other's parents.
    Cycles,
    /// Steps name a parent that is not there.
    Orphans,
    /// Steps end before they begin.
    NegativeDurations,
    /// Steps share their id.
    SharedIds,
    /// Steps lie outside the time of their parent.
    OutsideParents,
    /// Several steps are at the top.
    Roots,
    /// Steps have an end, and no start.
    NoStarts,
    /// Steps have no end.
    NoEnds,
    /// Something was cut at the source.
    Truncated,
    /// Times are shown adjusted.
    TimesAdjusted,
    /// Parents were inferred, or are not known.
    ParentsUnknown,
    /// Times are not known.
    TimesUnknown,
    /// Secrets were masked.
    Masked,
}

/// Why steps of a trace stand where they do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceShape {
    /// Parents that are not in the trace, those that most steps name first. At most 200.
    pub missing_parents: Vec<MissingParent>,
    /// How many there are.
    pub missing_parents_total: u32,
    /// Cycles of parents. At most 100.
    pub cycles: Vec<ParentCycle>,
}

/// A parent that is not in the trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MissingParent {
    /// Its id, as steps name it.
    pub parent_id: String,
    /// How many steps name it.
    pub steps: u32,
    /// One of them, the first.
    pub span_id: String,
}

/// Steps that are each other's parents.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ParentCycle {
    /// The ids of the steps: the one that it was cut at, then its parent, that one's parent and so on. At most 100.
    pub span_ids: Vec<String>,
    /// How many they are.
    pub total: u32,
}

/// How far clocks of a trace seem to be apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct ClockSkew {
    /// The person has asked for adjusted times.
    pub is_adjusted: bool,
    /// Steps that move when times are adjusted.
    pub steps: u32,
    /// What moves together, the largest offset first. At most 50.
    pub shifts: Vec<ShiftedSteps>,
    /// How many there are.
    pub shifts_total: u32,
}

/// Steps that move together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct ShiftedSteps {
    /// The uppermost step.
    pub span_id: String,
    /// Its name.
    pub name: String,
    /// By how much; later if above 0.
    pub offset_ns: f64,
    /// How many steps.
    pub steps: u32,
}

/// Sets whether a trace is shown with its times adjusted. What is stored, and what lists say, stays as recorded.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct ClockAdjust {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Whether.
    pub is_adjusted: bool,
}

/// Sets what the person says of a step.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepMark {
    /// Its trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Its id.
    pub span_id: String,
    /// Whether it is pinned; `null` leaves it.
    pub pinned: Option<bool>,
    /// A note, of at most 20,000 characters; empty takes it away, `null` leaves it.
    pub note: Option<String>,
}

/// What the person says of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StepMarkItem {
    /// Its id.
    pub span_id: String,
    /// When it was pinned; `null` if it is not.
    pub pinned_unix_ms: Option<f64>,
    /// The note.
    pub note: Option<String>,
    /// The step as it stands; `null` if it is not in the trace any more.
    pub step: Option<MarkedStep>,
}

/// A step that something is said of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MarkedStep {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SpanKind,
    /// How it ended.
    pub status: SpanStatus,
}
