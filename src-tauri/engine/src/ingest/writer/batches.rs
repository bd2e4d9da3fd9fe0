//! Batches into rows: one transaction's way from records to the store.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::parts::UnwrittenBlocks;
use super::tally::Tally;
use super::{Job, WriterState, end};
use crate::error::Result;
use crate::ingest::assemble::{Batch, BatchPlace, Origin, PreparedPayload, PreparedSpan, PreparedTrace};
use crate::ingest::receipt::{Covered, Receipt};
use crate::ingest::summarise::summarise;
use crate::model::{AttemptCorrection, Marks, StepMark};
use crate::store::payload::PayloadPlace;
use crate::store::span::{Arrival, SpanRow};
use crate::store::trace::{PreviewRank, Reported, TraceFacts};
use crate::store::{
    attempt_correction, deletion, digest, open_payload, payload, payload_use, source, span, step_mark,
    text_index, trace, transaction,
};
use crate::structure::Spans;
use crate::wire;

/// A transaction is committed after this many spans …
const TRANSACTION_SPANS: usize = 20_000;
/// … or this long, whichever comes first, so that what was read shows soon.
const TRANSACTION_TIME: Duration = Duration::from_millis(200);
/// Traces up to this size are summarised in every transaction that touches them; larger ones once they have grown by half.
const ALWAYS_SUMMARISED_SPANS: u32 = 2_000;

/// A trace touched by the transaction under way.
#[derive(Default)]
struct Touched {
    /// It was made by this transaction, and `rows` are all its spans.
    is_whole: bool,
    rows: Vec<SpanRow>,
    /// Spans that came to it.
    added: u32,
    is_changed: bool,
    /// A live source told of it.
    heard: bool,
    facts: TraceFacts,
    /// Blocks that its payloads lie in.
    blocks: Vec<i64>,
}

impl Touched {
    fn lies_in(&mut self, place: PayloadPlace) {
        if !open_payload::holds(place) && self.blocks.last() != Some(&place.block) {
            self.blocks.push(place.block);
        }
    }
}

impl WriterState {
    /// Writes `first` and the batches that wait behind it in one transaction; jobs of other kinds end it.
    pub(super) fn write(&mut self, first: Batch) {
        // What still waits of a source that was stopped or has failed is dropped: stopping should be prompt.
        if first.origin.progress.is_cancelled() {
            return;
        }
        let progress = first.origin.progress.clone();
        self.in_hand.push(progress.clone());
        let mut patience = self.patience(&progress);
        let begun =
            self.file.check().and_then(|()| transaction::begin(&self.connection, || patience.gives_up()));
        drop(patience);
        if let Err(error) = begun {
            if let Some(receipt) = first.receipt {
                receipt.failed(&error);
            }
            return end(&progress, &error);
        }
        let mut tallies: Vec<Tally> = Vec::new();
        let mut touched: HashMap<i64, Touched> = HashMap::new();
        let mut receipts: Vec<Receipt> = Vec::new();
        let mut covered: Vec<Covered> = Vec::new();
        let written = self
            .write_batches(first, &mut tallies, &mut touched, &mut receipts, &mut covered)
            .and_then(|()| self.close_parts())
            .and_then(|()| self.summarise_touched(&touched))
            .and_then(|lagging| {
                let mut patience = self.patience(&progress);
                transaction::commit(&self.connection, || patience.gives_up())?;
                Ok(lagging)
            });
        match written {
            Ok(lagging) => {
                for (trace_id, spans) in lagging {
                    match spans {
                        Some(spans) => self.lagging.insert(trace_id, spans),
                        None => self.lagging.remove(&trace_id),
                    };
                }
                for tally in tallies {
                    tally.apply();
                }
                covered.into_iter().for_each(Covered::committed);
                receipts.into_iter().for_each(Receipt::committed);
                let followed: Vec<i64> = touched
                    .iter()
                    .filter(|(_, touched)| touched.heard && touched.is_changed)
                    .map(|(id, _)| *id)
                    .collect();
                self.committed(
                    touched.into_iter().filter(|(_, touched)| touched.is_changed).map(|(id, _)| id).collect(),
                );
                self.alert(&followed);
            }
            Err(error) => {
                transaction::roll_back(&self.connection);
                self.known.clear();
                self.parts.forget();
                for progress in &self.in_hand {
                    end(progress, &error);
                }
                receipts.into_iter().for_each(|receipt| receipt.failed(&error));
            }
        }
    }

