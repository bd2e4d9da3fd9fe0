//! Prepares records for the writer in the threads that parse: secrets masked, repeats recognisable by a hash, payloads
//! packed into compressed blocks. What is left for the writer is to insert rows.

use std::sync::Arc;

use xxhash_rust::xxh3::Xxh3;

use super::progress::SourceProgress;
use super::queue::Queue;
use super::receipt::{Coverage, Covered, Receipt};
use super::sender::SenderRef;
use super::writer::Job;
use crate::error::{Code, Error, Result};
use crate::masking::{CurrentMasker, MaskCounts, Masker};
use crate::model::{Problem, SpanFlags, SpanRecord, SpanStatus, Tokens, TraceRecord};
use crate::pricing::Prices;
use crate::store::{Block, BlockBuilder};
use crate::wire::{Format, Sink};

/// Where records come from.
#[derive(Clone)]
pub struct Origin {
    /// `file`, `text`, or the kind of a live source.
    pub kind: &'static str,
    /// Path, name or address.
    pub location: String,
    /// The format found.
    pub format: &'static dyn Format,
    /// Who sends, where that is a live source: what has not ended may still end.
    pub sender: Option<SenderRef>,
    /// It tells of the same spans again as it grows: of two tellings that end alike the later one holds.
    pub tells_again: bool,
    /// Counts and the wish to stop.
    pub progress: Arc<SourceProgress>,
    /// What model calls cost where the source does not say.
    pub prices: Arc<Prices>,
    /// What is masked.
    pub masker: CurrentMasker,
}

/// Where a payload lies within a batch.
#[derive(Clone, Copy, Debug)]
pub struct BatchPlace {
    /// Index into [`Batch::blocks`].
    pub block: usize,
    /// Offset in the unpacked block.
    pub offset: u32,
    /// Its size.
    pub bytes: u32,
}

/// A span ready to be stored.
pub struct PreparedSpan {
    /// The columns.
    pub record: SpanRecord,
    /// Where its payload has moved to; of a part it is still with the record, to be put beside what is known.
    pub payload: PreparedPayload,
}

/// The payload of a span that is ready to be stored.
pub enum PreparedPayload {
    /// In a block.
    Packed {
        /// Where.
        place: BatchPlace,
        /// Hash of all that the source said of the span.
        content_hash: i64,
    },
    /// With the record, which is a part.
    InRecord,
}

/// What a source says of a trace, ready to be stored.
pub struct PreparedTrace {
    /// The columns; of a part, with its payload.
    pub record: TraceRecord,
    /// Its payload, if it has one and is whole.
    pub place: Option<BatchPlace>,
}

/// What is handed to the writer in one go.
pub struct Batch {
    /// Where it comes from.
    pub origin: Arc<Origin>,
    /// Spans, in the order of the source.
    pub spans: Vec<PreparedSpan>,
    /// Statements about traces.
    pub traces: Vec<PreparedTrace>,
    /// Compressed payloads.
    pub blocks: Vec<Block>,
    /// Problems met.
    pub problems: Vec<Problem>,
    /// What was left out.
    pub skipped: Vec<(&'static str, u64)>,
    /// Told once all of it is committed.
    pub receipt: Option<Receipt>,
    /// Of one without a receipt of its own: what the receipt of a later one knows of it.
    pub covered: Option<Covered>,
}

impl Batch {
    fn new(origin: Arc<Origin>) -> Self {
        Self {
            origin,
            spans: Vec::new(),
            traces: Vec::new(),
            blocks: Vec::new(),
            problems: Vec::new(),
            skipped: Vec::new(),
            receipt: None,
            covered: None,
        }
    }

    fn is_empty(&self) -> bool {
        self.spans.is_empty() && self.traces.is_empty() && self.problems.is_empty() && self.skipped.is_empty()
    }
}

/// A batch is handed on once it holds this many spans, or this many bytes.
const BATCH_SPANS: usize = 2_000;
const BATCH_BYTES: usize = 4 << 20;

/// Roughly what a span takes in memory beside its payload.
const SPAN_BYTES: usize = 512;

/// Collects what readers find and hands it to the writer in batches. One per parsing thread.
pub struct Assembler {
    queue: Arc<Queue<Job>>,
    compressor: zstd::bulk::Compressor<'static>,
    block: BlockBuilder,
    batch: Batch,
    bytes: usize,
    /// What the next receipt covers of what was handed over before it.
    coverage: Coverage,
    error: Option<Error>,
}

impl Assembler {
    /// An assembler for one source.
    pub fn new(origin: Arc<Origin>, queue: &Arc<Queue<Job>>) -> Result<Self> {
        Ok(Self {
            queue: queue.clone(),
            compressor: BlockBuilder::compressor()?,
            block: BlockBuilder::default(),
            batch: Batch::new(origin),
            bytes: 0,
            coverage: Coverage::default(),
            error: None,
        })
    }

