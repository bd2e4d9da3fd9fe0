//! Limits of what is kept.

use engine::api::dto::{Nothing, Retention, RetentionPreview, Settings, TraceCount, TraceMark};
use engine::error::Code;

use super::{Kept, NOW_NS, matching, traces};

/// Ten traces, from ten days ago to yesterday; the oldest is starred.
fn ten(folder: &std::path::Path) -> Kept {
    let kept = Kept::open(folder);
    kept.harness.import_text(traces(&["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"], 10).to_string());
    let star = TraceMark { selection: matching("key:a"), starred: Some(true), ..TraceMark::default() };
    let _: TraceCount = kept.harness.call("trace_mark", &star);
    kept
}

fn preview(kept: &Kept, retention: Retention) -> u32 {
    let preview: RetentionPreview = kept.harness.call("retention_preview", &retention);
    assert_eq!(preview.total, 10);
    preview.traces
}

#[test]
fn a_preview_says_what_would_go() {
    let folder = tempfile::tempdir().unwrap();
    let kept = ten(folder.path());
    let none = Retention::default();
    assert_eq!(preview(&kept, none), 0);
    // Ten, nine and eight days ago, without the starred one.
    assert_eq!(preview(&kept, Retention { days: Some(7.5), ..none }), 2);
    assert_eq!(preview(&kept, Retention { traces: Some(6), ..none }), 4);
    assert_eq!(preview(&kept, Retention { traces: Some(6), days: Some(7.5), ..none }), 4);
    assert_eq!(preview(&kept, Retention { gigabytes: Some(1e-9), ..none }), 9);
    assert_eq!(preview(&kept, Retention { gigabytes: Some(1.0), ..none }), 0);
    assert_eq!(kept.keys("").len(), 10, "a preview takes nothing away");
    let nonsense = kept
        .harness
        .try_call::<RetentionPreview>("retention_preview", &Retention { days: Some(-1.0), ..none });
    assert_eq!(nonsense.map_err(|error| error.code), Err(Code::Invalid));
}

#[test]
fn the_oldest_go_and_starred_ones_stay() {
    let folder = tempfile::tempdir().unwrap();
    let kept = ten(folder.path());
    let mut settings: Settings = kept.harness.call("settings_get", &Nothing {});
    assert_eq!(settings.retention, Retention::default(), "nothing is taken away unless asked for");
    settings.retention.traces = Some(4);
    let _: Settings = kept.harness.call("settings_set", &settings);
    kept.until(|kept| kept.storage().removed.is_some());
    assert_eq!(kept.keys(""), ["a", "h", "i", "j"]);
    kept.until(|kept| kept.storage().deleted_traces == 0);
    let removed = kept.storage().removed.unwrap();
    assert_eq!((removed.traces, removed.at_unix_ms), (6, (NOW_NS / 1_000_000) as f64));
}
