//! Under which name it is remembered how far a file was read: its path, but for secrets in it.

use crate::masking::{MaskCounts, Masker};

/// The name for the file at `path`. Always the same for it, whatever a person has masked beside secrets.
pub(super) fn remembered_as(path: &str) -> String {
    Masker::default().id(path, &mut MaskCounts::default()).unwrap_or_else(|| path.to_owned())
}
