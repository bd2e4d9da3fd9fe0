//! Starting, watching and stopping imports.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use super::dto::{
    FileStatus, ImportCounts, ImportRef, ImportStart, ImportState, ImportStatus, ImportText, MappingSet,
    Nothing, ProblemItem, ProblemList, ProblemListRequest,
};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::ingest::{Import, ImportFile, ImportInput, ReceivedFile, State};

/// Files named one by one in a status.
const LISTED_FILES: usize = 1_000;
/// Problems given in one answer.
const LISTED_PROBLEMS: u32 = 1_000;

pub(super) fn import_start(engine: &Engine, request: ImportStart) -> Result<ImportStatus> {
    let paths: Vec<PathBuf> = request.paths.into_iter().map(PathBuf::from).collect();
    if let Some(path) = paths.iter().find(|path| !path.is_absolute()) {
        return Err(Error::invalid(format!("{} is not an absolute path", path.display())));
    }
    Ok(status(&*engine.imports().start(ImportInput::Paths(paths))?))
}

pub(super) fn import_text(engine: &Engine, request: ImportText) -> Result<ImportStatus> {
    if request.text.trim().is_empty() {
        return Err(Error::invalid("there is no text to import"));
    }
    let input = ImportInput::Bytes { name: request.name, bytes: request.text.into_bytes() };
    Ok(status(&*engine.imports().start(input)?))
}

/// Imports files that a host has received; their traces are said to come from their names. Not a command: a page never
/// names a path for content of its own.
pub fn import_received(engine: &Engine, files: Vec<ReceivedFile>) -> Result<ImportStatus> {
    Ok(status(&*engine.imports().start(ImportInput::Received(files))?))
}

pub(super) fn import_cancel(engine: &Engine, request: ImportRef) -> Result<ImportStatus> {
    Ok(status(&*engine.imports().cancel(request.import_id)?))
}

pub(super) fn import_dismiss(engine: &Engine, request: ImportRef) -> Result<Nothing> {
    engine.imports().dismiss(request.import_id)?;
    Ok(Nothing {})
}

/// Keeps a mapping, and reads a source again by it if one is named. Gives the import of that.
pub(super) fn mapping_set(engine: &Engine, request: MappingSet) -> Result<Option<ImportStatus>> {
    engine.writer().remember_mapping(request.mapping)?;
    let Some(location) = request.path else { return Ok(None) };
    let (input, trace_ids) = engine
        .imports()
        .again(&location)
        .map_err(|error| Error::new(error.code, format!("the mapping is kept, but {}", error.message)))?;
    engine.writer().forget_records(trace_ids)?;
    Ok(Some(status(&*engine.imports().start(input)?)))
}

pub(super) fn import_status(engine: &Engine, request: ImportRef) -> Result<ImportStatus> {
    Ok(status(&*engine.imports().get(request.import_id)?))
}

pub(super) fn import_list(engine: &Engine, _request: Nothing) -> Result<Vec<ImportStatus>> {
    Ok(engine.imports().list().iter().map(|import| status(import)).collect())
}

pub(super) fn problem_list(engine: &Engine, request: ProblemListRequest) -> Result<ProblemList> {
    let import = engine.imports().get(request.import_id)?;
    let inner = import.lock();
    let mut total = 0u32;
    let mut items = Vec::new();
    let mut skip = request.offset as usize;
    let limit = request.limit.min(LISTED_PROBLEMS) as usize;
    for file in &inner.files {
        let counts = file.progress.state();
        total = total.saturating_add(counts.problem_count);
        for problem in counts.problems.iter().skip(skip).take(limit - items.len()) {
            items.push(ProblemItem {
                path: file.location.clone(),
                byte: problem.at.byte,
                line: problem.at.line,
                reason: problem.reason.clone(),
            });
        }
        skip = skip.saturating_sub(counts.problems.len());
    }
    Ok(ProblemList { total, items })
}

/// Where an import stands, for the page.
pub(super) fn status(import: &Import) -> ImportStatus {
    let elapsed_ms = import.elapsed().as_secs_f64() * 1e3;
    let inner = import.lock();
    let files: Vec<FileStatus> = inner.files.iter().map(file_status).collect();
    let mut counts = ImportCounts::default();
    for file in &files {
        counts.traces += file.counts.traces;
        counts.traces_added += file.counts.traces_added;
        counts.spans += file.counts.spans;
        counts.spans_added += file.counts.spans_added;
        counts.spans_updated += file.counts.spans_updated;
        counts.spans_unchanged += file.counts.spans_unchanged;
    }
    let has_ended = |file: &&ImportFile| !matches!(file.state, State::Waiting | State::Running);
    ImportStatus {
        import_id: import.id,
        state: state(inner.state),
        title: inner.title.clone(),
        bytes_done: inner
            .files
            .iter()
            .map(|file| {
                let read = file.progress.bytes_done.load(Ordering::Relaxed);
                // A database is read by the page, past the counter: it is done when it is done.
                if file.state == State::Done { file.size_bytes } else { read.min(file.size_bytes) }
            })
            .fold(0, u64::saturating_add),
        // Files in an archive have the sizes that the archive says, which may be anything.
        bytes_total: inner.files.iter().map(|file| file.size_bytes).fold(0, u64::saturating_add),
        files_done: inner.files.iter().filter(has_ended).count() as u32,
        files_total: inner.files.len() as u32,
        counts,
        problems: files.iter().fold(0u32, |sum, file| sum.saturating_add(file.problems)),
        files: files.into_iter().take(LISTED_FILES).collect(),
        elapsed_ms,
        trace_id: only_trace(&inner.files),
    }
}

/// The trace that all the files together hold, if it is one alone.
fn only_trace(files: &[ImportFile]) -> Option<i64> {
    let mut only = None;
    for file in files {
        let counts = file.progress.state();
        for id in &counts.trace_ids {
            if only.is_some_and(|known| known != *id) {
                return None;
            }
            only = Some(*id);
        }
    }
    only
}

fn file_status(file: &ImportFile) -> FileStatus {
    let counts = file.progress.state();
    FileStatus {
        path: file.location.clone(),
        state: state(file.state),
        format: file.progress.format().map(str::to_owned),
        counts: ImportCounts {
            traces: counts.trace_ids.len() as u32,
            traces_added: counts.traces_added,
            spans: counts.spans,
            spans_added: counts.spans_added,
            spans_updated: counts.spans_updated,
            spans_unchanged: counts.spans_unchanged,
        },
        errors: counts.totals.errors,
        retries: counts.totals.retries,
        tokens: counts.totals.tokens,
        problems: counts.problem_count,
        message: file.message.clone().or_else(|| {
            let waits = file.state == State::Running && file.progress.is_waiting();
            waits.then(|| "another program is writing to the store; waiting for it".to_owned())
        }),
        mapping: file.progress.mapping().cloned(),
    }
}

const fn state(state: State) -> ImportState {
    match state {
        State::Waiting => ImportState::Waiting,
        State::Running => ImportState::Running,
        State::Done => ImportState::Done,
        State::Cancelled => ImportState::Cancelled,
        State::Failed => ImportState::Failed,
    }
}
