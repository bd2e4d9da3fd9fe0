//! One connection of the feed protocol.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, WriteHalf};
use tokio::sync::oneshot;

use super::lines::{LONGEST_LINE_BYTES, LineReader, Lines};
use crate::error::{Code, Error, Result};
use crate::ingest::{Intake, Noted, Receipt, Sender};
use crate::loopback::Seat;
use crate::model::Position;
use crate::sources::SourceContext;
use crate::sources::context::off_thread;
use crate::wire::{feed, frame};

/// The version of the protocol.
const PROTOCOL: u32 = 1;
/// What could not be taken is reported to the sender this often at most.
const REPORT_INTERVAL: Duration = Duration::from_secs(1);
/// A ping is a short line; longer ones are not looked at for one.
const PING_BYTES: usize = 512;
/// The longest line with a token. Of who has shown none, no more is held.
const TOKEN_LINE_BYTES: usize = 4 << 10;

/// What the other side must show before it is heard.
pub(super) enum Peer {
    /// Nothing: the way it came by says who it is.
    Trusted,
    /// This token, in its first line: `{"type":"auth","token":"…"}`. Until then others may have its seat.
    WithToken(Arc<str>, Arc<Seat>),
}

/// The intakes of a connection: its own protocol, and lines of OTLP among it.
struct Intakes {
    feed: Intake,
    otlp: Option<Intake>,
}

/// Serves a connection until the other side closes it. `address` is what its traces are said to come from.
///
/// # Errors
/// Why it had to be broken off: no token, or the store is closed.
pub(super) async fn serve(
    context: &SourceContext,
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    peer: Peer,
    address: &str,
) -> Result<()> {
    let (read, write) = tokio::io::split(stream);
    let mut write = Teller { write, patience: context.patience.write };
    let mut lines = LineReader::new(read);
    let mut _seated = None;
    if let Peer::WithToken(token, seat) = peer {
        lines.set_longest(TOKEN_LINE_BYTES);
        match tokio::time::timeout(context.patience.token, lines.next()).await {
            Ok(Ok(Some(first))) => match shown_token(&first) {
                Some((shown, rest)) if is_same(&shown, &token) => lines.put_back(rest),
                _ => {
                    let reason = "the first line must be {\"type\":\"auth\",\"token\":\"…\"} with the token that the app shows";
                    write.refuse(reason).await;
                    return Err(Error::invalid("a sender without the right token was turned away"));
                }
            },
            _ => return Err(Error::invalid("a sender that showed no token was turned away")),
        }
        lines.set_longest(LONGEST_LINE_BYTES);
        _seated = Some(seat.work());
    }
    write.tell(&json!({ "type": "system.connected", "protocol": PROTOCOL })).await;
    // Kept as long as the connection: what it began may still end.
    let sender = Sender::new();
    let feed = context.intake(context.format("feed")?, address, sender.reference())?;
    let mut intakes = Intakes { feed, otlp: None };
    let mut unreported = Noted::default();
    let mut reported = Instant::now().checked_sub(REPORT_INTERVAL);
    loop {
        let Some(batch) = lines.next().await.map_err(|error| {
            Error::new(Code::Io, format!("a connection broke off: {error}; what had come is kept"))
        })?
        else {
            break;
        };
        let received_ns = context.received(batch.bytes.len());
        let pings = pings(&batch.bytes);
        let (receipt, written) = receipt();
        let (context, address, reference) = (context.clone(), address.to_owned(), sender.reference());
        let noted;
        (intakes, noted) = off_thread(move || {
            let otlp_intake = || context.intake(context.format("otlp-json")?, &address, reference.clone());
            intakes.take(batch, received_ns, receipt, otlp_intake)
        })
        .await?;
        unreported.add(noted);
        if !pings.is_empty() {
            // A pong says that all that was sent before its ping is on disk.
            match written.await {
                Ok(Ok(())) => {
                    for ping in pings {
                        write.tell(&json!({ "type": "system.pong", "timestamp": ping })).await;
                    }
                }
                Ok(Err(error)) => {
                    write.tell(&json!({ "type": "system.error", "message": error.message })).await;
                }
                Err(_) => return Ok(()),
            }
        }
        if unreported.count > 0 && reported.is_none_or(|at| at.elapsed() >= REPORT_INTERVAL) {
            write.tell(&problems(&std::mem::take(&mut unreported))).await;
            reported = Some(Instant::now());
        }
    }
    if unreported.count > 0 {
        write.tell(&problems(&unreported)).await;
    }
    write.end().await;
    Ok(())
}

