//! Files from the browser: written to temporary files piece by piece, then imported like any others. What is dropped
//! together comes in one request, and is one import: a line of JSON that names the files and their sizes, then their
//! contents.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use engine::ingest::ReceivedFile;
use futures_util::StreamExt;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use super::connections::RequestSeat;
use super::{Server, declared_bytes, failure, refusal};
use crate::{progress, quantity};

/// The most that is received together.
const TOTAL_BYTES: u64 = 8 << 30;
/// The longest list of names.
const LIST_BYTES: usize = 8 << 20;
/// Requests received at once; further ones wait before they are sent.
const AT_ONCE: usize = 2;
/// Whoever sends more slowly than this, after a while to begin, does not keep a place from others.
const LEAST_BYTES_PER_SECOND: f64 = 65_536.0;
/// The longest file name kept.
const NAME_BYTES: usize = 150;

/// What the browser says of a file.
#[derive(Deserialize)]
struct Announced {
    /// Its name, with the folders it lies in where a folder was chosen.
    name: String,
    /// Its size.
    size_bytes: u64,
}

/// Uploads under way.
pub(super) struct Uploads {
    receiving: Semaphore,
    /// Waits for an import and then removes its temporary file.
    importing: Mutex<Vec<JoinHandle<()>>>,
    stop: Arc<AtomicBool>,
}

impl Default for Uploads {
    fn default() -> Self {
        Self { receiving: Semaphore::new(AT_ONCE), importing: Mutex::default(), stop: Arc::default() }
    }
}

impl Uploads {
    /// Cancels the imports that still run and removes all temporary files.
    pub(super) fn finish(&self) {
        self.stop.store(true, Ordering::Relaxed);
        let importing = std::mem::take(&mut *self.importing.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in importing {
            // A thread that panicked has nothing left to remove.
            let _ = thread.join();
        }
    }
}

/// Takes files and starts their import.
pub(super) async fn receive(
    State(server): State<Arc<Server>>,
    Extension(seat): Extension<RequestSeat>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if declared_bytes(&headers) > TOTAL_BYTES {
        return too_large();
    }
    let Ok(_place) = server.uploads.receiving.acquire().await else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping".into());
    };
    let _work = seat.work();
    let (folder, files) = match store(body, server.patience.piece).await {
        Ok(stored) => stored,
        Err(refused) => return refused,
    };
    let starter = Arc::clone(&server);
    match tokio::task::spawn_blocking(move || start(&starter, folder, files)).await {
        Ok(response) => response,
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the import was stopped".into()),
    }
}

/// Writes the files of a body into a folder of their own, which goes away with the first value given.
async fn store(body: Body, patience: Duration) -> Result<(TempDir, Vec<ReceivedFile>), Response> {
    let no_room = |error: std::io::Error| {
        let message = format!("the files can't be kept until they are read: {error}");
        refusal(StatusCode::INSUFFICIENT_STORAGE, message)
    };
    let mut pieces = Pieces {
        stream: body.into_data_stream(),
        waiting: Bytes::new(),
        begun: Instant::now(),
        received_bytes: 0,
        patience,
    };
    let list = pieces.line().await?;
    let announced: Vec<Announced> = serde_json::from_slice(&list).map_err(|error| {
        refusal(StatusCode::BAD_REQUEST, format!("the request does not begin with a list of files: {error}"))
    })?;
    if announced.iter().fold(0u64, |sum, file| sum.saturating_add(file.size_bytes)) > TOTAL_BYTES {
        return Err(too_large());
    }
    let folder = tempfile::Builder::new().prefix("tracex-").tempdir().map_err(no_room)?;
    let mut files = Vec::with_capacity(announced.len());
    for (index, Announced { name, size_bytes }) in announced.into_iter().enumerate() {
        let path = folder.path().join(index.to_string());
        let mut file = tokio::fs::File::create_new(&path).await.map_err(no_room)?;
        let mut left = size_bytes;
        while left > 0 {
            let piece = pieces.next(left).await?;
            left -= piece.len() as u64;
            file.write_all(&piece).await.map_err(no_room)?;
        }
        file.flush().await.map_err(no_room)?;
        let in_folder = name.contains('/');
        files.push(ReceivedFile { name: file_name(&name), path, in_folder });
    }
    Ok((folder, files))
}

