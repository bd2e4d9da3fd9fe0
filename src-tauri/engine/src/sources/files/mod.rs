//! Files and folders that are followed: what is there is read, newest first; what comes and grows is read as it does.
//!
//! `watch` is what the system tells of changes, `scan` a look at everything: both only say which files to look at, and
//! where the system does not tell, scanning does alone. `tail` is the reading of one file.

mod scan;
mod tail;
mod watch;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use self::scan::Scan;
use self::tail::{Found, Look, Tail, Written};
use self::watch::{Changes, Watch};
use super::SourceContext;
use super::context::off_thread;
use super::remembered::remembered_as;
use super::stamp::Stamp;
use crate::error::{Code, Result};
use crate::ingest::SourceProgress;
use crate::model::{Position, Problem};
use crate::store::{followed_file, followed_file::ReadUpTo, transaction};

/// How often all files are looked at where the system tells of changes, in case it does not tell of all …
const SCAN_BESIDE: Duration = Duration::from_secs(10);
/// … and where it does not tell.
const SCAN_ALONE: Duration = Duration::from_millis(500);
/// Scanning takes a twentieth of the time at most.
const REST_AFTER_SCAN: u32 = 20;
/// What a folder that came has in it is looked at after this long.
const SCAN_SOON: Duration = Duration::from_millis(100);
/// How long a change may go untold before it was not told.
const TELLING_PATIENCE: Duration = Duration::from_secs(2);
/// As many scans that find what was not told of, and the system's word is not relied on.
const MOST_UNTOLD: u32 = 2;
/// How often what is not there is looked for.
const RETRY: Duration = Duration::from_secs(1);
/// What was read is remembered this often, or when it is this much.
const REMEMBER_EVERY: Duration = Duration::from_secs(2);
const REMEMBER_AT_ONCE: usize = 256;

/// Under which noun files that hold no traces are counted.
const PASSED_OVER: &str = "files without traces";

/// Follows one file, by name.
pub(super) async fn follow_file(context: SourceContext, path: String) -> Result<()> {
    Following::new(context, PathBuf::from(path), true).run().await
}

/// Follows a folder and those below it.
pub(super) async fn follow_folder(context: SourceContext, path: String) -> Result<()> {
    Following::new(context, PathBuf::from(path), false).run().await
}

/// A file or folder that is followed.
struct Following {
    context: SourceContext,
    /// As the person named it.
    root: PathBuf,
    is_file: bool,
    tails: HashMap<PathBuf, Tail>,
    /// Files that are to be looked at, and when.
    due: HashMap<PathBuf, Instant>,
    /// Files that were there at the start, the newest last.
    backlog: Vec<PathBuf>,
    /// How many those were.
    backlog_size: usize,
    has_begun: bool,
    /// Receipts that have not come.
    receipts: JoinSet<Option<(String, ReadUpTo)>>,
    /// What is on disk and not yet remembered.
    unremembered: BTreeMap<String, ReadUpTo>,
    remembered: Instant,
    watching: Watching,
    next_scan: Instant,
    left_out: usize,
    trouble: Option<String>,
}

/// How changes are heard of.
enum Watching {
    /// Not begun.
    NotYet,
    /// From the system.
    Told { watch: Watch, untold: u32 },
    /// By looking, for this reason.
    Looking(String),
}

impl Following {
    fn new(context: SourceContext, root: PathBuf, is_file: bool) -> Self {
        let watching = if context.polls_files {
            Watching::Looking("as it was asked for".to_owned())
        } else {
            Watching::NotYet
        };
        let now = Instant::now();
        Self {
            context,
            root,
            is_file,
            tails: HashMap::new(),
            due: HashMap::new(),
            backlog: Vec::new(),
            backlog_size: 0,
            has_begun: false,
            receipts: JoinSet::new(),
            unremembered: BTreeMap::new(),
            remembered: now,
            watching,
            next_scan: now,
            left_out: 0,
            trouble: None,
        }
    }

    async fn run(mut self) -> Result<()> {
        while !self.context.stop.is_cancelled() {
            self.take_told();
            if Instant::now() >= self.next_scan {
                self.scan().await?;
            }
            match self.next() {
                Some((path, is_news)) => self.look(path, is_news).await?,
                None => self.wait().await,
            }
            self.remember(false).await?;
            self.say();
        }
        self.end().await
    }

