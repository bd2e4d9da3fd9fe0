//! Puts texts into the index, behind whatever brings them: a thread of low priority that reads traces with new texts, makes a
//! segment of them and hands it to the writer in a transaction that also marks them as done. While imports run it takes a part
//! of the time alone, so that they keep most of theirs.
//!
//! Segments are merged when eight of about a size have gathered, so a needle asks few of them, and each posting is written a
//! few times in all. A merge is written bucket by bucket in small transactions; until its last one nobody reads the new
//! segment, and after it nobody the old ones. Several programs may do all this at once: what one has done in the meantime
//! makes the other give up what it was about.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::document::Document;
use super::grams::{self, GRAM_BITS};
use super::segment::{self, Posting, posting};
use super::texts::{self, Blocks};
use crate::dto::IndexState;
use crate::error::{Error, Result};
use crate::ingest::Writer;
use crate::live::{Hub, Notice};
use crate::priority;
use crate::store::audit::is_sealed;
use crate::store::text_index::{self, Pending, SegmentRow};
use crate::store::{ReadPool, Reader};

/// Postings gathered before a segment is written (8 bytes each) …
const SEGMENT_POSTINGS: usize = 2_000_000;
/// … or traces …
const SEGMENT_TRACES: usize = 1_024;
/// … or time, so that imports and a close need not wait.
const SEGMENT_TIME: Duration = Duration::from_secs(2);
/// How often it looks for new texts.
const INTERVAL: Duration = Duration::from_millis(500);
/// While imports run it rests this many times as long as it has worked.
const REST_WHILE_BUSY: u32 = 3;
/// As many segments of about a size are merged into one; sizes grow by this factor.
const FAN_IN: usize = 8;
/// A bucket of a segment takes about this share of one posting, for choosing how many there are.
const BYTES_A_POSTING: usize = 2;
/// What a transaction of a merge writes, about.
const MERGE_BYTES: usize = 2 << 20;

