//! Imports: what was asked for, how far it is, how it ended.

use std::collections::BTreeSet;
use std::fs::File;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::kept::Kept;
use super::pipeline::{self, Source};
use super::progress::SourceProgress;
use super::walk::{self, FoundFile};
use super::writer::{Job, Writer};
use crate::container::archive::{self, Member};
use crate::error::{Code, Error, Result};
use crate::live::{Hub, Notice};

/// What to import.
pub enum ImportInput {
    /// Files and folders.
    Paths(Vec<PathBuf>),
    /// Bytes at hand (pasted text) under a name.
    Bytes {
        /// What it is called.
        name: String,
        /// The content.
        bytes: Vec<u8>,
    },
    /// Files whose paths say nothing of where they come from (an upload).
    Received(Vec<ReceivedFile>),
    /// What an earlier import was given and has kept, under the same name.
    Again {
        /// What it is called.
        name: String,
        /// The content.
        kept: Kept,
    },
}

/// A file that a host has received, and keeps until its import has ended.
#[derive(Clone, Debug)]
pub struct ReceivedFile {
    /// What it is called.
    pub name: String,
    /// Where its content lies.
    pub path: PathBuf,
    /// Whether it came with the folder it lies in: then not being a trace is no failure.
    pub in_folder: bool,
}

/// The state of an import or of a file in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Not begun.
    Waiting,
    /// Under way.
    Running,
    /// All was read.
    Done,
    /// Stopped on request.
    Cancelled,
    /// Nothing could be read, or what was read could not be written; the message says why.
    Failed,
}

/// One file of an import.
pub struct ImportFile {
    /// Path or name.
    pub location: String,
    /// Size on disk.
    pub size_bytes: u64,
    /// Where it stands.
    pub state: State,
    /// Why it failed, or a remark.
    pub message: Option<String>,
    /// Its counts.
    pub progress: Arc<SourceProgress>,
}

/// One import.
pub struct Import {
    /// Its id, from 1 at each start of the program.
    pub id: u32,
    begun: Instant,
    cancelled: AtomicBool,
    inner: Mutex<Inner>,
}

/// What changes about an import.
pub struct Inner {
    /// What is imported, in one line.
    pub title: String,
    /// Where it stands.
    pub state: State,
    /// The files, in the order of reading.
    pub files: Vec<ImportFile>,
    /// How long it took, once it has ended.
    pub took: Option<Duration>,
    /// Of what it was given, by name, what is not found again by that and has records that were read by a mapping.
    kept: Vec<(String, Kept)>,
}

impl Import {
    /// What changes.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long it has taken.
    pub fn elapsed(&self) -> Duration {
        self.lock().took.unwrap_or_else(|| self.begun.elapsed())
    }

    /// Asks for it to stop; one that still waits for its turn has ended at once.
    fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
        let mut inner = self.lock();
        if inner.state == State::Waiting {
            inner.state = State::Cancelled;
            inner.took = Some(self.begun.elapsed());
        }
        for file in &inner.files {
            file.progress.cancel();
        }
    }
}

/// One import reads at a time: two would only share the writer. The first of those that are entered has the turn.
#[derive(Default)]
struct Turns {
    entered: Mutex<BTreeSet<u32>>,
    changed: Condvar,
}

impl Turns {
    fn enter(&self, import_id: u32) {
        self.entered.lock().unwrap_or_else(PoisonError::into_inner).insert(import_id);
    }

    /// Waits for the turn; `None` if `import` is stopped before it comes.
    fn wait(&self, import: &Import) -> Option<Turn<'_>> {
        let turn = Turn { turns: self, import_id: import.id };
        let is_stopped = || import.cancelled.load(Ordering::Relaxed);
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        let must_wait = |entered: &mut BTreeSet<u32>| entered.first() != Some(&import.id) && !is_stopped();
        drop(self.changed.wait_while(entered, must_wait).unwrap_or_else(PoisonError::into_inner));
        (!is_stopped()).then_some(turn)
    }

    /// Wakes those that wait, one of which was stopped.
    fn look_again(&self) {
        drop(self.entered.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
    }
}

