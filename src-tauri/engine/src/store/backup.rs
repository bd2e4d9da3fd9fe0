//! Backups of a store, and putting one in its place.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::Reader;
use super::audit::{audit, seal};
use super::chosen_file::{Place, Replaced};
use super::copy::{GoOn, check, copy, copy_open, unusable};
use super::open::{LOCK_PATIENCE, moment};
use super::survey::{StoreSurvey, survey};
use super::upgrade::with_suffix;
use crate::error::{Code, Error, Result};
use crate::model::StoreDamage;

/// Writes a backup of the store at `store`, read through `reader`, to `file`: all that was committed when it began. It is written
/// beside `file`, checked to the ground, sealed, and then takes its place: a backup that is there is whole. A store that was
/// deleted or moved while it was open is rescued so.
///
/// Errors: `Invalid` for a place that would harm a database, `Cancelled` where `go_on` said so, `DiskFull`, `Io`, `Corrupt`
/// where the store itself can't be read throughout. What was under `file` is as it was then.
pub fn back_up(reader: Reader, store: &Path, file: &Path, go_on: GoOn) -> Result<BackedUp> {
    let place = Place::of(store, file, Replaced::AnyButTheOpenStore)?;
    let unfinished = place.unfinished()?.into_temp_path();
    copy_open(reader, &unfinished, go_on)?;
    check(&unfinished, go_on)?;
    let damage = seal(&unfinished, go_on)?;
    let written =
        std::fs::File::open(&unfinished).and_then(|file| file.sync_all().and_then(|()| file.metadata()));
    let bytes = written.map_err(|error| unusable(file, &error))?.len();
    place.put(unfinished)?;
    Ok(BackedUp { bytes, damage })
}

/// A backup that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackedUp {
    /// Its size.
    pub bytes: u64,
    /// What was damaged in the store, and so is in the backup.
    pub damage: Option<StoreDamage>,
}

/// Whether both name one file, also where it is not there yet.
pub fn is_same(one: &Path, other: &Path) -> bool {
    let place = |path: &Path| {
        path.canonicalize().ok().or_else(|| {
            let path = std::path::absolute(path).ok()?;
            Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?))
        })
    };
    match (place(one), place(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

/// Whether another program, or another engine of this one, has the store at `path` open. One that can't be opened counts as
/// free: opening it says what is wrong.
pub fn is_in_use(path: &Path) -> bool {
    let taken = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
        connection.busy_timeout(std::time::Duration::ZERO)?;
        // Whoever asks for all of a file gets it only if nobody else has any.
        connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
    });
    taken.is_err_and(|error| Error::from(error).code == Code::Locked)
}

/// Reads a backup to the ground, and says what it holds and what of that is damaged.
///
/// Errors: those of [`survey`], `Corrupt` with what is wrong where SQLite can't read it, `Cancelled` where `go_on` said so.
pub fn verify(file: &Path, go_on: GoOn) -> Result<(StoreSurvey, Option<StoreDamage>)> {
    let found = survey(file)?;
    check(file, go_on)?;
    Ok((found, audit(file, go_on)?))
}

/// Puts a copy of the backup `file` in the place of the store at `store`, which no program may have open. What was there is
/// kept; gives where, if there was anything. `now_ns` names it. At whatever moment this ends, one of the two lies there whole.
///
/// Errors: those of [`verify`]; `Corrupt` where something is damaged in it and that is not `accepts_damage`; `Invalid` where both
/// are one file; `Locked` where the store is in use. The store is as it was then.
pub fn restore(
    file: &Path,
    store: &Path,
    now_ns: i64,
    accepts_damage: bool,
    go_on: GoOn,
) -> Result<Option<PathBuf>> {
    if is_same(file, store) {
        return Err(Error::invalid("this is the store itself: choose a backup of it"));
    }
    survey(file)?;
    check(file, go_on)?;
    if let Some(folder) = store.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| unusable(store, &error))?;
    }
    let restored = with_suffix(store, ".restoring");
    let _ = std::fs::remove_file(&restored);
    let done = copy(file, &restored, go_on)
        .and_then(|_| check(&restored, go_on))
        // The copy holds the seal as well: it is what it is of.
        .and_then(|()| audit(&restored, go_on))
        .and_then(|damage| match damage.filter(|_| !accepts_damage) {
            Some(damage) => Err(refused(file, &damage)),
            None => Ok(()),
        })
        .and_then(|()| close_log(store))
        .and_then(|()| replace(store, &restored, now_ns));
    if done.is_err() {
        let _ = std::fs::remove_file(&restored);
    }
    done
}

fn refused(file: &Path, damage: &StoreDamage) -> Error {
    Error::new(
        Code::Corrupt,
        format!(
            "{} is not as it was when it was written. {damage} Choose an earlier backup, or restore this one as it is \
             (tracex restore --damaged); nothing was changed",
            file.display()
        ),
    )
}

/// Puts all of the store at `path` into its one file, which tells at once whether another program has it open. Error `Locked`
/// then.
fn close_log(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let closed =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(|connection| {
            connection.busy_timeout(LOCK_PATIENCE)?;
            connection.pragma_update_and_check(None, "journal_mode", "delete", |_| Ok(()))
        });
    match closed.map_err(Error::from) {
        Err(error) if error.code == Code::Locked => Err(Error::new(
            Code::Locked,
            "another program has the store open: close it (the app, tracex serve or follow) and try again; nothing was changed",
        )),
        // A damaged one is set aside as it is, its log with it.
        Err(error) if error.code == Code::Corrupt => Ok(()),
        closed => closed,
    }
}

fn replace(store: &Path, restored: &Path, now_ns: i64) -> Result<Option<PathBuf>> {
    let put = |error: std::io::Error| unusable(store, &error);
    if !store.exists() {
        return std::fs::rename(restored, store).map(|()| None).map_err(put);
    }
    let aside = aside(store, now_ns);
    // A second name first, so that there is no moment without a store; file systems without such names have one.
    let is_linked = std::fs::hard_link(store, &aside).is_ok();
    if !is_linked {
        std::fs::rename(store, &aside).map_err(put)?;
    }
    for log in ["-wal", "-shm"] {
        let _ = std::fs::rename(with_suffix(store, log), with_suffix(&aside, log));
    }
    match std::fs::rename(restored, store) {
        Ok(()) => Ok(Some(aside)),
        Err(error) => {
            let _ = std::fs::rename(&aside, store);
            for log in ["-wal", "-shm"] {
                let _ = std::fs::rename(with_suffix(&aside, log), with_suffix(store, log));
            }
            Err(put(error))
        }
    }
}

/// A name beside the store that no file has.
fn aside(store: &Path, now_ns: i64) -> PathBuf {
    let name = with_suffix(store, &format!(".replaced-{}", moment(now_ns)));
    let others = (2..).map(|number| with_suffix(&name, &format!("-{number}")));
    std::iter::once(name.clone()).chain(others).find(|name| !name.exists()).unwrap_or(name)
}
