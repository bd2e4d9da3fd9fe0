//! What ran when: the steps of a run, and the pauses between tries, as stretches of time. The critical path and the time
//! budget both start from it, so that the two agree.

use std::collections::HashMap;

use super::{AttemptGroup, SpanFacts, Tree};
use crate::model::{SpanKind, SpanStatus, TimePart};

/// The time that a run took, in the clock of its spans. Nothing outside of it counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first moment.
    pub start_ns: i64,
    /// Just after the last moment; steps without an end go on until then.
    pub end_ns: i64,
}

impl Window {
    /// How long it is.
    pub fn length_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns).max(0)
    }
}

/// What the words of a span say beyond its kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// What the span's time went into, where its name says more than its kind.
    pub part: Option<TimePart>,
    /// Whether it failed because the provider takes no more calls for now.
    pub is_rate_limited: bool,
}

/// A step while it runs, or a pause before a further try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The step's row in the [`Tree`]; of a pause, the row of the try that it leads to.
    pub row: u32,
    /// Whether it is a pause.
    pub is_pause: bool,
    /// Index of the activity that this is a part of.
    pub above: Option<u32>,
    /// When it begins, inside the window.
    pub start_ns: i64,
    /// When it ends, not before its start, inside the window.
    pub end_ns: i64,
    /// What its own time goes into.
    pub part: TimePart,
}

