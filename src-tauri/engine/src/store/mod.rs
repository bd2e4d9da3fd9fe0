//! The database: opening and migrating, connections, and one file per table with all of its SQL that writes.
//!
//! May import `model` and `error`. Reads for display are in `query`.

pub mod attempt_correction;
pub mod audit;
pub mod backup;
pub mod baseline;
pub mod chosen_file;
pub mod compaction;
mod compression;
pub mod copy;
pub mod deletion;
pub mod digest;
pub mod followed_file;
pub mod footprint;
pub mod label;
mod open;
pub mod open_payload;
mod opened_file;
pub mod pairing;
pub mod payload;
pub mod payload_use;
mod pool;
pub mod retention;
pub mod saved_filter;
pub mod setting;
pub mod source;
pub mod span;
pub mod step_mark;
pub mod stored_texts;
pub mod survey;
pub mod text_index;
pub mod trace;
pub mod transaction;
mod upgrade;

pub use compression::{Block, BlockBuilder};
pub use open::{Opened, open};
pub use opened_file::OpenedFile;
pub use pool::{ReadPool, Reader};

use crate::error::{Code, Error};

impl From<rusqlite::Error> for Error {
    /// Sorts SQLite's errors by what a person can do about them.
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        let (code, message) = match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => (
                Code::DiskFull,
                "the disk is full: nothing more can be stored until there is room; what was stored before is kept".into(),
            ),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => (
                Code::Locked,
                "another program holds the database for itself: close it, then try again".into(),
            ),
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                (Code::Corrupt, format!(
                    "the database file is damaged ({error}): what can still be read is shown. Export what you need, then move the \
                     file away and import your files again"
                ))
            }
            None if is_of_another_kind(&error) => (
                Code::Corrupt,
                "something in the database is not what was written there: it is damaged. What else is in it can be read".into(),
            ),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                (Code::Io, format!("the database file can't be written: check its folder's permissions ({error})"))
            }
            Some(ErrorCode::SystemIoFailure) => (
                Code::Io,
                format!(
                    "the disk did not take or give what the database asked of it ({error}): check the disk and its limits; what was \
                     stored before is kept"
                ),
            ),
            Some(ErrorCode::TooBig) => (
                Code::Io,
                "a single step is too large to be stored (over 1 GB); what was stored before is kept".into(),
            ),
            Some(ErrorCode::OutOfMemory) => (
                Code::Io,
                "there is not enough memory to go on: close other programs and try again; what was stored before is kept".into(),
            ),
            Some(ErrorCode::OperationInterrupted) => (Code::Cancelled, "stopped".into()),
            _ => (Code::Internal, format!("the database answered: {error}")),
        };
        Self::new(code, message).with_source(error)
    }
}

/// Whether a value was read that its column can't hold: somebody, or a disk, has changed it.
fn is_of_another_kind(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as Sqlite;
    matches!(
        error,
        Sqlite::FromSqlConversionFailure(..)
            | Sqlite::IntegralValueOutOfRange(..)
            | Sqlite::InvalidColumnType(..)
            | Sqlite::Utf8Error(..)
    )
}
