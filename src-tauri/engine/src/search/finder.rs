//! Finds the traces in which a text stands, as far as it gets in the time it is given, and goes on behind.
//!
//! A search is planned from the index: which traces may have the needle, and which the index does not know as they stand. A
//! thread looks through them, the newest first, and a search that is asked for again gives what there is by then. When traces
//! have changed, those alone are looked through again.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use memchr::memmem;

use super::document::{Document, Score};
use super::fold::fold;
use super::grams;
use super::lookup::SegmentTraces;
use super::prefilter::Prefilter;
use super::texts::{self, Blocks};
use crate::dto::SearchState;
use crate::error::{Error, Result};
use crate::live::{Hub, Notice};
use crate::store::text_index::{self, Extent};
use crate::store::{ReadPool, Reader, transaction};

/// How long an answer is waited for before what there is is given.
const PATIENCE: Duration = Duration::from_millis(20);
/// A search that nobody has asked for in this time rests.
const INTEREST: Duration = Duration::from_secs(15);
/// Searches that are kept.
const KEPT_SEARCHES: usize = 8;
/// How long, and through how many traces, it looks before it sees to what else is asked.
const SLICE: Duration = Duration::from_millis(5);
const TRACES_AT_ONCE: usize = 32;
/// How often the page is told that a search has found more.
const NEWS_INTERVAL: Duration = Duration::from_millis(250);
/// How long a search that met an error rests.
const RETRY: Duration = Duration::from_millis(500);

/// What a search has found so far.
#[derive(Clone, Debug)]
pub struct Found {
    /// The traces, sorted by id, and how well each fits: more is better, comparable within one search alone.
    pub traces: Arc<Vec<(i64, u32)>>,
    /// How far it has come.
    pub state: SearchState,
}

/// Finds texts in a store.
pub struct Finder {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    hub: Arc<Hub>,
    state: Mutex<State>,
    /// Something is to be done, or no more is.
    asked: Condvar,
    /// A search has come further.
    moved: Condvar,
}

#[derive(Default)]
struct State {
    closed: bool,
    /// The most recently asked for first.
    searches: Vec<Search>,
    /// When the page was last told.
    told: Option<Instant>,
}

struct Search {
    needle: Vec<u8>,
    asked: Instant,
    /// The store's revision for which it is asked, and the one for which it was planned.
    wanted: u64,
    planned: Option<u64>,
    /// What the plan knows of.
    extent: Extent,
    /// Traces to be looked through, the newest last.
    queue: Vec<i64>,
    /// How many are being looked through.
    in_hand: usize,
    matches: BTreeMap<i64, u32>,
    /// The matches as they were last given, if they are still so.
    given: Option<Arc<Vec<(i64, u32)>>>,
    /// Somebody was given less than all.
    owes_news: bool,
    /// Traces were taken away since the last plan.
    may_have_removed: bool,
    /// It met an error then.
    failed: Option<Instant>,
}

impl Search {
    fn new(needle: Vec<u8>, wanted: u64) -> Self {
        Self {
            needle,
            asked: Instant::now(),
            wanted,
            planned: None,
            extent: Extent::default(),
            queue: Vec::new(),
            in_hand: 0,
            matches: BTreeMap::new(),
            given: None,
            owes_news: false,
            may_have_removed: false,
            failed: None,
        }
    }

    fn is_planned(&self) -> bool {
        self.planned.is_some_and(|planned| planned >= self.wanted)
    }

    fn is_complete(&self) -> bool {
        self.is_planned() && self.queue.is_empty() && self.in_hand == 0
    }

    fn has_work(&self) -> bool {
        !self.is_complete()
            && self.asked.elapsed() < INTEREST
            && self.failed.is_none_or(|failed| failed.elapsed() >= RETRY)
    }

    fn found(&mut self) -> Found {
        let matches = &self.matches;
        let given = self
            .given
            .get_or_insert_with(|| Arc::new(matches.iter().map(|(id, score)| (*id, *score)).collect()));
        let left = if self.planned.is_some() { self.queue.len() + self.in_hand } else { self.extent.traces };
        let count = |traces: usize| u32::try_from(traces).unwrap_or(u32::MAX);
        Found {
            traces: given.clone(),
            state: SearchState {
                searched: count(self.extent.traces.saturating_sub(left)),
                traces: count(self.extent.traces),
                is_complete: self.is_complete(),
            },
        }
    }
}

/// What the thread is to do next, of the search for `needle`.
struct Task {
    needle: Vec<u8>,
    work: Work,
}

enum Work {
    /// Find out which traces to look through.
    Plan { revision: u64, known: Option<Extent> },
    /// Look through these.
    Look(Vec<i64>),
}

