//! `tracex list`: order, filter, limit, and a reader that goes away.

use std::io::Read;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::program::{Program, json_lines, trace};

fn three_traces() -> Program {
    let mut traces = [trace("t-1", "refund for café"), trace("t-2", "天气 in Oslo"), trace("t-3", "plain")];
    traces[1]["latency"] = json!(900.0);
    traces[1]["model_name"] = json!("claude-x");
    traces[2]["latency"] = json!(61_000.0);
    traces[2]["status"] = json!("failed");
    let program = Program::new();
    program.import(&json!(traces));
    program
}

fn keys(program: &Program, args: &[&str]) -> Vec<String> {
    let mut all = vec!["list", "--json"];
    all.extend(args);
    json_lines(&program.stdout(&all)).iter().map(|trace| trace["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn it_filters_sorts_and_limits() {
    let program = three_traces();
    assert_eq!(keys(&program, &["--sort", "duration"]), ["t-3", "t-1", "t-2"]);
    assert_eq!(keys(&program, &["--sort", "duration", "--reverse"]), ["t-2", "t-1", "t-3"]);
    assert_eq!(keys(&program, &["--sort", "duration", "--limit", "1"]), ["t-3"]);
    assert_eq!(keys(&program, &["--sort", "model"])[0], "t-2");
    assert_eq!(keys(&program, &["--filter", "status:failed"]), ["t-3"]);
    assert_eq!(keys(&program, &["--filter", "duration:<1s -model:gpt*"]), ["t-2"]);
    assert_eq!(keys(&program, &["--filter", "CAFé"]), ["t-1"]);
    assert_eq!(
        keys(&program, &["--filter", "key:t-*", "--sort", "duration", "--reverse"]),
        ["t-2", "t-1", "t-3"]
    );
}

#[test]
fn its_columns_line_up_whatever_the_script() {
    let program = three_traces();
    let text = program.stdout(&["list", "--sort", "duration"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    let name_column = lines[0].find("NAME").unwrap();
    for (line, words) in lines[1..].iter().zip([
        ["failed", "1 min 1 s", "plain"],
        ["warning", "3.20 s", "refund for café"],
        ["warning", "900 ms", "天气 in Oslo"],
    ]) {
        for word in words {
            assert!(line.contains(word), "{word} in {line}");
        }
        // Up to the name all is one column a character, if counted in characters.
        let name: String = line.chars().skip(name_column).collect();
        assert_eq!(name, words[2]);
    }
}

#[test]
fn it_says_on_stderr_what_is_not_listed() {
    let program = Program::new();
    let empty = program.run(["list"]);
    assert_eq!((empty.code, empty.stdout.as_str()), (Some(0), ""));
    assert!(empty.stderr.contains("tracex import"), "{}", empty.stderr);
    let program = three_traces();
    let some = program.run(["list", "--limit", "2"]);
    assert!(some.stderr.contains("2 of 3 traces"), "{}", some.stderr);
    let none = program.run(["list", "--filter", "status:running"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(0), ""));
    assert!(none.stderr.contains("None of 3 traces matches"), "{}", none.stderr);
    assert_eq!(program.run(["list", "--limit", "3"]).stderr, "");
}

#[test]
fn a_wrong_filter_is_pointed_at() {
    let program = Program::new();
    let ran = program.run(["list", "--filter", "天气 modle:x"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines[0], r#"tracex: Unknown field "modle"; did you mean model?"#);
    assert_eq!(lines[1], "  天气 modle:x");
    assert_eq!(lines[2], "       ^", "the mark stands under the field, two columns for each wide character");
}

#[test]
fn a_reader_that_has_enough_is_no_failure() {
    let program = Program::new();
    let one = trace("t-0", &"a long prompt ".repeat(20)).to_string();
    let many: Vec<Value> = (0..1_500)
        .map(|number| serde_json::from_str(&one.replace("t-0", &format!("t-{number}"))).unwrap())
        .collect();
    program.import(&json!(many));
    let mut command = program.command();
    command.args(["list", "--json", "--limit", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut start = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut start).unwrap();
    // The pipe is closed here, long before all is written.
    let ran: crate::program::Ran = child.wait_with_output().unwrap().into();
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    assert_eq!(keys(&program, &["--limit", "0"]).len(), 1_500, "more than one window is read");
}
