//! `tracex show`: finding the trace, the card and the tree.

use serde_json::json;

use crate::program::{Program, json_lines, trace};

#[test]
fn a_trace_is_found_by_number_id_name_and_the_beginning_of_its_id() {
    let program = Program::new();
    program.import(&json!([
        trace("abcd-1", "one"),
        trace("abde-2", "two"),
        trace("abde-22", "three"),
        trace("three-3", "abde"),
    ]));
    let key = |wanted: &str| {
        json_lines(&program.stdout(&["show", "--json", wanted]))[0]["key"].as_str().unwrap().to_owned()
    };
    let number =
        json_lines(&program.stdout(&["list", "--json", "--filter", "two"]))[0]["trace_id"].to_string();
    assert_eq!(key(&number), "abde-2");
    assert_eq!(key("abde-2"), "abde-2", "a whole id wins over the beginning of another");
    assert_eq!(key("abde"), "three-3", "and so does a whole name");
    assert_eq!(key("three"), "abde-22");
    let begun = program.run(["show", "--json", "abcd"]);
    assert_eq!(json_lines(&begun.stdout)[0]["key"], "abcd-1");
    assert!(begun.stderr.contains("abcd-1 begins so, and is taken."), "{}", begun.stderr);
    let ambiguous = program.run(["show", "abde-"]);
    assert_eq!((ambiguous.code, ambiguous.stdout.as_str()), (Some(2), ""));
    assert!(
        ambiguous.stderr.contains("2 traces") && ambiguous.stderr.contains("abde-22"),
        "{}",
        ambiguous.stderr
    );
    for missing in ["zzzz", "abc", "99999", "", "\"", "abc%", "abc_", "*"] {
        let ran = program.run(["show", missing]);
        assert_ne!(ran.code, Some(0), "{missing:?}: {ran:?}");
        assert_eq!(ran.stdout, "");
        assert!(ran.stderr.starts_with("tracex: There is no trace "), "{missing:?}: {}", ran.stderr);
    }
}

#[test]
fn the_tree_shows_times_attempts_and_errors() {
    let program = Program::new();
    program.import(&json!([trace("t-1", "find it")]));
    let text = program.stdout(&["show", "t-1"]);
    for part in ["find it  warning", "Retries", "1,234", "gpt-4.1", "attempt 1/2", "attempt 2/2", "100 ms"] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    let went =
        text.lines().find(|line| line.starts_with("Time went into")).unwrap_or_else(|| panic!("{text}"));
    assert!(went.contains("retrieval 200 ms (6%) · back-off 900 ms (28%) · own code 2.10 s (66%)"), "{went}");
    let lines: Vec<&str> = text.lines().collect();
    let at = |part: &str| {
        lines.iter().position(|line| line.contains(part)).unwrap_or_else(|| panic!("{part} in\n{text}"))
    };
    assert!(lines[at("plan")].starts_with("├─ ✓ "), "{text}");
    let failed = at("✗");
    assert!(lines[failed].starts_with("├─ ✗ ") && lines[failed].contains("search"), "{text}");
    assert!(lines[failed + 1].starts_with("│ ") && lines[failed + 1].ends_with("timed out"), "{text}");
    assert!(lines[failed + 2].starts_with("└─ ✓ "), "{text}");

    let steps = json_lines(&program.stdout(&["show", "--json", "t-1"]));
    assert_eq!(steps.len(), 1 + 4, "the summary, the run and its steps");
    assert_eq!(steps[0]["retries"], 1);
    assert_eq!((&steps[1]["run"], &steps[1]["parent_row"]), (&json!(true), &json!(null)));
    let failed = &steps[3];
    for (key, value) in [
        ("span_id", json!("t-1-2")),
        ("name", json!("search")),
        ("status", json!("error")),
        ("error", json!("timed out")),
        ("attempt", json!(1)),
        ("attempts", json!(2)),
        ("parent_row", json!(0)),
        ("duration_ns", json!(100e6)),
    ] {
        assert_eq!(failed[key], value, "{key} of {failed}");
    }
}

#[test]
fn a_link_shows_its_trace_and_marks_its_step() {
    let program = Program::new();
    program.import(&json!([trace("t 1/2", "find it")]));
    let link = "tracellm://trace/t%201%2F2/step/t%201%2F2-2?format=tracellm";
    let text = program.stdout(&["show", link]);
    let marked: Vec<&str> = text.lines().filter(|line| line.contains("← the link")).collect();
    assert!(marked.len() == 1 && marked[0].contains("attempt 1/2"), "{text}");
    let steps = json_lines(&program.stdout(&["show", "--json", link]));
    let linked: Vec<bool> = steps[1..].iter().map(|step| step["linked"].as_bool().unwrap()).collect();
    assert_eq!(linked, [false, false, true, false]);

    let gone = program.run(["show", "tracellm://trace/t%201%2F2/step/t-9"]);
    assert_eq!(gone.code, Some(0));
    assert!(gone.stderr.contains("not in the trace") && gone.stdout.contains("find it"), "{gone:?}");
    for (nowhere, code) in [("tracellm://trace/t-9", 1), ("tracellm://", 2), ("TRACELLM://etc/passwd", 2)] {
        let ran = program.run(["show", nowhere]);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(code), ""), "{nowhere}: {ran:?}");
        assert!(ran.stderr.contains("link"), "{}", ran.stderr);
    }
}
