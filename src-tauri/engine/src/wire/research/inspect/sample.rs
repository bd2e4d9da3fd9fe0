//! A sample of an evaluation: what is said of it as a whole, and its steps.

use serde_json::{Map, Value};

use super::Header;
use super::attachments::Attachments;
use super::events::Events;
use crate::model::{Payload, Provenance, SpanFlags, SpanKind, SpanStatus, Tokens, TraceRecord, TraceStatus};
use crate::semantics::usage_tokens;
use crate::wire::draft::Draft;
use crate::wire::research::chat;
use crate::wire::transcript::{ModelCall, Transcript, When};
use crate::wire::{Sink, error_line, identity, json, time};

/// What the summaries say of a sample, so that it shows before it is read. Older summaries have no id of its own; these
/// samples show when they are read.
pub fn summary(mut summary: Map<String, Value>, header: &Header, out: &mut dyn Sink) {
    let Some(trace) = json::take_text(&mut summary, &["uuid"]) else { return };
    let about = about(&trace, &mut summary, header);
    out.trace(about);
}

/// Reads a sample. Gives the id of its trace.
pub fn read(mut sample: Map<String, Value>, header: &Header, out: &mut dyn Sink) -> String {
    let attachments = Attachments::of(&mut sample);
    let list = json::take_list(&mut sample, &["events"]);
    let trace = json::take_text(&mut sample, &["uuid"]).unwrap_or_else(|| {
        // Not of the header, which comes last in a document.
        let first = list.first().and_then(|event| event.get("timestamp")).unwrap_or(&Value::Null);
        let of = |key: &str| sample.get(key).unwrap_or(&Value::Null);
        identity::derived([of("id"), of("epoch"), of("input"), first])
    });
    let earlier = json::take_list(&mut sample, &["error_retries"]);
    let messages = json::take_list(&mut sample, &["messages"]);

    let mut events = Events::new(&trace, &attachments);
    let tries = earlier.len();
    let (began_ns, _) = bounds(&list);
    for (number, attempt) in earlier.into_iter().enumerate() {
        failed_attempt(&mut events, attempt, number + 1, began_ns, out);
    }
    let mut root = None;
    if tries > 0 {
        let mut draft = Draft::new(&*trace, format!("attempt-{}", tries + 1), "sample", SpanKind::Agent);
        draft.span.attempt = u32::try_from(tries + 1).ok();
        root = Some(draft.span.id.clone());
        let (first, last) = bounds(&list);
        draft.times(first, last);
        if let Some(error) = sample.get("error") {
            draft.fail(error);
        }
        if draft.span.status == SpanStatus::Unset {
            draft.span.status = SpanStatus::Ok;
        }
        out.span(draft.finish());
    }
    let count = events.read(list, root, out);
    if count == 0 && !messages.is_empty() {
        // Logs written without events have the conversation alone.
        return conversation(&trace, messages, &mut sample, &attachments, header, out);
    }
    let mut about = about(&trace, &mut sample, header);
    about.payload = payload(sample, &attachments);
    out.trace(about);
    trace
}

/// The first and the last time in a list of events.
fn bounds(events: &[Value]) -> (Option<i64>, Option<i64>) {
    let times = || {
        events.iter().flat_map(|event| {
            ["timestamp", "completed"].iter().filter_map(|key| time::unix_ns(event.get(*key)?))
        })
    };
    (times().min(), times().max())
}

/// A try of the sample that ended in an error, after which it was begun again.
///
/// Where nothing was kept of it, it was over when the last try began.
fn failed_attempt(
    events: &mut Events<'_>,
    attempt: Value,
    number: usize,
    over_ns: Option<i64>,
    out: &mut dyn Sink,
) {
    let Value::Object(mut attempt) = attempt else { return };
    let inner = json::take_list(&mut attempt, &["events"]);
    let mut draft = events.draft(format!("attempt-{number}"), "sample", SpanKind::Agent);
    draft.span.attempt = u32::try_from(number).ok();
    let (first, last) = bounds(&inner);
    draft.times(first.or(over_ns), last.or(over_ns));
    if first.is_none() {
        draft.span.flags.insert(SpanFlags::TIME_DERIVED);
    }
    draft.span.status = SpanStatus::Error;
    draft.fail(attempt.get("message").unwrap_or(&Value::Null));
    let id = draft.span.id.clone();
    draft.payload.attributes = attempt;
    out.span(draft.finish());
    events.read(inner, Some(id), out);
}

