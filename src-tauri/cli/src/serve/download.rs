//! Files for the browser: the page says which traces or which text, gets a ticket, and the browser saves what stands behind
//! it, as it is written. What was written in the end, and what was masked in it, the page asks for by the same ticket.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::api::dto::{ComparisonForm, ComparisonSave, TextSave, TraceSelection};
use engine::error::Error;
use serde::Serialize;
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::time::timeout;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;

use super::connections::RequestSeat;
use super::{Server, failure, refusal};

/// Tickets that are not used yet; further ones push the oldest out.
const MOST_TICKETS: usize = 16;
/// Files that are written at once, each by a thread of its own; one more is told to come back. Each holds one of the store's
/// connections for as long as the browser takes, so some must be left for commands.
const AT_ONCE: usize = 2;
/// A piece of a file, and how many of them wait for a slow browser.
const PIECE_BYTES: usize = 256 << 10;
const PIECES: usize = 4;
/// A question for what became of a file is answered after so long at the latest; the page then asks again.
const OUTCOME_PATIENCE: Duration = Duration::from_secs(10);

/// Files that were asked for and not fetched yet, and room for those that are fetched.
pub(super) struct Downloads {
    waiting: Mutex<Waiting>,
    writing: Arc<Semaphore>,
}

impl Downloads {
    /// Where it is told what becomes of the file of a ticket; nothing for one of long ago.
    fn telling(&self, ticket: u64) -> Option<watch::Sender<Outcome>> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waiting.outcomes.iter().find(|(known, _)| *known == ticket);
        known.map(|(_, outcome)| outcome.clone())
    }
}

impl Default for Downloads {
    fn default() -> Self {
        Self { waiting: Mutex::default(), writing: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

#[derive(Default)]
struct Waiting {
    last: u64,
    tickets: VecDeque<(u64, Wanted)>,
    /// Of the last tickets, fetched or not.
    outcomes: VecDeque<(u64, watch::Sender<Outcome>)>,
}

/// What has become of a file.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Outcome {
    /// The browser has not fetched it.
    Waiting,
    Writing,
    /// All of it was handed over: how much that was, and what was masked in it.
    Written {
        written: Value,
    },
    /// It is not whole: the browser broke it off, or it could not be read to its end.
    Failed {
        message: String,
    },
}

/// Tells what becomes of one file; that it failed, where nothing else was told in the end.
struct Telling(watch::Sender<Outcome>);

impl Telling {
    fn tell(&self, outcome: Outcome) {
        self.0.send_replace(outcome);
    }
}

impl Drop for Telling {
    fn drop(&mut self) {
        self.0.send_if_modified(|outcome| {
            let is_open = matches!(outcome, Outcome::Waiting | Outcome::Writing);
            if is_open {
                *outcome = Outcome::Failed { message: "it was broken off before its end".into() };
            }
            is_open
        });
    }
}

/// What a file has in it.
enum Wanted {
    Traces(TraceSelection),
    Text(TextSave),
    Comparison(ComparisonSave),
}

/// Takes note of a selection of traces; gives the ticket that it can be fetched with, once.
pub(super) async fn prepare(
    State(server): State<Arc<Server>>,
    Json(selection): Json<TraceSelection>,
) -> Response {
    ticket_for(&server, Wanted::Traces(selection))
}

/// The same for a text.
pub(super) async fn prepare_text(
    State(server): State<Arc<Server>>,
    Json(request): Json<TextSave>,
) -> Response {
    ticket_for(&server, Wanted::Text(request))
}

/// The same for a comparison of two runs.
pub(super) async fn prepare_comparison(
    State(server): State<Arc<Server>>,
    Json(request): Json<ComparisonSave>,
) -> Response {
    ticket_for(&server, Wanted::Comparison(request))
}

fn ticket_for(server: &Server, wanted: Wanted) -> Response {
    let mut waiting = server.downloads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.last += 1;
    let ticket = waiting.last;
    waiting.tickets.push_back((ticket, wanted));
    if waiting.tickets.len() > MOST_TICKETS {
        waiting.tickets.pop_front();
    }
    waiting.outcomes.push_back((ticket, watch::Sender::new(Outcome::Waiting)));
    // Room for those that are being written besides those that wait.
    if waiting.outcomes.len() > MOST_TICKETS + AT_ONCE {
        waiting.outcomes.pop_front();
    }
    Json(ticket).into_response()
}

/// What has become of the file of a ticket: once it is written or has failed, else what it is at after a while.
pub(super) async fn outcome(
    State(server): State<Arc<Server>>,
    Extension(seat): Extension<RequestSeat>,
    Path(ticket): Path<u64>,
) -> Response {
    let known = {
        let waiting = server.downloads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waiting.outcomes.iter().find(|(known, _)| *known == ticket);
        known.map(|(_, outcome)| outcome.subscribe())
    };
    let Some(mut known) = known else {
        return refusal(StatusCode::NOT_FOUND, "no such file was asked for, or many others since".into());
    };
    let _work = seat.work();
    let told = known.wait_for(|outcome| matches!(outcome, Outcome::Written { .. } | Outcome::Failed { .. }));
    tokio::select! {
        () = server.stopping.cancelled() => {}
        told = timeout(OUTCOME_PATIENCE, told) => drop(told),
    }
    let now = known.borrow().clone();
    Json(now).into_response()
}

/// Sends what a ticket stands for as a file.
pub(super) async fn send(
    State(server): State<Arc<Server>>,
    Extension(seat): Extension<RequestSeat>,
    Path(ticket): Path<u64>,
) -> Response {
    let Ok(place) = Arc::clone(&server.downloads.writing).try_acquire_owned() else {
        let message =
            format!("{AT_ONCE} files are being saved already; wait until one is done, then try again");
        if let Some(telling) = server.downloads.telling(ticket) {
            telling.send_replace(Outcome::Failed { message: message.clone() });
        }
        return refusal(StatusCode::SERVICE_UNAVAILABLE, message);
    };
    let wanted = {
        let mut waiting = server.downloads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.tickets.iter().position(|(known, _)| *known == ticket);
        place.and_then(|place| waiting.tickets.remove(place))
    };
    let _work = seat.work();
    // That of a ticket which is not known any more nobody asks for.
    let telling = match wanted {
        Some(_) => server.downloads.telling(ticket).unwrap_or_else(|| watch::Sender::new(Outcome::Waiting)),
        None => watch::Sender::new(Outcome::Waiting),
    };
    telling.send_replace(Outcome::Writing);
    let writing = Writing {
        place,
        patience: server.patience.piece,
        stopping: server.stopping.clone(),
        telling: Telling(telling),
    };
    let response = match wanted {
        Some((_, Wanted::Traces(selection))) => traces(&server, selection, writing),
        Some((_, Wanted::Text(request))) => text(&server, request, writing).await,
        Some((_, Wanted::Comparison(request))) => comparison(&server, request, writing).await,
        None => refusal(StatusCode::NOT_FOUND, "this file was fetched already; ask for it again".into()),
    };
    response.map(|body| seat.held_by(body))
}

fn traces(server: &Server, selection: TraceSelection, writing: Writing) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let name = format!("traces-{}.jsonl", chrono::Local::now().format("%Y%m%d-%H%M%S"));
    file("application/x-ndjson", &name, writing, move |out| {
        engine::api::export(&engine, selection, out, &|| stopping.is_cancelled()).and_then(as_value)
    })
}

async fn text(server: &Server, request: TextSave, writing: Writing) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let found = tokio::task::spawn_blocking(move || engine::api::text_to_save(&engine, request)).await;
    match found {
        // Whatever it is, the browser saves it and shows nothing of it.
        Ok(Ok(text)) => file("application/octet-stream", &text.file_name(), writing, move |out| {
            text.write(out, &|| stopping.is_cancelled()).and_then(as_value)
        }),
        Ok(Err(error)) => not_written(&writing, error),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the text was not read to its end".into()),
    }
}

