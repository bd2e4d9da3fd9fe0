//! Masks what was stored before, some of it in a transaction: imports go on in between.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Writer, WriterState};
use crate::error::Result;
use crate::ingest::assemble::Said;
use crate::masking::{MaskCounts, Masker};
use crate::model::SpanFlags;
use crate::store::payload::{self, PayloadPlace, PayloadReader};
use crate::store::stored_texts::{self, PayloadOwner, TextKind};
use crate::store::{BlockBuilder, open_payload, span, text_index, trace, transaction};

impl Writer {
    /// Masks the payloads of these blocks. Gives the traces whose payloads changed, and counts what was masked.
    pub(in crate::ingest) fn mask_blocks(
        &self,
        ids: Vec<i64>,
        masker: Arc<Masker>,
    ) -> Result<(BTreeSet<i64>, MaskCounts)> {
        self.ask(move |writer| writer.in_transaction(|writer| writer.mask_blocks(&ids, &masker)))
    }

    /// Masks what is said of these traces beside payloads that have come to rest, and brings those up to date that changed, or
    /// of which payloads did.
    pub(in crate::ingest) fn mask_traces(
        &self,
        ids: Vec<i64>,
        changed: BTreeSet<i64>,
        masker: Arc<Masker>,
    ) -> Result<MaskCounts> {
        self.ask(move |writer| {
            let (told, counts) =
                writer.in_transaction(|writer| writer.mask_traces(&ids, &changed, &masker))?;
            writer.known.clear();
            if !told.is_empty() {
                writer.committed(told);
            }
            Ok(counts)
        })
    }

    /// Masks what is said beside traces: names of sources, of projects.
    pub(in crate::ingest) fn mask_beside_traces(&self, masker: Arc<Masker>) -> Result<MaskCounts> {
        self.ask(move |writer| {
            let counts = writer.in_transaction(|writer| {
                let mut counts = MaskCounts::default();
                let mut replace = |kind, text: &str| replacement(&masker, kind, text, &mut counts);
                stored_texts::replace_beside_traces(&writer.connection, &mut replace)?;
                Ok(counts)
            })?;
            writer.known.clear();
            Ok(counts)
        })
    }
}

impl WriterState {
    fn in_transaction<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let queue = self.queue.clone();
        transaction::begin(&self.connection, || queue.is_closed())?;
        let given = work(self).inspect_err(|_| transaction::roll_back(&self.connection))?;
        transaction::commit(&self.connection, || queue.is_closed())?;
        Ok(given)
    }

    fn mask_blocks(&mut self, ids: &[i64], masker: &Masker) -> Result<(BTreeSet<i64>, MaskCounts)> {
        let (mut changed, mut counts) = (BTreeSet::new(), MaskCounts::default());
        let mut compressor = BlockBuilder::compressor()?;
        for id in ids {
            let raw = payload::read_block(&self.connection, *id)?;
            // Most have nothing to mask; what lies between payloads, replaced since, counts too.
            if masker.json(&raw, &mut MaskCounts::default()).is_none() {
                continue;
            }
            let mut block = BlockBuilder::default();
            let mut last: Option<(PayloadPlace, PayloadPlace, bool)> = None;
            for owner in stored_texts::owners(&self.connection, *id)? {
                let (place, is_masked) = match last {
                    Some((old, new, is_masked)) if old == owner.place => (new, is_masked),
                    _ => {
                        let start = owner.place.offset as usize;
                        let known = raw.get(start..start + owner.place.bytes as usize).unwrap_or_default();
                        let masked = masker.json(known, &mut counts);
                        let (offset, bytes) = block.push(masked.as_deref().unwrap_or(known));
                        (PayloadPlace { block: *id, offset, bytes }, masked.is_some())
                    }
                };
                last = Some((owner.place, place, is_masked));
                stored_texts::set_place(&self.connection, &owner, place, is_masked)?;
                changed.insert(owner.trace_id);
            }
            stored_texts::replace_block(&self.connection, *id, &block.finish(&mut compressor)?)?;
        }
        // Whoever keeps something of these traces in memory reads it anew.
        trace::touch(&self.connection, changed.iter().copied())?;
        Ok((changed, counts))
    }

    fn mask_traces(
        &mut self,
        ids: &[i64],
        changed: &BTreeSet<i64>,
        masker: &Masker,
    ) -> Result<(Vec<i64>, MaskCounts)> {
        let (mut told, mut counts) = (Vec::new(), MaskCounts::default());
        let change = trace::next_change(&self.connection)?;
        for id in ids {
            if trace::texts(&self.connection, *id)?.is_none() {
                // It has gone for good meanwhile.
                continue;
            }
            let mut is_changed = changed.contains(id);
            for owner in stored_texts::open_payloads(&self.connection, *id)? {
                is_changed |= self.mask_open_payload(&owner, masker, &mut counts)?;
            }
            let mut replace = |kind, text: &str| replacement(masker, kind, text, &mut counts);
            is_changed |= stored_texts::replace_in_trace(&self.connection, *id, &mut replace)?;
            if is_changed {
                self.hash_masked(*id)?;
                text_index::set_pending(&self.connection, *id)?;
                self.refresh(*id, change)?;
                told.push(*id);
            }
        }
        Ok((told, counts))
    }

    fn mask_open_payload(
        &self,
        owner: &PayloadOwner,
        masker: &Masker,
        counts: &mut MaskCounts,
    ) -> Result<bool> {
        let known = payload::read(&self.connection, owner.place)?;
        let Some(masked) = masker.json(&known, counts) else { return Ok(false) };
        let place = open_payload::put(&self.connection, Some(owner.place), &masked)?;
        stored_texts::set_place(&self.connection, owner, place, true)?;
        Ok(true)
    }

    /// Hashes anew what is said of spans in which something is masked, so that the same file imported again is known again.
    fn hash_masked(&self, trace_id: i64) -> Result<()> {
        let mut payloads = PayloadReader::default();
        for row in span::of_trace(&self.connection, trace_id)? {
            if !row.flags.contains(SpanFlags::MASKED) {
                continue;
            }
            let payload = payloads.read(&self.connection, row.payload)?;
            let said = Said {
                payload: &payload,
                name: &row.name,
                parent: row.parent_id.as_deref(),
                start_ns: row.start_ns,
                end_ns: row.end_ns,
                status: row.status,
                tokens: row.tokens,
            };
            stored_texts::set_content_hash(&self.connection, trace_id, &row.span_id, said.hash())?;
        }
        Ok(())
    }
}

fn replacement(masker: &Masker, kind: TextKind, text: &str, counts: &mut MaskCounts) -> Option<String> {
    match kind {
        TextKind::Text => masker.text(text, counts),
        TextKind::Id => masker.id(text, counts),
        TextKind::Json => {
            masker.json(text.as_bytes(), counts).and_then(|masked| String::from_utf8(masked).ok())
        }
    }
}
