//! Databases of other programs, read-only: TraceLLM's `traces.db`, the checkpoints of LangGraph.
//!
//! Each row is handed to the format's reader as one JSON object, so that the mapping is the same as for its exports.

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value};

use super::checkpoints::{self, Checkpoints};
use crate::error::{Code, Error, Result};
use crate::model::Position;
use crate::wire::{self, Format, Frame, Shape};

/// How every SQLite file begins.
pub const MAGIC: &[u8] = b"SQLite format 3\0";

/// Rows are read this many at a time, so that a large database is neither held in memory nor kept locked.
const PAGE_ROWS: i64 = 256;

/// The rows of an opened trace database.
pub struct Rows {
    connection: Connection,
    format: &'static dyn Format,
    place: Place,
    row: u64,
}

/// Where reading is, by what is read.
enum Place {
    Traces { page: std::vec::IntoIter<(i64, Vec<u8>)>, last_rowid: i64, since: Option<Since> },
    Checkpoints(Checkpoints),
}

/// Up to which row a table of traces was read, and the latest of the times at which its rows say that they were changed.
#[derive(Clone, Debug)]
pub struct Since {
    rowid: i64,
    /// `None` where rows do not say it.
    updated_at: Option<rusqlite::types::Value>,
}

/// One row, as JSON.
pub struct RowFrame {
    json: Vec<u8>,
    row: u64,
    rowid: Option<i64>,
}

impl RowFrame {
    /// The row's id in its table, of a trace of TraceLLM.
    pub fn rowid(&self) -> Option<i64> {
        self.rowid
    }

    /// The row as a frame; its position's line is the number of the row.
    pub fn frame(&self) -> Frame<'_> {
        Frame {
            bytes: &self.json,
            at: Position { byte: 0, line: Some(self.row) },
            shape: Shape::Document,
            received_ns: None,
        }
    }
}

/// Opens the database at `path`. Never writes to it; reads what is in its write-ahead log too.
///
/// Errors: `UnknownFormat` if it has no table of traces (the message names its tables), `Io`, `Locked`.
pub fn open(path: &Path) -> Result<Rows> {
    let connection =
        Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)
            .map_err(|error| unreadable(&error))?;
    connection.busy_timeout(std::time::Duration::from_secs(2)).map_err(|error| unreadable(&error))?;
    let tables = tables(&connection).map_err(|error| unreadable(&error))?;
    let has = |wanted: &[&str], columns: &[String]| {
        wanted.iter().all(|name| columns.iter().any(|column| column == name))
    };
    if let Some((_, columns)) = tables.iter().find(|(name, _)| name == "traces")
        && has(&["trace_id", "prompt", "steps", "status"], columns)
    {
        let format = wire::format_by_id("tracellm")
            .ok_or_else(|| Error::internal("the reader of TraceLLM's traces is missing"))?;
        let place = Place::Traces { page: Vec::new().into_iter(), last_rowid: i64::MIN, since: None };
        return Ok(Rows { connection, format, place, row: 0 });
    }
    let columns_of = |table: &str| tables.iter().find(|(name, _)| name == table).map(|(_, columns)| columns);
    if let (Some(columns), Some(writes)) = (columns_of("checkpoints"), columns_of("writes"))
        && has(checkpoints::CHECKPOINT_COLUMNS, columns)
        && has(checkpoints::WRITE_COLUMNS, writes)
    {
        let format = wire::format_by_id("langgraph").ok_or_else(|| {
            Error::new(
                Code::UnknownFormat,
                "this is a database of LangGraph's checkpoints, which are not read here",
            )
        })?;
        let found = Checkpoints::find(&connection).map_err(|error| unreadable(&error))?;
        return Ok(Rows { connection, format, place: Place::Checkpoints(found), row: 0 });
    }
    if tables.iter().any(|(name, _)| name == "payload_block") {
        return Err(Error::new(
            Code::UnknownFormat,
            "this is a store of TraceLLM Explorer itself: open it with --db instead of importing it",
        ));
    }
    let names = tables.iter().take(8).map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    Err(Error::new(
        Code::UnknownFormat,
        format!(
            "this is a SQLite database with the tables {names}, which holds no traces that are read here. Accepted: \
             TraceLLM's traces.db, LangGraph's checkpoints"
        ),
    ))
}

