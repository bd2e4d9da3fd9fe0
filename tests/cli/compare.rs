//! `tracex compare`: in words, as JSON, as a page; how it ends says whether the runs did the same.

use serde_json::json;

use crate::program::{Program, json_lines, trace};

#[test]
fn how_it_ends_says_whether_the_runs_did_the_same() {
    let program = Program::new();
    let mut other = trace("t-3", "find it");
    other["steps"].as_array_mut().unwrap().pop();
    program.import(&json!([trace("t-1", "find it"), trace("t-2", "find it"), other]));
    let same = program.run(["compare", "t-1", "t-2"]);
    assert_eq!(same.code, Some(0), "{same:?}");
    assert!(same.stdout.contains("Both did the same, step by step."), "{}", same.stdout);
    let differs = program.run(["compare", "t-1", "t-3"]);
    assert_eq!(differs.code, Some(3), "{differs:?}");
    assert!(differs.stdout.contains("They part at step"), "{}", differs.stdout);
    assert_eq!(program.run(["compare", "t-1", "t-1"]).code, Some(2));
    assert_eq!(
        program.run(["compare", "t-1", "nothing"]).code.map(|code| code == 1 || code == 2),
        Some(true)
    );
}

#[test]
fn it_writes_json_and_a_page() {
    let program = Program::new();
    program.import(&json!([trace("t-1", "find it"), trace("t-2", "find it")]));
    let told: serde_json::Value =
        serde_json::from_str(&program.stdout(&["compare", "--json", "t-1", "t-2"])).unwrap();
    assert_eq!((&told["type"], &told["is_same"]), (&json!("tracellm.comparison"), &json!(true)));
    let page = program.stdout(&["compare", "--html", "-", "t-1", "t-2"]);
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"), "{page}");
    assert!(json_lines(&program.stdout(&["list", "--json"])).len() == 2, "comparing changes nothing");
}
