//! `step_mark`: what the person says of single steps: pins and notes.

use rusqlite::{Connection, OptionalExtension};

use crate::error::Result;
use crate::model::StepMark;

/// What is said of a step; nothing where nothing is.
pub fn get(connection: &Connection, trace_id: i64, span_id: &str) -> Result<StepMark> {
    Ok(connection
        .prepare_cached("SELECT pinned_ns, note FROM step_mark WHERE trace_id = ?1 AND span_id = ?2")?
        .query_row((trace_id, span_id), |row| Ok(StepMark { pinned_ns: row.get(0)?, note: row.get(1)? }))
        .optional()?
        .unwrap_or_default())
}

/// How many steps of the trace something is said of.
pub fn count(connection: &Connection, trace_id: i64) -> Result<u32> {
    Ok(connection
        .prepare_cached("SELECT count(*) FROM step_mark WHERE trace_id = ?1")?
        .query_row([trace_id], |row| row.get(0))?)
}

/// Keeps what is said of a step; a mark that says nothing goes. `trace::touch` is left to the caller.
pub fn set(
    connection: &Connection,
    trace_id: i64,
    span_id: &str,
    mark: &StepMark,
    changed_ns: i64,
) -> Result<()> {
    if *mark == StepMark::default() {
        connection
            .prepare_cached("DELETE FROM step_mark WHERE trace_id = ?1 AND span_id = ?2")?
            .execute((trace_id, span_id))?;
    } else {
        connection
            .prepare_cached(
                "INSERT INTO step_mark (trace_id, span_id, pinned_ns, note, changed_ns) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (trace_id, span_id) DO UPDATE SET pinned_ns = ?3, note = ?4, changed_ns = ?5",
            )?
            .execute((trace_id, span_id, mark.pinned_ns, &mark.note, changed_ns))?;
    }
    Ok(())
}