/// A place among those that are entered, left when it goes.
struct Turn<'t> {
    turns: &'t Turns,
    import_id: u32,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.entered.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.import_id);
        self.turns.changed.notify_all();
    }
}

/// An import and its thread.
type KnownImport = (Arc<Import>, JoinHandle<()>);

/// Runs imports, one after another each in its own thread, and remembers them.
pub struct Imports {
    writer: Arc<Writer>,
    hub: Arc<Hub>,
    next_id: AtomicU32,
    turns: Arc<Turns>,
    known: Mutex<Vec<KnownImport>>,
}

impl Imports {
    /// No imports yet.
    pub fn new(writer: Arc<Writer>, hub: Arc<Hub>) -> Self {
        Self { writer, hub, next_id: AtomicU32::new(1), turns: Arc::default(), known: Mutex::default() }
    }

    /// Starts an import.
    pub fn start(&self, input: ImportInput) -> Result<Arc<Import>> {
        let names: Vec<_> = match &input {
            ImportInput::Paths(paths) => paths.iter().map(|path| last_part(path)).collect(),
            ImportInput::Received(files) => files.iter().map(|file| file.name.clone()).collect(),
            ImportInput::Bytes { name, .. } | ImportInput::Again { name, .. } => vec![name.clone()],
        };
        let title = match &names[..] {
            [] => return Err(Error::invalid("no files were named")),
            [name] => name.clone(),
            [first, more @ ..] => format!("{first} and {} more", more.len()),
        };
        let import = Arc::new(Import {
            id: self.next_id.fetch_add(1, Ordering::Relaxed),
            begun: Instant::now(),
            cancelled: AtomicBool::new(false),
            inner: Mutex::new(Inner {
                title,
                state: State::Waiting,
                files: Vec::new(),
                took: None,
                kept: Vec::new(),
            }),
        });
        let job = Running {
            import: import.clone(),
            writer: self.writer.clone(),
            hub: self.hub.clone(),
            turns: self.turns.clone(),
        };
        self.turns.enter(import.id);
        let thread = std::thread::Builder::new()
            .name(format!("import-{}", import.id))
            .spawn(move || job.run(input))
            .map_err(|error| {
                drop(Turn { turns: &self.turns, import_id: import.id });
                Error::internal(format!("a thread can't be started: {error}"))
            })?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).push((import.clone(), thread));
        Ok(import)
    }

    /// All imports of this run, newest first.
    pub fn list(&self) -> Vec<Arc<Import>> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.iter().rev().map(|(import, _)| import.clone()).collect()
    }

    /// The import with this id. Error `NotFound` if there is none.
    pub fn get(&self, id: u32) -> Result<Arc<Import>> {
        self.list()
            .into_iter()
            .find(|import| import.id == id)
            .ok_or_else(|| Error::not_found(format!("there is no import {id}; it may have been dismissed")))
    }

    /// What to import to read the source called `location` again, and the traces that its newest import gave.
    ///
    /// # Errors
    /// When it can't be read again.
    pub fn again(&self, location: &str) -> Result<(ImportInput, Vec<i64>)> {
        let name = archive_of(location);
        let gone = || Error::not_found(format!("{name} can't be read again: import it once more"));
        for import in self.list() {
            let inner = import.lock();
            let Some(file) = inner.files.iter().find(|file| file.location == location) else { continue };
            let trace_ids = file.progress.state().trace_ids.iter().copied().collect();
            let path = PathBuf::from(name);
            let input = match inner.kept.iter().find(|(of, _)| of == name) {
                Some((_, kept)) => ImportInput::Again { name: name.to_owned(), kept: kept.clone() },
                None if path.is_absolute() && path.is_file() => ImportInput::Paths(vec![path]),
                None => return Err(gone()),
            };
            return Ok((input, trace_ids));
        }
        Err(gone())
    }

    /// Tells at any time whether an import runs or waits.
    pub fn watch(&self) -> impl Fn() -> bool + Send + Sync + 'static {
        let turns = self.turns.clone();
        move || !turns.entered.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Stops an import; what was read is kept.
    pub fn cancel(&self, id: u32) -> Result<Arc<Import>> {
        let import = self.get(id)?;
        import.cancel();
        self.turns.look_again();
        self.hub.publish(&Notice { imports: true, ..Notice::default() });
        Ok(import)
    }

    /// Forgets an import that has ended. Error `Invalid` while it runs.
    pub fn dismiss(&self, id: u32) -> Result<()> {
        let import = self.get(id)?;
        if matches!(import.lock().state, State::Waiting | State::Running) {
            return Err(Error::invalid("the import is still running: stop it first"));
        }
        self.known.lock().unwrap_or_else(PoisonError::into_inner).retain(|(known, _)| known.id != id);
        self.hub.publish(&Notice { imports: true, ..Notice::default() });
        Ok(())
    }

    /// Stops all imports and waits for their threads.
    pub fn close(&self) {
        let known = std::mem::take(&mut *self.known.lock().unwrap_or_else(PoisonError::into_inner));
        for (import, _) in &known {
            import.cancel();
        }
        self.turns.look_again();
        for (_, thread) in known {
            // A defect in an import's thread was reported when it happened.
            let _ = thread.join();
        }
    }
}

