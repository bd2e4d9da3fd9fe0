//! `docs/limits.md` and `docs/guarantees.md`, held to: values are those of the constants, tests that are named are there, and no
//! limit is without one. And the limits that no other test meets.

use std::path::{Path, PathBuf};

use engine::dto::*;
use engine::model::{SourceConfig, SourceKind};
use regex::Regex;

use super::sources::live::{Live, wait_for};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} can be read: {error}"))
}

/// A row of a table, and the heading of level two that it stands below.
struct Row {
    heading: String,
    cells: Vec<String>,
}

fn rows(document: &str) -> Vec<Row> {
    let mut heading = String::new();
    let mut rows = Vec::new();
    for line in document.lines() {
        if let Some(text) = line.strip_prefix("## ") {
            heading = text.to_owned();
        } else if let Some(cells) = line.strip_prefix('|').and_then(|line| line.strip_suffix('|')) {
            let cells: Vec<String> = cells.split('|').map(|cell| cell.trim().to_owned()).collect();
            rows.push(Row { heading: heading.clone(), cells });
        }
    }
    // The heads of tables and the lines below them.
    rows.retain(|row| {
        !row.cells[1].starts_with("---") && row.cells[0] != "what" && row.cells[0] != "promise"
    });
    rows
}

fn quoted(cell: &str) -> Vec<String> {
    Regex::new("`([^`]+)`").unwrap().captures_iter(cell).map(|found| found[1].to_owned()).collect()
}

/// What a constant of Rust or TypeScript is: bytes, pieces, or milliseconds.
fn value_of(source: &str, name: &str) -> f64 {
    let declared = Regex::new(&format!(r"const {name}(?:: ([\w:]+))? =\s*([^;]+);")).unwrap();
    let found = declared.captures(source).unwrap_or_else(|| panic!("there is a constant {name}"));
    let text = found[2].replace('_', "");
    let duration = Regex::new(r"^Duration::from(secs|millis)\((\d+)\)$").unwrap();
    if let Some(found) = duration.captures(&text) {
        return found[2].parse::<f64>().unwrap() * if &found[1] == "secs" { 1e3 } else { 1.0 };
    }
    let product =
        |text: &str| -> f64 { text.split('*').map(|number| number.trim().parse::<f64>().unwrap()).product() };
    let value = match text.split_once("<<") {
        Some((number, bits)) => product(number) * 2f64.powf(product(bits)),
        None => product(&text),
    };
    if name.ends_with("_NS") { value / 1e6 } else { value }
}

/// What the document says, in the same units.
fn value_said(cell: &str) -> f64 {
    let (number, unit) = cell.split_once(' ').unwrap_or((cell, ""));
    let number: f64 = number.replace(',', "").parse().unwrap_or_else(|_| panic!("a number: {cell}"));
    number
        * match unit {
            "" | "ms" => 1.0,
            "s" => 1e3,
            "min" => 60e3,
            "KiB" => 1024.0,
            "MiB" => 1024.0 * 1024.0,
            "GiB" => 1024.0 * 1024.0 * 1024.0,
            other => panic!("{other} is no unit"),
        }
}

/// Whether a test of that name is there: `module::of::engine::name`, `target module::name`, or the path of a file of tests.
fn is_there(test: &str) -> bool {
    if test.contains('/') {
        return root().join(test).is_file();
    }
    let (target, path) = test.split_once(' ').unwrap_or(("engine", test));
    let (modules, name) = path.rsplit_once("::").unwrap_or(("main", path));
    let base = format!("tests/{target}/{}", modules.replace("::", "/"));
    [format!("{base}.rs"), format!("{base}/mod.rs")].iter().any(|file| {
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        let declared = Regex::new(&format!(r"#\[test\]\n(?:#\[.*\]\n)*fn {name}\(\)")).unwrap();
        declared.is_match(&text)
    })
}

