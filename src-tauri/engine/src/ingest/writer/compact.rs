//! Gives room in the database file back to the disk, between everything else that is written.

use std::sync::atomic::Ordering;

use super::Writer;
use crate::error::{Code, Error, Result};
use crate::store::compaction;

impl Writer {
    /// Gives the free pages of the database back to the disk; nothing else is written meanwhile, and what comes in waits.
    ///
    /// Errors: `Invalid` if that is under way already, `DiskFull`, `Cancelled` after [`Writer::stop_compacting`].
    pub fn compact(&self) -> Result<()> {
        if self.is_compacting.swap(true, Ordering::AcqRel) {
            return Err(Error::invalid("the database is being compacted already"));
        }
        let compacted = self.ask(|writer| {
            if writer.queue.is_closed() {
                return Err(Error::new(Code::Cancelled, "the store is closed"));
            }
            compaction::compact(&writer.connection)
        });
        self.is_compacting.store(false, Ordering::Release);
        compacted
    }

    /// Whether the database is being compacted.
    pub fn is_compacting(&self) -> bool {
        self.is_compacting.load(Ordering::Acquire)
    }

    /// Breaks a compaction off; the database stays as it was.
    pub fn stop_compacting(&self) {
        if self.is_compacting() {
            self.interrupt.interrupt();
        }
    }
}
