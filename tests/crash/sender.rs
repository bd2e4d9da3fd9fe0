//! Sends steps to the feed socket until that breaks off, and counts what was acknowledged.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

pub const STEPS_A_RUN: u64 = 50;
const STEPS_A_PING: u64 = 100;

/// Tells of steps from number `first` on; gives the number of the first that was not acknowledged.
pub fn send(socket: &Path, first: u64, stop: &AtomicBool) -> u64 {
    let stream = loop {
        if stop.load(Ordering::Relaxed) {
            return first;
        }
        match UnixStream::connect(socket) {
            Ok(stream) => break stream,
            Err(_) => std::thread::sleep(Duration::from_millis(1)),
        }
    };
    let answers = BufReader::new(stream.try_clone().unwrap());
    let hears = std::thread::Builder::new()
        .name("hears".into())
        .spawn(move || {
            let mut acknowledged = first;
            for line in answers.lines() {
                let Ok(line) = line else { break };
                // The last line may be cut.
                let Ok(told) = serde_json::from_str::<Value>(&line) else { break };
                match told["type"].as_str() {
                    Some("system.pong") => acknowledged = told["timestamp"].as_u64().unwrap(),
                    Some("system.connected") => {}
                    _ => panic!("a sender is told: {line}"),
                }
            }
            acknowledged
        })
        .unwrap();
    let mut out = stream;
    let mut next = first;
    while out.write_all(lines(next, next + STEPS_A_PING).as_bytes()).is_ok() {
        next += STEPS_A_PING;
    }
    drop(out);
    hears.join().unwrap()
}

fn lines(from: u64, to: u64) -> String {
    let mut lines = String::new();
    let mut say = |line: Value| {
        lines.push_str(&line.to_string());
        lines.push('\n');
    };
    for step in from..to {
        let (trace_id, step_id) = (format!("feed-{}", step / STEPS_A_RUN), format!("s{step}"));
        say(json!({ "type": "step.start", "trace_id": trace_id, "step_id": step_id, "tool_name": "search",
            "input": { "n": step }, "timestamp": 1_767_225_600_000_u64 }));
        say(json!({ "type": "step.end", "trace_id": trace_id, "step_id": step_id, "output": { "n": step },
            "success": true, "duration": 5 }));
    }
    say(json!({ "type": "ping", "ts": to }));
    lines
}
