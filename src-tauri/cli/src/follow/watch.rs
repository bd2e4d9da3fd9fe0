//! Turns "this trace changed" into what happened in it.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::{Duration, Instant};

use engine::api::dto::{
    Notice, SpanTree, StepDetail, StepRef, TraceDetail, TraceList, TraceListRequest, TraceRef, TraceSort,
    TraceSummary,
};
use engine::clock::{Clock, SystemClock};
use engine::engine::Engine;
use engine::model::{SpanStatus, TraceStatus};

use super::event::Event;
use crate::failure::Failure;
use crate::host;

/// A run has ended once nothing more of it has come for so long: spans of one run may come in several messages.
const REST: Duration = Duration::from_millis(500);
/// Ended runs that are remembered, so that what comes late is not taken for a new run.
const REMEMBERED_RUNS: usize = 10_000;
/// Traces read in one look where many have changed.
const WINDOW: u32 = 500;
/// Failed steps and retries told of one run.
const TOLD_STEPS: usize = 1_000;

/// What was told of each run.
pub(super) struct Watch {
    /// Runs of which nothing was heard since then are not followed.
    since_unix_ms: f64,
    runs: HashMap<i64, Known>,
    /// Those that have come to an end, the earliest first.
    at_rest: VecDeque<i64>,
    ended: u64,
    failed: u64,
}

struct Known {
    /// As it was last seen.
    latest: TraceSummary,
    seen_at: Instant,
    /// The status that was told.
    told: TraceStatus,
    /// Failed steps and retries that were told.
    steps: HashSet<(String, bool)>,
}

impl Watch {
    /// Follows what is heard from now on.
    pub(super) fn from_now() -> Self {
        Self {
            since_unix_ms: SystemClock.now_ns() as f64 / 1e6,
            runs: HashMap::new(),
            at_rest: VecDeque::new(),
            ended: 0,
            failed: 0,
        }
    }

    /// Runs that go on.
    pub(super) fn running(&self) -> u64 {
        self.runs.values().filter(|run| run.told == TraceStatus::Running).count() as u64
    }

    /// Runs that have ended.
    pub(super) fn ended(&self) -> u64 {
        self.ended
    }

    /// Of those, the ones that failed.
    pub(super) fn failed(&self) -> u64 {
        self.failed
    }

    /// What has happened, as far as `notice` says where to look.
    pub(super) fn look(&mut self, engine: &Engine, notice: Option<&Notice>) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        for trace in notice.map(|notice| self.changed(engine, notice)).transpose()?.unwrap_or_default() {
            self.see(engine, trace, &mut events)?;
        }
        self.settle(REST, &mut events);
        Ok(events)
    }

    /// What is left to tell.
    pub(super) fn finish(&mut self, engine: &Engine) -> Result<Vec<Event>, Failure> {
        let mut events = Vec::new();
        let open: Vec<i64> = self.unsettled().collect();
        for trace_id in open {
            if let Some(trace) = summary(engine, trace_id)? {
                self.see(engine, trace, &mut events)?;
            }
        }
        self.settle(Duration::ZERO, &mut events);
        Ok(events)
    }

    /// The traces that `notice` tells of, as they are now.
    fn changed(&self, engine: &Engine, notice: &Notice) -> Result<Vec<TraceSummary>, Failure> {
        let is_ours =
            |trace: &TraceSummary| trace.heard_unix_ms.is_some_and(|heard_ms| heard_ms >= self.since_unix_ms);
        let mut traces = Vec::new();
        if !notice.many_traces {
            for trace_id in &notice.traces {
                traces.extend(summary(engine, *trace_id)?.filter(is_ours));
            }
            return Ok(traces);
        }
        let mut offset = 0;
        loop {
            let request = TraceListRequest {
                filter: String::new(),
                sort: TraceSort::Started,
                descending: true,
                offset,
                limit: WINDOW,
            };
            let window: TraceList = host::call(engine, "trace_list", &request)?;
            let before = traces.len();
            traces.extend(window.items.into_iter().filter(is_ours));
            offset += WINDOW;
            // Runs that are followed are among the latest.
            if traces.len() == before || offset >= window.total {
                return Ok(traces);
            }
        }
    }

    fn see(&mut self, engine: &Engine, trace: TraceSummary, events: &mut Vec<Event>) -> Result<(), Failure> {
        let known = self.runs.remove(&trace.trace_id);
        let is_running = trace.status == TraceStatus::Running;
        if known.as_ref().is_some_and(|known| known.latest == trace) {
            self.runs.extend(known.map(|known| (trace.trace_id, known)));
            return Ok(());
        }
        let before = known.as_ref().map_or((0, 0), |known| (known.latest.errors, known.latest.retries));
        let (told, mut steps) = match known {
            Some(known) => {
                if is_running && known.told != TraceStatus::Running {
                    events.push(Event::Resumed { trace: Box::new(trace.clone()) });
                }
                (if is_running { TraceStatus::Running } else { known.told }, known.steps)
            }
            None => {
                if is_running {
                    events.push(Event::Started { trace: Box::new(trace.clone()) });
                }
                // One that has ended already is told of once it has come to rest.
                (TraceStatus::Running, HashSet::new())
            }
        };
        if before != (trace.errors, trace.retries) {
            self::steps(engine, &trace, &mut steps, events)?;
        }
        let trace_id = trace.trace_id;
        self.runs.insert(trace_id, Known { latest: trace, seen_at: Instant::now(), told, steps });
        Ok(())
    }

    fn unsettled(&self) -> impl Iterator<Item = i64> {
        self.runs.iter().filter(|(_, run)| run.latest.status != run.told).map(|(id, _)| *id)
    }

    /// Tells of runs that have ended and of which nothing has come for `rest`.
    fn settle(&mut self, rest: Duration, events: &mut Vec<Event>) {
        let mut ids: Vec<i64> = self.unsettled().collect();
        ids.sort_unstable();
        for id in ids {
            let Some(run) = self.runs.get_mut(&id).filter(|run| run.seen_at.elapsed() >= rest) else {
                continue;
            };
            run.told = run.latest.status;
            let trace = Box::new(run.latest.clone());
            if run.told == TraceStatus::Lost {
                events.push(Event::Lost { trace });
            } else {
                self.ended += 1;
                self.failed += u64::from(run.told == TraceStatus::Failed);
                events.push(Event::Ended { trace });
            }
            self.at_rest.push_back(id);
        }
        while self.at_rest.len() > REMEMBERED_RUNS {
            let earliest = self.at_rest.pop_front();
            if let Some(id) = earliest.filter(|id| !self.at_rest.contains(id)) {
                self.runs.remove(&id);
            }
        }
    }
}

