//! Programs that others wrote, sending as they do to their users: `tests/clients/*.py`.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use engine::dto::*;
use engine::model::{SourceKind, SourceState, SpanKind, SpanStatus, TraceStatus};

use super::live::Live;

/// How long a client may take for a line; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A client with its arguments; `None`, said aloud, where its environment was not made.
fn client(script: &str, arguments: &[&str]) -> Option<Command> {
    let folder = root().join("target/python-clients");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !folder.join("installed.txt").is_file() {
        eprintln!("passed over: {script} needs target/python-clients (scripts/python-clients makes it)");
        return None;
    }
    let mut command = Command::new(python);
    command.arg(root().join("tests/clients").join(script)).args(arguments);
    // Nothing of the person's own set-up.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("OTEL_") || name.contains("_PROXY"))
    {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    Some(command)
}

/// Runs a client to its end; gives the id of its trace, which it says first.
fn sent(mut command: Command) -> String {
    let ran = command.output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(ran.status.success(), "{command:?}: {said}{}", String::from_utf8_lossy(&ran.stderr));
    said.lines().next().unwrap().trim().to_owned()
}

/// Receives OTLP at a free port; gives where, as exporters want it, and the source's id.
fn receive(live: &Live, kind: SourceKind) -> (String, String) {
    let id = live.add(kind);
    let status = live.wait_for_state(&id, SourceState::Listening);
    (status.address.unwrap(), id)
}

/// The trace whose id a client has said. What a client was answered is on disk: there is nothing to wait for.
fn the_trace(live: &Live, key: &str) -> TraceSummary {
    let traces = live.traces("");
    let found = traces.iter().find(|trace| trace.key == key);
    found.unwrap_or_else(|| panic!("the trace {key} in {traces:#?}")).clone()
}

/// The step of this name.
fn step(live: &Live, trace: &TraceSummary, name: &str) -> StepDetail {
    let tree = live.tree(trace);
    let row = tree.name.iter().position(|index| tree.strings[*index as usize] == name);
    let row = row.unwrap_or_else(|| panic!("a step {name} in {:?}", tree.strings));
    live.step(trace, &tree.span_id[row])
}

fn from_the_sdk(protocol: &str, kind: SourceKind) {
    let live = Live::start();
    let (endpoint, id) = receive(&live, kind);
    let Some(client) = client("otlp_sdk.py", &[protocol, &endpoint]) else { return };
    let trace_id = sent(client);
    let trace = the_trace(&live, &trace_id);
    assert_eq!((trace.steps, trace.errors, trace.project.as_deref()), (3, 1, Some("weather agent")));
    assert_eq!((trace.input_tokens, trace.output_tokens), (Some(12), Some(34)));
    let tree = live.tree(&trace);
    assert_eq!(tree.depth, [0, 1, 1]);
    let chat = step(&live, &trace, "chat");
    assert_eq!((chat.kind, chat.model.as_deref()), (SpanKind::Llm, Some("gpt-4.1-mini")));
    let tool = step(&live, &trace, "get_weather");
    assert_eq!((tool.kind, tool.status), (SpanKind::Tool, SpanStatus::Error));
    assert!(tool.error.unwrap().contains("no answer from the weather service"));
    let source = live.source(&id);
    assert_eq!((source.spans, source.problems, source.message), (3, 0, None));
}

#[test]
fn opentelemetrys_sdk_over_http() {
    from_the_sdk("http", SourceKind::OtlpHttp { port: 0 });
}

#[test]
fn opentelemetrys_sdk_over_grpc() {
    from_the_sdk("grpc", SourceKind::OtlpGrpc { port: 0 });
}

#[test]
fn openais_client_instrumented_by_openinference() {
    let live = Live::start();
    let (endpoint, _) = receive(&live, SourceKind::OtlpHttp { port: 0 });
    let Some(client) = client("openinference_openai.py", &[&endpoint]) else { return };
    let trace_id = sent(client);
    let trace = the_trace(&live, &trace_id);
    assert_eq!((trace.steps, trace.status), (2, TraceStatus::Success));
    assert_eq!((trace.input_tokens, trace.output_tokens), (Some(21), Some(7)));
    assert!(trace.cost_usd.is_some(), "the model has a price");
    let call = step(&live, &trace, "ChatCompletion");
    assert_eq!(call.kind, SpanKind::Llm);
    assert!(call.model.as_deref().unwrap().starts_with("gpt-4.1-mini"), "{:?}", call.model);
    let said: Vec<(&str, String)> = call
        .content
        .input_messages
        .iter()
        .chain(&call.content.output_messages)
        .map(|message| (message.role.as_str(), serde_json::to_string(&message.parts).unwrap()))
        .collect();
    let [(system, _), (user, question), (assistant, answer)] = &said[..] else { panic!("{said:?}") };
    assert_eq!((*system, *user, *assistant), ("system", "user", "assistant"));
    assert!(question.contains("weather in Oslo") && answer.contains("3 degrees"), "{said:?}");
}

/// TraceLLM's backend. Ends when it is dropped, as its input does.
struct Backend {
    process: Child,
    input: Option<ChildStdin>,
    said: Receiver<String>,
}

impl Backend {
    /// Starts it; gives its address too.
    fn start() -> Option<(Self, String)> {
        let mut command = client("tracellm_backend.py", &[])?;
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, said) = sync_channel(1_000);
        let output = BufReader::new(process.stdout.take().unwrap());
        let read = move || {
            for line in output.lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        };
        std::thread::Builder::new().name("lines".into()).spawn(read).unwrap();
        let backend = Self { input: process.stdin.take(), process, said };
        let port = backend.hear("port ");
        Some((backend, format!("http://127.0.0.1:{port}")))
    }

    /// Waits for a line that begins so; gives the rest of it.
    fn hear(&self, begin: &str) -> String {
        loop {
            let line = self.said.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{begin}: {error}"));
            if let Some(rest) = line.strip_prefix(begin) {
                return rest.trim().to_owned();
            }
        }
    }

    fn save(&mut self, trace_id: &str) {
        writeln!(self.input.as_mut().unwrap(), "{trace_id}").unwrap();
        assert_eq!(self.hear("saved "), trace_id);
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        drop(self.input.take());
        let _ = self.process.wait();
    }
}

#[test]
fn tracellms_backend_pushes_what_it_saves() {
    let Some((mut backend, url)) = Backend::start() else { return };
    backend.save("before");
    let live = Live::start();
    let id = live.add(SourceKind::TraceLlm { url: Some(url) });
    live.wait_for_state(&id, SourceState::Connected);
    live.wait_for_status("before", TraceStatus::Warning);
    backend.save("pushed");
    let trace = live.wait_for_status("pushed", TraceStatus::Warning);
    assert_eq!((trace.steps, trace.errors, trace.duration_ns), (2, 1, Some(320e6)));
    assert_eq!((trace.project.as_deref(), trace.environment.as_deref()), (Some("weather"), Some("staging")));
    assert_eq!(step(&live, &trace, "response_generation").error.as_deref(), Some("rate limit"));
    drop(backend);
    live.wait_for_state(&id, SourceState::Retrying);
}
