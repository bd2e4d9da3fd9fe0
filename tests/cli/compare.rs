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
    let itself = program.run(["compare", "t-1", "t-1"]);
    assert_eq!(itself.code, Some(2));
    assert_eq!(itself.stderr, "tracex: A run can't be compared with itself. Choose another one.\n");
    // As its help says.
    assert_eq!(program.run(["compare", "t-1", "nothing"]).code, Some(1));
    let help = program.stdout(&["compare", "--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        help.contains("1 if it went wrong or a run is not known, 2 if it was called in a wrong way"),
        "{help}"
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

#[test]
fn tries_alone_are_a_difference_and_are_told() {
    let program = Program::new();
    let mut once = trace("t-2", "find it");
    once["steps"].as_array_mut().unwrap().remove(1);
    program.import(&json!([trace("t-1", "find it"), once]));
    let differs = program.run(["compare", "t-1", "t-2"]);
    assert_eq!(differs.code, Some(3), "{differs:?}");
    for said in [
        "but not in as many tries.",
        "1 difference",
        "step 3 of A, 2 of B",
        "search took 2 tries in A, 1 in B.",
    ] {
        assert!(differs.stdout.contains(said), "{said} in\n{}", differs.stdout);
    }
    assert!(!differs.stdout.contains("+0 ns"), "{}", differs.stdout);
    let told: serde_json::Value =
        serde_json::from_str(&program.run(["compare", "--json", "t-1", "t-2"]).stdout).unwrap();
    assert_eq!((&told["is_same"], &told["difference_count"]), (&json!(false), &json!(1)));
    let help = program.stdout(&["compare", "--help"]);
    assert!(help.contains("Ends with 0 if nothing differs, 3 if anything does"), "{help}");
}

#[test]
fn a_run_that_is_gone_is_not_taken_for_another_without_a_word() {
    let program = Program::new();
    program.import(&json!([trace("base", "one"), trace("fail", "two"), trace("fail2", "three")]));
    program.stdout(&["delete", "fail"]);
    let ran = program.run(["compare", "base", "fail"]);
    assert_eq!(ran.stderr, "tracex: No trace is called \"fail\"; fail2 begins so, and is taken.\n");
    assert!(ran.stdout.contains("fail2"), "{}", ran.stdout);
    assert_eq!(program.run(["compare", "base", "fai"]).code, Some(1), "too short to be meant");
}

#[test]
fn the_link_to_two_runs_that_the_app_copies_names_both() {
    let program = Program::new();
    let mut other = trace("t-2", "find it");
    other["steps"].as_array_mut().unwrap().pop();
    program.import(&json!([trace("t-1", "find it"), other]));
    let link = "tracellm://compare/t-1/t-2?format-a=tracellm&format-b=tracellm&step-a=&step-b=";
    let named = program.run(["compare", "t-1", "t-2"]);
    let linked = program.run(["compare", link]);
    assert_eq!((linked.code, &linked.stdout), (Some(3), &named.stdout), "{linked:?}");
    let help = program.stdout(&["compare", "--help"]).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("[B]") && help.contains("tracellm://compare/ link to both runs"), "{help}");

    let alone = program.run(["compare", "t-1"]);
    assert_eq!(alone.code, Some(2));
    assert_eq!(
        alone.stderr,
        "tracex: A run is compared with another: name both, or give a link to two runs.\n"
    );
    let gone = program.run(["compare", "tracellm://compare/t-1/t-9?format-a=tracellm&format-b=tracellm"]);
    assert_eq!(gone.code, Some(1));
    assert_eq!(
        gone.stderr,
        "tracex: Run B of this link is not in this store. Import the file that it came in.\n"
    );
}

#[test]
fn whoever_reads_no_further_ends_it_quietly() {
    let program = Program::new();
    let mut other = trace("t-2", "find it");
    for (at, step) in other["steps"].as_array_mut().unwrap().iter_mut().enumerate() {
        step["input"] = json!({ "text": format!("{at} ").repeat(100_000) });
    }
    program.import(&json!([trace("t-1", "find it"), other]));
    for (args, code) in [
        (&["compare", "--html", "-", "t-1", "t-2"][..], 3),
        (&["compare", "--json", "t-1", "t-2"], 3),
        (&["export", "t-2", "-o", "-"], 0),
        (&["list", "--json"], 0),
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let ran = program.command().args(args).stdout(writer).output().unwrap();
        assert_eq!(ran.status.code(), Some(code), "{args:?}: {ran:?}");
        assert_eq!(String::from_utf8_lossy(&ran.stderr), "", "{args:?}");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_as_it_was_asked_for() {
    let program = Program::new();
    program.import(&json!([trace("t-1", "find it"), trace("t-2", "find it")]));
    for args in [
        &["compare", "--html", "nowhere/x.html", "t-1", "t-2"][..],
        &["export", "t-1", "-o", "nowhere/x.html"],
        &["backup", "nowhere/x.html"],
    ] {
        let ran = program.run(args);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let last = ran.stderr.lines().last().unwrap();
        assert!(last.contains("nowhere/x.html can't be written: its folder is not there"), "{ran:?}");
        assert!(!ran.stderr.contains(".part"), "{ran:?}");
    }
}
