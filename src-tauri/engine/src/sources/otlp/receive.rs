//! Bodies as they come in, within bounds of size, time and memory; and taken apart where they are packed.

use std::io::Read;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::Body;
use tokio::time::{Instant, timeout_at};

use super::answer::Refusal;
use super::budget::{Budget, Charge};
use crate::sources::Patience;

/// The largest body, as it is sent.
pub(super) const SENT_BYTES: usize = 64 << 20;
/// The largest body once it is unpacked.
pub(super) const UNPACKED_BYTES: usize = 256 << 20;
/// What a request is charged at least.
const REQUEST_BYTES: usize = 16 << 10;
/// A body is unpacked in steps of this size, each of which is charged.
const UNPACKING_STEP_BYTES: usize = 1 << 20;

/// A body that has come in whole.
pub(super) struct Received {
    /// Its bytes.
    pub(super) bytes: Vec<u8>,
    /// The memory it takes, as long as this is kept.
    pub(super) charge: Charge,
}

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Plain,
    Gzip,
    Deflate,
    Zstd,
}

impl Packing {
    /// All of them, as a header lists them.
    pub(super) const ALL: &'static str = "gzip, deflate, zstd, identity";

    /// By its name in a header; `None` for another.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Some(match name.trim().to_ascii_lowercase().as_str() {
            "" | "identity" => Self::Plain,
            "gzip" | "x-gzip" => Self::Gzip,
            "deflate" => Self::Deflate,
            "zstd" => Self::Zstd,
            _ => return None,
        })
    }
}

/// Receives a body. While there is no memory for it, what comes is let go: a sender that is not read from would not see
/// that it is told to come back.
///
/// # Errors
/// It is too large, too slow, or too much at the moment.
pub(super) async fn receive(
    body: impl Body<Data = Bytes, Error = hyper::Error>,
    budget: &Arc<Budget>,
    patience: &Patience,
) -> Result<Received, Refusal> {
    let announced = body.size_hint().lower();
    if announced > SENT_BYTES as u64 {
        return Err(too_large());
    }
    let mut charge = budget.charge();
    let mut has_room = charge.grow(REQUEST_BYTES);
    let mut bytes = Vec::new();
    let mut received = 0usize;
    let deadline = Instant::now() + patience.body;
    let mut body = std::pin::pin!(body);
    loop {
        let until = deadline.min(Instant::now() + patience.piece);
        let piece = match timeout_at(until, body.frame()).await {
            Err(_) => return Err(Refusal::too_slow("The body took too long to come.")),
            Ok(None) => break,
            Ok(Some(Err(error))) => {
                return Err(Refusal::malformed(format!("The body broke off: {error}.")));
            }
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        };
        received += piece.len();
        if received > SENT_BYTES {
            return Err(too_large());
        }
        has_room = has_room && charge.grow(piece.len());
        if has_room {
            bytes.extend_from_slice(&piece);
        } else {
            bytes = Vec::new();
            charge.clear();
        }
    }
    if has_room { Ok(Received { bytes, charge }) } else { Err(Refusal::overloaded()) }
}

/// Takes a body apart. Blocks.
///
/// # Errors
/// It is not packed as it is said to be, or too large once unpacked, or too much at the moment.
pub(super) fn unpack(received: &mut Received, packing: Packing) -> Result<(), Refusal> {
    let packed = std::mem::take(&mut received.bytes);
    let broken = |error: std::io::Error| Refusal::malformed(format!("The body can't be unpacked: {error}."));
    let mut reader: Box<dyn Read + '_> = match packing {
        Packing::Plain => {
            received.bytes = packed;
            return Ok(());
        }
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(&packed[..])),
        Packing::Deflate => Box::new(flate2::read::ZlibDecoder::new(&packed[..])),
        Packing::Zstd => Box::new(zstd::stream::read::Decoder::new(&packed[..]).map_err(broken)?),
    };
    loop {
        if !received.charge.grow(UNPACKING_STEP_BYTES) {
            return Err(Refusal::overloaded());
        }
        let step = reader.by_ref().take(UNPACKING_STEP_BYTES as u64).read_to_end(&mut received.bytes);
        if step.map_err(broken)? < UNPACKING_STEP_BYTES {
            return Ok(());
        }
        if received.bytes.len() > UNPACKED_BYTES {
            return Err(Refusal::too_large(format!(
                "The body has more than {} MiB once it is unpacked; send smaller batches.",
                UNPACKED_BYTES >> 20
            )));
        }
    }
}

fn too_large() -> Refusal {
    Refusal::too_large(format!("The body has more than {} MiB; send smaller batches.", SENT_BYTES >> 20))
}
