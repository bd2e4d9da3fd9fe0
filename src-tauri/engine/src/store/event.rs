//! `span_event`: what is told of spans apart from them.

use rusqlite::Connection;

use super::payload::PayloadPlace;
use crate::error::Result;

/// Keeps an event of the span that has these ids in its source. Says whether it is new.
pub fn add(
    connection: &Connection,
    identity: &str,
    trace_key: &str,
    span_id: &str,
    content_hash: i64,
    place: PayloadPlace,
) -> Result<bool> {
    let added = connection
        .prepare_cached(
            "INSERT INTO span_event (identity, trace_key, span_id, content_hash, block, offset, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
        )?
        .execute((identity, trace_key, span_id, content_hash, place.block, place.offset, place.bytes))?;
    Ok(added > 0)
}

/// Where the events of a span of trace `trace_id` lie, in the order they came.
pub fn of_span(connection: &Connection, trace_id: i64, span_id: &str) -> Result<Vec<PayloadPlace>> {
    let mut statement = connection.prepare_cached(
        "SELECT event.block, event.offset, event.bytes FROM trace
         JOIN span_event AS event ON event.identity = trace.identity AND event.trace_key = trace.key
         WHERE trace.id = ?1 AND event.span_id = ?2 ORDER BY event.block, event.offset",
    )?;
    let places = statement.query_map((trace_id, span_id), |row| {
        Ok(PayloadPlace { block: row.get(0)?, offset: row.get(1)?, bytes: row.get(2)? })
    })?;
    Ok(places.collect::<rusqlite::Result<_>>()?)
}
