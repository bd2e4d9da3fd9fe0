//! The trace list and one trace.

use super::about;
use super::dto::{
    AlertsSeen, ClockAdjust, ClockSkew, ConversationOutline, Link, LinkRequest, LinkTarget, Monitor,
    MonitorRequest, Nothing, RunConversation, RunConversationRequest, RunTime, SpanTree, StepDetail, StepRef,
    TraceDetail, TraceList, TraceListRequest, TraceRef, TraceShape,
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

pub(super) fn trace_shape(engine: &Engine, request: TraceRef) -> Result<TraceShape> {
    query::shape::trace_shape(&*engine.reader()?, request.trace_id)
}

pub(super) fn clock_skew(engine: &Engine, request: TraceRef) -> Result<ClockSkew> {
    query::skew::clock_skew(&*engine.reader()?, request.trace_id)
}

pub(super) fn clock_adjust(engine: &Engine, request: ClockAdjust) -> Result<Nothing> {
    let ClockAdjust { trace_id, is_adjusted } = request;
    engine.writer().change_traces(move |connection| {
        let is_changed = trace::set_adjusts_clocks(connection, trace_id, is_adjusted)?;
        Ok(if is_changed { vec![trace_id] } else { Vec::new() })
    })?;
    Ok(Nothing {})
}

pub(super) fn step_get(engine: &Engine, request: StepRef) -> Result<StepDetail> {
    query::step::step(&*engine.reader()?, engine.texts(), &request)
}

pub(super) fn run_time(engine: &Engine, request: TraceRef) -> Result<RunTime> {
    query::run_time::run_time(&*engine.reader()?, request.trace_id, engine.now_ns())
}

pub(super) fn conversation_outline(engine: &Engine, request: TraceRef) -> Result<ConversationOutline> {
    let revision = engine.revision();
    engine.conversations().outline(&*engine.reader()?, request.trace_id, revision)
}

pub(super) fn run_conversation(engine: &Engine, request: RunConversationRequest) -> Result<RunConversation> {
    let revision = engine.revision();
    engine.conversations().turns(&*engine.reader()?, &request, revision)
}

pub(super) fn link_make(engine: &Engine, request: LinkRequest) -> Result<Link> {
    query::link::make(&*engine.reader()?, &request)
}

pub(super) fn link_resolve(engine: &Engine, request: Link) -> Result<LinkTarget> {
    query::link::resolve(&*engine.reader()?, &request.link)
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
