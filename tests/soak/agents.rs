//! Agents that tell of their runs, at a steady pace, with times of the fast clock.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::receiver::{SPEED, START_NS};

/// Ten agents, a step a second each.
const STEPS_A_SECOND: u64 = 10 * SPEED;
const STEPS_A_RUN: u64 = 40;
const BEATS_A_SECOND: u64 = 4;

/// Tells for as long as it `lasts`; gives how many steps were acknowledged.
pub fn tell(socket: &Path, lasts: Duration) -> u64 {
    let mut out = loop {
        match UnixStream::connect(socket) {
            Ok(stream) => break stream,
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let answers = BufReader::new(out.try_clone().unwrap());
    let hears = std::thread::Builder::new()
        .name("hears".into())
        .spawn(move || {
            let mut acknowledged = 0;
            for line in answers.lines().map_while(Result::ok) {
                let told: Value = serde_json::from_str(&line).unwrap();
                match told["type"].as_str() {
                    Some("system.pong") => acknowledged = told["timestamp"].as_u64().unwrap(),
                    Some("system.connected") => {}
                    _ => panic!("a sender is told: {line}"),
                }
            }
            acknowledged
        })
        .unwrap();
    let begun = Instant::now();
    let mut next = 0;
    while begun.elapsed() < lasts {
        let due = (begun.elapsed().as_secs_f64() * STEPS_A_SECOND as f64) as u64;
        let now_ms = (START_NS / 1_000_000) as u64 + begun.elapsed().as_millis() as u64 * SPEED;
        let mut text = String::new();
        for step in next..due {
            say(&mut text, step, now_ms);
        }
        next = due.max(next);
        text.push_str(&json!({ "type": "ping", "ts": next }).to_string());
        text.push('\n');
        out.write_all(text.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_secs(1) / BEATS_A_SECOND as u32);
    }
    out.shutdown(std::net::Shutdown::Write).unwrap();
    let acknowledged = hears.join().unwrap();
    assert_eq!(acknowledged, next, "all that was sent was acknowledged");
    acknowledged
}

fn say(text: &mut String, step: u64, now_ms: u64) {
    let (trace_id, step_id) = (format!("run-{}", step / STEPS_A_RUN), format!("s{step}"));
    let mut line = |line: Value| {
        text.push_str(&line.to_string());
        text.push('\n');
    };
    if step.is_multiple_of(STEPS_A_RUN) {
        line(json!({ "type": "trace.start", "trace_id": trace_id, "prompt": format!("question {step}"),
            "model_name": "gpt-4o", "project_id": "soak", "created_at": now_ms }));
    }
    let failed = step.is_multiple_of(17);
    line(json!({ "type": "step.start", "trace_id": trace_id, "step_id": step_id, "tool_name": "search",
        "input": { "query": format!("what is said of number {step} in the files of this agent") }, "timestamp": now_ms }));
    line(
        json!({ "type": "step.end", "trace_id": trace_id, "step_id": step_id, "success": !failed, "duration": 400,
        "output": { "text": format!("found {} of {step} ", step * 7919 % 10_007).repeat(30) } }),
    );
    if step % STEPS_A_RUN == STEPS_A_RUN - 1 {
        line(json!({ "type": "trace.end", "trace_id": trace_id, "status": "success", "response": "done" }));
    }
}
