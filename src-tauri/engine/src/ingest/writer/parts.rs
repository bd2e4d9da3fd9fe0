//! What is told of a span or a trace in parts, put together as the parts come in.
//!
//! The payload of a span that has not ended lies by itself (`store::open_payload`) and moves into a block when it is
//! whole: a block's payloads never change.

use super::WriterState;
use crate::error::Result;
use crate::ingest::assemble::{content_hash, price};
use crate::ingest::merge;
use crate::model::{SpanFlags, SpanRecord, SpanStatus, TraceRecord};
use crate::pricing::Prices;
use crate::store::payload::PayloadPlace;
use crate::store::span::Arrival;
use crate::store::{Block, BlockBuilder, open_payload, payload, span, trace};

/// Blocks of the batch under way, which are written once all its spans are.
pub(super) struct UnwrittenBlocks<'a> {
    /// The id that the first of them gets.
    pub(super) first_id: i64,
    /// Their payloads.
    pub(super) blocks: &'a [Block],
}

impl UnwrittenBlocks<'_> {
    fn holding(&self, place: PayloadPlace) -> Option<&Block> {
        self.blocks.get(usize::try_from(place.block.checked_sub(self.first_id)?).ok()?)
    }
}

/// The block that payloads which have become whole are packed into.
pub(super) struct Parts {
    compressor: zstd::bulk::Compressor<'static>,
    block: BlockBuilder,
    block_id: Option<i64>,
}

impl Parts {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { compressor: BlockBuilder::compressor()?, block: BlockBuilder::default(), block_id: None })
    }

    /// Forgets the block under way: its transaction was undone.
    pub(super) fn forget(&mut self) {
        self.block = BlockBuilder::default();
        self.block_id = None;
    }

    /// The payload at `place`, if it is in the block under way.
    fn payload(&self, place: PayloadPlace) -> Option<Result<Vec<u8>>> {
        (self.block_id == Some(place.block)).then(|| self.block.payload(place.offset, place.bytes))
    }
}

impl WriterState {
    /// Stores `part`, or a span that is told as a whole after parts of it, beside what is known of it; it becomes all that is
    /// known. Gives what became of it, and where its payload lies.
    pub(super) fn add_to_span(
        &mut self,
        trace_id: i64,
        part: &mut SpanRecord,
        prices: &Prices,
        unwritten: &UnwrittenBlocks<'_>,
    ) -> Result<(Arrival, PayloadPlace)> {
        let known = match span::row(&self.connection, trace_id, &part.id)? {
            Some((row, hash)) => {
                let body = self.known_payload(row.payload, unwritten)?;
                Some((row, hash, body))
            }
            None => None,
        };
        let mut own = std::mem::replace(part, SpanRecord::new("", "", ""));
        if own.flags.contains(SpanFlags::COST_DERIVED) {
            // Worked out anew from all that is known.
            own.cost_usd = None;
        }
        let mut merged = merge::span(known.as_ref().map(|(row, _, body)| (row, &body[..])), own);
        price(&mut merged, prices);
        let hash = content_hash(&merged);
        let body = std::mem::take(&mut merged.payload);
        *part = merged;
        let (known_place, arrival) = match &known {
            Some((row, known_hash, _)) if *known_hash == hash => {
                return Ok((Arrival::Unchanged, row.payload));
            }
            Some((row, ..)) => (Some(row.payload), Arrival::Updated),
            None => (None, Arrival::Added),
        };
        let place = self.place_body(known_place, &body, part.status == SpanStatus::Open)?;
        span::put(&self.connection, trace_id, part, hash, place)?;
        Ok((arrival, place))
    }

    /// Stores what `part` says of a run as a whole beside what is known of it. Says whether that changed anything.
    pub(super) fn add_to_trace(
        &mut self,
        trace_id: i64,
        part: &mut TraceRecord,
        unwritten: &UnwrittenBlocks<'_>,
    ) -> Result<bool> {
        let (known, parents_unknown) = trace::reported(&self.connection, trace_id)?;
        let known_place = trace::payload_place(&self.connection, trace_id)?;
        let reported = merge::reported(known.clone(), part);
        let mut place = known_place;
        if let Some(new) = part.payload.take() {
            let known_body = match known_place {
                Some(place) => self.known_payload(place, unwritten)?,
                None => Vec::new(),
            };
            let body = merge::payload(&known_body, new);
            if body != known_body {
                place = Some(self.place_body(known_place, &body, reported.end_ns.is_none())?);
            }
        }
        if known.as_ref() == Some(&reported) && place == known_place {
            return Ok(false);
        }
        let parents_unknown = parents_unknown && part.parents_unknown;
        trace::put_reported(&self.connection, trace_id, &reported, parents_unknown, place)?;
        Ok(true)
    }

    /// The payload at `place`, which may not have been written yet.
    fn known_payload(&self, place: PayloadPlace, unwritten: &UnwrittenBlocks<'_>) -> Result<Vec<u8>> {
        if let Some(payload) = self.parts.payload(place) {
            return payload;
        }
        match unwritten.holding(place) {
            Some(block) => block.payload(place.offset, place.bytes),
            None => payload::read(&self.connection, place),
        }
    }

    /// Puts a payload where it belongs, in the place of the `known` one.
    fn place_body(
        &mut self,
        known: Option<PayloadPlace>,
        body: &[u8],
        is_open: bool,
    ) -> Result<PayloadPlace> {
        let open = known.filter(|place| open_payload::holds(*place));
        if is_open {
            return open_payload::put(&self.connection, open, body);
        }
        if let Some(place) = open {
            open_payload::remove(&self.connection, place)?;
        }
        if self.parts.block.is_full() {
            self.close_parts()?;
        }
        let next_block = &mut self.next_block;
        let block = *self.parts.block_id.get_or_insert_with(|| {
            *next_block += 1;
            *next_block - 1
        });
        let (offset, bytes) = self.parts.block.push(body);
        Ok(PayloadPlace { block, offset, bytes })
    }

    /// Writes the block under way; to be called before the transaction ends.
    pub(super) fn close_parts(&mut self) -> Result<()> {
        let Some(id) = self.parts.block_id.take() else { return Ok(()) };
        let block = self.parts.block.finish(&mut self.parts.compressor)?;
        payload::insert_block(&self.connection, id, &block)
    }
}
