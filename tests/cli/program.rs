//! Runs `tracex` in a folder of its own and says what came of it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// `tracex` with an empty database.
pub struct Program {
    pub folder: TempDir,
}

/// What a run said.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The program with its environment, its arguments still to come.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tracex"));
        command
            .current_dir(&self.folder)
            .env("TRACELLM_EXPLORER_DB", self.folder.path().join("traces.db"))
            .env("TZ", "UTC")
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    pub fn run<Arg: AsRef<std::ffi::OsStr>>(&self, args: impl IntoIterator<Item = Arg>) -> Ran {
        self.command().args(args).output().unwrap().into()
    }

    /// Runs it, and it must succeed.
    pub fn stdout(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, Some(0), "{args:?} succeeds, but: {ran:?}");
        ran.stdout
    }

    /// Runs it on a pseudo terminal; `None`, said aloud, where there is no `script` to make one.
    pub fn run_on_terminal(&self, line: &str, variables: &[(&str, &str)]) -> Option<Ran> {
        if !Path::new("/usr/bin/script").exists() {
            eprintln!("passed over: no /usr/bin/script to make a terminal");
            return None;
        }
        let plain = self.command();
        let mut command = Command::new("/usr/bin/script");
        command.args(["--quiet", "--return", "--command"]);
        command.arg(format!("stty cols 100; {} {line}", plain.get_program().display())).arg("/dev/null");
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TERM", "xterm").envs(variables.iter().copied());
        Some(command.current_dir(&self.folder).stdin(Stdio::null()).output().unwrap().into())
    }

    /// Writes a file into the folder.
    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Imports traces of TraceLLM's form.
    pub fn import(&self, traces: &Value) {
        self.file("traces.json", traces.to_string());
        self.stdout(&["import", "traces.json"]);
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The lines as JSON.
pub fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")))
        .collect()
}

/// A trace of TraceLLM's form: three steps, of which the second is a failed first attempt at the third.
pub fn trace(id: &str, prompt: &str) -> Value {
    let step = |number: u32, tool: &str, error: Option<&str>| {
        let mut step = json!({
            "step_id": format!("{id}-{number}"), "tool_name": tool, "input": {"query": "q"}, "output": {"hits": number},
            "duration": 100.0, "success": error.is_none(), "timestamp": format!("2026-03-01T10:00:0{number}+00:00"),
        });
        if let Some(error) = error {
            step["error"] = json!(error);
            step["output"] = json!({ "error": error });
        }
        step
    };
    json!({
        "trace_id": id, "prompt": prompt, "response": "done", "latency": 3200.0, "token_count": 1234,
        "model_name": "gpt-4.1", "project_id": "shop", "environment": "staging", "status": "warning", "retry_count": 1,
        "steps": [step(1, "plan", None), step(2, "search", Some("timed out")), step(3, "search", None)],
        "created_at": "2026-03-01T10:00:00+00:00",
    })
}

/// The real files beside the checkout; `None`, said aloud, where they are missing.
pub fn real_files() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.is_dir() {
        eprintln!("passed over: no real files at {}", folder.display());
        return None;
    }
    Some(folder)
}
