//! What a person waits for when they look for traces among many: pages, filters, facets, histograms, figures.

use engine::dto::*;
use engine::testing::Harness;

use crate::{list, timed};

/// Asks each question some dozens of times; `when` says what else goes on.
pub fn ask(harness: &Harness, when: &str) {
    println!("  lists, filters, counts{when} (median, p95; goal 50 ms, first page 10 ms)");
    let page = |filter: &str| drop(list(harness, filter, TraceSort::Started, 200));
    timed(&format!("first list page{when}"), || page(""));
    for filter in [
        "status:failed",
        "duration:>2s",
        "model:gpt-4*",
        "tool:search",
        "retries:>0",
        "tokens:>2k",
        "cost:>0.001",
        "environment:production",
        "project:agent-1",
        "error:\"503\"",
        "started:>=2025-12-30",
        "has:retry",
        "-kind:embedding",
        "is:slow",
        "is:outlier",
        "name:researcher",
        "conversation:conversation-1*",
        "source:jsonl",
        "status:failed tool:search environment:production",
        "(status:failed or retries:>2) -model:gpt-4* duration:1s..20s",
    ] {
        timed(&format!("list page, {filter}{when}"), || page(filter));
    }
    for sort in [TraceSort::Duration, TraceSort::Cost, TraceSort::Name, TraceSort::Conversation] {
        timed(&format!("list page, by {sort:?}{when}"), || drop(list(harness, "", sort, 200)));
    }
    for filter in ["", "status:failed", "environment:production tool:search"] {
        let request = OverviewRequest { filter: filter.into(), facet_values: 20, bins: 60 };
        timed(&format!("facets and histograms, \"{filter}\"{when}"), || {
            drop(harness.call::<Overview>("overview", &request));
        });
    }
    for filter in ["", "environment:production"] {
        let request = InsightsRequest { filter: filter.into(), buckets: 60, rows: 20 };
        timed(&format!("insights, \"{filter}\"{when}"), || {
            drop(harness.call::<Insights>("insights", &request));
        });
    }
    for filter in ["tool:", "conversation:con", "error:"] {
        let request = FilterCompleteRequest { filter: filter.into(), cursor: filter.len() as u32 };
        timed(&format!("completion, {filter}{when}"), || {
            drop(harness.call::<FilterCompletions>("filter_complete", &request));
        });
    }
    let window = MonitorRequest { window_ms: None, filter: String::new(), latest: 20, buckets: 60 };
    timed(&format!("monitor{when}"), || drop(harness.call::<Monitor>("monitor", &window)));
}
