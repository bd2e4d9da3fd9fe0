//! A queue bounded by the bytes it holds: a full one makes its senders wait, so that whatever reads a source stops reading.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

/// Holds items until their sizes add up to `capacity_bytes`; one item larger than that is taken when the queue is empty.
pub struct Queue<T> {
    capacity_bytes: usize,
    state: Mutex<State<T>>,
    changed: Condvar,
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
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(item) = Self::take(&mut state) {
                self.changed.notify_all();
                return Some(item);
            }
            if state.closed {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
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

    fn take(state: &mut State<T>) -> Option<T> {
        let (item, bytes) = state.items.pop_front()?;
        state.bytes -= bytes;
        Some(item)
    }
}
