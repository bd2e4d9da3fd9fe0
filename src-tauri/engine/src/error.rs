//! The engine's error: a code the callers act on, and a sentence for the person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a caller can do something about. A code exists only if one does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request does not make sense; the message says which part.
    Invalid,
    /// The one thing asked for is not there.
    NotFound,
    /// The caller asked for it to stop.
    Cancelled,
    /// The input is not in any format that is read.
    UnknownFormat,
    /// A file could not be opened or read.
    Io,
    /// The database file is damaged.
    Corrupt,
    /// The database was written by a newer version of the app.
    NewerStore,
    /// The database is in use by another process.
    Locked,
    /// The disk is full.
    DiskFull,
    /// A defect of this program.
    Internal,
}

/// An error with its code; the message says what happened, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// What the caller may act on.
    pub code: Code,
    /// A sentence for the person.
    pub message: String,
    /// What lies beneath, for the log.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with a code and a message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), source: None }
    }

    /// The request is wrong.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// The one thing asked for is not there.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// A defect of this program.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, message)
    }

    /// The same error with its cause attached.
    pub fn with_source(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(source));
        self
    }
}
