//! Links to traces and steps, as text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the link to a trace, or to a step of it.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LinkRequest {
    /// The trace.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// The step's id in the source; `null` or empty for the trace as a whole.
    pub span_id: Option<String>,
}

/// A link: `tracellm://trace/<key>/step/<span id>?format=<identity>`, the same in every store that has the trace.
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
    /// The step's id in the source; `null` for the trace as a whole.
    pub span_id: Option<String>,
    /// What of the link does not lead anywhere, as a sentence; `null` if all of it does.
    pub remark: Option<String>,
}
