//! The engine's notices as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use engine::api::dto::Notice;
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use super::connections::RequestSeat;
use super::{Server, refusal};

/// Pages that listen at once.
const MOST_LISTENERS: usize = 32;
/// How soon it is noticed that a page is gone.
const PATIENCE: Duration = Duration::from_millis(500);

/// Room for listening pages.
pub(super) struct Listeners(Arc<Semaphore>);

impl Default for Listeners {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MOST_LISTENERS)))
    }
}

/// Streams notices until the page or the server goes away.
pub(super) async fn stream(
    State(server): State<Arc<Server>>,
    Extension(seat): Extension<RequestSeat>,
) -> Response {
    let Ok(place) = Arc::clone(&server.listeners.0).try_acquire_owned() else {
        let message = format!("{MOST_LISTENERS} pages listen already; close some");
        return refusal(StatusCode::SERVICE_UNAVAILABLE, message);
    };
    let (sender, receiver) = mpsc::channel(1);
    let notices = server.engine.subscribe();
    let forwarder = thread::Builder::new().name("notices".into());
    if let Err(error) = forwarder.spawn(move || forward(&notices, &sender, place)) {
        return refusal(StatusCode::SERVICE_UNAVAILABLE, format!("no thread can be started: {error}"));
    }
    let events = ReceiverStream::new(receiver)
        .take_until(server.stopping.clone().cancelled_owned())
        .filter_map(async |notice: Notice| Event::default().json_data(notice).ok().map(Ok::<_, Infallible>));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response().map(|body| seat.held_by(body))
}

/// Hands notices on until either side is gone. While the page is slow the engine merges further ones.
fn forward(notices: &Receiver<Notice>, page: &mpsc::Sender<Notice>, _place: OwnedSemaphorePermit) {
    loop {
        let here = match notices.recv_timeout(PATIENCE) {
            Ok(notice) => page.blocking_send(notice).is_ok(),
            Err(RecvTimeoutError::Timeout) => !page.is_closed(),
            Err(RecvTimeoutError::Disconnected) => false,
        };
        if !here {
            return;
        }
    }
}
