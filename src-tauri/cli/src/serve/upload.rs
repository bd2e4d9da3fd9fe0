//! Files from the browser: written to a temporary file piece by piece, then imported like any other.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use serde::Deserialize;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::sync::Semaphore;

use super::{Server, declared_bytes, failure, refusal};
use crate::{progress, quantity};

/// The largest file.
const FILE_BYTES: u64 = 8 << 30;
/// Files received at once; further ones wait before they are sent.
const AT_ONCE: usize = 2;
/// The longest file name kept.
const NAME_BYTES: usize = 150;

/// What the browser says of the file.
#[derive(Deserialize)]
pub(super) struct About {
    /// Its name.
    #[serde(default)]
    name: String,
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

/// Takes the raw bytes of one file and starts its import.
pub(super) async fn receive(
    State(server): State<Arc<Server>>,
    Query(about): Query<About>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if declared_bytes(&headers) > FILE_BYTES {
        return too_large();
    }
    let Ok(_place) = server.uploads.receiving.acquire().await else {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, "the server is stopping".into());
    };
    let name = file_name(&about.name);
    let (folder, path) = match store(&name, body).await {
        Ok(stored) => stored,
        Err(refused) => return refused,
    };
    let starter = Arc::clone(&server);
    match tokio::task::spawn_blocking(move || start(&starter, name, folder, path)).await {
        Ok(response) => response,
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the import was stopped".into()),
    }
}

/// Writes the body to a file of that name in a folder of its own, which goes away with the first value given.
async fn store(name: &str, body: Body) -> Result<(TempDir, PathBuf), Response> {
    let no_room = |error: std::io::Error| {
        refusal(StatusCode::INSUFFICIENT_STORAGE, format!("the file can't be kept until it is read: {error}"))
    };
    let folder = tempfile::Builder::new().prefix("tracex-").tempdir().map_err(no_room)?;
    let path = folder.path().join(name);
    let mut file = tokio::fs::File::create_new(&path).await.map_err(no_room)?;
    let mut pieces = body.into_data_stream();
    let mut written_bytes = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|error| {
            refusal(StatusCode::BAD_REQUEST, format!("the file did not arrive whole: {error}"))
        })?;
        written_bytes += piece.len() as u64;
        if written_bytes > FILE_BYTES {
            return Err(too_large());
        }
        file.write_all(&piece).await.map_err(no_room)?;
    }
    file.flush().await.map_err(no_room)?;
    Ok((folder, path))
}

fn too_large() -> Response {
    let limit = quantity::bytes(FILE_BYTES);
    let message = format!("a file has at most {limit} here; `tracex import` takes larger ones");
    refusal(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Starts the import and leaves a thread behind that removes `folder` once it is over.
fn start(server: &Server, name: String, folder: TempDir, path: PathBuf) -> Response {
    let notices = server.engine.subscribe();
    let status = match engine::api::import_file(&server.engine, name, path) {
        Ok(status) => status,
        Err(error) => return failure(&error.into()),
    };
    let Ok(started) = serde_json::to_string(&status) else {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "the import's status can't be written".into());
    };
    let (engine, stop) = (Arc::clone(&server.engine), Arc::clone(&server.uploads.stop));
    let waiting = thread::Builder::new().name("upload".into()).spawn(move || {
        // However the import ends, the page sees it; here only the file has to go.
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

/// The last part of a name as a browser gives it, fit for a file in a folder of its own.
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
