//! Finding traces among many.

use super::about;
use super::dto::{
    FilterCompleteRequest, FilterCompletions, FilterEditRequest, FilterReading, FilterText, FoundSteps,
    IndexState, Insights, InsightsRequest, Nothing, Overview, OverviewRequest, RetryReport,
    RetryReportRequest, SnippetsRequest, TraceFindRequest, TraceHits, TraceHitsRequest, TraceSnippets,
};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::query;
use crate::query::filter::{self, Texts, needles};
use crate::query::reading::{Reading, parsed};
use crate::search;

/// Reads over many traces, all as of one moment; `filter` says for which texts.
pub(super) fn reading<T>(
    engine: &Engine,
    filter: &str,
    read: impl FnOnce(&Reading<'_>) -> Result<T>,
) -> Result<T> {
    let filter = parsed(filter)?;
    let settings = about::settings_get(engine, Nothing {})?;
    let revision = engine.revision();
    // Before the catalog is held, for it may take a while.
    let texts = Texts::new(filter.texts(), |text| {
        let found = engine.finder().find(text);
        (found.traces, found.state)
    });
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    read(&Reading {
        connection: &reader,
        columns: &columns,
        filter: &filter,
        texts: &texts,
        now_ns: engine.now_ns(),
        slow_ns: (settings.slow_ms * 1e6) as i64,
        revision,
    })
}

pub(super) fn filter_read(_engine: &Engine, request: FilterText) -> Result<FilterReading> {
    Ok(filter::read(&request.filter))
}

pub(super) fn filter_complete(engine: &Engine, request: FilterCompleteRequest) -> Result<FilterCompletions> {
    reading(engine, "", |reading| Ok(filter::complete(reading.columns, &request.filter, request.cursor)))
}

pub(super) fn filter_edit(_engine: &Engine, request: FilterEditRequest) -> Result<FilterText> {
    let filter = filter::edit(&request.filter, &request.field, &request.edit)
        .map_err(|error| Error::invalid(format!("the filter can't be changed: {}", error.message)))?;
    Ok(FilterText { filter })
}

pub(super) fn overview(engine: &Engine, request: OverviewRequest) -> Result<Overview> {
    reading(engine, &request.filter, |reading| query::overview::overview(reading, &request))
}

pub(super) fn insights(engine: &Engine, request: InsightsRequest) -> Result<Insights> {
    reading(engine, &request.filter, |reading| query::insights::insights(reading, &request))
}

pub(super) fn retry_report(engine: &Engine, request: RetryReportRequest) -> Result<RetryReport> {
    reading(engine, &request.filter, |reading| query::retry_report::retry_report(reading, &request))
}

pub(super) fn trace_snippets(engine: &Engine, request: SnippetsRequest) -> Result<Vec<TraceSnippets>> {
    search::snippets(&engine.reader()?, &needles(&request.filter), &request.trace_ids)
}

pub(super) fn trace_hits(engine: &Engine, request: TraceHitsRequest) -> Result<TraceHits> {
    let needles = needles(&request.filter);
    search::hits(&engine.reader()?, &needles, request.trace_id, request.span_id.as_deref())
}

pub(super) fn trace_find(engine: &Engine, request: TraceFindRequest) -> Result<FoundSteps> {
    let needles = needles(&request.filter);
    engine.step_finder().find(&engine.reader()?, &needles, request.trace_id, request.from)
}

pub(super) fn index_state(engine: &Engine, _request: Nothing) -> Result<IndexState> {
    search::index_state(&engine.reader()?)
}
