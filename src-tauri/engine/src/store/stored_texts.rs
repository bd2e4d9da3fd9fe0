//! What is stored, looked through and replaced where something in it is to be masked: rows, and blocks of payloads as a whole.
//!
//! Callers say what becomes of a text; this file knows where texts lie.

use rusqlite::{Connection, params};

use super::Block;
use super::payload::PayloadPlace;
use crate::error::Result;
use crate::model::SpanFlags;

/// What a stored text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Prose, a name, a path.
    Text,
    /// The id of a span or a trace: it has to be told from others afterwards.
    Id,
    /// JSON.
    Json,
}

/// Gives what is to stand instead of a text, or `None` to leave it.
pub type Replace<'a> = dyn FnMut(TextKind, &str) -> Option<String> + 'a;

/// What a row says of a trace: table, the column that names the trace, the text's column.
const TRACE_TEXTS: &[(&str, &str, &str, TextKind)] = &[
    ("trace", "id", "reported", TextKind::Json),
    ("trace", "id", "name", TextKind::Text),
    ("trace", "id", "preview", TextKind::Text),
    ("trace", "id", "failure_reason", TextKind::Text),
    ("trace", "id", "model", TextKind::Text),
    ("trace", "id", "project", TextKind::Text),
    ("trace", "id", "environment", TextKind::Text),
    ("trace", "id", "conversation", TextKind::Text),
    ("trace", "id", "tags", TextKind::Json),
    ("trace", "id", "note", TextKind::Text),
    ("step_mark", "trace_id", "note", TextKind::Text),
    ("step_mark", "trace_id", "span_id", TextKind::Id),
    ("attempt_correction", "trace_id", "span_id", TextKind::Id),
    ("attempt_correction", "trace_id", "apart_from", TextKind::Id),
    ("attempt_correction", "trace_id", "operation", TextKind::Id),
    ("pairing", "first_trace_id", "first_span_id", TextKind::Id),
    ("pairing", "second_trace_id", "second_span_id", TextKind::Id),
];

/// What rows say that belong to no trace.
const OTHER_TEXTS: &[(&str, &str, TextKind)] = &[
    ("label", "value", TextKind::Text),
    ("label", "shown_as", TextKind::Text),
    // Sources of one place and format are one row: an id keeps those apart that masks would make one.
    ("source", "location", TextKind::Id),
];

/// How much there is to look through.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// Blocks of payloads.
    pub blocks: u64,
    /// Traces, deleted ones too.
    pub traces: u64,
}

/// How much there is to look through.
pub fn extent(connection: &Connection) -> Result<Extent> {
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
    Ok(Extent {
        blocks: count("SELECT count(*) FROM payload_block")?.unsigned_abs(),
        traces: count("SELECT count(*) FROM trace")?.unsigned_abs(),
    })
}

/// The next blocks by id.
pub fn blocks_after(connection: &Connection, id: i64, most: usize) -> Result<Vec<i64>> {
    ids(connection, "SELECT id FROM payload_block WHERE id > ?1 ORDER BY id LIMIT ?2", id, most)
}

/// The next traces by id, deleted ones too.
pub fn traces_after(connection: &Connection, id: i64, most: usize) -> Result<Vec<i64>> {
    ids(connection, "SELECT id FROM trace WHERE id > ?1 ORDER BY id LIMIT ?2", id, most)
}

fn ids(connection: &Connection, sql: &str, after: i64, most: usize) -> Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_map((after, most as i64), |row| row.get(0))?.collect::<rusqlite::Result<_>>()?)
}

/// A payload, and whose it is.
#[derive(Clone, Debug)]
pub struct PayloadOwner {
    /// The trace.
    pub trace_id: i64,
    /// The span; `None` for the run itself.
    pub span_id: Option<String>,
    /// Where it lies.
    pub place: PayloadPlace,
}

