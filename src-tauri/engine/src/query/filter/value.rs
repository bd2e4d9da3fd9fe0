//! Numbers with units, dates and what they are compared by, as half-open intervals.

use chrono::{DateTime, FixedOffset, Local, Months, NaiveDate, NaiveDateTime, TimeDelta, TimeZone};

use super::field::listed;
use super::{FilterError, Interval, Moment};

/// How a value is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    /// None was written.
    Near,
    Above,
    AtLeast,
    Below,
    AtMost,
}

impl Operator {
    /// The operator a text starts with, and its length in bytes.
    pub(super) fn leading(text: &str) -> (Self, usize) {
        const OPERATORS: [(&str, Operator); 5] = [
            (">=", Operator::AtLeast),
            ("<=", Operator::AtMost),
            (">", Operator::Above),
            ("<", Operator::Below),
            ("=", Operator::Near),
        ];
        OPERATORS
            .iter()
            .find(|(sign, _)| text.starts_with(sign))
            .map_or((Self::Near, 0), |(sign, operator)| (*operator, sign.len()))
    }
}

/// The units of a field and what a value of it looks like.
pub(super) struct Units {
    expected: &'static str,
    /// Names and sizes; the first is the default.
    sizes: &'static [(&'static str, i128)],
}

/// Durations, in nanoseconds.
pub(super) const DURATION: Units = Units {
    expected: "a duration like 250ms, 1.5s or 2min",
    sizes: &[
        ("ms", 1_000_000),
        ("ns", 1),
        ("us", 1_000),
        ("µs", 1_000),
        ("μs", 1_000),
        ("s", SECOND_NS as i128),
        ("sec", SECOND_NS as i128),
        ("m", 60 * SECOND_NS as i128),
        ("min", 60 * SECOND_NS as i128),
        ("h", 3_600 * SECOND_NS as i128),
        ("d", DAY_NS as i128),
    ],
};

/// Counts.
pub(super) const COUNT: Units = Units {
    expected: "a number like 3, 10k or 1.5M",
    sizes: &[("", 1), ("k", 1_000), ("K", 1_000), ("m", 1_000_000), ("M", 1_000_000)],
};

const SECOND_NS: i64 = 1_000_000_000;
const DAY_NS: i64 = 86_400 * SECOND_NS;

/// A number written in decimal: `digits` / 10^`decimals`.
struct Decimal {
    digits: i128,
    decimals: u32,
}

/// The most digits of a number; with the largest unit they stay far inside an `i128`.
const MOST_DIGITS: usize = 18;

impl Decimal {
    /// The number a text starts with, and what follows it.
    fn leading(text: &str) -> Option<(Self, &str)> {
        let is_part = |letter: char| letter.is_ascii_digit() || letter == '.';
        let length = text.find(|letter| !is_part(letter)).unwrap_or(text.len());
        let (number, rest) = text.split_at(length);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.len() + fraction.len() > MOST_DIGITS || (whole.is_empty() && fraction.is_empty()) {
            return None;
        }
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some((Self { digits, decimals: u32::try_from(fraction.len()).ok()? }, rest))
    }
}

/// `from..below`, of which either may be missing; `None` if the text is no range.
fn range<T>(
    operator: Operator,
    at: usize,
    text: &str,
    end: impl Fn(Operator, usize, &str) -> Result<Interval<T>, FilterError>,
) -> Option<Result<Interval<T>, FilterError>> {
    let (from, below) = text.split_once("..").filter(|_| operator == Operator::Near)?;
    if from.is_empty() && below.is_empty() {
        return Some(Err(FilterError::at(at..at + text.len(), "expected a value before or after the ..")));
    }
    let below_at = at + from.len() + 2;
    let ends = || {
        let from = (!from.is_empty()).then(|| end(Operator::AtLeast, at, from)).transpose()?;
        let below = (!below.is_empty()).then(|| end(Operator::Below, below_at, below)).transpose()?;
        Ok(Interval { from: from.and_then(|end| end.from), below: below.and_then(|end| end.below) })
    };
    Some(ends())
}

