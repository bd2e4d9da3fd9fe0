//! Which steps of one trace hold a text, and where in one of them.

use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;

use super::store::{id_of, run};

/// All steps that are found, and in how many pieces.
fn found(harness: &Harness, trace_id: i64, filter: &str) -> (Vec<String>, u32) {
    let mut span_ids = Vec::new();
    let (mut from, mut pieces) = (0, 0);
    loop {
        let request = TraceFindRequest { trace_id, filter: filter.into(), from };
        let found: FoundSteps = harness.call("trace_find", &request);
        span_ids.extend(found.span_ids);
        pieces += 1;
        if found.looked >= found.total {
            span_ids.sort();
            span_ids.dedup();
            return (span_ids, pieces);
        }
        assert!(found.looked > from, "every piece gets further");
        from = found.looked;
    }
}

#[test]
fn steps_are_found_by_name_error_and_all_that_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(run("a run", &["a zebra", "nothing", "ZÈBRA \u{4f60}\u{597d}"]));
    let trace = id_of(&harness, "a run");
    let step = |number: u32| format!("{number:016x}");
    assert_eq!(found(&harness, trace, "zebra").0, [step(1), step(3)]);
    assert_eq!(found(&harness, trace, "\u{597d}").0, [step(3)]);
    assert_eq!(found(&harness, trace, "\"a run\"").0.len(), 1 + 3, "the run by its name, and each step");
    assert_eq!(found(&harness, trace, "giraffe").0, Vec::<String>::new());
    assert_eq!(found(&harness, trace, "status:failed"), (vec![], 1), "no text, nothing to find");
    let missing = TraceFindRequest { trace_id: trace + 1, filter: "zebra".into(), from: 0 };
    let missing = harness.try_call::<FoundSteps>("trace_find", &missing).unwrap_err();
    assert_eq!(missing.code, Code::NotFound);
}

#[test]
fn a_large_trace_is_looked_through_in_pieces() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let hay = "hay ".repeat(300_000);
    let texts: Vec<String> = (0..40)
        .map(
            |number| {
                if number % 13 == 5 { format!("{hay} needle {number}") } else { format!("{hay}{number}") }
            },
        )
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    harness.import_text(run("large", &texts));
    let trace = id_of(&harness, "large");
    let (steps, pieces) = found(&harness, trace, "needle");
    let expected: Vec<String> = [5, 18, 31].iter().map(|number| format!("{:016x}", number + 1)).collect();
    assert_eq!(steps, expected);
    assert!(pieces > 2, "{pieces} pieces");
    let other = TraceFindRequest { trace_id: trace, filter: "needle".into(), from: 9_999 };
    let other: FoundSteps = harness.call("trace_find", &other);
    assert_eq!((other.span_ids.len(), other.looked), (0, other.total), "from beyond the end");
}

#[test]
fn places_are_given_of_one_step_alone() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(run("zebra run", &["a zebra", "nothing"]));
    let trace_id = id_of(&harness, "zebra run");
    let places = |span_id: Option<&str>| {
        let request =
            TraceHitsRequest { trace_id, filter: "zebra".into(), span_id: span_id.map(str::to_owned) };
        let hits: TraceHits = harness.call("trace_hits", &request);
        hits.hits.into_iter().map(|hit| (hit.span_id, hit.place)).collect::<Vec<_>>()
    };
    let said = |span_id: &str, place: &str| (span_id.to_owned(), place.to_owned());
    let first = "0000000000000001";
    assert_eq!(places(Some("")), [said("", "name")]);
    assert_eq!(places(Some(first)), [said(first, "name"), said(first, "output")]);
    assert_eq!(places(Some("no such step")), []);
    assert_eq!(places(None).len(), 4);
}
