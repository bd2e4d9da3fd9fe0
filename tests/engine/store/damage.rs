//! Damage within the rows of a backup, which SQLite's own check does not see.

use std::path::{Path, PathBuf};

use engine::api;
use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use rusqlite::Connection;
use rusqlite::types::Value;

use super::{files, keys};
use crate::keep::{NOW_NS, matching, traces};

/// A store of three runs, each in a block of its own, and a backup of it.
fn store_and_backup(folder: &Path) -> (PathBuf, PathBuf) {
    let (store, backup) = (folder.join("traces.db"), folder.join("backup.db"));
    let harness = Harness::open(&store);
    for key in ["a", "b", "c"] {
        harness.import_text(traces(&[key], 3).to_string());
    }
    let written = api::back_up(&harness.engine, &backup, &|_| true).unwrap();
    assert_eq!(written.damage, None);
    (store, backup)
}

fn damage(file: &Path) -> Option<String> {
    api::verified_summary(file, &|_| true).unwrap().damage
}

/// All that a store holds.
fn rows(file: &Path) -> rusqlite::Result<Vec<Vec<Value>>> {
    let connection = Connection::open(file)?;
    let mut tables =
        connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let tables: Vec<String> = tables.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let mut all = Vec::new();
    for table in tables {
        let mut statement = connection.prepare(&format!("SELECT * FROM {table} NOT INDEXED"))?;
        let columns = statement.column_count();
        let rows = statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
        all.extend(rows.collect::<Result<Vec<Vec<Value>>, _>>()?);
    }
    Ok(all)
}

#[test]
fn a_backup_that_is_said_to_be_sound_holds_what_it_held() {
    let folder = tempfile::tempdir().unwrap();
    let (_, backup) = store_and_backup(folder.path());
    let (whole, held) = (std::fs::read(&backup).unwrap(), rows(&backup).unwrap());
    let damaged = folder.path().join("damaged.db");
    let mut rng = fastrand::Rng::with_seed(5);
    let written: Vec<usize> = (0..whole.len()).filter(|at| whole[*at] != 0).collect();
    let (mut seen, mut harmless) = (0, 0);
    for _ in 0..150 {
        let mut bytes = whole.clone();
        // Where something stands: most of so small a store is empty.
        let at = written[rng.usize(..written.len())];
        bytes[at] ^= 1 << rng.u8(..8);
        std::fs::write(&damaged, bytes).unwrap();
        match api::verified_summary(&damaged, &|_| true) {
            Ok(StoreSummary { damage: None, .. }) => {
                assert_eq!(
                    rows(&damaged).unwrap(),
                    held,
                    "the byte at {at} is another, and nothing was said"
                );
                harmless += 1;
            }
            Ok(_) | Err(_) => seen += 1,
        }
    }
    assert!(seen > 100, "{seen} seen, {harmless} did no harm");
}

#[test]
fn a_damaged_backup_names_the_traces_and_is_restored_only_if_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    let second = "SELECT payload_block FROM trace WHERE key = 'b'";
    Connection::open(&backup)
        .unwrap()
        .execute(&format!("UPDATE payload_block SET data = zeroblob(length(data)) WHERE id = ({second})"), [])
        .unwrap();
    let said = damage(&backup).unwrap();
    assert!(said.starts_with("One trace is damaged: “") && said.ends_with("can be read."), "{said}");
    let before = files(folder.path());
    let refused = api::restore(&backup, &store, NOW_NS, false, &|_| true).unwrap_err();
    assert_eq!(refused.code, Code::Corrupt, "{refused}");
    assert!(refused.message.contains(&said) && refused.message.contains("nothing was changed"), "{refused}");
    assert_eq!(files(folder.path()), before);

    api::restore(&backup, &store, NOW_NS, true, &|_| true).unwrap().expect("there was a store");
    let restored = Harness::open(&store);
    assert_eq!(keys(&restored), ["a", "b", "c"]);
    let again = folder.path().join("again.db");
    let written = api::back_up(&restored.engine, &again, &|_| true).unwrap();
    assert_eq!(written.damage.as_deref(), Some(&*said), "a backup of what is damaged is made, and says so");
    assert_eq!(damage(&again).as_deref(), Some(&*said));
}

