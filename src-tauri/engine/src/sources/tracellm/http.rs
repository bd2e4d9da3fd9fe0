//! One GET over a connection of its own.

use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::address::Address;
use crate::error::{Code, Error, Result};

/// The largest answer that is taken.
const LARGEST_ANSWER_BYTES: usize = 128 << 20;

/// Connects to the backend.
///
/// # Errors
/// `Io` if nobody listens there.
pub(super) async fn connect(address: &Address) -> Result<TcpStream> {
    let mut refused = None;
    for target in address.targets() {
        match TcpStream::connect(target).await {
            Ok(stream) => return Ok(stream),
            Err(error) => refused = Some(error),
        }
    }
    let reason = refused.map(|error| format!(" ({error})")).unwrap_or_default();
    Err(Error::new(Code::Io, format!("nobody listens at {}{reason}", address.authority())))
}

/// The body that the backend answers to a GET of `path`.
///
/// # Errors
/// `Io` for anything but an answer with content.
pub(super) async fn get(address: &Address, path: &str) -> Result<Bytes> {
    let failed = |reason: &dyn std::fmt::Display| {
        Error::new(Code::Io, format!("GET {path} of {}: {reason}", address.authority()))
    };
    let stream = connect(address).await?;
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(|error| failed(&error))?;
    // Ends with the sender.
    tokio::spawn(connection);
    let request = Request::get(path)
        .header(header::HOST, address.authority())
        .header(header::ACCEPT, "application/json")
        .body(Empty::<Bytes>::new())
        .map_err(|error| failed(&error))?;
    let answer = sender.send_request(request).await.map_err(|error| failed(&error))?;
    if answer.status() != StatusCode::OK {
        return Err(failed(&answer.status()));
    }
    let body = Limited::new(answer.into_body(), LARGEST_ANSWER_BYTES).collect().await;
    Ok(body.map_err(|error| failed(&error))?.to_bytes())
}
