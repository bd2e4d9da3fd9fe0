//! The trace list and one trace.

use super::about;
use super::dto::{
    AlertsSeen, Monitor, MonitorRequest, Nothing, SpanTree, StepDetail, StepRef, TraceDetail, TraceList,
    TraceListRequest, TraceRef,
};
use super::find::reading;
use crate::engine::Engine;
use crate::error::Result;
use crate::query;
use crate::store::trace;

pub(super) fn trace_list(engine: &Engine, request: TraceListRequest) -> Result<TraceList> {
    reading(engine, &request.filter, |reading| query::trace_list::trace_list(reading, &request))
}

pub(super) fn trace_get(engine: &Engine, request: TraceRef) -> Result<TraceDetail> {
    let settings = about::settings_get(engine, Nothing {})?;
    let reader = engine.reader()?;
    let columns = engine.catalog().read(&reader)?;
    query::trace::trace(&reader, &columns, engine.texts(), request.trace_id, &settings)
}

pub(super) fn span_tree(engine: &Engine, request: TraceRef) -> Result<SpanTree> {
    let revision = engine.revision();
    query::span_tree::span_tree(&*engine.reader()?, request.trace_id, revision)
}

pub(super) fn step_get(engine: &Engine, request: StepRef) -> Result<StepDetail> {
    query::step::step(&*engine.reader()?, engine.texts(), &request)
}

pub(super) fn monitor(engine: &Engine, request: MonitorRequest) -> Result<Monitor> {
    reading(engine, &request.filter, |reading| query::monitor::monitor(reading, &request))
}

pub(super) fn alerts_seen(engine: &Engine, request: AlertsSeen) -> Result<Nothing> {
    engine.writer().change(move |connection| {
        trace::set_alert_seen(connection, request.trace_id)?;
        Ok(Nothing {})
    })
}
