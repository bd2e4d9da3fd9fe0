//! A promise that what was handed over is on disk.

use crate::error::{Code, Error, Result};

/// Told once what was handed over with it is committed, or why it was not.
pub struct Receipt(Option<Box<dyn FnOnce(Result<()>) + Send>>);

impl Receipt {
    /// A receipt that tells `told`, on the writer's thread: it must not block.
    pub fn new(told: impl FnOnce(Result<()>) + Send + 'static) -> Self {
        Self(Some(Box::new(told)))
    }

    /// All is on disk.
    pub(super) fn committed(mut self) {
        if let Some(told) = self.0.take() {
            told(Ok(()));
        }
    }

    /// It could not be written.
    pub(super) fn failed(mut self, error: &Error) {
        if let Some(told) = self.0.take() {
            told(Err(Error::new(error.code, error.message.clone())));
        }
    }
}

impl Drop for Receipt {
    fn drop(&mut self) {
        if let Some(told) = self.0.take() {
            told(Err(Error::new(Code::Cancelled, "the store was closed before this was written")));
        }
    }
}
