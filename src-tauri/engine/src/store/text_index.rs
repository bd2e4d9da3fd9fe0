//! `text_segment`, `text_posting`: the index of texts; and which traces are not in it as they stand.

use rusqlite::{Connection, OptionalExtension};

use super::trace;
use crate::error::Result;
use crate::model::TraceStatus;

const BUILDING: u8 = 0;
const READY: u8 = 1;
const MERGED: u8 = 2;
/// Buckets have ids below this.
const BUCKETS: i64 = 65_536;

/// A segment that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRow {
    /// Its id, never used again.
    pub id: i64,
    /// How many bits of a gram choose its bucket.
    pub bucket_bits: u32,
    /// How many traces it is about.
    pub traces: usize,
    /// What it takes in the database.
    pub bytes: u64,
}

/// A trace whose texts are not in the index as they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The trace.
    pub trace_id: i64,
    /// Its last change.
    pub change: i64,
}

/// Notes that texts of a trace have come or changed. That the trace has changed is left to the caller to mark.
pub fn set_pending(connection: &Connection, trace_id: i64) -> Result<()> {
    connection.prepare_cached("UPDATE trace SET text_pending = 1 WHERE id = ?1")?.execute([trace_id])?;
    Ok(())
}

/// Notes that the index has the trace as it stood at `pending`; of one that has changed since, nothing.
pub fn clear_pending(connection: &Connection, pending: Pending) -> Result<()> {
    connection
        .prepare_cached(
            "UPDATE trace SET text_pending = 0 WHERE id = ?1 AND change = ?2 AND text_pending = 1",
        )?
        .execute((pending.trace_id, pending.change))?;
    Ok(())
}

