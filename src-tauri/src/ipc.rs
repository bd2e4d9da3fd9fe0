//! What the page can ask of the shell: the engine's commands, its notices, and to be shown.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use engine::api::dto::ApiError;
use engine::api::{self, Answer, COMMANDS, PATH_COMMANDS, PointedTo};
use engine::error::{Code, Error};
use engine::live::Notice;
use tauri::ipc::{Channel, Response};
use tauri::{Manager, State, WebviewWindow};

use crate::current::Current;
use crate::files::{self, Opened, Picking, Waiting};
use crate::window;

/// Runs the engine's command `name` on a JSON request. The answer, JSON or columns, goes to the page as it is. Files and
/// folders that the person has not pointed to are asked about first.
#[tauri::command]
pub(crate) async fn call(
    window: WebviewWindow,
    current: State<'_, Current>,
    pointed_to: State<'_, PointedTo>,
    picking: State<'_, Picking>,
    name: String,
    request: String,
) -> Result<Response, ApiError> {
    let app = window.app_handle().clone();
    let engine = current.engine()?;
    if PATH_COMMANDS.contains(&name.as_str()) {
        let (app, engine, name, request) = (app.clone(), engine.clone(), name.clone(), request.clone());
        let looking = tauri::async_runtime::spawn_blocking(move || {
            api::unknown_paths(&engine, &app.state::<PointedTo>(), &name, &request)
        });
        let unknown = looking.await.unwrap_or_default();
        if !unknown.is_empty() && files::may_open(&window, &picking, &unknown).await {
            pointed_to.add(unknown.into_iter().map(PathBuf::from));
        }
    }
    let work = tauri::async_runtime::spawn_blocking(move || {
        let pointed_to = app.state::<PointedTo>();
        let answer = api::call_from_page(&engine, &pointed_to, &name, &request);
        match &answer {
            Ok(Answer::Json(settings)) if name == "settings_set" => window::follow_theme(&app, settings),
            // Without the message: it may quote a trace. The name of a command that there is not may be anything.
            Err(error) if !matches!(error.code, Code::Cancelled | Code::NotFound) => {
                let known =
                    COMMANDS.iter().find(|command| **command == name).unwrap_or(&"an unknown command");
                log::warn!("{known} failed: {:?}", error.code);
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
    pointed_to: State<'_, PointedTo>,
    current: State<'_, Current>,
) -> Opened {
    window::show(&window);
    let opened = waiting.take(&current);
    pointed_to.add(opened.paths.iter().map(PathBuf::from));
    opened
}
