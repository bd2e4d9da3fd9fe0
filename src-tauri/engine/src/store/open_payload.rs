//! `open_payload`: the bodies of spans and traces that have not ended, each by itself, since more of it may come.
//!
//! A [`PayloadPlace`] with a negative block lies here.

use rusqlite::{Connection, OptionalExtension};

use super::payload::PayloadPlace;
use crate::error::Result;

/// Whether the place is here.
pub fn holds(place: PayloadPlace) -> bool {
    place.block < 0
}

/// Stores a body, in the place of the one at `known` if there is one.
pub fn put(connection: &Connection, known: Option<PayloadPlace>, body: &[u8]) -> Result<PayloadPlace> {
    let id = match known {
        Some(place) => {
            connection
                .prepare_cached("UPDATE open_payload SET data = ?2 WHERE id = ?1")?
                .execute((-place.block, body))?;
            -place.block
        }
        None => {
            connection.prepare_cached("INSERT INTO open_payload (data) VALUES (?1)")?.execute([body])?;
            connection.last_insert_rowid()
        }
    };
    Ok(PayloadPlace { block: -id, offset: 0, bytes: u32::try_from(body.len()).unwrap_or(u32::MAX) })
}

/// Takes a body away.
pub fn remove(connection: &Connection, place: PayloadPlace) -> Result<()> {
    connection.prepare_cached("DELETE FROM open_payload WHERE id = ?1")?.execute([-place.block])?;
    Ok(())
}

/// The body at `place`, if it is there.
pub fn read(connection: &Connection, place: PayloadPlace) -> Result<Option<Vec<u8>>> {
    Ok(connection
        .prepare_cached("SELECT data FROM open_payload WHERE id = ?1")?
        .query_row([-place.block], |row| row.get(0))
        .optional()?)
}
