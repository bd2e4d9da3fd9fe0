//! Seats at a listener. There are so many and no more; when all are taken, a connection that has had its seat for some time
//! and is at no work gives it up to a new one. So whoever only opens connections, or sends a byte now and then, on however
//! many of them, keeps nobody out.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio_util::sync::CancellationToken;

/// The seats of one listener.
pub struct Seats {
    most: usize,
    grace: Duration,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    last: u64,
    /// By the number of the seat.
    sitters: BTreeMap<u64, Sitter>,
}

struct Sitter {
    /// When it sat down, or last had something done.
    since: Instant,
    /// What it is at: requests that have come whole and are not answered yet.
    works: usize,
    leave: CancellationToken,
}

/// A connection's seat, free again once this is dropped.
pub struct Seat {
    seats: Arc<Seats>,
    number: u64,
    leave: CancellationToken,
}

/// Something that a connection is at: as long as there is any, it keeps its seat.
pub struct Work(Arc<Seat>);

impl Seats {
    /// `most` seats. One who is at no work may keep a seat for `grace`, however many wait.
    pub fn new(most: usize, grace: Duration) -> Arc<Self> {
        Arc::new(Self { most, grace, taken: Mutex::default() })
    }

    /// A seat; where there is none, that of whoever has been at no work for longest. `None` if all have something to do, or
    /// have only just come.
    pub fn take(self: &Arc<Self>) -> Option<Arc<Seat>> {
        let mut taken = self.taken();
        if taken.sitters.len() >= self.most {
            let idle = taken.sitters.iter().filter(|(_, sitter)| sitter.works == 0);
            let (&number, sitter) = idle.min_by_key(|(_, sitter)| sitter.since)?;
            if sitter.since.elapsed() < self.grace {
                return None;
            }
            sitter.leave.cancel();
            taken.sitters.remove(&number);
        }
        taken.last += 1;
        let (number, leave) = (taken.last, CancellationToken::new());
        taken.sitters.insert(number, Sitter { since: Instant::now(), works: 0, leave: leave.clone() });
        Some(Arc::new(Seat { seats: Arc::clone(self), number, leave }))
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Waits until the seat has been given to another: the connection is to be closed.
    pub async fn lost(&self) {
        self.leave.cancelled().await;
    }

    /// Notes that the connection is at something, until what this gives is dropped.
    pub fn work(self: &Arc<Self>) -> Work {
        self.change(|sitter| sitter.works += 1);
        Work(Arc::clone(self))
    }

    fn change(&self, change: impl FnOnce(&mut Sitter)) {
        // One that was given away is not there any more.
        if let Some(sitter) = self.seats.taken().sitters.get_mut(&self.number) {
            change(sitter);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken().sitters.remove(&self.number);
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.0.change(|sitter| {
            sitter.works -= 1;
            sitter.since = Instant::now();
        });
    }
}