/// Traces to be put into the index, by id: not those that are running, which would have to be put in again and again.
pub fn to_index(connection: &Connection, limit: usize) -> Result<Vec<Pending>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, change FROM trace WHERE text_pending = 1 AND status <> ?1 ORDER BY id LIMIT ?2",
    )?;
    let pending = statement
        .query_map((TraceStatus::Running.code(), limit as i64), |row| {
            Ok(Pending { trace_id: row.get(0)?, change: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(pending)
}

/// The traces that must be searched themselves, since the index does not have them as they stand.
pub fn pending(connection: &Connection) -> Result<Vec<i64>> {
    ids(connection, "SELECT id FROM trace WHERE text_pending = 1", [])
}

/// All traces.
pub fn all(connection: &Connection) -> Result<Vec<i64>> {
    ids(connection, "SELECT id FROM trace", [])
}

/// The traces that have changed since `change`.
pub fn changed_since(connection: &Connection, change: i64) -> Result<Vec<i64>> {
    ids(connection, "SELECT id FROM trace WHERE change > ?1", [change])
}

fn ids(connection: &Connection, sql: &str, parameters: impl rusqlite::Params) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    let ids = statement.query_map(parameters, |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}

/// What there is at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// The last change of any trace.
    pub change: i64,
    /// The newest trace; ids are never used again.
    pub last_id: i64,
    /// How many traces there are.
    pub traces: usize,
}

/// What there is now.
pub fn extent(connection: &Connection) -> Result<Extent> {
    let number =
        |sql: &str| -> Result<i64> { Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?) };
    Ok(Extent {
        change: trace::last_change(connection)?,
        last_id: number("SELECT coalesce(max(id), 0) FROM trace")?,
        traces: usize::try_from(number("SELECT count(*) FROM trace")?).unwrap_or(0),
    })
}

/// How many traces the index does not have as they stand, and the bytes of its segments.
pub fn progress(connection: &Connection) -> Result<(usize, u64)> {
    let pending: i64 = connection
        .prepare_cached("SELECT count(*) FROM trace WHERE text_pending = 1")?
        .query_row([], |row| row.get(0))?;
    let bytes: i64 = connection
        .prepare_cached("SELECT coalesce(sum(bytes), 0) FROM text_segment WHERE state = ?1")?
        .query_row([READY], |row| row.get(0))?;
    Ok((usize::try_from(pending).unwrap_or(0), bytes.unsigned_abs()))
}

/// Whether the trace is there.
pub fn has_trace(connection: &Connection, trace_id: i64) -> Result<bool> {
    Ok(connection
        .prepare_cached("SELECT 1 FROM trace WHERE id = ?1")?
        .query_row([trace_id], |_| Ok(()))
        .optional()?
        .is_some())
}

/// The segments that can be read, the oldest first.
pub fn segments(connection: &Connection) -> Result<Vec<SegmentRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, bucket_bits, trace_count, bytes FROM text_segment WHERE state = ?1 ORDER BY id",
    )?;
    let segments = statement
        .query_map([READY], |row| {
            Ok(SegmentRow {
                id: row.get(0)?,
                bucket_bits: row.get(1)?,
                traces: row.get::<_, u32>(2)? as usize,
                bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(segments)
}

/// The ids of a segment's traces, as they were written.
pub fn segment_traces(connection: &Connection, id: i64) -> Result<Vec<u8>> {
    let traces = connection
        .prepare_cached("SELECT traces FROM text_segment WHERE id = ?1")?
        .query_row([id], |row| row.get(0))
        .optional()?;
    Ok(traces.unwrap_or_default())
}

/// A bucket of a segment, if there is anything in it.
pub fn bucket(connection: &Connection, segment_id: i64, bucket: u32) -> Result<Option<Vec<u8>>> {
    Ok(connection
        .prepare_cached("SELECT data FROM text_posting WHERE id = ?1")?
        .query_row([segment_id * BUCKETS + i64::from(bucket)], |row| row.get(0))
        .optional()?)
}

/// Begins a segment, which nobody reads yet; gives its id.
pub fn begin_segment(
    connection: &Connection,
    bucket_bits: u32,
    traces: &[u8],
    trace_count: usize,
) -> Result<i64> {
    connection
        .prepare_cached(
            "INSERT INTO text_segment (state, bucket_bits, trace_count, bytes, traces) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((BUILDING, bucket_bits, trace_count as i64, traces.len() as i64, traces))?;
    Ok(connection.last_insert_rowid())
}

/// Adds buckets to a segment that is being built. Says whether it still is: another program may have swept it away.
pub fn add_buckets(connection: &Connection, segment_id: i64, buckets: &[(u32, Vec<u8>)]) -> Result<bool> {
    let bytes: usize = buckets.iter().map(|(_, data)| data.len()).sum();
    let is_there = connection
        .prepare_cached("UPDATE text_segment SET bytes = bytes + ?2 WHERE id = ?1 AND state = ?3")?
        .execute((segment_id, bytes as i64, BUILDING))?
        == 1;
    if is_there {
        let mut insert = connection.prepare_cached("INSERT INTO text_posting (id, data) VALUES (?1, ?2)")?;
        for (number, data) in buckets {
            insert.execute((segment_id * BUCKETS + i64::from(*number), data))?;
        }
    }
    Ok(is_there)
}

/// Lets a segment be read in the place of those it was merged from. Says whether it could be: if one of those is gone, or the
/// segment itself, another program was faster.
pub fn finish_segment(connection: &Connection, segment_id: i64, merged: &[i64]) -> Result<bool> {
    let mut set =
        connection.prepare_cached("UPDATE text_segment SET state = ?2 WHERE id = ?1 AND state = ?3")?;
    for id in merged {
        if set.execute((id, MERGED, READY))? != 1 {
            return Ok(false);
        }
    }
    Ok(set.execute((segment_id, READY, BUILDING))? == 1)
}

/// The segments that are of no account: merged into others, or, if `unfinished`, never finished.
pub fn dead_segments(connection: &Connection, unfinished: bool) -> Result<Vec<i64>> {
    let others = if unfinished { BUILDING } else { MERGED };
    ids(connection, "SELECT id FROM text_segment WHERE state = ?1 OR state = ?2", [MERGED, others])
}

/// Takes a segment away that is not read any more.
pub fn remove_segment(connection: &Connection, segment_id: i64) -> Result<()> {
    connection
        .prepare_cached("DELETE FROM text_posting WHERE id >= ?1 AND id < ?2")?
        .execute((segment_id * BUCKETS, (segment_id + 1) * BUCKETS))?;
    connection
        .prepare_cached("DELETE FROM text_segment WHERE id = ?1 AND state <> ?2")?
        .execute((segment_id, READY))?;
    Ok(())
}
