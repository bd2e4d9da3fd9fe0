//! Numbers as people read them. What is not known is a dash.

use chrono::{DateTime, Local};
use engine::model::{SpanStatus, TraceStatus};
pub(crate) use engine::query::{bytes, cost, count, duration, share};

use crate::output::Style;

/// What stands for the unknown.
pub(crate) const UNKNOWN: &str = "–";

/// `number` and the noun it counts, which takes an `s` unless there is one.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A time in milliseconds since the Unix epoch, in local time, to the second.
pub(crate) fn time(unix_ms: f64) -> String {
    DateTime::from_timestamp_millis(unix_ms as i64).map_or_else(
        || UNKNOWN.to_owned(),
        |time| time.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// How a trace's status is set off.
pub(crate) fn trace_style(status: TraceStatus) -> Style {
    match status {
        TraceStatus::Success => Style::Good,
        TraceStatus::Warning => Style::Warning,
        TraceStatus::Failed => Style::Bad,
        TraceStatus::Running => Style::Busy,
        TraceStatus::Lost => Style::Warning,
    }
}

/// How a step's status is set off.
pub(crate) fn step_style(status: SpanStatus) -> Style {
    match status {
        SpanStatus::Unset => Style::Plain,
        SpanStatus::Ok => Style::Good,
        SpanStatus::Error => Style::Bad,
        SpanStatus::Open => Style::Busy,
    }
}

/// What stands before a step of that status.
pub(crate) fn step_sign(status: SpanStatus) -> &'static str {
    match status {
        SpanStatus::Unset => "·",
        SpanStatus::Ok => "✓",
        SpanStatus::Error => "✗",
        SpanStatus::Open => "…",
    }
}
