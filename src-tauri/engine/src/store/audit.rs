//! A store read to the ground: every row of every table, every block of payloads unpacked. What SQLite's own check can't see -
//! a letter that is another within a row, a payload that is none any more - is seen here.
//!
//! A backup is sealed with a digest of all that it holds, so that afterwards any change is seen; a store that grows has no such
//! seal and is checked by what its parts say of each other.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::time::Instant;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row};
use xxhash_rust::xxh3::Xxh3;

use super::compression::Block;
use super::copy::{BEAT, GoOn, damaged, open_to_read};
use super::{footprint, transaction};
use crate::error::{Code, Error, Result};
use crate::model::{CopyProgress, CopyStage, SpanKind, SpanStatus, StoreDamage};

/// The setting that a backup's digest stands under; only what is no backup any more, or none yet, has none.
const SEAL: &str = "seal";
/// Names of damaged traces that are given.
const MOST_NAMES: usize = 10;

/// Reads all of the backup or store at `path`; gives what is damaged in it, if anything is.
///
/// Errors: `Corrupt` where SQLite can't read it, `Cancelled` where `go_on` said so.
pub fn audit(path: &Path, go_on: GoOn) -> Result<Option<StoreDamage>> {
    // Of one moment: another program may write to it.
    transaction::snapshot(&open_to_read(path)?, |connection| {
        let read = read(connection, go_on).map_err(|error| damaged(path, error))?;
        let is_as_sealed = sealed(connection)?.is_none_or(|seal| seal == read.digest);
        read.damage(connection, is_as_sealed)
    })
}

/// Reads all of the store at `path`, which nobody else has open, and seals it: from now on [`audit`] sees any change. Gives what
/// is damaged in it already. Errors: those of [`audit`], `Io`, `DiskFull`.
pub(super) fn seal(path: &Path, go_on: GoOn) -> Result<Option<StoreDamage>> {
    let connection = Connection::open(path)?;
    connection.execute("DELETE FROM setting WHERE key = ?1", [SEAL])?;
    let read = read(&connection, go_on).map_err(|error| damaged(path, error))?;
    // A value of this table is JSON.
    let seal = format!("\"{}\"", read.digest);
    connection.execute("INSERT INTO setting (key, value) VALUES (?1, ?2)", [SEAL, &seal])?;
    read.damage(&connection, true)
}

/// Takes the seal off a backup that was changed as a whole: brought up to date.
pub(super) fn unseal(connection: &Connection) -> Result<()> {
    // Nothing is written where there is none.
    if sealed(connection)?.is_some() {
        connection.execute("DELETE FROM setting WHERE key = ?1", [SEAL])?;
    }
    Ok(())
}

