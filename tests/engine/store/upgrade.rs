//! Stores of every version that there was, brought up to date.

use std::path::Path;
use std::sync::Arc;

use engine::dto::*;
use engine::testing::{Harness, ManualClock};
use rusqlite::Connection;

use super::{assert_sound, files, keys};
use crate::keep::{DAY_NS, NOW_NS, traces};
use crate::search::store::{found, indexed};

#[path = "../../crash/older.rs"]
pub mod older;

/// The first versions that keep what a person says of runs, saved filters, of steps, and of tries.
const KEEPS_TAGS: usize = 5;
const KEEPS_FILTERS: usize = 7;
const KEEPS_STEP_MARKS: usize = 8;
const KEEPS_CORRECTIONS: usize = 10;

/// A store of the present version that has something in each table.
fn write_present(path: &Path) {
    let harness = Harness::open(path);
    harness.import_text(traces(&["a", "b", "c"], 3).to_string());
    let selection = TraceSelection { trace_ids: vec![1], filter: None };
    harness.call::<TraceCount>(
        "trace_mark",
        &TraceMark {
            selection,
            starred: Some(true),
            add_tags: vec!["kept".into()],
            note: Some("worth a look".into()),
            ..TraceMark::default()
        },
    );
    let mark = StepMark {
        trace_id: 1,
        span_id: "a-2".into(),
        pinned: Some(true),
        note: Some("it failed here".into()),
    };
    harness.call::<Vec<StepMarkItem>>("step_mark", &mark);
    let filter = SavedFilterSave {
        id: None,
        name: "mine".into(),
        filter: "status:failed".into(),
        sort: TraceSort::Duration,
        descending: true,
    };
    harness.call::<Vec<SavedFilter>>("saved_filter_save", &filter);
    let label = LabelSet {
        field: LabelField::Project,
        value: "shop".into(),
        shown_as: Some("Web shop".into()),
        is_hidden: false,
    };
    harness.call::<Vec<LabelItem>>("label_set", &label);
    let settings = Settings { slow_ms: 4_000.0, ..Settings::default() };
    harness.call::<Settings>("settings_set", &settings);
    let joined = AttemptCorrect {
        trace_id: 2,
        change: AttemptChange::Join { span_id: "b-1".into(), with_span_id: "b-2".into() },
    };
    harness.call::<AttemptCorrected>("attempt_correct", &joined);
    harness.call::<Nothing>("baseline_set", &BaselineSet { trace_id: 3, is_baseline: true });
    indexed(&harness);
}

/// All that SQLite knows of the tables of a database.
fn schema(path: &Path) -> Vec<(String, String, String)> {
    let connection = Connection::open(path).unwrap();
    let mut rows = connection
        .prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema ORDER BY type, name")
        .unwrap();
    rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect()
}

#[test]
fn a_store_of_every_version_opens_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let present = folder.path().join("present.db");
    write_present(&present);
    for version in 1..=older::versions() {
        let path = folder.path().join(format!("version-{version}.db"));
        older::write(&present, version, &path);
        if (KEEPS_TAGS..KEEPS_CORRECTIONS).contains(&version) {
            // Digests had another layout then.
            Connection::open(&path).unwrap().execute("UPDATE trace_digest SET data = x'0f0f0f'", []).unwrap();
        }
        {
            let harness = Harness::open(&path);
            assert_holds(&harness, version);
            let is_told = harness.engine.notes().iter().any(|note| note.contains(".before-"));
            assert_eq!(is_told, version < older::versions(), "version {version}");
        }
        assert_sound(&path);
        assert_eq!(schema(&path), schema(&present), "version {version}");
    }
}

fn assert_holds(harness: &Harness, version: usize) {
    let when = format!("version {version}");
    assert_eq!(keys(harness), ["a", "b", "c"], "{when}");
    indexed(harness);
    for (trace_id, key) in [(1, "a"), (2, "b"), (3, "c")] {
        let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
        // The run itself has a row too.
        assert_eq!(tree.span_id.len(), 3, "{when}: {key} opens");
        let step: StepDetail = harness.call("step_get", &StepRef { trace_id, span_id: format!("{key}-1") });
        assert_eq!(step.raw["input"]["q"], key, "{when}: what its step was given");
        assert!(found(harness, &format!("prompt of {key}")).contains(&trace_id), "{when}: {key} is found");
    }
    let sources: StorageInfo = harness.call("storage_info", &Nothing {});
    assert_eq!(sources.sources.len(), 1, "{when}");
    assert_eq!(harness.call::<Settings>("settings_get", &Nothing {}).slow_ms, 4_000.0, "{when}");
    let first: TraceDetail = harness.call("trace_get", &TraceRef { trace_id: 1 });
    assert_eq!(first.summary.starred, version >= KEEPS_TAGS, "{when}");
    assert_eq!(first.summary.tags.len(), usize::from(version >= KEEPS_TAGS), "{when}");
    let filters: Vec<SavedFilter> = harness.call("saved_filter_list", &Nothing {});
    assert_eq!(filters.len(), usize::from(version >= KEEPS_FILTERS), "{when}");
    let labels: Vec<LabelItem> = harness.call("label_list", &Nothing {});
    let is_called = labels.iter().any(|label| label.shown_as.as_deref() == Some("Web shop"));
    assert_eq!(is_called, version >= KEEPS_FILTERS, "{when}");
    let marks: Vec<StepMarkItem> = harness.call("step_marks", &TraceRef { trace_id: 1 });
    assert_eq!(marks.len(), usize::from(version >= KEEPS_STEP_MARKS), "{when}");
    let second: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 2 });
    assert_eq!(second.groups.len(), usize::from(version >= KEEPS_CORRECTIONS), "{when}: tries");
}

#[test]
fn a_store_is_kept_as_it_was_before_an_upgrade_for_a_week() {
    let folder = tempfile::tempdir().unwrap();
    let (present, path) = (folder.path().join("present.db"), folder.path().join("traces.db"));
    write_present(&present);
    older::write(&present, 4, &path);
    // Left by a process that was killed over it, and by the upgrade before.
    let kept = format!("traces.db.before-{:04}", older::versions());
    std::fs::write(folder.path().join(format!("{kept}.part")), "half").unwrap();
    std::fs::write(folder.path().join("traces.db.before-0004"), "old").unwrap();
    std::fs::write(folder.path().join("traces.db.before-me"), "mine").unwrap();

    drop(Harness::open(&path));
    assert_eq!(files(folder.path()), ["present.db", "traces.db", &*kept, "traces.db.before-me"]);
    let copy = folder.path().join(&kept);
    assert_sound(&copy);
    let connection = Connection::open(&copy).unwrap();
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    let runs: i64 = connection.query_row("SELECT count(*) FROM trace", [], |row| row.get(0)).unwrap();
    assert_eq!((version, runs), (4, 3));
    drop(connection);

    let made = std::fs::metadata(&copy).unwrap().modified().unwrap();
    let made_ns = made.duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as i64;
    let open_at = |now_ns| drop(Harness::open_with(&path, Arc::new(ManualClock::at(now_ns))));
    open_at(NOW_NS.min(made_ns));
    open_at(made_ns + 6 * DAY_NS);
    assert!(copy.exists(), "it is kept for a week");
    open_at(made_ns + 8 * DAY_NS);
    assert_eq!(files(folder.path()), ["present.db", "traces.db", "traces.db.before-me"]);
}
