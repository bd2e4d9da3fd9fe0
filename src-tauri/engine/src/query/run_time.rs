//! Where the time of a run went, worked out from its stored spans.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension};

use super::attempt_waste::{Timed, attempt_waste};
use super::skew::shown_spans;
use super::summary::unix_ms;
use crate::analysis::{self, Activity, Parent, SpanFacts, Stretch, Told, Window};
use crate::dto::{CriticalPath, RunTime, TimeShare};
use crate::error::{Error, Result};
use crate::model::{Provenance, SpanFlags, SpanKind, SpanStatus, TimePart, TraceStatus};
use crate::semantics;
use crate::store::attempt_correction;
use crate::store::span::SpanRow;
use crate::store::trace as trace_table;
use crate::structure::{Spans, Structure};

/// The most steps listed of a part; how many it has in all is said.
const MOST_STEPS: usize = 2_000;
/// The most stretches of a critical path.
const MOST_STRETCHES: usize = 10_000;

/// The time budget and the critical path of trace `trace_id`; open steps of a run that goes on take until `now_ns`. Error
/// `NotFound` if the trace is not there.
pub fn run_time(connection: &Connection, trace_id: i64, now_ns: i64) -> Result<RunTime> {
    let status = status(connection, trace_id)?;
    let (reported, parents_unknown) = trace_table::reported(connection, trace_id)?;
    let (rows, _) = shown_spans(connection, trace_id)?;
    if rows.iter().all(|row| row.start_ns.is_none() && row.end_ns.is_none()) {
        return Ok(RunTime::default());
    }
    let mut spans = Spans::with_capacity(rows.len());
    rows.iter().for_each(|row| spans.add(row));
    let Structure { mut facts, mut tree, totals, mut groups, flags, strings, .. } = Structure::of(
        spans,
        &attempt_correction::all(connection, trace_id)?,
        parents_unknown,
        reported.is_some(),
    );
    let mut told = told(&rows, &facts, &strings);

    let goes_on = status == TraceStatus::Running && totals.open > 0;
    // Steps laid out from 0 have no place in the time of the run.
    let said = reported.filter(|_| !flags.contains(SpanFlags::LAID_OUT));
    let run_start_ns = said.as_ref().and_then(|run| run.start_ns);
    let run_end_ns = said.as_ref().and_then(|run| run.end_ns);
    let now_ns = goes_on.then_some(now_ns);
    let first_ns = [run_start_ns, totals.start_ns].into_iter().flatten().min().unwrap_or(0);
    let last_ns = [run_end_ns, totals.end_ns, now_ns].into_iter().flatten().max().unwrap_or(first_ns);
    let window = Window { start_ns: first_ns, end_ns: last_ns.max(first_ns) };

    // What the source describes beside the steps is the run itself, row 0, and the roots are its children. Of a session that is
    // only the sum of its turns, what lies between them is nobody's time.
    if let Some(run) = said.as_ref() {
        let takes_time = run_start_ns.is_some()
            && (run_end_ns.is_some() || matches!(status, TraceStatus::Running | TraceStatus::Lost));
        let index = facts.len() as u32;
        for root in tree.roots().collect::<Vec<_>>() {
            facts[tree.rows[root as usize].span as usize].parent = Parent::At(index);
        }
        facts.push(SpanFacts {
            kind: SpanKind::Agent,
            status: if run.end_ns.is_none() { SpanStatus::Open } else { SpanStatus::Ok },
            start_ns: if takes_time { run_start_ns } else { Some(window.start_ns) },
            end_ns: if takes_time { run_end_ns } else { Some(window.end_ns) },
            ..SpanFacts::new(0)
        });
        told.push(Told { part: (!takes_time).then_some(TimePart::Idle), is_rate_limited: false });
        tree = analysis::tree(&facts);
        groups.iter_mut().flat_map(|group| &mut group.rows).for_each(|row| *row += 1);
    }
    let told_of = |span: u32| told.get(span as usize).copied().unwrap_or_default();
    let activities = analysis::activities(&facts, &tree, &groups, window, told_of);
    let path = analysis::critical_path(&activities, window);
    let budget = analysis::time_budget(&activities, &path, window, MOST_STEPS);

    let row_of = |activity: u32| {
        let row = activities.get(activity as usize).and_then(|each| tree.rows.get(each.row as usize));
        row.and_then(|row| rows.get(row.span as usize))
    };
    let mut steps = StepIds::default();
    let mut parts = Vec::new();
    for share in
        budget.shares.iter().filter(|share| share.wall_ns > 0 || share.work_ns > 0 || share.critical_ns > 0)
    {
        // The run's own idle time is no step's.
        let (mut count, mut longest) = (share.count, share.longest.clone());
        if share.part == TimePart::Idle {
            longest.retain(|(activity, _)| row_of(*activity).is_some());
            count -= (share.longest.len() - longest.len()) as u32;
        }
        let derived = longest.iter().any(|(activity, _)| {
            row_of(*activity).is_some_and(|row| row.flags.contains(SpanFlags::TIME_DERIVED))
        });
        parts.push(TimeShare {
            part: share.part,
            wall_ns: share.wall_ns as f64,
            critical_ns: share.critical_ns as f64,
            work_ns: share.work_ns as f64,
            count,
            steps: longest.iter().map(|(activity, _)| steps.index(row_of(*activity))).collect(),
            own_ns: longest.iter().map(|(_, own_ns)| *own_ns as f64).collect(),
            provenance: provenance(share.part, derived || flags.contains(SpanFlags::LAID_OUT)),
            explanation: explanation(share.part).to_owned(),
        });
    }
    let timed = Timed {
        groups: &groups,
        facts: &facts,
        rows: &rows,
        tree: &tree,
        activities: &activities,
        path: &path,
    };
    let attempts = attempt_waste(&timed, |row| steps.index(Some(row)));
    Ok(RunTime {
        has_times: true,
        total_ns: window.length_ns() as f64,
        as_of_unix_ms: now_ns.map(|_| unix_ms(window.end_ns)),
        growing: now_ns.map(|_| budget.last),
        parts,
        attempts,
        path: columns(path, &activities, window, |index, activity| match row_of(index) {
            None if activity.part == TimePart::Idle => -1,
            row => steps.index(row) as i32,
        }),
        step_ids: steps.ids,
    })
}

