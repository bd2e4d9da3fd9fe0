//! `source`: where traces came from.

use rusqlite::Connection;

use crate::error::Result;

/// The id of the source, made if it is new. `kind` is `file` or `text`; `location` a path or a name.
pub fn ensure(connection: &Connection, kind: &str, location: &str, format: &str, now_ns: i64) -> Result<i64> {
    Ok(connection
        .prepare_cached(
            "INSERT INTO source (kind, location, format, first_seen_ns) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (kind, location, format) DO UPDATE SET location = excluded.location RETURNING id",
        )?
        .query_row((kind, location, format, now_ns), |row| row.get(0))?)
}
