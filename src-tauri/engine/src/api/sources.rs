//! Live sources: listed, set up, turned on and off.

use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::Instant;

use super::dto::{
    DemoStart, FeedAddresses, Nothing, ProblemItem, ProblemList, SourceProblemsRequest, SourceRef,
    SourceStatus, SourceSuggestion,
};
use crate::demo::DemoRuns;
use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::location;
use crate::model::{SourceConfig, SourceKind, SourceState};
use crate::query::unix_ms;
use crate::sources::{self, SourceView};

/// Problems given in one answer.
const LISTED_PROBLEMS: u32 = 1_000;

pub(super) fn source_list(engine: &Engine, _request: Nothing) -> Result<Vec<SourceStatus>> {
    Ok(engine.sources().list().into_iter().map(|view| status(engine, view)).collect())
}

pub(super) fn source_set(engine: &Engine, request: SourceConfig) -> Result<SourceRef> {
    Ok(SourceRef { id: engine.sources().set(request)? })
}

pub(super) fn source_remove(engine: &Engine, request: SourceRef) -> Result<Nothing> {
    engine.sources().remove(&request.id)?;
    Ok(Nothing {})
}

pub(super) fn source_problems(engine: &Engine, request: SourceProblemsRequest) -> Result<ProblemList> {
    let view = find(engine, &request.id)?;
    let path = view.report.standing().address.unwrap_or_default();
    let counts = view.report.progress.state();
    let last = counts.problems.iter().rev().take(request.limit.min(LISTED_PROBLEMS) as usize);
    let items = last.map(|problem| ProblemItem {
        path: path.clone(),
        byte: problem.at.byte,
        line: problem.at.line,
        reason: problem.reason.clone(),
    });
    Ok(ProblemList { total: counts.problem_count, items: items.collect() })
}

pub(super) fn source_suggestions(engine: &Engine, _request: Nothing) -> Result<Vec<SourceSuggestion>> {
    let followed: Vec<SourceKind> = engine
        .sources()
        .list()
        .into_iter()
        .filter(|view| view.config.enabled)
        .map(|view| view.config.kind)
        .collect();
    let found = sources::suggestions(|name| std::env::var_os(name));
    Ok(found
        .into_iter()
        .map(|(label, location, kind)| SourceSuggestion {
            label: label.to_owned(),
            location: location.to_string_lossy().into_owned(),
            is_followed: followed.contains(&kind),
            kind,
        })
        .collect())
}

pub(super) fn feed_addresses(engine: &Engine, _request: Nothing) -> Result<FeedAddresses> {
    let mut addresses = FeedAddresses {
        socket: socket_path(engine).to_string_lossy().into_owned(),
        otlp_http: None,
        otlp_grpc: None,
    };
    for view in engine.sources().list().into_iter().filter(|view| view.config.enabled) {
        match &view.config.kind {
            SourceKind::OtlpHttp { .. } => addresses.otlp_http = address(engine, &view),
            SourceKind::OtlpGrpc { .. } => addresses.otlp_grpc = address(engine, &view),
            _ => {}
        }
    }
    Ok(addresses)
}

pub(super) fn demo_start(engine: &Engine, request: DemoStart) -> Result<Nothing> {
    let feed = find(engine, SourceConfig::built_in().first().map_or("", |config| config.id.as_str()))?;
    if feed.report.state() != SourceState::Listening {
        return Err(Error::invalid("the feed socket is off: turn it on under Sources first"));
    }
    let runs = DemoRuns {
        socket: socket_path(engine),
        runs: request.runs.clamp(1, 1_000),
        seed: request.seed.unwrap_or_else(|| uuid::Uuid::new_v4().as_u64_pair().0),
        speed: 1.0,
        course: None,
    };
    let failed = move |error: Error| feed.report.trouble(format!("the demo stopped: {}", error.message));
    engine.demo().start(runs, engine.clock(), failed)?;
    Ok(Nothing {})
}

pub(super) fn demo_stop(engine: &Engine, _request: Nothing) -> Result<Nothing> {
    engine.demo().stop();
    Ok(Nothing {})
}

/// Where the feed socket is, or would be.
fn socket_path(engine: &Engine) -> PathBuf {
    let own = engine.sources().list().into_iter().find_map(|view| match view.config.kind {
        SourceKind::FeedSocket { path } if view.is_built_in => path,
        _ => None,
    });
    own.map_or_else(|| location::feed_socket_path(engine.store_path()), PathBuf::from)
}

fn find(engine: &Engine, id: &str) -> Result<SourceView> {
    engine
        .sources()
        .list()
        .into_iter()
        .find(|view| view.config.id == id)
        .ok_or_else(|| Error::not_found("this source is not there any more"))
}

fn status(engine: &Engine, view: SourceView) -> SourceStatus {
    let report = &view.report;
    let standing = report.standing();
    let rate = report.rate();
    let counts = report.progress.state();
    let written = counts.error.as_ref().map(|error| error.message.clone());
    SourceStatus {
        address: address(engine, &view),
        is_built_in: view.is_built_in,
        state: standing.state,
        message: standing.message.or(written),
        retry_in_ms: standing
            .retry_at
            .map(|at| at.saturating_duration_since(Instant::now()).as_secs_f64() * 1e3),
        connections: report.connections(),
        spans_per_s: rate.spans_per_s,
        bytes_per_s: rate.bytes_per_s,
        traces: counts.traces_added.into(),
        spans: counts.spans,
        bytes: report.progress.bytes_done.load(Ordering::Relaxed),
        dropped: report.progress.dropped.load(Ordering::Relaxed),
        problems: counts.problem_count,
        skipped: counts.left_out(),
        heard_unix_ms: report.heard_ns().map(unix_ms),
        config: view.config,
    }
}

/// Where a source is to be found: where it is or, while it does not run, would be.
fn address(engine: &Engine, view: &SourceView) -> Option<String> {
    view.report.standing().address.or_else(|| usual_address(engine, &view.config.kind))
}

/// Where a source is to be found while it does not run.
fn usual_address(engine: &Engine, kind: &SourceKind) -> Option<String> {
    match kind {
        SourceKind::FeedSocket { path } => Some(path.clone().unwrap_or_else(|| {
            location::feed_socket_path(engine.store_path()).to_string_lossy().into_owned()
        })),
        SourceKind::FeedTcp { port, .. } => Some(format!("127.0.0.1:{port}")),
        SourceKind::OtlpHttp { port } | SourceKind::OtlpGrpc { port } => {
            Some(format!("http://localhost:{port}"))
        }
        SourceKind::FeedClient { address } => Some(address.clone()),
        SourceKind::TraceLlm { url } => url.clone(),
        SourceKind::TraceLlmDatabase { path } | SourceKind::File { path } | SourceKind::Folder { path } => {
            Some(path.clone())
        }
    }
}
