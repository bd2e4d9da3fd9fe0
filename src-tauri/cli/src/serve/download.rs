//! Exports for the browser: the page says which traces, gets a ticket, and the browser saves what stands behind it, as it
//! is written.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::api::dto::TraceSelection;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::{Server, refusal};

/// Tickets that are not used yet; further ones push the oldest out.
const MOST_TICKETS: usize = 16;
/// A piece of a file, and how many of them wait for a slow browser.
const PIECE_BYTES: usize = 256 << 10;
const PIECES: usize = 4;

/// Exports that were asked for and not fetched yet.
#[derive(Default)]
pub(super) struct Downloads(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    last: u64,
    tickets: VecDeque<(u64, TraceSelection)>,
}

/// Takes note of a selection; gives the ticket that it can be fetched with, once.
pub(super) async fn prepare(
    State(server): State<Arc<Server>>,
    Json(selection): Json<TraceSelection>,
) -> Response {
    let mut waiting = server.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.last += 1;
    let ticket = waiting.last;
    waiting.tickets.push_back((ticket, selection));
    if waiting.tickets.len() > MOST_TICKETS {
        waiting.tickets.pop_front();
    }
    Json(ticket).into_response()
}

/// Sends the export as a file.
pub(super) async fn send(State(server): State<Arc<Server>>, Path(ticket): Path<u64>) -> Response {
    let selection = {
        let mut waiting = server.downloads.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = waiting.tickets.iter().position(|(known, _)| *known == ticket);
        place.and_then(|place| waiting.tickets.remove(place))
    };
    let Some((_, selection)) = selection else {
        return refusal(StatusCode::NOT_FOUND, "this export was fetched already; ask for it again".into());
    };
    let (sender, receiver) = mpsc::channel::<io::Result<Bytes>>(PIECES);
    let engine = Arc::clone(&server.engine);
    let stopping = server.stopping.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = BufWriter::with_capacity(PIECE_BYTES, Pieces(sender.clone()));
        let done = engine::api::export(&engine, selection, &mut out, &|| stopping.is_cancelled());
        // The browser then says that the file is not whole.
        if let Err(error) = done {
            let _ = sender.blocking_send(Err(io::Error::other(error.message)));
        }
    });
    let name =
        format!("attachment; filename=\"traces-{}.jsonl\"", chrono::Local::now().format("%Y%m%d-%H%M%S"));
    let headers =
        [(header::CONTENT_TYPE, "application/x-ndjson".to_owned()), (header::CONTENT_DISPOSITION, name)];
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