/// A sample of which only the messages were kept.
fn conversation(
    trace: &str,
    messages: Vec<Value>,
    sample: &mut Map<String, Value>,
    attachments: &Attachments,
    header: &Header,
    out: &mut dyn Sink,
) -> String {
    let mut transcript = Transcript::new(trace);
    for message in messages {
        let message = attachments.resolve(message);
        match chat::role(&message) {
            "assistant" => {
                let model = message.get("model").and_then(json::text).or_else(|| header.model.clone());
                chat::answer(&mut transcript, message, ModelCall { model, ..ModelCall::default() }, out);
            }
            "tool" => {
                let error = message.get("error").and_then(error_line::of);
                chat::tool_answer(&mut transcript, message, error, When::default(), out);
            }
            _ => transcript.said_message(message, None),
        }
    }
    let mut told = about(trace, sample, header);
    told.payload = payload(std::mem::take(sample), attachments);
    *transcript.about() = told;
    transcript.finish(out);
    trace.to_owned()
}

/// What is said of the sample as a whole. Fields that become columns are read, not taken.
fn about(trace: &str, sample: &mut Map<String, Value>, header: &Header) -> TraceRecord {
    let mut about = TraceRecord::new(trace);
    let id = sample.get("id").and_then(json::text).unwrap_or_default();
    let epoch = sample.get("epoch").and_then(Value::as_u64).filter(|epoch| *epoch > 1);
    let task = header.task.as_deref().unwrap_or("sample");
    about.name = Some(match epoch {
        Some(epoch) => format!("{task} {id}, epoch {epoch}"),
        None => format!("{task} {id}"),
    });
    let mut draft = Draft::new("", "", "", SpanKind::Other);
    draft.input(sample.get("input").cloned());
    about.preview = draft.span.preview;
    about.project.clone_from(&header.task);
    about.conversation.clone_from(&header.run_id);
    about.model.clone_from(&header.model);
    let error = sample.get("error").and_then(error_line::of);
    let limit = sample.get("limit").filter(|limit| !limit.is_null());
    about.status = match (&error, limit) {
        (Some(_), _) => Some(TraceStatus::Failed),
        (None, Some(_)) => Some(TraceStatus::Warning),
        (None, None) => None,
    };
    about.failure_reason = error.or_else(|| limit.and_then(limit_line));
    about.start_ns = sample.get("started_at").and_then(time::unix_ns);
    about.end_ns = sample.get("completed_at").and_then(time::unix_ns);
    about.time_provenance = Provenance::Reported;
    about.retries = sample.get("retries").and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
    let usage = sample.get("model_usage").and_then(Value::as_object);
    let tokens = usage.into_iter().flat_map(Map::values).map(usage_tokens).fold(Tokens::default(), added);
    about.tokens = tokens;
    let costs = usage.into_iter().flat_map(Map::values).filter_map(|usage| usage.get("total_cost")?.as_f64());
    about.cost_usd = costs.reduce(|sum, cost| sum + cost);
    about
}

fn limit_line(limit: &Value) -> Option<String> {
    let kind = limit.as_str().or_else(|| limit.get("type")?.as_str())?;
    Some(match limit.get("limit") {
        Some(most) => format!("stopped at the limit of {kind}: {most}"),
        None => format!("stopped at the limit of {kind}"),
    })
}

fn added(sum: Tokens, more: Tokens) -> Tokens {
    let add = |a: Option<u64>, b: Option<u64>| match (a, b) {
        (None, None) => None,
        (a, b) => Some(a.unwrap_or(0).saturating_add(b.unwrap_or(0))),
    };
    Tokens {
        input: add(sum.input, more.input),
        output: add(sum.output, more.output),
        cache_read: add(sum.cache_read, more.cache_read),
        cache_write: add(sum.cache_write, more.cache_write),
        reasoning: add(sum.reasoning, more.reasoning),
        total: add(sum.total, more.total),
    }
}

/// What is left of the sample; the pool of messages and the calls in raw form are in the steps.
fn payload(mut sample: Map<String, Value>, attachments: &Attachments) -> Option<Vec<u8>> {
    let input = json::take(&mut sample, &["input"]).map(|input| attachments.resolve(input));
    let output = json::take(&mut sample, &["output"]).map(|output| attachments.resolve(output));
    for key in ["events_data", "message_pool", "store", "timelines"] {
        sample.shift_remove(key);
    }
    sample.retain(|_, value| !value.is_null());
    let attributes = sample.into_iter().map(|(key, value)| (key, attachments.resolve(value))).collect();
    serde_json::to_vec(&Payload { input, output, attributes, ..Payload::default() }).ok()
}