impl Activity {
    /// How long it takes.
    pub fn length_ns(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// How far up a step that lies outside its parent's time looks for one that it lies in.
const MOST_LEVELS_UP: usize = 64;
/// Waits that are looked for in one pause.
const MOST_WAITS: usize = 64;

/// The steps of a run, at the indices of their rows, and behind them the pauses of `groups`. `told` says of a span (by its
/// index) what its words tell.
///
/// - A span without a start or an end takes those of what is below it; an open one goes on to the end of the window; one
///   without any time takes none.
/// - A step that does not overlap its parent in time is part of the nearest step above that it overlaps.
/// - A span that is neither agent, call nor wait (an HTTP request, a workflow's node) goes into what its parent goes into.
/// - A wait whose name tells nothing is back-off, or a rate limit, after a sibling that failed (for that reason), else idle.
pub fn activities(
    spans: &[SpanFacts],
    tree: &Tree,
    groups: &[AttemptGroup],
    window: Window,
    told: impl Fn(u32) -> Told,
) -> Vec<Activity> {
    let times = times(spans, tree, window);
    let mut activities: Vec<Activity> = Vec::with_capacity(tree.rows.len());
    // The last step that is no wait, by parent's row + 1.
    let mut before: Vec<Option<u32>> = vec![None; tree.rows.len() + 1];
    for (at, row) in tree.rows.iter().enumerate() {
        let siblings = row.parent.map_or(0, |parent| parent as usize + 1);
        let span = &spans[row.span as usize];
        let part = told(row.span).part.unwrap_or_else(|| match span.kind {
            SpanKind::Llm => TimePart::Model,
            SpanKind::Tool => TimePart::Tool,
            SpanKind::Retrieval | SpanKind::Embedding | SpanKind::Rerank => TimePart::Retrieval,
            SpanKind::Agent => TimePart::Own,
            SpanKind::Wait => match before[siblings].map(|row| tree.rows[row as usize].span) {
                Some(failed) if spans[failed as usize].status == SpanStatus::Error => pause(told(failed)),
                _ => TimePart::Idle,
            },
            SpanKind::Other | SpanKind::Chain | SpanKind::Guardrail | SpanKind::Evaluator => {
                let above = row.parent.and_then(|parent| activities.get(parent as usize));
                above.map(|above| above.part).filter(|part| *part != TimePart::Idle).unwrap_or(TimePart::Own)
            }
        });
        if span.kind != SpanKind::Wait {
            before[siblings] = Some(at as u32);
        }
        let (start_ns, end_ns) = times[at].unwrap_or((window.start_ns, window.start_ns));
        let mut activity =
            Activity { row: at as u32, is_pause: false, above: row.parent, start_ns, end_ns, part };
        activity.above = overlapping(&activities, &activity);
        activities.push(activity);
    }
    add_pauses(&mut activities, spans, tree, groups, told);
    activities
}

/// What a pause goes into after a try of which this is told.
fn pause(failed: Told) -> TimePart {
    if failed.is_rate_limited { TimePart::Throttled } else { TimePart::Backoff }
}

/// When each row runs; `None` where neither it nor anything below it has a time.
fn times(spans: &[SpanFacts], tree: &Tree, window: Window) -> Vec<Option<(i64, i64)>> {
    let mut times: Vec<Option<(i64, i64)>> = vec![None; tree.rows.len()];
    let mut below: Vec<Option<(i64, i64)>> = vec![None; tree.rows.len()];
    for (at, row) in tree.rows.iter().enumerate().rev() {
        let span = &spans[row.span as usize];
        let start_ns = span.start_ns.or(below[at].map(|(start, _)| start)).or(span.end_ns);
        let end_ns = match span.end_ns {
            Some(end) => Some(end),
            None if span.status == SpanStatus::Open => Some(window.end_ns),
            None => below[at].map(|(_, end)| end).or(start_ns),
        };
        let Some((start_ns, end_ns)) = start_ns.zip(end_ns) else { continue };
        let last_ns = window.end_ns.max(window.start_ns);
        let start_ns = start_ns.clamp(window.start_ns, last_ns);
        let time = (start_ns, end_ns.clamp(start_ns, last_ns));
        times[at] = Some(time);
        if let Some(parent) = row.parent {
            let around = &mut below[parent as usize];
            *around = Some(around.map_or(time, |(start, end)| (start.min(time.0), end.max(time.1))));
        }
    }
    times
}

/// The nearest activity above that runs while this one does.
fn overlapping(activities: &[Activity], activity: &Activity) -> Option<u32> {
    let mut above = activity.above;
    for _ in 0..MOST_LEVELS_UP {
        let parent = activities.get(above? as usize)?;
        let is_instant = activity.length_ns() == 0;
        if is_instant || (activity.start_ns < parent.end_ns && parent.start_ns < activity.end_ns) {
            return above;
        }
        above = parent.above;
    }
    None
}

/// Adds the pauses between the tries of each group. Waits that lie in one are a part of it.
fn add_pauses(
    activities: &mut Vec<Activity>,
    spans: &[SpanFacts],
    tree: &Tree,
    groups: &[AttemptGroup],
    told: impl Fn(u32) -> Told,
) {
    if groups.is_empty() {
        return;
    }
    let mut waits: HashMap<Option<u32>, Vec<u32>> = HashMap::new();
    for (at, row) in tree.rows.iter().enumerate() {
        if spans[row.span as usize].kind == SpanKind::Wait {
            waits.entry(row.parent).or_default().push(at as u32);
        }
    }
    for pair in groups.iter().flat_map(|group| group.rows.windows(2)) {
        let [before, next] = pair else { continue };
        let (failed, again) = (activities[*before as usize], activities[*next as usize]);
        let (start_ns, end_ns) = (failed.end_ns, again.start_ns);
        if start_ns >= end_ns {
            continue;
        }
        let index = activities.len() as u32;
        let part = pause(told(tree.rows[*before as usize].span));
        activities.push(Activity { row: *next, is_pause: true, above: again.above, start_ns, end_ns, part });
        // Siblings stand in order of their starts.
        let Some(waits) = waits.get(&tree.rows[*next as usize].parent) else { continue };
        let first = waits.partition_point(|wait| activities[*wait as usize].start_ns < start_ns);
        for wait in waits.iter().skip(first).take(MOST_WAITS) {
            let wait = &mut activities[*wait as usize];
            if wait.start_ns >= end_ns {
                break;
            }
            if wait.end_ns <= end_ns && wait.length_ns() > 0 {
                wait.above = Some(index);
            }
        }
    }
}
