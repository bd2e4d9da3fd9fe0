//! A trace's columns and its digest from its spans and from what was reported of it.

use super::digest::digest;
use crate::analysis;
use crate::error::Result;
use crate::model::{AttemptCorrection, Provenance, SpanFlags, TraceStatus};
use crate::store::digest::Digest;
use crate::store::payload::PayloadPlace;
use crate::store::trace::{Reported, Summary};
use crate::structure::{Spans, Structure};

/// What the trace's row should say. What the source reports of the run as a whole goes before what the spans add up to,
/// except for retries: a source's own count (TraceLLM counts every tool called twice) is used only where no attempts are
/// recognised.
///
/// `error_at` gives the error of the span whose payload lies at a place.
pub fn summarise(
    spans: Spans,
    corrections: &[(String, AttemptCorrection)],
    reported: Option<&Reported>,
    parents_unknown: bool,
    liveness: TraceLiveness,
    error_at: impl FnOnce(PayloadPlace) -> Result<Option<String>>,
) -> Result<(Summary, Digest)> {
    let shape = Structure::of(spans, corrections, parents_unknown, reported.is_some());
    let nothing = Reported::default();
    let said = reported.unwrap_or(&nothing);
    let totals = &shape.totals;

    let (start_ns, end_ns, time_provenance) = match (said.start_ns, said.end_ns) {
        (Some(start), Some(end)) => (Some(start), Some(end), said.time_provenance()),
        (start, end) => {
            let derived = shape.flags.contains(SpanFlags::TIME_DERIVED);
            let provenance = if derived { Provenance::Derived } else { Provenance::Measured };
            (start.or(totals.start_ns), end.or(totals.end_ns), provenance)
        }
    };
    let duration_ns = start_ns.zip(end_ns).map(|(start, end)| end.saturating_sub(start).max(0));
    // Steps laid out from 0 say how long a run took, if any of them says it, but not when.
    let laid_out = said.start_ns.is_none() && shape.flags.contains(SpanFlags::LAID_OUT);
    let (start_ns, duration_ns, time_provenance) = if laid_out {
        (None, duration_ns.filter(|ns| *ns > 0), Provenance::Derived)
    } else {
        (start_ns, duration_ns, time_provenance)
    };

    let detected = analysis::retries(&shape.groups);
    let (retry_count, retry_provenance) = match said.retries {
        Some(count) if detected == 0 => (count, Provenance::Reported),
        _ => (detected, Provenance::Derived),
    };
    let retry_waste_ns = (!shape.groups.is_empty()).then(|| analysis::wasted_ns(&shape.groups, &shape.tree));

    let (tokens, tokens_provenance) = if said.tokens().sum().is_some() {
        ((said.input_tokens, said.output_tokens, said.tokens().sum()), said.tokens_provenance())
    } else {
        ((totals.input_tokens, totals.output_tokens, totals.total_tokens), shape.tokens_provenance)
    };

    let cost_is_derived = shape.flags.contains(SpanFlags::COST_DERIVED);
    let cost_provenance =
        if said.cost_usd.is_none() && cost_is_derived { Provenance::Derived } else { Provenance::Reported };

    let failure_reason = match (&said.failure_reason, shape.place_of_failure()) {
        (None, Some(place)) => error_at(place)?,
        (said, _) => said.clone(),
    };
    let summary = Summary {
        name: said
            .name
            .clone()
            .or_else(|| shape.root().map(|root| shape.strings[shape.facts[root].name as usize].to_string()))
            .unwrap_or_default(),
        status: status(said.trace_status().unwrap_or(totals.status), shape.tree.orphans, liveness).code(),
        failure_reason,
        start_ns,
        duration_ns,
        time_provenance: time_provenance.code(),
        span_count: totals.steps,
        error_count: totals.errors,
        retry_count,
        retry_provenance: retry_provenance.code(),
        retry_waste_ns,
        input_tokens: tokens.0,
        output_tokens: tokens.1,
        total_tokens: tokens.2,
        tokens_provenance: tokens_provenance.code(),
        cost_usd: said.cost_usd.or(totals.cost_usd),
        cost_provenance: cost_provenance.code(),
        model: said
            .model
            .clone()
            .or_else(|| totals.model.map(|model| shape.strings[model as usize].to_string())),
    };
    Ok((summary, digest(&shape)))
}

/// Whether more of a trace may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceLiveness {
    /// A live source has told of it lately.
    Live,
    /// Nobody tells of it.
    Silent,
}

/// How the trace stands, given what its spans say. OpenTelemetry sends a span when it ends, so that children come before
/// their parents: while more may come, one whose parent is missing says that the run goes on. Once nobody tells of a trace,
/// what has not ended is lost.
fn status(told: TraceStatus, orphans: u32, liveness: TraceLiveness) -> TraceStatus {
    match (told, liveness) {
        (TraceStatus::Running, TraceLiveness::Silent) => TraceStatus::Lost,
        (_, TraceLiveness::Live) if orphans > 0 => TraceStatus::Running,
        (told, _) => told,
    }
}
