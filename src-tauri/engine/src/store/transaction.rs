//! Transactions of the connection that writes, with patience for other programs that hold the store.

use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::open::LOCK_PATIENCE;
use crate::error::{Code, Error, Result};

/// How long another program is waited for before it is asked whether to go on waiting.
pub const STEP: Duration = Duration::from_millis(250);

/// Begins a transaction, waiting as long as another program holds the store. `gives_up` is asked after every [`STEP`].
///
/// Error `Locked` once that says yes, and whatever else stops it.
pub fn begin(connection: &Connection, gives_up: impl FnMut() -> bool) -> Result<()> {
    patiently(connection, "BEGIN IMMEDIATE", gives_up)
}

/// Ends the transaction under way, waiting as [`begin`] does; one that can't be ended is undone.
pub fn commit(connection: &Connection, gives_up: impl FnMut() -> bool) -> Result<()> {
    patiently(connection, "COMMIT", gives_up).inspect_err(|_| roll_back(connection))
}

/// Gives up after the patience that is had with another program where a person waits for an answer; at once if `is_over` says so.
pub fn soon(is_over: impl Fn() -> bool) -> impl FnMut() -> bool {
    let begun = Instant::now();
    move || is_over() || begun.elapsed() >= LOCK_PATIENCE
}

/// Has everything that `read` reads be of one moment.
pub fn snapshot<T>(connection: &Connection, read: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    connection.execute_batch("BEGIN")?;
    let given = read(connection);
    roll_back(connection);
    given
}

/// Does `change` in a transaction, waiting for another program as long as [`begin`] and `gives_up` say.
pub fn change<T>(
    connection: &Connection,
    mut gives_up: impl FnMut() -> bool,
    change: impl FnOnce(&Connection) -> Result<T>,
) -> Result<T> {
    begin(connection, &mut gives_up)?;
    let given = change(connection).inspect_err(|_| roll_back(connection))?;
    commit(connection, gives_up)?;
    Ok(given)
}

/// Undoes the transaction under way, if there is one: an error such as a full disk may have ended it already.
pub fn roll_back(connection: &Connection) {
    if !connection.is_autocommit() {
        // Nothing is left to be done about it; the next begin says what is wrong.
        let _ = connection.execute_batch("ROLLBACK");
    }
}

fn patiently(connection: &Connection, sql: &str, mut gives_up: impl FnMut() -> bool) -> Result<()> {
    connection.busy_timeout(STEP)?;
    let result = loop {
        match connection.execute_batch(sql).map_err(Error::from) {
            Err(error) if error.code == Code::Locked && !gives_up() => {}
            other => break other,
        }
    };
    connection.busy_timeout(LOCK_PATIENCE)?;
    result
}
