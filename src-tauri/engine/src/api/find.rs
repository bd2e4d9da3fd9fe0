//! Finding traces among many.

use super::dto::{
    FilterCompleteRequest, FilterCompletions, FilterEditRequest, FilterReading, FilterText, IndexState,
    Insights, InsightsRequest, Nothing, Overview, OverviewRequest, SnippetsRequest, TraceHits,
    TraceHitsRequest, TraceSnippets,
};
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::query::filter::needles;
use crate::search;

pub(super) fn filter_read(_engine: &Engine, _request: FilterText) -> Result<FilterReading> {
    Err(Error::internal("not there yet"))
}

pub(super) fn filter_complete(
    _engine: &Engine,
    _request: FilterCompleteRequest,
) -> Result<FilterCompletions> {
    Err(Error::internal("not there yet"))
}

pub(super) fn filter_edit(_engine: &Engine, _request: FilterEditRequest) -> Result<FilterText> {
    Err(Error::internal("not there yet"))
}

pub(super) fn overview(_engine: &Engine, _request: OverviewRequest) -> Result<Overview> {
    Err(Error::internal("not there yet"))
}

pub(super) fn insights(_engine: &Engine, _request: InsightsRequest) -> Result<Insights> {
    Err(Error::internal("not there yet"))
}

pub(super) fn trace_snippets(engine: &Engine, request: SnippetsRequest) -> Result<Vec<TraceSnippets>> {
    search::snippets(&engine.reader()?, &needles(&request.filter), &request.trace_ids)
}

pub(super) fn trace_hits(engine: &Engine, request: TraceHitsRequest) -> Result<TraceHits> {
    search::hits(&engine.reader()?, &needles(&request.filter), request.trace_id)
}

pub(super) fn index_state(engine: &Engine, _request: Nothing) -> Result<IndexState> {
    search::index_state(&engine.reader()?)
}
