//! Whether a file has changed, as far as its size and time say.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Size and time of the last change: a file in which neither differs has not changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamp {
    /// Its size.
    pub(super) size_bytes: u64,
    /// When it was changed last, in nanoseconds since the epoch.
    pub(super) modified_ns: i64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let modified_ns = modified.map_or(0, |at| i64::try_from(at.as_nanos()).unwrap_or(i64::MAX));
        Self { size_bytes: metadata.len(), modified_ns }
    }

    /// That of the file at `path`, if there is one.
    pub(super) fn at(path: &Path) -> Option<Self> {
        std::fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| Self::of(&metadata))
    }

    /// How long ago the file was changed.
    pub(super) fn age(self) -> Duration {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        now.saturating_sub(Duration::from_nanos(u64::try_from(self.modified_ns).unwrap_or(0)))
    }
}
