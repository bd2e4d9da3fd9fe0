//! tau-bench and tau2-bench.

use std::collections::BTreeSet;

use engine::model::{SpanKind, SpanStatus, TraceStatus};

use super::{count, fixture, items, of_kind, real, with_id};

#[test]
fn tool_calls_with_one_id_for_all_stay_apart() {
    let Some((read, plain)) = real("tau-bench-json/TransluceAI__docent/tb_airline.json") else { return };
    let said = &plain["traj"];
    assert_eq!(of_kind(&read, SpanKind::Llm), count(said, "role", "assistant"));
    assert_eq!(of_kind(&read, SpanKind::Tool), count(said, "role", "tool"));
    assert_eq!(
        of_kind(&read, SpanKind::Chain),
        count(said, "role", "user") - 1,
        "the last one says ###STOP###"
    );
    assert_eq!(read.unique_count(), read.spans.len());
    let failed: Vec<_> = read.spans.iter().filter(|span| span.status == SpanStatus::Error).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].error.as_deref(), Some("Error: not enough seats on flight HAT213"));
    assert_eq!(&*failed[0].name, "book_reservation");
}

#[test]
fn ticks_become_what_each_side_says() {
    let path = "tau2-bench-json/sierra-research__tau2-bench/49b22f0c-4a56-41c5-922f-bc2a56e53a23.json";
    let Some((read, plain)) = real(path) else { return };
    let times_that = |who: &str| {
        let speaks: Vec<bool> =
            items(&plain["ticks"]).iter().map(|tick| tick[who]["contains_speech"] == true).collect();
        let begins = speaks.windows(2).filter(|pair| !pair[0] && pair[1]).count();
        begins + usize::from(speaks[0])
    };
    assert_eq!(of_kind(&read, SpanKind::Llm), times_that("agent_chunk"));
    assert_eq!(of_kind(&read, SpanKind::Other), times_that("user_chunk"));
    let about = &read.traces[0];
    assert_eq!(about.trace, plain["id"]);
    let long = (about.end_ns.unwrap() - about.start_ns.unwrap()) as f64 / 1e9;
    assert!((long - plain["duration"].as_f64().unwrap()).abs() < 0.1, "{long}");
}

#[test]
fn simulations_of_one_file_are_traces_of_their_own() {
    let read = fixture("tau2-bench/results.json");
    let traces: BTreeSet<&str> = read.spans.iter().map(|span| &*span.trace).collect();
    assert_eq!(traces, BTreeSet::from(["sim-1", "sim-2"]));
    assert_eq!(with_id(&read, "c1").error.as_deref(), Some("Error: line not found"));
    assert_eq!(&*with_id(&read, "u1").name, "toggle_airplane_mode", "the user has tools too");
    let about = |id: &str| read.traces.iter().find(|about| about.trace == id).unwrap();
    assert_eq!((about("sim-1").status, about("sim-1").cost_usd), (Some(TraceStatus::Success), Some(0.02)));
    assert_eq!(about("sim-2").failure_reason.as_deref(), Some("max_steps"));
}
