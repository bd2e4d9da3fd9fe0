//! Reads the texts of traces. Neighbours share blocks of payloads, so the last few blocks are kept unpacked.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::document::{Document, Weight};
use crate::error::Result;
use crate::store::payload::{self, PayloadPlace};
use crate::store::{Reader, open_payload, span, trace};

/// How much is kept of unpacked blocks: eight of the usual size. One with a huge payload in it is kept alone.
const KEPT_BYTES: usize = 4 << 20;
/// Pieces of documents have this size, and that of one payload more.
const PIECE_BYTES: usize = 1 << 20;

/// Unpacked blocks, the most recently used first.
#[derive(Default)]
pub(super) struct Blocks {
    kept: VecDeque<(i64, Vec<u8>)>,
}

impl Blocks {
    fn bytes(&self) -> usize {
        self.kept.iter().map(|(_, block)| block.len()).sum()
    }

    /// Hands over the bytes at `place`, if they are there.
    pub(super) fn with<T>(
        &mut self,
        reader: &Reader,
        place: PayloadPlace,
        take: impl FnOnce(&[u8]) -> T,
    ) -> Result<Option<T>> {
        if open_payload::holds(place) {
            return Ok(open_payload::read(reader, place)?.map(|body| take(&body)));
        }
        let kept = match self.kept.iter().position(|(id, _)| *id == place.block) {
            Some(at) => self.kept.remove(at),
            None => Some((place.block, payload::read_block(reader, place.block)?)),
        };
        let Some(kept) = kept else { return Ok(None) };
        let start = place.offset as usize;
        let taken = kept.1.get(start..start.saturating_add(place.bytes as usize)).map(take);
        self.kept.push_front(kept);
        while self.kept.len() > 1 && self.bytes() > KEPT_BYTES {
            self.kept.pop_back();
        }
        Ok(taken)
    }
}

/// Hands over the document of the trace in pieces, each in `document`, with those of its payloads that are `wanted`: a long
/// trace is never in memory as a whole. Says whether there is such a trace. What of it can't be read is left out.
pub(super) fn read(
    reader: &Reader,
    blocks: &mut Blocks,
    trace_id: i64,
    document: &mut Document,
    mut wanted: impl FnMut(&[u8]) -> bool,
    mut take: impl FnMut(&Document) -> ControlFlow<()>,
) -> Result<bool> {
    document.clear();
    let Some(texts) = trace::texts(reader, trace_id)? else { return Ok(false) };
    document.add(Weight::Name, &texts.name);
    document.add(Weight::Name, &texts.key);
    if let Some(reason) = &texts.failure_reason {
        document.add(Weight::Error, reason);
    }
    let mut places: Vec<PayloadPlace> = texts.payload.into_iter().collect();
    let mut is_enough = ControlFlow::Continue(());
    span::for_each_text(reader, trace_id, |_, name, error, place| {
        if is_enough.is_break() {
            return;
        }
        document.add(Weight::Name, name);
        error.into_iter().for_each(|error| document.add(Weight::Error, error));
        places.push(place);
        is_enough = hand_over(document, PIECE_BYTES, &mut take);
    })?;
    // Neighbours lie in one block.
    places.sort_by_key(|place| place.coming());
    for place in places {
        if is_enough.is_break() {
            return Ok(true);
        }
        // A damaged block, or an open payload that was moved in this moment, makes the trace no less searchable otherwise.
        let _ = blocks.with(reader, place, |body| {
            if wanted(body) {
                document.add_payload(body);
            }
        });
        is_enough = hand_over(document, PIECE_BYTES, &mut take);
    }
    let _ = hand_over(document, 1, &mut take);
    Ok(true)
}

/// Hands a document over that has at least so many bytes, and empties it.
fn hand_over(
    document: &mut Document,
    bytes: usize,
    take: &mut impl FnMut(&Document) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if document.folded.len() < bytes {
        return ControlFlow::Continue(());
    }
    let is_enough = take(document);
    document.clear();
    is_enough
}