const DEFECT: &str = "a defect of this program stopped the reading of this file; what was stored is kept";

/// An import's thread.
struct Running {
    import: Arc<Import>,
    writer: Arc<Writer>,
    hub: Arc<Hub>,
    turns: Arc<Turns>,
}

impl Running {
    fn run(self, input: ImportInput) {
        let turns = self.turns.clone();
        let Some(_turn) = turns.wait(&self.import) else { return };
        {
            let mut inner = self.import.lock();
            if inner.state != State::Waiting {
                return;
            }
            inner.state = State::Running;
        }
        self.tell();
        // A defect met between files must not leave the import running for ever.
        if catch_unwind(AssertUnwindSafe(|| self.read_input(input))).is_err() {
            for file in &mut self.import.lock().files {
                if matches!(file.state, State::Waiting | State::Running) {
                    file.state = State::Failed;
                    file.message = Some(DEFECT.into());
                }
            }
        }
        self.end();
    }

    fn read_input(&self, input: ImportInput) {
        match input {
            ImportInput::Paths(paths) => self.read_paths(&paths),
            ImportInput::Bytes { name, bytes } => {
                self.read_text(&name, &bytes);
                self.keep(&name, || Kept::text(&bytes, &self.writer.masker()));
            }
            ImportInput::Received(files) => {
                for ReceivedFile { name, path, .. } in &files {
                    self.add_file(name.clone(), size_of(path));
                }
                self.tell();
                for (index, ReceivedFile { name, path, in_folder }) in files.iter().enumerate() {
                    self.read_file(index, *in_folder, name, path);
                    self.keep(name, || Kept::file(path, &self.writer.masker()));
                }
            }
            ImportInput::Again { name, kept } => {
                match std::fs::read(kept.path()) {
                    Ok(bytes) if kept.is_text => self.read_text(&name, &bytes),
                    _ => self.read_named(&name, &kept.path()),
                }
                self.keep(&name, || Ok(Some(kept)));
            }
        }
    }

    fn read_text(&self, name: &str, bytes: &[u8]) {
        self.add_file(name.to_owned(), bytes.len() as u64);
        let source = Source { kind: "text", location: name, path: None, ..Source::default() };
        self.read(0, false, |progress| {
            pipeline::import(&source, std::io::Cursor::new(bytes), &self.writer, progress)
        });
    }

