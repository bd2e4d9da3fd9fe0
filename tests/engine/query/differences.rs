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
