//! The hash by which two tries of one operation are known to have had the same input.

use engine::semantics::{first_words, input_hash};

#[test]
fn what_changes_from_try_to_try_does_not_count() {
    let first = r#"{"q":"weather","id":"3f2504e0-4f89-41d3-9a0c-0305e82c3301","at":"2025-01-02T03:04:05.123Z","attempt":1,"ts":1735787045123,"trace":"5b8efff798038103d269b633813fc60c"}"#;
    let again = r#"{"q":"weather","id":"7c9e6679-7425-40de-944b-e07fc1f90ae7","at":"2025-01-02T03:04:09.001+00:00","attempt":12,"ts":1735787049001,"trace":"00000ff798038103d269b633813fcfff"}"#;
    assert_eq!(input_hash(first), input_hash(again));
    assert_eq!(input_hash("retry 1 of the call"), input_hash("retry 2 of the call"));
}

#[test]
fn what_makes_a_difference_counts() {
    for (one, other) in [
        (r#"{"q":"weather"}"#, r#"{"q":"whether"}"#),
        (r#"{"page":1}"#, r#"{"page":2}"#),
        ("12345 plus 6789", "12345 plus 6780"),
        ("gpt-4o", "gpt-4"),
        ("", " "),
    ] {
        assert_ne!(input_hash(one), input_hash(other), "{one} and {other}");
    }
    let long = "x".repeat(400_000);
    assert_ne!(
        input_hash(&format!("{long}a")),
        input_hash(&format!("{long}b")),
        "conversations grow at their end"
    );
    assert_eq!(input_hash(&format!("{long}ü")), input_hash(&format!("{long}ü")));
}

#[test]
fn the_first_words_of_an_input_are_not_the_value_of_something_named() {
    assert_eq!(first_words(r#"{"value":"where is my order?"}"#), "where is my order?");
    let header = r#"{"key":"authorization","value":"0a1b2c"}"#;
    assert_eq!(first_words(header), header, "what it is stands beside it, for whoever masks it");
    assert_eq!(first_words(r#"[{"key":"lang","value":"en"},{"role":"user","content":"hi"}]"#), "hi");
}
