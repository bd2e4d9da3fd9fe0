//! Numbers as people read them. What is not known is a dash.

use chrono::{DateTime, Local};
use engine::model::{SpanStatus, TraceStatus};

use crate::output::Style;

/// What stands for the unknown.
pub(crate) const UNKNOWN: &str = "–";

/// A duration in nanoseconds in the unit that suits it, to three digits.
pub(crate) fn duration(duration_ns: f64) -> String {
    let (value, unit) = match duration_ns {
        ns if ns < 1e3 => return format!("{ns:.0} ns"),
        ns if ns < 999_500.0 => (ns / 1e3, "µs"),
        ns if ns < 999.5e6 => (ns / 1e6, "ms"),
        ns if ns < 59.95e9 => (ns / 1e9, "s"),
        ns => {
            let seconds = (ns / 1e9).round();
            let (hours, minutes) = ((seconds / 3_600.0).floor(), (seconds / 60.0).floor() % 60.0);
            return match hours {
                hours if hours >= 1.0 => format!("{hours:.0} h {minutes:02.0} min"),
                _ => format!("{minutes:.0} min {:02.0} s", seconds % 60.0),
            };
        }
    };
    let decimals = match value {
        value if value < 9.995 => 2,
        value if value < 99.95 => 1,
        _ => 0,
    };
    format!("{value:.decimals$} {unit}")
}

/// A whole number with its thousands set apart.
pub(crate) fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `number` and the noun it counts, which takes an `s` unless there is one.
pub(crate) fn counted(number: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(number), if number == 1 { "" } else { "s" })
}

/// A size in bytes.
pub(crate) fn bytes(bytes: u64) -> String {
    let value = bytes as f64;
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{:.0} kB", value / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", value / 1e6),
        _ => format!("{:.2} GB", value / 1e9),
    }
}

/// A cost in US dollars.
pub(crate) fn cost(cost_usd: f64) -> String {
    let decimals = if cost_usd == 0.0 || cost_usd >= 1.0 { 2 } else { 4 };
    format!("${cost_usd:.decimals$}")
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
