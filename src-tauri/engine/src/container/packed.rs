//! Takes compressed files apart, however often they are packed.

use std::io::{self, BufRead, BufReader, Read};

/// What a file is packed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Gzip,
    Zstd,
}

/// How often a file may be packed in itself; more than this is an attack, not an export.
const DEPTH: usize = 4;

/// A stream, unpacked as it is read, and whether it was packed at all.
pub struct Unpacked<'a> {
    /// What is inside.
    pub reader: Box<dyn BufRead + Send + 'a>,
    /// Whether it was packed.
    pub was_packed: bool,
}

/// Takes `reader` apart as it is read. Error `InvalidData` if it is packed too often.
pub fn unpack<'a>(reader: impl Read + Send + 'a) -> io::Result<Unpacked<'a>> {
    let mut reader: Box<dyn BufRead + Send + 'a> = Box::new(BufReader::with_capacity(1 << 16, reader));
    for depth in 0..=DEPTH {
        let packing = packing(reader.fill_buf()?);
        if depth == DEPTH && packing.is_some() {
            break;
        }
        reader = match packing {
            None => return Ok(Unpacked { reader, was_packed: depth > 0 }),
            Some(Packing::Gzip) => {
                Box::new(BufReader::with_capacity(1 << 17, flate2::bufread::MultiGzDecoder::new(reader)))
            }
            Some(Packing::Zstd) => {
                Box::new(BufReader::with_capacity(1 << 17, zstd::stream::read::Decoder::with_buffer(reader)?))
            }
        };
    }
    Err(io::Error::new(io::ErrorKind::InvalidData, format!("it is compressed more than {DEPTH} times over")))
}

fn packing(head: &[u8]) -> Option<Packing> {
    match head {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        // A skippable frame may precede the first zstd frame.
        [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Packing::Zstd),
        _ => None,
    }
}
