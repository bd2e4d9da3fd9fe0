//! Numbers in words, as the summary card and the command line say them, and as the page does: both are held to
//! `tests/fixtures/wording.json`.

/// A duration in nanoseconds: `412 µs`, `812 ms`, `2.41 s`, `3 min 12 s`, `2 h 5 min`, `3 d 4 h`.
pub fn duration(ns: f64) -> String {
    let (us, ms, s) = (ns / 1e3, ns / 1e6, ns / 1e9);
    if ns < 0.0 {
        format!("−{}", duration(-ns))
    } else if ns < 1e3 {
        format!("{} ns", ns.round())
    } else if us < 999.5 {
        format!("{} µs", significant(us))
    } else if ms < 999.5 {
        format!("{} ms", significant(ms))
    } else if s < 9.995 {
        format!("{} s", fixed(s, 2))
    } else if s < 59.95 {
        format!("{} s", fixed(s, 1))
    } else if s.round() < 3_600.0 {
        two_units(s.round() as u64, 60, "min", "s")
    } else if (s / 60.0).round() < 24.0 * 60.0 {
        two_units((s / 60.0).round() as u64, 60, "h", "min")
    } else {
        two_units((s / 3_600.0).round() as u64, 24, "d", "h")
    }
}

fn two_units(amount: u64, per: u64, large: &str, small: &str) -> String {
    match amount % per {
        0 => format!("{} {large}", amount / per),
        rest => format!("{} {large} {rest} {small}", amount / per),
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

/// A size: `812 B`, `1.4 MB` (1 kB is 1,000 bytes).
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

/// US dollars: `$0.0042`, `$0.3100`, `$12.40`, `$1,966`. Never zero where something was paid.
pub fn cost(usd: f64) -> String {
    if usd == 0.0 {
        "$0".to_owned()
    } else if usd < 0.00005 {
        "<$0.0001".to_owned()
    } else if usd < 0.99995 {
        format!("${}", fixed(usd, 4))
    } else if usd < 999.995 {
        format!("${}", fixed(usd, 2))
    } else {
        format!("${}", count(usd.round() as u64))
    }
}

/// A share of the whole to the nearest percent: `0%`, `<1%`, `92%`, `>99%`; 0 and 100 only where it is none or all. A dash where
/// there is no whole.
pub fn share(part: f64, whole: f64) -> String {
    let percent = 100.0 * part / whole;
    if whole <= 0.0 {
        "–".to_owned()
    } else if percent > 0.0 && percent < 1.0 {
        "<1%".to_owned()
    } else if percent > 99.0 && percent < 100.0 {
        ">99%".to_owned()
    } else {
        format!("{}%", percent.round())
    }
}

/// Three significant digits, no more than two decimals.
fn significant(value: f64) -> String {
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    let text = fixed(value, decimals);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// So many decimals, what lies just between two rounded up (`format!` rounds to the even one).
fn fixed(value: f64, decimals: usize) -> String {
    let scale = 10_f64.powi(decimals as i32);
    let scaled = value * scale;
    let value = if scaled.fract() == 0.5 { scaled.ceil() / scale } else { value };
    format!("{value:.decimals$}")
}
