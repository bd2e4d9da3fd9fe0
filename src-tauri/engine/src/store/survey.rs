//! What a file holds that may be a store: whose it is, of which version, how much is in it. Nothing is written to it.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use rusqlite::Connection;

use super::copy::{connect_to_read, damaged, open_to_read};
use super::footprint;
use super::open::{newer, version_known};
use crate::error::{Code, Error, Result};

/// What a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreSurvey {
    /// Bytes of the file and of its write-ahead log.
    pub bytes: u64,
    /// Traces, without deleted ones.
    pub traces: u64,
    /// Their steps.
    pub steps: u64,
    /// When the newest of them began.
    pub newest_ns: Option<i64>,
    /// It is of an older version and will be brought up to date when it is opened.
    pub is_older: bool,
}

/// What lies under a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileKind {
    /// Nothing, or an empty file.
    Nothing,
    /// A store of this program, as far as can be seen, or a database too damaged to say.
    MaybeOurs,
    /// Something else.
    Foreign,
}

/// What lies under `path`, by its content. A file that can't be read is of no kind that would be refused.
pub(super) fn kind_of(path: &Path) -> FileKind {
    const MAGIC: &[u8] = b"SQLite format 3\0";
    let mut head = Vec::with_capacity(MAGIC.len());
    let Ok(file) = std::fs::File::open(path) else { return FileKind::Nothing };
    if file.take(MAGIC.len() as u64).read_to_end(&mut head).is_err() || head.is_empty() {
        return FileKind::Nothing;
    }
    if head != MAGIC {
        return FileKind::Foreign;
    }
    let Ok(connection) = connect_to_read(path) else { return FileKind::MaybeOurs };
    let tables = connection.query_row(
        "SELECT count(*), count(*) FILTER (WHERE name = 'payload_block') FROM sqlite_schema WHERE type = 'table'",
        [],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
    );
    match tables {
        Ok((all, ours)) if all > 0 && ours == 0 => FileKind::Foreign,
        // An empty one, ours, or one that can't be read: opening it says which.
        _ => FileKind::MaybeOurs,
    }
}

/// What the store at `path` holds. Quick: nothing is checked but that it is one.
///
/// Errors: `NotFound` where there is no file, `Invalid` for one that is no store of this program, `NewerStore`, `Corrupt`, `Io`.
pub fn survey(path: &Path) -> Result<StoreSurvey> {
    let file = std::fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(format!("{} is not there", path.display())),
        _ => Error::new(Code::Io, format!("{} can't be read: {error}", path.display())),
    })?;
    let no_store = || {
        Error::invalid(format!(
            "{} is not a store of TraceLLM Explorer: choose a file that it wrote; nothing was changed",
            path.display()
        ))
    };
    if !file.is_file() || kind_of(path) != FileKind::MaybeOurs {
        return Err(no_store());
    }
    let (version, held) = read(&open_to_read(path)?).map_err(|error| damaged(path, error))?;
    match held {
        _ if version > version_known() => Err(newer(path)),
        Some(held) => Ok(StoreSurvey {
            bytes: footprint::on_disk_bytes(path),
            is_older: version < version_known(),
            ..held
        }),
        None => Err(no_store()),
    }
}

/// The version of a store and what it holds; nothing of one that is newer or, as an empty database, none at all.
fn read(connection: &Connection) -> Result<(i64, Option<StoreSurvey>)> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if !(1..=version_known()).contains(&version) {
        return Ok((version, None));
    }
    // Before the fifth version nothing could be deleted.
    let has_deleted: bool = connection.query_row(
        "SELECT count(*) > 0 FROM pragma_table_info('trace') WHERE name = 'deleted_ns'",
        [],
        |row| row.get(0),
    )?;
    let kept = if has_deleted { "deleted_ns IS NULL" } else { "1" };
    let (traces, steps, newest_ns) = connection.query_row(
        &format!("SELECT count(*), coalesce(sum(span_count), 0), max(start_ns) FROM trace WHERE {kept}"),
        [],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?)),
    )?;
    let held = StoreSurvey {
        bytes: 0,
        traces: traces.unsigned_abs(),
        steps: steps.unsigned_abs(),
        newest_ns,
        is_older: false,
    };
    Ok((version, Some(held)))
}

/// The traces of a store of the present version, without deleted ones: their ids and keys. One whose key is no text is left out.
pub fn traces(connection: &Connection) -> Result<Vec<(i64, String)>> {
    let mut traces = connection.prepare("SELECT id, key FROM trace WHERE deleted_ns IS NULL ORDER BY id")?;
    let traces = traces
        .query_map([], |row| Ok((row.get(0)?, row.get_ref(1)?.as_str().ok().map(str::to_owned))))?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(traces.into_iter().filter_map(|(id, key)| Some((id, key?))).collect())
}

/// The keys of all traces of a store, deleted ones too.
pub fn keys(connection: &Connection) -> Result<HashSet<String>> {
    let mut keys = connection.prepare("SELECT key FROM trace")?;
    let keys = keys.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(keys)
}
