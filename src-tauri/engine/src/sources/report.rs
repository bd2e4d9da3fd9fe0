//! How a live source fares: its state, its counts, its rate, and what went wrong last.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::ingest::SourceProgress;
use crate::live::{Hub, Notice};
use crate::model::SourceState;

/// Beats that a rate is taken over.
const RATE_BEATS: usize = 5;

/// Where a source stands. Kept while it is off, so that its totals are of the whole run of the program.
pub struct Report {
    /// Its counts.
    pub progress: Arc<SourceProgress>,
    hub: Arc<Hub>,
    standing: Mutex<Standing>,
    connections: AtomicU32,
    heard_ns: AtomicI64,
    samples: Mutex<VecDeque<Sample>>,
}

/// What a source says of itself.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The state.
    pub state: SourceState,
    /// Where it listens, or what it is connected to.
    pub address: Option<String>,
    /// What went wrong last, and what to do.
    pub message: Option<String>,
    /// When it is tried again.
    pub retry_at: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Sample {
    at: Instant,
    spans: u64,
    bytes: u64,
}

/// Spans and bytes in a second.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rate {
    /// Spans.
    pub spans_per_s: f64,
    /// Bytes.
    pub bytes_per_s: f64,
}

impl Report {
    pub(super) fn new(hub: Arc<Hub>) -> Self {
        Self {
            progress: Arc::new(SourceProgress::endless()),
            hub,
            standing: Mutex::default(),
            connections: AtomicU32::new(0),
            heard_ns: AtomicI64::new(0),
            samples: Mutex::default(),
        }
    }

    /// Where it stands.
    pub fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// Its state.
    pub fn state(&self) -> SourceState {
        self.lock().state
    }

    /// It listens at `address`.
    pub fn listening(&self, address: impl Into<String>) {
        let address = Some(address.into());
        self.set(Standing { state: SourceState::Listening, address, ..Standing::default() });
    }

    /// It is connected to `address`.
    pub fn connected(&self, address: impl Into<String>) {
        let address = Some(address.into());
        self.set(Standing { state: SourceState::Connected, address, ..Standing::default() });
    }

    /// What it follows is not there for the reason `message`; it is tried again after `pause`.
    pub fn retrying(&self, message: impl Into<String>, pause: Duration) {
        let address = self.lock().address.clone();
        self.set(Standing {
            state: SourceState::Retrying,
            address,
            message: Some(message.into()),
            retry_at: Some(Instant::now() + pause),
        });
    }

    /// Something went wrong that does not stop it.
    pub fn trouble(&self, message: impl Into<String>) {
        self.lock().message = Some(message.into());
        self.tell();
    }

    /// What is worth saying while all is well, or nothing any more.
    pub fn remark(&self, message: Option<String>) {
        let mut standing = self.lock();
        if standing.message == message {
            return;
        }
        standing.message = message;
        drop(standing);
        self.tell();
    }

    pub(super) fn starting(&self) {
        self.set(Standing { state: SourceState::Starting, ..Standing::default() });
    }

    pub(super) fn off(&self) {
        self.set(Standing::default());
    }

    pub(super) fn failed(&self, error: &Error) {
        let message = Some(error.message.clone());
        self.set(Standing { state: SourceState::Failed, message, ..Standing::default() });
    }

    /// Counts a connection until what is given is dropped.
    pub fn connection(self: &Arc<Self>) -> Connection {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.tell();
        Connection(self.clone())
    }

    /// How many senders are connected.
    pub fn connections(&self) -> u32 {
        self.connections.load(Ordering::Relaxed)
    }

    /// Notes that `bytes` were received at `now_ns`.
    pub fn received(&self, bytes: u64, now_ns: i64) {
        self.progress.bytes_done.fetch_add(bytes, Ordering::Relaxed);
        self.heard_ns.store(now_ns, Ordering::Relaxed);
    }

    /// Notes that `spans` were received and could not be taken.
    pub fn dropped(&self, spans: u64) {
        self.progress.dropped.fetch_add(spans, Ordering::Relaxed);
    }

    /// When something was received last, in nanoseconds since the epoch.
    pub fn heard_ns(&self) -> Option<i64> {
        Some(self.heard_ns.load(Ordering::Relaxed)).filter(|ns| *ns > 0)
    }

    /// What comes in a second, over the last few seconds.
    pub fn rate(&self) -> Rate {
        let samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        let (Some(first), Some(last)) = (samples.front(), samples.back()) else { return Rate::default() };
        let seconds = last.at.duration_since(first.at).as_secs_f64();
        if seconds <= 0.0 {
            return Rate::default();
        }
        Rate {
            spans_per_s: last.spans.saturating_sub(first.spans) as f64 / seconds,
            bytes_per_s: last.bytes.saturating_sub(first.bytes) as f64 / seconds,
        }
    }

    /// Takes a sample for the rate; says whether there is something to tell.
    pub(super) fn beat(&self) -> bool {
        let sample = Sample {
            at: Instant::now(),
            spans: self.progress.state().spans,
            bytes: self.progress.bytes_done.load(Ordering::Relaxed),
        };
        let mut samples = self.samples.lock().unwrap_or_else(PoisonError::into_inner);
        // A rate that falls to nothing is told too.
        let first = samples.front().map(|first| (first.spans, first.bytes));
        samples.push_back(sample);
        while samples.len() > RATE_BEATS + 1 {
            samples.pop_front();
        }
        first.is_some_and(|first| first != (sample.spans, sample.bytes))
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, standing: Standing) {
        *self.lock() = standing;
        self.tell();
    }

    fn tell(&self) {
        self.hub.publish(&Notice { sources: true, ..Notice::default() });
    }
}

/// A connection that is counted.
pub struct Connection(Arc<Report>);

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.connections.fetch_sub(1, Ordering::Relaxed);
        self.0.tell();
    }
}