/// The whole numbers that compare so with `text`, in the unit's base.
pub(super) fn number(
    units: &Units,
    operator: Operator,
    at: usize,
    text: &str,
) -> Result<Interval<i64>, FilterError> {
    if let Some(range) = range(operator, at, text, |operator, at, text| number(units, operator, at, text)) {
        return range;
    }
    let expected = || FilterError::at(at..at + text.len(), format!("expected {}", units.expected));
    let (number, unit) = Decimal::leading(text).ok_or_else(expected)?;
    let default = units.sizes.first().map(|(name, _)| *name).unwrap_or_default();
    let unit = if unit.is_empty() { default } else { unit };
    let Some((_, size)) = units.sizes.iter().find(|(name, _)| *name == unit) else {
        let names =
            units.sizes.iter().map(|(name, _)| *name).filter(|name| name.is_ascii() && !name.is_empty());
        let message = format!("unknown unit \"{}\"; the units are {}", unit, listed(names, "and"));
        return Err(FilterError::at(at + text.len() - unit.len()..at + text.len(), message));
    };
    // The value is twice / (2 · scale); doubled, so that half a step is a whole number.
    let scale = 10_i128.pow(number.decimals);
    let twice = 2 * number.digits * size;
    let ceiling = |twice: i128| saturated(-(-twice).div_euclid(2 * scale));
    let after = saturated(twice.div_euclid(2 * scale) + 1);
    Ok(match operator {
        Operator::Near => Interval { from: Some(ceiling(twice - size)), below: Some(ceiling(twice + size)) },
        Operator::AtLeast => Interval { from: Some(ceiling(twice)), below: None },
        Operator::Above => Interval { from: Some(after), below: None },
        Operator::Below => Interval { from: None, below: Some(ceiling(twice)) },
        Operator::AtMost => Interval { from: None, below: Some(after) },
    })
}

fn saturated(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

/// The costs in US dollars that compare so with `text`; a dollar sign may stand before the number.
pub(super) fn cost(operator: Operator, at: usize, text: &str) -> Result<Interval<f64>, FilterError> {
    if let Some(range) = range(operator, at, text, cost) {
        return range;
    }
    let plain = text.strip_prefix('$').unwrap_or(text);
    let Some((decimal, "")) = Decimal::leading(plain) else {
        return Err(FilterError::at(at..at + text.len(), "expected a cost in US dollars like 0.05"));
    };
    let scale = 10_f64.powi(i32::try_from(decimal.decimals).unwrap_or(0));
    let digits = decimal.digits as f64;
    let value = digits / scale;
    Ok(match operator {
        Operator::Near => {
            Interval { from: Some((digits - 0.5) / scale), below: Some((digits + 0.5) / scale) }
        }
        Operator::AtLeast => Interval { from: Some(value), below: None },
        Operator::Above => Interval { from: Some(value.next_up()), below: None },
        Operator::Below => Interval { from: None, below: Some(value) },
        Operator::AtMost => Interval { from: None, below: Some(value.next_up()) },
    })
}

/// The starts that compare so with `text`: a date, or a time before now such as `-24h`.
pub(super) fn started(operator: Operator, at: usize, text: &str) -> Result<Interval<Moment>, FilterError> {
    if let Some(range) = range(operator, at, text, started) {
        return range;
    }
    if let Some(ago) = text.strip_prefix('-') {
        let ago_ns = ago_ns(ago).ok_or_else(|| {
            FilterError::at(at..at + text.len(), "expected a time before now like -30min, -24h, -7d or -2w")
        })?;
        return Ok(match operator {
            Operator::Near | Operator::Above | Operator::AtLeast => {
                Interval { from: Some(Moment::Ago(ago_ns)), below: None }
            }
            Operator::Below | Operator::AtMost => Interval { from: None, below: Some(Moment::Ago(ago_ns)) },
        });
    }
    let (from, below) = period(text).ok_or_else(|| {
        let message = "expected a date like 2025-03-31 or 2025-03-31T14:05Z, or a time before now like -24h";
        FilterError::at(at..at + text.len(), message)
    })?;
    let (from, below) = (Some(Moment::At(from)), Some(Moment::At(below)));
    Ok(match operator {
        Operator::Near => Interval { from, below },
        Operator::AtLeast => Interval { from, below: None },
        Operator::Above => Interval { from: below, below: None },
        Operator::Below => Interval { from: None, below: from },
        Operator::AtMost => Interval { from: None, below },
    })
}

fn ago_ns(text: &str) -> Option<i64> {
    let (number, unit) = Decimal::leading(text)?;
    let size = match unit {
        "s" => SECOND_NS,
        "m" | "min" => 60 * SECOND_NS,
        "h" => 3_600 * SECOND_NS,
        "d" => DAY_NS,
        "w" => 7 * DAY_NS,
        _ => return None,
    };
    Some(saturated(number.digits * i128::from(size) / 10_i128.pow(number.decimals)))
}

/// The period that a date, or the start of one, names: from its first nanosecond up to that of the next one.
fn period(text: &str) -> Option<(i64, i64)> {
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let (date, date_zone) = match (time, date.strip_suffix(['Z', 'z'])) {
        (None, Some(date)) => (date, FixedOffset::east_opt(0)),
        _ => (date, None),
    };
    let mut fields = date.split('-');
    let year = digits(fields.next()?, 4)?;
    let month = fields.next().map(|month| digits(month, 2));
    let day = fields.next().map(|day| digits(day, 2));
    if fields.next().is_some() {
        return None;
    }
    let part = |field: Option<Option<u32>>| field.unwrap_or(Some(1));
    let first = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, part(month)?, part(day)?)?;
    if let Some(time) = time {
        day?;
        let (since_midnight, length, zone) = time_of_day(time)?;
        let from = first.and_hms_opt(0, 0, 0)?.checked_add_signed(since_midnight)?;
        return Some((unix_ns(from, zone)?, unix_ns(from.checked_add_signed(length)?, zone)?));
    }
    let next = match (month, day) {
        (None, _) => first.checked_add_months(Months::new(12))?,
        (Some(_), None) => first.checked_add_months(Months::new(1))?,
        (Some(_), Some(_)) => first.succ_opt()?,
    };
    let midnight = |date: NaiveDate| unix_ns(date.and_hms_opt(0, 0, 0)?, date_zone);
    Some((midnight(first)?, midnight(next)?))
}