fn status(connection: &Connection, trace_id: i64) -> Result<TraceStatus> {
    let code: Option<i64> = connection
        .prepare_cached("SELECT status FROM trace WHERE id = ?1 AND deleted_ns IS NULL")?
        .query_row([trace_id], |row| row.get(0))
        .optional()?;
    let code = code.ok_or_else(|| Error::not_found("this trace is not in the store any more"))?;
    Ok(TraceStatus::from_code(code).unwrap_or(TraceStatus::Success))
}

/// What names and errors say, by span.
fn told(rows: &[SpanRow], facts: &[SpanFacts], strings: &[Box<str>]) -> Vec<Told> {
    let mut named: HashMap<(SpanKind, u32), Option<TimePart>> = HashMap::new();
    rows.iter()
        .zip(facts)
        .map(|(row, span)| Told {
            part: *named.entry((span.kind, span.name)).or_insert_with(|| {
                strings.get(span.name as usize).and_then(|name| semantics::part_named(span.kind, name))
            }),
            is_rate_limited: row.status == SpanStatus::Error
                && row.error.as_deref().is_some_and(semantics::is_rate_limit),
        })
        .collect()
}

/// The ids of the steps that an answer names, each once.
#[derive(Default)]
struct StepIds {
    ids: Vec<String>,
    index_of: HashMap<String, u32>,
}

impl StepIds {
    /// The index of a step; of the run itself for `None`.
    fn index(&mut self, row: Option<&SpanRow>) -> u32 {
        let id = row.map_or("", |row| row.span_id.as_str());
        if let Some(index) = self.index_of.get(id) {
            return *index;
        }
        let index = self.ids.len() as u32;
        self.ids.push(id.to_owned());
        self.index_of.insert(id.to_owned(), index);
        index
    }
}

/// The path as columns, without its shortest stretches where there are too many.
fn columns(
    mut path: Vec<Stretch>,
    activities: &[Activity],
    window: Window,
    mut step: impl FnMut(u32, &Activity) -> i32,
) -> CriticalPath {
    let mut columns = CriticalPath::default();
    if path.len() > MOST_STRETCHES {
        path.sort_unstable_by_key(|stretch| std::cmp::Reverse(stretch.length_ns()));
        let left_out = path.split_off(MOST_STRETCHES);
        columns.left_out = left_out.len() as u32;
        columns.left_out_ns = left_out.iter().map(|stretch| stretch.length_ns() as f64).sum();
        path.sort_unstable_by_key(|stretch| stretch.start_ns);
    }
    let since_start = |ns: i64| ns.saturating_sub(window.start_ns) as f64;
    for stretch in path {
        let activity = stretch.activity.and_then(|index| Some((index, activities.get(index as usize)?)));
        columns.step.push(activity.map_or(-1, |(index, activity)| step(index, activity)));
        columns.part.push(activity.map_or(TimePart::Idle, |(_, activity)| activity.part).code());
        columns.start_ns.push(since_start(stretch.start_ns));
        columns.end_ns.push(since_start(stretch.end_ns));
    }
    columns
}

/// `derived`: some of its steps' times are.
fn provenance(part: TimePart, derived: bool) -> Provenance {
    match part {
        TimePart::Human | TimePart::Throttled => Provenance::Estimated,
        TimePart::Model | TimePart::Tool | TimePart::Retrieval if !derived => Provenance::Measured,
        _ => Provenance::Derived,
    }
}

fn explanation(part: TimePart) -> &'static str {
    match part {
        TimePart::Model => "Calls of language models, and what they do inside.",
        TimePart::Tool => "Tools, while no model call and no step of another kind runs inside them.",
        TimePart::Retrieval => "Searches in documents and memory, embedding and reranking among them.",
        TimePart::Human => "Steps whose name says that a person is asked for an answer or an approval.",
        TimePart::Throttled => {
            "Pauses after an error that says that the provider takes no more calls, and waits whose name says so."
        }
        TimePart::Backoff => "Pauses between the tries of one operation, and steps that wait there.",
        TimePart::Own => "An agent or a workflow is open, and nothing that it calls runs.",
        TimePart::Idle => {
            "No step runs; between the turns of a session that is the person's time. Waits that say not what for are counted here, too."
        }
    }
}
