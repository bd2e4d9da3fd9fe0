//! A followed file: what is written to it shows, and in the end all is as if it had been imported whole.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use engine::dto::*;
use engine::model::{SourceKind, SourceState, TraceStatus};
use engine::testing::Harness;
use tempfile::TempDir;

use super::followed::*;
use crate::shared;

const SPAN: &str = r#"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":"0000000000000000000000000000TRCE","spanId":"00000000000SPAN0","name":"step NAME","startTimeUnixNano":"1767225600000000000","endTimeUnixNano":"1767225601000000000"}]}]}]}"#;

/// A line of OTLP with one span.
pub(super) fn line(trace: u32, span: u32) -> String {
    SPAN.replace("TRCE", &format!("{:04x}", trace + 1))
        .replace("SPAN", &format!("{:04x}", span + 1))
        .replace("NAME", &span.to_string())
        + "\n"
}

struct Setting {
    folder: TempDir,
    harness: Harness,
}

impl Setting {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = started(&folder.path().join("store.db"));
        Self { folder, harness }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("log.jsonl")
    }

    fn follow(&self) -> SourceRef {
        follow(&self.harness, kind(&self.file()))
    }
}

fn kind(path: &Path) -> SourceKind {
    SourceKind::File { path: path.to_string_lossy().into_owned() }
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// Plays a session into a followed file line by line; it ends up as if it had been imported.
fn replayed(path: &str, least_growth: usize) {
    let Some(real) = shared::file(path) else { return };
    let text = fs::read_to_string(&real).unwrap();
    let setting = Setting::new();
    File::create(setting.file()).unwrap();
    let source = setting.follow();
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut seen = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        append(&setting.file(), line);
        // Every now and then what was written is waited for; in between it comes in bursts.
        if index % 7 == 0 {
            let bytes = fs::metadata(setting.file()).unwrap().len();
            until("what was written is read", || {
                (status(&setting.harness, &source).bytes >= bytes).then_some(())
            });
            seen.push(steps(&setting.harness));
        }
    }
    until("all is read", || (status(&setting.harness, &source).bytes >= text.len() as u64).then_some(()));
    turn_off_and_wait(&setting.harness, &source);
    seen.dedup();
    assert!(seen.len() >= least_growth, "the trace grew as it was written: {seen:?}");
    assert_same(&told(&setting.harness), &imported(&[&real]));
}

#[test]
fn a_claude_code_session_is_followed() {
    replayed("claude-code-jsonl/jnarowski__agentcmd/full-session.jsonl", 4);
}

#[test]
fn a_claude_code_session_with_commands_is_followed() {
    replayed("claude-code-jsonl/jnarowski__agentcmd/full-session-askuserquestion.jsonl", 1);
}

#[test]
fn a_codex_session_is_followed() {
    replayed(
        "codex-rollout-jsonl/madshn__localpush/rollout-2026-02-23T12-41-04-019c8a4d-8f45-7010-8b5d-7fad920aa6f9.jsonl",
        10,
    );
}

#[test]
fn what_a_program_prints_without_times_is_followed() {
    replayed("codex-exec-jsonl/jnarowski__agentcmd/stream-output-2.jsonl", 1);
}

#[test]
fn a_file_of_otlp_lines_is_followed() {
    let Some(bytes) = shared::read("otlp-jsonl/sideseat__sideseat/traces-crewai.jsonl.gz") else { return };
    let folder = tempfile::tempdir().unwrap();
    let packed = folder.path().join("packed.gz");
    fs::write(&packed, bytes).unwrap();
    let mut text = String::new();
    let unpacked = std::process::Command::new("gzip").arg("-dc").arg(&packed).output().unwrap();
    text.push_str(&String::from_utf8(unpacked.stdout).unwrap());
    let setting = Setting::new();
    let source = setting.follow();
    wait_for_state(&setting.harness, &source, SourceState::Retrying);
    for line in text.split_inclusive('\n') {
        append(&setting.file(), line);
    }
    until("all is read", || (status(&setting.harness, &source).bytes >= text.len() as u64).then_some(()));
    turn_off_and_wait(&setting.harness, &source);
    // Which span a preview is of depends on which comes first, and an import reads in several threads.
    let without_previews = |mut told: Vec<serde_json::Value>| {
        for trace in &mut told {
            trace[0]["summary"]["preview"].take();
        }
        told.sort_by_key(serde_json::Value::to_string);
        told
    };
    assert_same(&without_previews(told(&setting.harness)), &without_previews(imported(&[&packed])));
}