    /// What costs are worked out by.
    pub fn prices(&self) -> &Arc<Prices> {
        &self.batch.origin.prices
    }

    /// A problem without what is to be masked: its reason may quote the input.
    pub fn masked_problem(&self, mut problem: Problem) -> Problem {
        mask(&mut problem.reason, &self.batch.origin.masker.get());
        problem
    }

    /// Hands over what has been collected. Errors: `Cancelled` if the writer has stopped.
    pub fn flush(&mut self) -> Result<()> {
        self.close_block();
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if self.batch.is_empty() {
            return Ok(());
        }
        self.batch.covered = Some(self.coverage.of_batch());
        self.hand_over()
    }

    /// As [`Assembler::flush`]; `receipt` is told once all that this assembler ever handed over is committed.
    pub fn flush_with(&mut self, receipt: Receipt) -> Result<()> {
        self.close_block();
        if let Some(error) = self.error.take() {
            receipt.failed(&error);
            return Err(error);
        }
        self.batch.receipt = Some(receipt.covering(std::mem::take(&mut self.coverage)));
        self.hand_over()
    }

    fn hand_over(&mut self) -> Result<()> {
        let origin = self.batch.origin.clone();
        let batch = std::mem::replace(&mut self.batch, Batch::new(origin));
        let bytes = std::mem::take(&mut self.bytes);
        self.queue
            .push(Job::Batch(batch), bytes)
            .map_err(|_| Error::new(Code::Cancelled, "the store was closed before all was written"))
    }

    /// Hands over what has been collected if it is enough for a batch.
    pub fn flush_if_full(&mut self) -> Result<()> {
        if self.batch.spans.len() >= BATCH_SPANS || self.bytes >= BATCH_BYTES { self.flush() } else { Ok(()) }
    }

    fn pack(&mut self, payload: &[u8]) -> BatchPlace {
        if self.block.is_full() {
            self.close_block();
        }
        let (offset, bytes) = self.block.push(payload);
        self.bytes += payload.len() / 4;
        BatchPlace { block: self.batch.blocks.len(), offset, bytes }
    }

    fn close_block(&mut self) {
        if self.block.is_empty() {
            return;
        }
        match self.block.finish(&mut self.compressor) {
            Ok(block) => self.batch.blocks.push(block),
            Err(error) => self.error = Some(error),
        }
    }

    /// A single frame can hold very many spans: hand over from inside it too, so that memory stays bounded.
    fn relieve(&mut self) {
        if self.error.is_none()
            && let Err(error) = self.flush_if_full()
        {
            self.error = Some(error);
        }
    }
}

impl Sink for Assembler {
    fn span(&mut self, mut span: SpanRecord) {
        if mask_span(&mut span, &self.batch.origin.masker.get()) {
            span.flags.insert(SpanFlags::MASKED);
        }
        cut(&mut span.preview, SpanRecord::PREVIEW_BYTES);
        cut(&mut span.error, SpanRecord::ERROR_BYTES);
        self.bytes += SPAN_BYTES;
        let payload = if span.is_part {
            self.bytes += span.payload.len();
            PreparedPayload::InRecord
        } else {
            price(&mut span, &self.batch.origin.prices);
            let content_hash = content_hash(&span);
            PreparedPayload::Packed { place: self.pack(&std::mem::take(&mut span.payload)), content_hash }
        };
        self.batch.spans.push(PreparedSpan { record: span, payload });
        self.relieve();
    }

    fn trace(&mut self, mut trace: TraceRecord) {
        mask_trace(&mut trace, &self.batch.origin.masker.get());
        cut(&mut trace.preview, SpanRecord::PREVIEW_BYTES);
        cut(&mut trace.failure_reason, SpanRecord::ERROR_BYTES);
        self.bytes += SPAN_BYTES;
        let place = if trace.is_part {
            self.bytes += trace.payload.as_ref().map_or(0, Vec::len);
            None
        } else {
            trace.payload.take().map(|payload| self.pack(&payload))
        };
        self.batch.traces.push(PreparedTrace { record: trace, place });
        self.relieve();
    }

    fn problem(&mut self, problem: Problem) {
        let problem = self.masked_problem(problem);
        self.bytes += SPAN_BYTES;
        self.batch.problems.push(problem);
        self.relieve();
    }

