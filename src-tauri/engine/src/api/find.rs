//! Finding traces among many.

use super::dto::{
    FilterCompleteRequest, FilterCompletions, FilterEditRequest, FilterReading, FilterText, IndexState,
    Insights, InsightsRequest, Nothing, Overview, OverviewRequest, SnippetsRequest, TraceHits,
    TraceHitsRequest, TraceSnippets,
};
use crate::engine::Engine;
use crate::error::{Error, Result};

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

pub(super) fn trace_snippets(_engine: &Engine, _request: SnippetsRequest) -> Result<Vec<TraceSnippets>> {
    Err(Error::internal("not there yet"))
}

pub(super) fn trace_hits(_engine: &Engine, _request: TraceHitsRequest) -> Result<TraceHits> {
    Err(Error::internal("not there yet"))
}

pub(super) fn index_state(_engine: &Engine, _request: Nothing) -> Result<IndexState> {
    Err(Error::internal("not there yet"))
}