#[test]
fn what_is_no_backup_is_checked_by_what_its_parts_say_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_and_backup(folder.path());
    assert_eq!(damage(&store), None, "a store that grew");
    for harm in [
        "UPDATE payload_block SET data = CAST(substr(data, 1, 40) || x'ff' || substr(data, 42) AS BLOB) WHERE id = 2",
        "DELETE FROM payload_block WHERE id = 2",
        "DELETE FROM span WHERE span_id = 'b-2'",
        "UPDATE span SET kind = 99 WHERE span_id = 'b-2'",
        "UPDATE span SET payload_offset = 1000000 WHERE span_id = 'b-2'",
        "UPDATE span SET name = CAST(x'fffe' AS TEXT) WHERE span_id = 'b-2'",
    ] {
        let harmed = folder.path().join("harmed.db");
        let _ = std::fs::remove_file(&harmed);
        Connection::open(&store).unwrap().execute("VACUUM INTO ?1", [harmed.to_str().unwrap()]).unwrap();
        Connection::open(&harmed).unwrap().execute(harm, []).unwrap();
        let said = damage(&harmed).unwrap_or_else(|| panic!("{harm} was not seen"));
        assert!(said.starts_with("One trace is damaged"), "{harm}: {said}");
    }
}

#[test]
fn of_very_many_damaged_traces_some_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("traces.db");
    let runs: Vec<String> = (0..13).map(|number| format!("run-{number}")).collect();
    let runs: Vec<&str> = runs.iter().map(String::as_str).collect();
    Harness::open(&store).import_text(traces(&runs, 20).to_string());
    Connection::open(&store).unwrap().execute("UPDATE payload_block SET data = x'00'", []).unwrap();
    let said = damage(&store).unwrap();
    assert!(said.starts_with("13 traces are damaged: ") && said.contains(" and 3 more."), "{said}");
    assert_eq!(said.matches('“').count(), 10, "{said}");
}

#[test]
fn a_backup_that_is_opened_as_a_store_grows_and_can_be_restored() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    Harness::open(&backup).import_text(traces(&["d"], 1).to_string());
    assert_eq!(damage(&backup), None);
    api::restore(&backup, &store, NOW_NS, false, &|_| true).unwrap();
    assert_eq!(keys(&Harness::open(&store)), ["a", "b", "c", "d"]);
}

#[test]
fn a_check_says_how_far_it_is_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let (_, backup) = store_and_backup(folder.path());
    let stopped = api::verified_summary(&backup, &|_| false).unwrap_err();
    assert_eq!(stopped.code, Code::Cancelled);
}

#[test]
fn what_is_damaged_is_left_out_of_an_export_and_said() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_and_backup(folder.path());
    Connection::open(&store)
        .unwrap()
        .execute("UPDATE payload_block SET data = x'00' WHERE id = 2", [])
        .unwrap();
    let harness = Harness::open(&store);
    let mut file = Vec::new();
    let written = api::export(&harness.engine, matching(""), &mut file, &|| false).unwrap();
    // The run itself and its two steps.
    assert_eq!((written.traces, written.steps, written.damaged), (3, 6, 3));
    let last = String::from_utf8(file.clone()).unwrap();
    assert!(last.lines().last().unwrap().contains("\"damaged\":3"), "{last}");

    let other = Harness::open(folder.path().join("other.db"));
    other.import_text(String::from_utf8(file).unwrap());
    assert_eq!(keys(&other), ["a", "b", "c"]);
    let request = TraceListRequest {
        filter: "key:b".into(),
        sort: TraceSort::Name,
        descending: false,
        offset: 0,
        limit: 1,
    };
    let trace_id = other.call::<TraceList>("trace_list", &request).items[0].trace_id;
    let step: StepDetail = other.call("step_get", &StepRef { trace_id, span_id: "b-2".into() });
    assert!(step.flags & engine::model::SpanFlags::TRUNCATED.0 != 0, "its content is said to be cut");
}

