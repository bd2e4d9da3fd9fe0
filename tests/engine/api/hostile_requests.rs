//! Every command, with requests that mean harm: each is answered, or refused in words. None is a defect, and none changes what
//! it was not asked to change.

use engine::api::{self, COMMANDS};
use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use serde_json::{Map, Value, json};

use super::declared::Declared;

/// Commands that change what is stored when they succeed, in the order in which they are tried; the last go on behind.
const CHANGING: &[&str] = &[
    "pair_set",
    "baseline_set",
    "trace_mark",
    "step_mark",
    "attempt_correct",
    "label_set",
    "saved_filter_save",
    "saved_filter_reorder",
    "saved_filter_remove",
    "clock_adjust",
    "alerts_seen",
    "source_set",
    "source_remove",
    "demo_start",
    "demo_stop",
    "storage_compact",
    "storage_compact_stop",
    "trace_restore",
    "trace_delete",
    "prices_edit",
    "import_start",
    "import_text",
    "import_cancel",
    "import_dismiss",
    "mapping_set",
    "prices_reload",
    "deletion_purge",
    "settings_set",
    "store_import",
    "mask_stored_start",
    "mask_stored_stop",
];
/// Of these, what they began may still be written when the next request comes.
const GOING_ON: &[&str] = &[
    "import_start",
    "import_text",
    "import_cancel",
    "import_dismiss",
    "mapping_set",
    "prices_reload",
    "settings_set",
    "deletion_purge",
    "store_import",
    "mask_stored_start",
    "mask_stored_stop",
];

const RUN: &str = r#"{"trace_id":"run-1","prompt":"find cats","response":"three","latency":50.0,"token_count":3,"model_name":"m","project_id":"p","status":"failed","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{"q":"cats"},"output":{"error":"timed out"},"error":"timed out","duration":10.0,"success":false,"timestamp":"2026-01-01T00:00:00.020Z"},{"step_id":"s2","tool_name":"search","input":{"q":"cats"},"output":{"hits":3},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.040Z"}]}"#;

/// What stands in place of a value, as text of JSON.
fn hostile_values() -> Vec<String> {
    let text = |text: &str| Value::from(text).to_string();
    let mut values: Vec<String> = [
        "null",
        "true",
        "-1",
        "0",
        "0.5",
        "-0.0",
        "1e308",
        "-1e308",
        "9007199254740993",
        "18446744073709551615",
        "-9223372036854775808",
        "18446744073709551616",
        "4294967296",
        "[]",
        "{}",
        "[[]]",
        "[null]",
        "[{}]",
        r#"{"type":"text"}"#,
        "[-1, 1, 1, 0]",
    ]
    .map(str::to_owned)
    .into();
    values.extend(
        [
            "",
            " ",
            "\0",
            "\n",
            "'; DROP TABLE trace; --",
            "\" OR \"\"=\"",
            "%",
            "_*?[a-",
            "NEAR(\"a\" b*",
            "\"unclosed",
            ".*+[(?{\\",
            "(((((((((((((((((((((((((((((((((((((((((",
            "a OR OR -(",
            "status:>>2s..x",
            "-",
            ":",
            "\u{202e}\u{feff}\u{200b}e\u{301}\u{1f469}\u{200d}\u{1f4bb}",
            "../../../../etc/passwd",
            "/dev/zero",
            "/proc/self/mem",
            "\\\\server\\share",
            "file:///etc/passwd",
            "http://127.0.0.1:1/",
            "javascript:alert(1)",
            "tracellm://trace/%00/step/%ff",
            "/input/0/../../x~2~",
            "NaN",
            "${jndi:ldap://x}",
            "{{7*7}}",
            "=cmd()",
        ]
        .map(text),
    );
    values.push(text(&"a".repeat(200_000)));
    values.push(text(&"\u{10ffff}".repeat(20_000)));
    values.push(format!("[{}0]", "0,".repeat(20_000)));
    values.push(format!("{}{}", "[".repeat(100), "]".repeat(100)));
    // No JSON, or such as no reader agrees upon.
    values.extend(
        [
            r#""\ud800""#,
            r#""\udc00\ud800""#,
            r#""\u0000""#,
            r#""\x41""#,
            "\"\u{1}\"",
            "NaN",
            "Infinity",
            "1e999",
            "-",
            "01",
            "{\"a\":1,\"a\":2}",
            "1 1",
            "/**/1",
            "'x'",
        ]
        .map(str::to_owned),
    );
    values.push("[".repeat(100_000));
    values.push("{\"a\":".repeat(100_000));
    values
}

const MARK: &str = "\"what is replaced\"";

/// The request with each of its values marked, one at a time, and with each of its fields left out.
fn places(request: &Value) -> (Vec<String>, Vec<String>) {
    fn walk(whole: &Value, pointer: &str, marked: &mut Vec<String>, shorter: &mut Vec<String>) {
        let mut copy = whole.clone();
        *copy.pointer_mut(pointer).unwrap() = serde_json::from_str(MARK).unwrap();
        marked.push(copy.to_string());
        match whole.pointer(pointer).unwrap() {
            Value::Object(fields) => {
                for name in fields.keys() {
                    let mut copy = whole.clone();
                    copy.pointer_mut(pointer).unwrap().as_object_mut().unwrap().shift_remove(name);
                    shorter.push(copy.to_string());
                    walk(whole, &format!("{pointer}/{name}"), marked, shorter);
                }
            }
            Value::Array(items) if !items.is_empty() => walk(whole, &format!("{pointer}/0"), marked, shorter),
            _ => {}
        }
    }
    let (mut marked, mut shorter) = (Vec::new(), Vec::new());
    walk(request, "", &mut marked, &mut shorter);
    (marked, shorter)
}

