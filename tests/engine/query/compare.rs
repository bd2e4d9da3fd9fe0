//! Two stored runs side by side: pairs that have every step once, words for what differs, differences of steps, what a person
//! says of pairs, runs that are worth comparing with, several runs at once, and a comparison as a file.

use engine::api::comparison_to_save;
use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use serde_json::{Value, json};

use super::many::list;
use crate::shared;

pub(super) struct Store {
    pub(super) harness: Harness,
    _folder: tempfile::TempDir,
}

impl Store {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        Self { harness, _folder: folder }
    }

    /// A store with these runs, in this order; gives their ids.
    pub(super) fn of(runs: &[Vec<Value>]) -> (Self, Vec<i64>) {
        let store = Self::new();
        for (number, spans) in (1_u32..).zip(runs) {
            let mut spans = spans.clone();
            spans.iter_mut().for_each(|span| span["traceId"] = json!(format!("{number:032x}")));
            let text = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": spans }] }] }).to_string();
            store.harness.import_text(text);
        }
        let mut traces = list(&store.harness, "", TraceSort::Started, true, 1_000).items;
        traces.sort_by(|one, other| one.key.cmp(&other.key));
        let ids = traces.iter().map(|trace| trace.trace_id).collect();
        (store, ids)
    }

    pub(super) fn compare(&self, a: i64, b: i64) -> Comparison {
        let comparison: Comparison = self.harness.call("compare", &CompareRequest { a, b });
        assert_whole(&comparison);
        comparison
    }

    pub(super) fn step_difference(&self, a: (i64, u32), b: (i64, u32), ignore: Ignored) -> StepDifference {
        let request = StepDifferenceRequest {
            a: a.0,
            b: b.0,
            a_span_id: Some(id(a.1)),
            b_span_id: Some(id(b.1)),
            ignore,
        };
        self.harness.call("compare_step", &request)
    }
}

pub(super) fn id(number: u32) -> String {
    format!("{number:016x}")
}

/// A span from `start` to `end` milliseconds, day by day, with input and output.
pub(super) fn span(
    number: u32,
    parent: u32,
    kind: &str,
    name: &str,
    (start, end): (u64, u64),
    said: (&str, &str),
) -> Value {
    let time = |ms: u64| format!("{}", 1_772_359_200_000_000_000 + ms * 1_000_000);
    let text = |key: &str, value: &str| json!({ "key": key, "value": { "stringValue": value } });
    json!({
        "spanId": id(number), "parentSpanId": if parent == 0 { String::new() } else { id(parent) },
        "name": name, "startTimeUnixNano": time(start), "endTimeUnixNano": time(end),
        "attributes": [text("openinference.span.kind", kind), text("input.value", said.0), text("output.value", said.1)],
    })
}

pub(super) fn failed(mut span: Value, message: &str) -> Value {
    span["status"] = json!({ "code": 2, "message": message });
    span
}