/// Whose payloads lie in a block, by their place.
pub fn owners(connection: &Connection, block: i64) -> Result<Vec<PayloadOwner>> {
    let mut statement = connection.prepare_cached(
        "SELECT span.trace_id, span.span_id, span.payload_offset, span.payload_bytes
           FROM payload_use JOIN span ON span.trace_id = payload_use.trace_id
           WHERE payload_use.block = ?1 AND span.payload_block = ?1
         UNION ALL
         SELECT trace.id, NULL, trace.payload_offset, trace.payload_bytes
           FROM payload_use JOIN trace ON trace.id = payload_use.trace_id
           WHERE payload_use.block = ?1 AND trace.payload_block = ?1
         ORDER BY 3",
    )?;
    let owners = statement
        .query_map([block], |row| {
            Ok(PayloadOwner {
                trace_id: row.get(0)?,
                span_id: row.get(1)?,
                place: PayloadPlace { block, offset: row.get(2)?, bytes: row.get(3)? },
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(owners)
}

/// Puts another block in the place of one. Whose payloads lie in it has to be told where they are now ([`set_place`]).
pub fn replace_block(connection: &Connection, id: i64, block: &Block) -> Result<()> {
    connection
        .prepare_cached("UPDATE payload_block SET raw_bytes = ?2, data = ?3 WHERE id = ?1")?
        .execute((id, block.raw_bytes as i64, &block.data))?;
    Ok(())
}

/// Notes where a payload lies now, and whether something in it was masked.
pub fn set_place(
    connection: &Connection,
    owner: &PayloadOwner,
    place: PayloadPlace,
    is_masked: bool,
) -> Result<()> {
    match &owner.span_id {
        Some(span_id) => connection
            .prepare_cached(
                "UPDATE span SET payload_block = ?3, payload_offset = ?4, payload_bytes = ?5, flags = flags | ?6
                 WHERE trace_id = ?1 AND span_id = ?2",
            )?
            .execute(params![
                owner.trace_id,
                span_id,
                place.block,
                place.offset,
                place.bytes,
                if is_masked { SpanFlags::MASKED.0 } else { 0 },
            ])?,
        None => connection
            .prepare_cached(
                "UPDATE trace SET payload_block = ?2, payload_offset = ?3, payload_bytes = ?4 WHERE id = ?1",
            )?
            .execute(params![owner.trace_id, place.block, place.offset, place.bytes])?,
    };
    Ok(())
}

/// The payloads of the trace that lie by themselves, since their steps, or the run, have not ended.
pub fn open_payloads(connection: &Connection, trace_id: i64) -> Result<Vec<PayloadOwner>> {
    let mut statement = connection.prepare_cached(
        "SELECT span_id, payload_block, payload_bytes FROM span WHERE trace_id = ?1 AND payload_block < 0
         UNION ALL SELECT NULL, payload_block, payload_bytes FROM trace WHERE id = ?1 AND payload_block < 0",
    )?;
    let owners = statement
        .query_map([trace_id], |row| {
            let place = PayloadPlace { block: row.get(1)?, offset: 0, bytes: row.get(2)? };
            Ok(PayloadOwner { trace_id, span_id: row.get(0)?, place })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(owners)
}

/// Replaces what is said of a trace and of its spans, payloads left out. Says whether anything was.
pub fn replace_in_trace(connection: &Connection, trace_id: i64, replace: &mut Replace<'_>) -> Result<bool> {
    let mut is_changed = replace_in_spans(connection, trace_id, replace)?;
    for (table, trace_column, column, kind) in TRACE_TEXTS {
        for (text, new) in replaced(
            connection,
            &format!(
                "SELECT DISTINCT {column} FROM {table} WHERE {trace_column} = ?1 AND {column} IS NOT NULL"
            ),
            Some(trace_id),
            *kind,
            replace,
        )? {
            connection
                .prepare_cached(&format!(
                    "UPDATE OR REPLACE {table} SET {column} = ?3 WHERE {trace_column} = ?1 AND {column} = ?2"
                ))?
                .execute((trace_id, text, new))?;
            is_changed = true;
        }
    }
    let key: String = connection
        .prepare_cached("SELECT key FROM trace WHERE id = ?1")?
        .query_row([trace_id], |row| row.get(0))?;
    if let Some(new) = replace(TextKind::Id, &key) {
        let mut update = connection.prepare_cached("UPDATE OR IGNORE trace SET key = ?2 WHERE id = ?1")?;
        // The same run may have come in masked meanwhile.
        if update.execute((trace_id, &new))? == 0 {
            update.execute((trace_id, format!("{new}-{trace_id}")))?;
        }
        is_changed = true;
    }
    Ok(is_changed)
}

fn replace_in_spans(connection: &Connection, trace_id: i64, replace: &mut Replace<'_>) -> Result<bool> {
    type Texts = [Option<String>; 5];
    let mut changed: Vec<(String, Texts)> = Vec::new();
    let mut statement = connection
        .prepare_cached("SELECT span_id, parent_id, name, error, model FROM span WHERE trace_id = ?1")?;
    let mut rows = statement.query([trace_id])?;
    let kinds = [TextKind::Id, TextKind::Id, TextKind::Text, TextKind::Text, TextKind::Text];
    while let Some(row) = rows.next()? {
        let mut texts = Texts::default();
        for (index, (text, kind)) in texts.iter_mut().zip(kinds).enumerate() {
            let stored = row.get_ref(index)?.as_str_or_null().unwrap_or_default();
            *text = stored.and_then(|stored| replace(kind, stored));
        }
        if texts.iter().any(Option::is_some) {
            changed.push((row.get(0)?, texts));
        }
    }
    let mut update = connection.prepare_cached(
        "UPDATE span SET span_id = coalesce(?3, span_id), parent_id = coalesce(?4, parent_id), name = coalesce(?5, name),
           error = coalesce(?6, error), model = coalesce(?7, model), flags = flags | ?8
         WHERE trace_id = ?1 AND span_id = ?2",
    )?;
    for (span_id, [id, parent, name, error, model]) in &changed {
        update.execute(params![trace_id, span_id, id, parent, name, error, model, SpanFlags::MASKED.0])?;
    }
    Ok(!changed.is_empty())
}

/// Replaces what is said beside traces. Says whether anything was.
pub fn replace_beside_traces(connection: &Connection, replace: &mut Replace<'_>) -> Result<bool> {
    let mut is_changed = false;
    for (table, column, kind) in OTHER_TEXTS {
        let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
        for (text, new) in replaced(connection, &sql, None, *kind, replace)? {
            connection
                .prepare_cached(&format!("UPDATE OR REPLACE {table} SET {column} = ?2 WHERE {column} = ?1"))?
                .execute((text, new))?;
            is_changed = true;
        }
    }
    Ok(is_changed)
}

/// The texts that a query gives and that are to be replaced, each with what by.
fn replaced(
    connection: &Connection,
    sql: &str,
    trace_id: Option<i64>,
    kind: TextKind,
    replace: &mut Replace<'_>,
) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = match trace_id {
        Some(id) => statement.query([id])?,
        None => statement.query([])?,
    };
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let text: String = row.get(0)?;
        if let Some(new) = replace(kind, &text) {
            found.push((text, new));
        }
    }
    Ok(found)
}

/// Notes the hash of what is said of a span now.
pub fn set_content_hash(connection: &Connection, trace_id: i64, span_id: &str, hash: i64) -> Result<()> {
    connection
        .prepare_cached("UPDATE span SET content_hash = ?3 WHERE trace_id = ?1 AND span_id = ?2")?
        .execute((trace_id, span_id, hash))?;
    Ok(())
}

/// Has what is deleted or replaced from now on overwritten, or not: a page that is free may keep what stood in it otherwise.
pub fn set_overwrites(connection: &Connection, overwrites: bool) -> Result<()> {
    connection.pragma_update(None, "secure_delete", overwrites)?;
    Ok(())
}
