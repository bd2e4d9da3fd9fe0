//! Paths and links that come in from outside of the page: native dialogs, the command line, a second start.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use engine::api::PointedTo;
use rfd::{AsyncFileDialog, FileHandle};
use serde::Serialize;
use tauri::{AppHandle, Emitter, Manager, State, WebviewWindow};

use crate::current::Current;
use crate::{question, window};

/// Paths named in a question, and letters shown of each.
const LISTED_PATHS: usize = 5;
const SHOWN_LETTERS: usize = 300;

/// Tells the page that something waits for it; it takes them with `startup`.
const OPEN_PATHS: &str = "open_paths";

/// What the app was asked to open.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Opened {
    /// Absolute paths of files and folders, to be imported.
    pub(crate) paths: Vec<String>,
    /// Links to traces and steps, as they were given.
    pub(crate) links: Vec<String>,
    /// The store that they are meant for, where another one is open: first the page goes over to that one.
    pub(crate) store: Option<String>,
}

/// What was to be opened and the page has not taken yet.
pub(crate) struct Waiting {
    opened: Mutex<Opened>,
    /// The store that the app was started on, and so is every second start that is handed to it.
    first_store: Option<PathBuf>,
}

impl Waiting {
    /// Begins with what the command line says.
    pub(crate) fn new(opened: Opened, first_store: Option<&PathBuf>) -> Self {
        Self { opened: Mutex::new(opened), first_store: first_store.cloned() }
    }

    /// Hands over what waits, once. While another store is open than what waits is meant for, only that store is named.
    pub(crate) fn take(&self, current: &Current) -> Opened {
        let mut waiting = self.lock();
        match &waiting.store {
            Some(store) if !current.is_on(Path::new(store)) => {
                Opened { store: waiting.store.clone(), ..Opened::default() }
            }
            _ => Opened { store: None, ..std::mem::take(&mut waiting) },
        }
    }

    /// What waits for a store that can't be opened waits no more.
    pub(crate) fn forget_store(&self) {
        let mut waiting = self.lock();
        if waiting.store.is_some() {
            *waiting = Opened::default();
        }
    }

    /// Whether what waits is meant for this store.
    pub(crate) fn is_for(&self, path: &Path) -> bool {
        self.lock().store.as_deref().is_some_and(|store| Path::new(store) == path)
    }

    fn add(&self, opened: Opened) {
        let mut waiting = self.lock();
        waiting.paths.extend(opened.paths);
        waiting.links.extend(opened.links);
        waiting.store = opened.store.or(waiting.store.take());
    }

    fn lock(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// As [`open_later`], in the store that the app was started on.
pub(crate) fn open_later_in_first_store(app: &AppHandle, opened: Opened) {
    let store = app.state::<Waiting>().first_store.as_ref().map(|path| path.to_string_lossy().into_owned());
    open_later(app, Opened { store, ..opened });
}

/// Keeps what is to be opened for the page and tells it.
pub(crate) fn open_later(app: &AppHandle, opened: Opened) {
    if opened.paths.is_empty() && opened.links.is_empty() {
        return;
    }
    app.state::<Waiting>().add(opened);
    if let Err(error) = app.emit_to(window::MAIN, OPEN_PATHS, ()) {
        log::warn!("the page could not be told of what to open: {error}");
    }
}

/// The file dialogs. One at a time: a key may reach both menu and page.
#[derive(Default)]
pub(crate) struct Picking {
    open: AtomicBool,
    /// Where the person found something last.
    folder: Mutex<Option<PathBuf>>,
}

/// The dialog that is open; another may follow once it is dropped.
pub(crate) struct Turn<'a>(&'a Picking);

impl Picking {
    pub(crate) fn begin(&self) -> Option<Turn<'_>> {
        (!self.open.swap(true, Ordering::AcqRel)).then_some(Turn(self))
    }
}

impl Turn<'_> {
    /// A dialog that begins where the last one ended. GTK's list of recent files, where it would begin by itself, does
    /// not let a folder be typed.
    pub(crate) fn dialog(&self, window: &WebviewWindow, title: &str) -> AsyncFileDialog {
        let dialog = AsyncFileDialog::new().set_parent(window).set_title(title);
        let last = self.0.folder.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match last.or_else(std::env::home_dir) {
            Some(folder) => dialog.set_directory(folder),
            None => dialog,
        }
    }

    /// The absolute paths of what was picked.
    pub(crate) fn paths(self, handles: &[FileHandle]) -> Vec<String> {
        if let Some(folder) = handles.first().and_then(|handle| handle.path().parent()) {
            *self.0.folder.lock().unwrap_or_else(PoisonError::into_inner) = Some(folder.to_path_buf());
        }
        handles.iter().map(FileHandle::path).map(Path::to_string_lossy).map(Into::into).collect()
    }

    /// As [`Turn::paths`], of what the page may now have opened.
    pub(crate) fn pointed_to(self, handles: &[FileHandle], pointed_to: &PointedTo) -> Vec<String> {
        let paths = self.paths(handles);
        pointed_to.add(paths.iter().map(PathBuf::from));
        paths
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.open.store(false, Ordering::Release);
    }
}

/// Asks for files; gives absolute paths, none if the person cancels.
#[tauri::command]
pub(crate) async fn pick_files(
    window: WebviewWindow,
    picking: State<'_, Picking>,
    pointed_to: State<'_, PointedTo>,
) -> Result<Vec<String>, tauri::Error> {
    let Some(turn) = picking.begin() else { return Ok(Vec::new()) };
    let picked = turn.dialog(&window, "Open trace files").pick_files().await;
    Ok(turn.pointed_to(&picked.unwrap_or_default(), &pointed_to))
}

/// Asks for a folder; gives its absolute path, none if the person cancels.
#[tauri::command]
pub(crate) async fn pick_folder(
    window: WebviewWindow,
    picking: State<'_, Picking>,
    pointed_to: State<'_, PointedTo>,
) -> Result<Vec<String>, tauri::Error> {
    let Some(turn) = picking.begin() else { return Ok(Vec::new()) };
    let picked = turn.dialog(&window, "Open a folder of traces").pick_folder().await;
    Ok(turn.pointed_to(picked.as_slice(), &pointed_to))
}

/// Asks the person, outside of the page, whether files and folders that the page named may be opened: they have typed them
/// there, or nobody has. Not while another dialog is open.
pub(crate) async fn may_open(window: &WebviewWindow, picking: &Picking, paths: &[String]) -> bool {
    let Some(_turn) = picking.begin() else { return false };
    let more = paths.len().saturating_sub(LISTED_PATHS);
    let mut listed: Vec<String> = paths.iter().take(LISTED_PATHS).map(|path| shown(path)).collect();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    let text = format!(
        "The page asks to open this:\n\n{}\n\nAllow it only if you have just typed it there yourself.",
        listed.join("\n")
    );
    question::is_allowed(window, "Open what was typed?", &text).await
}

/// A path as a sentence may have it: on one line, not too long, and with nothing in it that hides or turns what follows.
fn shown(path: &str) -> String {
    let mut shown: String = path.chars().take(SHOWN_LETTERS).flat_map(char::escape_debug).collect();
    if path.chars().nth(SHOWN_LETTERS).is_some() {
        shown.push('…');
    }
    shown
}
