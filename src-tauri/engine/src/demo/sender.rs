//! Tells a run over the feed socket, at the speed at which it happens.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat};
use serde_json::{Value, json};

use super::agent::Run;
use super::{Course, DemoRuns};
use crate::clock::Clock;
use crate::error::{Code, Error, Result};

/// The longest pause before it is looked whether to stop.
const PAUSE: Duration = Duration::from_millis(20);
/// How long the receiver may take to write a run and say so.
const PATIENCE: Duration = Duration::from_secs(30);

/// A run that was told of.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its number, from 1.
    pub number: u32,
    /// Its id.
    pub trace_id: String,
    /// What it was asked.
    pub prompt: &'static str,
    /// What happened in it.
    pub course: Course,
    /// How it ended; `None` where nobody told.
    pub status: Option<&'static str>,
    /// How long it took, as told.
    pub duration_ns: i64,
    /// Lines that the receiver could not take.
    pub problems: u64,
}

/// Tells `run`; `None` if `stop` was set before its end.
pub(super) fn tell(
    runs: &DemoRuns,
    run: &Run,
    number: u32,
    clock: &dyn Clock,
    stop: &AtomicBool,
) -> Result<Option<Told>> {
    let mut stream = connect(&runs.socket)?;
    let gone = |error: std::io::Error| {
        Error::new(Code::Io, format!("{} was closed during a run: {error}", runs.socket.display()))
    };
    let duration_ns = run.cues.last().map_or(0, |cue| cue.at_ns);
    let speed = if runs.speed.is_finite() && runs.speed > 0.0 { runs.speed } else { 1.0 };
    // One that is told faster than it happens began before, so that nothing in it lies ahead.
    let head_start_ns = (duration_ns as f64 * (1.0 - 1.0 / speed).max(0.0)) as i64;
    let began_ns = clock.now_ns().saturating_sub(head_start_ns);
    let begun = Instant::now();
    let mut lines = String::new();
    for (index, cue) in run.cues.iter().enumerate() {
        let mut line = cue.line.clone();
        line.insert("timestamp".into(), json!(time_text(began_ns.saturating_add(cue.at_ns))));
        lines.push_str(&Value::Object(line).to_string());
        lines.push('\n');
        let next_ns = run.cues.get(index + 1).map_or(cue.at_ns, |next| next.at_ns);
        let next_at = Duration::from_nanos((next_ns as f64 / speed) as u64);
        if next_at > begun.elapsed() || index + 1 == run.cues.len() {
            stream.write_all(lines.as_bytes()).map_err(gone)?;
            lines.clear();
        }
        if !wait_until(begun, next_at, stop) {
            return Ok(None);
        }
    }
    let problems = if run.status.is_some() { settle(&mut stream).map_err(gone)? } else { 0 };
    Ok(Some(Told {
        number,
        trace_id: run.trace_id.clone(),
        prompt: run.prompt,
        course: run.course,
        status: run.status,
        duration_ns,
        problems,
    }))
}

/// Waits until all that was said is on disk; gives how many lines could not be taken.
fn settle(stream: &mut (impl Read + Write)) -> std::io::Result<u64> {
    stream.write_all(b"{\"type\":\"ping\",\"ts\":1}\n")?;
    let mut problems = 0;
    for line in BufReader::new(stream).lines() {
        let heard: Value = serde_json::from_str(&line?).unwrap_or_default();
        match heard.get("type").and_then(Value::as_str) {
            Some("system.pong") => return Ok(problems),
            Some("system.problems") => problems += heard.get("count").and_then(Value::as_u64).unwrap_or(0),
            Some("system.error") => {
                let message = heard.get("message").and_then(Value::as_str).unwrap_or("no reason was given");
                return Err(std::io::Error::other(message.to_owned()));
            }
            _ => {}
        }
    }
    Err(std::io::Error::other("it was closed before it said that all is written"))
}

/// Waits until so much time has passed since `begun`; `false` once `stop` is set.
fn wait_until(begun: Instant, at: Duration, stop: &AtomicBool) -> bool {
    loop {
        if stop.load(Ordering::Relaxed) {
            return false;
        }
        let left = at.saturating_sub(begun.elapsed());
        if left.is_zero() {
            return true;
        }
        std::thread::sleep(left.min(PAUSE));
    }
}

fn time_text(unix_ns: i64) -> String {
    DateTime::from_timestamp_nanos(unix_ns).to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn nobody_listens(path: &Path, error: &std::io::Error) -> Error {
    Error::new(
        Code::Io,
        format!(
            "nobody listens at {} ({error}): start TraceLLM Explorer, or `tracex follow` in another terminal",
            path.display()
        ),
    )
}

#[cfg(unix)]
fn connect(path: &Path) -> Result<std::os::unix::net::UnixStream> {
    let connected = std::os::unix::net::UnixStream::connect(path).and_then(|stream| {
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(stream)
    });
    connected.map_err(|error| nobody_listens(path, &error))
}

#[cfg(windows)]
fn connect(path: &Path) -> Result<std::fs::File> {
    let name = crate::location::pipe_name(path);
    std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(&name)
        .map_err(|error| nobody_listens(Path::new(&name), &error))
}
