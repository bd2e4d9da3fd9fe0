//! A window of the trace list.

use rusqlite::types::{ToSql, ToSqlOutput};
use rusqlite::{Connection, Row};

use super::filter::{self, Filter, SqlValue};
use super::visibility::visible;
use crate::dto::{TraceList, TraceListRequest, TraceSort, TraceSummary};
use crate::error::{Error, Result};
use crate::model::{Alert, Provenance, TraceStatus};

/// Most rows given at once.
const MAX_ROWS: u32 = 1_000;

/// The columns [`summary`] reads, in its order.
pub(super) const COLUMNS: &str = "t.id, t.key, t.format, (SELECT location FROM source WHERE id = t.source_id), t.name, t.preview, \
     t.status, t.failure_reason, t.start_ns, t.duration_ns, t.time_provenance, t.span_count, t.error_count, t.retry_count, \
     t.retry_provenance, t.retry_waste_ns, t.input_tokens, t.output_tokens, t.total_tokens, t.tokens_provenance, t.cost_usd, \
     t.model, \
     coalesce((SELECT shown_as FROM label WHERE field = 'project' AND value = t.project), t.project), \
     coalesce((SELECT shown_as FROM label WHERE field = 'environment' AND value = t.environment), t.environment), \
     t.conversation, t.cost_provenance, t.heard_ns, \
     CASE WHEN t.alert_seen THEN 0 ELSE t.alert END, t.starred, t.tags, t.note";

/// The traces that match, sorted, from `offset` on. Error `Invalid` for a filter that makes no sense, with the place.
pub fn trace_list(
    connection: &Connection,
    request: &TraceListRequest,
    now_ns: i64,
    revision: u64,
) -> Result<TraceList> {
    let filter = filter::parse(&request.filter).map_err(|error| {
        let character = request.filter.get(..error.at).map_or(0, |before| before.chars().count()) + 1;
        Error::invalid(format!("at character {character}: {}", error.message))
    })?;
    let (clause, values) = filter.sql(now_ns);
    let clause = format!("{clause} AND {}", visible(&filter));
    let total_unfiltered: u32 = connection
        .prepare_cached(&format!("SELECT count(*) FROM trace WHERE {}", visible(&Filter::default())))?
        .query_row([], |row| row.get(0))?;
    let total = if filter.terms.is_empty() {
        total_unfiltered
    } else {
        connection
            .prepare_cached(&format!("SELECT count(*) FROM trace WHERE {clause}"))?
            .query_row(rusqlite::params_from_iter(&values), |row| row.get(0))?
    };
    let order = order(request.sort, request.descending);
    // The window's ids first, over narrow rows or an index; the wide rows are read for the window alone.
    let sql = format!(
        "SELECT {COLUMNS} FROM (SELECT id FROM trace WHERE {clause} ORDER BY {order} LIMIT {} OFFSET {}) AS page
         JOIN trace AS t ON t.id = page.id ORDER BY {}",
        request.limit.min(MAX_ROWS),
        request.offset,
        qualified(request.sort, request.descending),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let items = statement
        .query_map(rusqlite::params_from_iter(&values), summary)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(TraceList { revision, total, total_unfiltered, search: None, items })
}

const fn column(sort: TraceSort) -> &'static str {
    match sort {
        TraceSort::Started => "start_ns",
        TraceSort::Duration => "duration_ns",
        TraceSort::Status => "status",
        TraceSort::Name => "name COLLATE NOCASE",
        TraceSort::Steps => "span_count",
        TraceSort::Errors => "error_count",
        TraceSort::Retries => "retry_count",
        TraceSort::Tokens => "total_tokens",
        TraceSort::Cost => "cost_usd",
        TraceSort::Model => "model COLLATE NOCASE",
        TraceSort::Project => "project COLLATE NOCASE",
        TraceSort::Environment => "environment COLLATE NOCASE",
        TraceSort::Conversation => "conversation",
        TraceSort::Relevance => "start_ns",
    }
}

/// What is not known comes last either way; ties in the order of arrival, so that windows never overlap.
fn order(sort: TraceSort, descending: bool) -> String {
    let column = column(sort);
    // In descending order SQLite puts NULL last by itself, and can then walk an index.
    if descending { format!("{column} DESC, id DESC") } else { format!("{column} ASC NULLS LAST, id ASC") }
}

fn qualified(sort: TraceSort, descending: bool) -> String {
    let column = column(sort);
    if descending {
        format!("t.{column} DESC, t.id DESC")
    } else {
        format!("t.{column} ASC NULLS LAST, t.id ASC")
    }
}

impl ToSql for SqlValue {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Text(text) => text.to_sql(),
            Self::Int(number) => number.to_sql(),
            Self::Real(number) => number.to_sql(),
        }
    }
}

/// Reads a row of [`COLUMNS`].
pub(super) fn summary(row: &Row<'_>) -> rusqlite::Result<TraceSummary> {
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
