//! Databases of other programs, read-only: TraceLLM's `traces.db`, the checkpoints of LangGraph.
//!
//! Each row is handed to the format's reader as one JSON object, so that the mapping is the same as for its exports.

use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Map, Value};

use super::checkpoints::{self, Checkpoints};
use super::guarded::{self, Guarded, Table, Weight};
use crate::error::{Code, Error, Result};
use crate::model::{Position, Problem};
use crate::wire::{self, Format, Frame, Shape};

/// How every SQLite file begins.
pub const MAGIC: &[u8] = b"SQLite format 3\0";

/// Rows are read this many at a time, or as many as make so many bytes, so that a large database is neither held in memory
/// nor kept locked.
const PAGE_ROWS: i64 = 256;
const PAGE_BYTES: usize = 4 << 20;

/// The rows of an opened trace database.
pub struct Rows {
    guarded: Guarded,
    format: &'static dyn Format,
    place: Place,
    row: u64,
    problems: Vec<Problem>,
}

/// Where reading is, by what is read.
enum Place {
    Traces(Traces),
    Checkpoints(Checkpoints),
}

/// Where reading is in a table of traces.
struct Traces {
    /// The columns to read, the row's id first.
    columns: String,
    rowid: &'static str,
    says_when: bool,
    page: std::vec::IntoIter<(i64, Vec<u8>)>,
    last_rowid: i64,
    since: Option<Since>,
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
    let guarded = Guarded::open(path).map_err(|error| unreadable(&error))?;
    let tables = guarded.tables().map_err(|error| unreadable(&error))?;
    let table = |name: &str| tables.iter().find(|table| table.name == name);
    if let Some(traces) =
        table("traces").filter(|table| table.has(&["trace_id", "prompt", "steps", "status"]))
    {
        let format = wire::format_by_id("tracellm")
            .ok_or_else(|| Error::internal("the reader of TraceLLM's traces is missing"))?;
        let place = Place::Traces(Traces::of(traces)?);
        return Ok(Rows { guarded, format, place, row: 0, problems: Vec::new() });
    }
    if let (Some(own), Some(writes)) = (table("checkpoints"), table("writes"))
        && own.has(checkpoints::CHECKPOINT_COLUMNS)
        && writes.has(checkpoints::WRITE_COLUMNS)
    {
        let format = wire::format_by_id("langgraph").ok_or_else(|| {
            Error::new(
                Code::UnknownFormat,
                "this is a database of LangGraph's checkpoints, which are not read here",
            )
        })?;
        let found =
            Checkpoints::find(&guarded.connection, rowid_of(own)?).map_err(|error| unreadable(&error))?;
        return Ok(Rows { guarded, format, place: Place::Checkpoints(found), row: 0, problems: Vec::new() });
    }
    if table("payload_block").is_some() {
        return Err(Error::new(
            Code::UnknownFormat,
            "this is a store of TraceLLM Explorer itself: drop it alone and you are asked what to do with it; tracex imports it where it is named itself, and reads it with --db",
        ));
    }
    let names = tables.iter().take(8).map(|table| table.name.as_str()).collect::<Vec<_>>().join(", ");
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
    if let Place::Traces(traces) = &mut rows.place {
        traces.since = Some(since);
    }
    Ok(rows)
}

/// Where a table of TraceLLM's traces ends now.
pub fn newest(path: &Path) -> Result<Since> {
    let rows = open(path)?;
    let Place::Traces(traces) = &rows.place else {
        return Err(Error::invalid("this is no database of TraceLLM: import it instead"));
    };
    let newest = |column: &str| {
        rows.guarded.wind_up();
        let sql = format!("SELECT max({column}) FROM traces");
        rows.guarded.connection.query_row(&sql, [], |row| row.get::<_, rusqlite::types::Value>(0))
    };
    let rowid = match newest(traces.rowid).map_err(|error| unreadable(&error))? {
        rusqlite::types::Value::Integer(rowid) => rowid,
        _ => i64::MIN,
    };
    let updated_at =
        traces.says_when.then(|| newest("updated_at")).transpose().map_err(|error| unreadable(&error))?;
    Ok(Since { rowid, updated_at: updated_at.filter(|value| *value != rusqlite::types::Value::Null) })
}

impl Rows {
    /// The format its rows are in.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// Has SQLite give up the search for the next row after `patience`.
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.guarded.set_patience(patience);
        self
    }

    /// The next row. One that is too large is left out, as a problem.
    pub fn next_row(&mut self) -> Result<Option<RowFrame>> {
        loop {
            self.guarded.wind_up();
            let connection = &self.guarded.connection;
            let next = match &mut self.place {
                Place::Checkpoints(checkpoints) => {
                    checkpoints.next(connection).map(|json| json.map(|json| (None, json)))
                }
                Place::Traces(traces) => {
                    traces.next(connection).map(|row| row.map(|(rowid, json)| (Some(rowid), json)))
                }
            };
            let next = match next {
                Err(error) if guarded::is_too_large(&error) => {
                    self.row += 1;
                    let at = Position { byte: 0, line: Some(self.row) };
                    self.problems.push(Problem::new(at, guarded::too_large()));
                    if let Place::Traces(traces) = &mut self.place {
                        traces.skip(connection).map_err(|error| unreadable(&error))?;
                    }
                    continue;
                }
                next => next.map_err(|error| unreadable(&error))?,
            };
            let Some((rowid, json)) = next else { return Ok(None) };
            self.row += 1;
            return Ok(Some(RowFrame { json, row: self.row, rowid }));
        }
    }

    /// What was left out since it was last asked for.
    pub fn take_problems(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.problems)
    }
}

