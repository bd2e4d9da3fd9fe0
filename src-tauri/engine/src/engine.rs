//! Builds, runs and stops the layers below; what a host holds.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::api::dto::Notice;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// How an engine is opened.
pub struct EngineOptions {
    /// The database file; created if missing, with its folder.
    pub store_path: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The running engine. Cheap to share behind an `Arc`; all its commands block, so hosts call it off their async threads.
pub struct Engine {}

impl Engine {
    /// Opens the store and starts the writer. A damaged database is set aside and a new one begun; `app_info` says so.
    pub fn open(_options: EngineOptions) -> Result<Self> {
        Err(Error::internal("not built yet"))
    }

    /// Notices for one host (a window, an HTTP client): merged, at most ten a second, the first at once. Ends when the
    /// engine closes; dropping the receiver unsubscribes.
    pub fn subscribe(&self) -> Receiver<Notice> {
        std::sync::mpsc::sync_channel(1).1
    }

    /// Stops imports, writes what is in flight, closes the database. Also done on drop.
    pub fn close(&self) {}
}