    /// Writes `first` and what follows it into the transaction under way, until that is large or old enough.
    fn write_batches(
        &mut self,
        first: Batch,
        tallies: &mut Vec<Tally>,
        touched: &mut HashMap<i64, Touched>,
        receipts: &mut Vec<Receipt>,
        covered: &mut Vec<Covered>,
    ) -> Result<()> {
        // Another process may have written in between: it may have taken traces away, and blocks are numbered on.
        self.tell_of_foreign_changes();
        self.next_block = payload::next_block_id(&self.connection)?;
        let begun = Instant::now();
        let mut spans = 0;
        let mut next = Some(first);
        while let Some(mut batch) = next.take() {
            spans += batch.spans.len();
            receipts.extend(batch.receipt.take());
            covered.extend(batch.covered.take());
            let progress = &batch.origin.progress;
            if !progress.is_cancelled() {
                if !self.in_hand.iter().any(|known| Arc::ptr_eq(known, progress)) {
                    self.in_hand.push(progress.clone());
                }
                self.write_batch(batch, tallies, touched)?;
            }
            if spans >= TRANSACTION_SPANS || begun.elapsed() >= TRANSACTION_TIME {
                break;
            }
            match self.queue.try_pop() {
                Some(Job::Batch(batch)) => next = Some(batch),
                other => self.next = other,
            }
        }
        Ok(())
    }

