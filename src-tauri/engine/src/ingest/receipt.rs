//! A promise that what was handed over is on disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::error::{Code, Error, Result};

/// Told once what was handed over with it is committed, or why it was not.
pub struct Receipt {
    told: Option<Box<dyn FnOnce(Result<()>) + Send>>,
    coverage: Coverage,
}

/// What a receipt covers beside the batch that it comes with: batches before it that had none. Each knows of a loss.
#[derive(Debug, Default)]
pub(super) struct Coverage(Arc<AtomicBool>);

/// A batch that a later receipt covers. Dropped without having been committed, it is lost, however that came about.
#[derive(Debug)]
pub struct Covered(Option<Arc<AtomicBool>>);

impl Receipt {
    /// A receipt that tells `told`, on the writer's thread: it must not block.
    pub fn new(told: impl FnOnce(Result<()>) + Send + 'static) -> Self {
        Self { told: Some(Box::new(told)), coverage: Coverage::default() }
    }

    /// The same for what went before, too.
    pub(super) fn covering(mut self, coverage: Coverage) -> Self {
        self.coverage = coverage;
        self
    }

    /// All is on disk, unless something before it was lost.
    pub(super) fn committed(mut self) {
        if let Some(told) = self.told.take() {
            told(match self.coverage.0.load(Ordering::Relaxed) {
                false => Ok(()),
                true => Err(Error::new(Code::Io, "part of what was sent could not be written")),
            });
        }
    }

    /// It could not be written.
    pub(super) fn failed(mut self, error: &Error) {
        if let Some(told) = self.told.take() {
            told(Err(Error::new(error.code, error.message.clone())));
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if let Some(told) = self.told.take() {
            told(Err(Error::new(Code::Cancelled, "the store was closed before this was written")));
        }
    }
}

impl Coverage {
    /// One more batch that is covered.
    pub(super) fn of_batch(&self) -> Covered {
        Covered(Some(self.0.clone()))
    }
}

impl Covered {
    /// It is on disk.
    pub(super) fn committed(mut self) {
        self.0 = None;
    }
}

impl Drop for Covered {
    fn drop(&mut self) {
        if let Some(is_lost) = self.0.take() {
            is_lost.store(true, Ordering::Relaxed);
        }
    }
}
