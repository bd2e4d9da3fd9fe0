//! What many runs come to: figures, over time and broken down, and why steps failed.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::catalog::{Calls, Columns, GAP, Run, Vocabulary, Word};
use super::filter::{edit, joined, quoted};
use super::over_time::{OverTime, Stretch};
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

/// The figures for a filter.
pub fn insights(reading: &Reading<'_>, request: &InsightsRequest) -> Result<Insights> {
    let rows = reading.rows();
    let columns = reading.columns;
    let words = &columns.words;
    let filter = request.filter.as_str();
    let most = request.rows.min(MOST_ROWS) as usize;

    let mut total = Sum::default();
    let mut over_time = OverTime::<Sum>::default();
    let mut projects = Groups::of(&words.projects);
    let mut environments = Groups::of(&words.environments);
    let mut tasks = Groups::of(&words.names);
    for run in rows.iter().map(|row| &columns.runs[row]) {
        over_time.meet(run.start_ns);
        projects.meet(run.project);
        environments.meet(run.environment);
        tasks.meet(Some(run.name));
    }
    over_time.divide(request.buckets.clamp(1, MOST_BUCKETS));
    [&mut projects, &mut environments, &mut tasks].into_iter().for_each(|groups| groups.choose(most));
    let mut tools = CallSum::of(&words.tools);
    let mut models = CallSum::of(&words.models);
    let mut failures = Failures::default();
    // In one pass: a run is fetched from memory once for all that is added up.
    for (row, run) in rows.iter().map(|row| (row, &columns.runs[row])) {
        total.add(run);
        if let Some(sum) = over_time.at(run.start_ns) {
            sum.add(run);
        }
        projects.add(run.project, run);
        environments.add(run.environment, run);
        tasks.add(Some(run.name), run);
        run.tool_calls().for_each(|(calls, durations)| CallSum::add(&mut tools, calls, durations));
        run.model_calls().for_each(|(calls, durations)| CallSum::add(&mut models, calls, durations));
        failures.add(columns, row, run);
    }
    let (failures, failures_left_out) = failures.finish(columns, filter, most);
    Ok(Insights {
        revision: reading.revision,
        total: total.finish(),
        over_time: over_time.finish(filter).map(bucket).collect(),
        by_project: projects.finish("project", &words.projects, filter),
        by_environment: environments.finish("environment", &words.environments, filter),
        by_task: tasks.finish("name", &words.names, filter),
        models: calls("model", &words.models, models, filter, most, |sum| sum.calls as f64),
        tools: calls("tool", &words.tools, tools, filter, most, |sum| sum.quantile(0.95).unwrap_or(0.0)),
        failures,
        failures_left_out,
    })
}

fn bucket(stretch: Stretch<Sum>) -> InsightsBucket {
    InsightsBucket {
        start_unix_ms: stretch.start_unix_ms,
        end_unix_ms: stretch.end_unix_ms,
        figures: stretch.sum.finish(),
        filter: stretch.filter,
    }
}

/// The filter with this value asked of the field, or, for `None`, that there is none.
pub(super) fn with_value(filter: &str, field: &str, value: Option<&str>) -> String {
    let changed = match value {
        Some(value) => edit(filter, field, &FilterEdit::Set { values: vec![value.to_owned()] }),
        None => {
            edit(filter, field, &FilterEdit::Clear).map(|cleared| joined(&cleared, &format!("-{field}:*")))
        }
    };
    // The filter was read already; one that can't be changed stays.
    changed.unwrap_or_else(|_| filter.to_owned())
}

/// Figures of some runs while they are added up.
#[derive(Default)]
pub(super) struct Sum {
    figures: RunFigures,
    took: Vec<i64>,
    waste_ns: Option<i64>,
}

impl Sum {
    /// Adds a run.
    pub(super) fn add(&mut self, run: &Run) {
        let figures = &mut self.figures;
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
            self.took.extend(run.duration_ns);
        }
        figures.steps += u64::from(run.steps);
        figures.errors += u64::from(run.errors);
        figures.retries += u64::from(run.retries);
        figures.retried_runs += u32::from(run.retries > 0);
        if let Some(ns) = run.waste_ns {
            self.waste_ns = Some(self.waste_ns.unwrap_or(0).saturating_add(ns));
        }
        add(&mut figures.input_tokens, run.input_tokens);
        add(&mut figures.output_tokens, run.output_tokens);
        add(&mut figures.tokens, run.tokens);
        if let Some(cost) = run.cost_usd {
            *figures.cost_usd.get_or_insert(0.0) += cost;
        }
    }

    /// The figures of all that were added.
    pub(super) fn finish(self) -> RunFigures {
        let Self { mut figures, mut took, waste_ns } = self;
        let ended = figures.succeeded + figures.failed;
        figures.success_rate = (ended > 0).then(|| f64::from(figures.succeeded) / f64::from(ended));
        figures.mean_ns =
            (!took.is_empty()).then(|| took.iter().map(|ns| *ns as f64).sum::<f64>() / took.len() as f64);
        took.sort_unstable();
        figures.p50_ns = percentile(&took, 0.5);
        figures.p95_ns = percentile(&took, 0.95);
        figures.p99_ns = percentile(&took, 0.99);
        figures.waste_ns = waste_ns.map(|ns| ns as f64);
        figures
    }
}