/// What came of a plan.
struct Plan {
    queue: BTreeSet<i64>,
    extent: Extent,
    /// Traces may have been taken away.
    is_shrunk: bool,
}

impl Finder {
    /// What the searches that are kept look for, the last one asked for first.
    pub fn kept(&self) -> Vec<String> {
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.searches.iter().map(|search| String::from_utf8_lossy(&search.needle).into_owned()).collect()
    }

    /// Starts its thread on the store at `path`.
    pub fn start(path: &Path, hub: Arc<Hub>) -> Result<Self> {
        let shared =
            Arc::new(Shared { hub, state: Mutex::default(), asked: Condvar::new(), moved: Condvar::new() });
        let readers = ReadPool::new(path)?;
        let thread = std::thread::Builder::new()
            .name("search".into())
            .spawn({
                let shared = shared.clone();
                move || Searcher::new(shared, readers).run()
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        Ok(Self { shared, thread: Mutex::new(Some(thread)) })
    }

    /// The traces in which `needle` stands, folded as [`fold`] does, as far as that is known within about 20 ms; the search
    /// goes on behind, and a notice tells of more. A needle of which folding leaves nothing is found nowhere.
    pub fn find(&self, needle: &str) -> Found {
        let needle = fold(needle);
        if needle.is_empty() {
            return Found {
                traces: Arc::default(),
                state: SearchState { is_complete: true, ..SearchState::default() },
            };
        }
        let wanted = self.shared.hub.revision();
        let mut state = self.shared.lock();
        let mut search = match state.searches.iter().position(|search| search.needle == needle) {
            Some(at) => state.searches.remove(at),
            None => Search::new(needle.clone(), wanted),
        };
        search.asked = Instant::now();
        search.wanted = search.wanted.max(wanted);
        state.searches.insert(0, search);
        state.searches.truncate(KEPT_SEARCHES);
        self.shared.asked.notify_one();
        let is_under_way = |state: &mut State| {
            !state.closed && state.of(&needle).is_some_and(|search| !search.is_complete())
        };
        let (mut state, _) = self
            .shared
            .moved
            .wait_timeout_while(state, PATIENCE, is_under_way)
            .unwrap_or_else(PoisonError::into_inner);
        match state.of(&needle) {
            Some(search) => {
                search.owes_news = !search.is_complete();
                search.found()
            }
            None => Found { traces: Arc::default(), state: SearchState::default() },
        }
    }

    /// Ends its thread.
    pub fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.asked.notify_all();
        self.shared.moved.notify_all();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }
}

impl Drop for Finder {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn is_closed(&self) -> bool {
        self.lock().closed
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn of(&mut self, needle: &[u8]) -> Option<&mut Search> {
        self.searches.iter_mut().find(|search| search.needle == needle)
    }

    fn next_task(&mut self) -> Option<Task> {
        let search = self.searches.iter_mut().find(|search| search.has_work())?;
        let work = if search.is_planned() {
            let from = search.queue.len().saturating_sub(TRACES_AT_ONCE);
            let ids = search.queue.split_off(from);
            search.in_hand = ids.len();
            Work::Look(ids)
        } else {
            Work::Plan { revision: search.wanted, known: search.planned.map(|_| search.extent) }
        };
        Some(Task { needle: search.needle.clone(), work })
    }
}

/// The thread's own.
struct Searcher {
    shared: Arc<Shared>,
    readers: ReadPool,
    segments: SegmentTraces,
    blocks: Blocks,
    document: Document,
}

impl Searcher {
    fn new(shared: Arc<Shared>, readers: ReadPool) -> Self {
        Self {
            shared,
            readers,
            segments: SegmentTraces::default(),
            blocks: Blocks::default(),
            document: Document::default(),
        }
    }

    fn run(mut self) {
        loop {
            let mut state = self.shared.lock();
            let task = loop {
                if state.closed {
                    return;
                }
                match state.next_task() {
                    Some(task) => break task,
                    // Not for ever: a search that met an error is tried again.
                    None => {
                        let (next, _) = self
                            .shared
                            .asked
                            .wait_timeout(state, RETRY)
                            .unwrap_or_else(PoisonError::into_inner);
                        state = next;
                    }
                }
            };
            drop(state);
            self.run_task(task);
        }
    }

