//! Where the time of a run went: every moment counted once, to one part.

use super::activities::{Activity, Window};
use super::critical_path::Stretch;
use crate::model::TimePart;

/// What one part comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeShare {
    /// Which part.
    pub part: TimePart,
    /// Moments of the run that go to it: over all parts, the time of the run.
    pub wall_ns: i64,
    /// How much of the critical path is its: over all parts, the time of the run as well.
    pub critical_ns: i64,
    /// The own times of its activities added up: more than `wall_ns` where several run at once.
    pub work_ns: i64,
    /// Activities that have own time in it.
    pub count: u32,
    /// The longest of these, as indices of activities with their own times, the longest first.
    pub longest: Vec<(u32, i64)>,
}

/// The parts of a run's time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeBudget {
    /// All parts, in the order of their codes.
    pub shares: Vec<TimeShare>,
    /// What goes on at the end of the window: where the run goes on, this part grows.
    pub last: TimePart,
}

/// Counts every moment of the window to the part of an activity that runs then and in which nothing else runs: its own time. Of
/// several, the first part in the order of [`TimePart`] takes it; where none runs, the moment is idle. `path` is the critical path of the same activities. Each
/// part lists up to `most` of its activities.
///
/// One sweep over starts and ends: O(n log n).
pub fn time_budget(activities: &[Activity], path: &[Stretch], window: Window, most: usize) -> TimeBudget {
    let mut shares: Vec<TimeShare> = TimePart::ALL
        .iter()
        .map(|part| TimeShare {
            part: *part,
            wall_ns: 0,
            critical_ns: 0,
            work_ns: 0,
            count: 0,
            longest: Vec::new(),
        })
        .collect();
    for stretch in path {
        let part = stretch.activity.map_or(TimePart::Idle, |activity| activities[activity as usize].part);
        let share = &mut shares[part as usize];
        share.critical_ns = share.critical_ns.saturating_add(stretch.length_ns());
    }

    // Ends before starts: what ends when another begins does not run at once with it.
    let mut events: Vec<(i64, bool, u32)> = Vec::with_capacity(activities.len() * 2);
    for (index, activity) in activities.iter().enumerate() {
        if activity.length_ns() > 0 {
            events.push((activity.start_ns, true, index as u32));
            events.push((activity.end_ns, false, index as u32));
        }
    }
    events.sort_unstable();
    let mut sweep = Sweep::new(activities);
    let mut now_ns = window.start_ns;
    let mut last = TimePart::Idle;
    let beyond = (window.end_ns, true, u32::MAX);
    for (at_ns, starts, index) in events.into_iter().chain([beyond]) {
        if at_ns > now_ns {
            last = sweep.part();
            let share = &mut shares[last as usize];
            share.wall_ns = share.wall_ns.saturating_add(at_ns.saturating_sub(now_ns));
            now_ns = at_ns;
        }
        if index == u32::MAX {
            break;
        } else if starts {
            sweep.begin(index, now_ns);
        } else {
            sweep.end(index, now_ns);
        }
    }
    for (index, own_ns) in sweep.own_ns.into_iter().enumerate().filter(|(_, own_ns)| *own_ns > 0) {
        let share = &mut shares[activities[index].part as usize];
        share.work_ns = share.work_ns.saturating_add(own_ns);
        share.count += 1;
        share.longest.push((index as u32, own_ns));
    }
    for share in &mut shares {
        share.longest.sort_unstable_by_key(|(index, own_ns)| (std::cmp::Reverse(*own_ns), *index));
        share.longest.truncate(most);
    }
    TimeBudget { shares, last }
}

/// What runs at a moment.
struct Sweep<'a> {
    activities: &'a [Activity],
    runs: Vec<bool>,
    /// How many direct parts of each run.
    below: Vec<u32>,
    /// Since when each has been running with nothing below it.
    own_since_ns: Vec<i64>,
    own_ns: Vec<i64>,
    /// How many run with nothing below them, by part.
    leaves: [u32; TimePart::ALL.len()],
}

impl<'a> Sweep<'a> {
    fn new(activities: &'a [Activity]) -> Self {
        let count = activities.len();
        Self {
            activities,
            runs: vec![false; count],
            below: vec![0; count],
            own_since_ns: vec![0; count],
            own_ns: vec![0; count],
            leaves: [0; TimePart::ALL.len()],
        }
    }

    /// The part that takes this moment.
    fn part(&self) -> TimePart {
        let runs = |part: &&TimePart| self.leaves[**part as usize] > 0;
        TimePart::ALL.iter().find(runs).copied().unwrap_or(TimePart::Idle)
    }

    fn begin(&mut self, index: u32, now_ns: i64) {
        let at = index as usize;
        self.runs[at] = true;
        if self.below[at] == 0 {
            self.begin_own(at, now_ns);
        }
        if let Some(above) = self.activities[at].above.map(|above| above as usize) {
            self.below[above] += 1;
            if self.below[above] == 1 && self.runs[above] {
                self.end_own(above, now_ns);
            }
        }
    }

    fn end(&mut self, index: u32, now_ns: i64) {
        let at = index as usize;
        self.runs[at] = false;
        if self.below[at] == 0 {
            self.end_own(at, now_ns);
        }
        if let Some(above) = self.activities[at].above.map(|above| above as usize) {
            self.below[above] -= 1;
            if self.below[above] == 0 && self.runs[above] {
                self.begin_own(above, now_ns);
            }
        }
    }

    fn begin_own(&mut self, at: usize, now_ns: i64) {
        self.own_since_ns[at] = now_ns;
        self.leaves[self.activities[at].part as usize] += 1;
    }

    fn end_own(&mut self, at: usize, now_ns: i64) {
        let lasted_ns = now_ns.saturating_sub(self.own_since_ns[at]);
        self.own_ns[at] = self.own_ns[at].saturating_add(lasted_ns);
        self.leaves[self.activities[at].part as usize] -= 1;
    }
}
