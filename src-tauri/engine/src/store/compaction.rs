//! Gives the free pages inside the database file back to the disk.

use rusqlite::{Connection, InterruptHandle};

use crate::error::Result;

/// Breaks off what the connection is doing.
pub struct Interrupt(InterruptHandle);

impl Interrupt {
    /// For this connection.
    pub fn of(connection: &Connection) -> Self {
        Self(connection.get_interrupt_handle())
    }

    /// Whatever statement is under way fails with `Cancelled`, undone.
    pub fn interrupt(&self) {
        self.0.interrupt();
    }
}

/// Writes the database anew without free pages. Readers go on meanwhile. Needs room on disk for a second copy, and once more
/// for the write-ahead log until it is over.
///
/// Errors: `DiskFull`, and `Cancelled` if it was interrupted; the database is as it was then.
pub fn compact(connection: &Connection) -> Result<()> {
    // In memory, where temporary things lie otherwise, the copy might not fit.
    connection.pragma_update(None, "temp_store", "file")?;
    let compacted = connection.execute_batch("VACUUM");
    connection.pragma_update(None, "temp_store", "memory")?;
    compacted?;
    // Whoever reads just now keeps the log as it is; the next checkpoint takes it then.
    empty_log(connection)?;
    Ok(())
}

/// Moves the write-ahead log into the database and empties its file. Says whether it could: whoever reads just now keeps it.
pub fn empty_log(connection: &Connection) -> Result<bool> {
    Ok(connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))? == 0)
}
