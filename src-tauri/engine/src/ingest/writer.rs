//! The one thread that writes. It owns the write connection; everything that changes the store is a job in its queue.
//!
//! Batches are gathered into transactions: as many as are waiting, up to a number of spans or a stretch of time, so that a
//! flood is written in large transactions and a trickle at once. Trace columns are brought up to date in the same
//! transaction as the spans they follow from, so a reader never sees one without the other; only a trace that grows
//! through many transactions is summarised less often, and marked stale in between.

mod alerts;
mod batches;
mod compact;
mod known;
mod liveness;
mod mappings;
mod mask_stored;
mod parts;
mod purge;
mod reprice;
mod tally;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

pub use self::liveness::FollowRules;
pub use self::purge::{Removed, UNDO_NS};

use self::known::KnownRows;
use self::liveness::Liveness;
use self::parts::Parts;
use self::purge::Purge;
use super::assemble::Batch;
use super::progress::SourceProgress;
use super::queue::{Next, Queue};
use super::summarise::summarise;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::live::{Hub, Notice};
use crate::masking::{CurrentMasker, MaskCounts, Masker};
use crate::model::RecordMapping;
use crate::pricing::Prices;
use crate::priority;
use crate::store::compaction::Interrupt;
use crate::store::{OpenedFile, attempt_correction, digest, span, trace, transaction};
use crate::structure::Spans;

/// Something for the writer to do.
pub(super) enum Job {
    /// Store these.
    Batch(Batch),
    /// All of this source has been handed over: bring its traces up to date and say so.
    Finish(Arc<SourceProgress>),
    /// Change something else (settings, …).
    Change(Box<dyn FnOnce(&mut WriterState) + Send>),
}

/// Bytes of batches waiting to be written; past that, reading stops.
const QUEUE_BYTES: usize = 32 << 20;
/// How often the writer looks around: whether another process has written to the store, who has fallen silent, what lags.
const LOOK_AROUND_INTERVAL: Duration = Duration::from_millis(500);
/// Stale traces that are summarised at once.
const MENDED_AT_ONCE: usize = 8;
/// A source is said to wait for another program once it has done so for this many steps.
const WAITING_STEPS: u32 = 4;

/// What the writer needs.
pub struct WriterOptions {
    /// The connection that writes.
    pub connection: Connection,
    /// Told of every commit.
    pub hub: Arc<Hub>,
    /// For the time a source was first seen.
    pub clock: Arc<dyn Clock>,
    /// What model calls cost where their source does not say.
    pub prices: Prices,
    /// What is masked of all that comes in.
    pub masker: Masker,
}

/// The handle to the writer thread.
pub struct Writer {
    prices: RwLock<Arc<Prices>>,
    masker: CurrentMasker,
    mappings: RwLock<Arc<Vec<RecordMapping>>>,
    queue: Arc<Queue<Job>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    /// Breaks the compaction off while there is one.
    interrupt: Interrupt,
    is_compacting: AtomicBool,
    /// The database is not where it was.
    is_lost: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread. Traces left stale by a crash, or by an older version, are brought up to date when nothing else is to be
    /// done.
    pub fn start(options: WriterOptions) -> Result<Self> {
        let queue = Arc::new(Queue::new(QUEUE_BYTES));
        let prices = RwLock::new(Arc::new(options.prices));
        let masker = CurrentMasker::new(options.masker);
        let interrupt = Interrupt::of(&options.connection);
        let is_lost = Arc::new(AtomicBool::new(false));
        let mut state = WriterState {
            is_lost: is_lost.clone(),
            queue: queue.clone(),
            file: OpenedFile::of(&options.connection),
            connection: options.connection,
            hub: options.hub,
            clock: options.clock,
            next_block: 0,
            known: KnownRows::default(),
            parts: Parts::new()?,
            liveness: Liveness::default(),
            purge: Purge::default(),
            looked_around: Instant::now(),
            lagging: HashMap::new(),
            in_hand: Vec::new(),
            stale: Vec::new(),
            next: None,
            revision: 0,
            data_version: 0,
        };
        let thread = std::thread::Builder::new()
            .name("writer".into())
            .spawn(move || {
                priority::lower();
                let _end = EndOfWriting(state.queue.clone());
                state.stale = trace::stale(&state.connection).unwrap_or_default();
                while state.work() {}
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        Ok(Self {
            prices,
            masker,
            mappings: RwLock::default(),
            queue,
            thread: Mutex::new(Some(thread)),
            interrupt,
            is_compacting: AtomicBool::new(false),
            is_lost,
        })
    }

    /// Whether the database was deleted, moved or replaced, as was seen when that was last looked at.
    pub fn is_lost(&self) -> bool {
        self.is_lost.load(Ordering::Acquire)
    }

    /// The queue, for assemblers.
    pub(super) fn queue(&self) -> &Arc<Queue<Job>> {
        &self.queue
    }

    /// What is masked of what comes in.
    pub fn masker(&self) -> Arc<Masker> {
        self.masker.get()
    }

    /// The same, for what lasts longer than a change of it.
    pub(super) fn current_masker(&self) -> CurrentMasker {
        self.masker.clone()
    }

    /// Masks by these rules from now on, what is being imported or received too.
    pub fn set_masker(&self, masker: Masker) {
        self.masker.set(masker);
    }

    /// `text` without what is to be masked.
    pub(super) fn masked(&self, text: &str) -> String {
        self.masker().text(text, &mut MaskCounts::default()).unwrap_or_else(|| text.to_owned())
    }

    /// Runs `change` on the write connection, outside of any transaction, and gives what it gives.
    pub fn change<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(|writer| {
            let given = change(&writer.connection);
            writer.committed(Vec::new());
            given
        })
    }

    /// Has the writer's thread look something up, or do what changes no trace.
    pub(super) fn look<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(|writer| look(&writer.connection))
    }