pub(super) fn add(sum: &mut Option<u64>, value: Option<u64>) {
    if let Some(value) = value {
        *sum = Some(sum.unwrap_or(0).saturating_add(value));
    }
}

/// The value that a share of `sorted` stays at or under (nearest rank).
pub(super) fn percentile(sorted: &[i64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|ns| *ns as f64)
}

/// The runs by what they have in common: those words that most runs have.
struct Groups {
    /// How many runs have each word; the last for those without one.
    counts: Vec<u32>,
    /// Which of the sums is that of a word, [`NOT_CHOSEN`] for none.
    sum_of: Vec<u32>,
    chosen: Vec<(usize, Sum)>,
}

const NOT_CHOSEN: u32 = u32::MAX;

impl Groups {
    fn of(vocabulary: &Vocabulary) -> Self {
        let words = vocabulary.len() + 1;
        Self { counts: vec![0; words], sum_of: vec![NOT_CHOSEN; words], chosen: Vec::new() }
    }

    fn index(&self, word: Option<Word>) -> usize {
        word.map_or(self.counts.len() - 1, |word| word as usize)
    }

    /// Takes a run into account for which words are chosen.
    fn meet(&mut self, word: Option<Word>) {
        let index = self.index(word);
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
    }

    fn choose(&mut self, most: usize) {
        let mut met: Vec<usize> = (0..self.counts.len()).filter(|index| self.counts[*index] > 0).collect();
        met.sort_unstable_by_key(|index| (Reverse(self.counts[*index]), *index));
        met.truncate(most);
        for index in met {
            self.sum_of[index] = self.chosen.len() as u32;
            self.chosen.push((index, Sum::default()));
        }
    }

    fn add(&mut self, word: Option<Word>, run: &Run) {
        let sum = self.sum_of.get(self.index(word)).copied().unwrap_or(NOT_CHOSEN);
        if let Some((_, sum)) = self.chosen.get_mut(sum as usize) {
            sum.add(run);
        }
    }

    fn finish(self, field: &str, vocabulary: &Vocabulary, filter: &str) -> Vec<RunBreakdown> {
        let row = |(index, sum): (usize, Sum)| {
            let value = (index < vocabulary.len()).then(|| vocabulary.text(index as Word).to_owned());
            let filter = with_value(filter, field, value.as_deref());
            RunBreakdown { value, figures: sum.finish(), filter }
        };
        self.chosen.into_iter().map(row).collect()
    }
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
    /// One for each word.
    fn of(vocabulary: &Vocabulary) -> Vec<Self> {
        let mut sums = Vec::new();
        sums.resize_with(vocabulary.len(), Self::default);
        sums
    }

    fn add(sums: &mut [Self], calls: &Calls, durations: &[(u16, u16)]) {
        if let Some(sum) = sums.get_mut(calls.name as usize) {
            sum.add_calls(calls, durations);
        }
    }

    fn add_calls(&mut self, calls: &Calls, durations: &[(u16, u16)]) {
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

/// The calls of each name, those of the highest rank first.
fn calls(
    field: &str,
    vocabulary: &Vocabulary,
    sums: Vec<CallSum>,
    filter: &str,
    most: usize,
    rank: impl Fn(&CallSum) -> f64,
) -> Vec<CallBreakdown> {
    let called = sums.into_iter().enumerate().filter(|(_, sum)| sum.calls > 0);
    let mut named: Vec<(f64, Word, CallSum)> =
        called.map(|(word, sum)| (rank(&sum), word as Word, sum)).collect();
    named.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    named.truncate(most);
    let row = |(_, word, sum): (f64, Word, CallSum)| {
        let value = vocabulary.text(word).to_owned();
        let filter = with_value(filter, field, Some(&value));
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

/// Errors that are alike together.
#[derive(Default)]
struct Failures {
    clusters: HashMap<Word, Cluster>,
    left_out: u64,
}

impl Failures {
    fn add(&mut self, columns: &Columns, row: usize, run: &Run) {
        self.left_out += u64::from(run.errors_left_out);
        // What the run itself says, where no step says it.
        let own = run.failure.filter(|failure| run.error_texts.iter().all(|(error, _)| error != failure));
        for (error, count) in run.error_texts.iter().copied().chain(own.map(|failure| (failure, 0))) {
            let cluster = self.clusters.entry(columns.error_pattern(error)).or_default();
            cluster.errors += u64::from(count);
            cluster.example.get_or_insert(error);
            if cluster.counted.replace(row) != Some(row) {
                cluster.runs += 1;
                cluster.failed_runs += u32::from(run.status == TraceStatus::Failed);
                cluster.last_ns = cluster.last_ns.max(run.start_ns);
            }
        }
    }

    /// The clusters, the most frequent first, and the number of failed steps that are in none.
    fn finish(self, columns: &Columns, filter: &str, most: usize) -> (Vec<FailureCluster>, u64) {
        let left_out = self.left_out;
        let mut clusters: Vec<(Word, Cluster)> = self.clusters.into_iter().collect();
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
}

/// A pattern as a value of the filter: `*` where errors differ.
fn matching(pattern: &str) -> String {
    if !pattern.contains(GAP) {
        return format!("={}", quoted(pattern));
    }
    let pieces = pattern.split(GAP).map(|piece| if piece.is_empty() { String::new() } else { quoted(piece) });
    pieces.collect::<Vec<_>>().join("*")
}