#[test]
fn one_damaged_block_keeps_nothing_else_of_a_trace_from_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_and_backup(folder.path());
    let block = "SELECT payload_block FROM trace WHERE key = 'b'";
    Connection::open(&store)
        .unwrap()
        .execute(&format!("UPDATE payload_block SET data = zeroblob(length(data)) WHERE id = ({block})"), [])
        .unwrap();
    let harness = Harness::open(&store);
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: false,
        offset: 0,
        limit: 10,
    };
    let list: TraceList = harness.call("trace_list", &request);
    let ids: Vec<i64> = list.items.iter().map(|trace| trace.trace_id).collect();
    let detail: TraceDetail = harness.call("trace_get", &TraceRef { trace_id: ids[1] });
    let damaged = detail.facts.iter().find(|fact| fact.label == "Damaged").expect("it says so");
    assert!(damaged.explanation.contains("what else is in it can be read"), "{}", damaged.explanation);
    harness.call::<SpanTree>("span_tree", &TraceRef { trace_id: ids[1] });
    harness.call::<ConversationOutline>("conversation_outline", &TraceRef { trace_id: ids[1] });
    let compared: Comparison = harness.call("compare", &CompareRequest { a: ids[0], b: ids[1] });
    assert!(compared.remarks.iter().any(|remark| remark.contains("or is damaged")), "{:?}", compared.remarks);
}

#[test]
fn what_is_damaged_never_takes_the_place_of_what_is_sound() {
    let folder = tempfile::tempdir().unwrap();
    let (store, backup) = store_and_backup(folder.path());
    // A letter of a name and a time, which no part of the store can tell from what was there, and a block.
    Connection::open(&backup)
        .unwrap()
        .execute_batch(
            "UPDATE span SET name = 'altered', end_ns = end_ns + 1;
             UPDATE payload_block SET data = zeroblob(length(data)) WHERE id = 2",
        )
        .unwrap();
    let said = api::audited_summary(&backup).unwrap().damage.expect("it is said before");
    let import = |harness: &Harness| {
        let request = StoreRef { path: backup.to_string_lossy().into_owned() };
        harness.try_call::<ImportStatus>("store_import", &request).map(|started| harness.wait(started))
    };
    let steps = |store: &Path| {
        let connection = Connection::open(store).unwrap();
        let mut steps = connection
            .prepare(
                "SELECT span_id, name, end_ns, payload_bytes FROM span WHERE span_id LIKE 'a%' ORDER BY 1",
            )
            .unwrap();
        let rows = steps.query_map([], |row| (0..4).map(|column| row.get(column)).collect()).unwrap();
        rows.collect::<rusqlite::Result<Vec<Vec<Value>>>>().unwrap()
    };
    let before = steps(&store);
    assert!(!before.is_empty());
    let harness = Harness::open(&store);
    let refused = import(&harness).unwrap_err();
    assert_eq!(refused.code, Code::Corrupt, "{refused:?}");
    assert!(refused.message.contains(&said), "{}", refused.message);
    assert_eq!(steps(&store), before);

    let other = folder.path().join("other.db");
    let harness = Harness::open(&other);
    harness.import_text(traces(&["a"], 3).to_string());
    let before = steps(&other);
    let counts = import(&harness).unwrap().counts;
    assert_eq!((counts.traces_added, counts.spans_updated), (2, 0), "what is not here yet comes in");
    assert_eq!(keys(&harness), ["a", "b", "c"]);
    assert_eq!(steps(&other), before);
}

#[test]
fn a_backup_that_is_only_looked_into_stays_sealed() {
    let folder = tempfile::tempdir().unwrap();
    let (_, backup) = store_and_backup(folder.path());
    assert_eq!(keys(&Harness::open(&backup)), ["a", "b", "c"]);
    assert_eq!(damage(&backup), None);
    Connection::open(&backup)
        .unwrap()
        .execute("UPDATE span SET end_ns = end_ns + 1 WHERE span_id = 'b-2'", [])
        .unwrap();
    assert!(damage(&backup).is_some(), "whatever is another is seen still");
}

#[test]
fn looking_at_a_store_leaves_nothing_beside_it() {
    let folder = tempfile::tempdir().unwrap();
    let (store, _) = store_and_backup(folder.path());
    let before = files(folder.path());
    api::audited_summary(&store).unwrap();
    assert!(api::is_store(&store));
    let other = tempfile::tempdir().unwrap();
    let request = StoreRef { path: store.to_string_lossy().into_owned() };
    let harness = Harness::open(other.path().join("traces.db"));
    let started = harness.call::<ImportStatus>("store_import", &request);
    harness.wait(started);
    drop(harness);
    assert_eq!(files(folder.path()), before);
}
