//! Two runs side by side, and several.

use super::dto::{
    BaselineSet, CompareCandidates, CompareRequest, Comparison, ComparisonSave, ComparisonSaved, Nothing,
    PairSet, Pairing, RunMatrix, RunMatrixRequest, StepDifference, StepDifferenceRequest, TraceRef,
};
use super::masking::kinds;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::query;
use crate::report::{Report, Saved};
use crate::store::{baseline, pairing, span, trace};

pub(super) fn compare(engine: &Engine, request: CompareRequest) -> Result<Comparison> {
    let revision = engine.revision();
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    query::compare::compare(&reader, &columns, request, revision)
}

pub(super) fn compare_step(engine: &Engine, request: StepDifferenceRequest) -> Result<StepDifference> {
    query::compare::step_difference(&*engine.reader()?, engine.texts(), &request)
}

pub(super) fn compare_candidates(engine: &Engine, request: TraceRef) -> Result<CompareCandidates> {
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    query::compare::candidates(&reader, &columns, request.trace_id)
}

/// Error `NotFound` for a step that is not there, unless what was said of it is taken back.
pub(super) fn pair_set(engine: &Engine, request: PairSet) -> Result<Nothing> {
    let PairSet { a, b, a_span_id, b_span_id, pairing } = request;
    let is_same = match pairing {
        Pairing::Forced => Some(true),
        Pairing::Broken => Some(false),
        Pairing::Detected => None,
    };
    engine.writer().change(move |connection| {
        for (trace_id, span_id) in [(a, &a_span_id), (b, &b_span_id)] {
            let is_there = trace::marks(connection, trace_id)?.is_some()
                && (span_id.is_empty() || span::row(connection, trace_id, span_id)?.is_some());
            if is_same.is_some() && !is_there {
                return Err(Error::not_found("This step is not in the store any more."));
            }
        }
        pairing::set(connection, (a, &a_span_id), (b, &b_span_id), is_same)?;
        Ok(Nothing {})
    })
}

/// Error `NotFound` if the run is not there.
pub(super) fn baseline_set(engine: &Engine, request: BaselineSet) -> Result<Nothing> {
    let BaselineSet { trace_id, is_baseline } = request;
    let of_its_task: Vec<i64> = {
        let reader = engine.reader()?;
        let columns = engine.catalog().read(&reader)?;
        let run = columns
            .run(trace_id)
            .ok_or_else(|| Error::not_found("This run is not in the store any more."))?;
        columns.runs_of_task(run).map(|run| run.id).collect()
    };
    engine.writer().change(move |connection| {
        for before in baseline::all(connection)? {
            if of_its_task.contains(&before) {
                baseline::set(connection, before, false)?;
            }
        }
        baseline::set(connection, trace_id, is_baseline)?;
        Ok(Nothing {})
    })
}

pub(super) fn run_matrix(engine: &Engine, request: RunMatrixRequest) -> Result<RunMatrix> {
    let revision = engine.revision();
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    query::compare::matrix(&reader, &columns, &request, revision)
}

/// What a file of a comparison came to, as pages are told it.
pub fn comparison_saved(saved: &Saved) -> ComparisonSaved {
    ComparisonSaved { bytes: saved.bytes, masked: kinds(&saved.masked) }
}

/// A comparison as it is to be saved. Not a command: hosts say where it goes. `is_cancelled` is asked between steps.
///
/// Errors: `NotFound` if a run is not there, `Invalid` if they are one, `Cancelled`.
pub fn comparison_to_save(
    engine: &Engine,
    request: ComparisonSave,
    is_cancelled: &dyn Fn() -> bool,
) -> Result<Report> {
    let ComparisonSave { a, b, ignore, .. } = request;
    let comparison = compare(engine, CompareRequest { a, b })?;
    let reader = engine.reader()?;
    let notes = |trace_id: i64| query::step_marks::step_marks(&reader, trace_id);
    let masker = engine.writer().masker();
    Report::gather(
        comparison,
        [notes(a)?, notes(b)?],
        engine.now_ns(),
        masker,
        ignore,
        is_cancelled,
        &|request| query::compare::step_difference(&reader, engine.texts(), request),
    )
}
