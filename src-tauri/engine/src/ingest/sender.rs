//! Who sends live: as long as a sender is there, what it began may still end.

use std::sync::{Arc, Weak};

/// A sender that is there: a connection, a followed file. Dropped when it goes.
#[derive(Clone, Debug, Default)]
pub struct Sender(Arc<()>);

/// How a batch knows its sender.
#[derive(Clone, Debug)]
pub enum SenderRef {
    /// Known as long as it is there: once it has gone, what it left open is lost.
    Present(Weak<()>),
    /// Comes and goes with every request, or pauses as it likes: only a long silence says that nothing more comes.
    Anonymous,
}

impl Sender {
    /// A new one.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to give to batches.
    pub fn reference(&self) -> SenderRef {
        SenderRef::Present(Arc::downgrade(&self.0))
    }
}

impl SenderRef {
    /// Whether it is known to have gone.
    pub(super) fn has_gone(&self) -> bool {
        matches!(self, Self::Present(token) if token.strong_count() == 0)
    }

    /// Whether it is known to be there.
    pub(super) fn is_there(&self) -> bool {
        matches!(self, Self::Present(token) if token.strong_count() > 0)
    }
}
