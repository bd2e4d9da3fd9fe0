//! What the process does that is killed. It says on standard output what it was told is done, before it goes on.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;

use engine::dto::*;
use engine::model::SourceConfig;
use engine::testing::Harness;
use rusqlite::Connection;

pub const STORE: &str = "CRASH_STORE";
pub const DEEDS: &str = "CRASH_DEEDS";
/// The file to import.
pub const FILE: &str = "CRASH_FILE";
/// The numbers of the runs to star and to delete begin here.
pub const FROM: &str = "CRASH_FROM";

pub const IMPORT: &str = "import";
pub const FEED: &str = "feed";
pub const RETENTION: &str = "retention";
pub const COMPACTION: &str = "compaction";

/// What stands before a line that is meant for the parent.
pub const TOLD: &str = "told ";
/// Runs that are starred, and deleted, by one process.
pub const STARRED: usize = 4;
pub const DELETED: usize = 12;

fn tell(what: &str) {
    println!("{TOLD}{what}");
}

pub fn run(store: PathBuf) {
    let deeds = std::env::var(DEEDS).unwrap();
    let harness = Harness::open(&store);
    tell("open");
    std::thread::scope(|scope| {
        for deed in deeds.split(',') {
            let (harness, store) = (&harness, &store);
            scope.spawn(move || match deed {
                IMPORT => import(harness),
                FEED => feed(harness),
                RETENTION => retention(harness, store),
                COMPACTION => compaction(harness),
                _ => {}
            });
        }
    });
}

fn import(harness: &Harness) {
    let paths = vec![std::env::var(FILE).unwrap()];
    let notices = harness.engine.subscribe();
    let import: ImportStatus = harness.call("import_start", &ImportStart { paths });
    loop {
        let now: ImportStatus = harness.call("import_status", &Harness::import_ref(&import));
        tell(&format!("imported {}", now.counts.spans_added + now.counts.spans_unchanged));
        if !matches!(now.state, ImportState::Waiting | ImportState::Running) {
            assert_eq!(now.state, ImportState::Done, "{now:?}");
            return;
        }
        notices.recv().unwrap();
    }
}

fn feed(harness: &Harness) {
    for status in harness.call::<Vec<SourceStatus>>("source_list", &Nothing {}) {
        let enabled = status.config.id == "feed-socket";
        harness.call::<SourceRef>("source_set", &SourceConfig { enabled, ..status.config });
    }
    engine::api::start_sources(&harness.engine).unwrap();
    loop {
        std::thread::park();
    }
}

fn from() -> usize {
    std::env::var(FROM).unwrap().parse().unwrap()
}

fn matching(filter: String) -> TraceSelection {
    TraceSelection { trace_ids: Vec::new(), filter: Some(filter) }
}

/// Lets the old runs go, and deletes some, every third of them for good.
fn retention(harness: &Harness, store: &Path) {
    let notices = harness.engine.subscribe();
    limit(harness);
    tell("limited");
    for number in from()..from() + DELETED {
        let deletion: Deletion = harness.call("trace_delete", &matching(format!("key:drop-{number}")));
        tell(&format!("deleted {number}"));
        if number % 3 == 0 {
            let deletion_id = deletion.deletion_id;
            let _: Nothing = harness.call("deletion_purge", &DeletionRef { deletion_id });
        }
    }
    wait_for_the_old_to_go(store, &notices);
}

/// Sets the limits.
pub fn limit(harness: &Harness) {
    let mut settings: Settings = harness.call("settings_get", &Nothing {});
    settings.retention.days = Some(180.0);
    let _: Settings = harness.call("settings_set", &settings);
}

/// Waits until what is over the limits has gone for good.
pub fn wait_for_the_old_to_go(store: &Path, notices: &Receiver<engine::live::Notice>) {
    let connection = Connection::open(store).unwrap();
    let mut old = connection.prepare("SELECT count(*) FROM trace WHERE key LIKE 'old-%'").unwrap();
    while old.query_row([], |row| row.get::<_, i64>(0)).unwrap() > 0 {
        notices.recv().unwrap();
    }
}

/// Stars runs, and writes the database anew after each.
fn compaction(harness: &Harness) {
    for number in from()..from() + STARRED {
        let selection = matching(format!("key:star-{number}"));
        let star = TraceMark { selection, starred: Some(true), ..TraceMark::default() };
        let _: TraceCount = harness.call("trace_mark", &star);
        tell(&format!("starred {number}"));
        let _: Compacted = harness.call("storage_compact", &Nothing {});
    }
}
