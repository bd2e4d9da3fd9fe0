//! What the page can ask of the shell: the engine's commands, its notices, and to be shown.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::api::dto::ApiError;
use engine::api::{self, Answer};
use engine::error::{Code, Error};
use engine::live::Notice;
use tauri::ipc::{Channel, Response};
use tauri::{AppHandle, Manager, State, WebviewWindow};

use crate::current::Current;
use crate::files::{Opened, Waiting};
use crate::window;

/// Runs the engine's command `name` on a JSON request. The answer, JSON or columns, goes to the page as it is.
#[tauri::command]
pub(crate) async fn call(
    app: AppHandle,
    current: State<'_, Current>,
    name: String,
    request: String,
) -> Result<Response, ApiError> {
    let engine = current.engine()?;
    let work = tauri::async_runtime::spawn_blocking(move || {
        let answer = api::call(&engine, &name, &request);
        match &answer {
            Ok(Answer::Json(settings)) if name == "settings_set" => window::follow_theme(&app, settings),
            // Without the message: it may quote a trace.
            Err(error) if !matches!(error.code, Code::Cancelled | Code::NotFound) => {
                log::warn!("{name} failed: {:?}", error.code);
            }
            _ => {}
        }
        answer
    });
    match work.await {
        Ok(Ok(Answer::Json(text))) => Ok(Response::new(text)),
        Ok(Ok(Answer::Columns(envelope))) => Ok(Response::new(envelope)),
        Ok(Err(error)) => Err(error),
        Err(error) => Err(Error::internal(format!("the command was stopped: {error}")).into()),
    }
}

/// Counts the page's subscriptions; only the latest is served, so that a reloaded page leaves none behind.
#[derive(Default)]
pub(crate) struct Subscription(Arc<AtomicU64>);

/// Sends the engine's notices to the page until it subscribes anew, its window is gone, or the engine closes.
#[tauri::command]
pub(crate) fn subscribe(
    window: WebviewWindow,
    current: State<'_, Current>,
    subscription: State<'_, Subscription>,
    channel: Channel<Notice>,
) -> Result<(), ApiError> {
    let latest = subscription.0.clone();
    let own = latest.fetch_add(1, Ordering::AcqRel) + 1;
    let notices = current.engine()?.subscribe();
    let app = window.app_handle().clone();
    let forward = move || {
        for notice in notices {
            let wanted = latest.load(Ordering::Acquire) == own && window::is_open(&app);
            if !wanted || channel.send(notice).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("notices".into())
        .spawn(forward)
        .map(drop)
        .map_err(|error| Error::internal(format!("a thread can't be started: {error}")).into())
}

/// The page is ready: shows the window, and gives what is to be opened that no page has taken yet.
#[tauri::command]
pub(crate) fn startup(
    window: WebviewWindow,
    waiting: State<'_, Waiting>,
    current: State<'_, Current>,
) -> Opened {
    window::show(&window);
    waiting.take(&current)
}
