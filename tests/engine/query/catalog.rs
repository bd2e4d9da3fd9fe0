//! The columns in memory follow the store, whoever writes to it.

use engine::dto::TraceSort;
use engine::model::Marks;
use engine::store::{self, deletion, trace};
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

use super::many::list;

#[test]
fn what_another_process_writes_is_seen() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("traces.db");
    let harness = Harness::open(&path);
    let mut text = Vec::new();
    let runs = AgentRuns {
        traces: 20,
        spans_per_trace: 5,
        text_bytes: 40,
        sends_history: false,
        chinese_percent: 0,
        seed: 3,
    };
    write_otlp_json_lines(runs, &mut text).unwrap();
    harness.import_text(String::from_utf8(text).unwrap());
    let ids = |filter: &str| -> Vec<i64> {
        let items = list(&harness, filter, TraceSort::Started, false, 100).items;
        items.iter().map(|run| run.trace_id).collect()
    };
    let all = ids("");
    assert_eq!(all.len(), 20);

    let other = store::open(&path, 0).unwrap().writer;
    let star = |id: i64| {
        trace::set_marks(&other, id, &Marks { starred: true, ..Marks::default() }).unwrap();
        trace::touch(&other, [id]).unwrap();
    };
    star(all[4]);
    assert_eq!(ids("is:starred"), [all[4]]);
    // The traces that changed last go for good, and with them the largest numbers of changes.
    star(all[7]);
    let gone =
        deletion::remove_of_formats(&other, &[all[4], all[7]], &["otlp-json", "otlp-jsonl", "otlp"]).unwrap();
    assert_eq!(gone, [all[4], all[7]]);
    star(all[9]);
    assert_eq!(ids("is:starred"), [all[9]], "a change after that is seen");
    assert_eq!(ids("").len(), 18);
    deletion::delete(&other, &[all[9]], 5_000_000).unwrap();
    assert_eq!((ids("is:starred"), ids("").len()), (vec![], 17), "deleted traces are no traces");
    deletion::restore(&other, 5_000_000).unwrap();
    assert_eq!(ids("is:starred"), [all[9]]);
}
