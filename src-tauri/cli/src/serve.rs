//! `tracex serve`: the app's pages and its api for a browser on this machine, over loopback HTTP.
//!
//! Only this machine can connect, and only the server's own pages get an answer ([`guard`]): a page of another site, open in
//! the same browser, must not read traces, nor may a name that was made to point at 127.0.0.1.

mod connections;
mod download;
mod guard;
mod notices;
mod pages;
mod upload;

use std::io::ErrorKind;
use std::net::Ipv4Addr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Extension, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use engine::api::dto::ApiError;
use engine::api::{Answer, PointedTo};
use engine::engine::Engine;
use engine::error::Code;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::args::{Args, Serve};
use crate::failure::Failure;
use crate::output::Output;
use crate::{host, text};
use connections::{Patience, RequestSeat};
use download::Downloads;
use notices::Listeners;
use pages::Pages;
use upload::Uploads;

/// The largest request of a command. Pasted traces come this way; files do not.
const REQUEST_BYTES: usize = 64 << 20;
/// Commands that run at once; further ones wait.
const COMMANDS_AT_ONCE: usize = 8;

/// What the handlers share.
struct Server {
    engine: Arc<Engine>,
    /// What of this machine's files the page may have opened by their paths.
    pointed_to: PointedTo,
    port: u16,
    patience: Patience,
    pages: Pages,
    listeners: Listeners,
    uploads: Uploads,
    downloads: Downloads,
    stopping: CancellationToken,
}

pub(crate) fn run(args: &Args, serve: &Serve, out: &mut Output) -> Result<ExitCode, Failure> {
    let pages = Pages::find(serve.ui.as_deref())?;
    if let Some(missing) = serve.allow.iter().find(|path| !path.exists()) {
        return Err(Failure::Usage(format!(
            "{} is not there: --allow names a file or folder that the page may read",
            text::printable(&missing.to_string_lossy())
        )));
    }
    let engine = Arc::new(host::open(args)?);
    let pointed_to = PointedTo::new("start tracex serve with --allow and its path");
    pointed_to.add(serve.allow.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>()?);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(COMMANDS_AT_ONCE)
        .enable_all()
        .build()
        .map_err(|error| Failure::Failed(format!("the server can't be started: {error}")))?;
    let stopping = CancellationToken::new();
    let stop = stopping.clone();
    ctrlc::set_handler(move || {
        if stop.is_cancelled() {
            std::process::exit(130);
        }
        stop.cancel();
    })
    .map_err(|error| Failure::Failed(format!("Ctrl+C can't be watched for: {error}")))?;
    runtime.block_on(async {
        let listener = listen(serve.port).await?;
        let port = listener.local_addr()?.port();
        let server = Arc::new(Server {
            engine: Arc::clone(&engine),
            pointed_to,
            port,
            patience: Patience::new(serve.patience.map(Duration::from_millis)),
            pages,
            listeners: Listeners::default(),
            uploads: Uploads::default(),
            downloads: Downloads::default(),
            stopping: stopping.clone(),
        });
        out.line(&format!("http://127.0.0.1:{port}/"))?;
        out.flush()?;
        eprintln!("Open this address in a browser on this machine; Ctrl+C stops the server.");
        let receiving = Arc::clone(&engine);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = engine::api::start_sources(&receiving) {
                eprintln!("tracex: live sources can't be started: {}", text::printable(&error.message));
            }
        });
        connections::serve(listener, router(Arc::clone(&server)), server.patience, stopping).await;
        tokio::task::spawn_blocking(move || server.uploads.finish())
            .await
            .map_err(|error| Failure::Failed(format!("an upload did not end: {error}")))
    })?;
    engine.close();
    Ok(ExitCode::SUCCESS)
}

async fn listen(port: u16) -> Result<TcpListener, Failure> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::Failed(format!(
            "port {port} is taken, perhaps by another `tracex serve`; --port 0 takes any that is free"
        )),
        _ => Failure::Failed(format!("port {port} can't be listened on: {error}")),
    })
}

fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/api/call/{name}", post(call).layer(DefaultBodyLimit::max(REQUEST_BYTES)))
        .layer(middleware::from_fn(refuse_long_bodies))
        .route("/api/notices", get(notices::stream))
        .route("/api/import", post(upload::receive))
        .route("/api/export", post(download::prepare))
        .route("/api/save", post(download::prepare_text))
        .route("/api/comparison", post(download::prepare_comparison))
        .route("/api/download/{ticket}", get(download::send))
        .route("/api/download/{ticket}/outcome", get(download::outcome))
        .route("/api/{*rest}", axum::routing::any(no_such_command))
        .fallback(pages::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&server), guard::guard))
        .with_state(server)
}

/// Runs one command of the api.
async fn call(
    State(server): State<Arc<Server>>,
    Extension(seat): Extension<RequestSeat>,
    Path(name): Path<String>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let _work = seat.work();
    let body = match body {
        Ok(body) => body,
        Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return too_large_a_request();
        }
        Err(rejection) => return refusal(rejection.status(), rejection.body_text()),
    };
    let answered = tokio::task::spawn_blocking(move || match std::str::from_utf8(&body) {
        Ok(request) => engine::api::call_from_page(&server.engine, &server.pointed_to, &name, request),
        Err(error) => {
            Err(ApiError { code: Code::Invalid, message: format!("the request is not UTF-8: {error}") })
        }
    });
    match answered.await {
        Ok(Ok(Answer::Json(text))) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Ok(Ok(Answer::Columns(envelope))) => {
            ([(header::CONTENT_TYPE, "application/octet-stream")], envelope).into_response()
        }
        Ok(Err(error)) => failure(&error),
        Err(_) => refusal(StatusCode::INTERNAL_SERVER_ERROR, "the command was stopped".into()),
    }
}

/// Refuses a body whose announced length is above the limit before any of it is sent.
async fn refuse_long_bodies(request: Request, next: Next) -> Response {
    if declared_bytes(request.headers()) > REQUEST_BYTES as u64 {
        too_large_a_request()
    } else {
        next.run(request).await
    }
}

/// The length that the request says its body has; 0 if it does not say.
fn declared_bytes(headers: &HeaderMap) -> u64 {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    length.and_then(|length| length.parse().ok()).unwrap_or(0)
}

fn too_large_a_request() -> Response {
    let limit = crate::quantity::bytes(REQUEST_BYTES as u64);
    refusal(StatusCode::PAYLOAD_TOO_LARGE, format!("a request has at most {limit}; import a file instead"))
}

async fn no_such_command() -> Response {
    refusal(StatusCode::NOT_FOUND, "there is no such address, or it wants another method".into())
}

/// An error of the api as a response.
fn failure(error: &ApiError) -> Response {
    let status = match error.code {
        Code::Invalid | Code::UnknownFormat => StatusCode::BAD_REQUEST,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Cancelled => StatusCode::CONFLICT,
        Code::Locked => StatusCode::SERVICE_UNAVAILABLE,
        Code::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        Code::Io | Code::Corrupt | Code::NewerStore | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, axum::Json(error)).into_response()
}

/// A response that says why there is no other, in the api's form.
fn refusal(status: StatusCode, message: String) -> Response {
    let code = match status {
        StatusCode::NOT_FOUND => Code::NotFound,
        status if status.is_server_error() => Code::Internal,
        _ => Code::Invalid,
    };
    (status, axum::Json(ApiError { code, message })).into_response()
}