/// An agent that plans, searches and answers.
pub(super) fn run(search: &str, answer: &str) -> Vec<Value> {
    vec![
        span(1, 0, "AGENT", "assistant", (0, 1_000), ("Who wrote Faust?", answer)),
        span(2, 1, "LLM", "plan", (0, 200), ("Who wrote Faust?", "I will search.")),
        span(3, 1, "TOOL", "search", (200, 500), (search, r#"{"hits":["Goethe"]}"#)),
        span(4, 1, "LLM", "answer", (500, 1_000), ("Goethe", answer)),
    ]
}

/// Every row of either tree stands in one pair, below the pair of its parent.
fn assert_whole(comparison: &Comparison) {
    for (rows, run) in [(&comparison.row_a, &comparison.a), (&comparison.row_b, &comparison.b)] {
        let mut seen: Vec<i32> = rows.iter().copied().filter(|row| *row >= 0).collect();
        seen.sort_unstable();
        let orphan_row = run.tree.orphan_row.map(|row| row as i32);
        let all: Vec<i32> =
            (0..run.tree.span_id.len() as i32).filter(|row| Some(*row) != orphan_row).collect();
        assert_eq!(seen, all, "every step of {} once", run.summary.name);
    }
    for (at, parent) in comparison.parent.iter().enumerate() {
        assert!(*parent < at as i32, "a pair comes after its parent");
        let depth = usize::try_from(*parent).map_or(0, |parent| comparison.depth[parent] + 1);
        assert_eq!(comparison.depth[at], depth);
    }
    let pairs = comparison.row_a.len() as u32;
    assert!(comparison.differences.iter().all(|difference| difference.pair < pairs));
    assert!(comparison.first_difference.is_none_or(|pair| pair < pairs));
}

#[test]
fn runs_that_do_the_same_differ_in_nothing() {
    let (store, ids) =
        Store::of(&[run("faust author", "Goethe wrote it."), run("faust author", "Goethe wrote it.")]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(comparison.first_difference, None);
    assert_eq!(comparison.differences, []);
    assert_eq!(comparison.summary, ["Both did the same, step by step."]);
    assert!(comparison.remarks.is_empty());
}

#[test]
fn runs_part_where_a_tool_is_given_something_else() {
    let (store, ids) =
        Store::of(&[run("faust author", "Goethe wrote it."), run("faust opera", "Gounod wrote it.")]);
    let comparison = store.compare(ids[0], ids[1]);
    let first = comparison.first_difference.unwrap() as usize;
    let row = comparison.row_a[first] as usize;
    assert_eq!(comparison.a.tree.strings[comparison.a.tree.name[row] as usize], "search");
    assert_eq!(
        comparison.summary[0],
        "They part at step 3: search was given something else (faust author → faust opera)."
    );

    let difference = store.step_difference((ids[0], 3), (ids[1], 3), Ignored::default());
    let part = |title: &str| difference.parts.iter().find(|part| part.title == title).unwrap();
    assert!(part("Output").is_same);
    let line = &part("Input").lines[0];
    assert_eq!(line.change, LineChange::Changed);
    let changed = |pieces: &Option<Vec<DiffPiece>>| {
        let differs = pieces.iter().flatten().filter(|piece| piece.differs);
        differs.map(|piece| piece.text.clone()).collect::<String>()
    };
    assert_eq!((changed(&line.a), changed(&line.b)), ("author".into(), "opera".into()));
}

#[test]
fn a_failure_and_what_was_done_over_again_are_told_in_words() {
    let mut more = run("faust author", "Goethe wrote it.");
    more.insert(3, failed(span(5, 1, "TOOL", "fetch", (500, 900), ("page 2", "")), "connection reset"));
    more[4] = span(4, 1, "LLM", "answer", (900, 3_000), ("Goethe", "Goethe wrote it."));
    more[0] = failed(span(1, 0, "AGENT", "assistant", (0, 3_000), ("Who wrote Faust?", "")), "gave up");
    let (store, ids) = Store::of(&[run("faust author", "Goethe wrote it."), more]);
    let comparison = store.compare(ids[0], ids[1]);
    let text = comparison.summary.join(" ");
    assert!(text.starts_with("A succeeded, B failed (gave up)."), "{text}");
    assert!(text.contains("They part at step 4 of B: B alone has fetch."), "{text}");
    assert!(text.contains("B called fetch once more."), "{text}");
    assert!(text.contains("B took 2.00 s longer, most of it in answer (+1.60 s)."), "{text}");
    assert!(comparison.differences.iter().any(|difference| difference.is_status));
    // The run has the whole; what its steps add sums up to it.
    let told = comparison.differences.iter().chain(&comparison.drifts);
    let (of_run, of_steps): (Vec<_>, Vec<_>) = told.partition(|difference| difference.pair == 0);
    let sum = |told: Vec<&RunDifference>| told.iter().map(|difference| difference.time_ns).sum::<f64>();
    assert_eq!((sum(of_run), sum(of_steps)), (2e9, 2e9));
}

#[test]
fn order_of_keys_ids_times_and_white_space_are_no_difference_where_they_are_ignored() {
    let with = |input: &str| vec![span(1, 0, "TOOL", "save", (0, 10), (input, "ok"))];
    let (store, ids) = Store::of(&[
        with(r#"{"id":"0b7f9d3e-6c1a-4d0e-9f55-2f1c3a4b5c6d","at":"2026-03-01T10:00:00Z","text":"a  b"}"#),
        with(r#"{"text":"a b","at":"2026-03-02T11:30:00Z","id":"11111111-2222-4333-8444-555555555555"}"#),
        with(r#"{"text":"a  b","at":"2026-03-01T10:00:00Z","id":"0b7f9d3e-6c1a-4d0e-9f55-2f1c3a4b5c6d"}"#),
    ]);
    let input = |b: usize, ignore: Ignored| {
        let difference = store.step_difference((ids[0], 1), (ids[b], 1), ignore);
        let part = difference.parts.into_iter().find(|part| part.title == "Input").unwrap();
        part.lines.iter().filter(|line| line.change != LineChange::Same).count()
    };
    assert_eq!(input(2, Ignored::default()), 0, "keys in another order");
    assert_eq!(input(1, Ignored::default()), 3);
    assert_eq!(input(1, Ignored { ids: true, ..Ignored::default() }), 2);
    assert_eq!(input(1, Ignored { ids: true, times: true, whitespace: false }), 1);
    assert_eq!(input(1, Ignored { ids: true, times: true, whitespace: true }), 0);
}

#[test]
fn what_a_person_says_of_a_pair_is_kept_and_can_be_taken_back() {
    let (store, ids) =
        Store::of(&[run("faust author", "Goethe wrote it."), run("faust author", "Goethe wrote it.")]);
    let (a, b) = (ids[0], ids[1]);
    let set = |pairing: Pairing| {
        let request = PairSet { a, b, a_span_id: id(2), b_span_id: id(2), pairing };
        let _: Nothing = store.harness.call("pair_set", &request);
    };
    let partner = |comparison: &Comparison| {
        let at = comparison.row_a.iter().position(|row| *row == 1).unwrap();
        (comparison.row_b[at], comparison.by_hand[at])
    };
    set(Pairing::Broken);
    let parted = store.compare(a, b);
    assert_ne!(partner(&parted).0, 1);
    assert_eq!(parted.apart, [ApartSteps { a_span_id: id(2), b_span_id: id(2) }]);
    // The other way round it is the same pair.
    let turned = store.compare(b, a);
    let at = turned.row_b.iter().position(|row| *row == 1).unwrap();
    assert_ne!(turned.row_a[at], 1);
    set(Pairing::Forced);
    assert_eq!(partner(&store.compare(a, b)), (1, 1));
    set(Pairing::Detected);
    assert_eq!(partner(&store.compare(a, b)), (1, 0));

    let gone = PairSet { a, b, a_span_id: "none".into(), b_span_id: id(2), pairing: Pairing::Forced };
    let refused = store.harness.try_call::<Nothing>("pair_set", &gone).unwrap_err();
    assert_eq!(refused.code, Code::NotFound);
}

#[test]
fn a_run_is_not_compared_with_itself_or_with_one_that_is_gone() {
    let (store, ids) = Store::of(&[run("faust author", "Goethe.")]);
    let code = |b: i64| {
        let request = CompareRequest { a: ids[0], b };
        store.harness.try_call::<Comparison>("compare", &request).unwrap_err().code
    };
    assert_eq!(code(ids[0]), Code::Invalid);
    assert_eq!(code(987_654), Code::NotFound);
}

#[test]
fn a_run_is_offered_the_one_before_it_the_last_good_one_the_median_and_the_baseline() {
    let at = |day: u64, ms: u64, is_failed: bool| {
        let start = day * 86_400_000;
        let root = span(1, 0, "AGENT", "assistant", (start, start + ms), ("Who wrote Faust?", "Goethe."));
        vec![if is_failed { failed(root, "no") } else { root }]
    };
    let (store, ids) = Store::of(&[
        at(0, 900, false),
        at(1, 100, false),
        at(2, 300, false),
        at(3, 50, true),
        at(4, 70, false),
    ]);
    let candidates =
        || -> CompareCandidates { store.harness.call("compare_candidates", &TraceRef { trace_id: ids[4] }) };
    let found = candidates();
    let id_of = |trace: &Option<TraceSummary>| trace.as_ref().map(|trace| trace.trace_id);
    assert_eq!((found.task.as_str(), found.runs), ("assistant", 4));
    assert_eq!(id_of(&found.previous), Some(ids[3]));
    assert_eq!(id_of(&found.last_good), Some(ids[2]));
    assert_eq!(id_of(&found.median), Some(ids[2]));
    assert_eq!(id_of(&found.baseline), None);

    let hold = |trace_id: i64, is_baseline: bool| {
        let _: Nothing = store.harness.call("baseline_set", &BaselineSet { trace_id, is_baseline });
    };
    hold(ids[0], true);
    hold(ids[1], true);
    assert_eq!(id_of(&candidates().baseline), Some(ids[1]), "one run of a task at a time");
    hold(ids[4], true);
    assert_eq!(id_of(&candidates().baseline), Some(ids[4]));
    hold(ids[4], false);
    assert_eq!(id_of(&candidates().baseline), None);
}

#[test]
fn several_runs_of_a_task_stand_side_by_side_and_what_varies_is_marked() {
    let (store, ids) = Store::of(&[
        run("faust author", "Goethe wrote it."),
        run("faust author", "Goethe wrote it."),
        run("faust opera", "Gounod wrote it."),
    ]);
    let request = RunMatrixRequest { trace_ids: ids.clone(), reference: Some(ids[1]) };
    let matrix: RunMatrix = store.harness.call("run_matrix", &request);
    assert_eq!((matrix.reference, matrix.left_out), (1, 0));
    let row = |name: &str| matrix.rows.iter().find(|row| row.name == name).unwrap();
    assert!(!row("plan").varies);
    assert!(row("search").varies);
    assert!(matrix.rows.iter().all(|row| row.cells.len() == 3 && row.cells.iter().all(Option::is_some)));
    let refused = store
        .harness
        .try_call::<RunMatrix>("run_matrix", &RunMatrixRequest { trace_ids: vec![ids[0]], reference: None });
    assert_eq!(refused.unwrap_err().code, Code::Invalid);
}

#[test]
fn a_comparison_is_saved_as_one_page_in_which_what_traces_say_is_text() {
    let hostile = r#"</td><script>alert(1)</script><img src=x onerror="alert(2)">"#;
    let (store, ids) = Store::of(&[run("faust author", "Goethe."), run(hostile, "AKIAIOSFODNN7EXAMPLE <b>")]);
    let _: Vec<StepMarkItem> = store.harness.call(
        "step_mark",
        &StepMark { trace_id: ids[1], span_id: id(3), pinned: None, note: Some("look <i>here".into()) },
    );
    let file = |form: ComparisonForm| {
        let request = ComparisonSave { a: ids[0], b: ids[1], form, ignore: Ignored::default() };
        let report = comparison_to_save(&store.harness.engine, request, &|| false).unwrap();
        let mut bytes = Vec::new();
        let saved = report.write(form, &mut bytes).unwrap();
        assert_eq!(saved.bytes, bytes.len() as u64);
        String::from_utf8(bytes).unwrap()
    };
    let page = file(ComparisonForm::Html);
    assert!(page.contains("default-src 'none'"));
    for forbidden in ["<script", "<img", "onerror=\"", "http://", "https://", "url("] {
        assert!(!page.contains(forbidden), "{forbidden} stands in the page");
    }
    for shown in ["&lt;script&gt;", "They part at step 3", "look &lt;i&gt;here", "Here they part."] {
        assert!(page.contains(shown), "{shown} does not stand in the page");
    }
    assert!(!page.contains("AKIAIOSFODNN7EXAMPLE"));

    let told: Value = serde_json::from_str(&file(ComparisonForm::Json)).unwrap();
    assert_eq!(told["type"], "tracellm.comparison");
    assert_eq!(told["is_same"], false);
    let first = &told["pairs"][told["first_difference"].as_u64().unwrap() as usize];
    assert_eq!((&first["a"]["name"], &first["differs_in"][0]), (&json!("search"), &json!("input")));
    assert_eq!(told["b"]["notes"][0]["note"], "look <i>here");
}

#[test]
fn real_runs_of_any_two_formats_compare() {
    let paths = [
        "tracellm-api-json",
        "otlp-json-genai",
        "claude-code-jsonl",
        "langfuse-trace-json",
        "openai-agents-json",
    ];
    let Some(folder) = shared::folder() else { return };
    let store = Store::new();
    for path in paths {
        let folder = folder.join(path);
        if folder.is_dir() {
            store.harness.import(&[&folder]);
        }
    }
    let traces = list(&store.harness, "", TraceSort::Started, true, 1_000).items;
    let few: Vec<&TraceSummary> =
        traces.iter().filter(|trace| trace.steps < 3_000).step_by(7).take(8).collect();
    for (a, b) in few.iter().zip(few.iter().skip(1)) {
        let comparison = store.compare(a.trace_id, b.trace_id);
        assert!(!comparison.summary.is_empty());
    }
}

#[test]
fn what_is_said_of_two_runs_is_true() {
    let said = |a: Vec<Value>, b: Vec<Value>| {
        let (store, ids) = Store::of(&[a, b]);
        store.compare(ids[0], ids[1]).summary.join(" ")
    };
    let tool = |input: &str| {
        vec![
            span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a")),
            span(2, 1, "TOOL", "query", (0, 100), (input, "none")),
        ]
    };
    let text = said(tool(r#"{"sql":"x < 5"}"#), tool(r#"{"sql":"x > 5"}"#));
    assert!(text.contains("query was given something else"), "an operator decides: {text}");
    let text =
        said(tool(r#"{"session_id":"a327651a","q":"x"}"#), tool(r#"{"session_id":"e2fbfd14","q":"x"}"#));
    assert!(text.contains("Both did the same"), "each run has a session of its own: {text}");
    let text = said(tool(r#"{"order_id":"a327651a","q":"x"}"#), tool(r#"{"order_id":"e2fbfd14","q":"x"}"#));
    assert!(text.contains("query was given something else"), "another order is another question: {text}");

    let broken = |reason: &str| vec![failed(span(1, 0, "AGENT", "assistant", (0, 10), ("q", "")), reason)];
    let text = said(broken("no disk"), broken("no network"));
    assert!(text.contains("A failed (no disk), B failed (no network)."), "{text}");
    let text = said(broken("no disk"), run("faust author", "Goethe wrote it."));
    assert!(text.starts_with("A failed (no disk), B succeeded."), "{text}");
    assert!(!text.contains("called assistant"), "the run itself is no call: {text}");
}

/// A run of TraceLLM's form: its source reports the run itself, under a name.
pub(super) fn reported(id: &str, name: &str, steps: &[(&str, Value, Option<&str>)]) -> Value {
    let steps: Vec<Value> = steps
        .iter()
        .zip(1_u32..)
        .map(|((tool, input, error), number)| {
            let output = error.map_or_else(|| json!({ "found": 3 }), |error| json!({ "error": error }));
            let mut step = json!({
                "step_id": format!("{id}-{number}"), "tool_name": tool, "input": input, "output": output,
                "duration": 100.0, "success": error.is_none(),
                "timestamp": format!(
                    "2026-03-01T{:02}:{:02}:{:02}+00:00",
                    10 + number / 3600,
                    number / 60 % 60,
                    number % 60
                ),
            });
            if let Some(error) = error {
                step["error"] = json!(error);
            }
            step
        })
        .collect();
    json!({
        "trace_id": id, "prompt": name, "response": "done", "latency": 9000.0, "token_count": 10, "model_name": "gpt-4.1",
        "project_id": "shop", "status": "success", "retry_count": 0, "steps": steps,
        "created_at": "2026-03-01T10:00:00+00:00",
    })
}

/// A store with these runs of TraceLLM's form, in this order; gives their ids.
pub(super) fn store_of_reported(runs: &[Value]) -> (Store, Vec<i64>) {
    let store = Store::new();
    store.harness.import_text(json!(runs).to_string());
    let mut traces = list(&store.harness, "", TraceSort::Started, true, 1_000).items;
    traces.sort_by(|one, other| one.key.cmp(&other.key));
    (store, traces.iter().map(|trace| trace.trace_id).collect())
}

pub(super) fn query(color: &str) -> Value {
    json!({ "query": color, "size": 42 })
}

#[test]
fn two_reported_runs_stand_beside_each_other_whatever_they_are_called() {
    let search = [("search", query("red"), None)];
    let (store, ids) = store_of_reported(&[
        reported("r-1", "find shoes", &search),
        reported("r-2", "Capital of France?", &search),
        reported("r-3", "Customer support 3", &[]),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!((comparison.row_a[0], comparison.row_b[0]), (0, 0));
    let asked = "The run was given something else (find shoes → Capital of France?).";
    let sentences = |comparison: &Comparison| {
        comparison.differences.iter().map(|difference| difference.sentence.clone()).collect::<Vec<_>>()
    };
    assert_eq!(sentences(&comparison), [asked]);
    assert_eq!(comparison.summary, [format!("They part at the run itself: {asked}")]);

    let empty = store.compare(ids[0], ids[2]);
    assert_eq!((empty.row_a[0], empty.row_b[0]), (0, 0));
    assert!(sentences(&empty).contains(&"A alone has search.".to_owned()), "{:?}", sentences(&empty));
    assert_eq!(empty.difference_count(), 2);
    let text = empty.summary.join(" ");
    assert!(text.contains("B called search once less."), "a name is no step: {text}");
}

#[test]
fn the_tries_of_an_operation_are_one_row_and_one_difference() {
    let tried = |tries: usize| {
        let mut steps = vec![("plan", json!({ "goal": "shoes" }), None)];
        steps.extend((1..tries).map(|_| ("search", query("red"), Some("timed out"))));
        steps.push(("search", query("red"), None));
        steps
    };
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &tried(1)),
        reported("r-2", "shoes", &tried(3)),
        reported("r-3", "shoes", &tried(1)),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    let operation = comparison.row_a.iter().position(|row| *row == 2).unwrap();
    let below: Vec<usize> =
        (0..comparison.row_a.len()).filter(|at| comparison.parent[*at] == operation as i32).collect();
    assert_eq!(below, [operation + 1, operation + 2], "its tries stand below it");
    assert!(below.iter().all(|at| comparison.try_of[*at] == operation as i32));
    assert_eq!(comparison.difference_count(), 1);
    assert_eq!(comparison.is_difference[operation], 1);
    let RunDifference { sentence, time_ns, .. } = &comparison.differences[0];
    assert_eq!(sentence, "search took 1 try in A, 3 in B.");
    assert_eq!(*time_ns, 2e9, "with the tries, and the pauses between them");
    assert_eq!(comparison.summary[0], "Both did the same, step by step, but not in as many tries.");
    assert_eq!(comparison.first_difference, None);

    let request = RunMatrixRequest { trace_ids: ids.clone(), reference: None };
    let matrix: RunMatrix = store.harness.call("run_matrix", &request);
    let rows: Vec<&str> = matrix.rows.iter().map(|row| &*row.name).collect();
    assert_eq!(rows, ["shoes", "plan", "search"], "one row an operation");
    let tries = |row: &MatrixRow| row.cells.iter().flatten().map(|cell| cell.tries).collect::<Vec<_>>();
    assert_eq!(tries(&matrix.rows[2]), [1, 3, 1]);
    let took = |cell: usize| matrix.rows[2].cells[cell].as_ref().unwrap().duration_ns;
    assert_eq!((took(0), took(1)), (Some(1e8), Some(2.1e9)), "from the first start to the last end");

    let page = saved(&store, ids[0], ids[1], ComparisonForm::Html);
    for shown in ["1 difference", "1 try in A, 3 in B", "try 2 of 3", "search took 1 try in A, 3 in B."] {
        assert!(page.contains(shown), "{shown} does not stand in the page");
    }
    assert!(!page.contains("±0") && !page.contains("+0 ns"));
    let told: Value = serde_json::from_str(&saved(&store, ids[0], ids[1], ComparisonForm::Json)).unwrap();
    assert_eq!((&told["is_same"], &told["difference_count"]), (&json!(false), &json!(1)));
}

pub(super) fn saved(store: &Store, a: i64, b: i64, form: ComparisonForm) -> String {
    let request = ComparisonSave { a, b, form, ignore: Ignored::default() };
    let report = comparison_to_save(&store.harness.engine, request, &|| false).unwrap();
    let mut bytes = Vec::new();
    report.write(form, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn differences_say_where_they_stand_and_what_changed() {
    let searches = |colors: [&str; 3]| {
        colors.map(|color| ("search", json!({ "query": color, "page": color.len() }), None)).to_vec()
    };
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &searches(["red", "green", "white"])),
        reported("r-2", "shoes", &searches(["blue", "green", "black"])),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    let mut told: Vec<(&str, &str)> =
        comparison.differences.iter().map(|difference| (&*difference.place, &*difference.sentence)).collect();
    told.sort_unstable();
    assert_eq!(
        told,
        [
            ("step 1", "search was given something else (query: red → blue, page: 3 → 4)."),
            ("step 3", "search was given something else (query: white → black)."),
        ]
    );
    assert_eq!(
        comparison.summary[0],
        "They part at step 1: search was given something else (query: red → blue, page: 3 → 4)."
    );
    // What walks, counts and lists differences goes by the same pairs.
    let walked: Vec<u32> =
        (0..).zip(comparison.is_difference.iter()).filter(|(_, is)| **is == 1).map(|(at, _)| at).collect();
    let mut listed: Vec<u32> = comparison.differences.iter().map(|difference| difference.pair).collect();
    listed.sort_unstable();
    assert_eq!(walked, listed);
}

#[test]
fn a_step_that_took_longer_is_told_and_is_no_difference() {
    let run = |ms: u64| {
        vec![
            span(1, 0, "AGENT", "assistant", (0, 1_000 + ms), ("q", "a")),
            span(2, 1, "TOOL", "search", (0, 500 + ms), ("faust", "Goethe")),
            span(3, 1, "LLM", "answer", (500 + ms, 1_000 + ms), ("Goethe", "a")),
        ]
    };
    let (store, ids) = Store::of(&[run(0), run(700)]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!((comparison.difference_count(), comparison.differences.len()), (0, 0));
    let drifts: Vec<(&str, f64)> =
        comparison.drifts.iter().map(|drift| (&*drift.sentence, drift.time_ns)).collect();
    assert_eq!(drifts, [("search took 700 ms longer in B.", 7e8)]);
    assert!(comparison.summary[0].starts_with("Both did the same"));
}

#[test]
fn more_differences_than_are_listed_are_counted() {
    const STEPS: usize = 600;
    let searches = |color: &str| {
        (0..STEPS).map(|at| ("search", json!({ "query": format!("{color} {at}") }), None)).collect::<Vec<_>>()
    };
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &searches("red")),
        reported("r-2", "shoes", &searches("blue")),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!((comparison.difference_count(), comparison.differences.len()), (STEPS, 500));
    let with_change =
        comparison.differences.iter().filter(|difference| difference.sentence.contains("query: red "));
    assert_eq!(with_change.count(), 100);
    let page = saved(&store, ids[0], ids[1], ComparisonForm::Html);
    assert!(page.contains("600 differences") && page.contains("550 more stand with their steps below."));
}

#[test]
fn an_operation_with_tries_that_one_run_alone_has_is_a_difference_and_a_level_around_it_is_none() {
    let run = |with_answer: bool| {
        let mut spans = vec![span(1, 0, "AGENT", "assistant", (0, 4_000), ("q", "a"))];
        let parent = if with_answer { 2 } else { 1 };
        if with_answer {
            spans.push(span(2, 1, "CHAIN", "retry_guard", (0, 4_000), ("", "")));
        }
        spans.push(span(3, parent, "TOOL", "search", (0, 500), ("faust", "Goethe")));
        if with_answer {
            let first = span(4, 2, "CHAIN", "respond", (500, 1_500), ("Goethe", ""));
            spans.push(failed(first, "timed out"));
            spans.push(span(5, 2, "CHAIN", "respond", (1_600, 4_000), ("Goethe", "a")));
        }
        spans
    };
    let (store, ids) = Store::of(&[run(true), run(false)]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(comparison.a.tree.groups.len(), 1, "it was tried twice");
    let sentences: Vec<&str> = comparison.differences.iter().map(|told| &*told.sentence).collect();
    assert_eq!(sentences, ["A alone has respond."]);
    assert_eq!((comparison.difference_count(), comparison.differences[0].time_ns), (1, -3.5e9));
    assert!(
        !comparison.drifts.iter().any(|drift| drift.sentence.contains("respond")),
        "{:?}",
        comparison.drifts
    );
    let text = comparison.summary.join(" ");
    assert!(text.contains("A alone has respond. B called respond once less."), "{text}");
    let guard = comparison.row_a.iter().position(|row| *row == 1).unwrap();
    assert_eq!((comparison.row_b[guard], comparison.is_difference[guard]), (-1, 0));
}

#[test]
fn no_part_of_a_difference_in_time_is_larger_than_the_whole_or_the_run_itself() {
    let run = |fetched: u64, answered: u64, after: u64| {
        let end = fetched + answered;
        vec![
            span(1, 0, "AGENT", "assistant", (0, end + after), ("q", "a")),
            span(2, 1, "TOOL", "fetch", (0, fetched), ("faust", "Goethe")),
            span(3, 1, "LLM", "answer", (fetched, end), ("Goethe", "a")),
        ]
    };
    let said = |a: Vec<Value>, b: Vec<Value>| {
        let (store, ids) = Store::of(&[a, b]);
        store.compare(ids[0], ids[1]).summary.join(" ")
    };
    let text = said(run(900, 100, 0), run(100, 850, 0));
    assert!(text.ends_with("B took 50 ms less."), "another step made up for most of it: {text}");
    let text = said(run(900, 100, 0), run(900, 100, 800));
    assert!(text.ends_with("B took 800 ms longer, most of it outside its steps (+800 ms)."), "{text}");
    let text = said(run(900, 100, 0), run(300, 100, 0));
    assert!(text.ends_with("B took 600 ms less, most of it in fetch (−600 ms)."), "{text}");
}

#[test]
fn rows_of_a_long_matrix_that_vary_are_listed_and_those_left_out_are_the_same_in_all() {
    const STEPS: usize = 5_200;
    let steps = |last: &str| {
        let search = |at: usize| ("search", json!({ "query": format!("page {at}") }), None);
        let mut steps: Vec<_> = (0..STEPS).map(search).collect();
        steps[STEPS - 2] = ("search", query(last), None);
        steps
    };
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &steps("red")),
        reported("r-2", "shoes", &steps("blue")),
    ]);
    let request = RunMatrixRequest { trace_ids: ids, reference: None };
    let matrix: RunMatrix = store.harness.call("run_matrix", &request);
    assert_eq!(
        (matrix.rows.len(), matrix.left_out, matrix.left_out_varying),
        (5_001, 200, 0),
        "the run beside the steps"
    );
    let varying: Vec<usize> =
        (0..).zip(&matrix.rows).filter(|(_, row)| row.varies).map(|(at, _)| at).collect();
    assert_eq!(varying, [5_000], "in its place: after all that are the same and listed");
}
