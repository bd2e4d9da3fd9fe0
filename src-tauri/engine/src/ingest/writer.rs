//! The one thread that writes. It owns the write connection; everything that changes the store is a job in its queue.
//!
//! Batches are gathered into transactions: as many as are waiting, up to a number of spans or a stretch of time, so that a
//! flood is written in large transactions and a trickle at once. Trace columns are brought up to date in the same
//! transaction as the spans they follow from, so a reader never sees one without the other; only a trace that grows
//! through many transactions is summarised less often, and marked stale in between.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::assemble::{Batch, Origin, PreparedSpan, PreparedTrace};
use super::progress::FileProgress;
use super::queue::{Next, Queue};
use super::summarise::summarise;
use super::tally::Tally;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::live::{Hub, Notice};
use crate::store::payload::PayloadPlace;
use crate::store::span::{Arrival, SpanRow};
use crate::store::trace::{PreviewRank, Reported, TraceFacts};
use crate::store::{payload, source, span, trace};

/// Something for the writer to do.
pub enum Job {
    /// Store these.
    Batch(Batch),
    /// All of this source has been handed over: bring its traces up to date and say so.
    Finish(Arc<FileProgress>),
    /// Change something else (settings, …).
    Change(Box<dyn FnOnce(&Connection) + Send>),
}

/// A transaction is committed after this many spans …
const TRANSACTION_SPANS: usize = 20_000;
/// … or this long, whichever comes first, so that what was read shows soon.
const TRANSACTION_TIME: Duration = Duration::from_millis(200);
/// Bytes of batches waiting to be written; past that, reading stops.
const QUEUE_BYTES: usize = 32 << 20;
/// Traces up to this size are summarised in every transaction that touches them; larger ones once they have grown by half.
const ALWAYS_SUMMARISED_SPANS: u32 = 2_000;
/// How often an idle writer looks whether another process has written to the store.
const FOREIGN_CHANGES_INTERVAL: Duration = Duration::from_millis(500);
/// Trace ids kept at hand, to save a look-up per span.
const KNOWN_TRACES: usize = 100_000;

/// What the writer needs.
pub struct WriterOptions {
    /// The connection that writes.
    pub connection: Connection,
    /// Told of every commit.
    pub hub: Arc<Hub>,
    /// For the time a source was first seen.
    pub clock: Arc<dyn Clock>,
}

