//! `payload_use`: which traces have payloads in which block.

use rusqlite::Connection;

use crate::error::Result;

/// Notes that payloads of the trace lie in these blocks.
pub fn note(connection: &Connection, trace_id: i64, blocks: impl IntoIterator<Item = i64>) -> Result<()> {
    let mut statement =
        connection.prepare_cached("INSERT OR IGNORE INTO payload_use (trace_id, block) VALUES (?1, ?2)")?;
    for block in blocks {
        statement.execute((trace_id, block))?;
    }
    Ok(())
}

/// Takes away up to `most` of the trace's blocks: those that no other trace uses go for good. Says whether none is left.
pub fn release(connection: &Connection, trace_id: i64, most: usize) -> Result<bool> {
    let mut blocks = connection
        .prepare_cached("SELECT block FROM payload_use WHERE trace_id = ?1 ORDER BY block LIMIT ?2")?;
    let blocks = blocks
        .query_map((trace_id, most as i64), |row| row.get::<_, i64>(0))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for block in &blocks {
        connection
            .prepare_cached("DELETE FROM payload_use WHERE trace_id = ?1 AND block = ?2")?
            .execute((trace_id, block))?;
        connection
            .prepare_cached(
                "DELETE FROM payload_block WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM payload_use WHERE block = ?1)",
            )?
            .execute([block])?;
    }
    Ok(blocks.len() < most)
}
