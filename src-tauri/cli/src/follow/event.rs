//! What happens in a run that is followed.

use chrono::Local;
use engine::api::dto::TraceSummary;
use engine::model::TraceStatus;
use serde::Serialize;

use crate::output::{Output, Style};
use crate::{quantity, text};

/// Something that happened in a run.
#[derive(Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(crate) enum Event {
    /// A run goes on that was not known. One that arrives whole has its end alone.
    Started { trace: Box<TraceSummary> },
    /// A run that was taken for lost, or had ended, goes on.
    Resumed { trace: Box<TraceSummary> },
    /// A step failed.
    StepFailed { trace_id: i64, key: String, span_id: String, step: String, error: Option<String> },
    /// Something is tried again.
    Retry { trace_id: i64, key: String, span_id: String, step: String, attempt: u16, pause_ns: f64 },
    /// A run ended.
    Ended { trace: Box<TraceSummary> },
    /// A run's sender has vanished.
    Lost { trace: Box<TraceSummary> },
}

impl Event {
    /// The event as a line for a person.
    pub(super) fn line(&self, out: &Output) -> String {
        let (style, sign, word, trace_id, said) = match self {
            Self::Started { trace } => (Style::Busy, "▶", "started", trace.trace_id, title(trace)),
            Self::Resumed { trace } => (Style::Busy, "▶", "resumed", trace.trace_id, title(trace)),
            Self::StepFailed { trace_id, step, error, .. } => {
                let said = match error {
                    Some(error) => format!("{}: {}", text::printable(step), text::printable(error)),
                    None => text::printable(step).into_owned(),
                };
                (Style::Bad, "✗", "step", *trace_id, said)
            }
            Self::Retry { trace_id, step, attempt, pause_ns, .. } => {
                let said = format!(
                    "{}, attempt {attempt} after {}",
                    text::printable(step),
                    quantity::duration(*pause_ns)
                );
                (Style::Warning, "↻", "retry", *trace_id, said)
            }
            Self::Ended { trace } => {
                let sign = if trace.status == TraceStatus::Failed { "✗" } else { "✓" };
                let style = quantity::trace_style(trace.status);
                (style, sign, trace.status.word(), trace.trace_id, figures(trace))
            }
            Self::Lost { trace } => (Style::Bad, "?", "lost", trace.trace_id, figures(trace)),
        };
        let time = out.styled(Style::Faint, &Local::now().format("%H:%M:%S").to_string());
        format!("{time}  {}  {trace_id}  {said}", out.styled(style, &format!("{sign} {word:<7}")))
    }
}

/// What a run is, in words: what it was asked, where it says.
fn title(trace: &TraceSummary) -> String {
    let words = trace.preview.as_deref().unwrap_or(&trace.name);
    text::cut(&text::printable(words), 80).into_owned()
}

fn figures(trace: &TraceSummary) -> String {
    let mut parts = Vec::new();
    parts.extend(trace.duration_ns.map(quantity::duration));
    parts.push(quantity::counted(trace.steps.into(), "step"));
    if trace.retries > 0 {
        let retries = u64::from(trace.retries);
        parts.push(format!(
            "{} {}",
            quantity::count(retries),
            if retries == 1 { "retry" } else { "retries" }
        ));
    }
    parts.extend(trace.total_tokens.map(|tokens| quantity::counted(tokens, "token")));
    parts.extend(trace.cost_usd.map(quantity::cost));
    let figures = parts.join(" · ");
    match trace.failure_reason.as_ref().filter(|_| trace.status == TraceStatus::Failed) {
        Some(reason) => format!("{}  {figures}  {}", title(trace), text::printable(reason)),
        None => format!("{}  {figures}", title(trace)),
    }
}
