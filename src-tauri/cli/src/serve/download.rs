//! Files for the browser: the page says which traces or which text, gets a ticket, and the browser saves what stands behind
//! it, as it is written.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::api::dto::{ComparisonForm, ComparisonSave, TextSave, TraceSelection};
use engine::error::Error;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Server, failure, refusal};

/// Tickets that are not used yet; further ones push the oldest out.
const MOST_TICKETS: usize = 16;
/// A piece of a file, and how many of them wait for a slow browser.
const PIECE_BYTES: usize = 256 << 10;
const PIECES: usize = 4;

/// Files that were asked for and not fetched yet.
#[derive(Default)]
pub(super) struct Downloads(Mutex<Waiting>);

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
    let mut waiting = server.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.last += 1;
    let ticket = waiting.last;
    waiting.tickets.push_back((ticket, wanted));
    if waiting.tickets.len() > MOST_TICKETS {
        waiting.tickets.pop_front();
    }
    Json(ticket).into_response()
}

/// Sends what a ticket stands for as a file.
pub(super) async fn send(State(server): State<Arc<Server>>, Path(ticket): Path<u64>) -> Response {
    let wanted = {
        let mut waiting = server.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.tickets.iter().position(|(known, _)| *known == ticket);
        place.and_then(|place| waiting.tickets.remove(place))
    };
    match wanted {
        Some((_, Wanted::Traces(selection))) => traces(&server, selection),
        Some((_, Wanted::Text(request))) => text(&server, request).await,
        Some((_, Wanted::Comparison(request))) => comparison(&server, request).await,
        None => refusal(StatusCode::NOT_FOUND, "this file was fetched already; ask for it again".into()),
    }
}

fn traces(server: &Server, selection: TraceSelection) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let name = format!("traces-{}.jsonl", chrono::Local::now().format("%Y%m%d-%H%M%S"));
    file("application/x-ndjson", &name, move |out| {
        engine::api::export(&engine, selection, out, &|| stopping.is_cancelled()).map(drop)
    })
}

async fn text(server: &Server, request: TextSave) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let found = tokio::task::spawn_blocking(move || engine::api::text_to_save(&engine, request)).await;
    match found {
        // Whatever it is, the browser saves it and shows nothing of it.
        Ok(Ok(text)) => file("application/octet-stream", &text.file_name(), move |out| {
            text.write(out, &|| stopping.is_cancelled()).map(drop)
        }),
        Ok(Err(error)) => failure(&error.into()),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the text was not read to its end".into()),
    }
}

async fn comparison(server: &Server, request: ComparisonSave) -> Response {
    let (engine, stopping) = (Arc::clone(&server.engine), server.stopping.clone());
    let gathering = move || engine::api::comparison_to_save(&engine, request, &|| stopping.is_cancelled());
    let name = match request.form {
        ComparisonForm::Html => "comparison.html",
        ComparisonForm::Json => "comparison.json",
    };
    match tokio::task::spawn_blocking(gathering).await {
        Ok(Ok(report)) => {
            file("application/octet-stream", name, move |out| report.write(request.form, out).map(drop))
        }
        Ok(Err(error)) => failure(&error.into()),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the runs were not compared to the end".into()),
    }
}

/// A response that the browser saves under `name`, written as it is read.
fn file(
    content_type: &'static str,
    name: &str,
    write: impl FnOnce(&mut dyn Write) -> Result<(), Error> + Send + 'static,
) -> Response {
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(PIECE_BYTES, Pieces(sender.clone()));
        // The browser then says that the file is not whole.
        if let Err(error) = write(&mut out) {
            let _ = sender.blocking_send(Err(io::Error::other(error.message)));
        }
    });
    let name = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, content_type.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (headers, Body::from_stream(ReceiverStream::new(receiver))).into_response()
}

/// Hands what is written to the response; fails once nobody reads it any more.
struct Pieces(mpsc::Sender<io::Result<Bytes>>);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let sent = self.0.blocking_send(Ok(Bytes::copy_from_slice(bytes)));
        sent.map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
