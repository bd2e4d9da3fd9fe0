//! How far a copy of a whole store is, and what may be found in one.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a copy is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CopyStage {
    /// Its rows are written.
    Copying,
    /// What was written, or is to be read, is checked from end to end: first its pages, of which it is not known how far that is,
    /// then all that is in them.
    Checking,
}

/// How far a copy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CopyProgress {
    /// What it is at.
    pub stage: CopyStage,
    /// Bytes written, or checked, so far.
    #[ts(type = "number")]
    pub done_bytes: u64,
    /// About how many it will be.
    #[ts(type = "number")]
    pub total_bytes: u64,
}

/// What in a store is not as it was written, though SQLite can read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreDamage {
    /// Traces of which something is damaged.
    pub traces: u64,
    /// The names of the first of them.
    pub names: Vec<String>,
    /// Something else is damaged, or it can't be told of which trace.
    pub is_elsewhere: bool,
}

impl std::fmt::Display for StoreDamage {
    /// In a sentence.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.traces > 0 {
            let more = self.traces - self.names.len() as u64;
            let names: Vec<String> = self.names.iter().map(|name| format!("“{name}”")).collect();
            let count =
                if self.traces == 1 { "One trace is".into() } else { format!("{} traces are", self.traces) };
            write!(out, "{count} damaged: {}", names.join(", "))?;
            if more > 0 {
                write!(out, " and {more} more")?;
            }
            out.write_str(".")?;
        }
        if self.is_elsewhere {
            let lead = if self.traces > 0 { " " } else { "" };
            write!(out, "{lead}Something in it is not as it was written; of which trace, can't be told.")?;
        }
        out.write_str(" What else is in it can be read.")
    }
}
