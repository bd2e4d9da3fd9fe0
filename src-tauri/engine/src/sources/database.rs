//! TraceLLM's `traces.db`, followed read-only: rows that are new or have changed are read soon after they were written, a
//! page at a time, so that its writer is never kept waiting.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use xxhash_rust::xxh3::xxh3_64;

use super::SourceContext;
use super::context::off_thread;
use super::remembered::remembered_as;
use super::stamp::Stamp;
use crate::container::database::{self, Since};
use crate::error::{Code, Error, Result};
use crate::ingest::{Intake, IntakeOptions, SenderRef};
use crate::store::followed_file::{self, ReadUpTo};

/// How often the file is looked at.
const INTERVAL: Duration = Duration::from_millis(500);
/// How often a database that is not there is looked for.
const RETRY: Duration = Duration::from_secs(1);
/// A change so young may hide another within the same tick of the file system's clock.
const TICK: Duration = Duration::from_secs(1);
/// Reading all rows takes a twentieth of the time at most; in between, those that say that they have changed are read.
const REST_AFTER_ALL: u32 = 20;
/// Rows are handed over this many bytes at a time.
const HANDED_BYTES: usize = 4 << 20;

/// Follows the database at `path`.
pub(super) async fn follow(context: SourceContext, path: String) -> Result<()> {
    let mut table = Table::new(PathBuf::from(path));
    while !context.stop.is_cancelled() {
        let pause;
        (table, pause) = off_thread({
            let context = context.clone();
            move || table.look(&context)
        })
        .await?;
        tokio::select! {
            () = context.stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}

/// The table of traces, as far as it was read.
struct Table {
    path: PathBuf,
    location: String,
    /// The database and its write-ahead log when they were last read.
    seen: Option<[Option<Stamp>; 2]>,
    /// Hash of every row that was read.
    rows: HashMap<i64, u64>,
    since: Option<Since>,
    /// All rows are read again after this.
    all_due: Instant,
    /// Only the newest rows were read last: a change that does not say when it was made may have been passed over.
    owes_all: bool,
}

impl Table {
    fn new(path: PathBuf) -> Self {
        let location = path.to_string_lossy().into_owned();
        Self {
            path,
            location,
            seen: None,
            rows: HashMap::new(),
            since: None,
            all_due: Instant::now(),
            owes_all: false,
        }
    }

    /// Reads what has changed. Gives how long to wait before the next look.
    fn look(mut self, context: &SourceContext) -> Result<(Self, Duration)> {
        let stamps = [Stamp::at(&self.path), Stamp::at(&beside(&self.path))];
        if stamps[0].is_none() {
            let message = "the database is not there: it is followed once it is";
            context.report.retrying(message, RETRY);
            return Ok((Self::new(self.path), RETRY));
        }
        let is_young = stamps.iter().flatten().any(|stamp| stamp.age() < TICK);
        let owes_all = self.owes_all && Instant::now() >= self.all_due;
        if self.seen == Some(stamps) && !is_young && !owes_all {
            return Ok((self, INTERVAL));
        }
        match self.read(context, stamps) {
            Ok(()) => {
                self.seen = Some(stamps);
                if context.report.standing().message.is_some() || context.report.standing().address.is_none()
                {
                    context.report.listening(self.location.clone());
                }
                Ok((self, INTERVAL))
            }
            Err(error) if error.code == Code::Cancelled => Err(error),
            Err(error) => {
                context.report.retrying(error.message, RETRY);
                Ok((self, RETRY))
            }
        }
    }

    fn read(&mut self, context: &SourceContext, stamps: [Option<Stamp>; 2]) -> Result<()> {
        let signature = signature(stamps);
        let is_first = self.seen.is_none();
        if is_first && remembered(context, &self.location)? == Some(signature) {
            // Nothing was written while nobody followed it.
            self.since = Some(database::newest(&self.path)?);
            return Ok(());
        }
        let begun = Instant::now();
        let reads_all = self.since.is_none() || begun >= self.all_due;
        // Asked first: what is written while rows are read is read again.
        let newest = database::newest(&self.path)?;
        let mut rows = match self.since.as_ref().filter(|_| !reads_all) {
            Some(since) => database::open_since(&self.path, since.clone())?,
            None => database::open(&self.path)?,
        };
        if rows.format().id() != "tracellm" {
            return Err(Error::invalid("this is no database of TraceLLM: import it instead"));
        }
        let mut intake = self.intake(context, &rows, is_first)?;
        let mut held_bytes = 0;
        let mut any = false;
        while let Some(row) = rows.next_row()? {
            let frame = row.frame();
            let hash = xxh3_64(frame.bytes);
            if row.rowid().is_some_and(|rowid| self.rows.insert(rowid, hash) == Some(hash)) {
                continue;
            }
            any = true;
            context.received(frame.bytes.len());
            intake.read(&frame);
            held_bytes += frame.bytes.len();
            if held_bytes >= HANDED_BYTES {
                intake.flush()?;
                held_bytes = 0;
            }
            if context.stop.is_cancelled() {
                return intake.flush();
            }
        }
        rows.take_problems().into_iter().for_each(|problem| intake.problem(problem));
        intake.flush()?;
        self.since = Some(newest);
        self.owes_all = !reads_all;
        if reads_all {
            self.all_due = Instant::now() + begun.elapsed() * REST_AFTER_ALL;
        }
        if any || is_first {
            remember(context, &self.location, signature)?;
        }
        Ok(())
    }

    fn intake(&self, context: &SourceContext, rows: &database::Rows, is_past: bool) -> Result<Intake> {
        let options = IntakeOptions {
            kind: context.word,
            location: self.location.clone(),
            format: rows.format(),
            progress: context.report.progress.clone(),
            sender: (!is_past).then_some(SenderRef::Anonymous),
            tells_again: true,
        };
        Intake::open(&context.writer, options)
    }
}

/// Where SQLite keeps what was written last.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// The database as it stood, in one number.
fn signature(stamps: [Option<Stamp>; 2]) -> ReadUpTo {
    let [database, log] = stamps.map(Option::unwrap_or_default);
    let text = format!("{}.{}", log.size_bytes, log.modified_ns);
    ReadUpTo {
        size_bytes: database.size_bytes,
        modified_ns: database.modified_ns,
        offset_bytes: database.size_bytes,
        lines: 0,
        fingerprint: xxh3_64(text.as_bytes()) as i64,
    }
}

fn remembered(context: &SourceContext, location: &str) -> Result<Option<ReadUpTo>> {
    let wanted = remembered_as(location);
    let name = wanted.clone();
    let known = context.writer.change(move |connection| followed_file::below(connection, &wanted))?;
    Ok(known.into_iter().find(|(path, _)| *path == name).map(|(_, read)| read))
}

/// Comes behind all that was handed over in the writer's queue: what is remembered is on disk.
fn remember(context: &SourceContext, location: &str, signature: ReadUpTo) -> Result<()> {
    let location = remembered_as(location);
    context
        .writer
        .change(move |connection| followed_file::remember(connection, [(location.as_str(), &signature)]))
}
