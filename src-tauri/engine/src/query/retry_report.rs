//! What was tried again in many runs, by name, by cause and over time.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use super::catalog::{Columns, Retried, Run, Word};
use super::insights::{add, with_value};
use super::over_time::OverTime;
use super::reading::Reading;
use super::summary::summaries;
use crate::dto::{
    RetriedName, RetryBucket, RetryCause, RetryFigures, RetryReport, RetryReportRequest, RunsAgain,
};
use crate::error::Result;
use crate::model::{AttemptOutcome, AttemptRelation, FailureCause, SpanKind, TraceStatus};

const MOST_BUCKETS: u32 = 200;
const MOST_ROWS: u32 = 100;

/// What the matching runs tried more than once.
pub fn retry_report(reading: &Reading<'_>, request: &RetryReportRequest) -> Result<RetryReport> {
    let rows = reading.rows();
    let columns = reading.columns;
    let most = request.rows.min(MOST_ROWS) as usize;
    let filter = request.filter.as_str();

    let mut over_time = OverTime::<Sum>::default();
    let runs = || rows.iter().map(|row| &columns.runs[row]);
    runs().for_each(|run| over_time.meet(run.start_ns));
    over_time.divide(request.buckets.clamp(1, MOST_BUCKETS));

    let mut total = Sum::default();
    let (mut fallbacks, mut hedges, mut retried_runs) = (0, 0, 0);
    let mut names: HashMap<(Word, SpanKind), Name> = HashMap::new();
    let mut causes: HashMap<FailureCause, Sum> = HashMap::new();
    let mut worst: Vec<&Run> = Vec::new();
    for run in runs().filter(|run| !run.retried.is_empty()) {
        retried_runs += 1;
        worst.push(run);
        for retried in &run.retried {
            total.add(retried);
            match retried.relation {
                AttemptRelation::Fallback => fallbacks += u64::from(retried.operations),
                AttemptRelation::Hedge => hedges += u64::from(retried.operations),
                AttemptRelation::Retry => {}
            }
            let name = names.entry((retried.name, retried.kind)).or_default();
            name.sum.add(retried);
            if name.last_run.replace(run.id) != Some(run.id) {
                name.runs += 1;
            }
            causes.entry(retried.cause).or_default().add(retried);
            if let Some(sum) = over_time.at(run.start_ns) {
                sum.add(retried);
            }
        }
    }

    let mut names: Vec<((Word, SpanKind), Name)> = names.into_iter().collect();
    names.sort_unstable_by_key(|(key, name)| {
        (Reverse((name.sum.waste_ns, name.sum.figures.operations)), *key)
    });
    names.truncate(most);
    let mut causes: Vec<(FailureCause, Sum)> = causes.into_iter().collect();
    causes.sort_unstable_by_key(|(cause, sum)| (Reverse(sum.figures.operations), *cause));
    worst.sort_unstable_by_key(|run| (Reverse((run.waste_ns, run.retries)), run.id));
    worst.truncate(most);
    let worst: Vec<i64> = worst.into_iter().map(|run| run.id).collect();

    Ok(RetryReport {
        revision: reading.revision,
        runs: u32::try_from(rows.len()).unwrap_or(u32::MAX),
        retried_runs,
        total: total.finish(),
        fallbacks,
        hedges,
        by_name: names
            .into_iter()
            .map(|((word, kind), name)| {
                let value = columns.words.retried.text(word).to_owned();
                let filter = with_value(filter, "retried", Some(&value));
                RetriedName { value, kind, runs: name.runs, figures: name.sum.finish(), filter }
            })
            .collect(),
        by_cause: causes
            .into_iter()
            .map(|(cause, sum)| RetryCause {
                cause,
                figures: sum.finish(),
                filter: with_value(filter, "cause", Some(cause.word())),
            })
            .collect(),
        runs_again: runs_again(columns, runs(), filter),
        over_time: over_time
            .finish(filter)
            .map(|stretch| RetryBucket {
                start_unix_ms: stretch.start_unix_ms,
                end_unix_ms: stretch.end_unix_ms,
                figures: stretch.sum.finish(),
                filter: stretch.filter,
            })
            .collect(),
        worst: summaries(reading.connection, columns, &worst)?,
    })
}

/// The tries of whole runs of which one is among `runs`.
fn runs_again<'a>(columns: &Columns, runs: impl Iterator<Item = &'a Run>, filter: &str) -> RunsAgain {
    let mut sum = Sum::default();
    let mut counted: HashSet<i64> = HashSet::new();
    let mut matching = 0;
    for run in runs.filter(|run| columns.is_one_of_tries(run)) {
        matching += 1;
        if !counted.contains(&run.id) {
            let tries = columns.tries_of(run);
            counted.extend(tries.iter().map(|run| run.id));
            sum.add_tries(&tries);
        }
    }
    RunsAgain { runs: matching, figures: sum.finish(), filter: with_value(filter, "is", Some("rerun")) }
}

/// The operations of one name.
#[derive(Default)]
struct Name {
    sum: Sum,
    runs: u32,
    /// The last run that was counted.
    last_run: Option<i64>,
}

/// Figures while they are added up.
#[derive(Default)]
struct Sum {
    figures: RetryFigures,
    waste_ns: u64,
}

impl Sum {
    fn add(&mut self, retried: &Retried) {
        let operations = u64::from(retried.operations);
        let figures = &mut self.figures;
        figures.operations += operations;
        figures.attempts += u64::from(retried.attempts);
        *match retried.outcome {
            AttemptOutcome::Recovered => &mut figures.recovered,
            AttemptOutcome::Gaveup => &mut figures.gave_up,
            AttemptOutcome::Abandoned => &mut figures.abandoned,
            AttemptOutcome::Trying => &mut figures.trying,
        } += operations;
        self.waste_ns = self.waste_ns.saturating_add(retried.waste_ns);
        add(&mut figures.waste_tokens, retried.waste_tokens);
        if let Some(cost) = retried.waste_cost_usd {
            *figures.waste_cost_usd.get_or_insert(0.0) += cost;
        }
    }

    /// Adds a whole run with its tries, in order.
    fn add_tries(&mut self, tries: &[&Run]) {
        let Some((last, before)) = tries.split_last() else { return };
        let has_failed = matches!(last.status, TraceStatus::Failed | TraceStatus::Lost);
        let figures = &mut self.figures;
        figures.operations += 1;
        figures.attempts += tries.len() as u64;
        *match last.status {
            TraceStatus::Running => &mut figures.trying,
            TraceStatus::Failed | TraceStatus::Lost => &mut figures.gave_up,
            TraceStatus::Success | TraceStatus::Warning => &mut figures.recovered,
        } += 1;
        for run in before.iter().chain(has_failed.then_some(last)) {
            let took_ns = run.duration_ns.and_then(|ns| u64::try_from(ns).ok()).unwrap_or(0);
            self.waste_ns = self.waste_ns.saturating_add(took_ns);
            add(&mut figures.waste_tokens, run.tokens);
            if let Some(cost) = run.cost_usd {
                *figures.waste_cost_usd.get_or_insert(0.0) += cost;
            }
        }
    }

    fn finish(self) -> RetryFigures {
        let mut figures = self.figures;
        let ended = figures.recovered + figures.gave_up + figures.abandoned;
        figures.success_rate = (ended > 0).then(|| figures.recovered as f64 / ended as f64);
        figures.waste_ns = self.waste_ns as f64;
        figures
    }
}
