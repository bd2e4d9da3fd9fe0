//! OTLP, as OpenTelemetry's exporters send it: over HTTP (protobuf and JSON) and over gRPC. A port takes both, told apart by
//! the connection's first bytes, so that a sender that mistakes one for the other is heard all the same.
//!
//! Both are envelopes around one thing: a body is received within bounds of size, time and memory ([`receive`]), unpacked
//! and read off the async threads and, once it is on disk, acknowledged ([`export`]). A connection that brings nothing keeps
//! its seat only as long as nobody else wants it.

mod answer;
mod budget;
mod export;
mod grpc;
mod http;
mod receive;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{sleep, timeout};

use self::export::Endpoint;
use super::{SourceContext, port};
use crate::error::Result;
use crate::loopback::{Seat, Seats};

/// Senders that are connected at once; further ones are told to come back.
const CONNECTIONS: usize = 256;
/// How often a silent connection of HTTP/2 is asked whether it is there, and how long it has to say so.
const PING_INTERVAL: Duration = Duration::from_secs(20);
/// Requests at once on one connection of HTTP/2.
const STREAMS: u32 = 32;
/// How long requests that are under way have to end when the source is turned off.
const STOP_PATIENCE: Duration = Duration::from_secs(2);
/// The wait after a connection could not be let in: out of file handles, another try at once would fail too.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// What is answered.
type Body = BoxBody<Bytes, Infallible>;

/// Listens on `port` of this machine's loopback addresses.
///
/// # Errors
/// Why it can't: the port is taken.
pub(super) async fn listen(context: SourceContext, port: u16) -> Result<()> {
    let listener =
        port::bind(port, "give it to the senders: OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:PORT").await?;
    let port = listener.local_addr().map_or(port, |address| address.port());
    let second = port::bind_v6(port).await;
    let is_second_taken = second.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    let name = if is_second_taken { "127.0.0.1" } else { "localhost" };
    let address = format!("http://{name}:{port}");
    context.report.listening(&address);
    if is_second_taken {
        context.report.trouble(format!(
            "another program has port {port} of [::1]: senders reach this one by http://127.0.0.1:{port}"
        ));
    }
    let endpoint = Arc::new(Endpoint::new(context.clone(), port, address));
    let seats = Seats::new(CONNECTIONS, context.patience.seat);
    let connections = GracefulShutdown::new();
    let second = second.ok();
    loop {
        let accepted = tokio::select! {
            () = context.stop.cancelled() => break,
            accepted = listener.accept() => accepted,
            accepted = accept_if_any(second.as_ref()) => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let Some(seat) = seats.take() else {
                    context.report.trouble(format!(
                        "more than {CONNECTIONS} senders at once: one was told to come back"
                    ));
                    tokio::spawn(turn_away(stream));
                    continue;
                };
                let (endpoint, watcher) = (endpoint.clone(), connections.watcher());
                let counted = context.report.connection();
                let stop = context.stop.clone();
                tokio::spawn(async move {
                    let _counted = counted;
                    let first = tokio::select! {
                        () = stop.cancelled() => return,
                        () = seat.lost() => return,
                        first = speaks_http2(&stream, endpoint.context.patience.first_bytes) => first,
                    };
                    if let Some(is_http2) = first {
                        tokio::select! {
                            () = seat.lost() => {}
                            () = serve(endpoint, stream, is_http2, &seat, watcher) => {}
                        }
                    }
                });
            }
            Err(error) => {
                context.report.trouble(format!("a sender could not be let in: {error}"));
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    let _ = timeout(STOP_PATIENCE, connections.shutdown()).await;
    Ok(())
}

/// The next connection of a listener that may not be there.
async fn accept_if_any(listener: Option<&TcpListener>) -> std::io::Result<(TcpStream, std::net::SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

/// Whether what comes is HTTP/2, which begins with `PRI`; else it is HTTP/1. `None` if nothing comes.
async fn speaks_http2(stream: &TcpStream, patience: Duration) -> Option<bool> {
    let peek = async {
        let mut first = [0; 2];
        loop {
            match stream.peek(&mut first).await {
                Ok(2) => return Some(first == *b"PR"),
                // One byte alone: the next is on its way.
                Ok(1) => sleep(Duration::from_millis(10)).await,
                _ => return None,
            }
        }
    };
    timeout(patience, peek).await.ok().flatten()
}

/// Answers requests until the other side closes the connection, breaks the protocol or falls silent.
async fn serve(
    endpoint: Arc<Endpoint>,
    stream: TcpStream,
    is_http2: bool,
    seat: &Arc<Seat>,
    watcher: Watcher,
) {
    let _ = stream.set_nodelay(true);
    let head_patience = endpoint.context.patience.head;
    let service = service_fn(|request| {
        let (endpoint, seat) = (endpoint.clone(), seat.clone());
        async move { Ok::<_, Infallible>(answer(&endpoint, &seat, request).await) }
    });
    let stream = TokioIo::new(stream);
    // How a connection ends matters to its sender alone.
    if is_http2 {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .keep_alive_interval(PING_INTERVAL)
            .keep_alive_timeout(PING_INTERVAL)
            .max_concurrent_streams(STREAMS);
        let _ = watcher.watch(builder.serve_connection(stream, service)).await;
    } else {
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(head_patience);
        let _ = watcher.watch(builder.serve_connection(stream, service)).await;
    }
}

async fn answer(endpoint: &Arc<Endpoint>, seat: &Arc<Seat>, request: Request<Incoming>) -> Response<Body> {
    if grpc::is_call(&request) {
        grpc::answer(endpoint, seat, request).await
    } else {
        http::answer(endpoint, seat, request).await
    }
}

/// Tells a sender for whom there is no seat to come back.
async fn turn_away(mut stream: TcpStream) {
    let word = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
    let _ = timeout(STOP_PATIENCE, async {
        stream.write_all(word).await?;
        stream.shutdown().await
    })
    .await;
}
