//! What is the same, what is put in other words, and what says something else.

use engine::analysis::alignment::Sketch;
use engine::analysis::alignment::SketchDifference::{self, Same, Substance, Wording};
use serde_json::json;

fn texts(a: &str, b: &str) -> SketchDifference {
    let (a, b) = (Sketch::of_text(a), Sketch::of_text(b));
    assert_eq!(a.compare(&b), b.compare(&a), "either way round");
    a.compare(&b)
}

#[test]
fn texts_say_the_same_put_it_otherwise_or_say_something_else() {
    let cases = [
        ("Paris is the capital.", "Paris  is the capital.\n", Same),
        (
            "Run 0b6f1c9e-3a51-4b7e-9d7f-1e2a3b4c5d6e is done.",
            "Run 77777c9e-3a51-4b7e-9d7f-1e2a3b4c5d6e is done.",
            Same,
        ),
        ("At 2026-01-01T10:00:00Z it rained.", "At 2027-05-05T11:11:11Z it rained.", Same),
        ("Paris is the capital.", "The capital is Paris", Wording),
        ("Sure! The total is 42.", "The total is 42.", Wording),
        ("The total is 1,000.", "the total is 1000", Wording),
        ("yes", "Yes.", Wording),
        ("yes", "no", Substance),
        ("42", "43", Substance),
        ("Paris", "London", Substance),
        ("The file was deleted.", "The file was not deleted.", Substance),
        ("The answer is in Paris.", "The answer is in Rome.", Substance),
        ("The result of f(x) is known.", "The result of f[x] is known.", Substance),
        ("Read all comment(s) there.", "Read all comments there.", Wording),
        ("It works (mostly); try it.", "It works, mostly. Try it.", Wording),
        ("I changed /etc/hosts for you.", "I changed /etc/passwd for you.", Substance),
        ("答案是四十二。", "答案不是四十二。", Substance),
        (
            "The weather tomorrow will be mostly sunny with light winds from the west and mild temperatures.",
            "Tomorrow the weather will be mostly sunny, mild temperatures and light winds from the west.",
            Wording,
        ),
        (
            "The weather tomorrow will be mostly sunny with light winds from the west and mild temperatures.",
            "Interest rates rose again because inflation in services remained stubborn over the whole quarter.",
            Substance,
        ),
    ];
    for (a, b, difference) in cases {
        assert_eq!(texts(a, b), difference, "{a} / {b}");
    }
}

#[test]
fn values_are_the_same_in_any_order_of_keys_and_differ_in_any_argument() {
    let of = |value| Sketch::of_value(&value);
    let call = of(json!({"path": "/tmp/a.txt", "limit": 5, "id": "call_a1b2c3d4e5f6"}));
    assert_eq!(call.compare(&of(json!({"id": "call_99999999zzzz", "limit": 5, "path": "/tmp/a.txt"}))), Same);
    for other in [
        json!({"path": "/tmp/b.txt", "limit": 5}),
        json!({"path": "/tmp/a.txt", "limit": 6, "id": "call_a1b2c3d4e5f6"}),
        json!({"limit": 5, "id": "call_a1b2c3d4e5f6"}),
    ] {
        assert_eq!(call.compare(&of(other.clone())), Substance, "{other}");
    }
    let travel = of(json!({"from": "Paris", "to": "Rome"}));
    assert_eq!(travel.compare(&of(json!({"from": "Rome", "to": "Paris"}))), Substance);
    let search = of(json!({"query": "weather in Paris today"}));
    assert_eq!(search.compare(&of(json!({"query": "today weather in Paris"}))), Wording);
    assert_eq!(search.compare(&of(json!({"query": "weather in Berlin today"}))), Substance);
    assert_eq!(
        of(json!({"command": "cargo test --all"})).compare(&of(json!({"command": "cargo check --all"}))),
        Substance
    );
    assert_eq!(of(json!([1, 2])).compare(&of(json!([2, 1]))), Substance);
    assert_eq!(of(json!(true)).compare(&of(json!(false))), Substance);
}

#[test]
fn parts_are_the_same_together_as_each_by_itself() {
    let parts = |texts: [&str; 2]| Sketch::of_parts(texts.map(Sketch::of_text));
    assert_eq!(parts(["Read it.", "It says 7."]).compare(&parts(["Read it.", "It says 7."])), Same);
    assert_eq!(parts(["Read it.", "It says 7."]).compare(&parts(["Read it.", "It says 8."])), Substance);
}

#[test]
fn likeness_is_one_for_the_same_and_falls_with_what_is_shared() {
    let of = Sketch::of_text;
    let text = of("search for recent papers on alignment of execution traces");
    let near = of("search for recent papers on comparison of execution traces");
    let far = of("send the invoice to accounting before Friday noon");
    assert!((text.likeness(&text) - 1.0).abs() < f32::EPSILON);
    assert!(text.likeness(&near) > text.likeness(&far), "{} {}", text.likeness(&near), text.likeness(&far));
    assert!(text.likeness(&far) < 0.3);
}