/// The handle to the writer thread.
pub struct Writer {
    queue: Arc<Queue<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. Traces left stale by a crash are brought up to date first.
    pub fn start(options: WriterOptions) -> Result<Self> {
        let queue = Arc::new(Queue::new(QUEUE_BYTES));
        let mut state = WriterState {
            next_block: 0,
            connection: options.connection,
            hub: options.hub,
            clock: options.clock,
            known_traces: HashMap::new(),
            last_trace: None,
            lagging: HashMap::new(),
            in_hand: Vec::new(),
            revision: 0,
            data_version: 0,
        };
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn({
                let queue = queue.clone();
                move || {
                    state.repair(&queue);
                    let mut next = None;
                    loop {
                        match next
                            .take()
                            .map_or_else(|| queue.pop_within(FOREIGN_CHANGES_INTERVAL), Next::Item)
                        {
                            Next::Item(job) => next = state.run_guarded(job, &queue),
                            Next::Idle => state.tell_of_foreign_changes(),
                            Next::Closed => break,
                        }
                    }
                }
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        Ok(Self { queue, thread: Mutex::new(Some(thread)) })
    }

    /// The queue, for assemblers.
    pub(super) fn queue(&self) -> &Queue<Job> {
        &self.queue
    }

    /// Runs `change` on the write connection, outside of any transaction, and gives what it gives.
    pub fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let closed = || Error::new(Code::Cancelled, "the store is closed");
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let job = Job::Change(Box::new(move |connection| {
            let _ = sender.send(change(connection));
        }));
        self.queue.push(job, 0).map_err(|_| closed())?;
        receiver.recv().map_err(|_| closed())?
    }

    /// Writes what is waiting, then stops.
    pub fn close(&self) {
        self.queue.close();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

struct WriterState {
    connection: Connection,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    /// The id of the next payload block, within a transaction.
    next_block: i64,
    /// Row of each trace met lately, by identity and key.
    known_traces: HashMap<(&'static str, String), i64>,
    /// The trace met last.
    last_trace: Option<(&'static str, String, i64)>,
    /// Spans that came to a trace since its last summary, for traces that are not summarised every time.
    lagging: HashMap<i64, u32>,
    /// The sources that the job under way is about, so that none waits for ever should it break off.
    in_hand: Vec<Arc<FileProgress>>,
    revision: u64,
    /// SQLite's count of what other connections have written, as last seen.
    data_version: i64,
}

/// A trace touched by the transaction under way.
#[derive(Default)]
struct Touched {
    /// It was made by this transaction, and `rows` are all its spans.
    is_whole: bool,
    rows: Vec<SpanRow>,
    /// Spans that came to it.
    added: u32,
    is_changed: bool,
    facts: TraceFacts,
}

impl WriterState {
    /// As [`WriterState::run`]; a defect met in a job ends the sources it was about, and the next job is done as ever.
    fn run_guarded(&mut self, job: Job, queue: &Queue<Job>) -> Option<Job> {
        let done = catch_unwind(AssertUnwindSafe(|| self.run(job, queue)));
        if done.is_err() {
            let _ = self.connection.execute_batch("ROLLBACK");
            self.forget();
            let error =
                Error::internal("a defect of this program stopped the writing; what was committed is kept");
            for progress in &self.in_hand {
                fail(progress, Some(&error));
                progress.set_written();
            }
        }
        self.in_hand.clear();
        done.unwrap_or(None)
    }

    /// Does a job. Gives the next one, where it had to be taken from the queue to see that this one was done.
    fn run(&mut self, job: Job, queue: &Queue<Job>) -> Option<Job> {
        match job {
            Job::Batch(batch) => return self.write(batch, queue),
            Job::Finish(progress) => self.finish(&progress, queue),
            Job::Change(change) => {
                change(&self.connection);
                self.committed(Vec::new());
            }
        }
        None
    }

    /// Summarises what a crash left stale, a trace at a time, so that another program need not wait for all of them. A
    /// failure here shows again at the next write.
    fn repair(&mut self, queue: &Queue<Job>) {
        let stale = trace::stale(&self.connection).unwrap_or_default();
        let refreshed = |id: &i64| {
            begin(&self.connection, || queue.is_closed())
                .and_then(|()| refresh_and_commit(&self.connection, *id))
                .is_ok()
        };
        let repaired: Vec<i64> = stale.into_iter().filter(refreshed).collect();
        if !repaired.is_empty() {
            self.committed(repaired);
        }
    }

    /// Lets the page know of what another process (the command line beside the app) has written.
    fn tell_of_foreign_changes(&mut self) {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0));
        if let Ok(version) = version
            && version != std::mem::replace(&mut self.data_version, version)
        {
            self.revision += 1;
            self.hub.publish(&Notice { revision: self.revision, many_traces: true, ..Notice::default() });
        }
    }

    /// Writes `first` and the batches that wait behind it in one transaction; jobs of other kinds end it.
    fn write(&mut self, first: Batch, queue: &Queue<Job>) -> Option<Job> {
        let begun = Instant::now();
        let mut tallies: Vec<Tally> = Vec::new();
        let mut touched: HashMap<i64, Touched> = HashMap::new();
        let mut spans = 0;
        let mut after = None;
        let lagging_before = self.lagging.clone();
        self.in_hand.push(first.origin.progress.clone());
        let mut result = self.begin(&first.origin.progress, queue);
        let mut next = Some(first);
        while let Some(batch) = next.take() {
            spans += batch.spans.len();
            let origin = batch.origin.clone();
            self.in_hand.push(origin.progress.clone());
            // What still waits of a source that was stopped or has failed is dropped: stopping should be prompt.
            if result.is_ok() && !origin.progress.is_cancelled() {
                result = self.write_batch(batch, &mut tallies, &mut touched);
            }
            if result.is_err() {
                fail(&origin.progress, result.as_ref().err());
                break;
            }
            if spans >= TRANSACTION_SPANS || begun.elapsed() >= TRANSACTION_TIME {
                break;
            }
            match queue.try_pop() {
                Some(Job::Batch(batch)) => next = Some(batch),
                other => after = other,
            }
        }
        let result = result
            .and_then(|()| self.summarise_touched(&touched))
            .and_then(|()| self.connection.execute_batch("COMMIT").map_err(Error::from));
        match result {
            Ok(()) => {
                for tally in tallies {
                    tally.apply();
                }
                self.committed(
                    touched.into_iter().filter(|(_, touched)| touched.is_changed).map(|(id, _)| id).collect(),
                );
            }
            Err(error) => {
                // An error such as a full disk may have ended the transaction already.
                let _ = self.connection.execute_batch("ROLLBACK");
                self.forget();
                self.lagging = lagging_before;
                for tally in &tallies {
                    fail(&tally.origin.progress, Some(&error));
                }
            }
        }
        after
    }

    /// Begins a transaction for `progress`. The next block's id is asked for each time: another process may have written in
    /// between.
    fn begin(&mut self, progress: &FileProgress, queue: &Queue<Job>) -> Result<()> {
        begin_for(&self.connection, progress, queue)?;
        self.next_block = payload::next_block_id(&self.connection)?;
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
        let place = |place: super::assemble::BatchPlace| PayloadPlace {
            block: first_block + place.block as i64,
            offset: place.offset,
            bytes: place.bytes,
        };
        for PreparedTrace { record, place: payload_place } in batch.traces {
            let (trace_id, is_new) = self.trace_id(&batch.origin, &record.trace, source_id)?;
            tally.meet(trace_id, is_new);
            let touched = touch(touched, trace_id, is_new);
            let changed = trace::set_reported(
                &self.connection,
                trace_id,
                &Reported::from_record(&record),
                record.parents_unknown,
                payload_place.map(place),
            )?;
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
            }
        }
        for PreparedSpan { record, content_hash, place: span_place } in batch.spans {
            let (trace_id, is_new) = self.trace_id(&batch.origin, &record.trace, source_id)?;
            tally.meet(trace_id, is_new);
            tally.spans += 1;
            let touched = touch(touched, trace_id, is_new);
            let payload_place = place(span_place);
            let arrival = span::upsert(&self.connection, trace_id, &record, content_hash, payload_place)?;
            match arrival {
                Arrival::Unchanged => {
                    tally.spans_unchanged += 1;
                    continue;
                }
                Arrival::Added | Arrival::AddedBeside => {
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
            used[span_place.block] = true;
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
        self.next_block = first_block + batch.blocks.len() as i64;
        tally.problems.extend(batch.problems);
        tally.skipped.extend(batch.skipped);
        Ok(())
    }

    fn summarise_touched(&mut self, touched: &HashMap<i64, Touched>) -> Result<()> {
        for (&trace_id, touched) in touched {
            if !touched.is_changed {
                continue;
            }
            trace::add_facts(&self.connection, trace_id, &touched.facts)?;
            if touched.is_whole {
                let (reported, parents_unknown) = trace::reported(&self.connection, trace_id)?;
                let summary = summarise(&touched.rows, reported.as_ref(), parents_unknown);
                trace::set_summary(&self.connection, trace_id, &summary)?;
                continue;
            }
            let summarised = trace::summarised_spans(&self.connection, trace_id)?;
            let lagging = self.lagging.entry(trace_id).or_insert(0);
            *lagging += touched.added;
            if summarised + *lagging <= ALWAYS_SUMMARISED_SPANS || *lagging > summarised / 2 {
                self.lagging.remove(&trace_id);
                refresh(&self.connection, trace_id)?;
            } else {
                trace::mark_stale(&self.connection, trace_id)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, progress: &Arc<FileProgress>, queue: &Queue<Job>) {
        self.in_hand.push(progress.clone());
        let ids: Vec<i64> = progress.state().trace_ids.iter().copied().collect();
        let lagging: Vec<i64> = ids.iter().copied().filter(|id| self.lagging.contains_key(id)).collect();
        let refreshed = lagging.iter().try_for_each(|id| {
            begin_for(&self.connection, progress, queue)?;
            refresh_and_commit(&self.connection, *id)?;
            self.lagging.remove(id);
            Ok(())
        });
        match refreshed.and_then(|()| trace::totals(&self.connection, ids)) {
            Ok(totals) => progress.state().totals = totals,
            Err(error) => fail(progress, Some(&error)),
        }
        self.committed(lagging);
        progress.set_written();
    }

    fn source_id(&self, origin: &Origin) -> Result<i64> {
        if let Some(id) = origin.source_id.get() {
            return Ok(*id);
        }
        let id = source::ensure(
            &self.connection,
            origin.kind,
            &origin.location,
            origin.format.id(),
            self.clock.now_ns(),
        )?;
        Ok(*origin.source_id.get_or_init(|| id))
    }

    fn trace_id(&mut self, origin: &Origin, key: &str, source_id: i64) -> Result<(i64, bool)> {
        let identity = origin.format.identity();
        // Spans of one trace mostly come one after another.
        if let Some((last_identity, last_key, id)) = &self.last_trace
            && *last_identity == identity
            && last_key == key
        {
            return Ok((*id, false));
        }
        let (id, is_new) = self.find_trace_id(origin, identity, key, source_id)?;
        self.last_trace = Some((identity, key.to_owned(), id));
        Ok((id, is_new))
    }

    fn find_trace_id(
        &mut self,
        origin: &Origin,
        identity: &'static str,
        key: &str,
        source_id: i64,
    ) -> Result<(i64, bool)> {
        let known_key = (identity, key.to_owned());
        if let Some(id) = self.known_traces.get(&known_key) {
            return Ok((*id, false));
        }
        let (id, is_new) = trace::ensure(&self.connection, identity, key, origin.format.id(), source_id)?;
        if self.known_traces.len() >= KNOWN_TRACES {
            self.known_traces.clear();
        }
        self.known_traces.insert(known_key, id);
        Ok((id, is_new))
    }

    /// Drops what was remembered of a transaction that was rolled back.
    fn forget(&mut self) {
        self.known_traces.clear();
        self.last_trace = None;
    }

    fn committed(&mut self, traces: Vec<i64>) {
        self.revision += 1;
        let mut notice = Notice { revision: self.revision, imports: true, ..Notice::default() };
        notice.many_traces = traces.len() > 64;
        notice.traces = traces.into_iter().take(64).collect();
        self.hub.publish(&notice);
    }
}

fn touch(touched: &mut HashMap<i64, Touched>, trace_id: i64, is_new: bool) -> &mut Touched {
    touched.entry(trace_id).or_insert_with(|| Touched { is_whole: is_new, ..Touched::default() })
}

/// Brings the columns of a trace up to date from its stored spans.
fn refresh(connection: &Connection, trace_id: i64) -> Result<()> {
    let rows = span::of_trace(connection, trace_id)?;
    let (reported, parents_unknown) = trace::reported(connection, trace_id)?;
    trace::set_summary(connection, trace_id, &summarise(&rows, reported.as_ref(), parents_unknown))
}

/// Begins a transaction, waiting as long as another program holds the store and nobody `gives_up`.
///
/// Error `Locked` once somebody does, and whatever else stops it.
fn begin(connection: &Connection, gives_up: impl Fn() -> bool) -> Result<()> {
    loop {
        // Waits a few seconds by itself.
        match connection.execute_batch("BEGIN IMMEDIATE").map_err(Error::from) {
            Err(error) if error.code == Code::Locked && !gives_up() => {}
            other => return other,
        }
    }
}

/// As [`begin`]; says of the source that it waits.
fn begin_for(connection: &Connection, progress: &FileProgress, queue: &Queue<Job>) -> Result<()> {
    let begun = begin(connection, || {
        progress.set_waiting(true);
        progress.is_cancelled() || queue.is_closed()
    });
    progress.set_waiting(false);
    begun
}

/// Refreshes a trace in the transaction under way and ends that.
fn refresh_and_commit(connection: &Connection, trace_id: i64) -> Result<()> {
    let result =
        refresh(connection, trace_id).and_then(|()| connection.execute_batch("COMMIT").map_err(Error::from));
    if result.is_err() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    result
}

/// Ends a source because it can't be written.
fn fail(progress: &FileProgress, error: Option<&Error>) {
    let mut state = progress.state();
    if state.error.is_none()
        && let Some(error) = error
    {
        state.error = Some(Error::new(error.code, error.message.clone()));
    }
    drop(state);
    progress.cancel();
}
