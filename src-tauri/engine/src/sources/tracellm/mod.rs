//! TraceLLM's backend, followed over its WebSocket: every run is told when it is stored. What was stored before, or while
//! nobody was connected, is caught up with over its list of traces.

mod address;
mod catch_up;
mod http;

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use self::address::Address;
use self::catch_up::catch_up;
use super::SourceContext;
use super::backoff::Backoff;
use super::context::off_thread;
use crate::error::{Code, Error, Result};
use crate::ingest::{Intake, Sender};
use crate::wire::{Format as _, Framer, Sample};

/// How long the backend has to take a connection and greet.
const GREETING_PATIENCE: Duration = Duration::from_secs(3);
/// How often the backend is asked whether it is there; the first time as soon as it has greeted.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// How long it has to say anything.
const PONG_PATIENCE: Duration = Duration::from_secs(10);
/// The largest message that is taken: a run.
const LARGEST_MESSAGE_BYTES: usize = 64 << 20;
/// Pauses between tries to reach it.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

type Socket = WebSocketStream<TcpStream>;

/// Follows the backend at `url`, or the one that is found on the usual ports.
pub(super) async fn follow(context: SourceContext, url: Option<String>) -> Result<()> {
    let own_port = std::env::var("TRACELLM_WS_PORT").ok().and_then(|port| port.parse().ok());
    let candidates = Address::candidates(url.as_deref(), own_port)?;
    let mut backoff = Backoff::new(FIRST_PAUSE, LONGEST_PAUSE);
    while !context.stop.is_cancelled() {
        let reached = tokio::select! {
            () = context.stop.cancelled() => return Ok(()),
            reached = find(&candidates) => reached,
        };
        let message = match reached {
            Ok((address, socket)) => {
                let connected = Instant::now();
                let ended = listen(&context, &address, socket).await;
                // One that takes connections and drops them is not hurried.
                if connected.elapsed() > PONG_PATIENCE {
                    backoff.reset();
                }
                match ended {
                    Ok(()) => return Ok(()),
                    Err(error) if error.code == Code::Cancelled => return Err(error),
                    Err(error) => error.message,
                }
            }
            Err(error) => error.message,
        };
        let pause = backoff.next();
        context.report.retrying(message, pause);
        tokio::select! {
            () = context.stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}

/// Connects to the first of the places at which a backend greets.
async fn find(candidates: &[Address]) -> Result<(Address, Socket)> {
    let mut reasons = Vec::new();
    for address in candidates {
        match timeout(GREETING_PATIENCE, greet(address)).await {
            Ok(Ok(socket)) => return Ok((address.clone(), socket)),
            Ok(Err(error)) => reasons.push(error.message),
            Err(_) => reasons.push(format!("what listens at {} does not greet", address.authority())),
        }
    }
    Err(Error::new(
        Code::Io,
        match (candidates, reasons.pop()) {
            ([_], Some(reason)) => reason,
            _ => {
                let ports: Vec<String> = candidates.iter().map(|address| address.port.to_string()).collect();
                format!(
                    "no TraceLLM backend is found on the ports {}: start it, or give its address",
                    ports.join(", ")
                )
            }
        },
    ))
}

/// Connects, and waits for the greeting by which a backend of TraceLLM is known.
async fn greet(address: &Address) -> Result<Socket> {
    let other = |reason: &dyn std::fmt::Display| {
        Error::new(
            Code::Io,
            format!("what listens at {} is no TraceLLM backend ({reason})", address.authority()),
        )
    };
    let stream = http::connect(address).await?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE_BYTES))
        .max_frame_size(Some(LARGEST_MESSAGE_BYTES));
    let url = socket_url(address);
    let (mut socket, _) = tokio_tungstenite::client_async_with_config(url, stream, Some(config))
        .await
        .map_err(|error| other(&error))?;
    while let Some(message) = socket.next().await {
        if let Message::Text(text) = message.map_err(|error| other(&error))? {
            return match kind(&text).as_deref() {
                Some("system.connected") => Ok(socket),
                _ => Err(other(&"it greets in other words")),
            };
        }
    }
    Err(other(&"it closed the connection"))
}

