//! With what a run may be compared: other runs of its task.

use rusqlite::Connection;

use crate::dto::{CompareCandidates, TraceSummary};
use crate::error::{Error, Result};
use crate::model::TraceStatus;
use crate::query::catalog::{Columns, Run};
use crate::query::summary::summaries;
use crate::store::baseline;

/// The runs of the task of trace `trace_id` that are worth holding it against. Error `NotFound` if it is not there.
pub fn candidates(connection: &Connection, columns: &Columns, trace_id: i64) -> Result<CompareCandidates> {
    let run =
        columns.run(trace_id).ok_or_else(|| Error::not_found("This run is not in the store any more."))?;
    let others: Vec<&Run> = columns.runs_of_task(run).filter(|other| other.id != run.id).collect();
    let order = |run: &Run| (run.start_ns, run.id);
    let went_well = |run: &&&Run| matches!(run.status, TraceStatus::Success | TraceStatus::Warning);
    let before = || others.iter().filter(|other| order(other) < order(run));
    let previous = before().max_by_key(|other| order(other));
    let last_good = before().filter(went_well).max_by_key(|other| order(other));
    let mut good: Vec<&&Run> =
        others.iter().filter(went_well).filter(|other| other.duration_ns.is_some()).collect();
    good.sort_by_key(|other| (other.duration_ns, order(other)));
    // Of an even number the earlier one: a run that there was, no mean of two.
    let median = good.get(good.len().saturating_sub(1) / 2);
    let kept = baseline::all(connection)?;
    let held_against = columns.runs_of_task(run).find(|run| kept.contains(&run.id));
    let read = |run: Option<i64>| -> Result<Option<TraceSummary>> {
        let Some(id) = run else { return Ok(None) };
        Ok(summaries(connection, columns, &[id])?.pop())
    };
    Ok(CompareCandidates {
        task: columns.words.names.text(run.name).to_owned(),
        runs: others.len() as u32,
        baseline: read(held_against.map(|run| run.id))?,
        previous: read(previous.map(|run| run.id))?,
        last_good: read(last_good.map(|run| run.id))?,
        median: read(median.map(|run| run.id))?,
    })
}
