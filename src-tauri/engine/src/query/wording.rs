//! Numbers in words, as the summary card and the command line say them.

/// A duration in nanoseconds: `812 ms`, `2.41 s`, `3 min 12 s`, `1 h 02 min`.
pub fn duration(ns: f64) -> String {
    let (us, ms, s) = (ns / 1e3, ns / 1e6, ns / 1e9);
    if ns < 1e3 {
        format!("{ns:.0} ns")
    } else if us < 999.5 {
        format!("{} µs", significant(us))
    } else if ms < 999.5 {
        format!("{} ms", significant(ms))
    } else if s < 59.995 {
        format!("{} s", significant(s))
    } else {
        let seconds = s.round() as u64;
        let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        if hours > 0 {
            format!("{hours} h {minutes:02} min")
        } else {
            format!("{minutes} min {seconds:02} s")
        }
    }
}

/// A whole number with thousands set apart: `14,032`.
pub fn count(number: u64) -> String {
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

/// A size: `812 B`, `1.4 MB`.
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if size < 1_000 {
        return format!("{size} B");
    }
    let mut value = size as f64 / 1e3;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1e3;
        unit += 1;
    }
    format!("{} {}", significant(value), UNITS[unit])
}

/// Three significant digits, no more than two decimals.
fn significant(value: f64) -> String {
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
