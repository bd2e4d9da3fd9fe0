//! Traces as rows of a list.

use std::collections::HashMap;

use rusqlite::{Connection, Row};

use super::catalog::{Columns, Run};
use super::filter::Measure;
use crate::dto::{Outlier, TraceSummary};
use crate::error::Result;
use crate::model::{Alert, Provenance, TraceStatus};

/// The columns [`summary`] reads, in its order.
const COLUMNS: &str = "t.id, t.key, t.format, (SELECT location FROM source WHERE id = t.source_id), t.name, t.preview, \
     t.status, t.failure_reason, t.start_ns, t.duration_ns, t.time_provenance, t.span_count, t.error_count, t.retry_count, \
     t.retry_provenance, t.retry_waste_ns, t.input_tokens, t.output_tokens, t.total_tokens, t.tokens_provenance, t.cost_usd, \
     t.model, \
     coalesce((SELECT shown_as FROM label WHERE field = 'project' AND value = t.project), t.project), \
     coalesce((SELECT shown_as FROM label WHERE field = 'environment' AND value = t.environment), t.environment), \
     t.conversation, t.cost_provenance, t.heard_ns, \
     CASE WHEN t.alert_seen THEN 0 ELSE t.alert END, t.starred, t.tags, t.note";

/// These traces, in this order; those that are gone are left out.
pub fn summaries(connection: &Connection, columns: &Columns, ids: &[i64]) -> Result<Vec<TraceSummary>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM trace AS t WHERE t.id = ?1 AND t.deleted_ns IS NULL"
    ))?;
    let mut read: HashMap<i64, TraceSummary> = HashMap::with_capacity(ids.len());
    for id in ids {
        for row in statement.query_map([id], summary)? {
            let mut row = row?;
            if let Some(run) = columns.run(*id) {
                complete(&mut row, columns, run);
            }
            read.insert(*id, row);
        }
    }
    Ok(ids.iter().filter_map(|id| read.remove(id)).collect())
}

/// Adds what follows from the other traces.
fn complete(summary: &mut TraceSummary, columns: &Columns, run: &Run) {
    summary.outliers =
        Measure::ALL.into_iter().filter_map(|measure| outlier(columns, run, measure)).collect();
    if let Some((runs, place)) = columns.place_in_conversation(run) {
        summary.conversation_runs = runs;
        summary.conversation_place = place;
    }
}

fn outlier(columns: &Columns, run: &Run, measure: Measure) -> Option<Outlier> {
    let usual = columns.baseline(run, measure)?;
    let value = run.measure(measure).filter(|value| *value > usual.limit)?;
    Some(Outlier {
        measure: measure.word().into(),
        value,
        median: usual.median,
        limit: usual.limit,
        score: usual.score(value),
        runs: usual.runs,
    })
}

/// Reads a row of [`COLUMNS`].
fn summary(row: &Row<'_>) -> rusqlite::Result<TraceSummary> {
    let provenance = |index: usize| -> rusqlite::Result<Provenance> {
        Ok(Provenance::from_code(row.get(index)?).unwrap_or(Provenance::Reported))
    };
    let count = |index: usize| -> rusqlite::Result<Option<u64>> {
        Ok(row.get::<_, Option<i64>>(index)?.map(i64::unsigned_abs))
    };
    Ok(TraceSummary {
        trace_id: row.get(0)?,
        key: row.get(1)?,
        format: row.get(2)?,
        source: row.get::<_, Option<String>>(3)?.unwrap_or_default(),
        name: row.get(4)?,
        preview: row.get(5)?,
        status: TraceStatus::from_code(row.get(6)?).unwrap_or(TraceStatus::Success),
        failure_reason: row.get(7)?,
        start_unix_ms: row.get::<_, Option<i64>>(8)?.map(unix_ms),
        duration_ns: row.get::<_, Option<i64>>(9)?.map(|ns| ns as f64),
        time_provenance: provenance(10)?,
        steps: row.get(11)?,
        errors: row.get(12)?,
        retries: row.get(13)?,
        retries_provenance: provenance(14)?,
        retry_waste_ns: row.get::<_, Option<i64>>(15)?.map(|ns| ns as f64),
        input_tokens: count(16)?,
        output_tokens: count(17)?,
        total_tokens: count(18)?,
        tokens_provenance: provenance(19)?,
        cost_usd: row.get(20)?,
        cost_provenance: provenance(25)?,
        model: row.get(21)?,
        project: row.get(22)?,
        environment: row.get(23)?,
        conversation: row.get(24)?,
        heard_unix_ms: row.get::<_, Option<i64>>(26)?.map(unix_ms),
        alert: Alert::from_code(row.get(27)?),
        starred: row.get(28)?,
        tags: row
            .get::<_, Option<String>>(29)?
            .and_then(|tags| serde_json::from_str(&tags).ok())
            .unwrap_or_default(),
        note: row.get(30)?,
        outliers: Vec::new(),
        conversation_runs: 0,
        conversation_place: 0,
    })
}

/// Nanoseconds since the epoch as milliseconds, exact to a microsecond.
pub(crate) fn unix_ms(ns: i64) -> f64 {
    (ns / 1_000) as f64 / 1e3
}
