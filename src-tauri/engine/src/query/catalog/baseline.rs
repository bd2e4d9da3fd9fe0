//! What is usual for a task, and what is out of the ordinary: robust statistics over the ended runs of one project and name.
//!
//! Durations, tokens and costs spread by factors rather than by steps, so all is worked out on logarithms. The score is the
//! modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): the distance from the median in units of
//! 1.4826 times the median absolute deviation, or, where more than half of the runs are equal and that is zero, 1.2533 times
//! the mean absolute deviation. Only what lies above is told of: a run that was quicker than usual is no trouble.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::{Run, Word};
use crate::query::filter::Measure;

/// Fewer ended runs say nothing of what is usual.
const LEAST_RUNS: usize = 10;
/// Scores above this are out of the ordinary (Iglewicz and Hoaglin).
const LIMIT_SCORE: f64 = 3.5;
/// A run is not out of the ordinary within this factor of the median, however alike the others are.
const LEAST_FACTOR: f64 = 1.5;
/// A count is not within this distance of the median.
const LEAST_STEP: f64 = 1.5;
/// A large task is worked out again when this share of it has changed …
const WORTHWHILE_SHARE: usize = 50;
/// … or after this long.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is usual for a task in one measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Baseline {
    /// The median.
    pub median: f64,
    /// Above this a run is out of the ordinary.
    pub limit: f64,
    /// How many ended runs it was worked out from.
    pub runs: u32,
    /// The median of the logarithms.
    centre: f64,
    /// Their robust standard deviation; 0 where the runs do not vary.
    deviation: f64,
    /// What values are multiplied by before logarithms are taken.
    scale: f64,
}

impl Baseline {
    /// Works it out from values of ended runs; `None` if they are too few.
    pub fn of(measure: Measure, mut values: Vec<f64>) -> Option<Self> {
        values.retain(|value| value.is_finite() && *value >= 0.0);
        let runs = values.len();
        if runs < LEAST_RUNS {
            return None;
        }
        let scale = if measure == Measure::Cost { COST_SCALE } else { 1.0 };
        values.iter_mut().for_each(|value| *value = logarithm(*value * scale));
        let centre = median(&mut values);
        let mut distances: Vec<f64> = values.iter().map(|value| (value - centre).abs()).collect();
        let mean = distances.iter().sum::<f64>() / runs as f64;
        let typical = median(&mut distances);
        let deviation = if typical > 0.0 { 1.4826 * typical } else { 1.2533 * mean };
        let value_of = |logarithm: f64| (logarithm.exp() - 1.0) / scale;
        let median = value_of(centre);
        let least = match measure {
            Measure::Steps | Measure::Retries => (median * LEAST_FACTOR).max(median + LEAST_STEP),
            Measure::Duration | Measure::Tokens | Measure::Cost => median * LEAST_FACTOR,
        };
        let limit = value_of(centre + LIMIT_SCORE * deviation).max(least);
        Some(Self { median, limit, runs: runs as u32, centre, deviation, scale })
    }

    /// How many robust standard deviations a value lies above the median; `None` where the runs do not vary at all.
    pub fn score(&self, value: f64) -> Option<f64> {
        (self.deviation > 0.0).then(|| (logarithm(value * self.scale) - self.centre) / self.deviation)
    }
}

/// Logarithms are taken of one more than the value, which is defined for zero and makes no difference to what is large. Costs
/// in dollars are small: they count in millionths.
const COST_SCALE: f64 = 1e6;

fn logarithm(value: f64) -> f64 {
    (1.0 + value).ln()
}

/// Of at least one value.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    let is_odd = values.len() % 2 == 1;
    let (below, upper, _) = values.select_nth_unstable_by(middle, f64::total_cmp);
    match below.iter().copied().max_by(f64::total_cmp) {
        Some(lower) if !is_odd => (lower + *upper) / 2.0,
        _ => *upper,
    }
}

/// Project and name of a run.
type TaskKey = (Option<Word>, Word);

/// The tasks and what is usual for each.
#[derive(Default)]
pub(super) struct Tasks {
    known: HashMap<TaskKey, Task>,
    /// Those that have changed since they were worked out.
    changed: HashSet<TaskKey>,
}

#[derive(Default)]
struct Task {
    usual: [Option<Baseline>; Measure::ALL.len()],
    runs: usize,
    changes: usize,
    worked_out: Option<Instant>,
}

fn key(run: &Run) -> TaskKey {
    (run.project, run.name)
}

impl Tasks {
    /// Notes that a run of a task came, changed or went.
    pub(super) fn changed(&mut self, run: &Run) {
        self.changed.insert(key(run));
        self.known.entry(key(run)).or_default().changes += 1;
    }

    pub(super) fn baseline(&self, run: &Run, measure: Measure) -> Option<&Baseline> {
        let place = Measure::ALL.iter().position(|known| *known == measure)?;
        self.known.get(&key(run))?.usual.get(place)?.as_ref()
    }

    /// Works out anew what is usual for the tasks that have changed enough.
    pub(super) fn work_out(&mut self, runs: &[Run]) {
        let is_due = |task: &Task| {
            task.changes * WORTHWHILE_SHARE >= task.runs
                || task.worked_out.is_none_or(|at| at.elapsed() >= PATIENCE)
        };
        let due: Vec<TaskKey> =
            self.changed.iter().filter(|key| self.known.get(key).is_some_and(is_due)).copied().collect();
        if due.is_empty() {
            return;
        }
        let mut values: HashMap<TaskKey, [Vec<f64>; Measure::ALL.len()]> =
            due.iter().map(|key| (*key, Default::default())).collect();
        for run in runs.iter().filter(|run| !run.is_deleted && run.has_ended()) {
            if let Some(values) = values.get_mut(&key(run)) {
                for (measure, values) in Measure::ALL.into_iter().zip(values) {
                    values.extend(run.measure(measure));
                }
            }
        }
        for (key, values) in values {
            self.changed.remove(&key);
            let task = self.known.entry(key).or_default();
            task.runs = values.iter().map(Vec::len).max().unwrap_or(0);
            task.changes = 0;
            task.worked_out = Some(Instant::now());
            for ((measure, values), usual) in Measure::ALL.into_iter().zip(values).zip(&mut task.usual) {
                *usual = Baseline::of(measure, values);
            }
        }
    }
}