/// The thread that keeps the index.
pub struct Indexer {
    stop: Arc<Stop>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Stop {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl Stop {
    fn is_stopped(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for so long, or until it is stopped.
    fn rest(&self, time: Duration) {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        drop(
            self.changed
                .wait_timeout_while(stopped, time, |stopped| !*stopped)
                .unwrap_or_else(PoisonError::into_inner),
        );
    }
}

impl Indexer {
    /// Starts the thread on the store at `path`. `is_busy` says whether imports run.
    pub fn start(
        path: &Path,
        writer: Arc<Writer>,
        hub: Arc<Hub>,
        is_busy: impl Fn() -> bool + Send + 'static,
    ) -> Result<Self> {
        let stop = Arc::new(Stop::default());
        let readers = ReadPool::new(path)?;
        let thread = std::thread::Builder::new()
            .name("indexer".into())
            .spawn({
                let stop = stop.clone();
                move || {
                    priority::lower();
                    Work {
                        stop,
                        readers,
                        writer,
                        hub,
                        blocks: Blocks::default(),
                        document: Document::default(),
                        seen: Seen::default(),
                    }
                    .run(is_busy);
                }
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        Ok(Self { stop, thread: Mutex::new(Some(thread)) })
    }

    /// Lets the thread end soon; what it was about is done again at the next start.
    pub fn stop(&self) {
        *self.stop.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.changed.notify_all();
    }

    /// Ends the thread. If another program holds the store, it ends with the writer.
    pub fn close(&self) {
        self.stop();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Indexer {
    fn drop(&mut self) {
        self.close();
    }
}

/// How far the index has come.
pub fn index_state(reader: &Reader) -> Result<IndexState> {
    let traces = text_index::extent(reader)?.traces;
    let (pending, bytes) = text_index::progress(reader)?;
    let count = |traces: usize| u32::try_from(traces).unwrap_or(u32::MAX);
    Ok(IndexState {
        indexed: count(traces.saturating_sub(pending)),
        traces: count(traces),
        bytes,
        is_working: !text_index::to_index(reader, 1)?.is_empty() && !is_sealed(reader)?,
    })
}

struct Work {
    stop: Arc<Stop>,
    readers: ReadPool,
    writer: Arc<Writer>,
    hub: Arc<Hub>,
    blocks: Blocks,
    document: Document,
    seen: Seen,
}

impl Work {
    fn run(mut self, is_busy: impl Fn() -> bool) {
        let mut is_swept = false;
        while !self.stop.is_stopped() {
            // A backup that is only looked into stays as it was sealed.
            if self.is_sealed() {
                self.stop.rest(INTERVAL);
                continue;
            }
            // A store that is locked, full or damaged is left alone for now; the next look tries again.
            if !is_swept {
                let _ = self.sweep(true);
                is_swept = true;
            }
            let begun = Instant::now();
            let more_to_do = self.index().unwrap_or(false);
            let rest = match (is_busy(), more_to_do) {
                (true, _) => (begun.elapsed() * REST_WHILE_BUSY).max(INTERVAL),
                (false, true) => Duration::ZERO,
                (false, false) => INTERVAL,
            };
            if !is_busy() {
                let _ = self.merge();
            }
            self.stop.rest(rest);
        }
    }

    fn is_sealed(&self) -> bool {
        self.readers.reader().and_then(|reader| is_sealed(&reader)).unwrap_or(false)
    }

    /// Takes away what a former run left of merges, or what a merge has made superfluous.
    fn sweep(&self, unfinished: bool) -> Result<()> {
        let dead = text_index::dead_segments(&*self.readers.reader()?, unfinished)?;
        for id in dead {
            self.writer.change_aside(move |connection| text_index::remove_segment(connection, id))?;
        }
        Ok(())
    }

    /// Makes a segment of some traces with new texts. Says whether there are more.
    fn index(&mut self) -> Result<bool> {
        let reader = self.readers.reader()?;
        let pending = text_index::to_index(&reader, SEGMENT_TRACES)?;
        if pending.is_empty() {
            return Ok(false);
        }
        let begun = Instant::now();
        let mut postings: Vec<Posting> = Vec::new();
        let mut done: Vec<Pending> = Vec::new();
        for trace in &pending {
            if self.stop.is_stopped() {
                return Ok(false);
            }
            if postings.len() >= SEGMENT_POSTINGS || begun.elapsed() >= SEGMENT_TIME {
                break;
            }
            let number = done.len() as u32;
            self.seen.clear();
            let (seen, stop) = (&mut self.seen, &self.stop);
            let take = |document: &Document| {
                grams::for_each(&document.folded, |gram| {
                    if seen.is_new(gram) {
                        postings.push(posting(gram, number));
                    }
                });
                if stop.is_stopped() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            texts::read(&reader, &mut self.blocks, trace.trace_id, &mut self.document, |_| true, take)?;
            if self.stop.is_stopped() {
                return Ok(false);
            }
            done.push(*trace);
        }
        drop(reader);
        let is_all = done.len() == pending.len() && pending.len() < SEGMENT_TRACES;
        postings.sort_unstable();
        let ids: Vec<i64> = done.iter().map(|trace| trace.trace_id).collect();
        let bits = segment::bucket_bits(postings.len() * BYTES_A_POSTING);
        let buckets = segment::buckets(&postings, ids.len(), bits);
        drop(postings);
        self.writer.change_aside(move |connection| {
            let id = text_index::begin_segment(connection, bits, &segment::encode_ids(&ids), ids.len())?;
            text_index::add_buckets(connection, id, &buckets)?;
            text_index::finish_segment(connection, id, &[])?;
            for trace in done {
                text_index::clear_pending(connection, trace)?;
            }
            Ok(())
        })?;
        self.hub.publish(&Notice { search: true, ..Notice::default() });
        Ok(!is_all)
    }

    /// Merges segments until there are few enough of each size.
    fn merge(&mut self) -> Result<()> {
        while !self.stop.is_stopped() {
            let segments = text_index::segments(&*self.readers.reader()?)?;
            let Some(inputs) = to_merge(&segments) else { break };
            if !self.merge_into_one(&inputs)? {
                break;
            }
            self.sweep(false)?;
        }
        Ok(())
    }

    /// Says whether it came to an end.
    fn merge_into_one(&self, inputs: &[SegmentRow]) -> Result<bool> {
        let reader = self.readers.reader()?;
        let mut of_inputs = Vec::with_capacity(inputs.len());
        let mut ids: Vec<i64> = Vec::new();
        for input in inputs {
            let traces = segment::decode_ids(&text_index::segment_traces(&reader, input.id)?);
            ids.extend(&traces);
            of_inputs.push(traces);
        }
        ids.sort_unstable();
        ids.dedup();
        // Traces that were taken away fall out here.
        let mut there = Vec::with_capacity(ids.len());
        for id in ids {
            if text_index::has_trace(&reader, id)? {
                there.push(id);
            }
        }
        let number_of: HashMap<i64, u32> =
            there.iter().enumerate().map(|(number, id)| (*id, number as u32)).collect();
        let renumbered: Vec<Vec<Option<u32>>> = of_inputs
            .iter()
            .map(|traces| traces.iter().map(|id| number_of.get(id).copied()).collect())
            .collect();
        let bytes: u64 = inputs.iter().map(|input| input.bytes).sum();
        let bits = segment::bucket_bits(usize::try_from(bytes).unwrap_or(usize::MAX));
        let coarse = inputs.iter().map(|input| input.bucket_bits).min().unwrap_or(0).min(bits);
        let trace_count = there.len();
        let traces = segment::encode_ids(&there);
        let id = self.writer.change_aside(move |connection| {
            text_index::begin_segment(connection, bits, &traces, trace_count)
        })?;
        let mut waiting: Vec<(u32, Vec<u8>)> = Vec::new();
        for range in 0..1u32 << coarse {
            if self.stop.is_stopped() {
                return Ok(false);
            }
            let mut postings = Vec::new();
            for (input, renumbered) in inputs.iter().zip(&renumbered) {
                let finer = input.bucket_bits - coarse;
                for number in range << finer..(range + 1) << finer {
                    let bucket = text_index::bucket(&reader, input.id, number)?.unwrap_or_default();
                    for (gram, list) in segment::lists(&bucket) {
                        segment::for_each_number(list, renumbered.len(), |number| {
                            if let Some(Some(number)) = renumbered.get(number as usize) {
                                postings.push(posting(gram, *number));
                            }
                        });
                    }
                }
            }
            postings.sort_unstable();
            postings.dedup();
            waiting.extend(segment::buckets(&postings, trace_count, bits));
            let is_last = range + 1 == 1 << coarse;
            if is_last || waiting.iter().map(|(_, data)| data.len()).sum::<usize>() >= MERGE_BYTES {
                let buckets = std::mem::take(&mut waiting);
                let is_there = self
                    .writer
                    .change_aside(move |connection| text_index::add_buckets(connection, id, &buckets))?;
                if !is_there {
                    return Ok(false);
                }
            }
        }
        let merged: Vec<i64> = inputs.iter().map(|input| input.id).collect();
        let finished = self.writer.change_aside(move |connection| {
            match text_index::finish_segment(connection, id, &merged)? {
                true => Ok(()),
                // An error undoes what was marked of it.
                false => Err(Error::internal("another program has merged these segments")),
            }
        });
        if finished.is_err() {
            self.writer.change_aside(move |connection| text_index::remove_segment(connection, id))?;
            return Ok(false);
        }
        Ok(true)
    }
}

/// The oldest segments of a size of which there are enough to be merged.
fn to_merge(segments: &[SegmentRow]) -> Option<Vec<SegmentRow>> {
    let mut by_size: HashMap<u32, Vec<SegmentRow>> = HashMap::new();
    for segment in segments {
        let size = segment.traces.max(1).ilog(FAN_IN);
        let same = by_size.entry(size).or_default();
        same.push(*segment);
        if same.len() == FAN_IN {
            return by_size.remove(&size);
        }
    }
    None
}

/// Which grams a document has had so far.
struct Seen {
    bits: Vec<u64>,
    /// The words of `bits` that are not 0.
    touched: Vec<u32>,
}

impl Default for Seen {
    fn default() -> Self {
        Self { bits: vec![0; 1 << (GRAM_BITS - 6)], touched: Vec::new() }
    }
}

impl Seen {
    fn is_new(&mut self, gram: u32) -> bool {
        let Some(word) = self.bits.get_mut(gram as usize >> 6) else { return false };
        let bit = 1 << (gram & 63);
        if *word & bit != 0 {
            return false;
        }
        if *word == 0 {
            self.touched.push(gram >> 6);
        }
        *word |= bit;
        true
    }

    fn clear(&mut self) {
        for at in self.touched.drain(..) {
            if let Some(word) = self.bits.get_mut(at as usize) {
                *word = 0;
            }
        }
    }
}
