//! How the runs of the last while fared: what `tracellm monitor` shows, over any stretch of time.

use rusqlite::Connection;

use super::filter::{self, SqlValue};
use super::trace_list::{COLUMNS, summary, unix_ms};
use super::visibility::visible;
use crate::dto::{Monitor, MonitorBucket, MonitorRequest};
use crate::error::{Error, Result};
use crate::model::TraceStatus;

const MOST_LATEST: u32 = 100;
const MOST_BUCKETS: u32 = 120;
const NS_PER_MINUTE: f64 = 60e9;

/// What one run adds.
struct Run {
    start_ns: Option<i64>,
    status: TraceStatus,
    /// Of a run that has ended.
    took_ns: Option<i64>,
}

/// The runs that match and started in the window. Error `Invalid` for a filter that makes no sense.
pub fn monitor(
    connection: &Connection,
    request: &MonitorRequest,
    now_ns: i64,
    revision: u64,
) -> Result<Monitor> {
    let filter = filter::parse(&request.filter).map_err(|error| Error::invalid(error.message))?;
    let (clause, mut values) = filter.sql(now_ns);
    let mut clause = format!("{clause} AND {}", visible(&filter));
    let window_ns = request.window_ms.filter(|ms| ms.is_finite() && *ms > 0.0).map(|ms| (ms * 1e6) as i64);
    if let Some(window_ns) = window_ns {
        clause = format!("({clause}) AND start_ns >= ?{}", values.len() + 1);
        values.push(SqlValue::Int(now_ns.saturating_sub(window_ns)));
    }
    let (errors, retries, tokens, cost_usd) = connection
        .prepare_cached(&format!(
            "SELECT coalesce(sum(error_count), 0), coalesce(sum(retry_count), 0), sum(total_tokens), sum(cost_usd)
             FROM trace WHERE {clause}"
        ))?
        .query_row(rusqlite::params_from_iter(&values), |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<i64>>(2)?, row.get(3)?))
        })?;
    let mut statement = connection
        .prepare_cached(&format!("SELECT start_ns, status, duration_ns FROM trace WHERE {clause}"))?;
    let runs = statement
        .query_map(rusqlite::params_from_iter(&values), |row| {
            let status = TraceStatus::from_code(row.get(1)?).unwrap_or(TraceStatus::Success);
            let has_ended = !matches!(status, TraceStatus::Running | TraceStatus::Lost);
            Ok(Run {
                start_ns: row.get(0)?,
                status,
                took_ns: row.get::<_, Option<i64>>(2)?.filter(|_| has_ended),
            })
        })?
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let mut latest = connection.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM (SELECT id FROM trace WHERE {clause} ORDER BY start_ns DESC, id DESC LIMIT {}) AS page
         JOIN trace AS t ON t.id = page.id ORDER BY t.start_ns DESC, t.id DESC",
        request.latest.min(MOST_LATEST)
    ))?;
    let latest = latest
        .query_map(rusqlite::params_from_iter(&values), summary)?
        .collect::<rusqlite::Result<Vec<_>>>()?;

    let count = |status: TraceStatus| runs.iter().filter(|run| run.status == status).count() as u32;
    let (warnings, failed) = (count(TraceStatus::Warning), count(TraceStatus::Failed));
    let succeeded = count(TraceStatus::Success) + warnings;
    let ended = succeeded + failed;
    let mut took: Vec<i64> = runs.iter().filter_map(|run| run.took_ns).collect();
    took.sort_unstable();
    let first_ns = runs.iter().filter_map(|run| run.start_ns).min();
    let from_ns = window_ns.map_or(first_ns, |window| Some(now_ns.saturating_sub(window)));
    let since_first_ns = first_ns.map(|first| now_ns.saturating_sub(first) as f64);
    Ok(Monitor {
        revision,
        runs: runs.len() as u32,
        running: count(TraceStatus::Running),
        succeeded,
        warnings,
        failed,
        lost: count(TraceStatus::Lost),
        success_rate: (ended > 0).then(|| f64::from(succeeded) / f64::from(ended)),
        errors: errors.unsigned_abs(),
        retries: retries.unsigned_abs(),
        mean_ns: (!took.is_empty())
            .then(|| took.iter().map(|ns| *ns as f64).sum::<f64>() / took.len() as f64),
        p50_ns: percentile(&took, 0.5),
        p95_ns: percentile(&took, 0.95),
        tokens: tokens.map(i64::unsigned_abs),
        cost_usd,
        runs_per_minute: since_first_ns
            .filter(|ns| *ns >= 1e9)
            .map(|ns| runs.len() as f64 / (ns / NS_PER_MINUTE).max(1.0 / 60.0)),
        buckets: from_ns
            .map(|from| buckets(&runs, from, now_ns, request.buckets.min(MOST_BUCKETS)))
            .unwrap_or_default(),
        latest,
    })
}

/// The value that a share of `sorted` stays at or under (nearest rank).
fn percentile(sorted: &[i64], share: f64) -> Option<f64> {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted.get(rank.max(1) - 1).map(|ns| *ns as f64)
}

fn buckets(runs: &[Run], from_ns: i64, now_ns: i64, count: u32) -> Vec<MonitorBucket> {
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
        took[index].extend(run.took_ns);
    }
    for (bucket, mut took) in buckets.iter_mut().zip(took) {
        took.sort_unstable();
        bucket.p50_ns = percentile(&took, 0.5);
    }
    buckets
}
