//! What many runs come to: figures, over time and broken down, and why steps failed.

use std::collections::HashMap;

use super::catalog::{Calls, Columns, GAP, RowSet, Run, Vocabulary, Word};
use super::filter::{edit, joined, quoted};
use super::reading::Reading;
use super::summary::unix_ms;
use crate::dto::{
    CallBreakdown, FailureCluster, FilterEdit, Insights, InsightsBucket, InsightsRequest, RunBreakdown,
    RunFigures,
};
use crate::error::Result;
use crate::model::TraceStatus;
use crate::store::digest::bucket_duration_ns;

const MOST_BUCKETS: u32 = 200;
const MOST_ROWS: u32 = 100;
const NS_PER_MS: i64 = 1_000_000;

/// The figures for a filter.
pub fn insights(reading: &Reading<'_>, request: &InsightsRequest) -> Result<Insights> {
    let rows = reading.rows();
    let columns = reading.columns;
    let words = &columns.words;
    let filter = request.filter.as_str();
    let most = request.rows.min(MOST_ROWS) as usize;
    let by = |field: &str, vocabulary: &Vocabulary, word: fn(&Run) -> Option<Word>| {
        breakdown(columns, &rows, word, most, |word| {
            let value = word.map(|word| vocabulary.text(word).to_owned());
            (value.clone(), with_value(filter, field, value.as_deref()))
        })
    };
    let calls = |field: &str, vocabulary: &Vocabulary, are_tools: bool| {
        call_breakdown(columns, &rows, are_tools, most, |word| {
            let name = vocabulary.text(word).to_owned();
            let filter = with_value(filter, field, Some(&name));
            (name, filter)
        })
    };
    let (failures, failures_left_out) = failures(columns, &rows, filter, most);
    Ok(Insights {
        revision: reading.revision,
        total: figures(rows.iter().map(|row| &columns.runs[row])),
        over_time: over_time(columns, &rows, filter, request.buckets.clamp(1, MOST_BUCKETS)),
        by_project: by("project", &words.projects, |run| run.project),
        by_environment: by("environment", &words.environments, |run| run.environment),
        by_task: by("name", &words.names, |run| Some(run.name)),
        models: calls("model", &words.models, false),
        tools: calls("tool", &words.tools, true),
        failures,
        failures_left_out,
    })
}

/// The filter with this value asked of the field, or, for `None`, that there is none.
fn with_value(filter: &str, field: &str, value: Option<&str>) -> String {
    let changed = match value {
        Some(value) => edit(filter, field, &FilterEdit::Set { values: vec![value.to_owned()] }),
        None => {
            edit(filter, field, &FilterEdit::Clear).map(|cleared| joined(&cleared, &format!("-{field}:*")))
        }
    };
    // The filter was read already; one that can't be changed stays.
    changed.unwrap_or_else(|_| filter.to_owned())
}

/// The figures of some runs.
pub(super) fn figures<'a>(runs: impl Iterator<Item = &'a Run>) -> RunFigures {
    let mut figures = RunFigures::default();
    let mut took: Vec<i64> = Vec::new();
    let mut waste_ns: Option<i64> = None;
    for run in runs {
        figures.runs += 1;
        match run.status {
            TraceStatus::Success => figures.succeeded += 1,
            TraceStatus::Warning => {
                figures.succeeded += 1;
                figures.warnings += 1;
            }
            TraceStatus::Failed => figures.failed += 1,
            TraceStatus::Lost => figures.lost += 1,
            TraceStatus::Running => figures.running += 1,
        }
        if run.has_ended() {
            took.extend(run.duration_ns);
        }
        figures.steps += u64::from(run.steps);
        figures.errors += u64::from(run.errors);
        figures.retries += u64::from(run.retries);
        figures.retried_runs += u32::from(run.retries > 0);
        if let Some(ns) = run.waste_ns {
            waste_ns = Some(waste_ns.unwrap_or(0).saturating_add(ns));
        }
        add(&mut figures.input_tokens, run.input_tokens);
        add(&mut figures.output_tokens, run.output_tokens);
        add(&mut figures.tokens, run.tokens);
        if let Some(cost) = run.cost_usd {
            *figures.cost_usd.get_or_insert(0.0) += cost;
        }
    }
    let ended = figures.succeeded + figures.failed;
    figures.success_rate = (ended > 0).then(|| f64::from(figures.succeeded) / f64::from(ended));
    figures.mean_ns =
        (!took.is_empty()).then(|| took.iter().map(|ns| *ns as f64).sum::<f64>() / took.len() as f64);
    figures.p50_ns = percentile(&mut took, 0.5);
    figures.p95_ns = percentile(&mut took, 0.95);
    figures.p99_ns = percentile(&mut took, 0.99);
    figures.waste_ns = waste_ns.map(|ns| ns as f64);
    figures
}

