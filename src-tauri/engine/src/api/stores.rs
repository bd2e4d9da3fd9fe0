//! Where traces are kept: backups and other stores. But for imports out of one these are no commands: a page names no paths to
//! write to, hosts ask the person.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use super::dto::{BackupWritten, ImportStatus, StoreRef, StoreSummary};
use super::imports::status;
use crate::engine::Engine;
use crate::error::{Code, Error, Result};
use crate::export;
use crate::ingest::{ImportInput, ReceivedFile, State};
use crate::masking::MaskCounts;
use crate::model::CopyProgress;
use crate::query;
use crate::store::survey::StoreSurvey;
use crate::store::{self, ReadPool, audit, backup, survey};

/// Writes a backup of the engine's store to `file`; live sources and imports go on meanwhile. `go_on` is asked ten times a
/// second.
///
/// Errors: `Invalid` for a place that would harm a database, `Cancelled` where `go_on` said so, `DiskFull`, `Io`, `Corrupt`
/// where the store is damaged. What was under `file` before is as it was then.
pub fn back_up(engine: &Engine, file: &Path, go_on: &dyn Fn(CopyProgress) -> bool) -> Result<BackupWritten> {
    let begun = Instant::now();
    let written = backup::back_up(engine.reader()?, engine.store_path(), file, go_on)?;
    Ok(BackupWritten {
        path: file.to_string_lossy().into_owned(),
        bytes: written.bytes,
        traces: survey::survey(file)?.traces,
        elapsed_ms: begun.elapsed().as_secs_f64() * 1e3,
        damage: written.damage.map(|damage| damage.to_string()),
    })
}

/// Has `write` write a file that the person chose, whole or not at all. The one way in which hosts write such files.
///
/// Errors: `Invalid` where `path` is a folder, no ordinary file, a store or what belongs to one; `DiskFull`, `Io`; those of
/// `write`. What was under `path` before is as it was then.
pub fn write_file<T>(
    engine: &Engine,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T>,
) -> Result<T> {
    store::chosen_file::write_whole(engine.store_path(), path, write)
}

/// What the store at `path` holds, at a glance. Errors: `NotFound`, `Invalid` where it is no store of this program,
/// `NewerStore`, `Corrupt`, `Io`.
pub fn store_summary(path: &Path) -> Result<StoreSummary> {
    survey::survey(path).map(|found| summary(path, found))
}

/// Whether the file at `path` is a store of this program, also of a newer version, which can't be read. Of a damaged one it is
/// not known.
pub fn is_store(path: &Path) -> bool {
    survey::survey(path).map_or_else(|error| error.code == Code::NewerStore, |_| true)
}

/// As [`store_summary`], after the whole of it was read; says what is damaged in it.
pub fn verified_summary(path: &Path, go_on: &dyn Fn(CopyProgress) -> bool) -> Result<StoreSummary> {
    let (found, damage) = backup::verify(path, go_on)?;
    Ok(StoreSummary { damage: damage.map(|damage| damage.to_string()), ..summary(path, found) })
}

/// As [`store_summary`], with what is damaged in it, also where SQLite can't read it throughout. All of it is read for that.
pub fn audited_summary(path: &Path) -> Result<StoreSummary> {
    let found = survey::survey(path)?;
    Ok(StoreSummary { damage: damage_in(path)?, ..summary(path, found) })
}

/// What is damaged in the store at `path`, in a sentence.
fn damage_in(path: &Path) -> Result<Option<String>> {
    match audit::audit(path, &|_| true) {
        Ok(damage) => Ok(damage.map(|damage| damage.to_string())),
        Err(error) if error.code == Code::Corrupt => {
            Ok(Some("It can't be read throughout. Some of what is in it may still be read.".into()))
        }
        Err(error) => Err(error),
    }
}

/// Puts a copy of the backup `file` in the place of the store at `store`, which no engine may have open. What was there is kept
/// beside it; gives where, if there was anything.
///
/// Errors: those of [`verified_summary`]; `Corrupt` where something in it is damaged, unless the person `accepts_damage`; `Invalid` where both are one file; `Locked` where a program has the store open. The
/// store is as it was then.
pub fn restore(
    file: &Path,
    store: &Path,
    now_ns: i64,
    accepts_damage: bool,
    go_on: &dyn Fn(CopyProgress) -> bool,
) -> Result<Option<PathBuf>> {
    backup::restore(file, store, now_ns, accepts_damage, go_on)
}

