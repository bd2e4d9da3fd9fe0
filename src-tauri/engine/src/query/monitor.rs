//! How the runs of the last while fared: what `tracellm monitor` shows, over any stretch of time.

use super::catalog::Run;
use super::insights::{Sum, percentile};
use super::reading::Reading;
use super::summary::{summaries, unix_ms};
use super::trace_list::sorted;
use crate::dto::{Monitor, MonitorBucket, MonitorRequest, TraceSort};
use crate::error::Result;
use crate::model::TraceStatus;

const MOST_LATEST: u32 = 100;
const MOST_BUCKETS: u32 = 120;
const NS_PER_MINUTE: f64 = 60e9;

/// The runs that match and started in the window.
pub fn monitor(reading: &Reading<'_>, request: &MonitorRequest) -> Result<Monitor> {
    let mut rows = reading.rows();
    let (columns, now_ns) = (reading.columns, reading.now_ns);
    let window_ns = request.window_ms.filter(|ms| ms.is_finite() && *ms > 0.0).map(|ms| (ms * 1e6) as i64);
    if let Some(window_ns) = window_ns {
        let from = now_ns.saturating_sub(window_ns);
        let outside: Vec<usize> =
            rows.iter().filter(|row| columns.runs[*row].start_ns.is_none_or(|start| start < from)).collect();
        outside.into_iter().for_each(|row| rows.set(row, false));
    }
    let runs: Vec<&Run> = rows.iter().map(|row| &columns.runs[row]).collect();
    let latest = request.latest.min(MOST_LATEST) as usize;
    let latest = sorted(reading, &rows, TraceSort::Started, true, latest);
    let mut sum = Sum::default();
    runs.iter().for_each(|run| sum.add(run));
    let figures = sum.finish();
    let first_ns = runs.iter().filter_map(|run| run.start_ns).min();
    let from_ns = window_ns.map_or(first_ns, |window| Some(now_ns.saturating_sub(window)));
    let since_first_ns = first_ns.map(|first| now_ns.saturating_sub(first) as f64);
    Ok(Monitor {
        revision: reading.revision,
        runs: figures.runs,
        running: figures.running,
        succeeded: figures.succeeded,
        warnings: figures.warnings,
        failed: figures.failed,
        lost: figures.lost,
        success_rate: figures.success_rate,
        errors: figures.errors,
        retries: figures.retries,
        mean_ns: figures.mean_ns,
        p50_ns: figures.p50_ns,
        p95_ns: figures.p95_ns,
        tokens: figures.tokens,
        cost_usd: figures.cost_usd,
        runs_per_minute: since_first_ns
            .filter(|ns| *ns >= 1e9)
            .map(|ns| runs.len() as f64 / (ns / NS_PER_MINUTE).max(1.0 / 60.0)),
        buckets: from_ns
            .map(|from| buckets(&runs, from, now_ns, request.buckets.min(MOST_BUCKETS)))
            .unwrap_or_default(),
        latest: summaries(reading.connection, columns, &latest)?,
    })
}

fn buckets(runs: &[&Run], from_ns: i64, now_ns: i64, count: u32) -> Vec<MonitorBucket> {
    let span_ns = now_ns.saturating_sub(from_ns).max(1);
    let count = i64::from(count);
    if count == 0 {
        return Vec::new();
    }
    let mut took: Vec<Vec<i64>> = vec![Vec::new(); count as usize];
    let mut buckets: Vec<MonitorBucket> = (0..count)
        .map(|index| MonitorBucket {
            start_unix_ms: unix_ms(
                from_ns + (span_ns as i128 * i128::from(index) / i128::from(count)) as i64,
            ),
            ..MonitorBucket::default()
        })
        .collect();
    for run in runs {
        let Some(start) = run.start_ns else { continue };
        let at = i128::from(start.saturating_sub(from_ns)) * i128::from(count) / i128::from(span_ns);
        let index = at.clamp(0, i128::from(count) - 1) as usize;
        let bucket = &mut buckets[index];
        bucket.runs += 1;
        bucket.failed += u32::from(matches!(run.status, TraceStatus::Failed | TraceStatus::Lost));
        took[index].extend(run.duration_ns.filter(|_| run.has_ended()));
    }
    for (bucket, mut took) in buckets.iter_mut().zip(took) {
        took.sort_unstable();
        bucket.p50_ns = percentile(&took, 0.5);
    }
    buckets
}
