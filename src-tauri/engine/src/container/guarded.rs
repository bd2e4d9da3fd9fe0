//! A connection to a database of another program, which may have been made to do harm: only its plain tables are read, by
//! their stored columns and row ids, so that no expression, view, trigger or virtual table of it is ever run, and no value of
//! it takes all memory or all time.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, ErrorCode, OpenFlags, ffi};

/// The largest row that is read: as of what is packed, since a small database can say that a value is of any size.
const LARGEST_ROW_BYTES: usize = 128 << 20;
/// How long SQLite may take to find the next row.
const ROW_PATIENCE: Duration = Duration::from_secs(30);
/// How long a lock of the other program is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);
/// The time is looked at after so many steps of SQLite's machine.
const STEPS_BETWEEN_LOOKS: i32 = 1_000;
/// How a row's id can be named, unless a column is called so.
const ROWID_NAMES: [&str; 3] = ["rowid", "_rowid_", "oid"];

/// An opened database.
pub(super) struct Guarded {
    /// The connection; reads alone.
    pub(super) connection: Connection,
    /// When SQLite is to give up.
    deadline: Arc<Mutex<Instant>>,
    patience: Duration,
}

/// A plain table.
pub(super) struct Table {
    /// Its name.
    pub(super) name: String,
    /// The columns that are stored as they were written; none that is worked out.
    pub(super) columns: Vec<String>,
    /// How its row ids are named; `None` if it has none, or columns take all their names.
    pub(super) rowid: Option<&'static str>,
}

impl Table {
    /// Whether it has all of these columns.
    pub(super) fn has(&self, wanted: &[&str]) -> bool {
        wanted.iter().all(|name| self.columns.iter().any(|column| column == name))
    }
}

impl Guarded {
    /// Opens the database at `path` for reading.
    ///
    /// # Errors
    /// What SQLite says.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(LOCK_PATIENCE)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
        connection.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST_ROW_BYTES as i32)?;
        connection.pragma_update(None, "cell_size_check", true)?;
        let deadline = Arc::new(Mutex::new(Instant::now() + ROW_PATIENCE));
        let looked_at = Arc::clone(&deadline);
        let is_over = move || Instant::now() >= *looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(is_over))?;
        Ok(Self { connection, deadline, patience: ROW_PATIENCE })
    }

    /// Has SQLite give up sooner or later than usual.
    pub(super) fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Lets SQLite have its whole time again, for the next row.
    pub(super) fn wind_up(&self) {
        *self.deadline.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now() + self.patience;
    }

    /// The plain tables, by name.
    pub(super) fn tables(&self) -> rusqlite::Result<Vec<Table>> {
        let mut list = self.connection.prepare(
            "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table'
             AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        )?;
        let names: Vec<(String, bool)> =
            list.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
        let mut columns_of = self.connection.prepare("SELECT name, hidden FROM pragma_table_xinfo(?1)")?;
        names
            .into_iter()
            .map(|(name, has_no_rowids)| {
                let all: Vec<(String, i64)> = columns_of
                    .query_map([&name], |row| Ok((row.get(0)?, row.get(1)?)))?
                    .collect::<rusqlite::Result<_>>()?;
                let is_free = |name: &&str| !all.iter().any(|(column, _)| column.eq_ignore_ascii_case(name));
                let rowid = ROWID_NAMES.into_iter().find(is_free).filter(|_| !has_no_rowids);
                let columns = all.into_iter().filter(|(_, hidden)| *hidden == 0).map(|(name, _)| name);
                Ok(Table { name, columns: columns.collect(), rowid })
            })
            .collect()
    }
}

/// Adds up what of a row is held.
#[derive(Default)]
pub(super) struct Weight(usize);

impl Weight {
    /// Adds `bytes`.
    ///
    /// # Errors
    /// As SQLite's own for a value that is too large.
    pub(super) fn add(&mut self, bytes: usize) -> rusqlite::Result<()> {
        self.0 = self.0.saturating_add(bytes);
        match self.0 > LARGEST_ROW_BYTES {
            true => Err(rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_TOOBIG), None)),
            false => Ok(()),
        }
    }
}

/// Whether a row could not be read because it is too large.
pub(super) fn is_too_large(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::TooBig)
}

/// `name` in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What is said of a row that was left out.
pub(super) fn too_large() -> String {
    format!("A row of more than {} MB was left out.", LARGEST_ROW_BYTES >> 20)
}

/// What is said where SQLite was stopped.
pub(super) fn too_slow() -> String {
    format!("it takes more than {} s to find the next row; reading was stopped", ROW_PATIENCE.as_secs())
}
