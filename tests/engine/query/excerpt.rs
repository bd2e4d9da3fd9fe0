//! The words that say what changed between two steps, and the lines that show it.

use engine::dto::*;
use serde_json::{Value, json};

use super::compare::{Store, reported, span, store_of_reported};

/// What is said of a step of two runs, and what is not the same in what it was given.
fn said_of(a: Value, b: Value) -> String {
    let steps = |input: Value| [("buy", input, None)];
    let (store, ids) =
        store_of_reported(&[reported("r-1", "shoes", &steps(a)), reported("r-2", "shoes", &steps(b))]);
    let comparison = store.compare(ids[0], ids[1]);
    comparison.differences.first().map_or_else(String::new, |difference| difference.sentence.clone())
}

fn changed(a: Value, b: Value) -> String {
    let said = said_of(a, b);
    let changed =
        said.strip_prefix("buy was given something else (").and_then(|said| said.strip_suffix(")."));
    changed.unwrap_or_else(|| panic!("{said}")).to_owned()
}

#[test]
fn of_json_the_path_and_the_whole_values_are_said() {
    for (a, b, said) in [
        (json!({ "item": "a" }), json!({ "b": 1, "item": "a" }), "b: nothing → 1"),
        (json!({ "u": -5 }), json!({ "u": 5 }), "u: -5 → 5"),
        (json!({ "u": "-5" }), json!({ "u": "5" }), "u: -5 → 5"),
        (json!({ "u": "5" }), json!({ "u": 5 }), "u: \"5\" → 5"),
        (json!({ "cmd": "rm -rf" }), json!({ "cmd": "rm -r" }), "cmd: rm -rf → rm -r"),
        (json!({ "q": "red" }), json!({ "q": "" }), "q: red → \"\""),
        (
            json!({ "filter": { "size": 42, "colors": ["red", "blue"] }, "page": 1 }),
            json!({ "filter": { "size": 42, "colors": ["red"] }, "page": 2 }),
            "filter.colors: [\"red\",\"blue\"] → [\"red\"], page: 1 → 2",
        ),
        (
            json!({ "lines": [{ "id": 7, "n": 1 }, { "id": 8, "n": 1 }, { "id": 9, "n": 1 }] }),
            json!({ "lines": [{ "id": 7, "n": 1 }, { "id": 8, "n": 4 }, { "id": 9, "n": 1 }] }),
            "lines[1].n: 1 → 4",
        ),
        (
            json!({ "to": { "name": "Ann", "street": "a street whose name is so long that it must be cut" } }),
            json!({ "to": null }),
            "to: {\"name\":\"Ann\",\"street\":\"a street… → null",
        ),
        (
            json!({ "law": (1..6).collect::<Vec<_>>(), "x": [{ "a": 1 }] }),
            json!({ "law": [4], "x": [] }),
            "law: [1,2,3,4,5] → [4], x[0]: {\"a\":1} → nothing",
        ),
        (
            json!({ "a": 1, "b": 1, "c": 1 }),
            json!({ "a": 2, "b": 2, "c": 2 }),
            "a: 1 → 2, b: 1 → 2, and 1 more",
        ),
    ] {
        assert_eq!(changed(a, b), said);
    }
}

#[test]
fn a_moment_is_not_said_beside_what_else_changed_and_a_date_is() {
    let booked = |on: &str, seats: u32| json!({ "on": on, "seats": seats });
    assert_eq!(changed(booked("2026-03-01T10:00:00Z", 2), booked("2026-04-01T10:00:00Z", 3)), "seats: 2 → 3");
    assert_eq!(
        changed(booked("2026-03-01", 2), booked("2026-04-01", 3)),
        "on: 2026-03-01 → 2026-04-01, seats: 2 → 3"
    );
}

#[test]
fn of_prose_old_words_are_paired_with_new_ones_beside_some_that_stayed() {
    let text = |changed: &str, last: &str| {
        let many = "and everything after it is as it was, word for word, ".repeat(20);
        json!({ "text": format!("Please buy the {changed} shoes for me, {many}until the {last}.") })
    };
    let said = changed(text("red", "end"), text("light blue", "end"));
    assert_eq!(said, "text: …buy the red shoes for… → …buy the light blue shoes for…");
    let said = changed(text("red", "end"), text("blue", "last day"));
    assert_eq!(said, "text: …buy the red shoes for… → …buy the blue shoes for…, and 1 more");
    let path = |file: &str| json!({ "path": format!("/srv/{}{file}", "a-very-long-folder/".repeat(4)) });
    assert_eq!(
        changed(path("one.txt"), path("two.txt")),
        "path: …long-folder/one.txt → …long-folder/two.txt"
    );
}

#[test]
fn where_no_excerpt_tells_it_it_is_said_how_much_changed() {
    let items = |number: u32, from: u32| {
        let items: Vec<Value> =
            (0..number).map(|at| json!({ "n": if at % 2 == 0 { at } else { at + from } })).collect();
        json!({ "items": items })
    };
    assert_eq!(changed(items(4_000, 0), items(4_000, 1)), "2,000 of 4,000 values changed");
    let text = |other: &str| {
        let words: Vec<String> = (0..2_000)
            .map(|at| if at % 2 == 0 { format!("w{at}") } else { format!("{other}{at}") })
            .collect();
        json!({ "text": words.join(" ") })
    };
    assert_eq!(changed(text("red"), text("blue")), "text: about half of it changed");
}