/// As [`open`], for rows of TraceLLM's traces that are new or say that they were changed since.
pub fn open_since(path: &Path, since: Since) -> Result<Rows> {
    let mut rows = open(path)?;
    if let Place::Traces { since: from, .. } = &mut rows.place {
        *from = Some(since);
    }
    Ok(rows)
}

/// Where a table of TraceLLM's traces ends now.
pub fn newest(path: &Path) -> Result<Since> {
    let rows = open(path)?;
    let Place::Traces { .. } = rows.place else {
        return Err(Error::invalid("this is no database of TraceLLM: import it instead"));
    };
    let newest = |column: &str| {
        let sql = format!("SELECT max({column}) FROM traces");
        rows.connection.query_row(&sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
    };
    let rowid = match newest("rowid").map_err(|error| unreadable(&error))? {
        rusqlite::types::Value::Integer(rowid) => rowid,
        _ => i64::MIN,
    };
    let says_when = rows.connection.prepare("SELECT updated_at FROM traces").is_ok();
    let updated_at =
        says_when.then(|| newest("updated_at")).transpose().map_err(|error| unreadable(&error))?;
    Ok(Since { rowid, updated_at: updated_at.filter(|value| *value != rusqlite::types::Value::Null) })
}

impl Rows {
    /// The format its rows are in.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// The next row.
    pub fn next_row(&mut self) -> Result<Option<RowFrame>> {
        let next = match &mut self.place {
            Place::Checkpoints(checkpoints) => {
                checkpoints.next(&self.connection).map(|json| json.map(|json| (None, json)))
            }
            Place::Traces { page, last_rowid, since } => {
                next_trace(&self.connection, page, last_rowid, since.as_ref())
            }
        };
        let Some((rowid, json)) = next.map_err(|error| unreadable(&error))? else { return Ok(None) };
        self.row += 1;
        Ok(Some(RowFrame { json, row: self.row, rowid }))
    }
}

fn next_trace(
    connection: &Connection,
    page: &mut std::vec::IntoIter<(i64, Vec<u8>)>,
    last_rowid: &mut i64,
    since: Option<&Since>,
) -> rusqlite::Result<Option<(Option<i64>, Vec<u8>)>> {
    if page.len() == 0 {
        *page = read_page(connection, *last_rowid, since)?.into_iter();
    }
    Ok(page.next().map(|(rowid, json)| {
        *last_rowid = rowid;
        (Some(rowid), json)
    }))
}

fn read_page(
    connection: &Connection,
    last_rowid: i64,
    since: Option<&Since>,
) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
    let updated_at = since.and_then(|since| since.updated_at.as_ref());
    let changed = if updated_at.is_some() { "OR updated_at >= ?4" } else { "OR ?4 NOT NULL" };
    let mut statement = connection.prepare_cached(&format!(
        "SELECT rowid AS _rowid, * FROM traces WHERE rowid > ?1 AND (rowid > ?3 {changed}) ORDER BY rowid LIMIT ?2"
    ))?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let from = since.map_or(i64::MIN, |since| since.rowid);
    let mut rows = statement.query((last_rowid, PAGE_ROWS, from, updated_at))?;
    let mut page = Vec::new();
    while let Some(row) = rows.next()? {
        let mut object = Map::new();
        for (index, column) in columns.iter().enumerate().skip(1) {
            object.insert(column.clone(), json_value(row.get_ref(index)?));
        }
        page.push((row.get(0)?, Value::Object(object).to_string().into_bytes()));
    }
    Ok(page)
}

fn json_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}

/// Tables with their columns.
fn tables(connection: &Connection) -> rusqlite::Result<Vec<(String, Vec<String>)>> {
    let mut statement =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let names: Vec<String> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    let mut columns_of = connection.prepare("SELECT name FROM pragma_table_info(?1)")?;
    names
        .into_iter()
        .map(|name| {
            let columns =
                columns_of.query_map([&name], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
            Ok((name, columns))
        })
        .collect()
}

fn unreadable(error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let (code, hint) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Code::Locked, "another program is writing to it: try again in a moment")
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            (Code::Io, "the database is damaged: SQLite's `.recover` may save what is in it")
        }
        _ => (Code::Io, "check that the file and its folder may be read"),
    };
    Error::new(code, format!("the database can't be read ({error}); {hint}"))
}
