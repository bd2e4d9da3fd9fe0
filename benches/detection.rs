//! What recognising attempts takes of an import: the time for each trace of the store once, which is how often an import of
//! whole traces asks for it.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use engine::analysis::attempt_groups;
use engine::dto::{TraceList, TraceListRequest, TraceSort};
use engine::store::{ReadPool, span};
use engine::structure::{Spans, Structure};
use engine::testing::Harness;

const FINE_RESOLUTION_NS: i64 = 1_000;
const PAGE: u32 = 500;

/// How long it takes to find the attempts of all traces in the store at `path`, and how many groups there are.
pub fn of_all(harness: &Harness, path: &Path) -> (Duration, usize) {
    let pool = ReadPool::new(path).expect("the store can be read");
    let reader = pool.reader().expect("the store can be read");
    let mut took = Duration::ZERO;
    let mut groups = 0;
    for trace_id in trace_ids(harness) {
        let mut spans = Spans::default();
        span::for_each(&reader, trace_id, |row| spans.add(&row)).expect("the trace is there");
        let shape = Structure::of(spans.in_order_of_coming(), &[], false, false);
        let begun = Instant::now();
        let found = black_box(attempt_groups(&shape.facts, &shape.tree, &shape.strings, FINE_RESOLUTION_NS));
        took += begun.elapsed();
        assert_eq!(found.len(), shape.groups.len(), "as its shape has them");
        groups += found.len();
    }
    (took, groups)
}

fn trace_ids(harness: &Harness) -> Vec<i64> {
    let mut ids = Vec::new();
    loop {
        let request = TraceListRequest {
            filter: String::new(),
            sort: TraceSort::Started,
            descending: false,
            offset: ids.len() as u32,
            limit: PAGE,
        };
        let list: TraceList = harness.call("trace_list", &request);
        if list.items.is_empty() {
            return ids;
        }
        ids.extend(list.items.iter().map(|trace| trace.trace_id));
    }
}
