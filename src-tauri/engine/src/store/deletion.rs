//! `trace.deleted_ns`: traces that the person deleted, how they come back, and how they go for good.
//!
//! A trace is deleted by noting when; all of one deletion share that time, to a millisecond, which names it. Later it is
//! doomed: nothing brings it back, and it is taken away piece by piece.

use rusqlite::Connection;

use super::{payload_use, span, trace};
use crate::error::Result;

/// The time that stands for "going for good".
const DOOMED: i64 = 0;
/// A running trace may still be told of; it goes once it has ended.
const RUNNING: i64 = 3;
/// Blocks freed in one step; each has some 150 kB.
const BLOCKS_AT_ONCE: usize = 64;

/// A time for a new deletion that no other has, near `now_ns`.
pub fn new_time(connection: &Connection, now_ns: i64) -> Result<i64> {
    const MS: i64 = 1_000_000;
    let last: Option<i64> = connection
        .prepare_cached("SELECT max(deleted_ns) FROM trace WHERE deleted_ns IS NOT NULL")?
        .query_row([], |row| row.get(0))?;
    // A machine that has lost its time begins at the epoch, which is the time of what is going for good.
    let now = (now_ns - now_ns.rem_euclid(MS)).max(DOOMED + MS);
    Ok(last.map_or(now, |last| now.max(last + MS)))
}

/// Deletes those of the traces that are there. Gives them.
pub fn delete(connection: &Connection, ids: &[i64], deleted_ns: i64) -> Result<Vec<i64>> {
    let mut statement =
        connection.prepare_cached("UPDATE trace SET deleted_ns = ?2 WHERE id = ?1 AND deleted_ns IS NULL")?;
    let mut deleted = Vec::new();
    for id in ids {
        if statement.execute((id, deleted_ns))? > 0 {
            deleted.push(*id);
        }
    }
    trace::touch(connection, deleted.iter().copied())?;
    Ok(deleted)
}

/// Brings back what was deleted at this time. Gives the traces.
pub fn restore(connection: &Connection, deleted_ns: i64) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "UPDATE trace SET deleted_ns = NULL WHERE deleted_ns = ?1 AND deleted_ns <> 0 RETURNING id",
    )?;
    let ids = statement.query_map([deleted_ns], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
    trace::touch(connection, ids.iter().copied())?;
    Ok(ids)
}

/// Brings a trace back that is told anew. Of one that was going for good some may be gone already, and what is said of the
/// run is forgotten: it is told now. Says whether it was deleted.
pub fn restore_trace(connection: &Connection, trace_id: i64) -> Result<bool> {
    let forgotten = connection
        .prepare_cached(
            "UPDATE trace SET deleted_ns = NULL, stale = 1, reported = NULL, payload_block = NULL, payload_offset = NULL,
               payload_bytes = NULL
             WHERE id = ?1 AND deleted_ns = ?2",
        )?
        .execute((trace_id, DOOMED))?;
    let restored = connection
        .prepare_cached("UPDATE trace SET deleted_ns = NULL WHERE id = ?1 AND deleted_ns IS NOT NULL")?
        .execute([trace_id])?;
    if forgotten + restored > 0 {
        trace::touch(connection, [trace_id])?;
    }
    Ok(forgotten + restored > 0)
}

/// Lets all that was deleted up to `until_ns` go for good. Says whether there is any such.
pub fn doom_deleted(connection: &Connection, until_ns: i64) -> Result<bool> {
    let is_any = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM trace WHERE deleted_ns IS NOT NULL AND deleted_ns > ?1 AND deleted_ns <= ?2
               AND status <> ?3)",
        )?
        .query_row((DOOMED, until_ns, RUNNING), |row| row.get::<_, bool>(0))?;
    if !is_any {
        return Ok(false);
    }
    let doomed = connection
        .prepare_cached(
            "UPDATE trace SET deleted_ns = ?1 WHERE deleted_ns IS NOT NULL AND deleted_ns > ?1 AND deleted_ns <= ?2
               AND status <> ?3",
        )?
        .execute((DOOMED, until_ns, RUNNING))?;
    Ok(doomed > 0)
}

/// Lets these traces go for good.
pub fn doom(connection: &Connection, ids: &[i64]) -> Result<()> {
    let mut statement = connection.prepare_cached("UPDATE trace SET deleted_ns = ?2 WHERE id = ?1")?;
    for id in ids {
        statement.execute((id, DOOMED))?;
    }
    trace::touch(connection, ids.iter().copied())
}

/// Whether any trace is going for good.
pub fn is_any_doomed(connection: &Connection) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM trace WHERE deleted_ns = ?1)")?
        .query_row([DOOMED], |row| row.get(0))?)
}

/// Takes away up to `most_spans` spans of traces that are going, and the traces whose last spans these were. Gives those
/// traces. To be called in a transaction, again and again until none [is left](is_any_doomed).
pub fn purge_some(connection: &Connection, most_spans: usize) -> Result<Vec<i64>> {
    let mut gone = Vec::new();
    let mut left = most_spans;
    let next = "SELECT min(id) FROM trace WHERE deleted_ns = ?1";
    while let Some(trace_id) =
        connection.prepare_cached(next)?.query_row([DOOMED], |row| row.get::<_, Option<i64>>(0))?
    {
        let removed = span::remove_some(connection, trace_id, left)?;
        // A trace costs something too, even without spans.
        left = left.saturating_sub(removed.max(10));
        if left == 0 || !payload_use::release(connection, trace_id, BLOCKS_AT_ONCE)? {
            break;
        }
        trace::remove_row(connection, trace_id)?;
        gone.push(trace_id);
    }
    if !gone.is_empty() {
        trace::count_purge(connection)?;
    }
    Ok(gone)
}

/// Takes away those of these traces that are of one of `formats`, at once. Gives them.
pub fn remove_of_formats(connection: &Connection, ids: &[i64], formats: &[&str]) -> Result<Vec<i64>> {
    let mut gone = Vec::new();
    for id in ids {
        if !trace::is_of_formats(connection, *id, formats)? {
            continue;
        }
        span::remove_some(connection, *id, usize::MAX >> 1)?;
        payload_use::release(connection, *id, usize::MAX >> 1)?;
        trace::remove_row(connection, *id)?;
        gone.push(*id);
    }
    if !gone.is_empty() {
        trace::count_purge(connection)?;
    }
    Ok(gone)
}