/// Has the first change that is made through `connection` to a backup take its seal off, in the same transaction: one that is only
/// looked into stays sealed.
pub(super) fn unseal_at_first_change(connection: &Connection) -> Result<()> {
    // Stores that are none have no triggers, and so pay nothing for them.
    if sealed(connection)?.is_none() {
        return Ok(());
    }
    let tables = connection
        .prepare(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<String>>>()?;
    for table in tables {
        for change in ["INSERT", "UPDATE", "DELETE"] {
            connection.execute_batch(&format!(
                "CREATE TEMP TRIGGER \"unseal_{table}_{change}\" AFTER {change} ON main.\"{table}\"
                 WHEN EXISTS (SELECT 1 FROM main.setting WHERE key = '{SEAL}')
                 BEGIN DELETE FROM setting WHERE key = '{SEAL}'; END"
            ))?;
        }
    }
    Ok(())
}

/// Whether it is a backup in which nothing was changed.
pub fn is_sealed(connection: &Connection) -> Result<bool> {
    sealed(connection).map(|seal| seal.is_some())
}

fn sealed(connection: &Connection) -> Result<Option<String>> {
    let seal: Option<String> = connection
        .query_row("SELECT value FROM setting WHERE key = ?1", [SEAL], |row| row.get(0))
        .optional()?;
    Ok(seal.map(|seal| seal.trim_matches('"').to_owned()))
}

/// What was found in reading a store.
struct Found {
    /// Of all rows.
    digest: String,
    /// Traces of which something is damaged.
    traces: BTreeSet<i64>,
    /// Something is, of no trace that can be told.
    is_elsewhere: bool,
}

impl Found {
    fn damage(self, connection: &Connection, is_as_sealed: bool) -> Result<Option<StoreDamage>> {
        if self.traces.is_empty() && !self.is_elsewhere && is_as_sealed {
            return Ok(None);
        }
        let mut name = connection.prepare("SELECT name FROM trace WHERE id = ?1")?;
        let names = self.traces.iter().take(MOST_NAMES).map(|id| {
            let name = name.query_row([id], |row| {
                Ok(row.get_ref(0)?.as_bytes().map(|name| String::from_utf8_lossy(name).into_owned()).ok())
            });
            name.ok().flatten().filter(|name| !name.is_empty()).unwrap_or_else(|| format!("trace {id}"))
        });
        Ok(Some(StoreDamage {
            names: names.collect(),
            traces: self.traces.len() as u64,
            is_elsewhere: self.is_elsewhere || (self.traces.is_empty() && !is_as_sealed),
        }))
    }
}

fn read(connection: &Connection, go_on: GoOn) -> Result<Found> {
    let total_bytes = footprint::file_space(connection)?.bytes;
    let mut reading = Reading {
        go_on,
        asked: Instant::now(),
        done_bytes: 0,
        total_bytes,
        digest: Xxh3::new(),
        blocks: HashMap::new(),
        open_payloads: HashSet::new(),
        spans: HashMap::new(),
        traces: BTreeSet::new(),
        is_elsewhere: false,
    };
    // Blocks first: spans are held against them. Traces last: they say how many spans they have.
    let rank = |name: &str| match name {
        "payload_block" | "open_payload" => 0,
        "trace" => 2,
        _ => 1,
    };
    let mut tables = connection
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(String, String)>>>()?;
    tables.sort_by_key(|(name, _)| rank(name));
    for (name, sql) in tables {
        reading.digest.update(sql.as_bytes());
        reading.table(connection, &name)?;
    }
    // A trace of which there are steps and no row.
    reading.is_elsewhere |= !reading.spans.is_empty();
    Ok(Found {
        digest: format!("{:032x}", reading.digest.digest128()),
        traces: reading.traces,
        is_elsewhere: reading.is_elsewhere,
    })
}

/// A store as far as it was read.
struct Reading<'a> {
    go_on: GoOn<'a>,
    asked: Instant,
    done_bytes: u64,
    total_bytes: u64,
    digest: Xxh3,
    /// The bytes of each block as it was unpacked; none of one that is damaged.
    blocks: HashMap<i64, Option<u64>>,
    open_payloads: HashSet<i64>,
    /// Spans by their trace.
    spans: HashMap<i64, u64>,
    traces: BTreeSet<i64>,
    is_elsewhere: bool,
}

/// Where in a row of a table stands what is looked at.
struct Columns {
    names: Vec<String>,
    trace: Option<usize>,
}

impl Columns {
    fn number(&self, row: &Row<'_>, name: &str) -> Option<i64> {
        let at = self.names.iter().position(|each| each == name)?;
        row.get_ref(at).ok()?.as_i64_or_null().ok()?
    }
}

