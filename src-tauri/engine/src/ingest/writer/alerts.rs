//! Whom the person is told of: runs that are followed and fail, or take too long.

use super::WriterState;
use crate::error::Result;
use crate::live::{Notice, RunAlert};
use crate::model::{Alert, TraceStatus};
use crate::store::{trace, transaction};

impl WriterState {
    /// Tells of those of `traces` that the person should look at now, each once for each reason.
    pub(super) fn alert(&self, traces: &[i64]) {
        let due: Vec<RunAlert> = traces.iter().filter_map(|id| self.due(*id).ok().flatten()).collect();
        if due.is_empty() {
            return;
        }
        let queue = self.queue.clone();
        let marked = transaction::begin(&self.connection, || queue.is_closed()).and_then(|()| {
            due.iter()
                .try_for_each(|due| trace::set_alert(&self.connection, due.trace_id, due.alert))
                .and_then(|()| trace::touch(&self.connection, due.iter().map(|due| due.trace_id)))
                .inspect_err(|_| transaction::roll_back(&self.connection))?;
            transaction::commit(&self.connection, || queue.is_closed())
        });
        // What could not be marked would be told again and again.
        if marked.is_ok() {
            let traces = due.iter().map(|due| due.trace_id).collect();
            self.hub.publish(&Notice { alerts: due, traces, ..Notice::default() });
        }
    }

    /// Tells of runs that have become slow while nothing was heard of them.
    pub(super) fn alert_of_slow(&self) {
        if self.liveness.rules.alert_slow_ns.is_some() {
            self.alert(&self.liveness.running());
        }
    }

    fn due(&self, trace_id: i64) -> Result<Option<RunAlert>> {
        let rules = &self.liveness.rules;
        let Some(run) = trace::followed(&self.connection, trace_id)? else { return Ok(None) };
        let took_ns = match run.status {
            TraceStatus::Running => run.start_ns.map(|start| self.clock.now_ns().saturating_sub(start)),
            _ => run.duration_ns,
        };
        let is_slow = rules.alert_slow_ns.is_some_and(|limit| took_ns.is_some_and(|took| took >= limit));
        let alert = match run.status {
            TraceStatus::Failed if rules.alert_failed => Some(Alert::Failed),
            _ if is_slow => Some(Alert::Slow),
            _ => None,
        };
        let is_news = alert.filter(|alert| run.alert.is_none_or(|told| told < *alert));
        Ok(is_news.map(|alert| RunAlert { trace_id, name: run.name, alert, reason: run.failure_reason }))
    }
}
