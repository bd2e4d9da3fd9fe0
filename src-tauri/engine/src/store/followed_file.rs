//! `followed_file`: how far files that are followed were read.

use rusqlite::{Connection, Row};

use crate::error::Result;

/// How far a file was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadUpTo {
    /// Its size then.
    pub size_bytes: u64,
    /// When it had been changed last, in nanoseconds since the epoch.
    pub modified_ns: i64,
    /// Up to where it was read; all of it where it is read as a whole.
    pub offset_bytes: u64,
    /// Lines up to there.
    pub lines: u64,
    /// Hash of what stands at its start and before that place.
    pub fingerprint: i64,
}

/// The files at or below `path` that were read, each with how far.
pub fn below(connection: &Connection, path: &str) -> Result<Vec<(String, ReadUpTo)>> {
    let mut statement = connection.prepare_cached(
        "SELECT path, size_bytes, modified_ns, offset_bytes, lines, fingerprint FROM followed_file
         WHERE path = ?1 OR substr(path, 1, length(?1) + 1) IN (?1 || '/', ?1 || '\\')",
    )?;
    Ok(statement.query_map([path], read)?.collect::<rusqlite::Result<_>>()?)
}

/// Remembers how far files were read. To be called in a transaction.
pub fn remember<'a>(
    connection: &Connection,
    files: impl IntoIterator<Item = (&'a str, &'a ReadUpTo)>,
) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO followed_file (path, size_bytes, modified_ns, offset_bytes, lines, fingerprint)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (path) DO UPDATE SET size_bytes = ?2, modified_ns = ?3, offset_bytes = ?4, lines = ?5, fingerprint = ?6",
    )?;
    for (path, read) in files {
        statement.execute((
            path,
            stored(read.size_bytes),
            read.modified_ns,
            stored(read.offset_bytes),
            stored(read.lines),
            read.fingerprint,
        ))?;
    }
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<(String, ReadUpTo)> {
    let count = |index: usize| row.get::<_, i64>(index).map(i64::unsigned_abs);
    let read = ReadUpTo {
        size_bytes: count(1)?,
        modified_ns: row.get(2)?,
        offset_bytes: count(3)?,
        lines: count(4)?,
        fingerprint: row.get(5)?,
    };
    Ok((row.get(0)?, read))
}

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