/// Says why a sender is not let in.
pub(super) async fn turn_away(stream: impl AsyncRead + AsyncWrite + Send, reason: &str, patience: Duration) {
    let (_, write) = tokio::io::split(stream);
    Teller { write, patience }.refuse(reason).await;
}

impl Intakes {
    /// Reads lines, each by its protocol. `receipt` is told once all of it is committed.
    fn take(
        mut self,
        lines: Lines,
        received_ns: i64,
        receipt: Receipt,
        otlp_intake: impl Fn() -> Result<Intake>,
    ) -> Result<(Self, Noted)> {
        for problem in lines.problems {
            self.feed.problem(problem);
        }
        let chunk = frame::lines(lines.bytes, lines.at);
        let mut any_otlp = false;
        for frame in chunk.frames_received(Some(received_ns)) {
            if feed::is_otlp(frame.bytes) {
                any_otlp = true;
                if self.otlp.is_none() {
                    self.otlp = Some(otlp_intake()?);
                }
                if let Some(otlp) = &mut self.otlp {
                    otlp.read(&frame);
                }
            } else {
                self.feed.read(&frame);
            }
        }
        for problem in chunk.problems {
            self.feed.problem(problem);
        }
        let mut noted = self.feed.take_noted();
        if let Some(otlp) = self.otlp.as_mut().filter(|_| any_otlp) {
            // First of the two: the queue keeps the order, so that the receipt of the other covers both.
            otlp.flush()?;
            noted.add(otlp.take_noted());
        }
        self.feed.flush_with(receipt)?;
        Ok((self, noted))
    }
}

/// A receipt, and where it is told.
fn receipt() -> (Receipt, oneshot::Receiver<Result<()>>) {
    let (sender, receiver) = oneshot::channel();
    let told = move |written| {
        let _ = sender.send(written);
    };
    (Receipt::new(told), receiver)
}

/// The `ts` of each ping among the lines.
fn pings(lines: &[u8]) -> Vec<Value> {
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| line.len() <= PING_BYTES && memchr::memmem::find(line, b"\"ping\"").is_some())
        .filter_map(|line| serde_json::from_slice::<Map<String, Value>>(line).ok())
        .filter(|line| line.get("type").and_then(Value::as_str) == Some("ping"))
        .map(|mut line| line.remove("ts").unwrap_or(Value::Null))
        .collect()
}

fn problems(noted: &Noted) -> Value {
    let first: Vec<Value> = noted
        .first
        .iter()
        .map(|problem| json!({ "line": problem.at.line, "reason": problem.reason }))
        .collect();
    json!({ "type": "system.problems", "count": noted.count, "problems": first })
}

/// The token in the first of some lines, and the lines after it.
fn shown_token(lines: &Lines) -> Option<(String, Lines)> {
    // One that was too long came first.
    if !lines.problems.is_empty() {
        return None;
    }
    let end = memchr::memchr(b'\n', &lines.bytes).map_or(lines.bytes.len(), |end| end + 1);
    let (first, rest) = lines.bytes.split_at(end);
    let first: Map<String, Value> = serde_json::from_slice(first).ok()?;
    if first.get("type").and_then(Value::as_str) != Some("auth") {
        return None;
    }
    let token = first.get("token")?.as_str()?.to_owned();
    let at = Position { byte: lines.at.byte + end as u64, line: lines.at.line.map(|line| line + 1) };
    Some((token, Lines { bytes: rest.to_vec(), at, problems: Vec::new() }))
}

/// Compares in the same time wherever they differ.
fn is_same(shown: &str, token: &str) -> bool {
    let differences = shown.bytes().zip(token.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
    shown.len() == token.len() && differences == 0
}

/// Tells the sender things. One that does not read is not waited for long, and loses nothing but the word.
struct Teller<S> {
    write: WriteHalf<S>,
    patience: Duration,
}

impl<S: AsyncWrite> Teller<S> {
    async fn tell(&mut self, message: &Value) {
        let mut line = message.to_string();
        line.push('\n');
        let _ = tokio::time::timeout(self.patience, self.write.write_all(line.as_bytes())).await;
    }

    async fn refuse(&mut self, reason: &str) {
        self.tell(&json!({ "type": "system.error", "message": reason })).await;
        self.end().await;
    }

    async fn end(&mut self) {
        let _ = tokio::time::timeout(self.patience, self.write.shutdown()).await;
    }
}
