//! `payload_block`: the bodies of spans and traces.

use rusqlite::{Connection, OptionalExtension};

use super::compression::Block;
use super::open_payload;
use crate::error::{Code, Error, Result};

/// Where a payload lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PayloadPlace {
    /// Row of `payload_block`; negative for one of `open_payload`.
    pub block: i64,
    /// Offset in the unpacked block.
    pub offset: u32,
    /// Its size.
    pub bytes: u32,
}

impl PayloadPlace {
    /// Sorts payloads in the order in which they came; those of open spans, which may still change, last.
    pub fn coming(self) -> (bool, u64, u32) {
        (open_payload::holds(self), self.block.unsigned_abs(), self.offset)
    }
}

/// The id the next block gets. Blocks are written by one thread, which counts on from here.
pub fn next_block_id(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT coalesce(max(id), 0) + 1 FROM payload_block", [], |row| row.get(0))?)
}

/// Stores a block under `id`.
pub fn insert_block(connection: &Connection, id: i64, block: &Block) -> Result<()> {
    connection
        .prepare_cached("INSERT INTO payload_block (id, raw_bytes, data) VALUES (?1, ?2, ?3)")?
        .execute((id, block.raw_bytes as i64, &block.data))?;
    Ok(())
}

/// Reads payloads one after another; those of one block unpack it once.
#[derive(Default)]
pub struct PayloadReader {
    block: Option<(i64, Vec<u8>)>,
}

impl PayloadReader {
    /// The bytes at `place`. Error `Corrupt` if they are not there.
    pub fn read(&mut self, connection: &Connection, place: PayloadPlace) -> Result<Vec<u8>> {
        if open_payload::holds(place) {
            return read(connection, place);
        }
        let raw = match self.block.take() {
            Some((block, raw)) if block == place.block => raw,
            _ => read_block(connection, place.block)?,
        };
        let (_, raw) = self.block.insert((place.block, raw));
        let start = place.offset as usize;
        raw.get(start..start + place.bytes as usize).map(<[u8]>::to_vec).ok_or_else(missing)
    }

    /// The bytes at `place`; `None` where they are damaged: one of many that are read should not keep the others from being shown.
    pub fn read_if_sound(&mut self, connection: &Connection, place: PayloadPlace) -> Result<Option<Vec<u8>>> {
        match self.read(connection, place) {
            Err(error) if error.code == Code::Corrupt => Ok(None),
            read => read.map(Some),
        }
    }
}

/// A whole block, unpacked. Error `Corrupt` if it is not there.
pub fn read_block(connection: &Connection, id: i64) -> Result<Vec<u8>> {
    let (raw_bytes, data): (i64, Vec<u8>) = connection
        .prepare_cached("SELECT raw_bytes, data FROM payload_block WHERE id = ?1")?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(missing)?;
    Block::unpack(&data, usize::try_from(raw_bytes).map_err(|_| missing())?)
}

fn missing() -> Error {
    Error::new(
        Code::Corrupt,
        "The content of this step is missing from the database: it is damaged, and what else is in it can be read.",
    )
}

/// The bytes at `place`. Error `Corrupt` if they are not there.
pub fn read(connection: &Connection, place: PayloadPlace) -> Result<Vec<u8>> {
    if open_payload::holds(place) {
        return open_payload::read(connection, place)?.ok_or_else(missing);
    }
    let mut raw = read_block(connection, place.block)?;
    let start = place.offset as usize;
    let end = start + place.bytes as usize;
    if end > raw.len() {
        return Err(missing());
    }
    raw.truncate(end);
    raw.drain(..start);
    Ok(raw)
}
