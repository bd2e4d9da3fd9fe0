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

#[test]
fn recordings_that_begin_with_the_same_names_are_different_traces() {
    let recording = |ts: u64| {
        read_text(&format!(
            r#"[{{"ph":"M","name":"process_name","pid":1,"tid":0,"args":{{"name":"node"}}}},{{"ph":"X","name":"run","pid":1,"tid":1,"ts":{ts},"dur":5}}]"#
        ))
    };
    let trace = |ts: u64| recording(ts).named("run").trace.clone();
    assert_ne!(trace(1_767_225_600_000_000), trace(1_767_225_700_000_000));
    assert_eq!(trace(1_767_225_600_000_000), trace(1_767_225_600_000_000));
    assert_eq!(recording(1_767_225_600_000_123).named("run").start_ns, Some(1_767_225_600_000_123_000));
}

#[test]
fn a_process_that_only_has_names_is_no_trace() {
    let read = read_text(
        r#"[{"ph":"M","name":"process_name","pid":7,"args":{"name":"GPU 7"}},{"ph":"M","name":"thread_name","pid":7,"tid":1,"args":{"name":"stream"}},{"ph":"X","name":"run","pid":1,"tid":1,"ts":1,"dur":5}]"#,
    );
    assert_eq!((read.trace_count(), read.traces.len()), (1, 1));
}

#[test]
fn slices_out_of_order_nest_by_their_times() {
    let Some(bytes) = real_file("chrome-trace-json/jlfwong__speedscope/out-of-order.json") else { return };
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(String::from_utf8(bytes).unwrap());
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 1 });
    let name = |row: i32| tree.strings[tree.name[row as usize] as usize].as_str();
    let chain: Vec<&str> = (0..tree.name.len() as i32).map(name).collect();
    assert_eq!(chain[chain.len() - 3..], ["A", "B", "C"]);
    assert_eq!(tree.depth[chain.len() - 1], tree.depth[chain.len() - 3] + 2);
}

#[test]
fn arguments_that_are_attributes_of_a_model_call_are_read_as_such() {
    let read = read_text(
        r#"[{"ph":"X","name":"chat","pid":1,"tid":1,"ts":1767225600000000,"dur":5,"args":{"gen_ai.operation.name":"chat","gen_ai.request.model":"m-1","gen_ai.usage.input_tokens":12,"gen_ai.usage.output_tokens":3,"gen_ai.input.messages":"[{\"role\":\"user\",\"parts\":[{\"type\":\"text\",\"content\":\"hi\"}]}]"}}]"#,
    );
    let call = read.named("chat");
    assert_eq!(
        (call.kind, call.model.as_deref(), call.tokens.sum()),
        (engine::model::SpanKind::Llm, Some("m-1"), Some(15))
    );
    let content = engine::semantics::content(&payload(call));
    assert_eq!(content.input_messages.len(), 1);
}

#[test]
fn rubbish_between_events_and_a_cut_end_cost_themselves_only() {
    let read = read_text(
        r#"{"traceEvents":[{"ph":"X","name":"a","pid":1,"tid":1,"ts":1,"dur":5},7,{"ph":"?","name":"b","ts":2},{"name":"no phase","ts":1},{"ph":"X","name":"late","pid":1,"tid":1,"ts":9,"dur":5},{"ph":"X","name":"cu"#,
    );
    assert_eq!(read.format, "chrome-trace");
    assert!(read.spans.iter().any(|span| span.name == "late"));
    assert!(read.problems.len() >= 4, "{:?}", read.problems);
    assert!(read.problems.iter().all(|problem| problem.at.byte > 0 || problem.reason.contains("ends")));
}
