//! What stands where TraceLLM's backend should, and means harm: messages without end, answers that lie.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use engine::model::{SourceKind, SourceState};
use serde_json::json;
use tokio_tungstenite::tungstenite::{self, Message};

use super::followed::*;

/// A stand-in: what it says over the socket once it has greeted, and what it answers to the question for its traces.
struct Stand {
    port: u16,
    connections: Arc<AtomicUsize>,
}

impl Stand {
    fn start(said: impl Fn(&mut TcpStream) + Send + 'static, answered: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let connections = Arc::new(AtomicUsize::new(0));
        let counted = connections.clone();
        let serve = move || {
            let mut sockets = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut head = [0; 7];
                while stream.peek(&mut head).unwrap_or(0) < head.len() {}
                if !head.starts_with(b"GET /ws") {
                    let mut request = Vec::new();
                    let mut byte = [0];
                    while !request.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) > 0 {
                        request.push(byte[0]);
                    }
                    let _ = stream.write_all(answered.as_bytes());
                    continue;
                }
                let Ok(mut socket) = tungstenite::accept(stream) else { continue };
                counted.fetch_add(1, Ordering::Relaxed);
                let _ = socket.send(Message::text(json!({"type": "system.connected"}).to_string()));
                said(socket.get_mut());
                sockets.push(socket);
            }
        };
        std::thread::Builder::new().name("stand".into()).spawn(serve).unwrap();
        Self { port, connections }
    }

    fn source(&self) -> SourceKind {
        SourceKind::TraceLlm { url: Some(format!("localhost:{}", self.port)) }
    }
}

fn answer(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn nothing() -> String {
    answer(r#"{"total":0,"items":[]}"#)
}

#[test]
fn a_message_that_is_too_large_ends_the_connection_and_another_is_begun() {
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    // A message of 64 MiB and a byte, and one in pieces that has no end; of either only the beginning is sent.
    let large = [&[0x81, 127][..], &((64u64 << 20) + 1).to_be_bytes()].concat();
    let stand = Stand::start(move |stream| drop(stream.write_all(&large)), nothing());
    let source = follow(&harness, stand.source());
    until("it is connected to again", || (stand.connections.load(Ordering::Relaxed) >= 2).then_some(()));
    let status = until("it says why", || status(&harness, &source).message);
    assert!(status.contains("broke off") || status.contains("too long"), "{status}");
    assert_eq!(traces(&harness).len(), 0);
}

#[test]
fn answers_that_lie_are_said_to_and_the_backend_is_still_listened_to() {
    let folder = tempfile::tempdir().unwrap();
    let harness = started(&folder.path().join("store.db"));
    let run = json!({"trace_id": "run", "prompt": "p", "response": "r", "latency": 5.0, "token_count": 1,
        "model_name": "m", "status": "success", "steps": [], "created_at": "2026-01-01T00:00:00Z"});
    let many = json!({"total": u64::MAX, "items": [run, run, run]}).to_string();
    let deep = format!("{{\"total\":1,\"items\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    for (answered, said) in [
        (answer(&many), "can't be asked for"),
        (answer("{\"total\":-1,\"items\":[]}"), "no list of traces"),
        (answer("{\"total\":1,\"items\":7}"), "no list of traces"),
        (answer(&deep), "no list of traces"),
        (answer("\u{feff}<html>"), "no list of traces"),
        ("HTTP/1.1 200 OK\r\ncontent-length: 99999999999999\r\n\r\n{".to_owned(), "GET /traces"),
        (format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2 << 20)), "GET /traces"),
        ("HTTP/1.1 301 Moved\r\nlocation: http://evil.example/\r\n\r\n".to_owned(), "301"),
        ("nonsense\r\n\r\n".to_owned(), "GET /traces"),
    ] {
        // Told of after the list was asked for, and after that it is silent.
        let told = json!({"type": "trace.created", "trace": run}).to_string();
        let frame = [&[0x81, 126][..], &(told.len() as u16).to_be_bytes(), told.as_bytes()].concat();
        let stand = Stand::start(move |stream| drop(stream.write_all(&frame)), answered);
        let source = follow(&harness, stand.source());
        let status = until(&format!("it is said: {said}"), || {
            let status = status(&harness, &source);
            status.message.as_deref().is_some_and(|message| message.contains(said)).then_some(status)
        });
        assert!([SourceState::Connected, SourceState::Retrying].contains(&status.state), "{status:?}");
        wait_for_traces(&harness, 1);
        turn_off(&harness, &source);
    }
}
