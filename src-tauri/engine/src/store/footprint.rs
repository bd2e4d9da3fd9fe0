//! About how many bytes traces take in the database: a block of payloads is shared evenly by the traces in it, and what is
//! not payload falls on spans in equal parts.

use std::collections::HashMap;
use std::path::Path;

use rusqlite::Connection;

use super::upgrade::with_suffix;
use crate::error::Result;

/// What the database file is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FileSpace {
    /// Bytes of the file's pages.
    pub bytes: u64,
    /// Of those, in pages that hold nothing.
    pub free_bytes: u64,
}

/// What the database file is made of.
pub fn file_space(connection: &Connection) -> Result<FileSpace> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let page = pragma("page_size")?.unsigned_abs();
    let bytes = |pages: i64| pages.unsigned_abs().saturating_mul(page);
    Ok(FileSpace { bytes: bytes(pragma("page_count")?), free_bytes: bytes(pragma("freelist_count")?) })
}

/// What the store at `path` takes on disk: the database and its write-ahead log, in which lies what was written last until it is
/// moved into the file. Every size of a store that a person is shown is this one.
pub fn on_disk_bytes(path: &Path) -> u64 {
    let bytes = |path: &Path| std::fs::metadata(path).map_or(0, |file| file.len());
    bytes(path) + bytes(&with_suffix(path, "-wal"))
}

/// About how many bytes each trace takes, deleted ones included.
pub fn of_traces(connection: &Connection) -> Result<HashMap<i64, u64>> {
    let mut sizes: HashMap<i64, u64> = HashMap::new();
    let mut in_blocks = 0_u64;
    // The length of a BLOB is told by its row's head: the payloads themselves are not read.
    let mut shares = connection.prepare_cached(
        "SELECT payload_use.trace_id, length(data) / (SELECT count(*) FROM payload_use AS other WHERE other.block = payload_block.id)
         FROM payload_use JOIN payload_block ON payload_block.id = payload_use.block",
    )?;
    for row in shares.query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)))? {
        let (trace_id, share) = row?;
        in_blocks += share.unsigned_abs();
        *sizes.entry(trace_id).or_default() += share.unsigned_abs();
    }
    let space = file_space(connection)?;
    let beside = space.bytes.saturating_sub(space.free_bytes).saturating_sub(in_blocks);
    let mut counts = connection.prepare_cached("SELECT id, span_count + 1 FROM trace")?;
    let counts = counts
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs())))?
        .collect::<rusqlite::Result<Vec<(i64, u64)>>>()?;
    let rows: u64 = counts.iter().map(|(_, count)| count).sum();
    for (trace_id, count) in counts {
        let share = u128::from(beside) * u128::from(count) / u128::from(rows.max(1));
        *sizes.entry(trace_id).or_default() += u64::try_from(share).unwrap_or(u64::MAX);
    }
    Ok(sizes)
}
