//! Paths that come in from outside of the page: native dialogs, the command line, a second start.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rfd::{AsyncFileDialog, FileHandle};
use tauri::{AppHandle, Emitter, Manager, State, WebviewWindow};

use crate::window;

/// Tells the page that paths wait for it; it takes them with `startup`.
const OPEN_PATHS: &str = "open_paths";

/// Paths that the page has not taken yet.
pub(crate) struct Waiting(Mutex<Vec<String>>);

impl Waiting {
    /// Begins with the paths of the command line.
    pub(crate) fn new(paths: Vec<String>) -> Self {
        Self(Mutex::new(paths))
    }

    /// Hands over what waits, once.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, paths: Vec<String>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(paths);
    }
}

/// Keeps absolute `paths` for the page and tells it.
pub(crate) fn open_later(app: &AppHandle, paths: Vec<String>) {
    if paths.is_empty() {
        return;
    }
    app.state::<Waiting>().add(paths);
    if let Err(error) = app.emit_to(window::MAIN, OPEN_PATHS, ()) {
        log::warn!("the page could not be told of paths to open: {error}");
    }
}

/// Whether a file dialog is open. A key may reach both menu and page; one dialog is enough.
#[derive(Default)]
pub(crate) struct Picking(AtomicBool);

/// Resets [`Picking`] however the dialog ends.
struct Turn<'a>(&'a Picking);

impl Picking {
    fn begin(&self) -> Option<Turn<'_>> {
        (!self.0.swap(true, Ordering::AcqRel)).then_some(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Release);
    }
}

/// Asks for files; gives absolute paths, none if the person cancels.
#[tauri::command]
pub(crate) async fn pick_files(
    window: WebviewWindow,
    picking: State<'_, Picking>,
) -> Result<Vec<String>, tauri::Error> {
    let Some(_turn) = picking.begin() else { return Ok(Vec::new()) };
    let dialog = AsyncFileDialog::new().set_parent(&window).set_title("Open trace files");
    Ok(texts(dialog.pick_files().await.unwrap_or_default()))
}

/// Asks for a folder; gives its absolute path, none if the person cancels.
#[tauri::command]
pub(crate) async fn pick_folder(
    window: WebviewWindow,
    picking: State<'_, Picking>,
) -> Result<Vec<String>, tauri::Error> {
    let Some(_turn) = picking.begin() else { return Ok(Vec::new()) };
    let dialog = AsyncFileDialog::new().set_parent(&window).set_title("Open a folder of traces");
    Ok(texts(dialog.pick_folder().await.into_iter().collect()))
}

fn texts(handles: Vec<FileHandle>) -> Vec<String> {
    handles.iter().map(FileHandle::path).map(Path::to_string_lossy).map(Into::into).collect()
}