/// A body as it comes in.
struct Pieces {
    stream: BodyDataStream,
    /// Came, and was not asked for yet.
    waiting: Bytes,
    begun: Instant,
    received_bytes: u64,
    /// How long it may be slow.
    patience: Duration,
}

impl Pieces {
    /// The next bytes, at most `most` of them and at least one.
    async fn next(&mut self, most: u64) -> Result<Bytes, Response> {
        while self.waiting.is_empty() {
            self.waiting = match self.stream.next().await {
                Some(Ok(_)) if self.is_too_slow() => return Err(not_whole("they came too slowly")),
                Some(Ok(piece)) => piece,
                Some(Err(error)) => return Err(not_whole(&error.to_string())),
                None => return Err(not_whole("it ended early")),
            };
            self.received_bytes += self.waiting.len() as u64;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        Ok(self.waiting.split_to(most.min(self.waiting.len())))
    }

    fn is_too_slow(&self) -> bool {
        let due = self.received_bytes as f64 / LEAST_BYTES_PER_SECOND;
        self.begun.elapsed().saturating_sub(self.patience).as_secs_f64() > due
    }

    /// The bytes up to the end of the line, which is taken too.
    async fn line(&mut self) -> Result<Vec<u8>, Response> {
        let mut line = Vec::new();
        loop {
            let mut piece = self.next(u64::MAX).await?;
            let end = piece.iter().position(|byte| *byte == b'\n');
            line.extend_from_slice(&piece.split_to(end.unwrap_or(piece.len())));
            if line.len() > LIST_BYTES {
                let message =
                    "that is a longer list of files than is taken at once; `tracex import` takes folders";
                return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, message.into()));
            }
            if end.is_some() {
                self.waiting = piece.split_off(1);
                return Ok(line);
            }
        }
    }
}

fn not_whole(reason: &str) -> Response {
    refusal(StatusCode::BAD_REQUEST, format!("the files did not arrive whole: {reason}"))
}

fn too_large() -> Response {
    let limit = quantity::bytes(TOTAL_BYTES);
    let message = format!("at most {limit} are taken at once here; `tracex import` takes more");
    refusal(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Starts the import and leaves a thread behind that removes `folder` once it is over.
fn start(server: &Server, folder: TempDir, files: Vec<ReceivedFile>) -> Response {
    let notices = server.engine.subscribe();
    let status = match engine::api::import_received(&server.engine, files) {
        Ok(status) => status,
        Err(error) => return failure(&error.into()),
    };
    let Ok(started) = serde_json::to_string(&status) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "the import's status can't be written".into());
    };
    let (engine, stop) = (Arc::clone(&server.engine), Arc::clone(&server.uploads.stop));
    let waiting = thread::Builder::new().name("upload".into()).spawn(move || {
        // However the import ends, the page sees it; here only the files have to go.
        let _ = progress::watch(&engine, &notices, status, &stop, |_| ());
        drop(folder);
    });
    if let Ok(waiting) = waiting {
        let mut importing = server.uploads.importing.lock().unwrap_or_else(PoisonError::into_inner);
        importing.retain(|thread| !thread.is_finished());
        importing.push(waiting);
    }
    ([(axum::http::header::CONTENT_TYPE, "application/json")], started).into_response()
}

/// The last part of a name as a browser gives it, fit to be shown.
fn file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut kept = String::new();
    for letter in last.chars().filter(|letter| !letter.is_control() && *letter != ':') {
        if kept.len() + letter.len_utf8() > NAME_BYTES {
            break;
        }
        kept.push(letter);
    }
    match kept.trim_matches(['.', ' ']) {
        "" => "upload".into(),
        _ => kept,
    }
}
