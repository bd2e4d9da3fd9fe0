//! `baseline`: runs that the others of their task are held against.

use rusqlite::Connection;

use crate::error::Result;

/// All of them.
pub fn all(connection: &Connection) -> Result<Vec<i64>> {
    let ids = connection
        .prepare_cached("SELECT trace_id FROM baseline")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// Makes a run one, or not.
pub fn set(connection: &Connection, trace_id: i64, is_baseline: bool) -> Result<()> {
    let statement = if is_baseline {
        "INSERT OR IGNORE INTO baseline (trace_id) VALUES (?1)"
    } else {
        "DELETE FROM baseline WHERE trace_id = ?1"
    };
    connection.prepare_cached(statement)?.execute([trace_id])?;
    Ok(())
}
