//! Where traces are kept: backups, and other stores. Most are not answers of commands: hosts ask the person for paths.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a store holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StoreSummary {
    /// The file.
    pub path: String,
    /// Its bytes, its write-ahead log included.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Traces, without deleted ones.
    #[ts(type = "number")]
    pub traces: u64,
    /// Their steps.
    #[ts(type = "number")]
    pub steps: u64,
    /// When the newest of them began; `null` if there is none with a time.
    pub newest_unix_ms: Option<f64>,
    /// It is of an older version, and is brought up to date when it is opened.
    pub is_older: bool,
    /// What is damaged in it, in a sentence; `null` if nothing is, or it was not looked for.
    pub damage: Option<String>,
}

/// A backup that was written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BackupWritten {
    /// The file.
    pub path: String,
    /// Its bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Traces in it.
    #[ts(type = "number")]
    pub traces: u64,
    /// How long it took, the check included.
    pub elapsed_ms: f64,
    /// What was damaged in the store already, in a sentence; `null` if nothing was.
    pub damage: Option<String>,
}

/// A backup that was checked, beside the store whose place it would take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct BackupOffer {
    /// The backup.
    pub backup: StoreSummary,
    /// The store as it is now.
    pub present: StoreSummary,
}

/// A store that was open before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecentStore {
    /// The file.
    pub path: String,
    /// It is the one that opens where none is named.
    pub is_default: bool,
    /// Why it can't be opened now; `null` if it can, as far as that is seen without opening it.
    pub trouble: Option<String>,
}

/// Names a store.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StoreRef {
    /// Its file, an absolute path.
    pub path: String,
}
