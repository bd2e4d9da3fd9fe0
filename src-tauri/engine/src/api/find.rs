//! Finding traces among many.

use super::about;
use super::dto::{
    FilterCompleteRequest, FilterCompletions, FilterEditRequest, FilterReading, FilterText, IndexState,
    Insights, InsightsRequest, Nothing, Overview, OverviewRequest, SnippetsRequest, TraceHits,
    TraceHitsRequest, TraceSnippets,
};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::query;
use crate::query::RowTexts;
use crate::query::filter;
use crate::query::reading::Reading;

/// Reads over many traces, all as of one moment.
pub(super) fn reading<T>(engine: &Engine, read: impl FnOnce(&Reading<'_>) -> Result<T>) -> Result<T> {
    let settings = about::settings_get(engine, Nothing {})?;
    let revision = engine.revision();
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    read(&Reading {
        connection: &reader,
        columns: &columns,
        search: &RowTexts(&reader),
        now_ns: engine.now_ns(),
        slow_ns: (settings.slow_ms * 1e6) as i64,
        revision,
    })
}

pub(super) fn filter_read(_engine: &Engine, request: FilterText) -> Result<FilterReading> {
    Ok(filter::read(&request.filter))
}

pub(super) fn filter_complete(engine: &Engine, request: FilterCompleteRequest) -> Result<FilterCompletions> {
    reading(engine, |reading| Ok(filter::complete(reading.columns, &request.filter, request.cursor)))
}

pub(super) fn filter_edit(_engine: &Engine, request: FilterEditRequest) -> Result<FilterText> {
    let filter = filter::edit(&request.filter, &request.field, &request.edit)
        .map_err(|error| Error::invalid(format!("the filter can't be changed: {}", error.message)))?;
    Ok(FilterText { filter })
}

pub(super) fn overview(engine: &Engine, request: OverviewRequest) -> Result<Overview> {
    reading(engine, |reading| query::overview::overview(reading, &request))
}

pub(super) fn insights(engine: &Engine, request: InsightsRequest) -> Result<Insights> {
    reading(engine, |reading| query::insights::insights(reading, &request))
}

pub(super) fn trace_snippets(_engine: &Engine, _request: SnippetsRequest) -> Result<Vec<TraceSnippets>> {
    Err(Error::internal("not there yet"))
}

pub(super) fn trace_hits(_engine: &Engine, _request: TraceHitsRequest) -> Result<TraceHits> {
    Err(Error::internal("not there yet"))
}

pub(super) fn index_state(_engine: &Engine, _request: Nothing) -> Result<IndexState> {
    Err(Error::internal("not there yet"))
}
