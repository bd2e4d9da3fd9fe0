//! Limits of what an import holds, keeps and lists.

use engine::dto::*;
use engine::model::{DurationUnit, FieldRole, MappedField, RecordMapping};
use engine::testing::Harness;
use serde_json::json;

/// A line of OTLP: one step of a run of many, which says `text`.
fn step(number: usize, text: &str) -> String {
    let span = json!({ "traceId": "5b8efff798038103d269b633813fc60c", "spanId": format!("{:016x}", number + 1), "name": "chat",
        "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225601000000000",
        "attributes": [{ "key": "note", "value": { "stringValue": text } }] });
    json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [span] }] }] }).to_string() + "\n"
}

/// A store in which each step takes the database a while, so that all that is to be written waits there.
struct Slow {
    harness: Harness,
    _folder: tempfile::TempDir,
}

impl Slow {
    /// A step takes as long as counting to `count`.
    fn new(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.db");
        let harness = Harness::open(&store);
        harness.stop_indexing();
        let trigger = format!(
            "CREATE TRIGGER slow AFTER INSERT ON span BEGIN SELECT count(*) FROM (WITH RECURSIVE n(x) AS
             (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {count}) SELECT x FROM n); END"
        );
        rusqlite::Connection::open(&store).unwrap().execute_batch(&trigger).unwrap();
        Self { harness, _folder: folder }
    }

    /// How many commits the import of `text` takes.
    fn commits(&self, text: String, steps: usize) -> u64 {
        let revision = || self.harness.engine.subscribe().recv().unwrap().revision;
        let before = revision();
        let status = self.harness.import_text(text);
        assert_eq!(status.counts.spans_added as usize, steps, "{status:?}");
        revision() - before
    }
}

#[test]
fn large_steps_are_handed_over_before_the_whole_run_is_held() {
    const STEPS: usize = 40;
    let slow = Slow::new(200_000);
    let run = |id: &str, text: &str| {
        let step = |number: usize| {
            json!({ "step_id": number.to_string(), "tool_name": "read", "input": {}, "output": text, "duration": 1.0,
                "success": true, "timestamp": "2026-01-01T00:00:00Z" })
        };
        json!({ "trace_id": id, "prompt": "p", "response": "r", "latency": 5.0, "token_count": 1, "model_name": "m",
            "status": "success", "created_at": "2026-01-01T00:00:00Z", "steps": (0..STEPS).map(step).collect::<Vec<_>>() })
        .to_string()
    };
    let small = slow.commits(run("small", "word"), STEPS);
    let large = slow.commits(run("large", &"word ".repeat(200_000)), STEPS);
    assert!(large > small, "{large} and {small} commits");
}

#[test]
fn a_transaction_that_takes_long_is_committed_before_it_is_full() {
    const STEPS: usize = 12_000;
    let commits = Slow::new(500).commits((0..STEPS).map(|number| step(number, "")).collect(), STEPS);
    assert!(commits >= 3, "{commits} commits of less than a full transaction together");
}

/// A list of records that no format knows, of these fields; the last of them says `text`.
fn records(fields: &[&str], text: &str) -> String {
    const COUNT: usize = 200;
    let record = |number: usize| {
        let mut record =
            json!({ "when": 1_772_359_200 + number, "label": "same", "time": 1_772_350_000, "name": "n" });
        for field in fields {
            record[field] = json!(format!("{field} {number}"));
        }
        record["more"] = json!(if number + 1 == COUNT { text } else { "" });
        record
    };
    let all: Vec<String> = (0..COUNT).map(|number| record(number).to_string()).collect();
    format!("[{}]", all.join(",\n"))
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
        let import = harness.import_text(records(&["key", "what"], &"x".repeat(bytes)));
        assert!(import.counts.traces > 0, "{import:?}");
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
