//! Links to traces, steps and comparisons, as text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the link to a trace, to a step of it, or to it beside another run.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LinkRequest {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The step's id in the source; `null` or empty for the trace as a whole.
    pub span_id: Option<String>,
    /// The run that stands beside it, as B, where the link is to both; `null` for a link to the trace alone.
    pub compared_with: Option<ComparedStep>,
}

/// The second run of a link to two of them side by side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ComparedStep {
    /// The run.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Its step that is looked at, empty for the run itself; `null` if none is, or only the other run has it.
    pub span_id: Option<String>,
}

/// A link: `tracellm://trace/<key>/step/<span id>?format=<identity>` or `tracellm://compare/<key of A>/<key of B>?format-a=…`,
/// the same in every store that has the traces.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Link {
    /// The text.
    pub link: String,
}

/// Where a link leads in this store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LinkTarget {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The step's id in the source; `null` for the trace as a whole. Of two runs, the one that is looked at in this one.
    pub span_id: Option<String>,
    /// The run that stands beside it, as B; `null` where the link is to a trace alone.
    pub compared_with: Option<ComparedStep>,
    /// What of the link does not lead anywhere, as a sentence; `null` if all of it does.
    pub remark: Option<String>,
}
