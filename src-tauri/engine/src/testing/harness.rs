//! An engine on a temporary store.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api;
use crate::clock::Clock;
use crate::dto::{ApiError, ImportRef, ImportStart, ImportState, ImportStatus, ImportText};
use crate::engine::{Engine, EngineOptions};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock that shows `now_ns`.
    pub fn at(now_ns: i64) -> Self {
        Self(AtomicI64::new(now_ns))
    }

    /// Moves it to `now_ns`.
    pub fn set(&self, now_ns: i64) {
        self.0.store(now_ns, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now_ns(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// An engine and the calls tests make of it. All panics here are test failures.
pub struct Harness {
    /// The engine.
    pub engine: Engine,
}

#[allow(clippy::expect_used, clippy::panic)] // a failing test should stop where it fails
impl Harness {
    /// Opens a store at `path` with the clock at the start of 2026.
    pub fn open(path: impl Into<PathBuf>) -> Self {
        Self::open_with(path, Arc::new(ManualClock::at(1_767_225_600_000_000_000)))
    }

    /// Opens a store at `path` with this clock.
    pub fn open_with(path: impl Into<PathBuf>, clock: Arc<ManualClock>) -> Self {
        let engine = Engine::open(EngineOptions { store_path: path.into(), clock }).expect("the store opens");
        Self { engine }
    }

    /// Runs a command.
    pub fn try_call<Response: DeserializeOwned>(
        &self,
        name: &str,
        request: &impl Serialize,
    ) -> Result<Response, ApiError> {
        let request = serde_json::to_string(request).expect("the request is JSON");
        let response = api::call(&self.engine, name, &request)?;
        Ok(response.read().expect("the response is of its declared type"))
    }

    /// Runs a command that should succeed.
    pub fn call<Response: DeserializeOwned>(&self, name: &str, request: &impl Serialize) -> Response {
        self.try_call(name, request).unwrap_or_else(|error| panic!("{name} failed: {error:?}"))
    }

    /// Imports files and waits until it has ended.
    pub fn import(&self, paths: &[&Path]) -> ImportStatus {
        let paths = paths.iter().map(|path| path.to_string_lossy().into_owned()).collect();
        self.wait(self.call("import_start", &ImportStart { paths }))
    }

    /// Imports text and waits until it has ended.
    pub fn import_text(&self, text: impl Into<String>) -> ImportStatus {
        self.wait(self.call("import_text", &ImportText { name: "pasted".into(), text: text.into() }))
    }

    /// Waits until an import has ended.
    pub fn wait(&self, status: ImportStatus) -> ImportStatus {
        let notices = self.engine.subscribe();
        loop {
            let now: ImportStatus = self.call("import_status", &Self::import_ref(&status));
            if !matches!(now.state, ImportState::Waiting | ImportState::Running) {
                return now;
            }
            notices.recv().expect("the engine tells of every change of an import");
        }
    }

    /// Leaves new texts out of the index from now on.
    pub fn stop_indexing(&self) {
        self.engine.indexer().close();
    }

    /// How many bytes of payloads were read so far to compare the model calls of runs.
    pub fn compared_bytes(&self) -> u64 {
        self.engine.conversations().compared_bytes()
    }

    /// Keeps at most so many bytes of long texts from now on.
    pub fn keep_texts_up_to(&self, bytes: usize) {
        self.engine.texts().keep_at_most(bytes);
    }

    /// How many bytes of long texts are kept.
    pub fn kept_text_bytes(&self) -> usize {
        self.engine.texts().kept_bytes()
    }

    /// Lets the writer's thread meet a defect.
    pub fn break_writer(&self) {
        let met = self
            .engine
            .writer()
            .change(|_| -> crate::error::Result<()> { panic!("a defect made for a test") });
        assert!(met.is_err(), "a defect is no success");
    }

    /// Names an import.
    pub fn import_ref(status: &ImportStatus) -> ImportRef {
        ImportRef { import_id: status.import_id }
    }
}
