//! One step: its columns, and its payload read and made sense of.

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::bounded::Bounded;
use super::summary::unix_ms;
use super::texts::Texts;
use crate::dto::{StepDetail, StepEvent, StepLink, StepRef};
use crate::error::{Error, Result};
use crate::model::{Provenance, SpanFlags};
use crate::semantics;
use crate::store::span::{SPAN_COLUMNS, SpanRow};

/// The row of a step. Error `NotFound` if it is not there.
pub(super) fn row(connection: &Connection, trace_id: i64, span_id: &str) -> Result<SpanRow> {
    connection
        .prepare_cached(&format!(
            "SELECT {SPAN_COLUMNS} FROM span WHERE trace_id = ?1 AND span_id = ?2
               AND EXISTS (SELECT 1 FROM trace WHERE id = ?1 AND deleted_ns IS NULL)"
        ))?
        .query_row((trace_id, span_id), SpanRow::from_row)
        .optional()?
        .ok_or_else(|| Error::not_found("this step is not in the store any more"))
}

/// All there is to know of a step, its longest texts cut (`StepDetail::long_texts`). Error `NotFound` if it is not there.
pub fn step(connection: &Connection, texts: &Texts, request: &StepRef) -> Result<StepDetail> {
    let row = row(connection, request.trace_id, &request.span_id)?;
    let stored = texts.payload(connection, row.payload)?;
    let Bounded { payload, raw, mut cuts } = Bounded::read(stored.as_bytes());
    drop(stored);
    let mut content = semantics::content(&payload);
    cuts.content(&mut content);
    let time_provenance =
        if row.flags.contains(SpanFlags::TIME_DERIVED) { Provenance::Derived } else { Provenance::Measured };
    Ok(StepDetail {
        content,
        events: payload
            .events
            .into_iter()
            .enumerate()
            .map(|(index, event)| StepEvent {
                offset_ns: event.time_ns.zip(row.start_ns).map(|(at, start)| at.saturating_sub(start) as f64),
                attributes: cuts
                    .value(Value::Object(event.attributes), &format!("/raw/events/{index}/attributes")),
                name: event.name,
            })
            .collect(),
        links: payload
            .links
            .iter()
            .map(|link| {
                Ok(StepLink {
                    trace_key: link.trace.clone(),
                    span_id: link.span.clone(),
                    trace_id: trace_by_key(connection, request.trace_id, &link.trace)?,
                    attributes: Value::Object(link.attributes.clone()),
                })
            })
            .collect::<Result<_>>()?,
        attributes: cuts.value(Value::Object(payload.attributes), "/raw/attributes"),
        origin: cuts.value(origin(payload.resource, payload.scope, payload.other), "/raw"),
        raw: cuts.value(raw, "/raw"),
        long_texts: cuts.listed(),
        raw_bytes: row.payload.bytes,
        duration_ns: row.start_ns.zip(row.end_ns).map(|(start, end)| end.saturating_sub(start).max(0) as f64),
        start_unix_ms: row.start_ns.map(unix_ms),
        time_provenance,
        span_id: row.span_id,
        parent_id: row.parent_id,
        name: row.name,
        kind: row.kind,
        status: row.status,
        error: row.error,
        model: row.model,
        input_tokens: row.tokens.input,
        output_tokens: row.tokens.output,
        cache_read_tokens: row.tokens.cache_read,
        reasoning_tokens: row.tokens.reasoning,
        total_tokens: row.tokens.sum(),
        tokens_provenance: row.tokens_provenance,
        cost_usd: row.cost_usd,
        cost_provenance: if row.flags.contains(SpanFlags::COST_DERIVED) {
            Provenance::Derived
        } else {
            Provenance::Reported
        },
        attempt: row.attempt,
        flags: row.flags.0,
    })
}

fn origin(resource: Map<String, Value>, scope: Map<String, Value>, other: Map<String, Value>) -> Value {
    let mut parts = Map::new();
    for (name, part) in [("resource", resource), ("scope", scope), ("other", other)] {
        if !part.is_empty() {
            parts.insert(name.into(), Value::Object(part));
        }
    }
    Value::Object(parts)
}

/// The trace a link points to, if it is in the store: in the same name space of keys as the link's own trace.
fn trace_by_key(connection: &Connection, from_trace_id: i64, key: &str) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached(
            "SELECT id FROM trace WHERE identity = (SELECT identity FROM trace WHERE id = ?1) AND key = ?2
               AND deleted_ns IS NULL",
        )?
        .query_row((from_trace_id, key), |row| row.get(0))
        .optional()?)
}