#[test]
fn what_is_said_of_a_difference_is_short() {
    let word = |letter: &str| letter.repeat(500);
    let long = |letter: &str| json!({ word("k"): word(letter), "l": word(letter), "m": word(letter) });
    let said = said_of(long("a"), long("b"));
    assert!(said.chars().count() < 200, "{said}");
    assert!(said.contains("aaa… → bbb") && said.contains(", and 2 more"), "{said}");
}

#[test]
fn what_changed_in_a_step_that_says_too_much_is_not_said() {
    let text = |color: &str, bytes: usize| json!({ "query": format!("{color}{}", "\n".repeat(bytes)) });
    for (bytes, is_said) in [(20 << 10, true), (300 << 10, false)] {
        let said = said_of(text("red", bytes), text("blue", bytes));
        assert!(said.starts_with("buy was given something else"), "{said}");
        assert_eq!(said.contains("red"), is_said, "{bytes}: {said}");
    }
}

#[test]
fn a_line_of_a_long_text_in_json_is_shown_by_itself_and_its_words_are_said() {
    let letter = |changed: &str| {
        let lines: Vec<String> = (0..3_000)
            .map(|at| if at == 1_500 { format!("the price is {changed} now") } else { format!("line {at}") })
            .collect();
        json!({ "to": "shop", "body": lines.join("\n") }).to_string()
    };
    let run = |input: &str| vec![span(1, 0, "TOOL", "send", (0, 10), (input, "ok"))];
    let (store, ids) = Store::of(&[run(&letter("12")), run(&letter("-12"))]);
    let said = &store.compare(ids[0], ids[1]).differences[0].sentence;
    assert_eq!(
        said,
        "send was given something else (body: …price is 12 now line… → …price is -12 now line…)."
    );
    let difference = store.step_difference((ids[0], 1), (ids[1], 1), Ignored::default());
    let input = difference.parts.iter().find(|part| part.title == "Input").unwrap();
    let skipped: u32 = input.lines.iter().map(|line| line.skipped).sum();
    assert!(skipped > 2_980, "what stayed is folded: {skipped}");
    let changed: Vec<&DiffLine> = input.lines.iter().filter(|line| line.change != LineChange::Same).collect();
    let marked = |pieces: &Option<Vec<DiffPiece>>| {
        let differs = pieces.iter().flatten().filter(|piece| piece.differs);
        differs.map(|piece| piece.text.clone()).collect::<String>()
    };
    assert_eq!(changed.len(), 1, "{changed:?}");
    assert_eq!((marked(&changed[0].a), marked(&changed[0].b)), ("".into(), "-".into()));
}

#[test]
fn a_word_of_a_long_line_is_marked_and_not_the_line() {
    let line = |changed: &str| {
        let words = "one word after another ".repeat(1_000);
        format!("{words}{changed} {words}")
    };
    let run = |input: &str| vec![span(1, 0, "TOOL", "send", (0, 10), (input, "ok"))];
    let (store, ids) = Store::of(&[run(&line("red")), run(&line("blue"))]);
    let difference = store.step_difference((ids[0], 1), (ids[1], 1), Ignored::default());
    let input = difference.parts.iter().find(|part| part.title == "Input").unwrap();
    let differs: Vec<&str> =
        (input.lines[0].a.iter().flatten().filter(|piece| piece.differs)).map(|piece| &*piece.text).collect();
    assert_eq!(differs, ["red"]);
}

#[test]
fn steps_of_one_name_that_one_run_alone_has_are_told_apart_by_what_they_were_given() {
    let search = |animal: &str| ("search", json!({ "engine": "all", "q": animal }), None);
    let (store, ids) = store_of_reported(&[
        reported("r-1", "pets", &[("plan", json!({ "goal": "pets" }), None)]),
        reported(
            "r-2",
            "pets",
            &[("plan", json!({ "goal": "pets" }), None), search("cats"), search("dogs"), search("newts")],
        ),
    ]);
    let comparison = store.compare(ids[0], ids[1]);
    let mut said: Vec<&str> = comparison.differences.iter().map(|told| &*told.sentence).collect();
    said.sort_unstable();
    assert_eq!(
        said,
        ["B alone has search (q: cats).", "B alone has search (q: dogs).", "B alone has search (q: newts)."]
    );
}

#[test]
fn of_what_one_did_more_often_four_names_are_said_and_further_ones_counted() {
    let step = |name: &'static str| (name, json!({ "for": name }), None);
    let names = ["plan", "search", "fetch", "buy", "pay"];
    let all = names.map(step);
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &all),
        reported("r-2", "shoes", &all[..4]),
        reported("r-3", "shoes", &[]),
    ]);
    let said = |a: usize, b: usize| store.compare(ids[a], ids[b]).summary.join(" ");
    let text = said(0, 2);
    assert!(text.contains("B called buy, fetch and pay once less and 2 other steps less often."), "{text}");
    let text = said(2, 1);
    assert!(text.contains("B called buy, fetch, plan and search once more."), "{text}");
}