impl Reading<'_> {
    fn table(&mut self, connection: &Connection, table: &str) -> Result<()> {
        // As the rows lie, not as an index has them.
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" NOT INDEXED"))?;
        let names: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
        let trace = names.iter().position(|name| name == if table == "trace" { "id" } else { "trace_id" });
        let columns = Columns { names, trace };
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            if table == "setting" && row.get_ref(0)?.as_str() == Ok(SEAL) {
                continue;
            }
            self.beat()?;
            let is_sound = self.digest_of(row, columns.names.len())?
                & match table {
                    "payload_block" => self.block(row, &columns),
                    "open_payload" => self.open_payload(row, &columns),
                    "span" => self.span(row, &columns),
                    "trace" => self.trace(row, &columns),
                    _ => true,
                };
            // Damaged blocks are known by their spans.
            if !is_sound && table != "payload_block" && table != "open_payload" {
                match columns.trace.and_then(|at| row.get_ref(at).ok()?.as_i64().ok()) {
                    Some(trace) => drop(self.traces.insert(trace)),
                    None => self.is_elsewhere = true,
                }
            }
        }
        Ok(())
    }

    /// Asks whether to go on, now and then.
    fn beat(&mut self) -> Result<()> {
        if self.asked.elapsed() < BEAT {
            return Ok(());
        }
        self.asked = Instant::now();
        let far = CopyProgress {
            stage: CopyStage::Checking,
            done_bytes: self.done_bytes.min(self.total_bytes),
            total_bytes: self.total_bytes,
        };
        if (self.go_on)(far) { Ok(()) } else { Err(Error::new(Code::Cancelled, "stopped")) }
    }

    /// Adds a row to the digest; says whether its texts are texts.
    fn digest_of(&mut self, row: &Row<'_>, columns: usize) -> Result<bool> {
        let mut is_sound = true;
        for column in 0..columns {
            let (tag, bytes): (u8, &[u8]) = match row.get_ref(column)? {
                ValueRef::Null => (0, &[]),
                ValueRef::Integer(number) => (1, &number.to_le_bytes()),
                ValueRef::Real(number) => (2, &number.to_le_bytes()),
                ValueRef::Text(text) => {
                    is_sound &= std::str::from_utf8(text).is_ok();
                    (3, text)
                }
                ValueRef::Blob(bytes) => (4, bytes),
            };
            self.digest.update(&[tag]);
            self.digest.update(&(bytes.len() as u64).to_le_bytes());
            self.digest.update(bytes);
            self.done_bytes += bytes.len() as u64;
        }
        Ok(is_sound)
    }

    fn block(&mut self, row: &Row<'_>, columns: &Columns) -> bool {
        let (Some(id), Some(raw_bytes)) = (columns.number(row, "id"), columns.number(row, "raw_bytes"))
        else {
            self.is_elsewhere = true;
            return false;
        };
        let data = row.get_ref("data").ok().and_then(|data| data.as_blob().ok());
        let raw = data.zip(usize::try_from(raw_bytes).ok()).and_then(|(data, raw_bytes)| {
            let raw = Block::unpack(data, raw_bytes).ok()?;
            (raw.len() == raw_bytes && (Block::has_checksum(data) || is_json_throughout(&raw))).then_some(raw)
        });
        let is_sound = raw.is_some();
        self.blocks.insert(id, raw.map(|raw| raw.len() as u64));
        is_sound
    }

    fn open_payload(&mut self, row: &Row<'_>, columns: &Columns) -> bool {
        let data = row.get_ref("data").ok().and_then(|data| data.as_blob().ok());
        let is_sound = data.is_some_and(is_json_throughout);
        if let Some(id) = columns.number(row, "id").filter(|_| is_sound) {
            self.open_payloads.insert(id);
        }
        is_sound
    }

    fn span(&mut self, row: &Row<'_>, columns: &Columns) -> bool {
        let number = |name: &str| columns.number(row, name);
        if let Some(trace) = number("trace_id") {
            *self.spans.entry(trace).or_default() += 1;
        }
        number("kind").and_then(SpanKind::from_code).is_some()
            && number("status").and_then(SpanStatus::from_code).is_some()
            && self.is_there(row, columns)
    }

    fn trace(&mut self, row: &Row<'_>, columns: &Columns) -> bool {
        let number = |name: &str| columns.number(row, name);
        let spans = number("id").and_then(|id| self.spans.remove(&id)).unwrap_or(0);
        // One that grows or goes is counted when it rests.
        let rests = number("stale") == Some(0) && number("deleted_ns").is_none();
        let is_counted = !rests || number("span_count") == i64::try_from(spans).ok();
        is_counted && (number("payload_block").is_none() || self.is_there(row, columns))
    }

    /// Whether the payload that a row names is there and whole.
    fn is_there(&self, row: &Row<'_>, columns: &Columns) -> bool {
        let number = |name: &str| columns.number(row, name);
        let place = (number("payload_block"), number("payload_offset"), number("payload_bytes"));
        let (Some(block), Some(offset), Some(bytes)) = place else { return false };
        if block < 0 {
            return self.open_payloads.contains(&block.saturating_neg());
        }
        let end =
            u64::try_from(offset).ok().zip(u64::try_from(bytes).ok()).map(|(offset, bytes)| offset + bytes);
        let held = self.blocks.get(&block).copied().flatten();
        held.zip(end).is_some_and(|(held, end)| end <= held)
    }
}

/// Whether bytes are nothing but values of JSON, one after another, as payloads lie in a block.
fn is_json_throughout(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok()
        && serde_json::Deserializer::from_slice(bytes)
            .into_iter::<serde::de::IgnoredAny>()
            .all(|value| value.is_ok())
}
