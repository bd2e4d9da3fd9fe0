//! Payloads packed into blocks and read back.

use crate::error::{Code, Error, Result};

/// zstd level. On made-up agent runs (236 MB): level 1 3.6 to 1, level 3 3.8 to 1 at nearly the same speed, level 5 3.9 to 1
/// at half of it.
const LEVEL: i32 = 3;

/// A block's payloads, compressed.
#[derive(Clone, Debug)]
pub struct Block {
    /// zstd data.
    pub data: Vec<u8>,
    /// Size before compression.
    pub raw_bytes: usize,
}

impl Block {
    /// Raw size at which a block is closed. Larger compresses better (1 MiB by 3 % over 256 KiB); one step's payload is read
    /// by unpacking its whole block, which at this size takes well under a millisecond.
    pub const TARGET_BYTES: usize = 512 * 1024;

    /// The payload of `bytes` bytes at `offset`. Error `Corrupt` if it is not there.
    pub fn payload(&self, offset: u32, bytes: u32) -> Result<Vec<u8>> {
        cut(&Self::unpack(&self.data, self.raw_bytes)?, offset, bytes)
    }

    /// Whether a packed block says itself whether it is whole; those of earlier versions of the app do not.
    pub fn has_checksum(data: &[u8]) -> bool {
        // The descriptor of a frame follows its magic number (RFC 8878, 3.1.1.1.1).
        const CHECKSUM_FLAG: u8 = 1 << 2;
        data.get(4).is_some_and(|descriptor| descriptor & CHECKSUM_FLAG != 0)
    }

    /// Unpacks `data`, a block of `raw_bytes` bytes.
    pub fn unpack(data: &[u8], raw_bytes: usize) -> Result<Vec<u8>> {
        zstd::bulk::decompress(data, raw_bytes)
            .map_err(|error| Error::new(Code::Corrupt, format!("The content of this step is damaged in the database ({error}); what else is in it can be read.")))
    }
}

/// Collects payloads into a block.
#[derive(Default)]
pub struct BlockBuilder {
    raw: Vec<u8>,
}

impl BlockBuilder {
    /// Adds a payload; gives its offset and size within the block.
    pub fn push(&mut self, payload: &[u8]) -> (u32, u32) {
        let offset = self.raw.len() as u32;
        self.raw.extend_from_slice(payload);
        (offset, payload.len() as u32)
    }

    /// The payload of `bytes` bytes at `offset`, as it was added. Error `Corrupt` if it is not there.
    pub fn payload(&self, offset: u32, bytes: u32) -> Result<Vec<u8>> {
        cut(&self.raw, offset, bytes)
    }

    /// Whether the block is large enough to be closed.
    pub fn is_full(&self) -> bool {
        self.raw.len() >= Block::TARGET_BYTES
    }

    /// Whether nothing has been added.
    pub fn is_empty(&self) -> bool {
        self.raw.is_empty()
    }

    /// Compresses what was added and begins anew.
    pub fn finish(&mut self, compressor: &mut zstd::bulk::Compressor<'_>) -> Result<Block> {
        let data = compressor
            .compress(&self.raw)
            .map_err(|error| Error::internal(format!("payloads can't be compressed: {error}")))?;
        let block = Block { data, raw_bytes: self.raw.len() };
        self.raw.clear();
        Ok(block)
    }

    /// A compressor for [`BlockBuilder::finish`]; reused, since its tables are costly to set up.
    pub fn compressor() -> Result<zstd::bulk::Compressor<'static>> {
        zstd::bulk::Compressor::new(LEVEL)
            .and_then(|mut compressor| compressor.include_checksum(true).map(|()| compressor))
            .map_err(|error| Error::internal(format!("the compressor can't be set up: {error}")))
    }
}

fn cut(raw: &[u8], offset: u32, bytes: u32) -> Result<Vec<u8>> {
    let start = offset as usize;
    raw.get(start..start + bytes as usize)
        .map(<[u8]>::to_vec)
        .ok_or_else(|| Error::new(Code::Corrupt, "a block of payloads is shorter than it should be"))
}
