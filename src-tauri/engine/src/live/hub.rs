//! Merges what changed and hands it to the subscribers.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::Notice;
use crate::error::{Error, Result};

/// The least time between two notices.
const INTERVAL: Duration = Duration::from_millis(100);

/// Takes notices from the writer and the imports, and gives them on at a bounded rate.
pub struct Hub {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    pending: Option<Notice>,
    revision: u64,
    subscribers: Vec<Subscriber>,
    closed: bool,
}

/// A host; while it has not taken its last notice, later ones are merged into `waiting`.
struct Subscriber {
    sender: SyncSender<Notice>,
    waiting: Option<Notice>,
}

impl Hub {
    /// Starts the hub's thread.
    pub fn start() -> Result<Self> {
        let shared = Arc::new(Shared::default());
        let thread = std::thread::Builder::new()
            .name("live-hub".into())
            .spawn({
                let shared = shared.clone();
                move || deliver(&shared)
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// Adds a change to what the next notice says.
    pub fn publish(&self, notice: &Notice) {
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.revision = state.revision.max(notice.revision);
        let revision = state.revision;
        let pending = state.pending.get_or_insert_with(Notice::default);
        pending.merge(notice);
        pending.revision = revision;
        self.shared.changed.notify_one();
    }

    /// The revision last published.
    pub fn revision(&self) -> u64 {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).revision
    }

    /// Notices from now on; dropping the receiver unsubscribes. The first comes at once and says that anything may have
    /// changed: what a page has read before it subscribed may be old already.
    pub fn subscribe(&self) -> Receiver<Notice> {
        let (sender, receiver) = sync_channel(1);
        let mut state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let first = Notice {
            revision: state.revision,
            many_traces: true,
            imports: true,
            sources: true,
            search: true,
            store: true,
            ..Notice::default()
        };
        state.subscribers.push(Subscriber { sender, waiting: Some(first) });
        self.shared.changed.notify_one();
        receiver
    }

    /// Ends all subscriptions and the thread.
    pub fn close(&self) {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.changed.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.close();
    }
}

fn deliver(shared: &Shared) {
    let mut state = shared.state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let waiting = state.subscribers.iter().any(|subscriber| subscriber.waiting.is_some());
        if state.closed {
            state.subscribers.clear();
            return;
        }
        if let Some(notice) = state.pending.take() {
            for subscriber in &mut state.subscribers {
                subscriber.waiting.get_or_insert_with(Notice::default).merge(&notice);
            }
        } else if !waiting {
            state = shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            continue;
        }
        state.subscribers.retain_mut(|subscriber| match subscriber.waiting.take() {
            None => true,
            Some(notice) => match subscriber.sender.try_send(notice) {
                Ok(()) => true,
                Err(TrySendError::Full(notice)) => {
                    subscriber.waiting = Some(notice);
                    true
                }
                Err(TrySendError::Disconnected(_)) => false,
            },
        });
        // The pause that bounds the rate; closing ends it early.
        let (next, _) = shared
            .changed
            .wait_timeout_while(state, INTERVAL, |state| !state.closed)
            .unwrap_or_else(PoisonError::into_inner);
        state = next;
    }
}
