//! Imports, from a file to what the commands give.

use engine::dto::*;
use engine::testing::Harness;

use crate::shared;

fn list(harness: &Harness, filter: &str) -> TraceList {
    harness.call(
        "trace_list",
        &TraceListRequest { filter: filter.into(), sort: TraceSort::Started, descending: true, offset: 0, limit: 1000 },
    )
}

#[test]
fn a_tracellm_export_is_imported_once() {
    let Some(file) = shared::file("tracellm-json/generated/D-full200.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let first = harness.import(&[&file]);
    assert_eq!(first.state, ImportState::Done, "{first:?}");
    assert_eq!((first.counts.traces, first.counts.traces_added, first.counts.spans_added), (200, 200, 1540));
    let all = list(&harness, "");
    assert_eq!(all.total, 200);

    let again = harness.import(&[&file]);
    assert_eq!((again.counts.traces_added, again.counts.spans_added, again.counts.spans_updated), (0, 0, 0));
    assert_eq!(list(&harness, "").items, all.items, "importing twice changes nothing");
}