fn add(sum: &mut Option<u64>, value: Option<u64>) {
    if let Some(value) = value {
        *sum = Some(sum.unwrap_or(0).saturating_add(value));
    }
}

/// The value that a share of the values stays at or under (nearest rank).
pub(super) fn percentile(values: &mut [i64], share: f64) -> Option<f64> {
    let rank = ((share * values.len() as f64).ceil() as usize).max(1) - 1;
    (rank < values.len()).then(|| *values.select_nth_unstable(rank).1 as f64)
}

fn over_time(columns: &Columns, rows: &RowSet, filter: &str, count: u32) -> Vec<InsightsBucket> {
    let started =
        || rows.iter().filter_map(|row| columns.runs[row].start_ns.map(|start| (start, &columns.runs[row])));
    let (Some(first), Some(last)) =
        (started().map(|(start, _)| start).min(), started().map(|(start, _)| start).max())
    else {
        return Vec::new();
    };
    // Whole milliseconds, so that a filter can say where a bucket begins and ends.
    let first_ms = first.div_euclid(NS_PER_MS);
    let span_ms = last.div_euclid(NS_PER_MS) - first_ms + 1;
    let width_ms = (span_ms + i64::from(count) - 1) / i64::from(count);
    let buckets = ((span_ms + width_ms - 1) / width_ms) as usize;
    let mut runs: Vec<Vec<&Run>> = vec![Vec::new(); buckets];
    for (start, run) in started() {
        let bucket = ((start.div_euclid(NS_PER_MS) - first_ms) / width_ms) as usize;
        if let Some(bucket) = runs.get_mut(bucket) {
            bucket.push(run);
        }
    }
    let bucket = |(index, runs): (usize, Vec<&Run>)| {
        let from = (first_ms + index as i64 * width_ms) as f64;
        let below = from + width_ms as f64;
        let range = FilterEdit::Range { from: Some(from), below: Some(below) };
        InsightsBucket {
            start_unix_ms: from,
            end_unix_ms: below,
            figures: figures(runs.into_iter()),
            filter: edit(filter, "started", &range).unwrap_or_else(|_| filter.to_owned()),
        }
    };
    runs.into_iter().enumerate().map(bucket).collect()
}

fn breakdown(
    columns: &Columns,
    rows: &RowSet,
    word: fn(&Run) -> Option<Word>,
    most: usize,
    describe: impl Fn(Option<Word>) -> (Option<String>, String),
) -> Vec<RunBreakdown> {
    let mut groups: HashMap<Option<Word>, Vec<&Run>> = HashMap::new();
    for run in rows.iter().map(|row| &columns.runs[row]) {
        groups.entry(word(run)).or_default().push(run);
    }
    let mut groups: Vec<(Option<Word>, Vec<&Run>)> = groups.into_iter().collect();
    groups.sort_unstable_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
    groups.truncate(most);
    let row = |(word, runs): (Option<Word>, Vec<&Run>)| {
        let (value, filter) = describe(word);
        RunBreakdown { value, figures: figures(runs.into_iter()), filter }
    };
    groups.into_iter().map(row).collect()
}

/// What the calls of one tool or model come to.
#[derive(Default)]
struct CallSum {
    calls: u64,
    failed: u64,
    runs: u32,
    tokens: Option<u64>,
    cost_usd: Option<f64>,
    /// Calls by bucket of duration.
    durations: Vec<u64>,
}

impl CallSum {
    fn add(&mut self, calls: &Calls, durations: &[(u16, u16)]) {
        self.calls += u64::from(calls.count);
        self.failed += u64::from(calls.failed);
        self.runs += 1;
        add(&mut self.tokens, calls.tokens());
        if let Some(cost) = calls.cost_usd() {
            *self.cost_usd.get_or_insert(0.0) += cost;
        }
        for (bucket, count) in durations {
            let bucket = usize::from(*bucket);
            if bucket >= self.durations.len() {
                self.durations.resize(bucket + 1, 0);
            }
            self.durations[bucket] += u64::from(*count);
        }
    }

    fn quantile(&self, share: f64) -> Option<f64> {
        let known: u64 = self.durations.iter().sum();
        let rank = ((share * known as f64).ceil() as u64).max(1);
        let mut seen = 0;
        let bucket = self.durations.iter().position(|count| {
            seen += count;
            seen >= rank
        })?;
        Some(bucket_duration_ns(bucket as u16))
    }
}