fn summary(engine: &Engine, trace_id: i64) -> Result<Option<TraceSummary>, Failure> {
    let detail: Option<TraceDetail> = host::call_if_found(engine, "trace_get", &TraceRef { trace_id })?;
    Ok(detail.map(|detail| detail.summary))
}

/// Tells of the steps of a run that failed or are tried again and were not told of, in the order in which that happened.
fn steps(
    engine: &Engine,
    trace: &TraceSummary,
    told: &mut HashSet<(String, bool)>,
    events: &mut Vec<Event>,
) -> Result<(), Failure> {
    let TraceSummary { trace_id, ref key, .. } = *trace;
    let Some(tree) = host::call_if_found::<SpanTree>(engine, "span_tree", &TraceRef { trace_id })? else {
        return Ok(());
    };
    let mut timed = Vec::new();
    for (row, span_id) in tree.span_id.iter().enumerate() {
        if (tree.run_row && row == 0) || told.len() >= TOLD_STEPS {
            continue;
        }
        let (key, span_id) = (key.clone(), span_id.clone());
        let name = tree.name.get(row).and_then(|index| tree.strings.get(*index as usize));
        let step = name.cloned().unwrap_or_default();
        let start_ns = tree.start_ns.get(row).copied().unwrap_or(0.0);
        let end_ns = start_ns + tree.duration_ns.get(row).copied().unwrap_or(0.0).max(0.0);
        let attempt = tree.attempt.get(row).copied().unwrap_or(0);
        if attempt > 1 && told.insert((span_id.clone(), true)) {
            let (key, span_id, step) = (key.clone(), span_id.clone(), step.clone());
            let pause_ns = pause_ns(&tree, row);
            timed.push((start_ns, Event::Retry { trace_id, key, span_id, step, attempt, pause_ns }));
        }
        let has_failed = tree.status.get(row) == Some(&SpanStatus::Error.code());
        if has_failed && told.insert((span_id.clone(), false)) {
            let reference = StepRef { trace_id, span_id: span_id.clone() };
            let detail: Option<StepDetail> = host::call_if_found(engine, "step_get", &reference)?;
            let error = detail.and_then(|detail| detail.error);
            timed.push((end_ns, Event::StepFailed { trace_id, key, span_id, step, error }));
        }
    }
    timed.sort_by(|(a, _), (b, _)| a.total_cmp(b));
    events.extend(timed.into_iter().map(|(_, event)| event));
    Ok(())
}

/// The pause before the attempt in this row.
fn pause_ns(tree: &SpanTree, row: usize) -> f64 {
    let group = tree.group.get(row).and_then(|group| tree.groups.get(usize::try_from(*group).ok()?));
    let pause = group.and_then(|group| {
        let place = group.rows.iter().position(|attempt| *attempt as usize == row)?;
        group.gap_ns.get(place).copied()
    });
    pause.unwrap_or(0.0)
}