    /// Runs `change` in a transaction of its own, without telling of it: for what no page shows. Error `Locked` where another
    /// program holds the store for more than some seconds.
    pub fn change_aside<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(|writer| {
            let queue = writer.queue.clone();
            transaction::change(&writer.connection, transaction::soon(|| queue.is_closed()), change)
        })
    }

    /// Runs `change` in a transaction of its own and tells of the traces it gives. Error `Locked` as [`Writer::change_aside`].
    pub fn change_traces(
        &self,
        change: impl FnOnce(&Connection) -> Result<Vec<i64>> + Send + 'static,
    ) -> Result<Vec<i64>> {
        self.ask(|writer| {
            let queue = writer.queue.clone();
            let changed =
                transaction::change(&writer.connection, transaction::soon(|| queue.is_closed()), change)?;
            writer.committed(changed.clone());
            Ok(changed)
        })
    }

    /// Runs `change` in a transaction of its own, brings the columns of the trace up to date in it, and tells of the trace: for
    /// what is said of its steps that changes its shape.
    pub fn change_shape<T: Send + 'static>(
        &self,
        trace_id: i64,
        change: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.ask(move |writer| {
            let queue = writer.queue.clone();
            transaction::begin(&writer.connection, || queue.is_closed())?;
            let given = change(&writer.connection)
                .and_then(|given| {
                    let number = trace::next_change(&writer.connection)?;
                    writer.refresh(trace_id, number)?;
                    Ok(given)
                })
                .inspect_err(|_| transaction::roll_back(&writer.connection))?;
            transaction::commit(&writer.connection, || queue.is_closed())?;
            writer.lagging.remove(&trace_id);
            writer.committed(vec![trace_id]);
            Ok(given)
        })
    }

    /// Has the writer's thread do `work` and gives what it gives.
    fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut WriterState) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let closed = || Error::new(Code::Cancelled, "the store is closed");
        let (sender, receiver) = std::sync::mpsc::sync_channel(1);
        let job = Job::Change(Box::new(move |writer| {
            let _ = sender.send(writer.file.check().and_then(|()| work(writer)));
        }));
        self.queue.push(job, 0).map_err(|_| closed())?;
        receiver.recv().map_err(|_| match self.queue.is_closed() {
            true => closed(),
            false => defect(),
        })?
    }

    /// Writes what is waiting, then stops.
    pub fn close(&self) {
        self.queue.close();
        self.stop_compacting();
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

/// However the thread ends, nobody waits for it any more: the queue takes nothing, and what is still in it has failed.
struct EndOfWriting(Arc<Queue<Job>>);

impl Drop for EndOfWriting {
    fn drop(&mut self) {
        self.0.close();
        while let Some(job) = self.0.try_pop() {
            if let Job::Finish(progress) = job {
                progress.fail(&defect());
                progress.set_written();
            }
        }
    }
}

/// The thread's own.
pub(super) struct WriterState {
    queue: Arc<Queue<Job>>,
    /// Nothing is written once it is not where it was.
    file: OpenedFile,
    /// Whether that was so when it was last looked at.
    is_lost: Arc<AtomicBool>,
    connection: Connection,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    /// The id of the next payload block, within a transaction.
    next_block: i64,
    known: KnownRows,
    /// Puts together what is told of a span in parts.
    parts: Parts,
    /// Of which traces more may come.
    liveness: Liveness,
    /// What goes for good, and what is kept.
    purge: Purge,
    /// When that was last looked at, and what else is looked at now and then.
    looked_around: Instant,
    /// Spans that came to a trace since its last summary, for traces that are not summarised every time. Says what is
    /// committed: a transaction that is undone leaves it as it was.
    lagging: HashMap<i64, u32>,
    /// The sources that the job under way is about, so that none waits for ever should it break off.
    in_hand: Vec<Arc<SourceProgress>>,
    /// Traces that a crash, or an older version, left stale.
    stale: Vec<i64>,
    /// A job that had to be taken from the queue to see that the one before it was done.
    next: Option<Job>,
    revision: u64,
    /// SQLite's count of what other connections have written, as last seen.
    data_version: i64,
}

impl WriterState {
    /// Does the next job, or what there is to do without one. Says whether there can be more.
    fn work(&mut self) -> bool {
        let next = match self.next.take() {
            Some(job) => Next::Item(job),
            None => self.queue.pop_within(self.pause()),
        };
        match next {
            Next::Item(job) => self.guarded(|writer| writer.run(job)),
            Next::Idle => self.guarded(|writer| {
                writer.mend_some();
                writer.purge_some();
            }),
            Next::Closed => return false,
        }
        // A steady feed leaves no idle moment.
        if self.looked_around.elapsed() >= LOOK_AROUND_INTERVAL {
            self.guarded(Self::look_around);
            self.looked_around = Instant::now();
        }
        true
    }

    /// How long a job is waited for before something else is done.
    fn pause(&self) -> Duration {
        if self.stale.is_empty() {
            self.purge.pause().unwrap_or(LOOK_AROUND_INTERVAL)
        } else {
            Duration::ZERO
        }
    }

    fn look_around(&mut self) {
        self.look_for_loss();
        self.mend_some();
        self.catch_up();
        self.settle_silent();
        self.alert_of_slow();
        self.look_for_purge();
        self.tell_of_foreign_changes();
    }

    /// Lets the page know that the database is lost, or there again.
    fn look_for_loss(&mut self) {
        let is_lost = self.file.check().is_err();
        if self.is_lost.swap(is_lost, Ordering::AcqRel) != is_lost {
            self.hub.publish(&Notice { store: true, ..Notice::default() });
        }
    }

    /// Does `work`; a defect met in it ends the sources it was about, and the next job is done as ever.
    fn guarded(&mut self, work: impl FnOnce(&mut Self)) {
        if catch_unwind(AssertUnwindSafe(|| work(self))).is_err() {
            transaction::roll_back(&self.connection);
            self.known.clear();
            self.parts.forget();
            for progress in &self.in_hand {
                progress.fail(&defect());
                progress.set_written();
            }
        }
        self.in_hand.clear();
    }

    fn run(&mut self, job: Job) {
        match job {
            Job::Batch(batch) => self.write(batch),
            Job::Finish(progress) => self.finish(&progress),
            Job::Change(change) => change(self),
        }
    }

    /// Summarises some of what a crash, or an older version, left stale. They may be very many: nothing waits for them.
    fn mend_some(&mut self) {
        let from = self.stale.len().saturating_sub(MENDED_AT_ONCE);
        for id in self.stale.split_off(from) {
            if self.refresh_alone(id, || true).is_err() {
                self.lagging.entry(id).or_insert(0);
            }
        }
    }

    /// Summarises one of the traces that lag behind, when nothing else is to be done: their sources come slowly, or could
    /// not be finished. What fails now is tried again.
    fn catch_up(&mut self) {
        if let Some(id) = self.lagging.keys().next().copied() {
            let _ = self.refresh_alone(id, || true);
        }
    }

    /// Lets the page know of what another process (the command line beside the app) has written.
    fn tell_of_foreign_changes(&mut self) {
        let version = self.connection.pragma_query_value(None, "data_version", |row| row.get::<_, i64>(0));
        if let Ok(version) = version
            && version != std::mem::replace(&mut self.data_version, version)
        {
            self.known.clear();
            self.revision += 1;
            self.hub.publish(&Notice { revision: self.revision, many_traces: true, ..Notice::default() });
        }
    }

    fn finish(&mut self, progress: &Arc<SourceProgress>) {
        self.in_hand.push(progress.clone());
        let ids: Vec<i64> = progress.state().trace_ids.iter().copied().collect();
        let lagging: Vec<i64> = ids.iter().copied().filter(|id| self.lagging.contains_key(id)).collect();
        for id in lagging {
            let mut patience = self.patience(progress);
            let refreshed = self.refresh_alone(id, || patience.gives_up());
            drop(patience);
            if let Err(error) = refreshed {
                end(progress, &error);
                break;
            }
        }
        match trace::totals(&self.connection, ids) {
            Ok(totals) => progress.state().totals = totals,
            Err(error) => progress.fail(&error),
        }
        progress.set_written();
    }

    /// Brings the columns of a trace up to date in a transaction of its own.
    fn refresh_alone(&mut self, trace_id: i64, mut gives_up: impl FnMut() -> bool) -> Result<()> {
        transaction::begin(&self.connection, &mut gives_up)?;
        trace::next_change(&self.connection)
            .and_then(|change| self.refresh(trace_id, change))
            .inspect_err(|_| transaction::roll_back(&self.connection))?;
        transaction::commit(&self.connection, gives_up)?;
        self.lagging.remove(&trace_id);
        self.committed(vec![trace_id]);
        Ok(())
    }

    /// Brings the columns of a trace up to date from its stored spans, in the transaction that goes by the number `change`.
    fn refresh(&mut self, trace_id: i64, change: i64) -> Result<()> {
        let mut spans = Spans::with_capacity(span::count(&self.connection, trace_id)?);
        span::for_each(&self.connection, trace_id, |row| spans.add(&row))?;
        let (reported, parents_unknown) = trace::reported(&self.connection, trace_id)?;
        let (summary, digest) = summarise(
            spans.in_order_of_coming(),
            &attempt_correction::all(&self.connection, trace_id)?,
            reported.as_ref(),
            parents_unknown,
            self.liveness.of(trace_id),
            |place| span::error_at(&self.connection, trace_id, place),
        )?;
        self.liveness.summarised(trace_id, summary.status);
        trace::set_summary(&self.connection, trace_id, &summary, change)?;
        digest::put(&self.connection, trace_id, &digest)
    }

    /// The patience with which `progress` waits for another program.
    fn patience(&self, progress: &Arc<SourceProgress>) -> Patience {
        Patience { progress: progress.clone(), queue: self.queue.clone(), hub: self.hub.clone(), steps: 0 }
    }

    fn committed(&mut self, traces: Vec<i64>) {
        self.revision += 1;
        let mut notice = Notice { revision: self.revision, imports: true, ..Notice::default() };
        notice.many_traces = traces.len() > 64;
        notice.traces = traces.into_iter().take(64).collect();
        self.hub.publish(&notice);
    }
}

/// Waits for another program on behalf of a source until that is stopped, and lets it be seen.
struct Patience {
    progress: Arc<SourceProgress>,
    queue: Arc<Queue<Job>>,
    hub: Arc<Hub>,
    steps: u32,
}

impl Patience {
    /// Called after every step.
    fn gives_up(&mut self) -> bool {
        self.steps += 1;
        if self.steps == WAITING_STEPS {
            self.say(true);
        }
        self.progress.is_cancelled() || self.queue.is_closed()
    }

    fn say(&self, waiting: bool) {
        self.progress.set_waiting(waiting);
        self.hub.publish(&Notice { imports: true, ..Notice::default() });
    }
}

impl Drop for Patience {
    fn drop(&mut self) {
        if self.steps >= WAITING_STEPS {
            self.say(false);
        }
    }
}

/// Ends a source because it can't be written; one that was stopped while it waited for another program has not failed.
fn end(progress: &SourceProgress, error: &Error) {
    if !(error.code == Code::Locked && progress.is_cancelled()) {
        progress.fail(error);
    }
}

fn defect() -> Error {
    Error::internal("a defect of this program stopped the writing; what was committed is kept")
}
