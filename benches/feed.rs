//! A flood on the feed socket: the highest rate it takes, how long what is sent takes to be on disk, and what that costs in
//! memory. Every step is told in two lines, its start and its end, in traces of twenty.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::model::{SourceConfig, SourceKind, SourceState};
use engine::testing::Harness;

use crate::{list, memory, percentile, row};

/// Steps of a run that is told.
pub const STEPS: usize = 20;
/// A ping after this many traces: its pong says that they are on disk.
const TRACES_A_PING: usize = 25;

/// Sends for `seconds` as fast as the socket takes it; each step carries about `text_bytes`.
pub fn flood(folder: &Path, seconds: u64, text_bytes: usize) {
    let harness = Harness::open(folder.join("flood.db"));
    receive_on_socket_alone(&harness);
    let socket = harness.call::<FeedAddresses>("feed_addresses", &Nothing {}).socket;
    let mut out = UnixStream::connect(socket).expect("the socket listens");
    let mut answers = BufReader::new(out.try_clone().expect("a second handle"));
    let mut hello = String::new();
    answers.read_line(&mut hello).expect("the app says hello");
    println!("\nfeed: a flood of {seconds} s on the socket, {text_bytes} B of text a step");

    let idle_bytes = memory::resident();
    let watch = memory::Watch::start();
    let (sent, arrived) = sync_channel::<Instant>(1 << 16);
    let listener = std::thread::Builder::new()
        .name("pongs".into())
        .spawn(move || {
            let mut delays = Vec::new();
            let mut line = String::new();
            for at in arrived {
                loop {
                    line.clear();
                    answers.read_line(&mut line).expect("the app answers");
                    if line.contains("system.pong") {
                        break;
                    }
                }
                delays.push(at.elapsed());
            }
            delays
        })
        .expect("a thread");
    let begun = Instant::now();
    let text = "lorem ipsum dolor sit amet consectetur ".repeat(text_bytes / 39 + 1);
    let mut traces = 0usize;
    let mut lines = String::new();
    while begun.elapsed() < Duration::from_secs(seconds) {
        for _ in 0..TRACES_A_PING {
            tell_trace(&mut lines, traces, text.get(..text_bytes).unwrap_or(&text));
            traces += 1;
        }
        lines.push_str("{\"type\":\"ping\",\"ts\":0}\n");
        let at = Instant::now();
        out.write_all(lines.as_bytes()).expect("the socket takes it");
        sent.send(at).expect("the listener runs");
        lines.clear();
    }
    drop(sent);
    let mut delays = listener.join().expect("the listener ends");
    let took = begun.elapsed();
    let peak_bytes = watch.peak().saturating_sub(idle_bytes);
    delays.sort_unstable();

    let spans = traces * STEPS;
    let acknowledged = list(&harness, "", TraceSort::Started, 1).total as usize;
    assert_eq!(acknowledged, traces, "every trace that was acknowledged is there");
    let status = harness
        .call::<Vec<SourceStatus>>("source_list", &Nothing {})
        .into_iter()
        .find(|status| status.config.id == "feed-socket")
        .expect("the socket is listed");
    assert_eq!((status.dropped, status.problems), (0, 0), "nothing was lost");
    let unfinished = list(&harness, "-status:success", TraceSort::Started, 1).total;
    assert_eq!(unfinished, 0, "every step has its end");
    row("steps acknowledged, lost", format!("{spans}, 0"));
    row("steps a second (two lines each)", format!("{:.0}", spans as f64 / took.as_secs_f64()));
    row("MB a second", format!("{:.1}", status.bytes as f64 / 1e6 / took.as_secs_f64()));
    row(
        "from sent to on disk and queryable (median, p99)",
        format!("{:.0} ms, {:.0} ms", percentile(&delays, 50), percentile(&delays, 99)),
    );
    row("memory above idle: peak, after", {
        let after = memory::resident().saturating_sub(idle_bytes);
        format!("{:.0} MB, {:.0} MB", peak_bytes as f64 / 1e6, after as f64 / 1e6)
    });
}

/// Turns all sources off but the feed socket, and waits until that listens.
pub fn receive_on_socket_alone(harness: &Harness) {
    let sources = || harness.call::<Vec<SourceStatus>>("source_list", &Nothing {});
    for status in sources() {
        let enabled = matches!(status.config.kind, SourceKind::FeedSocket { .. });
        harness.call::<SourceRef>("source_set", &SourceConfig { enabled, ..status.config });
    }
    engine::api::start_sources(&harness.engine).expect("sources start");
    while !sources().iter().any(|status| status.state == SourceState::Listening) {
        std::thread::yield_now();
    }
}

/// Adds the lines by which a run of twenty steps is told.
pub fn tell_trace(lines: &mut String, index: usize, text: &str) {
    use std::fmt::Write;
    let base = 1_767_225_600_000 + index as u64 * 1_000;
    let mut line = |text: std::fmt::Arguments<'_>| {
        let _ = writeln!(lines, "{text}");
    };
    line(format_args!(
        "{{\"type\":\"trace.start\",\"trace_id\":\"run-{index}\",\"prompt\":\"question {index}\",\"created_at\":{base}}}"
    ));
    for step in 0..STEPS {
        let at = base + step as u64 * 40;
        line(format_args!(
            "{{\"type\":\"step.start\",\"trace_id\":\"run-{index}\",\"step_id\":\"{index}-{step}\",\"tool_name\":\"search\",\
             \"input\":{{\"query\":\"{step} {}\"}},\"timestamp\":{at}}}",
            &text[..text.len() / 4]
        ));
        line(format_args!(
            "{{\"type\":\"step.end\",\"trace_id\":\"run-{index}\",\"step_id\":\"{index}-{step}\",\"output\":{{\"found\":\"{index} {}\"}},\
             \"success\":true,\"duration\":30}}",
            &text[text.len() / 4..]
        ));
    }
    line(format_args!(
        "{{\"type\":\"trace.complete\",\"trace_id\":\"run-{index}\",\"response\":\"done\",\"status\":\"success\",\"latency\":800}}"
    ));
}