    fn write_batch(
        &mut self,
        batch: Batch,
        tallies: &mut Vec<Tally>,
        touched: &mut HashMap<i64, Touched>,
    ) -> Result<()> {
        let tally = match tallies.iter().position(|tally| Arc::ptr_eq(&tally.origin, &batch.origin)) {
            Some(index) => &mut tallies[index],
            None => {
                tallies.push(Tally::new(batch.origin.clone()));
                let last = tallies.len() - 1;
                &mut tallies[last]
            }
        };
        let source_id = self.source_id(&batch.origin)?;
        let mut used = vec![false; batch.blocks.len()];
        let first_block = self.next_block;
        let unwritten = UnwrittenBlocks { first_id: first_block, blocks: &batch.blocks };
        let place = |place: BatchPlace| PayloadPlace {
            block: first_block + place.block as i64,
            offset: place.offset,
            bytes: place.bytes,
        };
        // The blocks of this batch come first; those of parts put together now take the ids after them.
        self.next_block = first_block + batch.blocks.len() as i64;
        for PreparedTrace { mut record, place: payload_place } in batch.traces {
            let (trace_id, is_new) =
                self.trace_id(&batch.origin, record.told_as, &record.trace, source_id)?;
            tally.meet(trace_id, is_new);
            let touched = self.touch(touched, trace_id, is_new, &batch.origin)?;
            touched.heard |= self.liveness.heard(trace_id, &batch.origin);
            if is_new && record.marks != Marks::default() {
                trace::set_marks(&self.connection, trace_id, &record.marks)?;
            }
            let changed = if !record.describes_run {
                is_new
            } else if record.is_part {
                self.add_to_trace(trace_id, &mut record, &unwritten)?
            } else {
                trace::set_reported(
                    &self.connection,
                    trace_id,
                    &Reported::from_record(&record),
                    record.parents_unknown,
                    payload_place.map(place),
                    batch.origin.tells_again,
                )?
            };
            touched.facts.add(
                record.preview.map(|preview| (preview, PreviewRank::Trace)),
                record.project,
                record.environment,
                record.conversation,
            );
            if changed {
                touched.is_changed = true;
                if let Some(payload_place) = payload_place {
                    used[payload_place.block] = true;
                }
                if let Some(place) = trace::payload_place(&self.connection, trace_id)? {
                    touched.lies_in(place);
                }
            }
        }
        for PreparedSpan { mut record, payload: prepared } in batch.spans {
            let (trace_id, is_new) =
                self.trace_id(&batch.origin, record.told_as, &record.trace, source_id)?;
            tally.meet(trace_id, is_new);
            let touched = self.touch(touched, trace_id, is_new, &batch.origin)?;
            touched.heard |= self.liveness.heard(trace_id, &batch.origin);
            let (arrival, payload_place) = match prepared {
                PreparedPayload::Packed { place: batch_place, content_hash } => {
                    let payload_place = place(batch_place);
                    let arrival = span::upsert(
                        &self.connection,
                        trace_id,
                        &record,
                        content_hash,
                        payload_place,
                        batch.origin.tells_again,
                    )?;
                    match arrival {
                        Arrival::ToldInParts => {
                            let block = &batch.blocks[batch_place.block];
                            record.payload = block.payload(batch_place.offset, batch_place.bytes)?;
                            self.add_to_span(trace_id, &mut record, &batch.origin.prices, &unwritten)?
                        }
                        _ => {
                            used[batch_place.block] |= arrival != Arrival::Unchanged;
                            (arrival, payload_place)
                        }
                    }
                }
                PreparedPayload::InRecord => {
                    self.add_to_span(trace_id, &mut record, &batch.origin.prices, &unwritten)?
                }
            };
            // What is told again as it grows is one span, however often it is told.
            if !batch.origin.tells_again || matches!(arrival, Arrival::Added | Arrival::AddedBeside) {
                tally.spans += 1;
            }
            match arrival {
                Arrival::Unchanged | Arrival::ToldInParts => {
                    tally.spans_unchanged += 1;
                    continue;
                }
                Arrival::Added | Arrival::AddedBeside => {
                    if let Some(mark) = record.mark.take()
                        && step_mark::get(&self.connection, trace_id, &record.id)? == StepMark::default()
                    {
                        let now_ns = self.clock.now_ns();
                        step_mark::set(&self.connection, trace_id, &record.id, &mark, now_ns)?;
                    }
                    if let Some(correction) = record.correction.take()
                        && attempt_correction::get(&self.connection, trace_id, &record.id)?
                            == AttemptCorrection::default()
                    {
                        let now_ns = self.clock.now_ns();
                        attempt_correction::set(&self.connection, trace_id, &record.id, &correction, now_ns)?;
                    }
                    tally.spans_added += 1;
                    touched.added += 1;
                    if touched.is_whole && arrival == Arrival::Added {
                        touched.rows.push(SpanRow::from_record(&record, payload_place));
                    } else {
                        touched.is_whole = false;
                    }
                }
                Arrival::Updated => {
                    tally.spans_updated += 1;
                    touched.is_whole = false;
                }
            }
            touched.is_changed = true;
            touched.lies_in(payload_place);
            let rank = if record.parent.is_none() { PreviewRank::Root } else { PreviewRank::Span };
            touched.facts.add(
                record.preview.map(|preview| (preview, rank)),
                record.project,
                record.environment,
                record.conversation,
            );
        }
        for (index, block) in batch.blocks.iter().enumerate() {
            if used[index] {
                payload::insert_block(&self.connection, first_block + index as i64, block)?;
            }
        }
        tally.problems.extend(batch.problems);
        tally.skipped.extend(batch.skipped);
        Ok(())
    }