    fn read_named(&self, name: &str, path: &Path) {
        self.add_file(name.to_owned(), size_of(path));
        self.read_file(0, false, name, path);
    }

    /// Keeps what was given as `name`, if a person may want it read by another mapping. Where there is no room, it can be
    /// imported once more by hand.
    fn keep(&self, name: &str, copy: impl FnOnce() -> std::io::Result<Option<Kept>>) {
        let mut inner = self.import.lock();
        let may_be_wanted =
            |file: &ImportFile| archive_of(&file.location) == name && file.progress.mapping().is_some();
        if !inner.files.iter().any(may_be_wanted) {
            return;
        }
        drop(inner);
        if let Ok(Some(kept)) = copy() {
            inner = self.import.lock();
            inner.kept.push((name.to_owned(), kept));
        }
    }

    fn read_paths(&self, paths: &[PathBuf]) {
        let found = walk::find(paths);
        for FoundFile { path, size_bytes, .. } in &found.files {
            self.add_file(path.to_string_lossy().into_owned(), *size_bytes);
        }
        for (path, reason) in &found.failed {
            let index = self.add_file(path.to_string_lossy().into_owned(), 0);
            if let Some(file) = self.import.lock().files.get_mut(index) {
                file.state = State::Failed;
                file.message = Some(reason.clone());
            }
        }
        self.tell();
        for (index, FoundFile { path, in_folder, .. }) in found.files.iter().enumerate() {
            self.read_file(index, *in_folder, &path.to_string_lossy(), path);
        }
    }

    fn read_file(&self, index: usize, in_folder: bool, location: &str, path: &Path) {
        if archive::is_archive(path) {
            return self.read_archive(index, in_folder, location, path);
        }
        let source = Source { kind: "file", location, path: Some(path), ..Source::default() };
        self.read(index, in_folder, |progress| {
            let file = File::open(path)
                .map_err(|error| Error::new(Code::Io, format!("the file can't be opened: {error}")))?;
            pipeline::import(&source, file, &self.writer, progress)
        });
    }

    /// Reads a zip archive: as the log that it is as a whole, else each file in it as a file of its own.
    fn read_archive(&self, index: usize, in_folder: bool, location: &str, path: &Path) {
        let source = Source { kind: "file", location, path: None, ..Source::default() };
        let mut archive = match archive::open(path) {
            Ok(archive) => archive,
            Err(error) => return self.read(index, in_folder, |_| Err(error)),
        };
        if let Some(members) = archive.log_members() {
            let sizes = members.iter().map(|(member, _)| member.size_bytes);
            // Sizes are what the archive says of itself.
            self.rename(index, location.to_owned(), sizes.fold(0, u64::saturating_add));
            return self.read(index, in_folder, |progress| {
                pipeline::import_log(&source, &mut archive, &members, &self.writer, progress)
            });
        }
        let members = archive.members().to_vec();
        let location_of = |member: &Member| format!("{location}{IN_ARCHIVE}{}", member.name);
        // The first takes the archive's own place, the others are listed behind all files.
        let mut indices = Vec::with_capacity(members.len());
        for member in &members {
            if indices.is_empty() {
                self.rename(index, location_of(member), member.size_bytes);
                indices.push(index);
            } else {
                indices.push(self.add_file(location_of(member), member.size_bytes));
            }
        }
        self.tell();
        let alone = members.len() == 1 && !in_folder;
        for (member, index) in members.iter().zip(indices) {
            let location = location_of(member);
            let source = Source { location: &location, ..source.clone() };
            self.read(index, !alone, |progress| {
                let content = archive.read(member)?;
                pipeline::import(&source, content, &self.writer, progress)
            });
        }
    }

    fn rename(&self, index: usize, location: String, size_bytes: u64) {
        if let Some(file) = self.import.lock().files.get_mut(index) {
            file.location = location;
            file.size_bytes = size_bytes;
        }
    }

