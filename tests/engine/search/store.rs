//! A store with runs that say what a test wants, and the questions tests ask of it.

use engine::dto::*;
use engine::testing::Harness;
use serde_json::{Value, json};

/// An OTLP export of one run: its name, which is its key too, and what its steps say.
pub fn run(name: &str, steps: &[&str]) -> String {
    let spans: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(number, text)| {
            json!({ "traceId": key(name), "spanId": format!("{:016x}", number + 1), "name": name,
                "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000",
                "attributes": [{ "key": "gen_ai.tool.call.result", "value": { "stringValue": text } }] })
        })
        .collect();
    json!({ "resourceSpans": [{ "resource": {}, "scopeSpans": [{ "scope": {}, "spans": spans }] }] })
        .to_string()
}

/// The same id for the same name.
fn key(name: &str) -> String {
    let number =
        name.bytes().fold(1u128, |number, byte| number.wrapping_mul(1_099_511_628_211) ^ u128::from(byte));
    format!("{number:032x}")
}

/// The id of the run of this name.
pub fn id_of(harness: &Harness, name: &str) -> i64 {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1000,
    };
    let list: TraceList = harness.call("trace_list", &request);
    list.items.iter().find(|item| item.name == name).unwrap_or_else(|| panic!("{name} is there")).trace_id
}

/// Waits until the index has all traces.
pub fn indexed(harness: &Harness) -> IndexState {
    let notices = harness.engine.subscribe();
    loop {
        let state: IndexState = harness.call("index_state", &Nothing {});
        if state.indexed == state.traces && !state.is_working {
            return state;
        }
        notices.recv().expect("the index tells how far it comes");
    }
}

/// The traces in which `needle` stands, once all were searched.
pub fn found(harness: &Harness, needle: &str) -> Vec<i64> {
    loop {
        let found = harness.engine.finder().find(needle);
        if found.state.is_complete {
            assert_eq!(found.state.searched, found.state.traces);
            return found.traces.iter().map(|(id, _)| *id).collect();
        }
    }
}
