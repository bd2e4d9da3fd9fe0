//! What is told of a span or a trace in parts, put together as the parts come in.
//!
//! The payload of a span that has not ended lies by itself (`store::open_payload`) and moves into a block when it is
//! whole: a block's payloads never change.

use std::sync::Arc;

use rusqlite::Connection;

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

/// Puts parts together, and packs payloads that have become whole.
pub(super) struct Parts {
    compressor: zstd::bulk::Compressor<'static>,
    block: BlockBuilder,
    block_id: Option<i64>,
}

impl Parts {
    pub(super) fn new() -> Result<Self> {
        Ok(Self { compressor: BlockBuilder::compressor()?, block: BlockBuilder::default(), block_id: None })
    }

    /// Stores `part`, or a span told as a whole after parts of it, beside what is known of it; it becomes all that is known. Gives what became of it, and where its
    /// payload lies.
    pub(super) fn add_to_span(
        &mut self,
        connection: &Connection,
        next_block: &mut i64,
        trace_id: i64,
        part: &mut SpanRecord,
        prices: &Arc<Prices>,
        unwritten: &UnwrittenBlocks<'_>,
    ) -> Result<(Arrival, PayloadPlace)> {
        let known = span::row(connection, trace_id, &part.id)?;
        let mut own = std::mem::replace(part, SpanRecord::new("", "", ""));
        if own.flags.contains(SpanFlags::COST_DERIVED) {
            // Of a span that is told as a whole after parts of it: worked out anew from all that is known.
            own.cost_usd = None;
        }
        let known_payload = match &known {
            Some((row, _)) => self.known_payload(connection, row.payload, unwritten)?,
            None => Vec::new(),
        };
        let mut merged = merge::span(known.as_ref().map(|(row, _)| (row, &known_payload[..])), own);
        price(&mut merged, prices);
        let hash = content_hash(&merged);
        let body = std::mem::take(&mut merged.payload);
        *part = merged;
        let known_place = known.as_ref().map(|(row, _)| row.payload);
        if let (Some((_, known_hash)), Some(place)) = (&known, known_place)
            && *known_hash == hash
        {
            return Ok((Arrival::Unchanged, place));
        }
        let is_open = part.status == SpanStatus::Open;
        let place = self.place(connection, next_block, known_place, &body, is_open)?;
        span::put(connection, trace_id, part, hash, place)?;
        Ok((if known.is_some() { Arrival::Updated } else { Arrival::Added }, place))
    }

    /// Stores what `part` says of a run as a whole beside what is known of it. Says whether that changed anything.
    pub(super) fn add_to_trace(
        &mut self,
        connection: &Connection,
        next_block: &mut i64,
        trace_id: i64,
        part: &mut TraceRecord,
        unwritten: &UnwrittenBlocks<'_>,
    ) -> Result<bool> {
        let (known, parents_unknown) = trace::reported(connection, trace_id)?;
        let reported = merge::reported(known.clone(), part);
        let known_place = trace::payload_place(connection, trace_id)?;
        let mut place = known_place;
        if let Some(new) = part.payload.take() {
            let known_payload = match known_place {
                Some(place) => self.known_payload(connection, place, unwritten)?,
                None => Vec::new(),
            };
            let body = merge::payload(&known_payload, new);
            if body != known_payload {
                let is_open = reported.end_ns.is_none();
                place = Some(self.place(connection, next_block, known_place, &body, is_open)?);
            }
        }
        let parents_unknown = parents_unknown && part.parents_unknown;
        if known.as_ref() == Some(&reported) && place == known_place {
            return Ok(false);
        }
        trace::put_reported(connection, trace_id, &reported, parents_unknown, place)?;
        Ok(true)
    }

    /// The payload at `place`, which may not have been written yet.
    fn known_payload(
        &self,
        connection: &Connection,
        place: PayloadPlace,
        unwritten: &UnwrittenBlocks<'_>,
    ) -> Result<Vec<u8>> {
        if self.block_id == Some(place.block) {
            return self.block.payload(place.offset, place.bytes);
        }
        match unwritten.holding(place) {
            Some(block) => block.payload(place.offset, place.bytes),
            None => payload::read(connection, place),
        }
    }

    /// Puts a payload where it belongs, in the place of the `known` one.
    fn place(
        &mut self,
        connection: &Connection,
        next_block: &mut i64,
        known: Option<PayloadPlace>,
        body: &[u8],
        is_open: bool,
    ) -> Result<PayloadPlace> {
        let open = known.filter(|place| open_payload::holds(*place));
        if is_open {
            return open_payload::put(connection, open, body);
        }
        if let Some(place) = open {
            open_payload::remove(connection, place)?;
        }
        if self.block.is_full() {
            self.close(connection)?;
        }
        let block = *self.block_id.get_or_insert_with(|| {
            *next_block += 1;
            *next_block - 1
        });
        let (offset, bytes) = self.block.push(body);
        Ok(PayloadPlace { block, offset, bytes })
    }

    /// Writes the block under way; to be called before the transaction ends.
    pub(super) fn close(&mut self, connection: &Connection) -> Result<()> {
        match self.block_id.take() {
            Some(id) => payload::insert_block(connection, id, &self.block.finish(&mut self.compressor)?),
            None => Ok(()),
        }
    }

    /// Forgets the block under way: its transaction was undone.
    pub(super) fn forget(&mut self) {
        self.block = BlockBuilder::default();
        self.block_id = None;
    }
}
