//! Times and durations as trace files write them.

use chrono::{DateTime, NaiveDateTime};
use serde_json::Value;

const NS_PER_SECOND: i64 = 1_000_000_000;

/// Nanoseconds since the Unix epoch from a date and time (RFC 3339, a blank for the `T`, no zone for UTC), from a number
/// or a text with one (seconds, milli-, micro- or nanoseconds, told by its size: the years 1973 to 5138), or from
/// `[seconds, nanoseconds]`. `None` for anything else, and for zero and less, which sources write for "not yet".
pub fn unix_ns(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            date_time_ns(text)
                .or_else(|| text.parse::<i64>().map_or_else(|_| scaled_fraction(text.parse().ok()?), scaled))
        }
        Value::Number(number) => number.as_i64().map_or_else(|| scaled_fraction(number.as_f64()?), scaled),
        Value::Array(pair) => {
            let seconds = pair.first()?.as_i64()?;
            seconds.checked_mul(NS_PER_SECOND)?.checked_add(pair.get(1)?.as_i64()?)
        }
        _ => None,
    }
    .filter(|ns| *ns > 0)
}

/// How many nanoseconds there are to the unit of a number of this size.
fn unit_of(size: f64) -> i64 {
    match size {
        size if size < 1e11 => NS_PER_SECOND,
        size if size < 1e14 => 1_000_000,
        size if size < 1e17 => 1_000,
        _ => 1,
    }
}

fn scaled(whole: i64) -> Option<i64> {
    whole.checked_mul(unit_of(whole.unsigned_abs() as f64))
}

fn scaled_fraction(number: f64) -> Option<i64> {
    let unit = unit_of(number.abs());
    // The fraction apart, so that the whole part keeps its digits.
    let whole = (number.trunc() as i64).checked_mul(unit)?;
    number.is_finite().then(|| whole.saturating_add((number.fract() * unit as f64).round() as i64))
}

fn date_time_ns(text: &str) -> Option<i64> {
    if !text.as_bytes().get(4).is_some_and(|sign| matches!(sign, b'-' | b'/')) {
        return None;
    }
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return time.timestamp_nanos_opt();
    }
    let zoned = ["%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    let zoned = zoned.iter().find_map(|format| DateTime::parse_from_str(text, format).ok());
    // Without a zone it is taken for UTC, as SDKs write.
    let naive =
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%d %H:%M:%S,%f", "%Y/%m/%d %H:%M:%S%.f"];
    let time = zoned.map(|time| time.to_utc()).or_else(|| {
        let time = naive.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())?;
        Some(time.and_utc())
    });
    time?.timestamp_nanos_opt()
}

/// Nanoseconds from milliseconds; `None` where that is no duration.
pub fn ns_from_ms(ms: f64) -> Option<i64> {
    let ns = (ms * 1e6).round();
    (ns.is_finite() && (0.0..9.2e18).contains(&ns)).then_some(ns as i64)
}

/// Nanoseconds from seconds; `None` where that is no duration.
pub fn ns_from_seconds(seconds: f64) -> Option<i64> {
    ns_from_ms(seconds * 1e3)
}

/// Nanoseconds from microseconds, for a point in time as well as for a duration.
pub fn ns_from_us(us: f64) -> Option<i64> {
    // The fraction apart: a date in nanoseconds has more digits than a float.
    let is_near = us.is_finite() && us.abs() < 9.2e15;
    is_near.then(|| (us.trunc() as i64) * 1_000 + (us.fract() * 1e3).round() as i64)
}
