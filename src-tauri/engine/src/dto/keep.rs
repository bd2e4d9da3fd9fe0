//! Keeping traces: star, tag, note, delete and bring back, limits, names of projects, saved filters, room on disk.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{MaskedKind, TraceSort};

/// Some traces: those named, or all that match a filter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceSelection {
    /// These; without effect where there is a filter.
    #[ts(type = "Array<number>")]
    pub trace_ids: Vec<i64>,
    /// All that match, as in `TraceListRequest.filter`; the empty text is every trace.
    pub filter: Option<String>,
}

/// Sets what the person says of some traces.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct TraceMark {
    /// Which.
    pub selection: TraceSelection,
    /// Whether they have a star; `null` leaves it.
    pub starred: Option<bool>,
    /// Tags to add, of at most 64 characters. A trace has at most 32.
    pub add_tags: Vec<String>,
    /// Tags to take away.
    pub remove_tags: Vec<String>,
    /// Their note, of at most 10,000 characters; empty takes it away, `null` leaves it.
    pub note: Option<String>,
}

/// How many traces were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TraceCount {
    /// Traces.
    pub traces: u32,
}

/// A tag in use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TagCount {
    /// The tag.
    pub tag: String,
    /// Traces that have it.
    pub traces: u32,
}

/// What was deleted together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Deletion {
    /// Names it. 0 where there was nothing to delete.
    #[ts(type = "number")]
    pub deletion_id: i64,
    /// Its traces.
    pub traces: u32,
    /// When.
    pub deleted_unix_ms: f64,
    /// From then on it can't be brought back.
    pub purge_unix_ms: f64,
    /// The name of one of its traces.
    pub example: String,
}

/// Names a deletion.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct DeletionRef {
    /// Its id.
    #[ts(type = "number")]
    pub deletion_id: i64,
}

/// How much is kept; `null` for no limit. Starred and running traces always are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Retention {
    /// Traces that began at most so many days ago.
    pub days: Option<f64>,
    /// So many gigabytes (of a thousand million bytes) of the database, without the free room in it.
    pub gigabytes: Option<f64>,
    /// So many traces.
    pub traces: Option<u32>,
}

/// What limits would take away now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RetentionPreview {
    /// Traces that would go.
    pub traces: u32,
    /// Traces in the store.
    pub total: u32,
    /// About how many bytes those that would go take.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What the limits took away last.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RetentionRemoved {
    /// When.
    pub at_unix_ms: f64,
    /// How many traces.
    pub traces: u32,
}

/// What the store takes on disk.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct StorageInfo {
    /// Bytes of the database file and of its write-ahead log.
    #[ts(type = "number")]
    pub database_bytes: u64,
    /// Of those, free for what comes next; compacting gives them back to the disk.
    #[ts(type = "number")]
    pub free_bytes: u64,
    /// Traces, without deleted ones.
    pub traces: u32,
    /// Deleted traces that are still there.
    pub deleted_traces: u32,
    /// About how many bytes these take.
    #[ts(type = "number")]
    pub deleted_bytes: u64,
    /// By source, the largest first; 500 at most.
    pub sources: Vec<StorageSource>,
    /// Sources that are not given.
    pub more_sources: u32,
    /// What the limits took away last; `null` if they never did.
    pub removed: Option<RetentionRemoved>,
    /// The database is being compacted.
    pub is_compacting: bool,
}

/// What the traces of one source take.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StorageSource {
    /// Path, name or address.
    pub location: String,
    /// `file`, `text`, or the kind of a live source.
    pub kind: String,
    /// Its format (a `FormatInfo` id).
    pub format: String,
    /// Traces that came from it first.
    pub traces: u32,
    /// Their steps.
    #[ts(type = "number")]
    pub steps: u64,
    /// About how many bytes they take: an estimate, since traces share compressed blocks.
    #[ts(type = "number")]
    pub bytes: u64,
}

/// What compacting brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Compacted {
    /// Bytes of the database before.
    #[ts(type = "number")]
    pub before_bytes: u64,
    /// And after.
    #[ts(type = "number")]
    pub after_bytes: u64,
}

/// A field whose values can be called something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LabelField {
    /// Project.
    Project,
    /// Environment.
    Environment,
}

/// A project or an environment, and what the person says of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LabelItem {
    /// Which of the two.
    pub field: LabelField,
    /// The value, as sources give it.
    pub value: String,
    /// What it is called instead; values that are called alike are shown as one. `null` for its own name.
    pub shown_as: Option<String>,
    /// Its traces are left out of lists, unless the filter names the field.
    pub is_hidden: bool,
    /// Traces that have it.
    pub traces: u32,
}

/// Says what a project or an environment is called, and whether it is left out.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct LabelSet {
    /// Which of the two.
    pub field: LabelField,
    /// The value, as sources give it.
    pub value: String,
    /// What it is called instead, at most 200 characters; `null` or its own name for that.
    pub shown_as: Option<String>,
    /// Its traces are left out of lists.
    pub is_hidden: bool,
}

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SavedFilter {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The filter text.
    pub filter: String,
    /// What the list is sorted by with it.
    pub sort: TraceSort,
    /// Largest, latest or last first.
    pub descending: bool,
}

/// Saves a filter.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SavedFilterSave {
    /// The one to change; `null` for a new one.
    #[ts(type = "number | null")]
    pub id: Option<i64>,
    /// Its name, at most 80 characters.
    pub name: String,
    /// The filter text.
    pub filter: String,
    /// What the list is sorted by with it.
    pub sort: TraceSort,
    /// Largest, latest or last first.
    pub descending: bool,
}

/// Names a saved filter.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct SavedFilterRef {
    /// Its id.
    #[ts(type = "number")]
    pub id: i64,
}

/// An order of saved filters.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SavedFilterOrder {
    /// Their ids; those that are not named come last.
    #[ts(type = "Array<number>")]
    pub ids: Vec<i64>,
}

/// What an export has written. Not the answer of a command: hosts write exports (`api::export`), since the page names no paths.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Exported {
    /// Traces.
    pub traces: u32,
    /// Their steps.
    #[ts(type = "number")]
    pub steps: u64,
    /// Bytes.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What was masked as it was written, beside what was masked before; the most frequent first.
    pub masked: Vec<MaskedKind>,
    /// Steps, and runs, that are damaged in the store and were left out, or their content was.
    #[ts(type = "number")]
    pub damaged: u64,
}
