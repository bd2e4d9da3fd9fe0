//! The server's connections: how many there are at once, and how long a slow one is waited for.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use engine::loopback::{Seat, Seats, Work};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};
use tokio_stream::StreamExt;
use tokio_util::sync::CancellationToken;

/// Connections at once. Where there are more, one that brings no request gives up its seat; else the last is told to come
/// back.
const CONNECTIONS: usize = 128;
/// How long a connection may stay idle, take over the head of a request, or over the next piece of its body.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long a connection that brings nothing keeps its seat when others want one.
const SEAT_PATIENCE: Duration = Duration::from_secs(2);
/// How long answers under way have to end once the server is to stop.
const STOP_PATIENCE: Duration = Duration::from_secs(2);
/// The wait after a connection could not be let in: out of file handles, another try at once would fail too.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// How long slow clients are waited for.
#[derive(Clone, Copy)]
pub(super) struct Patience {
    /// Between two pieces of what a client sends or fetches.
    pub(super) piece: Duration,
    seat: Duration,
}

impl Patience {
    /// The usual one, or `all` for everything, as tests want it.
    pub(super) fn new(all: Option<Duration>) -> Self {
        Self { piece: all.unwrap_or(PATIENCE), seat: all.unwrap_or(SEAT_PATIENCE) }
    }
}

/// The seat of the connection that a request came by; an extension of each request.
#[derive(Clone)]
pub(super) struct RequestSeat(Arc<Seat>);

impl RequestSeat {
    /// The request is worth its connection's seat until what this gives is dropped.
    pub(super) fn work(&self) -> Work {
        self.0.work()
    }

    /// A body as long as which the request is worth its seat.
    pub(super) fn held_by(&self, body: Body) -> Body {
        let work = self.work();
        Body::new(body.map_frame(move |frame| {
            let _held = &work;
            frame
        }))
    }
}

/// Answers requests until `stopping` is cancelled, then lets those under way end, if they do so soon.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    stopping: CancellationToken,
) {
    let seats = Seats::new(CONNECTIONS, patience.seat);
    let connections = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => match seats.take() {
                Some(seat) => {
                    tokio::spawn(answer(stream, router.clone(), patience, seat, connections.watcher()));
                }
                None => {
                    tokio::spawn(turn_away(stream));
                }
            },
            Err(_) => sleep(ACCEPT_PAUSE).await,
        }
    }
    drop(listener);
    let _ = timeout(STOP_PATIENCE, connections.shutdown()).await;
}

/// Answers the requests of one connection, until it ends or its seat is given to another.
async fn answer(stream: TcpStream, router: Router, patience: Patience, seat: Arc<Seat>, watcher: Watcher) {
    let _ = stream.set_nodelay(true);
    let request_seat = RequestSeat(Arc::clone(&seat));
    let service = tower::ServiceExt::map_request(router, move |request: Request<Incoming>| {
        let mut request = request.map(|body| patient(body, patience.piece));
        request.extensions_mut().insert(request_seat.clone());
        request
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.piece);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::select! {
        () = seat.lost() => {}
        // How a connection ends matters to its client alone.
        _ = watcher.watch(connection) => {}
    }
}

/// A body whose next piece is waited for no longer than `patience`.
fn patient(body: Incoming, patience: Duration) -> Body {
    let pieces = Body::new(body).into_data_stream().timeout(patience);
    Body::from_stream(pieces.map(|piece| match piece {
        Ok(piece) => piece.map_err(io::Error::other),
        Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "the next piece of it took too long")),
    }))
}

/// Tells a client for whom there is no seat to come back.
async fn turn_away(mut stream: TcpStream) {
    let word = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = timeout(STOP_PATIENCE, async {
        stream.write_all(word).await?;
        stream.shutdown().await
    })
    .await;
}
