//! Limits of what an import holds, keeps and lists.

use engine::dto::*;
use engine::model::{DurationUnit, FieldRole, MappedField, RecordMapping};
use engine::testing::Harness;
use serde_json::{Value, json};

/// A line of OTLP: one step of a run of many, which says `text`.
fn step(number: usize, text: &str) -> String {
    let span = json!({ "traceId": "5b8efff798038103d269b633813fc60c", "spanId": format!("{:016x}", number + 1), "name": "chat",
        "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000",
        "attributes": [{ "key": "note", "value": { "stringValue": text } }] });
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string() + "\n"
}

#[test]
fn large_steps_are_handed_over_before_the_whole_file_is_held() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = (folder.path().join("store.db"), folder.path().join("large.jsonl"));
    let text: String = (0..96).map(|number| step(number, &"word ".repeat(200_000))).collect();
    std::fs::write(&file, &text).unwrap();
    let harness = Harness::open(&store);
    let theirs = rusqlite::Connection::open(&store).unwrap();
    theirs.execute_batch("BEGIN IMMEDIATE").unwrap();
    let notices = harness.engine.subscribe();
    let paths = vec![file.to_string_lossy().into_owned()];
    let import: ImportStatus = harness.call("import_start", &ImportStart { paths });
    let waiting = loop {
        let now: ImportStatus = harness.call("import_status", &Harness::import_ref(&import));
        if now.files[0].message.as_deref().is_some_and(|message| message.contains("another program")) {
            break now;
        }
        notices.recv().unwrap();
    };
    // The writer has been given something, and so little is read ahead of it.
    assert!(waiting.bytes_done < waiting.bytes_total, "{} of {}", waiting.bytes_done, waiting.bytes_total);
    theirs.execute_batch("ROLLBACK").unwrap();
    assert_eq!(harness.wait(import).counts.spans_added, 96);
}

#[test]
fn a_transaction_that_takes_long_is_committed_before_it_is_full() {
    const STEPS: usize = 8_000;
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let harness = Harness::open(&store);
    let theirs = rusqlite::Connection::open(&store).unwrap();
    // Each step takes the database a while, so that all that is to be written waits there.
    theirs
        .execute_batch(
            "CREATE TRIGGER slow AFTER INSERT ON span BEGIN
                 SELECT count(*) FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000) SELECT x FROM n);
             END",
        )
        .unwrap();
    let notices = harness.engine.subscribe();
    let before = notices.recv().unwrap().revision;
    let status = harness.import_text((0..STEPS).map(|number| step(number, "")).collect::<String>());
    assert_eq!(status.counts.spans_added as usize, STEPS);
    theirs.execute_batch("DROP TRIGGER slow").unwrap();
    drop(notices);
    let after = harness.engine.subscribe().recv().unwrap().revision;
    assert!(after - before >= 3, "{} commits of less than a full transaction together", after - before);
}

/// A list of records that no format knows, of these fields.
fn records(fields: &[&str], text: &str) -> String {
    let record = |number: u32| {
        let mut record = json!({ "when": 1_772_359_200 + number });
        for field in fields {
            record[field] = json!(format!("{field} {number}"));
        }
        record["more"] = json!(text);
        record
    };
    Value::Array((0..4).map(record).collect()).to_string()
}

fn mapping(id: &str) -> RecordMapping {
    let field = |role, key: &str| MappedField { role, path: vec![key.to_owned()] };
    RecordMapping {
        fields: vec![field(FieldRole::Start, "when"), field(FieldRole::Id, id)],
        duration_unit: DurationUnit::Milliseconds,
    }
}

#[test]
fn a_large_text_that_was_pasted_has_to_be_imported_again() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    let again = |bytes: usize| {
        let import = harness.import_text(records(&["key", "what"], &"x".repeat(bytes / 4)));
        assert_eq!(import.counts.traces, 4, "{import:?}");
        let request = MappingSet { mapping: mapping("key"), path: Some("pasted".into()) };
        harness.try_call::<Option<ImportStatus>>("mapping_set", &request)
    };
    let error = again((64 << 20) + 4).unwrap_err();
    assert!(error.message.contains("import it once more"), "{error:?}");
    let status = again(1 << 10).unwrap().expect("a small one is read again");
    assert_eq!(harness.wait(status).state, ImportState::Done);
}

#[test]
fn of_very_many_mappings_the_oldest_goes() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    for number in 0..201 {
        let request = MappingSet { mapping: mapping(&format!("key{number}")), path: None };
        assert!(harness.call::<Option<ImportStatus>>("mapping_set", &request).is_none());
    }
    let is_known = |number: u32| {
        let import = harness.import_text(records(&[&format!("key{number}"), "what"], ""));
        import.files[0].mapping.as_ref().unwrap().is_confirmed
    };
    assert_eq!([0, 1, 200].map(is_known), [false, true, true]);
}