    fn run_task(&mut self, task: Task) {
        match task.work {
            Work::Plan { revision, known } => {
                let plan = self.plan(&task.needle, known);
                self.note(&task.needle, |search| match plan {
                    Ok(plan) => search.follow(revision, plan),
                    Err(_) => search.failed = Some(Instant::now()),
                });
                self.drop_removed(&task.needle);
            }
            Work::Look(mut ids) => {
                let looked = self.look(&task.needle, &mut ids);
                self.note(&task.needle, |search| {
                    search.in_hand = 0;
                    search.queue.extend(ids);
                    match looked {
                        Ok(scores) => search.take(&scores),
                        Err(_) => search.failed = Some(Instant::now()),
                    }
                });
            }
        }
    }

    fn reader(&self) -> Result<Reader> {
        self.readers.reader()
    }

    fn plan(&mut self, needle: &[u8], known: Option<Extent>) -> Result<Plan> {
        let reader = self.reader()?;
        let segments = &mut self.segments;
        transaction::snapshot(&reader, |_| {
            let extent = text_index::extent(&reader)?;
            let mut queue = Vec::new();
            let mut is_shrunk = false;
            match known {
                Some(known) => {
                    queue = text_index::changed_since(&reader, known.change)?;
                    let new = queue.iter().filter(|id| **id > known.last_id).count();
                    is_shrunk = extent.traces < known.traces + new;
                }
                None => {
                    let grams = grams::of_needle(needle);
                    if grams.is_empty() {
                        queue = text_index::all(&reader)?;
                    } else {
                        segments.with_all(&reader, &grams, &mut queue)?;
                        queue.extend(text_index::pending(&reader)?);
                    }
                }
            }
            Ok(Plan { queue: queue.into_iter().collect(), extent, is_shrunk })
        })
    }

    /// Takes matches away whose traces are gone, if some may be.
    fn drop_removed(&mut self, needle: &[u8]) {
        let ids: Vec<i64> = match self.shared.lock().of(needle) {
            Some(search) if search.failed.is_none() && search.may_have_removed => {
                search.may_have_removed = false;
                search.matches.keys().copied().collect()
            }
            _ => return,
        };
        let Ok(reader) = self.reader() else { return };
        let gone: Vec<i64> =
            ids.into_iter().filter(|id| matches!(text_index::has_trace(&reader, *id), Ok(false))).collect();
        self.note(needle, |search| {
            for id in &gone {
                search.matches.remove(id);
                search.given = None;
            }
        });
    }

    /// Looks through the last of `ids`, as many as it has time for, and takes those away; gives their scores.
    fn look(&mut self, needle: &[u8], ids: &mut Vec<i64>) -> Result<Vec<(i64, u32)>> {
        let begun = Instant::now();
        let reader = self.reader()?;
        let mut prefilter = Prefilter::new(needle);
        let needle = memmem::Finder::new(needle);
        let mut scores = Vec::with_capacity(ids.len());
        while let Some(&id) = ids.last() {
            let mut score = Score::default();
            let take = |document: &Document| {
                document.score(&needle, &mut score);
                let is_enough = score.is_full() || self.shared.is_closed();
                if is_enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            };
            let wanted = |body: &[u8]| prefilter.lets_through(body);
            texts::read(&reader, &mut self.blocks, id, &mut self.document, wanted, take)?;
            scores.push((id, score.worth));
            ids.pop();
            if begun.elapsed() >= SLICE {
                break;
            }
        }
        Ok(scores)
    }

    /// Changes the search, and tells those who wait for it.
    fn note(&self, needle: &[u8], change: impl FnOnce(&mut Search)) {
        let mut state = self.shared.lock();
        let Some(search) = state.of(needle) else { return };
        change(search);
        let (owes_news, is_complete) = (search.owes_news, search.is_complete());
        if is_complete {
            search.owes_news = false;
        }
        let is_time = state.told.is_none_or(|told| told.elapsed() >= NEWS_INTERVAL);
        if owes_news && (is_complete || is_time) {
            state.told = Some(Instant::now());
            drop(state);
            self.shared.hub.publish(&Notice { search: true, ..Notice::default() });
        }
        self.shared.moved.notify_all();
    }
}

impl Search {
    fn follow(&mut self, revision: u64, plan: Plan) {
        self.failed = None;
        self.planned = Some(self.planned.unwrap_or(0).max(revision));
        self.extent = plan.extent;
        self.may_have_removed |= plan.is_shrunk;
        // What was to be looked through already stays so.
        let mut queue = plan.queue;
        queue.extend(self.queue.drain(..));
        self.queue = queue.into_iter().collect();
    }

    /// Takes over what traces are worth now; nothing for those in which the needle does not stand.
    fn take(&mut self, scores: &[(i64, u32)]) {
        for (id, score) in scores {
            let before = match score {
                0 => self.matches.remove(id),
                _ => self.matches.insert(*id, *score),
            };
            if before.unwrap_or(0) != *score {
                self.given = None;
            }
        }
    }
}
