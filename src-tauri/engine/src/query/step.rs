//! One step: its columns, and its payload read and made sense of.

use rusqlite::{Connection, OptionalExtension};
use serde_json::{Map, Value};

use super::summary::unix_ms;
use crate::dto::{StepDetail, StepEvent, StepLink, StepRef};
use crate::error::{Error, Result};
use crate::model::{Payload, Provenance, SpanFlags};
use crate::semantics;
use crate::store::payload;
use crate::store::span::{SPAN_COLUMNS, SpanRow};

/// All there is to know of a step. Error `NotFound` if it is not there.
pub fn step(connection: &Connection, request: &StepRef) -> Result<StepDetail> {
    let row = connection
        .prepare_cached(&format!(
            "SELECT {SPAN_COLUMNS} FROM span WHERE trace_id = ?1 AND span_id = ?2
               AND EXISTS (SELECT 1 FROM trace WHERE id = ?1 AND deleted_ns IS NULL)"
        ))?
        .query_row((request.trace_id, &request.span_id), SpanRow::from_row)
        .optional()?
        .ok_or_else(|| Error::not_found("this step is not in the store any more"))?;
    let bytes = payload::read(connection, row.payload)?;
    let (payload, raw) = parse(&bytes);
    let time_provenance =
        if row.flags.contains(SpanFlags::TIME_DERIVED) { Provenance::Derived } else { Provenance::Measured };
    Ok(StepDetail {
        content: semantics::content(&payload),
        events: payload
            .events
            .iter()
            .map(|event| StepEvent {
                offset_ns: event.time_ns.zip(row.start_ns).map(|(at, start)| at.saturating_sub(start) as f64),
                name: event.name.clone(),
                attributes: Value::Object(event.attributes.clone()),
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
        attributes: Value::Object(payload.attributes),
        origin: origin(payload.resource, payload.scope, payload.other),
        raw,
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

/// The payload, and the same as plain JSON. One that can't be parsed (nested too deep) is shown as text, not lost.
pub(super) fn parse(bytes: &[u8]) -> (Payload, Value) {
    match serde_json::from_slice::<Payload>(bytes) {
        Ok(payload) => (payload, serde_json::from_slice(bytes).unwrap_or_default()),
        Err(_) => (Payload::default(), Value::String(String::from_utf8_lossy(bytes).into_owned())),
    }
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
