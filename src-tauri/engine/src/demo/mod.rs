//! A made-up agent that tells of its runs over the feed socket, as a real one would: a client of the public protocol
//! (`docs/feed-protocol.md`) that knows nothing else of the app.
//!
//! What it does is decided by a seed and, where a course is given, by that: the same gives the same runs, ids included. A run
//! that is told again takes the place of the earlier one.

mod agent;
mod course;
mod script;
mod sender;
mod topics;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub use self::agent::Run;
pub use self::course::Course;
pub use self::script::Cue;
pub use self::sender::Told;
use crate::clock::Clock;
use crate::error::{Error, Result};

/// Which runs to tell of, where, and how fast.
#[derive(Clone, Debug)]
pub struct DemoRuns {
    /// The feed socket.
    pub socket: PathBuf,
    /// How many runs, one after another.
    pub runs: u32,
    /// What decides their course.
    pub seed: u64,
    /// How many times faster than told: 1 is as it happens. Durations that are told stay the same.
    pub speed: f64,
    /// The course of all runs; `None` for a mixture.
    pub course: Option<Course>,
}

impl DemoRuns {
    /// The run with this number, from 1.
    pub fn run(&self, number: u32) -> Run {
        let course = self.course.unwrap_or_else(|| Course::of_run(self.seed, number));
        agent::run(self.seed, number, course)
    }

    /// Tells of all runs, one after another, on this thread; `told` hears of each once it has ended. Ends early, and well,
    /// once `stop` is set.
    ///
    /// # Errors
    /// `Io` if nobody listens at the socket, or who did has gone.
    pub fn tell(&self, clock: &dyn Clock, stop: &AtomicBool, mut told: impl FnMut(&Told)) -> Result<()> {
        for number in 1..=self.runs {
            match sender::tell(self, &self.run(number), number, clock, stop)? {
                Some(one) => told(&one),
                None => break,
            }
        }
        Ok(())
    }
}

/// Runs of the made-up agent, started from the app.
#[derive(Default)]
pub struct Demo {
    /// Set to stop the runs under way.
    stop: Mutex<Option<Arc<AtomicBool>>>,
}

impl Demo {
    /// Starts runs on a thread of their own; a second start takes the place of the first. `failed` hears why they ended
    /// early.
    ///
    /// # Errors
    /// `Internal` if there can be no thread.
    pub fn start(
        &self,
        runs: DemoRuns,
        clock: Arc<dyn Clock>,
        failed: impl FnOnce(Error) + Send + 'static,
    ) -> Result<()> {
        let stop = Arc::new(AtomicBool::new(false));
        if let Some(earlier) = self.replace(Some(stop.clone())) {
            earlier.store(true, Ordering::Relaxed);
        }
        let tell = move || {
            if let Err(error) = runs.tell(&*clock, &stop, |_| {}) {
                failed(error);
            }
        };
        std::thread::Builder::new()
            .name("demo".into())
            .spawn(tell)
            .map(drop)
            .map_err(|error| Error::internal(format!("the demo can't be started: {error}")))
    }

    /// Stops them: the one under way is left where it stands. Does not wait.
    pub fn stop(&self) {
        if let Some(stop) = self.replace(None) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    fn replace(&self, stop: Option<Arc<AtomicBool>>) -> Option<Arc<AtomicBool>> {
        std::mem::replace(&mut *self.stop.lock().unwrap_or_else(PoisonError::into_inner), stop)
    }
}