async fn comparison(server: &Server, request: ComparisonSave, writing: Writing) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let gathering = move || engine::api::comparison_to_save(&engine, request, &|| stopping.is_cancelled());
    let name = match request.form {
        ComparisonForm::Html => "comparison.html",
        ComparisonForm::Json => "comparison.json",
    };
    match tokio::task::spawn_blocking(gathering).await {
        Ok(Ok(report)) => file("application/octet-stream", name, writing, move |out| {
            report.write(request.form, out).and_then(|saved| as_value(engine::api::comparison_saved(&saved)))
        }),
        Ok(Err(error)) => not_written(&writing, error),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the runs were not compared to the end".into()),
    }
}

fn not_written(writing: &Writing, error: Error) -> Response {
    writing.telling.tell(Outcome::Failed { message: error.message.clone() });
    failure(&error.into())
}

fn as_value(written: impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(written).map_err(|error| Error::internal(error.to_string()))
}

/// What the writing of one file is bound by.
struct Writing {
    place: OwnedSemaphorePermit,
    patience: Duration,
    stopping: CancellationToken,
    telling: Telling,
}

/// A response that the browser saves under `name`, written as it is read; broken off if nothing of it is read for long.
fn file(
    content_type: &'static str,
    name: &str,
    writing: Writing,
    write: impl FnOnce(&mut dyn Write) -> Result<Value, Error> + Send + 'static,
) -> Response {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let Writing { place, patience, stopping, telling } = writing;
    let pieces = Pieces { sender, patience, stopping, runtime: Handle::current() };
    // Commands have threads of their own: a browser that does not read must not take theirs.
    let writer = thread::Builder::new().name("download".into()).spawn(move || {
        let _place = place;
        let mut out = BufWriter::with_capacity(PIECE_BYTES, &pieces);
        let written = write(&mut out).and_then(|written| match out.flush() {
            Ok(()) => Ok(written),
            Err(error) => Err(Error::internal(error.to_string())),
        });
        match written {
            Ok(written) => telling.tell(Outcome::Written { written }),
            // The browser then says that the file is not whole.
            Err(error) => {
                let _ = pieces.hand_over(Err(io::Error::other(error.message.clone())));
                telling.tell(Outcome::Failed { message: error.message });
            }
        }
    });
    if let Err(error) = writer {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, format!("no thread can be started: {error}"));
    }
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

/// Hands what is written to the response; fails once nobody reads it any more.
struct Pieces {
    sender: mpsc::Sender<io::Result<Bytes>>,
    patience: Duration,
    stopping: CancellationToken,
    runtime: Handle,
}

impl Pieces {
    fn hand_over(&self, piece: io::Result<Bytes>) -> io::Result<()> {
        self.runtime.block_on(async {
            tokio::select! {
                () = self.stopping.cancelled() => Err(io::ErrorKind::Interrupted.into()),
                sent = timeout(self.patience, self.sender.send(piece)) => match sent {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(_)) => Err(io::ErrorKind::BrokenPipe.into()),
                    Err(_) => Err(io::ErrorKind::TimedOut.into()),
                },
            }
        })
    }
}

impl Write for &Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // However much is written at once, no more of it waits than is meant to.
        let piece = bytes.get(..PIECE_BYTES).unwrap_or(bytes);
        self.hand_over(Ok(Bytes::copy_from_slice(piece)))?;
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
