//! Groups of attempts as the person corrects them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Corrects which steps of a trace are attempts at one operation.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttemptCorrect {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// What to correct.
    pub change: AttemptChange,
}

/// One correction.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum AttemptChange {
    /// These steps are no attempts at the operation of their group. All steps of a group dissolve it.
    Apart {
        /// The steps that are taken out.
        span_ids: Vec<String>,
        /// A step of the group, by which what was taken out of it is brought back.
        group_span_id: String,
    },
    /// A step is an attempt at the same operation as another. The groups that the two are in become one.
    Join {
        /// The step.
        span_id: String,
        /// The other one.
        with_span_id: String,
    },
    /// As detected: whatever was said of these steps, of those that they were joined with, and of those taken out of their group.
    AsDetected {
        /// The steps: all of a group, or one that was taken out.
        span_ids: Vec<String>,
    },
    /// As it was: all that is said of the trace then.
    Restore {
        /// What a correction gave as `before`.
        corrections: Vec<StepCorrection>,
    },
}

/// What is said of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StepCorrection {
    /// Its id.
    pub span_id: String,
    /// A step of the group that it was taken out of; `null` if it was not.
    pub apart_from: Option<String>,
    /// The operation that it is an attempt at: the same for steps that were joined.
    pub operation: Option<String>,
}

/// A correction was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AttemptCorrected {
    /// All that was said of the trace's steps before, to undo it with.
    pub before: Vec<StepCorrection>,
}
