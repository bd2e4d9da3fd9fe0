//! What the store takes on disk, and what can be brought back.

use std::collections::HashMap;

use rusqlite::Connection;

use super::summary::unix_ms;
use crate::dto::{Deletion, StorageInfo, StorageSource};
use crate::error::Result;
use crate::store::footprint;

/// Most sources given.
const MOST_SOURCES: usize = 500;

/// What the store takes on disk, but for what the writer knows.
pub fn storage_info(connection: &Connection) -> Result<StorageInfo> {
    let space = footprint::file_space(connection)?;
    let sizes = footprint::of_traces(connection)?;
    let mut sources = HashMap::new();
    let mut statement = connection.prepare_cached("SELECT id, location, kind, format FROM source")?;
    for row in statement.query_map([], |row| {
        let source = StorageSource {
            location: row.get(1)?,
            kind: row.get(2)?,
            format: row.get(3)?,
            traces: 0,
            steps: 0,
            bytes: 0,
        };
        Ok((row.get::<_, i64>(0)?, source))
    })? {
        let (id, source) = row?;
        sources.insert(id, source);
    }
    let (mut traces, mut deleted_traces, mut deleted_bytes) = (0, 0, 0);
    let mut statement =
        connection.prepare_cached("SELECT id, source_id, span_count, deleted_ns IS NOT NULL FROM trace")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, row.get::<_, bool>(3)?))
    })?;
    for row in rows {
        let (trace_id, source_id, steps, is_deleted) = row?;
        let bytes = sizes.get(&trace_id).copied().unwrap_or(0);
        if is_deleted {
            deleted_traces += 1;
            deleted_bytes += bytes;
        } else {
            traces += 1;
            if let Some(source) = sources.get_mut(&source_id) {
                source.traces += 1;
                source.steps += steps.unsigned_abs();
                source.bytes += bytes;
            }
        }
    }
    let mut sources: Vec<StorageSource> = sources.into_values().filter(|source| source.traces > 0).collect();
    sources.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.location.cmp(&other.location)));
    let more_sources = sources.len().saturating_sub(MOST_SOURCES) as u32;
    sources.truncate(MOST_SOURCES);
    Ok(StorageInfo {
        database_bytes: space.bytes,
        free_bytes: space.free_bytes,
        traces,
        deleted_traces,
        deleted_bytes,
        sources,
        more_sources,
        removed: None,
        is_compacting: false,
    })
}

/// What was deleted and can be brought back for `undo_ns` after that, the last first.
pub fn deletions(connection: &Connection, undo_ns: i64) -> Result<Vec<Deletion>> {
    let mut statement = connection.prepare_cached(
        "SELECT deleted_ns, count(*), coalesce(max(name), '') FROM trace WHERE deleted_ns IS NOT NULL AND deleted_ns > 0
         GROUP BY deleted_ns ORDER BY deleted_ns DESC",
    )?;
    let deletions = statement
        .query_map([], |row| {
            let deleted_ns: i64 = row.get(0)?;
            Ok(Deletion {
                deletion_id: deleted_ns / 1_000_000,
                traces: row.get(1)?,
                deleted_unix_ms: unix_ms(deleted_ns),
                purge_unix_ms: unix_ms(deleted_ns.saturating_add(undo_ns)),
                example: row.get(2)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(deletions)
}
