//! Builds, runs and stops the layers below; what a host holds.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use crate::clock::Clock;
use crate::error::Result;
use crate::ingest::{Imports, Writer, WriterOptions};
use crate::live::{Hub, Notice};
use crate::store::{self, ReadPool, Reader};

/// How an engine is opened.
pub struct EngineOptions {
    /// The database file; created if missing, with its folder.
    pub store_path: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The running engine. Cheap to share behind an `Arc`; all its commands block, so hosts call it off their async threads.
pub struct Engine {
    store_path: PathBuf,
    notes: Vec<String>,
    clock: Arc<dyn Clock>,
    readers: ReadPool,
    imports: Imports,
    writer: Arc<Writer>,
    hub: Arc<Hub>,
}

impl Engine {
    /// Opens the store and starts the writer. A damaged database is set aside and a new one begun; `app_info` says so.
    pub fn open(options: EngineOptions) -> Result<Self> {
        let opened = store::open(&options.store_path, options.clock.now_ns())?;
        let hub = Arc::new(Hub::start()?);
        let writer = Arc::new(Writer::start(WriterOptions {
            connection: opened.writer,
            hub: hub.clone(),
            clock: options.clock.clone(),
        })?);
        Ok(Self {
            readers: ReadPool::new(&options.store_path),
            store_path: options.store_path,
            notes: opened.notes,
            clock: options.clock,
            imports: Imports::new(writer.clone(), hub.clone()),
            writer,
            hub,
        })
    }

    /// Notices for one host (a window, an HTTP client): merged, at most ten a second. The first comes at once and says that
    /// anything may have changed. Ends when the engine closes; dropping the receiver unsubscribes.
    pub fn subscribe(&self) -> Receiver<Notice> {
        self.hub.subscribe()
    }

    /// Stops imports, writes what is in flight, closes the database. Also done on drop.
    pub fn close(&self) {
        self.imports.close();
        self.writer.close();
        self.hub.close();
    }

    /// The database file.
    pub fn store_path(&self) -> &Path {
        &self.store_path
    }

    /// What happened at opening that the person should know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The imports of this run.
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    pub(crate) fn reader(&self) -> Result<Reader> {
        self.readers.reader()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    pub(crate) fn now_ns(&self) -> i64 {
        self.clock.now_ns()
    }

    /// The revision of the last commit that was told of.
    pub(crate) fn revision(&self) -> u64 {
        self.hub.revision()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
