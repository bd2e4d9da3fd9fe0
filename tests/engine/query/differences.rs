//! What counts as a difference of two stored runs, and that all that tells of it says the same: pairs, words, steps, matrix.

use engine::analysis::alignment::Difference;
use engine::dto::*;
use serde_json::{Value, json};

use super::compare::{Store, failed, reported, span, store_of_reported};
use super::many::list;

fn sentences(comparison: &Comparison) -> Vec<&str> {
    comparison.differences.iter().map(|difference| &*difference.sentence).collect()
}

/// Everything that is ignored where nothing else is said.
const IGNORED: Ignored = Ignored { ids: true, times: true, whitespace: true };

#[test]
fn another_model_of_the_run_is_one_difference_and_a_version_of_one_is_none() {
    let with = |id: &str, model: &str| {
        let mut run = reported(id, "find shoes", &[("search", json!({ "query": "red" }), None)]);
        run["model_name"] = json!(model);
        run
    };
    let (store, ids) = store_of_reported(&[
        with("r-1", "gpt-4.1"),
        with("r-2", "claude-3-7-sonnet"),
        with("r-3", "gpt-4.1-2025-04-14"),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(sentences(&comparison), ["The run used claude-3-7-sonnet in B instead of gpt-4.1."]);
    assert_eq!((comparison.difference_count(), comparison.is_difference[0]), (1, 1));
    assert_eq!(
        comparison.summary,
        [
            "Both did the same, step by step, but not with the same models.",
            "B used claude-3-7-sonnet instead of gpt-4.1."
        ]
    );
    let matrix: RunMatrix =
        store.harness.call("run_matrix", &RunMatrixRequest { trace_ids: ids.clone(), reference: None });
    let bits = |run: usize| matrix.rows[0].cells[run].as_ref().unwrap().difference;
    assert!(matrix.rows[0].varies);
    assert_eq!((bits(1), bits(2)), (Difference::MODEL.0, 0));

    let version = store.compare(ids[0], ids[2]);
    assert_eq!(version.difference_count(), 0);
    assert_eq!(
        version.summary,
        [
            "Both did the same, step by step.",
            "A used gpt-4.1, B used gpt-4.1-2025-04-14, versions of one model."
        ]
    );
}

fn asks(models: [&str; 3]) -> Vec<Value> {
    let mut spans = vec![span(1, 0, "AGENT", "assistant", (0, 3_000), ("q", "a"))];
    for (number, model) in (2_u32..).zip(models) {
        let at = u64::from(number) * 500;
        let said = format!("question {number}");
        let mut call = span(number, 1, "LLM", "ask", (at, at + 400), (&said, "answer"));
        let attributes = call["attributes"].as_array_mut().unwrap();
        attributes.push(json!({ "key": "llm.model_name", "value": { "stringValue": model } }));
        spans.push(call);
    }
    spans
}

#[test]
fn a_model_that_all_calls_changed_to_is_told_once_and_one_that_some_did_at_each() {
    let (store, ids) = Store::of(&[
        asks(["gpt-4.1", "gpt-4.1", "gpt-4.1-2025-04-14"]),
        asks(["o3", "o3", "o3"]),
        asks(["gpt-4.1", "o3", "gpt-4.1"]),
    ]);
    let all = store.compare(ids[0], ids[1]);
    assert_eq!(sentences(&all), ["assistant used o3 in B instead of gpt-4.1."]);
    assert_eq!((all.difference_count(), all.is_difference[0]), (1, 1));
    assert_eq!(all.summary[1], "B used o3 instead of gpt-4.1.");
    let some = store.compare(ids[0], ids[2]);
    assert_eq!(sentences(&some), ["ask asked o3 in B instead of gpt-4.1."]);
    assert_eq!(some.is_difference[0], 0);
}

#[test]
fn what_decides_is_shown_whatever_is_ignored_and_its_value_is_told() {
    for (a, b, phrase) in [
        (json!("2026-03-01"), json!("2026-04-01"), Some("at: 2026-03-01 → 2026-04-01")),
        (json!("030-1234-5678"), json!("030-1234-9999"), Some("at: 030-1234-5678 → 030-1234-9999")),
        (json!(4_111_111_111_111_111_u64), json!(4_222_111_111_111_111_u64), None),
        (json!("run-lengths"), json!("run-encoding"), Some("at: run-lengths → run-encoding")),
        (json!("2026-03-01T10:00:00Z"), json!("2026-04-01T11:30:00Z"), Some("")),
        (json!("2026-03-01 10:00:00"), json!("2026-04-01 11:30:00"), Some("")),
        (
            json!("0b7f9d3e-6c1a-4d0e-9f55-2f1c3a4b5c6d"),
            json!("11111111-2222-4333-8444-55555555555a"),
            Some(""),
        ),
        (json!("seen at 2026-03-01 10:00 in red"), json!("seen at 2026-03-02 11:00 in red"), Some("")),
    ] {
        let tool = |at: &Value| {
            let input = json!({ "at": at }).to_string();
            vec![
                span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a")),
                span(2, 1, "TOOL", "search", (0, 100), (&input, "none")),
            ]
        };
        let (store, ids) = Store::of(&[tool(&a), tool(&b)]);
        let comparison = store.compare(ids[0], ids[1]);
        let difference = store.step_difference((ids[0], 2), (ids[1], 2), IGNORED);
        let input = difference.parts.iter().find(|part| part.title == "Input").unwrap();
        let is_told = !comparison.differences.is_empty();
        assert_eq!(is_told, phrase != Some(""), "{a} and {b}");
        assert_eq!(input.is_same, !is_told, "{a} and {b}: the diff says the same");
        if let Some(phrase) = phrase.filter(|phrase| !phrase.is_empty()) {
            assert_eq!(sentences(&comparison), [format!("search was given something else ({phrase}).")]);
        }
    }
}

#[test]
fn how_steps_failed_is_told_by_their_errors() {
    let buy = |output: &str, error: &str| {
        vec![
            span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a")),
            failed(span(2, 1, "TOOL", "buy", (0, 100), ("shoes", output)), error),
        ]
    };
    let (store, ids) = Store::of(&[
        buy("", "card declined"),
        buy("", "network unreachable"),
        buy("tried twice", "card declined"),
        buy("nobody there", "card declined"),
    ]);
    let said = |a: usize, b: usize| {
        let comparison = store.compare(ids[a], ids[b]);
        sentences(&comparison).join(" ")
    };
    assert_eq!(said(0, 1), "buy failed in another way (card declined → network unreachable).");
    assert_eq!(said(2, 3), "buy gave something else (tried twice → nobody there).");
}

#[test]
fn of_a_step_without_an_end_no_time_is_told() {
    let run = |ends: bool| {
        let mut root = span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a"));
        if !ends {
            root.as_object_mut().unwrap().remove("endTimeUnixNano");
        }
        vec![root, span(2, 1, "TOOL", "search", (0, 500), ("faust", "Goethe"))]
    };
    let (store, ids) = Store::of(&[run(true), run(false)]);
    let comparison = store.compare(ids[0], ids[1]);
    let told = comparison.differences.iter().chain(&comparison.drifts);
    assert!(told.clone().all(|told| told.time_ns == 0.0), "{:?}", told.collect::<Vec<_>>());
    assert!(!comparison.summary.join(" ").contains("B took"), "{:?}", comparison.summary);
}

#[test]
fn rows_of_the_matrix_vary_where_the_pairs_are_differences() {
    let run = |levels: bool| {
        let parent = if levels { 2 } else { 1 };
        let mut spans = vec![span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a"))];
        if levels {
            spans.push(span(2, 1, "CHAIN", "RunnableSequence", (0, 1_000), ("", "")));
        }
        spans.push(span(3, parent, "TOOL", "search", (0, 500), ("faust", "Goethe")));
        spans.push(span(4, parent, "LLM", "answer", (500, 1_000), ("Goethe", "a")));
        spans
    };
    let (store, ids) = Store::of(&[run(true), run(false)]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(comparison.difference_count(), 0);
    assert_eq!(comparison.drifts, [], "nor does it add a time of its own");
    let matrix: RunMatrix =
        store.harness.call("run_matrix", &RunMatrixRequest { trace_ids: ids, reference: None });
    let varying: Vec<&str> = matrix.rows.iter().filter(|row| row.varies).map(|row| &*row.name).collect();
    assert_eq!(varying, [] as [&str; 0], "a level of a format is none of what the runs did");
}

#[test]
fn a_run_that_failed_is_told_from_one_that_did_not_whatever_its_format_has_a_row_for() {
    let step = [("plan", json!({ "goal": "shoes" }), None)];
    let mut failed = reported("r-2", "find boots", &step);
    failed["status"] = json!("failed");
    let (store, ids) = store_of_reported(&[reported("r-1", "find shoes", &step), failed]);
    let mut span = span(1, 0, "TOOL", "plan", (0, 100), (r#"{"goal":"shoes"}"#, r#"{"found":3}"#));
    span["traceId"] = json!(format!("{:032x}", 7));
    store
        .harness
        .import_text(json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string());
    let all = list(&store.harness, "", TraceSort::Started, true, 10).items;
    let alone = all.iter().map(|trace| trace.trace_id).find(|id| !ids.contains(id)).unwrap();

    let same = store.compare(alone, ids[0]);
    assert_eq!((sentences(&same), same.difference_count()), (vec![], 0));
    let comparison = store.compare(alone, ids[1]);
    assert_eq!(sentences(&comparison), ["The run failed in B and not in A."]);
    assert_eq!(comparison.difference_count(), 1);
    assert_eq!(
        comparison.summary[..2],
        ["A succeeded, B failed.", "They part at the run itself: The run failed in B and not in A."]
    );
    assert_eq!(comparison.passed_over(), [false; 2]);
    let back = store.compare(ids[1], alone);
    assert_eq!(sentences(&back), ["The run failed in A and not in B."]);
    assert!(!back.summary.join(" ").contains("called"), "{:?}", back.summary);
}

#[test]
fn a_model_that_the_sources_say_the_runs_used_counts_though_no_call_changed_it() {
    let with = |id: &str, model: &str| {
        let mut run = reported(id, "find shoes", &[("answer", json!({ "q": "red" }), None)]);
        run["model_name"] = json!(model);
        run["steps"][0]["model"] = json!("gpt-4.1-mini");
        run
    };
    let mut other = with("r-2", "gpt-4.1-mini");
    other["prompt"] = json!("find boots");
    let (store, ids) = store_of_reported(&[with("r-1", "gpt-4.1"), other]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(
        sentences(&comparison),
        [
            "The run used gpt-4.1-mini in B instead of gpt-4.1 and was given something else (find shoes → find boots)."
        ]
    );
    assert_eq!((comparison.difference_count(), comparison.difference[0] & Difference::MODEL.0), (1, 2));
    // Where they part is where one decided otherwise; the model has a sentence of its own.
    assert_eq!(
        comparison.summary,
        [
            "They part at the run itself: The run was given something else (find shoes → find boots).",
            "B used gpt-4.1-mini instead of gpt-4.1."
        ]
    );
}
fn of_tool(input: &Value, output: &Value) -> Vec<Value> {
    vec![
        span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a")),
        span(2, 1, "TOOL", "search", (0, 100), (&input.to_string(), &output.to_string())),
    ]
}

/// Whether the runs differ where a tool was given, or gave, the one and the other; the diff says the same.
fn is_difference(a: &Value, b: &Value) -> [bool; 2] {
    let same = json!({ "q": "red" });
    [("Input", of_tool(a, &same), of_tool(b, &same)), ("Output", of_tool(&same, a), of_tool(&same, b))].map(
        |(title, a_spans, b_spans)| {
            let (store, ids) = Store::of(&[a_spans, b_spans]);
            let is_told = !store.compare(ids[0], ids[1]).differences.is_empty();
            let difference = store.step_difference((ids[0], 2), (ids[1], 2), IGNORED);
            let part = difference.parts.iter().find(|part| part.title == title).unwrap();
            assert_eq!(part.is_same, !is_told, "{a} and {b}: the diff says the same");
            is_told
        },
    )
}

#[test]
fn short_ids_sums_measured_times_and_counts_of_tries_are_no_difference() {
    for (a, b) in [
        (json!({ "r": "resp-8fb87fce" }), json!({ "r": "resp-d36886f3" })),
        (
            json!({ "replay": { "response_id": "8fb87fce1" } }),
            json!({ "replay": { "response_id": "d36886f31" } }),
        ),
        (json!({ "session": "8fb87fce" }), json!({ "session": "d36886f3" })),
        (
            json!("Session `8fb87fce` completed after 3 steps"),
            json!("Session `d36886f3` completed after 3 steps"),
        ),
        (json!("The request id is 8fb87fce."), json!("The request id is d36886f3.")),
        (json!("export SESSION=8fb87fce && run"), json!("export SESSION=d36886f3 && run")),
        (json!({ "checksum": "0xdcaa5f" }), json!({ "checksum": "0xb74f34" })),
        (json!("written, checksum 0xdcaa5f"), json!("written, checksum 0xb74f34")),
        (json!("<Tool object at 0x7f3a9c1b2d40>"), json!("<Tool object at 0x7f5e0d9a8c10>")),
        (json!({ "path": "/tmp/run-8fb87fce/a.txt" }), json!({ "path": "/tmp/run-d36886f3/a.txt" })),
        (
            json!("I wrote it to /tmp/run-8fb87fce/a.txt for you"),
            json!("I wrote it to /tmp/run-d36886f3/a.txt for you"),
        ),
        (json!({ "took_ms": 12.5 }), json!({ "took_ms": 13.7 })),
        (json!({ "elapsed": 3 }), json!({ "elapsed": 4 })),
        (json!({ "latencyMs": 120 }), json!({ "latencyMs": 240 })),
        (json!({ "duration_ms": 120 }), json!({ "duration_ms": 240 })),
        (json!({ "duration": 1.25 }), json!({ "duration": 1.75 })),
        (json!({ "q": "red", "attempt": 1 }), json!({ "q": "red", "attempt": 2 })),
        (json!({ "q": "red", "retryCount": 0 }), json!({ "q": "red", "retryCount": 3 })),
    ] {
        assert_eq!(is_difference(&a, &b), [false, false], "{a} and {b}");
    }
}

#[test]
fn what_is_named_as_what_it_is_stays_a_difference() {
    for (a, b) in [
        (json!({ "commit": "3f2a9c1" }), json!({ "commit": "9b1d7e4" })),
        (json!({ "commit": "3f2a9c1e" }), json!({ "commit": "9b1d7e4a" })),
        (json!({ "commit_hash": "3f2a9c1e" }), json!({ "commit_hash": "9b1d7e4a" })),
        (json!("git checkout commit-3f2a9c1e"), json!("git checkout commit-9b1d7e4a")),
        (
            json!("It is fixed in the commit hash 3f2a9c1e now"),
            json!("It is fixed in the commit hash 9b1d7e4a now"),
        ),
        (json!({ "order_id": "8fb87fce" }), json!({ "order_id": "d36886f3" })),
        (json!("The order 8fb87fce was sent today"), json!("The order d36886f3 was sent today")),
        (json!({ "sku": "SKU-8FB87FCE" }), json!({ "sku": "SKU-D36886F3" })),
        (json!({ "key": "8fb87fce" }), json!({ "key": "d36886f3" })),
        (json!({ "color": "0x1e90ff" }), json!({ "color": "0xff7f50" })),
        (
            json!({ "to": "0x52908400098527886e0f7030069857d2e4169ee7" }),
            json!({ "to": "0x8617e340b3d01fa5f11f306f4090fd50e238070d" }),
        ),
        (json!({ "path": "/src/order-8fb87fce/a.txt" }), json!({ "path": "/src/order-d36886f3/a.txt" })),
        (json!({ "session": "morning" }), json!({ "session": "evening" })),
        (json!({ "duration": 30 }), json!({ "duration": 60 })),
        (json!({ "max_latency_ms": 100 }), json!({ "max_latency_ms": 200 })),
        (json!({ "timeout_ms": 100 }), json!({ "timeout_ms": 200 })),
        (json!({ "max_retries": 1 }), json!({ "max_retries": 2 })),
        (json!({ "attempt": "login" }), json!({ "attempt": "logout" })),
    ] {
        assert_eq!(is_difference(&a, &b), [true, true], "{a} and {b}");
    }
}

#[test]
fn an_id_in_a_line_that_changed_is_not_marked() {
    let said = |id: &str, steps: u32| json!(format!("Session `{id}` completed after {steps} steps"));
    let (store, ids) = Store::of(&[
        of_tool(&json!({ "q": "red" }), &said("8fb87fce", 3)),
        of_tool(&json!({ "q": "red" }), &said("d36886f3", 4)),
    ]);
    let difference = store.step_difference((ids[0], 2), (ids[1], 2), IGNORED);
    let output = difference.parts.iter().find(|part| part.title == "Output").unwrap();
    let marked: Vec<&str> = output
        .lines
        .iter()
        .flat_map(|line| line.a.iter().chain(&line.b).flatten())
        .filter(|piece| piece.differs)
        .map(|piece| &*piece.text)
        .collect();
    assert_eq!(marked, ["3", "4"]);
}

#[test]
fn the_number_of_the_try_is_not_what_a_step_was_given() {
    let tries = |count: u32| {
        let mut steps = Vec::new();
        for number in 1..=count {
            let input = json!({ "name": "search", "attempt": number });
            steps.push(("lookup", input, (number < count).then_some("timed out")));
        }
        steps
    };
    let (store, ids) =
        store_of_reported(&[reported("r-1", "shoes", &tries(1)), reported("r-2", "shoes", &tries(2))]);
    let comparison = store.compare(ids[0], ids[1]);
    assert_eq!(sentences(&comparison), ["lookup took 1 try in A, 2 in B."]);
}

#[test]
fn a_difference_of_what_holds_steps_has_the_numbers_of_all_of_it() {
    let run = |asked: &str, ms: u64| {
        vec![
            span(1, 0, "AGENT", "assistant", (0, 1_000 + ms), (asked, "a")),
            span(2, 1, "TOOL", "search", (0, 500 + ms), ("faust", "Goethe")),
            span(3, 1, "LLM", "answer", (500 + ms, 900 + ms), ("Goethe", "a")),
        ]
    };
    let (store, ids) = Store::of(&[run("who wrote Faust?", 0), run("how old is Rome?", 700)]);
    let comparison = store.compare(ids[0], ids[1]);
    let [told] = &comparison.differences[..] else { panic!("{:?}", comparison.differences) };
    assert!(told.sentence.contains("was given something else"), "{}", told.sentence);
    assert_eq!(told.time_ns, 7e8, "as its row shows it, and the sentence on time");
    assert!(comparison.summary.join(" ").contains("B took 700 ms longer"), "{:?}", comparison.summary);
}

fn that_took(id: &str, ms: f64, steps: &[(&str, Value, Option<&str>)]) -> Value {
    let mut run = reported(id, "shoes", steps);
    run["latency"] = json!(ms);
    run
}

#[test]
fn of_runs_without_steps_no_part_is_said_to_be_most_of_the_time() {
    let search = [("search", json!({ "q": "red" }), None)];
    let (store, ids) = store_of_reported(&[
        that_took("r-1", 9_000.0, &[]),
        that_took("r-2", 6_000.0, &[]),
        that_took("r-3", 6_000.0, &search),
    ]);
    for other in [ids[1], ids[2]] {
        let text = store.compare(ids[0], other).summary.join(" ");
        assert!(text.contains("B took 3.00 s less."), "{text}");
    }
}

#[test]
fn tries_that_b_did_not_need_are_those_of_a() {
    let tried = |tries: usize| {
        let mut steps = vec![("search", json!({ "q": "red" }), Some("timed out")); tries - 1];
        steps.push(("search", json!({ "q": "red" }), None));
        steps
    };
    let (store, ids) =
        store_of_reported(&[that_took("r-1", 9_000.0, &tried(3)), that_took("r-2", 6_000.0, &tried(1))]);
    let said = |a: i64, b: i64| store.compare(a, b).summary.join(" ");
    let text = said(ids[0], ids[1]);
    assert!(
        text.contains("less, of which 2.00 s were tries that failed in A and the waits after them."),
        "{text}"
    );
    let text = said(ids[1], ids[0]);
    assert!(
        text.contains("longer, of which 2.00 s went into tries that failed and the waits after them."),
        "{text}"
    );
}

#[test]
fn a_step_that_has_two_names_is_called_by_both() {
    let run = |name: &str, asked: &str, ms: u64| {
        vec![
            span(1, 0, "AGENT", "assistant", (0, 1_000 + ms), ("q", "a")),
            span(2, 1, "LLM", name, (0, 900 + ms), (asked, "a")),
        ]
    };
    let (store, ids) =
        Store::of(&[run("chat gpt-4o", "who wrote Faust?", 0), run("ChatOpenAI", "how old is Rome?", 700)]);
    let comparison = store.compare(ids[0], ids[1]);
    assert!(
        sentences(&comparison)[0].starts_with("chat gpt-4o / ChatOpenAI was given something else"),
        "{:?}",
        sentences(&comparison)
    );
    let text = comparison.summary.join(" ");
    assert!(text.contains("most of it in chat gpt-4o / ChatOpenAI (+700 ms)"), "{text}");
}
