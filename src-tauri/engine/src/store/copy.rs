//! Copies of a whole store: as it is at one moment, whatever is written meanwhile, without free pages and what was deleted.
//!
//! `VACUUM INTO` and not SQLite's backup in steps, which begins anew whenever another connection writes and copies the pages
//! of deleted runs with all the rest (docs/decisions/0020).

use std::ops::Deref;
use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::footprint;
use super::open::LOCK_PATIENCE;
use super::upgrade::with_suffix;
use crate::error::{Code, Error, Result};
use crate::model::{CopyProgress, CopyStage};

/// How often whoever waits is told how far a copy is, and asked whether to go on.
pub(super) const BEAT: Duration = Duration::from_millis(100);

/// Told how far a copy is; says whether it is to go on.
pub type GoOn<'a> = &'a dyn Fn(CopyProgress) -> bool;

/// Writes what the store at `source` holds now to `target`, a file that is empty or missing; gives its size in bytes. Writers
/// of the store go on meanwhile; its write-ahead log grows by what they write.
///
/// Errors: `Cancelled` where `go_on` said so, `DiskFull` (before anything is written, where it is seen before), `Corrupt`,
/// `Io`. What lies at `target` then is of no use.
pub fn copy(source: &Path, target: &Path, go_on: GoOn) -> Result<u64> {
    copy_open(Box::new(open_to_read(source)?), target, go_on)
}

/// As [`copy`], of a store that is open already: one that was deleted since is still read through its connection.
pub(super) fn copy_open<C>(connection: C, target: &Path, go_on: GoOn) -> Result<u64>
where
    C: Deref<Target = Connection> + Send,
{
    let space = footprint::file_space(&connection)?;
    let total_bytes = space.bytes.saturating_sub(space.free_bytes);
    if let Some(free_bytes) = free_bytes(target).filter(|free_bytes| *free_bytes < total_bytes) {
        return Err(no_room(total_bytes, free_bytes));
    }
    let into = std::path::absolute(target).map_err(|error| unusable(target, &error))?;
    let into = into.to_str().map(str::to_owned).ok_or_else(|| {
        Error::invalid(format!("{} is not Unicode: choose another name for the copy", target.display()))
    })?;
    let far = || CopyProgress {
        stage: CopyStage::Copying,
        done_bytes: std::fs::metadata(target).map_or(0, |file| file.len()).min(total_bytes),
        total_bytes,
    };
    watched(
        connection,
        move |connection| {
            // A connection that may not write may write no copy either.
            let reads_only: bool = connection.pragma_query_value(None, "query_only", |row| row.get(0))?;
            connection.pragma_update(None, "query_only", false)?;
            let copied = connection.execute("VACUUM INTO ?1", [&into]).map(drop);
            connection.pragma_update(None, "query_only", reads_only).and(copied)
        },
        || go_on(far()),
    )?;
    let written = std::fs::File::open(target).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
    written.map(|file| file.len()).map_err(|error| unusable(target, &error))
}

/// Has SQLite read the store at `path` from end to end: whether its pages and indexes are whole. Errors: `Corrupt` with what is wrong, `Cancelled` where `go_on` said so.
pub fn check(path: &Path, go_on: GoOn) -> Result<()> {
    let connection = open_to_read(path)?;
    let total_bytes = footprint::file_space(&connection)?.bytes;
    let far = CopyProgress { stage: CopyStage::Checking, done_bytes: 0, total_bytes };
    let found: String = watched(
        Box::new(connection),
        |connection| connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)),
        || go_on(far),
    )
    .map_err(|error| damaged(path, error))?;
    match found.as_str() {
        "ok" => Ok(()),
        wrong => Err(Error::new(Code::Corrupt, is_damaged(path, wrong))),
    }
}

fn is_damaged(path: &Path, said: &str) -> String {
    format!(
        "{} is damaged ({said}): choose another file, such as an earlier backup; nothing was changed",
        path.display()
    )
}

/// What SQLite says of a damaged file, for one that is not the store that is open.
pub(super) fn damaged(path: &Path, error: Error) -> Error {
    match (error.code, &error.source) {
        (Code::Corrupt, Some(said)) => Error::new(Code::Corrupt, is_damaged(path, &said.to_string())),
        _ => error,
    }
}

/// A connection that writes nothing to the store at `path`.
pub(super) fn open_to_read(path: &Path) -> Result<Connection> {
    let connection = connect_to_read(path).map_err(|error| {
        Error::new(Code::Io, format!("{} can't be opened: {error}", path.display())).with_source(error)
    })?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    Ok(connection)
}

/// The same, without patience for other programs.
pub(super) fn connect_to_read(path: &Path) -> rusqlite::Result<Connection> {
    // SQLite takes away what it lays beside a file (`-wal`, `-shm`) only where it may write. Where something is in those it would
    // put that into the file as well.
    let holds = |suffix: &str| std::fs::metadata(with_suffix(path, suffix)).is_ok_and(|file| file.len() > 0);
    let access = match holds("-wal") || holds("-journal") {
        true => OpenFlags::SQLITE_OPEN_READ_ONLY,
        false => OpenFlags::SQLITE_OPEN_READ_WRITE,
    };
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// Bytes that may still be written to the disk on which `path` lies, or is to lie; `None` where that is not known.
pub(super) fn free_bytes(path: &Path) -> Option<u64> {
    #[cfg(unix)]
    {
        let path = std::path::absolute(path).ok()?;
        let disk = rustix::fs::statvfs(path.parent()?).ok()?;
        Some(disk.f_bavail.saturating_mul(disk.f_frsize))
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

fn no_room(wanted_bytes: u64, free_bytes: u64) -> Error {
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
    Error::new(
        Code::DiskFull,
        format!(
            "the copy needs {} MB and the disk has {} MB: choose another disk or make room; nothing was written",
            megabytes(wanted_bytes),
            free_bytes / 1_000_000
        ),
    )
}

pub(super) fn unusable(path: &Path, error: &std::io::Error) -> Error {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull => Code::DiskFull,
        _ => Code::Io,
    };
    Error::new(code, format!("{} can't be written: {error}", path.display()))
}

/// Runs `work` in a thread of its own and asks `go_on` every [`BEAT`]; a no breaks it off.
fn watched<C: Deref<Target = Connection> + Send, T: Send>(
    connection: C,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send,
    go_on: impl Fn() -> bool,
) -> Result<T> {
    if !go_on() {
        return Err(Error::new(Code::Cancelled, "stopped"));
    }
    let interrupt = connection.get_interrupt_handle();
    let (sender, receiver) = sync_channel(1);
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .name("store-copy".into())
            .spawn_scoped(scope, move || {
                let _ = sender.send(work(&connection));
            })
            .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
        let mut goes_on = true;
        loop {
            match receiver.recv_timeout(BEAT) {
                Ok(done) => return done.map_err(Error::from),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::internal("a defect of this program stopped the copy"));
                }
            }
            // Again and again: what comes before the statement has begun is lost.
            goes_on = goes_on && go_on();
            if !goes_on {
                interrupt.interrupt();
            }
        }
    })
}