/// The time since midnight, how long the smallest unit named is, and the zone if one is named.
fn time_of_day(text: &str) -> Option<(TimeDelta, TimeDelta, Option<FixedOffset>)> {
    let zone_start = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
    let (time, zone) = text.split_at(zone_start);
    let zone = match zone {
        "" => None,
        "Z" | "z" => Some(FixedOffset::east_opt(0)?),
        _ => Some(zone.parse().ok()?),
    };
    let mut fields = time.split(':');
    let hours = digits(fields.next()?, 2)?;
    let Some(minutes) = fields.next() else {
        let hour = TimeDelta::hours(1);
        return (hours < 24).then_some((TimeDelta::hours(hours.into()), hour, zone));
    };
    let minutes = digits(minutes, 2)?;
    let (mut seconds, mut fraction_ns, mut length_ns) = (0, 0, 60 * SECOND_NS);
    if let Some(field) = fields.next() {
        let (whole, fraction) = field.split_once('.').unwrap_or((field, ""));
        seconds = digits(whole, 2)?;
        length_ns = SECOND_NS;
        if field.contains('.') {
            let decimals =
                u32::try_from(fraction.len()).ok().filter(|decimals| (1..=9).contains(decimals))?;
            length_ns /= 10_i64.pow(decimals);
            fraction_ns = i64::from(digits(fraction, fraction.len())?) * length_ns;
        }
    }
    if fields.next().is_some() || hours >= 24 || minutes >= 60 || seconds >= 60 {
        return None;
    }
    let whole_seconds = i64::from(hours) * 3_600 + i64::from(minutes) * 60 + i64::from(seconds);
    let since_midnight = TimeDelta::nanoseconds(whole_seconds * SECOND_NS + fraction_ns);
    Some((since_midnight, TimeDelta::nanoseconds(length_ns), zone))
}

/// A number of exactly `length` digits.
fn digits(text: &str, length: usize) -> Option<u32> {
    let all_digits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits.then(|| text.parse().ok()).flatten()
}

/// Nanoseconds since the Unix epoch. Without a zone the time is local; one that the clocks skipped counts as an hour
/// later, one that came twice as the first.
fn unix_ns(time: NaiveDateTime, zone: Option<FixedOffset>) -> Option<i64> {
    fn in_zone<Zone: TimeZone>(zone: &Zone, time: NaiveDateTime) -> Option<DateTime<Zone>> {
        let skipped = || zone.from_local_datetime(&(time + TimeDelta::hours(1))).earliest();
        zone.from_local_datetime(&time).earliest().or_else(skipped)
    }
    match zone {
        Some(zone) => in_zone(&zone, time)?.timestamp_nanos_opt(),
        None => in_zone(&Local, time)?.timestamp_nanos_opt(),
    }
}
