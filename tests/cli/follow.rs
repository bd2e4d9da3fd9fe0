//! `tracex follow` and `tracex demo`: one tells, the other receives and prints what happens.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use serde_json::{Value, json};

use crate::program::{Program, Ran, trace};

/// How long a line is waited for; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// `tracex follow` while it runs.
struct Following<'a> {
    program: &'a Program,
    child: Child,
    out: Receiver<String>,
    err: Receiver<String>,
}

impl<'a> Following<'a> {
    fn start(program: &'a Program, arguments: &[&str]) -> Self {
        let mut command = program.command();
        command.arg("follow").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (out, err) = (lines(child.stdout.take().unwrap()), lines(child.stderr.take().unwrap()));
        Self { program, child, out, err }
    }

    /// Waits for a line on stdout that `is_it`.
    fn hear(&self, what: &str, is_it: impl Fn(&str) -> bool) -> String {
        hear(&self.out, what, is_it)
    }

    /// Waits for a line on stderr with this in it.
    fn hear_message(&self, part: &str) -> String {
        hear(&self.err, part, |line| line.contains(part))
    }

    /// The events up to one of this kind, as `--json` tells them.
    fn events_until(&self, event: &str) -> Vec<Value> {
        let mut events = Vec::new();
        loop {
            let line = self.hear(event, |_| true);
            events.push(serde_json::from_str::<Value>(&line).unwrap());
            if events.last().unwrap()["event"] == event {
                return events;
            }
        }
    }

    fn demo(&self, seed: &str, arguments: &[&str]) -> Ran {
        let ran = self.program.run(["demo", "--speed", "50", "--seed", seed].iter().chain(arguments));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        ran
    }

    /// Ctrl+C; gives the exit code.
    fn interrupt(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Following<'_> {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = sync_channel(1_000);
    let read = move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    };
    std::thread::Builder::new().name("lines".into()).spawn(read).unwrap();
    receiver
}

fn hear(lines: &Receiver<String>, what: &str, is_it: impl Fn(&str) -> bool) -> String {
    let mut heard = Vec::new();
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) if is_it(&line) => return line,
            Ok(line) => heard.push(line),
            Err(error) => panic!("waited in vain for {what}: {error}; heard {heard:#?}"),
        }
    }
}

#[test]
fn a_run_is_told_of_as_it_happens_as_json() {
    let program = Program::new();
    let following = Following::start(&program, &["feed", "--json"]);
    following.hear_message("feed-socket: listens at");
    following.demo("5", &["--runs", "1", "--mode", "tool-timeout"]);
    let events = following.events_until("ended");
    let words: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!((words.first(), words.last()), (Some(&"started"), Some(&"ended")));
    assert_eq!(words.iter().filter(|word| **word == "retry").count(), 3, "{words:?}");
    assert_eq!(words.iter().filter(|word| **word == "step_failed").count(), 5, "{words:?}");
    let failed = events.iter().find(|event| event["event"] == "step_failed").unwrap();
    assert_eq!(failed["step"], "tool_schema_lookup");
    assert!(failed["error"].as_str().unwrap().contains("900 ms"), "{failed}");
    let retry = events.iter().find(|event| event["event"] == "retry").unwrap();
    assert_eq!(retry["attempt"], 2);
    assert!(retry["pause_ns"].as_f64().unwrap() > 100e6, "{retry}");
    let ended = &events.last().unwrap()["trace"];
    assert_eq!((&ended["status"], &ended["retries"]), (&json!("failed"), &json!(3)));
    assert_eq!(ended["key"], failed["key"]);
    assert_eq!(following.interrupt(), Some(0), "Ctrl+C is a good end");
    let kept = program.stdout(&["list", "--json"]);
    assert!(kept.contains(ended["key"].as_str().unwrap()), "it is in the database: {kept}");
    assert!(!program.folder.path().join("feed.sock").exists(), "the socket is gone");
}

#[test]
fn a_person_gets_a_line_for_each_event() {
    let program = Program::new();
    let following = Following::start(&program, &["feed"]);
    following.hear_message("listens at");
    let told = following.demo("5", &["--runs", "1", "--mode", "rate-limit", "--json"]).stdout;
    let told: Value = serde_json::from_str(&told).unwrap();
    let asked: String = told["prompt"].as_str().unwrap().chars().take(60).collect();
    following.hear("a start", |line| line.contains("▶ started") && line.contains(&asked));
    following.hear("a failure", |line| line.contains("✗ step") && line.contains("too many requests"));
    following
        .hear("a retry", |line| line.contains("↻ retry") && line.contains("response_generation, attempt 2"));
    let ended = following.hear("an end", |line| line.contains("✓ warning"));
    for part in [" s · ", " steps", "1 retry", " tokens", "$0.000"] {
        assert!(ended.contains(part), "{part} in {ended}");
    }
    following.demo("6", &["--runs", "1", "--mode", "vanish"]);
    following.hear("a loss", |line| line.contains("? lost"));
    assert_eq!(following.interrupt(), Some(0));
}

#[test]
fn a_file_that_grows_is_followed() {
    let program = Program::new();
    let file = program.file("traces.jsonl", format!("{}\n", trace("t-1", "first")));
    let following = Following::start(&program, &["--json", "traces.jsonl"]);
    let keys = |event: &Value| event["trace"]["key"].clone();
    assert_eq!(following.events_until("ended").iter().map(keys).next_back(), Some(json!("t-1")));
    let mut grown = std::fs::OpenOptions::new().append(true).open(file).unwrap();
    grown.write_all(format!("{}\n", trace("t-2", "second")).as_bytes()).unwrap();
    assert_eq!(following.events_until("ended").iter().map(keys).next_back(), Some(json!("t-2")));
    assert_eq!(following.interrupt(), Some(0));
}

#[test]
fn what_can_not_be_followed_is_said() {
    let program = Program::new();
    for (what, said) in [
        ("nowhere.jsonl", "what can be followed: feed"),
        ("otlp-http:http", "a port is a number"),
        ("connect:192.0.2.1:4000", "not this machine"),
    ] {
        let ran = program.run(["follow", what]);
        assert!(ran.code == Some(2) || ran.code == Some(1), "{what}: {ran:?}");
        assert!(ran.stderr.contains(said), "{what}: {ran:?}");
    }
    let first = Following::start(&program, &["feed"]);
    first.hear_message("listens at");
    let second = program.run(["follow", "feed"]);
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains("another program listens"), "{second:?}");
}

#[test]
fn the_demo_is_the_same_for_the_same_seed_and_says_where_nobody_listens() {
    let program = Program::new();
    let alone = program.run(["demo", "--seed", "1"]);
    assert_eq!(alone.code, Some(1), "{alone:?}");
    assert!(alone.stderr.contains("feed.sock") && alone.stderr.contains("tracex follow"), "{alone:?}");
    let modes = program.stdout(&["demo", "--list-modes"]);
    assert!(modes.lines().count() == 8 && modes.contains("rate-limit"), "{modes}");
    let unknown = program.run(["demo", "--mode", "dance"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.stderr.contains("tool-timeout"), "the modes are named: {}", unknown.stderr);

    let following = Following::start(&program, &["feed"]);
    following.hear_message("listens at");
    let told = |seed: &str| following.demo(seed, &["--runs", "2", "--json"]).stdout;
    let first = told("8");
    assert_eq!(first.lines().count(), 2);
    assert!(first.contains("\"problems\":0"), "{first}");
    assert_eq!(told("8"), first);
    assert_ne!(told("9"), first);
}
