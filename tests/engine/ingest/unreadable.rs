//! Input that is no trace, or only partly one: a clear message, and nothing lost that can be read.

use std::io::Write;

use engine::dto::*;
use engine::testing::Harness;

/// Imports one file with the given content; gives its status and the reasons of its problems.
fn import(content: &[u8]) -> (ImportStatus, Vec<ProblemItem>) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file.json");
    std::fs::write(&file, content).unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import(&[&file]);
    let problems: ProblemList = harness
        .call("problem_list", &ProblemListRequest { import_id: status.import_id, offset: 0, limit: 1000 });
    assert_eq!(problems.total as usize, problems.items.len());
    (status, problems.items)
}

fn message(content: &[u8]) -> String {
    let (status, _) = import(content);
    assert_eq!(status.state, ImportState::Failed, "{status:?}");
    assert_eq!(status.counts.spans, 0);
    status.files[0].message.clone().expect("a failure says why")
}

const TRACE: &str = r#"{"trace_id":"t1","prompt":"p","response":"r","latency":50.0,"token_count":3,"model_name":"m","status":"success","created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00.100Z","steps":[{"step_id":"s1","tool_name":"search","input":{},"output":{},"duration":10.0,"success":true,"timestamp":"2026-01-01T00:00:00.020Z"}]}"#;

#[test]
fn what_is_no_trace_is_named() {
    assert!(message(b"").contains("empty"));
    assert!(message(b" \n\t ").contains("empty"));
    assert!(message(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").contains("PNG"));
    assert!(message(b"PK\x03\x04 something zipped").contains("zip"));
    assert!(message(b"Dear diary, today I wrote no JSON.").contains("text that is not JSON"));
    let json = message(br#"{"colour":"red","size":3}"#);
    assert!(
        json.contains("colour, size") && json.contains("TraceLLM"),
        "found and accepted are named: {json}"
    );
    assert!(json.len() < 250, "what was found is not buried under a list of all formats: {json}");
    assert!(message(&[0x81; 500]).contains("binary"));
    assert!(message(b"version https://git-lfs.github.com/spec/v1\noid sha256:0").contains("git lfs pull"));
}

#[test]
fn a_missing_file_and_a_relative_path_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import(&[&folder.path().join("nothing.json")]);
    assert_eq!(status.state, ImportState::Failed);
    assert!(status.files[0].message.as_deref().unwrap_or_default().contains("can't be opened"), "{status:?}");
    let request = ImportStart { paths: vec!["here.json".into()] };
    assert!(harness.try_call::<ImportStatus>("import_start", &request).is_err(), "relative to what?");
}

#[test]
fn a_truncated_export_keeps_what_came_before() {
    let whole = format!("[{TRACE},{}]", TRACE.replace("t1", "t2"));
    let cut = &whole[..whole.len() - 60];
    let (status, problems) = import(cut.as_bytes());
    assert_eq!(status.state, ImportState::Done, "{status:?}");
    assert!(status.counts.traces >= 1, "the first trace is whole: {status:?}");
    assert!(!problems.is_empty(), "the cut is a problem");
    assert!(problems.iter().any(|problem| problem.byte > 0), "with its place: {problems:?}");
}

#[test]
fn garbage_between_lines_costs_only_itself() {
    let text = format!("{TRACE}\nthis is no JSON\n{}\n", TRACE.replace("t1", "t2"));
    let (status, problems) = import(text.as_bytes());
    assert_eq!((status.state, status.counts.traces), (ImportState::Done, 2), "{status:?}");
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].line, Some(2));
}

#[test]
fn a_damaged_gzip_keeps_what_came_before_the_damage() {
    let lines: String = (0..40_000)
        .map(|index| TRACE.replace("t1", &format!("trace-{index}-{}", index * 7919)) + "\n")
        .collect();
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(lines.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let (status, problems) = import(&packed[..packed.len() / 2]);
    assert_eq!(status.state, ImportState::Done, "{status:?}");
    assert!(status.counts.traces > 1_000, "{:?}", status.counts);
    assert!(
        problems.iter().any(|problem| problem.reason.contains("can't be read past here")),
        "{problems:?}"
    );
}

#[test]
fn nesting_without_end_neither_crashes_nor_hangs() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    let (status, _) = import(deep.as_bytes());
    assert_eq!(status.state, ImportState::Failed);
    let inside = TRACE
        .replace(r#""input":{}"#, &format!(r#""input":{}1{}"#, "[".repeat(100_000), "]".repeat(100_000)));
    let (status, problems) = import(format!("{inside}\n{}", TRACE.replace("t1", "t2")).as_bytes());
    assert!(status.counts.traces >= 1, "its neighbour is read: {status:?}");
    assert!(!problems.is_empty(), "and it is reported");
}

#[test]
fn a_folder_is_walked_and_what_is_no_trace_in_it_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("exports/deeper");
    std::fs::create_dir_all(&inside).unwrap();
    std::fs::write(inside.join("a.json"), TRACE).unwrap();
    std::fs::write(inside.join("README.md"), "how these came about").unwrap();
    std::fs::write(inside.join(".hidden"), TRACE.replace("t1", "t9")).unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let status = harness.import(&[&folder.path().join("exports")]);
    assert_eq!(
        (status.state, status.files_total, status.counts.traces),
        (ImportState::Done, 2, 1),
        "{status:?}"
    );
}
