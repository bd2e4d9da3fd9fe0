//! The card at the top of a trace: every number with where it comes from.

use rusqlite::Connection;
use serde_json::{Map, Value};

use super::bounded::Bounded;
use super::catalog::{Columns, Run};
use super::summary::summaries;
use super::texts::Texts;
use super::wording::{cost, count, duration};
use crate::dto::{Fact, LongText, RunTries, RunTry, Settings, TraceDetail, TraceSummary};
use crate::error::{Code, Error, Result};
use crate::model::{Provenance, TraceStatus};
use crate::semantics;
use crate::store::trace::{self as trace_table, Reported};

/// The card of trace `trace_id`. Error `NotFound` if the trace is not there.
pub fn trace(
    connection: &Connection,
    columns: &Columns,
    texts: &Texts,
    trace_id: i64,
    settings: &Settings,
) -> Result<TraceDetail> {
    let summary = summaries(connection, columns, &[trace_id])?
        .pop()
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))?;
    let (reported, _) = trace_table::reported(connection, trace_id)?;
    let steps_span_ns = steps_span_ns(connection, trace_id)?;
    let (Said { content, attributes, long_texts }, damage) = match said(connection, texts, trace_id) {
        Err(error) if error.code == Code::Corrupt => (Said::default(), Some(error.message)),
        said => (said?, None),
    };
    let mut facts = facts(&summary, reported.as_ref(), steps_span_ns, settings);
    facts.extend(damage.map(|explanation| Fact {
        label: "Damaged".into(),
        value: "what the source says of the run".into(),
        provenance: Provenance::Truncated,
        explanation,
    }));
    Ok(TraceDetail {
        tries: columns.run(trace_id).and_then(|run| tries(columns, run)),
        facts,
        content,
        attributes,
        long_texts,
        summary,
    })
}

/// The most tries of a run that are told of.
const MOST_TRIES: usize = 20;

fn tries(columns: &Columns, run: &Run) -> Option<RunTries> {
    let all = columns.tries_of(run);
    let place = all.iter().position(|each| each.id == run.id)?;
    let from = place.saturating_sub(MOST_TRIES / 2).min(all.len().saturating_sub(MOST_TRIES));
    let tries = all.iter().enumerate().skip(from).take(MOST_TRIES);
    Some(RunTries {
        number: place as u32 + 1,
        of: all.len() as u32,
        tries: tries
            .map(|(at, run)| RunTry { trace_id: run.id, number: at as u32 + 1, status: run.status })
            .collect(),
    })
}

