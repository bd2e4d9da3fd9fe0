//! What a running source works with.

use std::path::PathBuf;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Patience, Report};
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::ingest::{Intake, IntakeOptions, SenderRef, Writer};
use crate::wire::{self, Format};

/// What a running source works with.
#[derive(Clone)]
pub struct SourceContext {
    /// The way to the store.
    pub writer: Arc<Writer>,
    /// The clock that says when something was received.
    pub clock: Arc<dyn Clock>,
    /// Where it says how it fares.
    pub report: Arc<Report>,
    /// Cancelled when it is to stop.
    pub stop: CancellationToken,
    /// The database file: what belongs beside it lies there.
    pub store_path: PathBuf,
    /// Files are looked at now and then, whatever the system would tell of their changes.
    pub polls_files: bool,
    /// How long the other side is waited for.
    pub patience: Patience,
    /// The word for its kind.
    pub word: &'static str,
}

impl SourceContext {
    /// An intake for what comes from `location` in `format`.
    pub fn intake(&self, format: &'static dyn Format, location: &str, sender: SenderRef) -> Result<Intake> {
        Intake::open(
            &self.writer,
            IntakeOptions {
                kind: self.word,
                location: location.to_owned(),
                format,
                progress: self.report.progress.clone(),
                sender: Some(sender),
                tells_again: false,
            },
        )
    }

    /// The format with this id.
    ///
    /// # Errors
    /// `Internal` if there is none.
    pub fn format(&self, id: &str) -> Result<&'static dyn Format> {
        wire::format_by_id(id).ok_or_else(|| Error::internal(format!("the format {id} is missing")))
    }

    /// Notes that `bytes` were received; gives when.
    pub fn received(&self, bytes: usize) -> i64 {
        let now_ns = self.clock.now_ns();
        self.report.received(bytes as u64, now_ns);
        now_ns
    }
}

/// Runs `work`, which may block, off the async threads.
///
/// # Errors
/// What it gives; `Internal` if it breaks off.
pub async fn off_thread<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| {
        Err(Error::new(Code::Internal, format!("a defect of this program stopped the reading: {error}")))
    })
}
