//! `tracex demo`: a made-up agent tells of its runs over the feed socket.

use std::path::PathBuf;
use std::process::ExitCode;

use engine::clock::{Clock, SystemClock};
use engine::demo::{Course, DemoRuns, Told};
use engine::location;
use serde::Serialize;

use crate::args::{Args, Demo};
use crate::failure::Failure;
use crate::output::{Output, Style};
use crate::{progress, quantity};

/// What came of a run, as a line of JSON.
#[derive(Serialize)]
struct Line<'a> {
    number: u32,
    trace_id: &'a str,
    prompt: &'a str,
    mode: &'a str,
    status: Option<&'a str>,
    duration_ms: f64,
    problems: u64,
}

pub(crate) fn run(args: &Args, demo: &Demo, out: &mut Output) -> Result<ExitCode, Failure> {
    if demo.list_modes {
        for course in Course::ALL {
            out.line(&format!("{:<18}{}", course.word(), course.summary()))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if !(demo.speed.is_finite() && demo.speed > 0.0) {
        return Err(Failure::Usage("--speed is a number above 0: 2 is twice as fast".into()));
    }
    let runs = DemoRuns {
        socket: socket(args, demo)?,
        runs: demo.runs,
        seed: demo.seed.unwrap_or_else(|| SystemClock.now_ns().cast_unsigned() % 1_000_000),
        speed: demo.speed,
        course: demo.mode,
    };
    let stop = progress::stop_flag()?;
    eprintln!(
        "Telling of {} at {} (--seed {}); Ctrl+C stops.",
        quantity::counted(runs.runs.into(), "run"),
        runs.socket.display(),
        runs.seed
    );
    let mut written = Ok(());
    runs.tell(&SystemClock, &stop, |told| {
        let line = if demo.json { json_line(told, out) } else { out.line(&line(told, out)) };
        written = line.and_then(|()| out.flush());
        if written.is_err() {
            // Nobody reads any more.
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    })?;
    written.map(|()| ExitCode::SUCCESS)
}

fn socket(args: &Args, demo: &Demo) -> Result<PathBuf, Failure> {
    if let Some(path) = &demo.socket {
        return Ok(path.clone());
    }
    let store = match &args.db {
        Some(path) => path.clone(),
        None => engine::default_store_path()?,
    };
    Ok(location::feed_socket_path(&store))
}

fn line(told: &Told, out: &Output) -> String {
    let (style, status) = match told.status {
        Some("failed") => (Style::Bad, "failed"),
        Some("warning") => (Style::Warning, "warning"),
        Some(status) => (Style::Good, status),
        None => (Style::Bad, "vanished"),
    };
    let problems = match told.problems {
        0 => String::new(),
        problems => format!("  {} not taken", quantity::counted(problems, "line")),
    };
    format!(
        "{:>3}  {}  {}  {:<16}  {:>7}  {}{problems}",
        told.number,
        told.trace_id,
        out.styled(style, &format!("{status:<8}")),
        told.course.word(),
        quantity::duration(told.duration_ns as f64),
        told.prompt,
    )
}

fn json_line(told: &Told, out: &mut Output) -> Result<(), Failure> {
    out.json(&Line {
        number: told.number,
        trace_id: &told.trace_id,
        prompt: told.prompt,
        mode: told.course.word(),
        status: told.status,
        duration_ms: told.duration_ns as f64 / 1e6,
        problems: told.problems,
    })
}
