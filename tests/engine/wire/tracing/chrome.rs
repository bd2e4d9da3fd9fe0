//! Chrome's trace events.

use engine::dto::*;
use engine::model::{SpanFlags, SpanStatus};
use engine::testing::Harness;

use crate::wire::collected::{payload, read, read_text, real_file};

#[test]
fn unterminated_lists_are_legal_and_give_the_same_steps() {
    let names = |file: &str| {
        let bytes = real_file(&format!("chrome-trace-json/jlfwong__speedscope/{file}"))?;
        let read = read(&bytes).unwrap();
        assert_eq!(read.format, "chrome-trace");
        assert!(read.problems.is_empty(), "{file}: {:?}", read.problems);
        let mut names: Vec<(String, Option<i64>)> =
            read.spans.iter().map(|span| (span.name.clone(), span.start_ns)).collect();
        names.sort();
        Some(names)
    };
    let Some(whole) = names("simple.json") else { return };
    assert_eq!(whole, names("simple-partial.json").unwrap());
    assert_eq!(whole, names("simple-partial-trailing-comma.json").unwrap());
}

#[test]
fn whole_slices_nest_by_their_times_within_their_thread() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(
        r#"[{"ph":"X","name":"inner","pid":1,"tid":1,"ts":10,"dur":5},{"ph":"X","name":"outer","pid":1,"tid":1,"ts":0,"dur":100},
            {"ph":"X","name":"elsewhere","pid":1,"tid":2,"ts":11,"dur":2},
            {"ph":"B","name":"begun","pid":1,"tid":1,"ts":200},{"ph":"X","name":"in begun","pid":1,"tid":1,"ts":210,"dur":5},
            {"ph":"i","name":"moment","pid":1,"tid":1,"ts":211},{"ph":"E","pid":1,"tid":1,"ts":300,"args":{"ok":true}}]"#,
    );
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 1 });
    assert_eq!(tree.clock, TraceClock::LaidOut, "the times count from a start of the program's own");
    let named = |name: &str| {
        (0..tree.name.len())
            .find(|row| tree.strings[tree.name[*row] as usize] == name)
            .unwrap_or_else(|| panic!("{name}"))
    };
    let parent = |name: &str| tree.strings[tree.name[tree.parent[named(name)] as usize] as usize].as_str();
    assert_eq!(parent("inner"), "outer");
    assert_eq!(parent("outer"), "track 1");
    assert_eq!(parent("elsewhere"), "track 2", "another thread's slice is never around it");
    assert_eq!(parent("in begun"), "begun");
}

#[test]
fn what_never_ends_is_open_and_ends_without_a_beginning_are_problems() {
    let Some(bytes) = real_file("chrome-trace-json/jlfwong__speedscope/only-begin-events.json") else {
        return;
    };
    let begun = read(&bytes).unwrap();
    assert_eq!(begun.spans.iter().filter(|span| span.status == SpanStatus::Open).count(), 3);
    let ended = read_text(
        r#"[{"ph":"E","name":"x","pid":1,"tid":1,"ts":1767225600000000},{"ph":"B","name":"y","pid":1,"tid":1,"ts":1767225600000000,"args":{"a":1}},{"ph":"E","pid":1,"tid":1,"ts":1767225600000009,"args":{"b":2}}]"#,
    );
    assert_eq!(ended.problems.len(), 1, "{:?}", ended.problems);
    let slice = ended.named("y");
    assert_eq!(slice.start_ns, Some(1_767_225_600_000_000_000));
    assert!(!slice.flags.contains(SpanFlags::LAID_OUT), "dates are dates");
    assert_eq!(
        (payload(slice).input, payload(slice).output),
        (Some(serde_json::json!({"a":1})), Some(serde_json::json!({"b":2})))
    );
}

#[test]
fn each_process_is_a_trace_named_as_it_says() {
    let Some(bytes) = real_file("chrome-trace-json/jlfwong__speedscope/multiprocess.json") else { return };
    let read = read(&bytes).unwrap();
    let names: Vec<_> = read.traces.iter().filter_map(|trace| trace.name.as_deref()).collect();
    assert_eq!(names, ["p0", "p1", "process 2", "p3"]);
}