/// From the first start to the last end of the steps.
fn steps_span_ns(connection: &Connection, trace_id: i64) -> Result<Option<i64>> {
    let (first, last): (Option<i64>, Option<i64>) = connection
        .prepare_cached(
            "SELECT min(start_ns), max(coalesce(end_ns, start_ns)) FROM span WHERE trace_id = ?1",
        )?
        .query_row([trace_id], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(first.zip(last).map(|(first, last)| last.saturating_sub(first)))
}

/// What the source says of the run itself, its longest texts cut.
#[derive(Default)]
struct Said {
    content: Option<semantics::Content>,
    attributes: Option<Value>,
    long_texts: Vec<LongText>,
}

fn said(connection: &Connection, texts: &Texts, trace_id: i64) -> Result<Said> {
    let Some(place) = trace_table::payload_place(connection, trace_id)? else { return Ok(Said::default()) };
    let stored = texts.payload(connection, place)?;
    let Bounded { payload, raw, mut cuts } = Bounded::read(stored.as_bytes());
    drop(stored);
    let mut content = semantics::content(&payload);
    cuts.content(&mut content);
    let mut rest = Map::new();
    for (members, place) in [(payload.attributes, "/raw/attributes"), (payload.other, "/raw/other")] {
        if let Value::Object(members) = cuts.value(Value::Object(members), place) {
            rest.extend(members);
        }
    }
    let attributes = match (rest.is_empty(), raw) {
        (true, raw @ Value::String(_)) => Some(raw),
        (true, _) => None,
        (false, _) => Some(Value::Object(rest)),
    };
    Ok(Said { content: Some(content), attributes, long_texts: cuts.listed() })
}

/// What the source says of the run itself, and whether texts in it were cut.
pub(super) fn run_said(
    connection: &Connection,
    texts: &Texts,
    trace_id: i64,
) -> Result<(Option<semantics::Content>, bool)> {
    let Said { content, long_texts, .. } = said(connection, texts, trace_id)?;
    Ok((content, !long_texts.is_empty()))
}

fn facts(
    trace: &TraceSummary,
    reported: Option<&Reported>,
    steps_span_ns: Option<i64>,
    settings: &Settings,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut add = |label: &str, value: String, provenance: Provenance, explanation: String| {
        facts.push(Fact { label: label.into(), value, provenance, explanation });
    };
    let said = |is_said: bool| if is_said { Provenance::Reported } else { Provenance::Derived };

    let status_is_said = reported.is_some_and(|reported| reported.status.is_some());
    add(
        "Status",
        trace.status.word().into(),
        said(status_is_said),
        if status_is_said {
            "As the source says.".into()
        } else {
            "From the steps: the root's own status, a warning if a step below it failed, running while a step is open.".into()
        },
    );
    if let Some(reason) = &trace.failure_reason {
        let is_said = reported.is_some_and(|reported| reported.failure_reason.is_some());
        add(
            if trace.status == TraceStatus::Failed { "Failure" } else { "First error" },
            reason.clone(),
            said(is_said),
            if is_said {
                "As the source says."
            } else {
                "The error of the step that failed first, as deep as it goes."
            }
            .into(),
        );
    }
    if let Some(ns) = trace.duration_ns {
        let slow = if ns >= settings.slow_ms * 1e6 {
            format!(" Slow: {} or more.", duration(settings.slow_ms * 1e6))
        } else if ns >= settings.slow_warning_ms * 1e6 {
            format!(" Getting slow: {} or more.", duration(settings.slow_warning_ms * 1e6))
        } else {
            String::new()
        };
        let own =
            steps_span_ns.map_or(String::new(), |ns| format!(" The steps span {}.", duration(ns as f64)));
        let how = match trace.time_provenance {
            Provenance::Reported => format!("The latency the source stores for the run.{own}"),
            Provenance::Derived => format!("Worked out from other times of the source.{own}"),
            _ => "From the first start to the last end of the steps, by the source's clock.".into(),
        };
        // Of a run whose end is not known, at least so long as it was heard of.
        let least = if trace.status == TraceStatus::Lost { "≥\u{2009}" } else { "" };
        add("Latency", format!("{least}{}", duration(ns)), trace.time_provenance, how + &slow);
    }
    if let Some(tokens) = trace.total_tokens {
        let split = match (trace.input_tokens, trace.output_tokens) {
            (Some(input), Some(output)) => format!(" ({} in, {} out)", count(input), count(output)),
            _ => String::new(),
        };
        let how = match trace.tokens_provenance {
            Provenance::Estimated => {
                "An estimate by the source from the length of the texts; may be twice the real number."
            }
            Provenance::Derived => {
                "Added up over the steps; where a step repeats what the steps below it used, it is counted once."
            }
            _ => "As the source reports it.",
        };
        add("Tokens", count(tokens) + &split, trace.tokens_provenance, how.into());
    }
    if let Some(cost_usd) = trace.cost_usd {
        add(
            "Cost",
            cost(cost_usd),
            trace.cost_provenance,
            if trace.cost_provenance == Provenance::Derived {
                "Worked out from tokens and the table of prices; model calls without a known price are not in it.".into()
            } else {
                "As the source reports it, for the run or added up over the steps.".into()
            },
        );
    }
    if let Some(model) = &trace.model {
        let is_said = reported.is_some_and(|reported| reported.model.is_some());
        add(
            "Model",
            model.clone(),
            said(is_said),
            if is_said {
                "As the source says of the run."
            } else {
                "The model with the most calls in this trace."
            }
            .into(),
        );
    }
    add("Steps", count(trace.steps.into()), Provenance::Measured, "Steps stored of this trace.".into());
    if trace.errors > 0 {
        add(
            "Errors",
            count(trace.errors.into()),
            Provenance::Measured,
            "Steps that ended in an error.".into(),
        );
    }
    let reported_retries = reported.and_then(|reported| reported.retries);
    if trace.retries > 0 || reported_retries.is_some_and(|retries| retries > 0) {
        let lost = trace
            .retry_waste_ns
            .filter(|ns| *ns > 0.0)
            .map_or(String::new(), |ns| format!(" ({} lost)", duration(ns)));
        let how = match (trace.retries_provenance, reported_retries) {
            (Provenance::Reported, _) => {
                "As the source counts them; which steps they are can't be told from it.".into()
            }
            (_, Some(said)) if said != trace.retries => {
                format!("Steps recognised as further tries of one operation. The source itself says {said}.")
            }
            _ => "Steps recognised as further tries of one operation.".to_owned(),
        };
        add("Retries", count(trace.retries.into()) + &lost, trace.retries_provenance, how);
    }
    for (label, value) in [
        ("Project", &trace.project),
        ("Environment", &trace.environment),
        ("Conversation", &trace.conversation),
    ] {
        if let Some(value) = value {
            add(label, value.clone(), Provenance::Reported, "As the source says.".into());
        }
    }
    facts
}
