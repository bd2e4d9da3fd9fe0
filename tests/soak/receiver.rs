//! The process that receives and is asked.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use engine::clock::Clock;
use engine::dto::*;
use engine::engine::{Engine, EngineOptions};
use engine::model::SourceConfig;
use engine::testing::Harness;
use serde::de::DeserializeOwned;

pub const STORE: &str = "SOAK_STORE";
/// What stands before a sample on standard output.
pub const SAMPLE: &str = "sample ";
pub const MEMORY: &str = "memory_MB";
/// What a sample has: the means since the one before.
pub const COLUMNS: [&str; 9] =
    ["second", MEMORY, "store_MB", "runs", "list_ms", "filter_ms", "monitor_ms", "tree_ms", "text_ms"];
/// The column of runs.
pub const RUNS: usize = 3;
/// How much faster than the real one the clock runs.
pub const SPEED: u64 = 48;
pub const START_NS: i64 = 1_767_225_600_000_000_000;
/// Runs that are kept.
pub const KEPT: u32 = 600;
/// The engine looks at the limits every five minutes of its own time, or when they have changed: that is five minutes of the fast
/// clock.
const LIMITS_EVERY: Duration = Duration::from_millis(300_000 / SPEED);
const SAMPLE_EVERY: Duration = Duration::from_secs(5);
/// The page asks again after each answer, and rests.
const REST: Duration = Duration::from_millis(200);

struct FastClock(Instant);

impl Clock for FastClock {
    fn now_ns(&self) -> i64 {
        START_NS + (self.0.elapsed().as_nanos() as i64) * SPEED as i64
    }
}

/// Sums of how long answers took.
#[derive(Default)]
struct Times {
    asked: u32,
    sums_ms: [f64; 5],
}

pub fn run(store_path: PathBuf) {
    let clock = Arc::new(FastClock(Instant::now()));
    let harness = Harness { engine: Engine::open(EngineOptions { store_path, clock }).unwrap() };
    for status in harness.call::<Vec<SourceStatus>>("source_list", &Nothing {}) {
        let enabled = status.config.id == "feed-socket";
        harness.call::<SourceRef>("source_set", &SourceConfig { enabled, ..status.config });
    }
    engine::api::start_sources(&harness.engine).unwrap();
    let begun = Instant::now();
    let (mut sampled, mut limited, mut kept) = (begun, begun, KEPT);
    let mut times = Times::default();
    loop {
        if limited.elapsed() >= LIMITS_EVERY {
            limited = Instant::now();
            kept = if kept == KEPT { KEPT + 1 } else { KEPT };
            let mut settings: Settings = harness.call("settings_get", &Nothing {});
            settings.retention.traces = Some(kept);
            let _: Settings = harness.call("settings_set", &settings);
        }
        ask(&harness, &mut times);
        if sampled.elapsed() >= SAMPLE_EVERY {
            sampled = Instant::now();
            let storage: StorageInfo = harness.call("storage_info", &Nothing {});
            let mean = times.sums_ms.map(|sum| format!("{:.2}", sum / f64::from(times.asked)));
            println!(
                "{SAMPLE}{:.0} {:.1} {:.1} {} {}",
                begun.elapsed().as_secs_f64(),
                memory_bytes() / 1e6,
                storage.database_bytes as f64 / 1e6,
                storage.traces,
                mean.join(" ")
            );
            times = Times::default();
        }
        std::thread::sleep(REST);
    }
}

/// Asks what a page asks that shows the list, then the newest run.
fn ask(harness: &Harness, times: &mut Times) {
    let list = |filter: &str| TraceListRequest {
        filter: filter.into(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 200,
    };
    let newest = timed::<TraceList>(harness, "trace_list", &list(""), &mut times.sums_ms[0]);
    timed::<TraceList>(harness, "trace_list", &list("tool:search status:success"), &mut times.sums_ms[1]);
    let monitor = MonitorRequest { window_ms: None, filter: String::new(), latest: 10, buckets: 60 };
    timed::<Monitor>(harness, "monitor", &monitor, &mut times.sums_ms[2]);
    if let Some(trace) = newest.items.first() {
        let trace = TraceRef { trace_id: trace.trace_id };
        timed::<SpanTree>(harness, "span_tree", &trace, &mut times.sums_ms[3]);
    }
    timed::<TraceList>(harness, "trace_list", &list("\"found 4242\""), &mut times.sums_ms[4]);
    times.asked += 1;
}

fn timed<Response: DeserializeOwned>(
    harness: &Harness,
    command: &str,
    request: &impl serde::Serialize,
    sum_ms: &mut f64,
) -> Response {
    let begun = Instant::now();
    let response = harness.call(command, request);
    *sum_ms += begun.elapsed().as_secs_f64() * 1e3;
    response
}

/// What this process holds in memory.
fn memory_bytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() * 1024.0
}