fn rowid_of(table: &Table) -> Result<&'static str> {
    table.rowid.ok_or_else(|| {
        let message = format!("the rows of its table {} have no ids by which they could be read", table.name);
        Error::new(Code::UnknownFormat, message)
    })
}

impl Traces {
    fn of(table: &Table) -> Result<Self> {
        let rowid = rowid_of(table)?;
        let columns = table.columns.iter().map(|name| guarded::quoted(name)).collect::<Vec<_>>().join(", ");
        Ok(Self {
            columns: format!("{rowid}, {columns}"),
            rowid,
            says_when: table.has(&["updated_at"]),
            page: Vec::new().into_iter(),
            last_rowid: i64::MIN,
            since: None,
        })
    }

    /// The statement that reads `columns` of the next rows: those after ?1 that are new (?3) or changed (?4), ?2 of them.
    fn select(&self, columns: &str) -> String {
        let rowid = self.rowid;
        let has_time = self.since.as_ref().is_some_and(|since| since.updated_at.is_some());
        let changed = if has_time && self.says_when { "OR updated_at >= ?4" } else { "OR ?4 NOT NULL" };
        format!(
            "SELECT {columns} FROM traces WHERE {rowid} > ?1 AND ({rowid} > ?3 {changed}) ORDER BY {rowid} LIMIT ?2"
        )
    }

    fn next(&mut self, connection: &Connection) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
        if self.page.len() == 0 {
            let select = self.select(&self.columns);
            self.page = read_page(connection, &select, self.last_rowid, self.since.as_ref())?.into_iter();
        }
        Ok(self.page.next().inspect(|(rowid, _)| self.last_rowid = *rowid))
    }

    /// Passes the next row over.
    fn skip(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let (from, updated_at) = bounds(self.since.as_ref());
        let parameters = (self.last_rowid, 1, from, updated_at);
        self.last_rowid = connection.query_row(&self.select(self.rowid), parameters, |row| row.get(0))?;
        Ok(())
    }
}

/// Some rows, as JSON with their ids: at least one, if there are any.
fn read_page(
    connection: &Connection,
    select: &str,
    last_rowid: i64,
    since: Option<&Since>,
) -> rusqlite::Result<Vec<(i64, Vec<u8>)>> {
    let (from, updated_at) = bounds(since);
    let mut statement = connection.prepare_cached(select)?;
    let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = statement.query((last_rowid, PAGE_ROWS, from, updated_at))?;
    let mut page = Vec::new();
    let mut page_bytes = 0;
    while page_bytes < PAGE_BYTES {
        let row = match read_row(&mut rows, &columns) {
            // It is met again at the start of a page.
            Err(error) if guarded::is_too_large(&error) && !page.is_empty() => break,
            row => row?,
        };
        let Some((rowid, json)) = row else { break };
        page_bytes += json.len();
        page.push((rowid, json));
    }
    Ok(page)
}

/// The next row: its id is in the first of `columns`.
fn read_row(rows: &mut rusqlite::Rows<'_>, columns: &[String]) -> rusqlite::Result<Option<(i64, Vec<u8>)>> {
    let Some(row) = rows.next()? else { return Ok(None) };
    let mut object = Map::new();
    let mut weight = Weight::default();
    for (index, column) in columns.iter().enumerate().skip(1) {
        let value = row.get_ref(index)?;
        if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = value {
            weight.add(bytes.len())?;
        }
        object.insert(column.clone(), json_value(value));
    }
    Ok(Some((row.get(0)?, Value::Object(object).to_string().into_bytes())))
}

/// The row at which a page begins, and since when rows count.
fn bounds(since: Option<&Since>) -> (i64, Option<&rusqlite::types::Value>) {
    (since.map_or(i64::MIN, |since| since.rowid), since.and_then(|since| since.updated_at.as_ref()))
}

fn json_value(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}

fn unreadable(error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let (code, hint) = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            (Code::Locked, "another program is writing to it: try again in a moment")
        }
        Some(ErrorCode::OperationInterrupted) => {
            return Error::new(Code::Io, format!("the database can't be read: {}", guarded::too_slow()));
        }
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            (Code::Io, "the database is damaged: SQLite's `.recover` may save what is in it")
        }
        _ => (Code::Io, "check that the file and its folder may be read"),
    };
    Error::new(code, format!("the database can't be read ({error}); {hint}"))
}