    fn skipped(&mut self, what: &'static str, count: u64) {
        match self.batch.skipped.iter_mut().find(|(known, _)| *known == what) {
            Some((_, total)) => *total += count,
            None => self.batch.skipped.push((what, count)),
        }
    }
}

/// Works out the cost of a span that gives none, from its model and tokens.
pub(super) fn price(span: &mut SpanRecord, prices: &Prices) {
    if span.cost_usd.is_none()
        && let Some(cost) = span.model.as_deref().and_then(|model| prices.cost_usd(model, &span.tokens))
    {
        span.cost_usd = Some(cost);
        span.flags.insert(SpanFlags::COST_DERIVED);
    }
}

/// Cuts what is longer than `bytes`; after masking, for half a secret would no longer look like one.
fn cut(text: &mut Option<String>, bytes: usize) {
    if let Some(long) = text
        && long.len() > bytes
    {
        *text = SpanRecord::folded(long, bytes);
    }
}

/// Masks all that is said of a span; says whether there was anything.
fn mask_span(span: &mut SpanRecord, masker: &Masker) -> bool {
    let mut masked = mask(&mut span.name, masker);
    for text in [
        &mut span.error,
        &mut span.preview,
        &mut span.conversation,
        &mut span.project,
        &mut span.environment,
        &mut span.model,
    ] {
        masked |= text.as_mut().is_some_and(|text| mask(text, masker));
    }
    if let Some(clean) = masker.json(&span.payload, &mut MaskCounts::default()) {
        span.payload = clean;
        masked = true;
    }
    if let Some(note) = span.mark.as_mut().and_then(|mark| mark.note.as_mut()) {
        mask(note, masker);
    }
    for id in [Some(&mut span.trace), Some(&mut span.id), span.parent.as_mut()].into_iter().flatten() {
        masked |= mask_id(id, masker);
    }
    if let Some(correction) = &mut span.correction {
        for id in [&mut correction.apart_from, &mut correction.operation].into_iter().flatten() {
            mask_id(id, masker);
        }
    }
    masked
}

/// The same for what is said of a trace.
fn mask_trace(trace: &mut TraceRecord, masker: &Masker) {
    for text in [
        &mut trace.name,
        &mut trace.preview,
        &mut trace.failure_reason,
        &mut trace.conversation,
        &mut trace.project,
        &mut trace.environment,
        &mut trace.model,
        &mut trace.marks.note,
    ]
    .into_iter()
    .flatten()
    .chain(&mut trace.marks.tags)
    {
        mask(text, masker);
    }
    if let Some(payload) = &mut trace.payload
        && let Some(clean) = masker.json(payload, &mut MaskCounts::default())
    {
        *payload = clean;
    }
    mask_id(&mut trace.trace, masker);
}

fn mask(text: &mut String, masker: &Masker) -> bool {
    replace(text, masker.text(text, &mut MaskCounts::default()))
}

fn mask_id(id: &mut String, masker: &Masker) -> bool {
    replace(id, masker.id(id, &mut MaskCounts::default()))
}

fn replace(text: &mut String, clean: Option<String>) -> bool {
    let Some(clean) = clean else { return false };
    *text = clean;
    true
}

/// Hash of all that is said of a span, to know a repeat.
pub(super) fn content_hash(span: &SpanRecord) -> i64 {
    let said = Said {
        payload: &span.payload,
        name: &span.name,
        parent: span.parent.as_deref(),
        start_ns: span.start_ns,
        end_ns: span.end_ns,
        status: span.status,
        tokens: span.tokens,
    };
    said.hash()
}

/// What tells two tellings of one span apart.
pub(super) struct Said<'a> {
    pub(super) payload: &'a [u8],
    pub(super) name: &'a str,
    pub(super) parent: Option<&'a str>,
    pub(super) start_ns: Option<i64>,
    pub(super) end_ns: Option<i64>,
    pub(super) status: SpanStatus,
    pub(super) tokens: Tokens,
}

impl Said<'_> {
    /// Of all of it.
    pub(super) fn hash(&self) -> i64 {
        let mut hasher = Xxh3::new();
        hasher.update(self.payload);
        hasher.update(self.name.as_bytes());
        hasher.update(self.parent.unwrap_or_default().as_bytes());
        let tokens = self.tokens.sum().map(|tokens| tokens as i64);
        for number in [self.start_ns, self.end_ns, Some(i64::from(self.status.code())), tokens] {
            hasher.update(&number.unwrap_or(i64::MIN).to_le_bytes());
        }
        hasher.digest() as i64
    }
}
