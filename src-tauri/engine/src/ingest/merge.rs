//! Parts of a span or a trace, told as it happens, put together: what one part does not say stays as another said it,
//! whatever the order in which they come. The same part twice changes nothing.

use crate::model::{
    Payload, Provenance, SpanFlags, SpanKind, SpanRecord, SpanStatus, Tokens, TraceRecord, TraceStatus,
};
use crate::store::span::SpanRow;
use crate::store::trace::Reported;

/// `part` beside what is `known` of its span, if anything is; `payload` is the known one.
pub fn span(known: Option<(&SpanRow, &[u8])>, part: SpanRecord) -> SpanRecord {
    let Some((known, known_payload)) = known else { return first(part) };
    let has_ended = part.status != SpanStatus::Open;
    let times = Times::merged(known, &part);
    let mut flags = SpanFlags(known.flags.0 | part.flags.0);
    flags.set(SpanFlags::TIME_DERIVED, times.derived);
    flags.set(SpanFlags::COST_DERIVED, false);
    if has_ended || known.end_ns.is_some() {
        // The real one has replaced its placeholder.
        flags.set(SpanFlags::PENDING, false);
    }
    SpanRecord {
        parent: part.parent.or_else(|| known.parent_id.clone()),
        name: if part.name.is_empty() { known.name.clone() } else { part.name },
        kind: if part.kind == SpanKind::Other { known.kind } else { part.kind },
        status: if has_ended { part.status } else { known.status },
        error: part.error.or_else(|| known.error.clone()),
        start_ns: times.start_ns,
        end_ns: times.end_ns,
        model: part.model.or_else(|| known.model.clone()),
        tokens: Tokens {
            input: part.tokens.input.or(known.tokens.input),
            output: part.tokens.output.or(known.tokens.output),
            cache_read: part.tokens.cache_read.or(known.tokens.cache_read),
            cache_write: part.tokens.cache_write.or(known.tokens.cache_write),
            reasoning: part.tokens.reasoning.or(known.tokens.reasoning),
            total: part.tokens.total.or(known.tokens.total),
        },
        cost_usd: part.cost_usd.or(known.cost_usd.filter(|_| !known.has_derived_cost())),
        attempt: part.attempt.or(known.attempt),
        backoff_ns: part.backoff_ns.or(known.backoff_ns),
        input_hash: part.input_hash.or(known.input_hash),
        flags,
        duration_ns: None,
        payload: payload(known_payload, part.payload),
        ..part
    }
}

/// The first that is heard of a span.
fn first(mut part: SpanRecord) -> SpanRecord {
    if part.name.is_empty() {
        part.name.clone_from(&part.id);
    }
    if let Some(duration_ns) = part.duration_ns.take() {
        match (part.start_ns, part.end_ns) {
            (None, Some(end)) => part.start_ns = end.checked_sub(duration_ns),
            (Some(start), None) => part.end_ns = start.checked_add(duration_ns),
            _ => {}
        }
    }
    part
}

/// When a span began and ended, and whether that is worked out rather than told.
struct Times {
    start_ns: Option<i64>,
    end_ns: Option<i64>,
    derived: bool,
}

impl Times {
    /// A time that was told goes before one that is only when the message came; of two of those, the first.
    fn merged(known: &SpanRow, part: &SpanRecord) -> Self {
        let known_derived = known.flags.contains(SpanFlags::TIME_DERIVED);
        let part_derived = part.flags.contains(SpanFlags::TIME_DERIVED);
        let better = |part_ns: Option<i64>, known_ns: Option<i64>| match (part_ns, known_ns) {
            (Some(_), Some(known)) if part_derived => (Some(known), known_derived),
            (Some(part), _) => (Some(part), part_derived),
            (None, known) => (known, known_derived && known.is_some()),
        };
        let (start_ns, start_derived) = better(part.start_ns, known.start_ns);
        let (end_ns, end_derived) = better(part.end_ns, known.end_ns);
        // How long it took is known better than when the message of its end came.
        let took = part.duration_ns.or_else(|| {
            let known_ns = known.end_ns?.checked_sub(known.start_ns?);
            known_ns.filter(|_| known_derived && part.start_ns.is_some())
        });
        match start_ns.zip(took).filter(|_| end_ns.is_some() && end_derived) {
            Some((start, took)) => Self { start_ns, end_ns: start.checked_add(took), derived: start_derived },
            None => Self { start_ns, end_ns, derived: start_derived || end_derived },
        }
    }
}

/// Both payloads in one; of what both say, what `part` says.
pub fn payload(known: &[u8], part: Vec<u8>) -> Vec<u8> {
    let (Ok(mut merged), Ok(new)) =
        (serde_json::from_slice::<Payload>(known), serde_json::from_slice::<Payload>(&part))
    else {
        return part;
    };
    merged.input = new.input.or(merged.input);
    merged.output = new.output.or(merged.output);
    merged.status_message = new.status_message.or(merged.status_message);
    merged.attributes.extend(new.attributes);
    merged.resource.extend(new.resource);
    merged.scope.extend(new.scope);
    merged.other.extend(new.other);
    for event in new.events {
        if !merged.events.contains(&event) {
            merged.events.push(event);
        }
    }
    for link in new.links {
        if !merged.links.contains(&link) {
            merged.links.push(link);
        }
    }
    serde_json::to_vec(&merged).unwrap_or(part)
}

/// What `part` says of a run as a whole beside what was `known` of it.
pub fn reported(known: Option<Reported>, part: &TraceRecord) -> Reported {
    let known = known.unwrap_or_default();
    let new = Reported::from_record(part);
    let start_ns = new.start_ns.or(known.start_ns);
    let end_ns = start_ns
        .zip(part.duration_ns)
        .and_then(|(start, took)| start.checked_add(took))
        .or(new.end_ns)
        .or(known.end_ns);
    let running = Some(TraceStatus::Running.code());
    let status = match (new.status, known.status) {
        (new, known) if new == running && known.is_some() => known,
        (new, known) => new.or(known),
    };
    let says_time = new.start_ns.is_some() || new.end_ns.is_some();
    Reported {
        // A run that has ended without a word on how: the steps tell.
        status: status.filter(|status| end_ns.is_none() || Some(*status) != running),
        name: new.name.or(known.name),
        failure_reason: new.failure_reason.or(known.failure_reason),
        start_ns,
        end_ns,
        time_provenance: if part.duration_ns.is_some() {
            Provenance::Reported.code()
        } else if says_time {
            new.time_provenance
        } else {
            known.time_provenance
        },
        model: new.model.or(known.model),
        input_tokens: new.input_tokens.or(known.input_tokens),
        output_tokens: new.output_tokens.or(known.output_tokens),
        total_tokens: new.total_tokens.or(known.total_tokens),
        tokens_provenance: if part.tokens.sum().is_some() {
            new.tokens_provenance
        } else {
            known.tokens_provenance
        },
        cost_usd: new.cost_usd.or(known.cost_usd),
        retries: new.retries.or(known.retries),
        told: new.told.max(known.told),
    }
}
