//! The tables in which LangGraph's checkpointers for SQLite keep threads: `checkpoints`, and `writes` of their nodes.

use rusqlite::Connection;
use rusqlite::types::ValueRef;
use serde_json::{Value, json};

use super::guarded::Weight;
use super::msgpack;

/// The columns of `checkpoints`.
pub(super) const CHECKPOINT_COLUMNS: &[&str] = &[
    "thread_id",
    "checkpoint_ns",
    "checkpoint_id",
    "parent_checkpoint_id",
    "type",
    "checkpoint",
    "metadata",
];

/// The columns of `writes`.
pub(super) const WRITE_COLUMNS: &[&str] =
    &["thread_id", "checkpoint_ns", "checkpoint_id", "task_id", "idx", "channel", "type", "value"];

/// Checkpoints still to be read, by their rows: one is read at a time, for each holds a whole state.
pub(super) struct Checkpoints {
    rowids: std::vec::IntoIter<i64>,
    /// How row ids are named.
    rowid: &'static str,
}

impl Checkpoints {
    /// Those there are now, by thread, name space and id.
    pub(super) fn find(connection: &Connection, rowid: &'static str) -> rusqlite::Result<Self> {
        let mut statement = connection.prepare(&format!(
            "SELECT {rowid} FROM checkpoints ORDER BY thread_id, checkpoint_ns, checkpoint_id"
        ))?;
        let rowids: Vec<i64> = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
        Ok(Self { rowids: rowids.into_iter(), rowid })
    }

    /// The next checkpoint with the writes that follow from it, as JSON.
    pub(super) fn next(&mut self, connection: &Connection) -> rusqlite::Result<Option<Vec<u8>>> {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT thread_id, checkpoint_ns, checkpoint_id, parent_checkpoint_id, type, checkpoint, metadata
             FROM checkpoints WHERE {} = ?1",
            self.rowid
        ))?;
        for rowid in self.rowids.by_ref() {
            let mut rows = statement.query([rowid])?;
            // One that is gone by now is passed over.
            let Some(row) = rows.next()? else { continue };
            let frame = json!({
                "checkpoint": typed(row.get_ref(4)?, row.get_ref(5)?),
                "metadata": metadata(row.get_ref(6)?),
                "thread_id": scalar(row.get_ref(0)?),
                "checkpoint_ns": scalar(row.get_ref(1)?),
                "checkpoint_id": scalar(row.get_ref(2)?),
                "parent_checkpoint_id": scalar(row.get_ref(3)?),
                "writes": writes(connection, self.rowid, rowid)?,
            });
            return Ok(Some(frame.to_string().into_bytes()));
        }
        Ok(None)
    }
}

fn writes(connection: &Connection, rowid: &str, checkpoint_rowid: i64) -> rusqlite::Result<Vec<Value>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT writes.task_id, writes.idx, writes.channel, writes.type, writes.value
         FROM checkpoints JOIN writes USING (thread_id, checkpoint_ns, checkpoint_id)
         WHERE checkpoints.{rowid} = ?1 ORDER BY writes.task_id, writes.idx",
    ))?;
    let mut rows = statement.query([checkpoint_rowid])?;
    let mut writes = Vec::new();
    let mut weight = Weight::default();
    while let Some(row) = rows.next()? {
        if let ValueRef::Text(bytes) | ValueRef::Blob(bytes) = row.get_ref(4)? {
            weight.add(bytes.len())?;
        }
        writes.push(json!({
            "task_id": scalar(row.get_ref(0)?),
            "idx": scalar(row.get_ref(1)?),
            "channel": scalar(row.get_ref(2)?),
            "value": typed(row.get_ref(3)?, row.get_ref(4)?),
        }));
    }
    Ok(writes)
}

fn scalar(value: ValueRef<'_>) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) | ValueRef::Blob(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}

/// A value and the name of how it was written. Pickles are programs: they are not read.
fn typed(kind: ValueRef<'_>, value: ValueRef<'_>) -> Value {
    let (ValueRef::Text(data) | ValueRef::Blob(data)) = value else { return scalar(value) };
    let kind = scalar(kind);
    match kind.as_str() {
        Some("msgpack") => msgpack::json(data).unwrap_or_else(|error| unreadable(&error)),
        // The checkpointers' first versions named no type.
        Some("json") | None => {
            serde_json::from_slice(data).unwrap_or_else(|error| unreadable(&error.to_string()))
        }
        Some("null") => Value::Null,
        Some("pickle") => "pickled, not read".into(),
        Some(_) => msgpack::bytes(data),
    }
}

/// Always JSON, but MessagePack in a range of versions.
fn metadata(value: ValueRef<'_>) -> Value {
    let (ValueRef::Text(data) | ValueRef::Blob(data)) = value else { return Value::Null };
    serde_json::from_slice(data)
        .ok()
        .or_else(|| msgpack::json(data).ok().filter(Value::is_object))
        .unwrap_or_else(|| unreadable("neither JSON nor MessagePack"))
}

fn unreadable(error: &str) -> Value {
    format!("damaged, not read: {error}").into()
}