/// Listens until the connection ends; `Ok` once the source is to stop.
async fn listen(context: &SourceContext, address: &Address, socket: Socket) -> Result<()> {
    let url = socket_url(address);
    context.report.connected(url.clone());
    let _counted = context.report.connection();
    let sender = Sender::new();
    let mut intake = context.intake(context.format("tracellm")?, &url, sender.reference())?;
    let (mut write, mut read) = socket.split();
    // Listened to meanwhile: what is stored after the list was made is told.
    let mut catching_up = std::pin::pin!(catch_up(context, address));
    let mut is_caught_up = false;
    let mut pings = tokio::time::interval(PING_INTERVAL);
    let mut answer_due: Option<Instant> = None;
    let broken = |error: &dyn std::fmt::Display| {
        Error::new(Code::Io, format!("the connection to the backend broke off ({error})"))
    };
    loop {
        tokio::select! {
            () = context.stop.cancelled() => {
                let _ = timeout(GREETING_PATIENCE, write.send(Message::Close(None))).await;
                return Ok(());
            }
            message = read.next() => {
                answer_due = None;
                match message {
                    Some(Ok(Message::Text(text))) => intake = take(context, intake, text.as_str().to_owned()).await?,
                    Some(Ok(Message::Close(_))) | None => {
                        return Err(Error::new(Code::Io, "the backend closed the connection"));
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Err(broken(&error)),
                }
            }
            caught_up = &mut catching_up, if !is_caught_up => {
                is_caught_up = true;
                match caught_up {
                    Err(error) if error.code == Code::Cancelled => return Err(error),
                    Err(error) => context.report.trouble(error.message),
                    Ok(()) => {}
                }
            }
            _ = pings.tick() => {
                let ping = json!({ "type": "ping", "ts": context.clock.now_ns() / 1_000_000 }).to_string();
                timeout(PONG_PATIENCE, write.send(Message::text(ping)))
                    .await
                    .map_err(|_| silent())?
                    .map_err(|error| broken(&error))?;
                answer_due.get_or_insert(Instant::now() + PONG_PATIENCE);
            }
            () = tokio::time::sleep_until(answer_due.unwrap_or_else(Instant::now)), if answer_due.is_some() => {
                return Err(silent());
            }
        }
    }
}

fn silent() -> Error {
    Error::new(Code::Io, "the backend does not answer any more")
}

/// Reads a message.
async fn take(context: &SourceContext, mut intake: Intake, text: String) -> Result<Intake> {
    if kind(&text).is_some_and(|kind| kind.starts_with("system.")) {
        return Ok(intake);
    }
    context.received(text.len());
    off_thread(move || {
        read_document(&mut intake, text.as_bytes())?;
        intake.flush()?;
        Ok(intake)
    })
    .await
}

/// Reads one JSON document through `intake`.
fn read_document(intake: &mut Intake, document: &[u8]) -> Result<()> {
    let sample = Sample::new(document, true);
    let framing = crate::wire::tracellm::TraceLlm.framing();
    let mut framer = Framer::new(document, framing, &sample);
    let unreadable = |error: std::io::Error| Error::internal(format!("bytes at hand can't be read: {error}"));
    while let Some(chunk) = framer.next_chunk(document.len()).map_err(unreadable)? {
        for frame in chunk.frames() {
            intake.read(&frame);
        }
        for problem in chunk.problems {
            intake.problem(problem);
        }
    }
    Ok(())
}

/// What a message says it is.
fn kind(text: &str) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Kind {
        r#type: Option<Value>,
    }
    let kind: Kind = serde_json::from_str(text).ok()?;
    kind.r#type?.as_str().map(str::to_owned)
}

fn socket_url(address: &Address) -> String {
    format!("ws://{}/ws", address.authority())
}
