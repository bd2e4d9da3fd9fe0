//! Files that a person chose to have written: exports, comparisons, texts, backups. Written beside their place and put there
//! whole, over an ordinary file at most; never over a store or what belongs to one.

use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::backup::is_same;
use super::survey::{FileKind, kind_of};
use super::upgrade::with_suffix;
use crate::error::{Code, Error, Result};

/// What SQLite keeps beside a database, by what it adds to the name.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// What a file may take the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replaced {
    /// An ordinary file, but no store.
    NoStore,
    /// Also a store that is not open here: an earlier backup.
    AnyButTheOpenStore,
}

/// A place that was looked at, to which a file may be put.
pub(super) struct Place {
    /// Where the file comes to lie: what a link leads to.
    path: PathBuf,
}

/// Has `write` write a file beside `path`, which takes its place when all is there: a file that is there is whole. `store` is
/// the store that is open.
///
/// Errors: `Invalid` where `path` is a folder, a store, what belongs to one, or no ordinary file; `DiskFull`, `Io`; those of
/// `write`. What was under `path` is as it was then.
pub fn write_whole<T>(
    store: &Path,
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T>,
) -> Result<T> {
    let place = Place::of(store, path, Replaced::NoStore)?;
    let failed = |error: std::io::Error| unwritable(path, &error);
    let mut out = BufWriter::with_capacity(1 << 18, place.unfinished()?);
    let written = write(&mut out)?;
    out.flush().map_err(failed)?;
    let file = out.into_inner().map_err(|error| failed(error.into_error()))?;
    place.put(file.into_temp_path())?;
    Ok(written)
}

impl Place {
    /// Looks at what lies at `path`. Error `Invalid` where nothing may be put there.
    pub(super) fn of(store: &Path, path: &Path, replaced: Replaced) -> Result<Self> {
        let shown = path.display();
        if path.is_dir() || path.file_name().is_none() {
            return Err(Error::invalid(format!("{shown} is a folder: name a file in it")));
        }
        let is_of_store = |suffix: &&str| is_same(&with_suffix(store, suffix), path);
        if is_same(store, path) || BESIDE.iter().any(is_of_store) {
            return Err(Error::invalid(format!(
                "{shown} is the store itself, or belongs to it: choose another name; nothing was written"
            )));
        }
        let path = match std::fs::symlink_metadata(path) {
            Ok(file) if file.is_symlink() => path.canonicalize().unwrap_or_else(|_| path.to_owned()),
            _ => path.to_owned(),
        };
        if std::fs::symlink_metadata(&path).is_ok_and(|file| !file.is_file()) {
            return Err(Error::invalid(format!(
                "{shown} is no ordinary file, and is not replaced: choose another name"
            )));
        }
        if belongs_to_a_store(&path) || (replaced == Replaced::NoStore && is_store(&path)) {
            return Err(Error::invalid(format!(
                "{shown} is a store of traces, or belongs to one, and is not replaced: choose another name"
            )));
        }
        if BESIDE.iter().any(|suffix| is_used(&with_suffix(&path, suffix))) {
            return Err(Error::invalid(format!(
                "{shown} is a database that is in use, or was left unfinished: choose another name"
            )));
        }
        Ok(Self { path })
    }

    /// An empty file in the same folder.
    pub(super) fn unfinished(&self) -> Result<NamedTempFile> {
        let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
        tempfile::Builder::new()
            .prefix(".tracellm-")
            .suffix(".part")
            .tempfile_in(folder.unwrap_or(Path::new(".")))
            .map_err(|error| unwritable(&self.path, &error))
    }

    /// Gives the finished file its place.
    pub(super) fn put(self, finished: TempPath) -> Result<()> {
        finished.persist(&self.path).map_err(|error| unwritable(&self.path, &error.error))
    }
}

/// Whether the file begins as a database and is none of another program, as far as can be seen.
fn is_store(path: &Path) -> bool {
    path.exists() && kind_of(path) == FileKind::MaybeOurs
}

/// Whether its name says that it lies beside a store, which is there.
fn belongs_to_a_store(path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return false };
    let mut stores = BESIDE.iter().filter_map(|suffix| name.strip_suffix(suffix));
    stores.any(|store| !store.is_empty() && is_store(&path.with_file_name(store)))
}

/// Whether a log has something in it. Shared memory says nothing by itself: it may be left behind.
fn is_used(beside: &Path) -> bool {
    let is_log = !beside.as_os_str().to_string_lossy().ends_with("-shm");
    is_log && std::fs::metadata(beside).is_ok_and(|log| log.len() > 0)
}

/// Without the name under which it was to be written first, which says nothing to a person.
fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    let (code, why) = match error.kind() {
        ErrorKind::StorageFull => {
            (Code::DiskFull, "the disk is full: choose another disk or make room".into())
        }
        ErrorKind::NotFound => (Code::Io, "its folder is not there: make it, or choose another".into()),
        ErrorKind::PermissionDenied => {
            (Code::Io, "you may not write in its folder: choose another, or change its permissions".into())
        }
        ErrorKind::ReadOnlyFilesystem => (Code::Io, "its disk is only to be read: choose another".into()),
        other => (Code::Io, format!("{other}: choose another place")),
    };
    Error::new(code, format!("{} can't be written: {why}", path.display()))
}
