//! Files for the browser: the page says which traces or which text, gets a ticket, and the browser saves what stands behind
//! it, as it is written.

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
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
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

/// Files that were asked for and not fetched yet, and room for those that are fetched.
pub(super) struct Downloads {
    waiting: Mutex<Waiting>,
    writing: Arc<Semaphore>,
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
    Json(ticket).into_response()
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
        return refusal(StatusCode::SERVICE_UNAVAILABLE, message);
    };
    let wanted = {
        let mut waiting = server.downloads.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.tickets.iter().position(|(known, _)| *known == ticket);
        place.and_then(|place| waiting.tickets.remove(place))
    };
    let _work = seat.work();
    let writing = Writing { place, patience: server.patience.piece, stopping: server.stopping.clone() };
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
        engine::api::export(&engine, selection, out, &|| stopping.is_cancelled()).map(drop)
    })
}

async fn text(server: &Server, request: TextSave, writing: Writing) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let found = tokio::task::spawn_blocking(move || engine::api::text_to_save(&engine, request)).await;
    match found {
        // Whatever it is, the browser saves it and shows nothing of it.
        Ok(Ok(text)) => file("application/octet-stream", &text.file_name(), writing, move |out| {
            text.write(out, &|| stopping.is_cancelled()).map(drop)
        }),
        Ok(Err(error)) => failure(&error.into()),
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
            report.write(request.form, out).map(drop)
        }),
        Ok(Err(error)) => failure(&error.into()),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the runs were not compared to the end".into()),
    }
}

/// What the writing of one file is bound by.
struct Writing {
    place: OwnedSemaphorePermit,
    patience: Duration,
    stopping: CancellationToken,
}

/// A response that the browser saves under `name`, written as it is read; broken off if nothing of it is read for long.
fn file(
    content_type: &'static str,
    name: &str,
    writing: Writing,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Error> + Send + 'static,
) -> Response {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let Writing { place, patience, stopping } = writing;
    let pieces = Pieces { sender, patience, stopping, runtime: Handle::current() };
    // Commands have threads of their own: a browser that does not read must not take theirs.
    let writer = thread::Builder::new().name("download".into()).spawn(move || {
        let _place = place;
        let mut out = BufWriter::with_capacity(PIECE_BYTES, &pieces);
        // The browser then says that the file is not whole.
        if let Err(error) = write(&mut out) {
            let _ = pieces.hand_over(Err(io::Error::other(error.message)));
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