#[test]
fn the_table_of_limits_is_that_of_the_sources() {
    let rows = rows(&read("docs/limits.md"));
    assert!(rows.len() > 50, "{} rows", rows.len());
    for Row { heading, cells } in rows {
        let folder = match heading.as_str() {
            "Engine" => "src-tauri/engine/src",
            "Command line" => "src-tauri/cli/src",
            "Window" => "src-tauri/src",
            _ => "ui/src",
        };
        let [_, place, value, happens, test] = &cells[..] else { panic!("five cells: {cells:?}") };
        let [file, name] = &quoted(place)[..] else { panic!("a file and a constant: {place}") };
        let is = value_of(&read(&format!("{folder}/{file}")), name);
        assert_eq!(value_said(value), is, "{file} {name}");
        assert!(!happens.is_empty(), "{name}: what happens");
        let tests = quoted(test);
        assert!(!tests.is_empty(), "{name}: a test");
        for test in tests {
            assert!(is_there(&test), "{name}: there is no test {test}");
        }
    }
}

#[test]
fn every_guarantee_has_a_test_that_is_there() {
    let rows = rows(&read("docs/guarantees.md"));
    assert!(rows.len() > 15, "{} rows", rows.len());
    for Row { cells, .. } in rows.iter().filter(|row| row.cells[0] != "what fails") {
        let tests = quoted(cells.last().unwrap());
        assert!(!tests.is_empty(), "a test for: {}", cells[0]);
        for test in tests {
            assert!(is_there(&test), "there is no test {test}");
        }
    }
    assert!(!is_there("limits::a_test_that_nobody_wrote"));
}

#[test]
fn problems_past_the_limit_are_counted() {
    const LINES: u32 = 1_200;
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    let whole = r#"{"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"n"}"#;
    let mut text =
        format!("{{\"resourceSpans\":[{{\"scopeSpans\":[{{\"spans\":[{whole}]}}]}}]}}\n").repeat(2);
    text.push_str(&(text.lines().next().unwrap().replace("spanId", "no") + "\n").repeat(LINES as usize));
    let status = harness.import_text(text);
    assert_eq!((status.counts.traces, status.problems), (1, LINES), "{status:?}");
    let request = ProblemListRequest { import_id: status.import_id, offset: 0, limit: 10_000 };
    let list: ProblemList = harness.call("problem_list", &request);
    assert_eq!((list.total, list.items.len()), (LINES, 1_000));
}

#[cfg(unix)]
#[test]
fn sources_past_the_limit_are_refused() {
    let live = Live::start();
    let follow = |number: usize| {
        let folder = live.folder.path().join(number.to_string());
        std::fs::create_dir(&folder).unwrap();
        let kind = SourceKind::Folder { path: folder.to_string_lossy().into() };
        SourceConfig { id: String::new(), enabled: false, kind }
    };
    for number in live.list().len()..200 {
        live.set(follow(number));
    }
    let refused = live.harness.try_call::<SourceRef>("source_set", &follow(200)).unwrap_err();
    assert!(refused.message.contains("there are 200 sources"), "{refused:?}");
    assert_eq!(live.list().len(), 200);
}

#[cfg(unix)]
#[test]
fn a_sender_too_many_is_turned_away_with_a_word() {
    use std::io::{BufRead, BufReader};
    use std::os::unix::net::UnixStream;

    let live = Live::start();
    let hear = |stream: &UnixStream| {
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).unwrap();
        line
    };
    let mut senders: Vec<UnixStream> = Vec::new();
    for _ in 0..256 {
        let sender = UnixStream::connect(live.socket()).unwrap();
        assert!(hear(&sender).contains("system.connected"));
        senders.push(sender);
    }
    let told = hear(&UnixStream::connect(live.socket()).unwrap());
    assert!(told.contains("system.error") && told.contains("too many senders"), "{told}");
    senders.pop();
    wait_for("its place to be free", || {
        hear(&UnixStream::connect(live.socket()).unwrap()).contains("system.connected").then_some(())
    });
}

