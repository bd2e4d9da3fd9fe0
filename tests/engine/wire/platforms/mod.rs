//! Formats of the family "platforms".

use crate::ingest::catalog::Explained;
use crate::ingest::handmade::Handmade;

/// The folders of real files whose formats are read.
pub const FOLDERS: &[&str] = &[];

/// Where their counts differ from the independent ones.
pub const EXPLAINED: &[Explained] = &[];

/// Files made by hand from descriptions of the formats.
pub const HANDMADE: &[Handmade] = &[];
