//! The trace list and one trace.

use super::dto::{SpanTree, StepDetail, StepRef, TraceDetail, TraceList, TraceListRequest, TraceRef};
use crate::engine::Engine;
use crate::error::{Error, Result};

pub(super) fn trace_list(_engine: &Engine, _request: TraceListRequest) -> Result<TraceList> {
    Err(Error::internal("not built yet"))
}

pub(super) fn trace_get(_engine: &Engine, _request: TraceRef) -> Result<TraceDetail> {
    Err(Error::internal("not built yet"))
}

pub(super) fn span_tree(_engine: &Engine, _request: TraceRef) -> Result<SpanTree> {
    Err(Error::internal("not built yet"))
}

pub(super) fn step_get(_engine: &Engine, _request: StepRef) -> Result<StepDetail> {
    Err(Error::internal("not built yet"))
}
