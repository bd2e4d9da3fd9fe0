//! Numbers are said as the page says them: both are held to one table.

use std::path::Path;

use engine::query::{bytes, cost, count, duration, share};
use serde::Deserialize;

#[derive(Deserialize)]
struct Wording {
    durations_ns: Vec<(f64, String)>,
    counts: Vec<(u64, String)>,
    bytes: Vec<(u64, String)>,
    costs_usd: Vec<(f64, String)>,
    shares: Vec<((f64, f64), String)>,
}

#[test]
fn numbers_are_said_as_the_page_says_them() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/wording.json");
    let wording: Wording = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    for (ns, text) in wording.durations_ns {
        assert_eq!(duration(ns), text, "{ns} ns");
    }
    for (number, text) in wording.counts {
        assert_eq!(count(number), text);
    }
    for (size, text) in wording.bytes {
        assert_eq!(bytes(size), text, "{size} bytes");
    }
    for (usd, text) in wording.costs_usd {
        assert_eq!(cost(usd), text, "{usd} dollars");
    }
    for ((part, whole), text) in wording.shares {
        assert_eq!(share(part, whole), text, "{part} of {whole}");
    }
}
