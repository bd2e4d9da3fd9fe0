//! What the backend has that was not told: its list of traces, read whenever it is connected to.
//!
//! `GET /traces` gives the newest 200 and how many there are; it knows no pages, but a range of latencies. What does not fit
//! is asked for by halves of the range.

use std::time::Duration;

use serde::Deserialize;

use super::address::Address;
use super::{http, read_document};
use crate::error::{Code, Error, Result};
use crate::ingest::Intake;
use crate::ingest::IntakeOptions;
use crate::sources::SourceContext;
use crate::sources::context::off_thread;
use crate::store::setting;

/// The most that the backend gives at once.
const LIMIT: usize = 200;
/// More requests than this in a row are no catching up.
const MOST_REQUESTS: usize = 400;
/// How long the backend may take for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// A run is listed by its start and stored at its end: one that took this long may come behind those that are known.
const LONGEST_RUN: Duration = Duration::from_secs(3_600);

/// What is looked at of an answer; the rest is the reader's.
#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    total: usize,
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    created_at: Option<String>,
    latency: Option<f64>,
}

impl Page {
    /// When the runs in it began, in milliseconds since the epoch.
    fn began_ms(&self) -> impl Iterator<Item = i64> {
        self.items.iter().filter_map(|item| moment_ms(item.created_at.as_deref()?))
    }

    /// A latency that parts the items, if any does.
    fn middle(&self, from: f64, to: Option<f64>) -> Option<f64> {
        let mut latencies: Vec<f64> = self.items.iter().filter_map(|item| item.latency).collect();
        latencies.sort_by(f64::total_cmp);
        let middle = *latencies.get(latencies.len() / 2)?;
        (middle > from && to.is_none_or(|to| middle < to)).then_some(middle)
    }
}

/// Reads what is new since the backend was last caught up with, and remembers that it was.
///
/// # Errors
/// `Io`, with what the backend answered.
pub(super) async fn catch_up(context: &SourceContext, address: &Address) -> Result<()> {
    let key = format!("tracellm-caught-up:{}", address.port);
    let (writer, known_key) = (context.writer.clone(), key.clone());
    let known_ms: Option<i64> =
        off_thread(move || writer.change(move |connection| setting::get(connection, &known_key))).await?;
    let mut newest_ms = known_ms;
    let mut ranges: Vec<(f64, Option<f64>)> = vec![(0.0, None)];
    let mut unreachable = 0usize;
    for request in 0.. {
        let Some((from, to)) = ranges.pop() else { break };
        if request == MOST_REQUESTS {
            let message =
                "the backend has more runs than can be asked for at once: export them and import the file";
            return Err(Error::new(Code::Io, message));
        }
        let page = read_page(context, address, from, to).await?;
        newest_ms = page.began_ms().chain(newest_ms).max();
        let reaches_back = known_ms.is_some_and(|known| {
            page.began_ms().min().is_none_or(|oldest| oldest < known - LONGEST_RUN.as_millis() as i64)
        });
        if page.total <= page.items.len() || reaches_back {
            continue;
        }
        match page.middle(from, to) {
            Some(middle) => ranges.extend([(from, Some(middle)), (middle, to)]),
            None => unreachable = page.total.saturating_sub(page.items.len()).saturating_add(unreachable),
        }
    }
    // Behind what was read in the writer's queue: what is remembered is on disk.
    let writer = context.writer.clone();
    off_thread(move || writer.change(move |connection| setting::set(connection, &key, &newest_ms))).await?;
    match unreachable {
        0 => Ok(()),
        count => Err(Error::new(
            Code::Io,
            format!("{count} older runs can't be asked for: export them from TraceLLM and import the file"),
        )),
    }
}

async fn read_page(context: &SourceContext, address: &Address, from: f64, to: Option<f64>) -> Result<Page> {
    let mut path = format!("/traces?limit={LIMIT}");
    if from > 0.0 {
        path.push_str(&format!("&latency_min={from}"));
    }
    if let Some(to) = to {
        path.push_str(&format!("&latency_max={to}"));
    }
    let late = || Error::new(Code::Io, format!("the backend did not answer GET {path} in time"));
    let body = tokio::time::timeout(PATIENCE, http::get(address, &path)).await.map_err(|_| late())??;
    context.received(body.len());
    let location = super::socket_url(address);
    let context = context.clone();
    off_thread(move || {
        let page: Page = serde_json::from_slice(&body).map_err(|error| {
            Error::new(
                Code::Io,
                format!("what the backend answers to GET {path} is no list of traces: {error}"),
            )
        })?;
        let mut intake = Intake::open(
            &context.writer,
            IntakeOptions {
                kind: context.word,
                location,
                format: context.format("tracellm")?,
                progress: context.report.progress.clone(),
                // They have ended, and may be of any time.
                sender: None,
                tells_again: false,
            },
        )?;
        read_document(&mut intake, &body)?;
        intake.flush()?;
        Ok(page)
    })
    .await
}

/// A moment as the backend writes it.
fn moment_ms(text: &str) -> Option<i64> {
    let with_zone = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.timestamp_millis());
    let without = || text.parse::<chrono::NaiveDateTime>().ok().map(|at| at.and_utc().timestamp_millis());
    with_zone.ok().or_else(without)
}
