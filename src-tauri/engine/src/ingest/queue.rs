//! A queue bounded by the bytes it holds: a full one makes its senders wait, so that whatever reads a source stops reading.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Holds items until their sizes add up to `capacity_bytes`; one item larger than that is taken when the queue is empty.
pub struct Queue<T> {
    capacity_bytes: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
}

/// What came of waiting for an item.
pub enum Next<T> {
    /// An item.
    Item(T),
    /// None came.
    Idle,
    /// None will come.
    Closed,
}

struct State<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    closed: bool,
}

impl<T> Queue<T> {
    /// An empty queue.
    pub fn new(capacity_bytes: usize) -> Self {
        Self {
            capacity_bytes,
            state: Mutex::new(State { items: VecDeque::new(), bytes: 0, closed: false }),
            changed: Condvar::new(),
        }
    }

    /// Adds an item when there is room for it. Gives it back if the queue is closed.
    pub fn push(&self, item: T, bytes: usize) -> Result<(), T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.closed && !state.items.is_empty() && state.bytes + bytes > self.capacity_bytes {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.closed {
            return Err(item);
        }
        state.bytes += bytes;
        state.items.push_back((item, bytes));
        self.changed.notify_all();
        Ok(())
    }

    /// The next item, when there is one; `None` once the queue is closed and empty.
    pub fn pop(&self) -> Option<T> {
        loop {
            match self.pop_within(Duration::MAX) {
                Next::Item(item) => return Some(item),
                Next::Idle => {}
                Next::Closed => return None,
            }
        }
    }

    /// As [`Queue::pop`], but waits for `patience` at most.
    pub fn pop_within(&self, patience: Duration) -> Next<T> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_idle = |state: &mut State<T>| state.items.is_empty() && !state.closed;
        let (mut state, _) =
            self.changed.wait_timeout_while(state, patience, is_idle).unwrap_or_else(PoisonError::into_inner);
        match Self::take(&mut state) {
            Some(item) => {
                self.changed.notify_all();
                Next::Item(item)
            }
            None if state.closed => Next::Closed,
            None => Next::Idle,
        }
    }

    /// The next item, if there is one now.
    pub fn try_pop(&self) -> Option<T> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let item = Self::take(&mut state);
        if item.is_some() {
            self.changed.notify_all();
        }
        item
    }

    /// Takes no more items; those inside can still be taken out.
    pub fn close(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.changed.notify_all();
    }

    /// Whether it was closed.
    pub fn is_closed(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed
    }

    fn take(state: &mut State<T>) -> Option<T> {
        let (item, bytes) = state.items.pop_front()?;
        state.bytes -= bytes;
        Some(item)
    }
}