    /// The file whose turn it is: one that has changed before one that was there.
    fn next(&mut self) -> Option<(PathBuf, bool)> {
        let now = Instant::now();
        let first = self.due.iter().filter(|(_, at)| **at <= now).min_by_key(|(_, at)| **at);
        if let Some(path) = first.map(|(path, _)| path.clone()) {
            self.due.remove(&path);
            return Some((path, true));
        }
        self.backlog.pop().map(|path| (path, false))
    }

    /// Notes of which files the system has told.
    fn take_told(&mut self) {
        let Watching::Told { watch, .. } = &self.watching else { return };
        let Changes { paths, anything } = watch.take();
        if anything {
            self.next_scan = self.next_scan.min(Instant::now() + SCAN_SOON);
        }
        for path in paths {
            let is_followed =
                if self.is_file { path == self.root } else { scan::is_followed(&self.root, &path) };
            if is_followed {
                self.put(path, Duration::ZERO);
            }
        }
    }

    /// Has a file looked at after `pause`, or as soon as that may be.
    fn put(&mut self, path: PathBuf, pause: Duration) {
        let now = Instant::now();
        let not_before = self.tails.get(&path).and_then(|tail| tail.not_before).unwrap_or(now);
        let at = (now + pause).max(not_before);
        self.due.entry(path).and_modify(|known| *known = at.min(*known)).or_insert(at);
    }

    /// Looks at everything, and at whether the system tells of what changes.
    async fn scan(&mut self) -> Result<()> {
        let begun = Instant::now();
        let (root, is_file) = (self.root.clone(), self.is_file);
        let must_watch = matches!(self.watching, Watching::NotYet);
        let (scan, watch) = off_thread(move || Ok(look_through(&root, is_file, must_watch))).await?;
        let scan = match scan {
            Ok(scan) => scan,
            Err(error) => return self.missing(&error).await,
        };
        match watch {
            Some(Ok(watch)) => self.watching = Watching::Told { watch, untold: 0 },
            Some(Err(reason)) => self.watching = Watching::Looking(reason),
            None => {}
        }
        if !self.has_begun {
            self.begin(&scan).await?;
        }
        self.compare(scan);
        let pause = if matches!(self.watching, Watching::Told { .. }) { SCAN_BESIDE } else { SCAN_ALONE };
        self.next_scan = Instant::now() + pause.max(begun.elapsed() * REST_AFTER_SCAN);
        Ok(())
    }