struct Tried {
    harness: Harness,
    folder: tempfile::TempDir,
    /// Another program's look at the database: it sees whether anything was written.
    beside: rusqlite::Connection,
    declared: Declared,
}

impl Tried {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.db");
        let harness = Harness::open(&store);
        harness.stop_indexing();
        let beside = rusqlite::Connection::open(&store).unwrap();
        Self { harness, folder, beside, declared: Declared::read(&api::typescript()) }
    }

    /// Grows with each change that is written.
    fn version(&self) -> i64 {
        self.beside.query_row("PRAGMA data_version", [], |row| row.get(0)).unwrap()
    }

    /// Names of what is there, so that requests get past the first check.
    fn known(&self) -> Map<String, Value> {
        assert_eq!(self.harness.import_text(RUN).counts.traces, 1);
        let request = json!({"filter": "", "sort": "started", "descending": true, "offset": 0, "limit": 10});
        let list: TraceList = self.harness.call("trace_list", &request);
        let trace_id = list.items[0].trace_id;
        let known = json!({
            "trace_id": trace_id, "a": trace_id, "b": trace_id, "other": trace_id, "baseline": trace_id,
            "span_id": "s1", "a_span_id": "s1", "b_span_id": "s2", "import_id": 1, "id": "feed-socket", "filter": "", "text": "cats",
            "path": self.folder.path().join("none.json"), "limit": 10, "offset": 0, "name": "name",
            "pointer": "/output", "place": "/output", "link": "tracellm://trace/run-1?format=tracellm",
        });
        known.as_object().unwrap().clone()
    }

    /// Runs a request. What it does to the database is looked at where `is_quiet`.
    fn call(&self, command: &str, request: &str, is_quiet: bool) {
        let before = self.version();
        let shown: String = request.chars().take(300).collect();
        match api::call(&self.harness.engine, command, request) {
            Ok(_) => {}
            Err(ApiError { code, message }) => {
                assert!(code != Code::Internal && !message.is_empty(), "{command} {shown}: {message}");
                let shortest = request.len().max(400) + 400;
                assert!(message.len() < shortest, "{command} {shown}: {} bytes of words", message.len());
                assert!(
                    !is_quiet || self.version() == before,
                    "{command} {shown}: refused, and yet it wrote"
                );
                return;
            }
        }
        let may_change = CHANGING.contains(&command);
        assert!(may_change || !is_quiet || self.version() == before, "{command} {shown}: it was only asked");
    }

    fn all(&self, command: &str) {
        let known = self.known();
        let is_quiet = !GOING_ON.contains(&command);
        let values = hostile_values();
        let mut tried = std::collections::HashSet::new();
        for request in self.declared.requests(command, &known) {
            let (marked, shorter) = places(&request);
            for text in
                [request.to_string(), format!("{request} x"), format!("{request}\0")].iter().chain(&shorter)
            {
                if tried.insert(text.clone()) {
                    self.call(command, text, is_quiet);
                }
            }
            for place in marked {
                if tried.insert(place.clone()) {
                    for value in &values {
                        self.call(command, &place.replace(MARK, value), is_quiet);
                    }
                }
            }
        }
        for text in ["", " ", "{", "{}", "\u{feff}{}"] {
            self.call(command, text, is_quiet);
        }
        if !is_quiet {
            let imports: Vec<ImportStatus> = self.harness.call("import_list", &Nothing {});
            for import in imports {
                self.harness.wait(import);
            }
        }
    }
}

/// The commands that answer questions.
fn asking() -> impl Iterator<Item = &'static &'static str> {
    COMMANDS.iter().filter(|command| !CHANGING.contains(command))
}

#[test]
fn questions_that_mean_harm_are_answered_or_refused_and_change_nothing() {
    let tried = Tried::new();
    for command in asking() {
        tried.all(command);
    }
    for command in ["no_such_command", "", "trace_list\0", "TRACE_LIST", "../trace_list"] {
        let Err(error) = api::call(&tried.harness.engine, command, "{}") else {
            panic!("{command} is there")
        };
        assert_eq!(error.code, Code::Invalid);
    }
}

#[test]
fn changes_that_mean_harm_are_made_or_refused_and_then_nothing_is_changed() {
    let tried = Tried::new();
    let others = r#"{"trace_id":"other","prompt":"p","response":"r","latency":5.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","steps":[]}"#;
    tried.harness.import_text(others);
    for command in CHANGING {
        assert!(COMMANDS.contains(command), "{command} is a command");
        tried.all(command);
    }
    let list: Value = tried.harness.call(
        "trace_list",
        &json!({"filter": "key:run-1", "sort": "started", "descending": true, "offset": 0, "limit": 10}),
    );
    assert!(list["total"].as_u64().is_some(), "{list}");
    let check: String = tried.beside.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(check, "ok");
    let mut there: Vec<String> = std::fs::read_dir(tried.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    there.sort();
    assert!(there.iter().all(|name| name.starts_with("store.db") || name == "prices.json"), "{there:?}");
}