fn call_breakdown(
    columns: &Columns,
    rows: &RowSet,
    are_tools: bool,
    most: usize,
    describe: impl Fn(Word) -> (String, String),
) -> Vec<CallBreakdown> {
    let count = if are_tools { columns.words.tools.len() } else { columns.words.models.len() };
    let mut sums: Vec<CallSum> = Vec::new();
    sums.resize_with(count, CallSum::default);
    for run in rows.iter().map(|row| &columns.runs[row]) {
        let mut add = |calls: &Calls, durations: &[(u16, u16)]| {
            if let Some(sum) = sums.get_mut(calls.name as usize) {
                sum.add(calls, durations);
            }
        };
        if are_tools {
            run.tool_calls().for_each(|(calls, durations)| add(calls, durations));
        } else {
            run.model_calls().for_each(|(calls, durations)| add(calls, durations));
        }
    }
    let mut named: Vec<(f64, Word, CallSum)> = sums
        .into_iter()
        .enumerate()
        .filter(|(_, sum)| sum.calls > 0)
        .map(|(word, sum)| {
            let rank = if are_tools { sum.quantile(0.95).unwrap_or(0.0) } else { sum.calls as f64 };
            (rank, word as Word, sum)
        })
        .collect();
    named.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    named.truncate(most);
    let row = |(_, word, sum): (f64, Word, CallSum)| {
        let (value, filter) = describe(word);
        let total_ns = sum.durations.iter().enumerate();
        CallBreakdown {
            value,
            calls: sum.calls,
            failed: sum.failed,
            runs: sum.runs,
            total_ns: total_ns.map(|(bucket, count)| bucket_duration_ns(bucket as u16) * *count as f64).sum(),
            p50_ns: sum.quantile(0.5),
            p95_ns: sum.quantile(0.95),
            max_ns: sum
                .durations
                .iter()
                .rposition(|count| *count > 0)
                .map(|last| bucket_duration_ns(last as u16)),
            tokens: sum.tokens,
            cost_usd: sum.cost_usd,
            filter,
        }
    };
    named.into_iter().map(row).collect()
}

#[derive(Default)]
struct Cluster {
    errors: u64,
    runs: u32,
    failed_runs: u32,
    example: Option<Word>,
    last_ns: Option<i64>,
    /// The last run that was counted.
    counted: Option<usize>,
}

/// Errors that are alike together, and the number of failed steps that are in none.
fn failures(columns: &Columns, rows: &RowSet, filter: &str, most: usize) -> (Vec<FailureCluster>, u64) {
    let mut clusters: HashMap<Word, Cluster> = HashMap::new();
    let mut left_out = 0;
    for row in rows.iter() {
        let run = &columns.runs[row];
        left_out += u64::from(run.errors_left_out);
        // What the run itself says, where no step says it.
        let own = run.failure.filter(|failure| run.error_texts.iter().all(|(error, _)| error != failure));
        for (error, count) in run.error_texts.iter().copied().chain(own.map(|failure| (failure, 0))) {
            let cluster = clusters.entry(columns.error_pattern(error)).or_default();
            cluster.errors += u64::from(count);
            cluster.example.get_or_insert(error);
            if cluster.counted.replace(row) != Some(row) {
                cluster.runs += 1;
                cluster.failed_runs += u32::from(run.status == TraceStatus::Failed);
                cluster.last_ns = cluster.last_ns.max(run.start_ns);
            }
        }
    }
    let mut clusters: Vec<(Word, Cluster)> = clusters.into_iter().collect();
    clusters.sort_unstable_by(|a, b| {
        b.1.runs.cmp(&a.1.runs).then(b.1.errors.cmp(&a.1.errors)).then(a.0.cmp(&b.0))
    });
    clusters.truncate(most);
    let row = |(word, cluster): (Word, Cluster)| {
        let pattern = columns.words.patterns.text(word).to_owned();
        FailureCluster {
            filter: joined(filter, &format!("error:{}", matching(&pattern))),
            pattern,
            errors: cluster.errors,
            runs: cluster.runs,
            failed_runs: cluster.failed_runs,
            example: cluster
                .example
                .map(|word| columns.words.errors.text(word).to_owned())
                .unwrap_or_default(),
            last_unix_ms: cluster.last_ns.map(unix_ms),
        }
    };
    (clusters.into_iter().map(row).collect(), left_out)
}

/// A pattern as a value of the filter: `*` where errors differ.
fn matching(pattern: &str) -> String {
    if !pattern.contains(GAP) {
        return format!("={}", quoted(pattern));
    }
    let pieces = pattern.split(GAP).map(|piece| if piece.is_empty() { String::new() } else { quoted(piece) });
    pieces.collect::<Vec<_>>().join("*")
}
