//! Opens the database: makes it, migrates it, refuses a newer one, sets a damaged one aside.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};
use rusqlite_migration::{M, Migrations};

use super::audit::{unseal, unseal_at_first_change};
use super::opened_file::gone;
use super::survey::{FileKind, kind_of};
use super::upgrade::{keep_before, let_old_go, with_suffix};
use crate::error::{Code, Error, Result};

/// Every schema change, in order; a released one never changes.
const STEPS: &[M<'static>] = &[
    M::up(include_str!("../../migrations/0001_initial.sql")),
    M::up(include_str!("../../migrations/0002_costs.sql")),
    M::up(include_str!("../../migrations/0003_live.sql")),
    M::up(include_str!("../../migrations/0004_followed_files.sql")),
    M::up(include_str!("../../migrations/0005_find.sql")),
    M::up(include_str!("../../migrations/0006_text_index.sql")),
    M::up(include_str!("../../migrations/0007_keep.sql")),
    M::up(include_str!("../../migrations/0008_step_marks.sql")),
    M::up(include_str!("../../migrations/0009_retries.sql")),
    M::up(include_str!("../../migrations/0010_attempt_corrections.sql")),
    M::up(include_str!("../../migrations/0011_comparisons.sql")),
];
const MIGRATIONS: Migrations<'static> = Migrations::from_slice(STEPS);

/// How long another process's lock is waited for.
pub(super) const LOCK_PATIENCE: Duration = Duration::from_secs(5);

/// The page size that measured fastest for inserting spans with payload blocks (limits: 16,384 over 4,096 by 1.7).
const PAGE_BYTES: u32 = 16_384;

/// An opened database.
pub struct Opened {
    /// The one connection that writes.
    pub writer: Connection,
    /// What the person should know: a damaged file was set aside, or one was kept as it was before an upgrade, and where.
    pub notes: Vec<String>,
}

/// Opens the database at `path`, creating it and its folder if they are missing. `now_ns` names a file set aside.
///
/// Errors: `NewerStore` for a file of a later version, `Locked`, `Io`, `DiskFull`. A damaged file is renamed, never deleted,
/// and a new one begun; the notes say so.
pub fn open(path: &Path, now_ns: i64) -> Result<Opened> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            Error::new(Code::Io, format!("the folder {} can't be made: {error}", folder.display()))
        })?;
    }
    refuse_foreign(path)?;
    match open_patiently(path) {
        Ok(opened) => {
            let_old_go(path, now_ns);
            Ok(opened)
        }
        Err(error) if error.code == Code::Corrupt => {
            let aside = set_aside(path, now_ns)?;
            let note = format!(
                "The database was damaged and has been set aside as {}. A new, empty one was begun. Import your files again; \
                 the damaged file may still be repaired with SQLite's .recover.",
                aside.display()
            );
            Ok(Opened { writer: open_and_migrate(path)?.writer, notes: vec![note] })
        }
        Err(error) if error.code == Code::NewerStore => Err(error),
        Err(error) => {
            Err(Error { message: format!("{} can't be opened: {}", path.display(), error.message), ..error })
        }
    }
}

/// A read-only connection to the database at `path`.
pub(super) fn open_reader(path: &Path) -> Result<Connection> {
    if !path.exists() {
        return Err(gone(path));
    }
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -32_768)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Refuses a file that is not ours before anything is written to it: `--db` may name an export, or another program's
/// database, by mistake. Error `Invalid`.
fn refuse_foreign(path: &Path) -> Result<()> {
    match kind_of(path) {
        FileKind::Nothing | FileKind::MaybeOurs => Ok(()),
        FileKind::Foreign => Err(Error::invalid(format!(
            "{} is not a database of TraceLLM Explorer; it was left as it is. To read traces from it, import it instead of opening \
             it as a store",
            path.display()
        ))),
    }
}

/// Opens the database, waiting a while for another process that is making or changing it: SQLite's own patience does not
/// cover the switch to write-ahead logging, nor a reader that becomes a writer.
fn open_patiently(path: &Path) -> Result<Opened> {
    let begun = Instant::now();
    loop {
        match open_and_migrate(path) {
            Err(error) if error.code == Code::Locked && begun.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            result => return result,
        }
    }
}

fn open_and_migrate(path: &Path) -> Result<Opened> {
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    // Takes effect only on an empty file; harmless later.
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "temp_store", "memory")?;
    connection.pragma_update(None, "cache_size", -65_536)?;
    // 64 MB of log between checkpoints: each page of a block is then written once, not several times.
    connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    connection.set_prepared_statement_cache_capacity(64);
    let note = keep_before(&connection, path)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    migrate(&mut connection).map_err(|error| migration_error(path, error))?;
    if version == version_known() {
        unseal_at_first_change(&connection)?;
    } else {
        unseal(&connection)?;
    }
    // Reads the schema and the first pages: a damaged file shows here rather than in the middle of an import.
    connection.query_row("SELECT count(*) FROM (SELECT id FROM trace LIMIT 1)", [], |_| Ok(()))?;
    Ok(Opened { writer: connection, notes: note.into_iter().collect() })
}

/// Brings the schema up to date. Of two processes that open a new file at once, one finds the other's tables where it is
/// about to make them; by then they are whole, and a second look finds nothing left to do.
fn migrate(connection: &mut Connection) -> rusqlite_migration::Result<()> {
    const TRIES: usize = 3;
    let mut result = MIGRATIONS.to_latest(connection);
    for _ in 1..TRIES {
        if !matches!(result, Err(rusqlite_migration::Error::RusqliteError { .. })) {
            break;
        }
        result = MIGRATIONS.to_latest(connection);
    }
    result
}

fn migration_error(path: &Path, error: rusqlite_migration::Error) -> Error {
    use rusqlite_migration::{Error as Migration, MigrationDefinitionError};
    match error {
        Migration::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => newer(path),
        Migration::RusqliteError { err, .. } => err.into(),
        other => Error::internal(format!("the database can't be brought up to date: {other}")),
    }
}

/// The version of a store that is up to date.
pub(super) fn version_known() -> i64 {
    STEPS.len() as i64
}

/// Says that the store at `path` is of a version that is not known yet.
pub(super) fn newer(path: &Path) -> Error {
    Error::new(
        Code::NewerStore,
        format!(
            "{} was written by a newer version of TraceLLM Explorer: update the app, or choose another file with --db",
            path.display()
        ),
    )
}

/// A moment as it stands in names of files.
pub(super) fn moment(now_ns: i64) -> String {
    chrono::DateTime::from_timestamp_nanos(now_ns).format("%Y%m%d-%H%M%S").to_string()
}

/// Renames the database and its log out of the way; gives the new name.
fn set_aside(path: &Path, now_ns: i64) -> Result<PathBuf> {
    let aside = with_suffix(path, &format!(".damaged-{}", moment(now_ns)));
    std::fs::rename(path, &aside).map_err(|error| {
        Error::new(
            Code::Corrupt,
            format!(
                "{} is damaged and can't be set aside ({error}): move it away and start again",
                path.display()
            ),
        )
    })?;
    for suffix in ["-wal", "-shm"] {
        let log = with_suffix(path, suffix);
        if log.exists() {
            // The log of a damaged file is of use only to its repair; failing to move it must not stop the start.
            let _ = std::fs::rename(&log, with_suffix(&aside, suffix));
        }
    }
    Ok(aside)
}
