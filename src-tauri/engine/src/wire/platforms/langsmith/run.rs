//! A run of LangSmith as a span.

use serde_json::{Map, Value};

use super::usage;
use crate::model::{PayloadEvent, SpanKind, SpanRecord, SpanStatus};
use crate::semantics::Columns;
use crate::wire::draft::{Draft, is_nothing};
use crate::wire::json::{self, str as text, take, take_text};
use crate::wire::time::unix_ns;

/// A run's own id, its trace's and its parent's.
pub(super) struct Ids {
    pub(super) run: String,
    trace: String,
    parent: Option<String>,
}

impl Ids {
    /// The ids of a run, from its fields, its `dotted_order` (`{time}Z{id}` of each run down to it, joined by dots) or the
    /// run `above` it.
    pub(super) fn of(run: &Map<String, Value>, above: Option<&Self>) -> Option<Self> {
        let order = text(run, &["dotted_order"]).unwrap_or_default();
        let ordered: Vec<&str> = order.split('.').filter_map(|step| Some(step.split_once('Z')?.1)).collect();
        let own = text(run, &["id"]).or(ordered.last().copied())?.to_owned();
        let parent = text(run, &["parent_run_id"])
            .or_else(|| above.map(|above| above.run.as_str()))
            .or_else(|| run.get("parent_run_ids")?.as_array()?.last()?.as_str())
            .or_else(|| ordered.iter().rev().nth(1).copied());
        let trace = text(run, &["trace_id"])
            .or_else(|| above.map(|above| above.trace.as_str()))
            .or(ordered.first().copied())
            .unwrap_or(&own);
        let parent = parent.filter(|parent| *parent != own).map(str::to_owned);
        Some(Self { trace: trace.to_owned(), parent, run: own })
    }
}

fn kind(word: &str) -> SpanKind {
    match word {
        "llm" => SpanKind::Llm,
        "tool" => SpanKind::Tool,
        "retriever" => SpanKind::Retrieval,
        "embedding" => SpanKind::Embedding,
        "chain" | "prompt" | "parser" => SpanKind::Chain,
        _ => SpanKind::Other,
    }
}

/// Bookkeeping of the platform.
const ORIGIN: &[&str] = &[
    "session_id",
    "reference_example_id",
    "reference_dataset_id",
    "app_path",
    "manifest_id",
    "manifest_s3_id",
    "in_dataset",
    "last_queued_at",
    "share_token",
    "trace_tier",
    "trace_first_received_at",
    "trace_min_start_time",
    "trace_max_start_time",
    "ttl_seconds",
    "trace_upgrade",
    "child_run_ids",
    "direct_child_run_ids",
    "parent_run_ids",
    "dotted_order",
    "execution_order",
    "inputs_s3_urls",
    "outputs_s3_urls",
    "s3_urls",
    "inputs_preview",
    "outputs_preview",
    "messages",
    "serialized",
];

/// The span of a run.
pub(super) fn span(mut members: Map<String, Value>, ids: &Ids) -> SpanRecord {
    let word = take_text(&mut members, &["run_type"]).unwrap_or_default();
    let name = take_text(&mut members, &["name"]).unwrap_or_else(|| word.clone());
    let mut draft = Draft::new(ids.trace.clone(), ids.run.clone(), name, kind(&word));
    draft.span.parent = ids.parent.clone();
    for key in ["id", "trace_id", "parent_run_id"] {
        members.shift_remove(key);
    }
    let mut time = |key| take(&mut members, &[key]).as_ref().and_then(unix_ns);
    let (start_ns, end_ns) = (time("start_time"), time("end_time"));
    let order = text(&members, &["dotted_order"]).unwrap_or_default();
    draft.times(start_ns.or_else(|| ordered_start_ns(order)), end_ns);

    // The extra holds the runtime, the request's parameters and metadata; the first two tell what was asked of what.
    let is_model = matches!(draft.span.kind, SpanKind::Llm | SpanKind::Embedding);
    usage::fill(&mut draft.span, &members, is_model);
    draft.span.project = take_text(&mut members, &["session_name", "project_name"]);
    let metadata = members.get("extra").and_then(|extra| extra.get("metadata")).and_then(Value::as_object);
    draft.span.conversation = metadata
        .and_then(|metadata| text(metadata, &["session_id", "thread_id", "conversation_id"]))
        .or(text(&members, &["thread_id"]))
        .map(str::to_owned);
    draft.input(take(&mut members, &["inputs"]));
    draft.output(take(&mut members, &["outputs"]));

    let status = take_text(&mut members, &["status"]).unwrap_or_default();
    if let Some(error) = take_text(&mut members, &["error"]) {
        draft.fail(&Value::String(error.clone()));
        draft.payload.status_message = Some(error);
    }
    match status.as_str() {
        "error" => draft.span.status = SpanStatus::Error,
        "success" if draft.span.status == SpanStatus::Unset && end_ns.is_some() => {
            draft.span.status = SpanStatus::Ok;
        }
        "" | "success" | "pending" => {}
        other => {
            draft.payload.attributes.insert("status".to_owned(), Value::String(other.to_owned()));
        }
    }
    events(&mut members, &mut draft);
    let mut extra = json::take_object(&mut members, &["extra"]).unwrap_or_default();
    if let Some(runtime) = json::take_object(&mut extra, &["runtime"]) {
        draft.payload.resource = runtime;
    }
    let (origin, told): (Map<_, _>, Map<_, _>) = members
        .into_iter()
        .chain(extra)
        .filter(|(_, value)| !is_nothing(value))
        .partition(|(key, _)| ORIGIN.contains(&&**key));
    draft.payload.other = origin;
    let tokens = (draft.span.tokens, draft.span.cost_usd);
    draft.attributes(told);
    (draft.span.tokens, draft.span.cost_usd) = tokens;
    draft.finish()
}

fn events(members: &mut Map<String, Value>, draft: &mut Draft) {
    let mut columns = Columns::default();
    for event in json::take_list(members, &["events"]) {
        let Value::Object(mut event) = event else { continue };
        let time_ns = take(&mut event, &["time"]).as_ref().and_then(unix_ns);
        let name = take_text(&mut event, &["name"]).unwrap_or_default();
        let kwargs = json::take_object(&mut event, &["kwargs"]).unwrap_or_default();
        let attributes: Map<_, _> = kwargs.into_iter().chain(event).collect();
        columns.event(&name, attributes.iter().map(|(key, value)| (key.as_str(), value.into())));
        // Every run's events begin and end with its own start and end.
        if !(matches!(name.as_str(), "start" | "end") && attributes.values().all(is_nothing)) {
            draft.payload.events.push(PayloadEvent { time_ns, name, attributes });
        }
    }
    columns.fill_gaps(&mut draft.span);
}

/// The start that the last step of a `dotted_order` begins with: `20241011T205823298773Z`.
fn ordered_start_ns(order: &str) -> Option<i64> {
    let stamp = order.rsplit('.').next()?.split_once('Z')?.0;
    let (seconds, fraction) = stamp.split_at_checked(15)?;
    let time = chrono::NaiveDateTime::parse_from_str(seconds, "%Y%m%dT%H%M%S").ok()?;
    let micros: i64 = fraction.parse().ok().filter(|_| fraction.len() == 6)?;
    time.and_utc().timestamp().checked_mul(1_000_000)?.checked_add(micros)?.checked_mul(1_000)
}
