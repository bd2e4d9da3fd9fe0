//! A row of TruLens's event table as a span.

use serde_json::{Map, Value};

use crate::model::{SpanKind, SpanRecord, SpanStatus};
use crate::wire::draft::{Draft, is_nothing};
use crate::wire::json::{self, number, str as text, take, take_object, take_text};
use crate::wire::otlp::id;
use crate::wire::time::unix_ns;

/// The span of a row.
///
/// # Errors
/// Says which id is missing.
pub(super) fn span(mut row: Map<String, Value>) -> Result<SpanRecord, &'static str> {
    for key in ["record", "record_attributes", "resource_attributes", "trace"] {
        if let Some(value) = row.get_mut(key) {
            *value = json::unfolded(value.take());
        }
    }
    let mut record = take_object(&mut row, &["record"]).unwrap_or_default();
    let mut ids = take_object(&mut row, &["trace"]).unwrap_or_default();
    let mut id_of = |key: &str, bytes| {
        take(&mut ids, &[key]).as_ref().and_then(json::text).and_then(|text| id::from_text(&text, bytes))
    };
    let trace = id_of("trace_id", 16).ok_or("an event without a trace id was left out")?;
    let own = id_of("span_id", 8);
    let parent = id_of("parent_id", 8);
    let own = own
        .or_else(|| take_text(&mut row, &["event_id"]))
        .ok_or("an event without a span id was left out")?;
    if text(&row, &["event_id"]) == Some(&own) {
        row.shift_remove("event_id");
    }
    let parent = take_text(&mut record, &["parent_span_id"]).or(parent);
    let name = take_text(&mut record, &["name"]).unwrap_or_default();
    let mut draft = Draft::new(trace, own, name, SpanKind::Other);
    draft.span.parent = parent;
    let mut time = |key| take(&mut row, &[key]).as_ref().and_then(unix_ns);
    let (start_ns, end_ns) = (time("start_timestamp"), time("timestamp"));
    draft.times(start_ns, end_ns);
    let status = take(&mut record, &["status"]).as_ref().and_then(json::text).unwrap_or_default();
    if status.ends_with("ERROR") || status == "2" {
        draft.span.status = SpanStatus::Error;
    } else if status.ends_with("OK") || status == "1" {
        draft.span.status = SpanStatus::Ok;
    }
    let attributes = take_object(&mut row, &["record_attributes"]).unwrap_or_default();
    let error = ["record_root.error", "call.error", "eval.error"]
        .iter()
        .find_map(|key| attributes.get(&format!("ai.observability.{key}")));
    if let Some(error) = error.filter(|error| !is_nothing(error)) {
        draft.fail(error);
    }
    let paid_in =
        attributes.get("ai.observability.cost.cost_currency").and_then(Value::as_str).unwrap_or("USD");
    let cost = attributes.get("ai.observability.cost.cost").and_then(number).filter(|cost| *cost > 0.0);
    draft.span.cost_usd = cost.filter(|_| paid_in.eq_ignore_ascii_case("USD"));
    draft.attributes(attributes);
    if let Some(resource) = take_object(&mut row, &["resource_attributes"]) {
        draft.resource(resource);
    }
    draft.payload.other = record.into_iter().chain(row).filter(|(_, value)| !is_nothing(value)).collect();
    Ok(draft.finish())
}
