//! `tracex follow`: receives from running agents without the app, and prints what happens in their runs as it happens.

mod event;
mod watch;
mod what;

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

use engine::api::dto::{Nothing, SourceStatus};
use engine::engine::Engine;
use engine::model::{SourceKind, SourceState};

use crate::args::{Args, Follow};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::{self, StatusLine};
use crate::{host, quantity, text};
use event::Event;
use watch::Watch;

/// How long to wait for a notice before looking whether the person wants to stop, and what has come to rest.
const PATIENCE: Duration = Duration::from_millis(100);

pub(crate) fn run(args: &Args, follow: &Follow, out: &mut Output) -> Result<ExitCode, Failure> {
    let kinds = follow.what.iter().map(|what| what::parse(what)).collect::<Result<Vec<_>, _>>()?;
    let stop = progress::stop_flag()?;
    let engine = host::open(args)?;
    let followed = receive(&engine, kinds, follow.json, &stop, out);
    engine.close();
    followed
}

fn receive(
    engine: &Engine,
    kinds: Vec<SourceKind>,
    json: bool,
    stop: &AtomicBool,
    out: &mut Output,
) -> Result<ExitCode, Failure> {
    let notices = engine.subscribe();
    let mut watch = Watch::from_now();
    let named = if kinds.is_empty() {
        engine::api::start_sources(engine)?;
        None
    } else {
        Some(engine::api::start_sources_only(engine, kinds)?)
    };
    let mut sources = Sources { named, told: HashMap::new() };
    let mut line = StatusLine::new();
    while !stop.load(Ordering::Relaxed) {
        let notice = match notices.recv_timeout(PATIENCE) {
            Ok(notice) => Some(notice),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Failure::Failed("the engine stopped while it followed".into()));
            }
        };
        if notice.as_ref().is_some_and(|notice| notice.sources) {
            sources.look(engine, &mut line)?;
        }
        let events = watch.look(engine, notice.as_ref())?;
        tell(&events, json, &mut line, out)?;
        line.draw(&sources.summary(&watch));
    }
    let events = watch.finish(engine)?;
    tell(&events, json, &mut line, out)?;
    sources.look(engine, &mut line)?;
    Ok(if sources.has_failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn tell(events: &[Event], json: bool, line: &mut StatusLine, out: &mut Output) -> Result<(), Failure> {
    if events.is_empty() {
        return Ok(());
    }
    line.clear();
    for event in events {
        if json {
            out.json(event)?;
        } else {
            out.line(&event.line(out))?;
        }
    }
    out.flush()
}

/// The sources that are followed, and what was last said of each on stderr.
struct Sources {
    /// Those named on the command line; `None` for those that are set up.
    named: Option<Vec<String>>,
    told: HashMap<String, SourceStatus>,
}

impl Sources {
    /// Looks how they fare and tells of what has changed.
    ///
    /// # Errors
    /// Why there is nothing to follow: none is on, or all have failed.
    fn look(&mut self, engine: &Engine, line: &mut StatusLine) -> Result<(), Failure> {
        let all: Vec<SourceStatus> = host::call(engine, "source_list", &Nothing {})?;
        let ours = all.into_iter().filter(|source| match &self.named {
            Some(ids) => ids.contains(&source.config.id),
            None => source.config.enabled,
        });
        for source in ours {
            let known = self.told.get(&source.config.id);
            let is_news = known
                .is_none_or(|known| (known.state, &known.message) != (source.state, &source.message))
                && !matches!(source.state, SourceState::Off | SourceState::Starting);
            if is_news {
                line.clear();
                eprintln!("{}", state_line(&source));
            }
            self.told.insert(source.config.id.clone(), source);
        }
        if self.told.is_empty() {
            return Err(Failure::Failed(
                "no source is on: turn one on in the app, or name what to follow (tracex follow --help)"
                    .into(),
            ));
        }
        if self.told.values().all(|source| source.state == SourceState::Failed) {
            return Err(Failure::Failed("there is nothing to follow".into()));
        }
        Ok(())
    }

    /// Whether one that was asked for by name does not run.
    fn has_failed(&self) -> bool {
        self.named.is_some() && self.told.values().any(|source| source.state == SourceState::Failed)
    }

    /// The line at the bottom of the screen.
    fn summary(&self, watch: &Watch) -> String {
        let rate: f64 = self.told.values().map(|source| source.spans_per_s).sum();
        let spans: u64 = self.told.values().map(|source| source.spans).sum();
        let dropped: u64 = self.told.values().map(|source| source.dropped).sum();
        let problems: u64 = self.told.values().map(|source| u64::from(source.problems)).sum();
        let mut parts = vec![
            format!("{rate:.1} steps/s"),
            quantity::counted(spans, "step"),
            format!("{} running", quantity::count(watch.running())),
            format!("{} ended", quantity::count(watch.ended())),
            format!("{} failed", quantity::count(watch.failed())),
        ];
        if problems > 0 {
            parts.push(quantity::counted(problems, "problem"));
        }
        if dropped > 0 {
            parts.push(format!("{} dropped", quantity::count(dropped)));
        }
        parts.push("Ctrl+C ends".to_owned());
        parts.join(" · ")
    }
}

/// How a source fares, on a line.
fn state_line(source: &SourceStatus) -> String {
    let word = source.config.kind.word();
    let address = source.address.as_deref().map(text::printable).unwrap_or_default();
    let message = source.message.as_deref().map(text::printable).unwrap_or_default();
    let line = match source.state {
        SourceState::Listening => format!("{word}: listens at {address}"),
        SourceState::Connected => format!("{word}: connected to {address}"),
        SourceState::Retrying => format!("{word}: not there yet"),
        SourceState::Failed => format!("{word}: failed"),
        SourceState::Off | SourceState::Starting => word.to_owned(),
    };
    if message.is_empty() { line } else { format!("{line}; {message}") }
}