    /// What is followed is not there: it is looked for.
    async fn missing(&mut self, error: &std::io::Error) -> Result<()> {
        for tail in std::mem::take(&mut self.tails).into_values() {
            self.settle(tail).await?;
        }
        self.due.clear();
        if !matches!(self.watching, Watching::Looking(_)) {
            self.watching = Watching::NotYet;
        }
        let noun = if self.is_file { "file" } else { "folder" };
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("the {noun} is not there: it is followed once it is"),
            _ => format!("the {noun} can't be read ({error}): check that it may be"),
        };
        self.has_begun = true;
        self.context.report.retrying(message, RETRY);
        self.next_scan = Instant::now() + RETRY;
        Ok(())
    }

    /// Puts in line what is there and was not read before.
    async fn begin(&mut self, scan: &Scan) -> Result<()> {
        self.has_begun = true;
        let (writer, root) = (self.context.writer.clone(), self.root.to_string_lossy().into_owned());
        let known =
            off_thread(move || writer.change(move |connection| followed_file::below(connection, &root)))
                .await?;
        let mut known: HashMap<String, ReadUpTo> = known.into_iter().collect();
        let mut backlog: Vec<(PathBuf, Stamp)> = Vec::new();
        for (path, stamp) in &scan.files {
            let tail =
                Tail::new(path.clone(), self.is_file, known.remove(&remembered_as(&path.to_string_lossy())));
            if tail.is_news(*stamp) {
                backlog.push((path.clone(), *stamp));
            }
            self.tails.insert(path.clone(), tail);
        }
        backlog.sort_by_key(|(_, stamp)| stamp.modified_ns);
        self.backlog_size = backlog.len();
        self.backlog = backlog.into_iter().map(|(path, _)| path).collect();
        Ok(())
    }

    /// Puts in line what a scan found changed.
    fn compare(&mut self, scan: Scan) {
        if self.context.report.standing().address.is_none() || self.is_missing() {
            self.context.report.listening(self.root.to_string_lossy());
        }
        self.left_out = scan.left_out;
        let mut untold_files = false;
        let in_line: HashSet<&PathBuf> = self.backlog.iter().collect();
        let is_news = |path: &PathBuf, stamp: &Stamp| {
            self.tails.get(path).is_none_or(|tail| tail.is_news(*stamp)) && !in_line.contains(path)
        };
        let news: Vec<(PathBuf, Stamp)> = scan
            .files
            .iter()
            .filter(|(path, stamp)| is_news(path, stamp))
            .map(|(path, stamp)| (path.clone(), *stamp))
            .collect();
        for (path, stamp) in news {
            untold_files |= !self.due.contains_key(&path) && stamp.age() > TELLING_PATIENCE;
            self.put(path, Duration::ZERO);
        }
        let gone: Vec<PathBuf> =
            self.tails.keys().filter(|path| !scan.files.contains_key(*path)).cloned().collect();
        for path in gone {
            self.put(path, Duration::ZERO);
        }
        if let Watching::Told { untold, .. } = &mut self.watching
            && untold_files
        {
            *untold += 1;
            if *untold >= MOST_UNTOLD {
                let reason = "the system does not tell of all changes here, as with network folders";
                self.watching = Watching::Looking(reason.to_owned());
            }
        }
    }

    fn is_missing(&self) -> bool {
        self.context.report.state() == crate::model::SourceState::Retrying
    }

    /// Looks at a file.
    async fn look(&mut self, path: PathBuf, is_news: bool) -> Result<()> {
        let mut tail =
            self.tails.remove(&path).unwrap_or_else(|| Tail::new(path.clone(), self.is_file, None));
        let (context, progress) = (self.context.clone(), Arc::new(SourceProgress::default()));
        let reading = progress.clone();
        let mut looking = std::pin::pin!(off_thread(move || {
            let look = tail.look(&context, is_news, &reading)?;
            Ok((tail, look))
        }));
        let looked = tokio::select! {
            looked = &mut looking => looked,
            () = self.context.stop.cancelled() => {
                progress.cancel();
                looking.await
            }
        };
        let (tail, Look { found, again, written }) = match looked {
            Err(error) if error.code == Code::Cancelled && self.context.stop.is_cancelled() => return Ok(()),
            looked => looked?,
        };
        if let Some(written) = written {
            self.expect(tail.location(), written);
        }
        let is_gone = found == Found::Gone;
        self.note(&tail, found);
        if !is_gone {
            self.tails.insert(path.clone(), tail);
        }
        if let Some(pause) = again {
            self.put(path, pause);
        }
        Ok(())
    }

    /// Notes what a look found.
    fn note(&mut self, tail: &Tail, found: Found) {
        let progress = &self.context.report.progress;
        match found {
            Found::Read => self.trouble = None,
            Found::Nothing => {}
            Found::Gone if self.is_file => self.next_scan = Instant::now(),
            Found::Gone => {}
            Found::NotTraces(_) if !self.is_file => {
                *progress.state().skipped.entry(PASSED_OVER).or_insert(0) += 1;
            }
            Found::NotTraces(reason) | Found::Unreadable(reason) => {
                let reason = if self.is_file { reason } else { format!("{}: {reason}", tail.location()) };
                progress.problem(Problem::new(Position::default(), reason.clone()));
                self.trouble = Some(reason);
            }
        }
    }

    /// Remembers what was read once it is on disk.
    fn expect(&mut self, location: &str, (upto, written): Written) {
        let location = location.to_owned();
        self.receipts.spawn(async move {
            let is_written = matches!(written.await, Ok(Ok(())));
            is_written.then_some((location, upto))
        });
    }

    /// Writes down how far files were read, now and then, or `now`.
    async fn remember(&mut self, now: bool) -> Result<()> {
        while let Some(received) = self.receipts.try_join_next() {
            self.unremembered.extend(received.ok().flatten());
        }
        let is_due =
            now || self.remembered.elapsed() >= REMEMBER_EVERY || self.unremembered.len() >= REMEMBER_AT_ONCE;
        if self.unremembered.is_empty() || !is_due {
            return Ok(());
        }
        self.remembered = Instant::now();
        let files: Vec<(String, ReadUpTo)> = std::mem::take(&mut self.unremembered)
            .into_iter()
            .map(|(path, upto)| (remembered_as(&path), upto))
            .collect();
        let writer = self.context.writer.clone();
        off_thread(move || {
            writer.change(move |connection| {
                transaction::begin(connection, || true)?;
                followed_file::remember(connection, files.iter().map(|(path, upto)| (path.as_str(), upto)))
                    .inspect_err(|_| transaction::roll_back(connection))?;
                transaction::commit(connection, || true)
            })
        })
        .await
        .or_else(|error| if error.code == Code::Locked { Ok(()) } else { Err(error) })
    }

    /// Waits for something to do.
    async fn wait(&mut self) {
        let receipts = (!self.unremembered.is_empty() || !self.receipts.is_empty())
            .then(|| self.remembered + REMEMBER_EVERY);
        let until = self.due.values().copied().chain([self.next_scan]).chain(receipts).min();
        let until = until.unwrap_or_else(|| Instant::now() + SCAN_ALONE);
        let told = async {
            match &self.watching {
                Watching::Told { watch, .. } => watch.changed().await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.context.stop.cancelled() => {}
            () = told => {}
            () = tokio::time::sleep_until(until.into()) => {}
        }
    }

    /// Says how it fares.
    fn say(&self) {
        if self.is_missing() {
            return;
        }
        let mut remarks = Vec::new();
        if !self.backlog.is_empty() && self.backlog_size > 1 {
            let done = self.backlog_size - self.backlog.len();
            remarks.push(format!("{done} of {} files read", self.backlog_size));
        }
        if let Some(trouble) = &self.trouble {
            remarks.push(trouble.clone());
        }
        if self.left_out > 0 {
            remarks.push(format!(
                "{} older files are left out: {} are followed",
                self.left_out,
                scan::MOST_FILES
            ));
        }
        if let Watching::Looking(reason) = &self.watching {
            let seconds = SCAN_ALONE.as_secs_f32();
            remarks.push(format!("changes are looked for every {seconds} s: {reason}"));
        }
        self.context.report.remark((!remarks.is_empty()).then(|| remarks.join("; ")));
    }

    async fn settle(&mut self, mut tail: Tail) -> Result<()> {
        if !tail.is_under_way() {
            return Ok(());
        }
        let context = self.context.clone();
        let (location, look) = off_thread(move || {
            let look = tail.settle(&context)?;
            Ok((tail.location().to_owned(), look))
        })
        .await?;
        if let Some(written) = look.written {
            self.expect(&location, written);
        }
        Ok(())
    }

    /// Tells what is under way for good, and remembers what was read.
    async fn end(mut self) -> Result<()> {
        for tail in std::mem::take(&mut self.tails).into_values() {
            self.settle(tail).await?;
        }
        while let Some(received) = self.receipts.join_next().await {
            self.unremembered.extend(received.ok().flatten());
        }
        self.remember(true).await
    }
}

type Watched = std::result::Result<Watch, String>;

/// Looks through what is followed, having it watched first if it is to be.
fn look_through(root: &Path, is_file: bool, must_watch: bool) -> (std::io::Result<Scan>, Option<Watched>) {
    if is_file {
        let scan = scan::file(root);
        if scan.files.is_empty() {
            return (Err(std::fs::metadata(root).err().unwrap_or_else(no_file)), None);
        }
        // The file itself may be replaced: its folder tells of that.
        let watch = || match std::fs::symlink_metadata(root) {
            Ok(metadata) if metadata.is_symlink() => Err("it is a link".to_owned()),
            _ => Watch::start(root.parent().unwrap_or(root), false),
        };
        return (Ok(scan), must_watch.then(watch));
    }
    if let Err(error) = std::fs::read_dir(root) {
        return (Err(error), None);
    }
    let watch = must_watch.then(|| Watch::start(root, true));
    (scan::folder(root), watch)
}

fn no_file() -> std::io::Error {
    std::io::Error::other("it is no file")
}
