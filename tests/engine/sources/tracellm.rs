//! TraceLLM's backend, followed: found, listened to, caught up with, and connected to again. The backend here is a stand-in
//! that speaks as TraceLLM's does.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use engine::dto::*;
use engine::model::{SourceKind, SourceState};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tokio::sync::broadcast;
use tokio_tungstenite::tungstenite::Message;

use super::followed::*;

fn trace(number: usize) -> Value {
    json!({
        "trace_id": format!("run-{number}"), "prompt": format!("question {number}"), "response": "answer",
        "latency": number as f64 + 2.0, "token_count": 3, "model_name": "m", "project_id": "p",
        "environment": "test", "status": "success", "retry_count": 0, "slow_request": false,
        "failure_reason": null, "api_key": "sk-secret",
        "created_at": format!("2026-01-{:02}T{:02}:00:00Z", 1 + number / 24 % 28, number % 24),
        "updated_at": "2026-02-01T00:00:00Z",
        "steps": [{"step_id": "s1", "tool_name": "search", "input": {"q": "x"}, "output": {}, "duration": 10.0,
                   "success": true, "timestamp": "2026-01-01T00:00:00.020Z"}],
    })
}

/// What the stand-in has, and what it was asked.
#[derive(Default)]
struct Inner {
    stored: Vec<Value>,
    asked: Vec<String>,
    pings: usize,
    connections: usize,
    is_silent: bool,
}

/// A stand-in for TraceLLM's backend on a port of its own.
struct Backend {
    runtime: Option<Runtime>,
    port: u16,
    inner: Arc<Mutex<Inner>>,
    told: broadcast::Sender<String>,
}

impl Backend {
    fn start(inner: Arc<Mutex<Inner>>, port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (told, _) = broadcast::channel(1024);
        let (teller, served) = (told.clone(), inner.clone());
        runtime.spawn(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, served.clone(), teller.subscribe()));
            }
        });
        Self { runtime: Some(runtime), port, inner, told }
    }

    fn new(stored: Vec<Value>) -> Self {
        Self::start(Arc::new(Mutex::new(Inner { stored, ..Inner::default() })), 0)
    }

    fn url(&self) -> Option<String> {
        Some(format!("http://127.0.0.1:{}", self.port))
    }

    /// Stores a run, and tells of it.
    fn store(&self, trace: Value) {
        let message = json!({ "type": "trace.created", "trace": trace }).to_string();
        self.inner.lock().unwrap().stored.push(trace);
        let _ = self.told.send(message);
    }

    fn asked(&self) -> usize {
        self.inner.lock().unwrap().asked.len()
    }

    fn connections(&self) -> usize {
        self.inner.lock().unwrap().connections
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.runtime.take().unwrap().shutdown_background();
    }
}

