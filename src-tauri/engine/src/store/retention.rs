//! Which traces are over what is to be kept.

use std::collections::HashMap;

use rusqlite::Connection;

use super::footprint;
use crate::error::Result;

/// How much is kept; `None` for no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RetentionLimits {
    /// Traces that began at most this long ago.
    pub age_ns: Option<i64>,
    /// As many traces.
    pub traces: Option<u32>,
    /// As many bytes of the database, without its free pages.
    pub bytes: Option<u64>,
}

impl RetentionLimits {
    /// Whether everything is kept.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}

/// A trace that may go.
struct Candidate {
    id: i64,
    began_ns: i64,
    is_spared: bool,
}

/// The traces that are over the limits, the oldest first by when they began, or where that is not known, by when their
/// source was first seen. Starred and running ones are spared; they count all the same.
pub fn overdue(connection: &Connection, limits: &RetentionLimits, now_ns: i64) -> Result<Vec<i64>> {
    if limits.is_none() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT trace.id, coalesce(start_ns, first_seen_ns), starred OR status = 3
         FROM trace JOIN source ON source.id = source_id WHERE deleted_ns IS NULL
         ORDER BY 2, trace.id",
    )?;
    let candidates = statement
        .query_map([], |row| {
            Ok(Candidate { id: row.get(0)?, began_ns: row.get(1)?, is_spared: row.get(2)? })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let sizes = if limits.bytes.is_some() { footprint::of_traces(connection)? } else { HashMap::new() };
    let size = |id: i64| sizes.get(&id).copied().unwrap_or(0);
    let kept_bytes: u64 = candidates.iter().map(|candidate| size(candidate.id)).sum();
    let mut bytes_over = limits.bytes.map_or(0, |most| kept_bytes.saturating_sub(most));
    let mut traces_over = limits.traces.map_or(0, |most| candidates.len().saturating_sub(most as usize));
    let oldest_ns = limits.age_ns.map(|age| now_ns.saturating_sub(age));
    let mut overdue = Vec::new();
    for candidate in candidates.iter().filter(|candidate| !candidate.is_spared) {
        let is_old = oldest_ns.is_some_and(|oldest| candidate.began_ns < oldest);
        if !is_old && bytes_over == 0 && traces_over == 0 {
            break;
        }
        bytes_over = bytes_over.saturating_sub(size(candidate.id));
        traces_over = traces_over.saturating_sub(1);
        overdue.push(candidate.id);
    }
    Ok(overdue)
}
