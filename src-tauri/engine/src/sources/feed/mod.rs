//! The feed protocol (`docs/feed-protocol.md`): lines of JSON over a socket of this machine, told by running agents.
//!
//! The socket belongs to the person: only their own processes may connect. Over TCP a token stands for that.

mod connection;
mod lines;
mod local;

use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use self::connection::Peer;
use super::backoff::Backoff;
use super::{SourceContext, port};
use crate::error::{Code, Error, Result};
use crate::location;
use crate::loopback::Seats;

/// Senders that are connected at once to one socket; further ones are turned away with a word. Over TCP, one that has not
/// shown its token gives up its seat to them.
const CONNECTIONS: usize = 256;

/// Listens on the feed socket, at `path` or at the usual place.
///
/// # Errors
/// Why it can't: another program listens there already, or the folder can't be written.
pub(super) async fn listen_on_socket(context: SourceContext, path: Option<String>) -> Result<()> {
    let path = path.map_or_else(|| location::feed_socket_path(&context.store_path), PathBuf::from);
    let listener = local::Listener::bind(&path)?;
    context.report.listening(path.to_string_lossy());
    let seats = Seats::new(CONNECTIONS, context.patience.seat);
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok(stream) => admit(&context, &seats, stream, None),
                Err(error) => {
                    context.report.trouble(error.message);
                    // Out of file handles, say: another try at once would fail too.
                    pause(&context, Duration::from_millis(200)).await;
                }
            },
        }
    }
}

/// Whether another program receives on the feed socket at `path`.
pub(super) fn is_served(path: &Path) -> bool {
    local::is_served(path)
}

/// Listens on a loopback port for senders that know `token`.
///
/// # Errors
/// Why it can't: the port is taken.
pub(super) async fn listen_on_port(context: SourceContext, port: u16, token: String) -> Result<()> {
    let listener = port::bind(port, "give it to the senders").await?;
    let address = listener.local_addr().map_or_else(|_| format!("127.0.0.1:{port}"), |a| a.to_string());
    context.report.listening(address);
    let seats = Seats::new(CONNECTIONS, context.patience.seat);
    let token: Arc<str> = token.into();
    loop {
        tokio::select! {
            () = context.stop.cancelled() => return Ok(()),
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => admit(&context, &seats, stream, Some(&token)),
                Err(error) => {
                    context.report.trouble(format!("a sender could not be let in: {error}"));
                    pause(&context, Duration::from_millis(200)).await;
                }
            },
        }
    }
}

/// Follows an agent that listens for the feed protocol itself, at a socket's path or at `host:port` of this machine;
/// connects again when it comes back.
pub(super) async fn connect(context: SourceContext, address: String) -> Result<()> {
    let mut backoff = Backoff::new(Duration::from_millis(250), Duration::from_secs(15));
    while !context.stop.is_cancelled() {
        let reached = reach(&address, &context).await;
        let message = match reached {
            Ok(true) => {
                backoff.reset();
                "the agent closed the connection".to_owned()
            }
            Ok(false) => return Ok(()),
            Err(error) if error.code == Code::Invalid => return Err(error),
            Err(error) => error.message,
        };
        let wait = backoff.next();
        context.report.retrying(message, wait);
        pause(&context, wait).await;
    }
    Ok(())
}

/// Connects and follows until the other side ends; `false` once the source is to stop.
async fn reach(address: &str, context: &SourceContext) -> Result<bool> {
    let unreachable =
        |error: std::io::Error| Error::new(Code::Io, format!("nobody listens at {address} ({error})"));
    match address.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse::<u16>().ok()?))) {
        Some((host, port)) if !Path::new(address).is_absolute() => {
            if !matches!(host, "localhost" | "127.0.0.1" | "[::1]" | "") {
                return Err(Error::invalid(format!(
                    "{host} is not this machine: only agents on this machine are followed"
                )));
            }
            let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.map_err(unreachable)?;
            follow(stream, address, context).await
        }
        _ => follow(local::connect(Path::new(address)).await.map_err(unreachable)?, address, context).await,
    }
}

async fn follow(
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    address: &str,
    context: &SourceContext,
) -> Result<bool> {
    context.report.connected(address);
    let _counted = context.report.connection();
    tokio::select! {
        () = context.stop.cancelled() => Ok(false),
        ended = connection::serve(context, stream, Peer::Trusted, address) => ended.map(|()| true),
    }
}

/// Lets a sender in, if there is a seat for it. One that need not show `token` may be silent in it for as long as it likes.
fn admit(
    context: &SourceContext,
    seats: &Arc<Seats>,
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    token: Option<&Arc<str>>,
) {
    let seat = seats.take();
    let (context, token) = (context.clone(), token.cloned());
    tokio::spawn(async move {
        let Some(seat) = seat else {
            context.report.trouble(format!("more than {CONNECTIONS} senders at once: one was turned away"));
            let reason = "there are too many senders: try again later";
            return connection::turn_away(stream, reason, context.patience.write).await;
        };
        let trusted = token.is_none().then(|| seat.work());
        let peer = token.map_or(Peer::Trusted, |token| Peer::WithToken(token, seat.clone()));
        let _counted = context.report.connection();
        let address = context.report.standing().address.unwrap_or_default();
        tokio::select! {
            () = context.stop.cancelled() => {}
            () = seat.lost() => context.report.trouble("a sender that showed no token gave up its place to another"),
            ended = connection::serve(&context, stream, peer, &address) => {
                if let Err(error) = ended {
                    context.report.trouble(error.message);
                }
            }
        }
        drop(trusted);
    });
}

/// Waits, but not past the moment at which the source is to stop.
async fn pause(context: &SourceContext, wait: Duration) {
    tokio::select! {
        () = context.stop.cancelled() => {}
        () = tokio::time::sleep(wait) => {}
    }
}
