//! `docs/feed-protocol.md`: its examples, run as they stand against an engine, and what it says the protocol has.
#![cfg(unix)]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use engine::dto::StepDetail;
use engine::model::{SpanKind, SpanStatus, TraceStatus};
use serde_json::json;

use super::live::{Live, wait_for};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/feed-protocol.md")).unwrap()
}

/// The one block of code of the page in this language.
fn example(language: &str) -> String {
    let page = page();
    let blocks: Vec<&str> = page
        .split(&format!("\n```{language}\n"))
        .skip(1)
        .map(|rest| rest.split_once("\n```").unwrap().0)
        .collect();
    assert_eq!(blocks.len(), 1, "the page has one example in {language}");
    format!("{}\n", blocks[0])
}

/// Whether a program is there; said aloud where it is not.
fn is_there(program: &str, argument: &str) -> bool {
    let started = Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if started.is_err() {
        eprintln!("passed over: there is no {program} to run the example with");
    }
    started.is_ok()
}

/// Runs an example and looks at what arrives.
fn run(mut command: Command, trace_id: &str) {
    let live = Live::start();
    let ran = command
        .env("TRACELLM_EXPLORER_SOCKET", live.socket())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(ran.status.success(), "{command:?} ends well, but: {ran:?}");
    let trace = live.wait_for_status(trace_id, TraceStatus::Success);
    assert_eq!(trace.preview.as_deref(), Some("What is the weather in Oslo?"));
    let StepDetail { name, kind, status, duration_ns, raw, .. } = live.step(&trace, "1");
    assert_eq!((name.as_str(), kind, status), ("get_weather", SpanKind::Tool, SpanStatus::Ok));
    assert!(duration_ns.is_some(), "it ended when its end came");
    assert_eq!((&raw["input"], &raw["output"]), (&json!({"city": "Oslo"}), &json!({"degrees": 3})));
    let feed = live.source("feed-socket");
    assert_eq!((feed.problems, feed.message), (0, None), "nothing went wrong");
}

#[test]
fn the_example_in_python_has_ten_lines_and_runs() {
    let example = example("python");
    let lines = example.lines().filter(|line| !line.is_empty()).count();
    assert!(lines <= 10, "ten lines are promised, not {lines}");
    if is_there("python3", "--version") {
        let mut command = Command::new("python3");
        command.arg("-c").arg(example);
        run(command, "python-1");
    }
}

#[test]
fn the_example_in_typescript_runs() {
    let compiler = root().join("ui/node_modules/typescript/lib/typescript.js");
    if !compiler.is_file() {
        eprintln!("passed over: TypeScript is not installed in ui/node_modules");
    } else if is_there("node", "--version") {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("agent.ts"), example("typescript")).unwrap();
        // What is no JavaScript is taken off; node 22 does that by itself.
        let strip = "const ts = require(process.argv[1]), fs = require('fs');\
            const js = ts.transpileModule(fs.readFileSync('agent.ts', 'utf8'), { reportDiagnostics: true,\
            compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 } });\
            if (js.diagnostics.length > 0) throw new Error(JSON.stringify(js.diagnostics.map((d) => d.messageText)));\
            fs.writeFileSync('agent.mjs', js.outputText);";
        let mut stripping = Command::new("node");
        stripping.args(["-e", strip]).arg(compiler.canonicalize().unwrap()).current_dir(&folder);
        let stripped = stripping.output().unwrap();
        assert!(stripped.status.success(), "{stripped:?}");
        let mut command = Command::new("node");
        command.arg("agent.mjs").current_dir(&folder);
        run(command, "typescript-1");
    }
}

#[test]
fn the_example_in_rust_runs() {
    if !is_there("rustc", "--version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("agent.rs"), example("rust")).unwrap();
    let compiled =
        Command::new("rustc").args(["--edition=2024", "agent.rs"]).current_dir(&folder).output().unwrap();
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    run(Command::new(folder.path().join("agent")), "rust-1");
}

#[test]
fn the_example_in_shell_runs() {
    if !is_there("nc", "-h") {
        return;
    }
    let help = Command::new("nc").arg("-h").output().unwrap();
    if !String::from_utf8_lossy(&help.stderr).contains("OpenBSD") {
        eprintln!("passed over: nc is not OpenBSD's");
        return;
    }
    let mut command = Command::new("sh");
    command.arg("-c").arg(example("sh"));
    run(command, "shell-1");
}

#[test]
fn the_lines_at_the_top_are_a_run() {
    let page = page();
    let lines = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let live = Live::start();
    UnixStream::connect(live.socket()).unwrap().write_all(lines.as_bytes()).unwrap();
    let trace = live.wait_for_status("run-1", TraceStatus::Success);
    assert_eq!(trace.model.as_deref(), Some("gpt-4.1-mini"));
    assert_eq!(live.step(&trace, "1").duration_ns, Some(412.5e6));
    assert_eq!(live.source("feed-socket").problems, 0);
}

#[test]
fn the_page_names_every_type_of_line_and_every_kind() {
    let page = page();
    for told in engine::wire::feed::TYPES {
        assert!(page.contains(&format!("`{told}`")) || page.contains(&format!("\"{told}\"")), "{told}");
    }
    for kind in SpanKind::ALL {
        assert!(page.contains(&format!("`{}`", kind.word())), "{}", kind.word());
    }
}

#[test]
fn a_sender_that_never_reads_loses_nothing_not_even_a_line_without_its_end() {
    let live = Live::start();
    let mut agent = UnixStream::connect(live.socket()).unwrap();
    // One byte of the greeting: the rest of it lies there unread when the connection is closed, which resets it.
    agent.read_exact(&mut [0]).unwrap();
    let end = json!({"type": "step", "trace_id": "t", "step_id": "1", "tool_name": "look", "success": true});
    agent.write_all(end.to_string().as_bytes()).unwrap();
    drop(agent);
    live.wait_for_status("t", TraceStatus::Success);
    wait_for("the connection to end", || (live.source("feed-socket").connections == 0).then_some(()));
    assert_eq!(live.source("feed-socket").message, None, "that is a way to close like any other");
}