#[test]
fn a_step_shows_soon_after_its_line_was_written() {
    let setting = Setting::new();
    append(&setting.file(), &line(1, 0));
    append(&setting.file(), &line(1, 1));
    let source = setting.follow();
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    wait_for_steps(&setting.harness, 2);
    let mut delays: Vec<Duration> = (2..22)
        .map(|span| {
            let written = Instant::now();
            append(&setting.file(), &line(1, span));
            wait_for_steps(&setting.harness, span + 1);
            written.elapsed()
        })
        .collect();
    delays.sort();
    assert!(delays[10] < Duration::from_millis(200), "{delays:?}");
}

#[test]
fn a_last_line_without_its_end_waits() {
    let setting = Setting::new();
    append(&setting.file(), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    let whole = line(1, 2);
    let (begin, end) = whole.split_at(100);
    append(&setting.file(), begin);
    append(&setting.file(), end);
    append(&setting.file(), &(line(1, 3) + &line(1, 4)[..50]));
    wait_for_steps(&setting.harness, 4);
    assert_eq!(status(&setting.harness, &source).problems, 0, "half a line is no problem");
    append(&setting.file(), line(1, 4)[50..].trim_end());
    // It is whole, though its line has no end.
    wait_for_steps(&setting.harness, 5);
    append(&setting.file(), &format!("\n{}", line(1, 5)));
    wait_for_steps(&setting.harness, 6);
    assert_eq!(status(&setting.harness, &source).problems, 0);
}

#[test]
fn a_line_that_is_damaged_costs_itself_only() {
    let setting = Setting::new();
    append(&setting.file(), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    append(&setting.file(), &format!("{{\"resourceSpans\": nonsense\n{}", line(1, 2)));
    wait_for_steps(&setting.harness, 3);
    let problems: ProblemList =
        setting.harness.call("source_problems", &SourceProblemsRequest { id: source.id, limit: 10 });
    assert_eq!(problems.total, 1);
    assert_eq!(problems.items[0].line, Some(3), "{problems:?}");
}

#[test]
fn a_file_that_was_cut_off_is_read_anew() {
    let setting = Setting::new();
    append(&setting.file(), &(line(1, 0) + &line(1, 1) + &line(1, 2)));
    setting.follow();
    wait_for_steps(&setting.harness, 3);
    fs::write(setting.file(), line(2, 0) + &line(2, 1)).unwrap();
    wait_for_steps(&setting.harness, 5);
    // Cut off and written further than it was between two looks.
    fs::write(setting.file(), (0..9).map(|span| line(3, span)).collect::<String>()).unwrap();
    wait_for_steps(&setting.harness, 14);
}

#[test]
fn a_file_that_was_put_in_its_place_is_read_anew() {
    let setting = Setting::new();
    append(&setting.file(), &(line(1, 0) + &line(1, 1)));
    setting.follow();
    wait_for_steps(&setting.harness, 2);
    fs::rename(setting.file(), setting.folder.path().join("log.jsonl.1")).unwrap();
    append(&setting.file(), &(line(2, 0) + &line(2, 1) + &line(2, 2)));
    wait_for_steps(&setting.harness, 5);
    append(&setting.file(), &line(2, 3));
    wait_for_steps(&setting.harness, 6);
    // And one that is written aside and moved over it.
    let aside = setting.folder.path().join("aside");
    fs::write(&aside, line(3, 0) + &line(3, 1)).unwrap();
    fs::rename(&aside, setting.file()).unwrap();
    wait_for_steps(&setting.harness, 8);
}

#[test]
fn a_file_may_go_and_come_back() {
    let setting = Setting::new();
    append(&setting.file(), &(line(1, 0) + &line(1, 1)));
    let source = setting.follow();
    wait_for_steps(&setting.harness, 2);
    fs::remove_file(setting.file()).unwrap();
    let status = wait_for_state(&setting.harness, &source, SourceState::Retrying);
    assert!(status.message.unwrap().contains("not there"));
    append(&setting.file(), &(line(2, 0) + &line(2, 1)));
    wait_for_steps(&setting.harness, 4);
    wait_for_state(&setting.harness, &source, SourceState::Listening);
    append(&setting.file(), &line(2, 2));
    wait_for_steps(&setting.harness, 5);
}

#[test]
fn a_restart_goes_on_where_reading_stood() {
    let folder = tempfile::tempdir().unwrap();
    let (store, file) = (folder.path().join("store.db"), folder.path().join("log.jsonl"));
    append(&file, &(line(1, 0) + &line(1, 1)));
    let first = started(&store);
    let source = follow(&first, kind(&file));
    wait_for_steps(&first, 2);
    first.engine.close();
    drop(first);

    let second = Harness::open(&store);
    engine::api::start_sources(&second.engine).unwrap();
    wait_for_state(&second, &source, SourceState::Listening);
    append(&file, &line(1, 2));
    wait_for_steps(&second, 3);
    let read = status(&second, &source).bytes;
    assert_eq!(read, line(1, 2).len() as u64, "only what is new was read");
}

#[test]
fn a_file_that_holds_no_traces_is_a_problem() {
    let setting = Setting::new();
    fs::write(setting.file(), "Once upon a time\nthere was a log.\n").unwrap();
    let source = setting.follow();
    let status = until("the problem is told", || {
        Some(status(&setting.harness, &source)).filter(|status| status.problems > 0)
    });
    assert!(status.message.is_some(), "{status:?}");
    fs::write(setting.file(), line(1, 0) + &line(1, 1)).unwrap();
    wait_for_steps(&setting.harness, 2);
}

#[test]
fn a_document_that_is_written_again_is_read_again() {
    let setting = Setting::new();
    let source = setting.follow();
    wait_for_state(&setting.harness, &source, SourceState::Retrying);
    let step = |number: u32| {
        format!(
            r#"{{"step_id":"s{number}","tool_name":"search","input":{{}},"output":{{}},"duration":1.0,"success":true,"timestamp":"2026-01-01T00:00:00.{number:03}Z"}}"#
        )
    };
    for count in 1..4 {
        let steps: Vec<String> = (0..count).map(step).collect();
        let document = format!(
            "[\n{{\"trace_id\":\"t\",\"prompt\":\"p\",\"latency\":9.0,\"token_count\":1,\"model_name\":\"m\",\"status\":\"success\",\
             \"created_at\":\"2026-01-01T00:00:00Z\",\"steps\":[{}]}}\n]",
            steps.join(",")
        );
        fs::write(setting.file(), document).unwrap();
        wait_for_steps(&setting.harness, count);
    }
}

#[test]
fn a_run_is_running_while_its_session_is_written() {
    let Some(text) = shared::read("claude-code-jsonl/jnarowski__agentcmd/full-session.jsonl") else { return };
    let text = String::from_utf8(text).unwrap();
    let setting = Setting::new();
    let half: String = text.split_inclusive('\n').take(12).collect();
    fs::write(setting.file(), &half).unwrap();
    let source = setting.follow();
    until("the run is running", || {
        traces(&setting.harness).iter().any(|trace| trace.status == TraceStatus::Running).then_some(())
    });
    append(&setting.file(), &text[half.len()..]);
    until("all is read", || (status(&setting.harness, &source).bytes >= text.len() as u64).then_some(()));
    turn_off_and_wait(&setting.harness, &source);
}
