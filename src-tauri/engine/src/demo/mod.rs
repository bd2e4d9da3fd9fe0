//! A made-up agent that tells of its runs over the feed socket, as a real one would.

use std::path::PathBuf;

use crate::error::Result;

/// Runs of the made-up agent, started from the app.
#[derive(Default)]
pub struct Demo;

impl Demo {
    /// Starts runs that are told to `socket`; a second start replaces the first.
    pub fn start(&self, _socket: PathBuf, _runs: u32, _seed: Option<u64>) -> Result<()> {
        Ok(())
    }

    /// Stops them.
    pub fn stop(&self) {}
}