/// Whether both paths name one store.
pub fn is_same_store(one: &Path, other: &Path) -> bool {
    backup::is_same(one, other)
}

/// Whether another engine, here or in another program, has the store at `path` open.
pub fn is_store_in_use(path: &Path) -> bool {
    backup::is_in_use(path)
}

/// What a backup of the store at `store` may be called: its name, and the day.
pub fn backup_name(store: &Path, now_ns: i64) -> String {
    let name = store.file_stem().map_or_else(|| "traces".into(), |name| name.to_string_lossy());
    format!("{name}-{}.db", chrono::DateTime::from_timestamp_nanos(now_ns).format("%Y-%m-%d"))
}

/// Imports all traces of another store; that one stays as it is. Gives the import, which goes on.
///
/// Of one in which something is damaged only those come in that are not here yet: which of its steps are hurt can't always be told,
/// and none of them may take the place of a sound one. Error `Corrupt` where that leaves nothing.
pub(super) fn store_import(engine: &Engine, request: StoreRef) -> Result<ImportStatus> {
    let path = PathBuf::from(request.path);
    if !path.is_absolute() {
        return Err(Error::invalid(format!("{} is not an absolute path", path.display())));
    }
    if backup::is_same(&path, engine.store_path()) {
        return Err(Error::invalid("this store is the one that is open"));
    }
    let found = survey::survey(&path)?;
    let damage = damage_in(&path)?;
    let unwritable = |error: std::io::Error| {
        Error::new(Code::Io, format!("its traces can't be put into a temporary file: {error}"))
    };
    let folder = tempfile::tempdir().map_err(unwritable)?;
    let mut readable = path.clone();
    if found.is_older {
        // It is not ours to bring up to date: a copy of it is.
        readable = folder.path().join("traces.db");
        store::copy::copy(&path, &readable, &|_| true)?;
        drop(store::open(&readable, engine.now_ns())?);
    }
    let traces = folder.path().join("traces.jsonl");
    let reader = ReadPool::new(&readable)?.reader()?;
    let mut held = survey::traces(&reader)?;
    if let Some(damage) = damage {
        let present = engine.reader()?;
        let here = survey::keys(&present)?;
        drop(present);
        let masker = engine.writer().masker();
        let is_here = |key: &String| {
            let masked = masker.id(key, &mut MaskCounts::default());
            here.contains(key) || masked.is_some_and(|masked| here.contains(&masked))
        };
        held.retain(|(_, key)| !is_here(key));
        if held.is_empty() {
            return Err(Error::new(
                Code::Corrupt,
                format!(
                    "{} is damaged. {damage} Nothing of it was imported: its traces are here already, and what is damaged does not take \
                     their place. To have it as it is, open it as a store, or restore it",
                    path.display()
                ),
            ));
        }
    }
    let ids: Vec<i64> = held.into_iter().map(|(id, _)| id).collect();
    let mut out =
        std::io::BufWriter::with_capacity(1 << 18, std::fs::File::create(&traces).map_err(unwritable)?);
    export::write(&reader, &ids, engine.now_ns(), &engine.writer().masker(), &mut out, &|| false)?;
    drop((reader, out));
    let name = path.file_name().map_or_else(|| "store".into(), |name| name.to_string_lossy().into_owned());
    // Whoever comes later hears of its end.
    let notices = engine.subscribe();
    let file = ReceivedFile { name, path: traces, in_folder: false };
    let import = engine.imports().start(ImportInput::Received(vec![file]))?;
    let given = status(&import);
    std::thread::Builder::new()
        .name("store-import".into())
        .spawn(move || {
            let is_under_way = || matches!(import.lock().state, State::Waiting | State::Running);
            while is_under_way() && notices.recv().is_ok() {}
            drop(folder);
        })
        .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))?;
    Ok(given)
}

fn summary(path: &Path, found: StoreSurvey) -> StoreSummary {
    StoreSummary {
        path: path.to_string_lossy().into_owned(),
        bytes: found.bytes,
        traces: found.traces,
        steps: found.steps,
        newest_unix_ms: found.newest_ns.map(query::unix_ms),
        is_older: found.is_older,
        damage: None,
    }
}
