//! How far a copy of a whole store is.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CopyStage {
    /// Its rows are written.
    Copying,
    /// What was written, or is to be read, is checked from end to end; how far that is, is not known.
    Checking,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopyProgress {
    /// What it is at.
    pub stage: CopyStage,
    /// Bytes written so far.
    #[ts(type = "number")]
    pub done_bytes: u64,
    /// About how many it will be.
    #[ts(type = "number")]
    pub total_bytes: u64,
}