async fn serve(mut stream: TcpStream, inner: Arc<Mutex<Inner>>, mut told: broadcast::Receiver<String>) {
    let mut head = [0; 8];
    while stream.peek(&mut head).await.unwrap_or(0) < head.len() {}
    if !head.starts_with(b"GET /ws") {
        return list(&mut stream, &inner).await;
    }
    let Ok(mut socket) = tokio_tungstenite::accept_async(stream).await else { return };
    inner.lock().unwrap().connections += 1;
    let greeting =
        json!({"type": "system.connected", "status": "connected", "message": "TraceLLM websocket active"});
    let _ = socket.send(Message::text(greeting.to_string())).await;
    loop {
        tokio::select! {
            message = told.recv() => match message {
                Ok(message) => { let _ = socket.send(Message::text(message)).await; }
                Err(_) => return,
            },
            message = socket.next() => match message {
                Some(Ok(Message::Text(text))) => {
                    let message: Value = serde_json::from_str(&text).unwrap();
                    assert_eq!(message["type"], "ping", "nothing else is said to it");
                    let is_silent = {
                        let mut inner = inner.lock().unwrap();
                        inner.pings += 1;
                        inner.is_silent
                    };
                    if !is_silent {
                        let pong = json!({"type": "system.pong", "timestamp": message["ts"]});
                        let _ = socket.send(Message::text(pong.to_string())).await;
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
        }
    }
}

/// `GET /traces`: the newest, 200 at most, of a range of latencies; and how many there are.
async fn list(stream: &mut TcpStream, inner: &Mutex<Inner>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") && stream.read_buf(&mut request).await.unwrap_or(0) > 0 {}
    let request = String::from_utf8(request).unwrap();
    let path = request.split(' ').nth(1).unwrap().to_owned();
    let parameter = |name: &str| {
        let query = path.split_once('?')?.1;
        query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse::<f64>().ok())
    };
    let (limit, from, to) = (parameter("limit"), parameter("latency_min"), parameter("latency_max"));
    let body = {
        let mut inner = inner.lock().unwrap();
        inner.asked.push(path.clone());
        let mut found: Vec<Value> = inner
            .stored
            .iter()
            .filter(|trace| {
                let latency = trace["latency"].as_f64().unwrap();
                from.is_none_or(|from| latency >= from) && to.is_none_or(|to| latency <= to)
            })
            .cloned()
            .collect();
        found.sort_by_key(|trace| std::cmp::Reverse(trace["created_at"].to_string()));
        let total = found.len();
        found.truncate(limit.unwrap_or(50.0).min(200.0) as usize);
        json!({ "total": total, "items": found }).to_string()
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn backend_source(url: Option<String>) -> SourceKind {
    SourceKind::TraceLlm { url }
}

#[test]
fn what_is_there_and_what_comes_is_read() {
    let backend = Backend::new((0..5).map(trace).collect());
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, backend_source(backend.url()));
    let status = wait_for_state(&harness, &source, SourceState::Connected);
    assert_eq!(status.address.as_deref(), Some(&*format!("ws://127.0.0.1:{}/ws", backend.port)));
    wait_for_traces(&harness, 5);
    backend.store(trace(5));
    wait_for_traces(&harness, 6);
    until("it is asked whether it is there", || (backend.inner.lock().unwrap().pings > 0).then_some(()));
    assert_no_problems(&harness, &source);
    let all = serde_json::to_string(&told(&harness)).unwrap();
    assert!(!all.contains("sk-secret"), "keys are never kept");
}

#[test]
fn what_came_while_nobody_was_connected_is_caught_up_with() {
    let backend = Backend::new(vec![trace(0)]);
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, backend_source(backend.url()));
    wait_for_traces(&harness, 1);
    wait_for_state(&harness, &source, SourceState::Connected);
    let (inner, port) = (backend.inner.clone(), backend.port);
    drop(backend);
    let status = wait_for_state(&harness, &source, SourceState::Retrying);
    assert!(status.retry_in_ms.is_some() && status.message.is_some(), "{status:?}");
    inner.lock().unwrap().stored.push(trace(1));
    let backend = until("the port is free", || {
        std::net::TcpListener::bind(("127.0.0.1", port)).ok()?;
        Some(Backend::start(inner.clone(), port))
    });
    wait_for_traces(&harness, 2);
    backend.store(trace(2));
    wait_for_traces(&harness, 3);
    wait_for_state(&harness, &source, SourceState::Connected);
}

#[test]
fn more_than_the_backend_gives_at_once_is_caught_up_with_once() {
    let backend = Backend::new((0..650).map(trace).collect());
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("store.db");
    let first = started(&store);
    let source = follow(&first, backend_source(backend.url()));
    wait_for_traces(&first, 650);
    assert!(backend.asked() > 3, "{}", backend.asked());
    // Told of once it is remembered up to where it was read.
    turn_off(&first, &source);
    let config = status(&first, &source).config;
    first.call::<SourceRef>("source_set", &engine::model::SourceConfig { enabled: true, ..config.clone() });
    backend.store(trace(650));
    wait_for_traces(&first, 651);
    assert_no_problems(&first, &source);
}

#[test]
fn a_backend_that_falls_silent_is_connected_to_again() {
    let backend = Backend::new(Vec::new());
    backend.inner.lock().unwrap().is_silent = true;
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, backend_source(backend.url()));
    let status = wait_for_state(&harness, &source, SourceState::Retrying);
    assert!(status.message.unwrap().contains("does not answer"));
    backend.inner.lock().unwrap().is_silent = false;
    until("it is connected to again", || (backend.connections() == 2).then_some(()));
    backend.store(trace(0));
    wait_for_traces(&harness, 1);
}

#[test]
fn messages_that_make_no_sense_are_problems_and_nothing_more() {
    let backend = Backend::new(Vec::new());
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, backend_source(backend.url()));
    wait_for_state(&harness, &source, SourceState::Connected);
    until("it listens", || (backend.connections() == 1).then_some(()));
    for message in ["nonsense", r#"{"type":"trace.created","trace":7}"#, r#"{"type":"trace.created""#] {
        backend.told.send(message.to_owned()).unwrap();
    }
    backend.store(trace(0));
    wait_for_traces(&harness, 1);
    // Counts are told of once the transaction is committed, just after its traces are there.
    let status =
        until("there are problems", || Some(status(&harness, &source)).filter(|status| status.problems >= 2));
    assert_eq!(status.state, SourceState::Connected);
}

#[test]
fn only_this_machine_is_connected_to() {
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    for url in
        ["http://example.com:8000", "https://localhost:8000", "http://127.0.0.1.example.com", "10.0.0.1:8000"]
    {
        let source = follow(&harness, backend_source(Some(url.to_owned())));
        let status = wait_for_state(&harness, &source, SourceState::Failed);
        assert!(status.message.unwrap().contains("this machine"), "{url}");
    }
}

#[test]
fn what_is_no_backend_is_said_to_be_none() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let answer = move || {
        use std::io::Write;
        for stream in listener.incoming() {
            let _ = stream.unwrap().write_all(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
        }
    };
    std::thread::Builder::new().name("other program".into()).spawn(answer).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let source = follow(&harness, backend_source(Some(format!("localhost:{port}"))));
    let status = wait_for_state(&harness, &source, SourceState::Retrying);
    assert!(status.message.unwrap().contains("no TraceLLM backend"));
}