    fn add_file(&self, location: String, size_bytes: u64) -> usize {
        let mut inner = self.import.lock();
        inner.files.push(ImportFile {
            location,
            size_bytes,
            state: State::Waiting,
            message: None,
            progress: Arc::default(),
        });
        inner.files.len() - 1
    }

    /// Reads file `index` with `import` and notes how it ended.
    fn read(&self, index: usize, in_folder: bool, import: impl FnOnce(&Arc<SourceProgress>) -> Result<()>) {
        let progress = {
            let mut inner = self.import.lock();
            let Some(file) = inner.files.get_mut(index) else { return };
            if self.import.cancelled.load(Ordering::Relaxed) {
                file.state = State::Cancelled;
                return;
            }
            file.state = State::Running;
            file.progress.clone()
        };
        self.tell();
        // A defect met in one file must not leave its import running for ever.
        let result = catch_unwind(AssertUnwindSafe(|| import(&progress)))
            .unwrap_or_else(|_| Err(Error::internal(DEFECT)));
        // What was handed over before an error is still to be written and counted.
        if self.writer.queue().push(Job::Finish(progress.clone()), 0).is_ok() {
            progress.wait_written();
        }
        let counts = progress.state();
        let written = match &counts.error {
            Some(error) => Err(Error::new(error.code, error.message.clone())),
            None => Ok(()),
        };
        let (state, message) = match result.and(written) {
            // Whatever else is said of a source that was stopped in the middle, it is not to be believed.
            _ if progress.is_cancelled() && counts.error.is_none() => {
                (State::Cancelled, Some("stopped; what was read before is kept".into()))
            }
            Ok(()) => {
                let empty = counts.trace_ids.is_empty();
                let state = if empty && !in_folder { State::Failed } else { State::Done };
                (state, remark(&counts))
            }
            Err(error) if error.code == Code::Cancelled => (State::Cancelled, Some(error.message)),
            Err(error) if error.code == Code::UnknownFormat && in_folder => {
                (State::Done, Some(format!("left out: {}", error.message)))
            }
            Err(error) => (State::Failed, Some(error.message)),
        };
        drop(counts);
        if let Some(file) = self.import.lock().files.get_mut(index) {
            file.state = state;
            file.message = message;
        }
        self.tell();
    }

    fn end(&self) {
        let mut inner = self.import.lock();
        let any = |state: State| inner.files.iter().any(|file| file.state == state);
        inner.state = if any(State::Cancelled) || self.import.cancelled.load(Ordering::Relaxed) {
            State::Cancelled
        } else if any(State::Failed) && !any(State::Done) {
            State::Failed
        } else {
            State::Done
        };
        inner.took = Some(self.import.begun.elapsed());
        drop(inner);
        self.tell();
    }

    fn tell(&self) {
        self.hub.publish(&Notice { imports: true, ..Notice::default() });
    }
}

fn last_part(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn size_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |metadata| metadata.len())
}

/// What stands before the name of a file in an archive.
const IN_ARCHIVE: &str = " › ";

/// The archive of a source, or the source itself if it lies in none.
fn archive_of(location: &str) -> &str {
    location.split(IN_ARCHIVE).next().unwrap_or(location)
}

/// What to say of a file that was read: what else was in it, what was left out, or why there is nothing.
fn remark(counts: &super::progress::SourceCounts) -> Option<String> {
    let foreign = counts.of_other_formats().map(|foreign| format!("records of other formats: {foreign}"));
    let rest = match (counts.trace_ids.is_empty(), counts.left_out()) {
        (true, None) => Some("there are no traces in it".into()),
        (true, Some(skipped)) => Some(format!("there are no traces in it, only {skipped}")),
        (false, None) => None,
        (false, Some(skipped)) => Some(format!("left out: {skipped}")),
    };
    let parts: Vec<String> = foreign.into_iter().chain(rest).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}
