//! What the person says of the steps of a trace.

use rusqlite::Connection;

use super::unix_ms;
use crate::dto::{MarkedStep, StepMarkItem};
use crate::error::Result;
use crate::model::{SpanKind, SpanStatus};

/// All pins and notes on steps of a trace, those of the earliest steps first. Empty if the trace is not there.
pub fn step_marks(connection: &Connection, trace_id: i64) -> Result<Vec<StepMarkItem>> {
    let mut statement = connection.prepare_cached(
        "SELECT m.span_id, m.pinned_ns, m.note, s.name, s.kind, s.status
         FROM step_mark AS m LEFT JOIN span AS s ON s.trace_id = m.trace_id AND s.span_id = m.span_id
         WHERE m.trace_id = ?1 AND EXISTS (SELECT 1 FROM trace WHERE id = ?1 AND deleted_ns IS NULL)
         ORDER BY s.span_id IS NULL, s.start_ns IS NULL, s.start_ns, m.changed_ns, m.span_id",
    )?;
    let items = statement
        .query_map([trace_id], |row| {
            let name: Option<String> = row.get(3)?;
            Ok(StepMarkItem {
                span_id: row.get(0)?,
                pinned_unix_ms: row.get::<_, Option<i64>>(1)?.map(unix_ms),
                note: row.get(2)?,
                step: match name {
                    Some(name) => Some(MarkedStep {
                        name,
                        kind: SpanKind::from_code(row.get(4)?).unwrap_or(SpanKind::Other),
                        status: SpanStatus::from_code(row.get(5)?).unwrap_or(SpanStatus::Unset),
                    }),
                    None => None,
                },
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(items)
}