#[test]
fn long_texts_are_kept_up_to_a_limit_and_the_last_one_always() {
    const TEXT_BYTES: usize = 4 << 20;
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    harness.keep_texts_up_to(10 << 20);
    let step = |id: usize| {
        serde_json::json!({ "step_id": id.to_string(), "tool_name": "fetch", "input": {}, "output": "x".repeat(TEXT_BYTES),
            "duration": 1.0, "success": true, "timestamp": "2026-03-01T10:00:00+00:00" })
    };
    let run = serde_json::json!({ "trace_id": "t", "prompt": "p", "response": "r", "model_name": "m", "status": "success",
        "latency": 5.0, "created_at": "2026-03-01T10:00:00+00:00", "steps": (0..4).map(step).collect::<Vec<_>>() });
    let trace_id = harness.import_text(run.to_string()).trace_id.unwrap();
    let read = |id: usize| {
        let text = TextRef { trace_id, span_id: Some(id.to_string()), place: "/raw".into() };
        harness.call::<TextStretch>("text_read", &TextReadRequest { text, from_byte: 0, limit_bytes: 10 })
    };
    for id in 0..4 {
        assert!(read(id).total_bytes as usize > TEXT_BYTES);
        let kept = harness.kept_text_bytes();
        assert!((TEXT_BYTES..=10 << 20).contains(&kept), "{kept} bytes");
    }
    harness.keep_texts_up_to(1);
    read(0);
    assert!(harness.kept_text_bytes() > TEXT_BYTES, "the last one, however large it is");
}

#[test]
fn too_long_a_needle_and_too_long_a_link_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    let run = r#"{"trace_id":"t","prompt":"p","response":"r","latency":5.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","steps":[]}"#;
    let trace_id = harness.import_text(run).trace_id.unwrap();
    let find = |characters: usize| {
        let text = TextRef { trace_id, span_id: None, place: "/raw".into() };
        let request = TextFindRequest { text, needle: "ä".repeat(characters), from_byte: 0 };
        harness.try_call::<TextPlaces>("text_find", &request)
    };
    assert!(find(1_000).is_ok());
    assert!(find(1_001).unwrap_err().message.contains("at most 1,000 characters"));
    let resolve = |bytes: usize| {
        let link = format!("tracellm://trace/{}", "a".repeat(bytes - 17));
        harness.try_call::<LinkTarget>("link_resolve", &Link { link })
    };
    assert!(!resolve(256 << 10).unwrap_err().message.contains("too long"));
    assert!(resolve((256 << 10) + 1).unwrap_err().message.contains("too long for a link"));
}

#[test]
fn the_searches_asked_for_last_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    let finder = harness.engine.finder();
    for number in 0..9 {
        finder.find(&format!("needle{number}"));
    }
    finder.find("needle1");
    let kept = finder.kept();
    assert_eq!((kept.len(), &*kept[0], &*kept[7]), (8, "needle1", "needle2"), "{kept:?}");
}

#[test]
fn notices_come_no_faster_than_they_may_and_none_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let harness = engine::testing::Harness::open(folder.path().join("traces.db"));
    let notices = harness.engine.subscribe();
    let first = notices.recv().unwrap().revision;
    let begun = std::time::Instant::now();
    let run = r#"{"trace_id":"t","prompt":"p","response":"r","latency":5.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","steps":[]}"#;
    harness.import_text(run);
    for number in 0..200 {
        let selection = TraceSelection { trace_ids: Vec::new(), filter: Some(String::new()) };
        let mark = TraceMark { selection, starred: Some(number % 2 == 0), ..TraceMark::default() };
        harness.call::<TraceCount>("trace_mark", &mark);
    }
    let last = harness.engine.subscribe().recv().unwrap().revision;
    assert!(last - first > 200, "each change is one: {}", last - first);
    let mut count = 0;
    while notices.recv().unwrap().revision < last {
        count += 1;
    }
    let most = begun.elapsed().as_millis() / 100 + 2;
    assert!(count <= most, "{count} notices in {most} tenths of a second");
}
