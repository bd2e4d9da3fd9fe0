//! Pauses between tries to reach something that is not there: each twice as long as the one before, up to a cap, and
//! spread a little so that many do not come back at once.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// Exponential back-off with a cap.
#[derive(Clone, Debug)]
pub struct Backoff {
    first: Duration,
    most: Duration,
    next: Duration,
}

impl Backoff {
    /// Pauses from `first` to `most`.
    pub fn new(first: Duration, most: Duration) -> Self {
        Self { first, most, next: first }
    }

    /// The next pause: between three quarters and all of its length.
    pub fn next(&mut self) -> Duration {
        let length = self.next;
        self.next = (length * 2).min(self.most);
        // A hasher's keys are made by chance.
        let spread = (RandomState::new().hash_one(0) % 1_000) as f64 / 1_000.0;
        length.mul_f64(0.75 + 0.25 * spread)
    }

    /// Begins anew: it was there.
    pub fn reset(&mut self) {
        self.next = self.first;
    }
}
