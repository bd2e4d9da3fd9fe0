//! The memory that requests under way may take together.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A number of bytes that many share.
pub(super) struct Budget {
    capacity_bytes: usize,
    used_bytes: Mutex<usize>,
}

/// What one has taken of a budget; given back when it is dropped.
pub(super) struct Charge {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(capacity_bytes: usize) -> Arc<Self> {
        Arc::new(Self { capacity_bytes, used_bytes: Mutex::new(0) })
    }

    /// A charge of nothing yet.
    pub(super) fn charge(self: &Arc<Self>) -> Charge {
        Charge { budget: self.clone(), bytes: 0 }
    }

    fn used(&self) -> MutexGuard<'_, usize> {
        self.used_bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Charge {
    /// Takes `bytes` more, if there are so many; one that is alone may take more than there are, so that what is large can
    /// pass at all. Says whether it did.
    pub(super) fn grow(&mut self, bytes: usize) -> bool {
        let mut used = self.budget.used();
        let is_alone = *used == self.bytes;
        if !is_alone && *used + bytes > self.budget.capacity_bytes {
            return false;
        }
        *used += bytes;
        self.bytes += bytes;
        true
    }

    /// Gives all of it back.
    pub(super) fn clear(&mut self) {
        *self.budget.used() -= std::mem::take(&mut self.bytes);
    }
}

impl Drop for Charge {
    fn drop(&mut self) {
        self.clear();
    }
}
