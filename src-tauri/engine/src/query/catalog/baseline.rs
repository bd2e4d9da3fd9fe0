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
    numbers: HashMap<TaskKey, u32>,
    tasks: Vec<Task>,
    /// Those that have changed since they were worked out.
    changed: HashSet<u32>,
}

#[derive(Default)]
struct Task {
    usual: [Option<Baseline>; Measure::ALL.len()],
    /// The rows of its runs; some may have left, some may be named twice.
    members: Vec<u32>,
    changes: usize,
    worked_out: Option<Instant>,
}

impl Tasks {
    /// The number of the task of a run.
    pub(super) fn of(&mut self, run: &Run) -> u32 {
        let next = self.tasks.len() as u32;
        let number = *self.numbers.entry((run.project, run.name)).or_insert(next);
        if number == next {
            self.tasks.push(Task::default());
        }
        number
    }

    /// Notes that a row is a run of the task now.
    pub(super) fn joined(&mut self, task: u32, row: u32) {
        if let Some(task) = self.tasks.get_mut(task as usize) {
            task.members.push(row);
        }
    }

    /// Notes that a run of the task came, changed or went.
    pub(super) fn changed(&mut self, task: u32) {
        if let Some(known) = self.tasks.get_mut(task as usize) {
            known.changes += 1;
            self.changed.insert(task);
        }
    }

    pub(super) fn baseline(&self, run: &Run, measure: Measure) -> Option<&Baseline> {
        self.tasks.get(run.task as usize)?.usual.get(measure as usize)?.as_ref()
    }

    /// The rows of the runs of a task, each once; some may have left it.
    pub(super) fn rows(&self, task: u32) -> impl Iterator<Item = u32> {
        let mut rows = self.tasks.get(task as usize).map_or_else(Vec::new, |task| task.members.clone());
        rows.sort_unstable();
        rows.dedup();
        rows.into_iter()
    }

    /// Works out anew what is usual for the tasks that have changed enough.
    pub(super) fn work_out(&mut self, runs: &[Run]) {
        let due: Vec<u32> = self
            .changed
            .iter()
            .copied()
            .filter(|task| self.tasks.get(*task as usize).is_some_and(Task::is_due))
            .collect();
        for number in due {
            self.changed.remove(&number);
            if let Some(task) = self.tasks.get_mut(number as usize) {
                task.work_out(number, runs);
            }
        }
    }
}

impl Task {
    fn is_due(&self) -> bool {
        self.changes * WORTHWHILE_SHARE >= self.members.len()
            || self.worked_out.is_none_or(|at| at.elapsed() >= PATIENCE)
    }

    fn work_out(&mut self, number: u32, runs: &[Run]) {
        self.members.sort_unstable();
        self.members.dedup();
        let run = |row: &u32| runs.get(*row as usize).filter(|run| run.task == number && !run.is_deleted);
        self.members.retain(|row| run(row).is_some());
        self.changes = 0;
        self.worked_out = Some(Instant::now());
        for measure in Measure::ALL {
            let ended = self.members.iter().filter_map(run).filter(|run| run.has_ended());
            self.usual[measure as usize] =
                Baseline::of(measure, ended.filter_map(|run| run.measure(measure)).collect());
        }
    }
}