    /// Brings the touched traces up to date, or marks them. Gives what that makes of [`WriterState::lagging`].
    fn summarise_touched(&mut self, touched: &HashMap<i64, Touched>) -> Result<Vec<(i64, Option<u32>)>> {
        let mut changes = Vec::new();
        let now_ns = self.clock.now_ns();
        let change = trace::next_change(&self.connection)?;
        let mut marked = Vec::new();
        for (&trace_id, touched) in touched {
            if touched.heard {
                trace::set_heard(&self.connection, trace_id, now_ns)?;
                marked.push(trace_id);
            }
            if !touched.is_changed {
                continue;
            }
            payload_use::note(&self.connection, trace_id, touched.blocks.iter().copied())?;
            trace::add_facts(&self.connection, trace_id, &touched.facts)?;
            text_index::set_pending(&self.connection, trace_id)?;
            if touched.is_whole {
                let (reported, parents_unknown) = trace::reported(&self.connection, trace_id)?;
                let mut spans = Spans::with_capacity(touched.rows.len());
                touched.rows.iter().for_each(|row| spans.add(row));
                let error_at = |place| {
                    let there = touched.rows.iter().find(|row| row.payload == place);
                    Ok(there.and_then(|row| row.error.clone()))
                };
                let liveness = self.liveness.of(trace_id);
                let corrections = attempt_correction::all(&self.connection, trace_id)?;
                let (summary, digest) =
                    summarise(spans, &corrections, reported.as_ref(), parents_unknown, liveness, error_at)?;
                self.liveness.summarised(trace_id, summary.status);
                trace::set_summary(&self.connection, trace_id, &summary, change)?;
                digest::put(&self.connection, trace_id, &digest)?;
                continue;
            }
            let summarised = trace::summarised_spans(&self.connection, trace_id)?;
            let known = self.lagging.get(&trace_id).copied();
            let lagging = known.unwrap_or(0) + touched.added;
            if summarised + lagging <= ALWAYS_SUMMARISED_SPANS || lagging > summarised / 2 {
                self.refresh(trace_id, change)?;
                if known.is_some() {
                    changes.push((trace_id, None));
                }
            } else {
                trace::mark_stale(&self.connection, trace_id)?;
                marked.push(trace_id);
                changes.push((trace_id, Some(lagging)));
            }
        }
        trace::touch(&self.connection, marked)?;
        Ok(changes)
    }

    fn trace_id(
        &mut self,
        origin: &Origin,
        told_as: Option<&str>,
        key: &str,
        source_id: i64,
    ) -> Result<(i64, bool)> {
        let format = told_as.and_then(wire::format_by_id).unwrap_or(origin.format);
        let (connection, identity) = (&self.connection, format.identity());
        self.known
            .trace_id(identity, key, || trace::ensure(connection, identity, key, format.id(), source_id))
    }

    /// What the transaction under way knows of the trace. One that was deleted and comes again from a file comes back; a run
    /// that was deleted while it is followed stays away.
    fn touch<'a>(
        &self,
        touched: &'a mut HashMap<i64, Touched>,
        trace_id: i64,
        is_new: bool,
        origin: &Origin,
    ) -> Result<&'a mut Touched> {
        match touched.entry(trace_id) {
            Entry::Occupied(known) => Ok(known.into_mut()),
            Entry::Vacant(place) => {
                let is_back = !is_new
                    && origin.sender.is_none()
                    && deletion::restore_trace(&self.connection, trace_id)?;
                Ok(place.insert(Touched { is_whole: is_new, is_changed: is_back, ..Touched::default() }))
            }
        }
    }

    fn source_id(&mut self, origin: &Origin) -> Result<i64> {
        let (connection, now_ns) = (&self.connection, self.clock.now_ns());
        let (kind, location, format) = (origin.kind, &origin.location, origin.format.id());
        self.known
            .source_id(kind, location, format, || source::ensure(connection, kind, location, format, now_ns))
    }
}
