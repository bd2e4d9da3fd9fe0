//! What the page can ask of the shell about where traces are kept. The page names only stores that are there; what is written
//! goes where the person says in a native dialog.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use engine::api::dto::{ApiError, BackupOffer, BackupWritten, CopyProgress, RecentStore, StoreSummary};
use engine::api::{self, PointedTo};
use engine::clock::{Clock, SystemClock};
use engine::error::{Code, Error};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State, WebviewWindow};

use crate::current::{self, Current};
use crate::files::{Picking, Waiting};
use crate::recent;

/// The copy of a store that is under way, and the backup that was offered last.
#[derive(Default)]
pub(crate) struct Copying {
    is_under_way: Arc<AtomicBool>,
    stop: Arc<AtomicBool>,
    /// With whether the person was told that something in it is damaged.
    offered: Mutex<Option<(PathBuf, bool)>>,
}

/// A copy that is under way; another may follow once it is dropped.
struct UnderWay(Arc<AtomicBool>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

impl Copying {
    /// What a copy asks whether to go on; it tells the page how far it is. Error `Invalid` while there is another.
    fn begin(
        &self,
        channel: Channel<CopyProgress>,
    ) -> Result<impl Fn(CopyProgress) -> bool + Send + 'static, ApiError> {
        if self.is_under_way.swap(true, Ordering::AcqRel) {
            return Err(Error::invalid("another copy is under way: wait for it, or stop it").into());
        }
        let under_way = UnderWay(self.is_under_way.clone());
        self.stop.store(false, Ordering::Release);
        let stop = self.stop.clone();
        Ok(move |progress| {
            let _lasts_as_long = &under_way;
            // A page that is gone hears nothing; the copy goes on.
            let _ = channel.send(progress);
            !stop.load(Ordering::Acquire)
        })
    }
}

async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(done) => done,
        Err(error) => Err(Error::internal(format!("it was stopped: {error}")).into()),
    }
}

/// The stores that were open last.
#[tauri::command]
pub(crate) async fn recent_stores(current: State<'_, Current>) -> Result<Vec<RecentStore>, ApiError> {
    let engine = current.engine()?;
    aside(move || Ok(recent::list(engine.store_path()))).await
}

/// Refuses a store that the person has not pointed to outside of the page: dropped, chosen, opened before, or named at the
/// start.
fn may_be_named(app: &AppHandle, path: &str) -> Result<(), ApiError> {
    let (pointed_to, named) = (app.state::<PointedTo>(), PathBuf::from(path));
    let is_known = pointed_to.has(&named) || recent::has(&named) || app.state::<Waiting>().is_for(&named);
    if is_known { Ok(()) } else { Err(pointed_to.refusal(path).into()) }
}

/// What the store at `path` holds, and what is damaged in it; nothing where it is none of this program, or can't be read. Errors: `NewerStore` for one that
/// a later version wrote, `Locked` for a database that another program did not let go of in time.
#[tauri::command]
pub(crate) async fn look_at_store(app: AppHandle, path: String) -> Result<Option<StoreSummary>, ApiError> {
    may_be_named(&app, &path)?;
    let engine = app.state::<Current>().engine()?;
    let path = PathBuf::from(path);
    // The one that is open changes all the time, and is neither opened nor imported.
    let look = move || match api::is_same_store(&path, engine.store_path()) {
        true => api::store_summary(&path),
        false => api::audited_summary(&path),
    };
    aside(move || match look() {
        Ok(found) => Ok(Some(found)),
        Err(error) if error.code == Code::NewerStore => Err(error.into()),
        Err(error) if error.code == Code::Locked => Err(ApiError {
            code: Code::Locked,
            message: "another program has it locked: end what that does with it, then open it here again; nothing was changed"
                .into(),
        }),
        Err(_) => Ok(None),
    })
    .await
}

/// Goes over to a store that is there. Says whether another one is open now: then the page starts afresh.
#[tauri::command]
pub(crate) async fn open_store(
    app: AppHandle,
    waiting: State<'_, Waiting>,
    path: String,
) -> Result<bool, ApiError> {
    may_be_named(&app, &path)?;
    let path = PathBuf::from(path);
    let opened = aside(move || {
        api::store_summary(&path)?;
        Ok(current::go_over(&app, path)?)
    })
    .await;
    if opened.is_err() {
        waiting.forget_store();
    }
    opened
}

/// Asks for a store; gives its path if it is one, nothing if the person cancels.
#[tauri::command]
pub(crate) async fn pick_store(
    window: WebviewWindow,
    picking: State<'_, Picking>,
    pointed_to: State<'_, PointedTo>,
) -> Result<Option<String>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let Some(file) = turn.dialog(&window, "Open another store").pick_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.pointed_to(&[file], &pointed_to));
    aside(move || Ok(Some(api::store_summary(&path)?.path))).await
}

/// Asks for a name, and goes over to a new store of that name; no where the person cancels.
#[tauri::command]
pub(crate) async fn new_store(
    app: AppHandle,
    window: WebviewWindow,
    picking: State<'_, Picking>,
) -> Result<bool, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(false) };
    let dialog = turn.dialog(&window, "New store").set_file_name("traces.db");
    let Some(file) = dialog.save_file().await else { return Ok(false) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    aside(move || {
        // The dialog has asked whether to replace it; a store is never replaced by an empty one.
        if path.exists() {
            let name = path.display();
            return Err(
                Error::invalid(format!("{name} is there already: open it, or choose another name")).into()
            );
        }
        Ok(current::go_over(&app, path)?)
    })
    .await
}

/// Asks where to, and writes a backup there. Gives what was written, nothing if the person cancels the dialog.
#[tauri::command]
pub(crate) async fn back_up_store(
    window: WebviewWindow,
    current: State<'_, Current>,
    picking: State<'_, Picking>,
    copying: State<'_, Copying>,
    channel: Channel<CopyProgress>,
) -> Result<Option<BackupWritten>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let engine = current.engine()?;
    let name = api::backup_name(engine.store_path(), SystemClock.now_ns());
    let dialog = turn.dialog(&window, "Back up the store").set_file_name(name);
    let Some(file) = dialog.save_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    let go_on = copying.begin(channel)?;
    aside(move || Ok(Some(api::back_up(&engine, &path, &go_on)?))).await
}

/// Stops the copy under way.
#[tauri::command]
pub(crate) fn stop_copy(copying: State<'_, Copying>) {
    copying.stop.store(true, Ordering::Release);
}

/// Asks for a backup, reads it from end to end, and says what it holds beside what the open store does. Nothing if the person
/// cancels the dialog.
#[tauri::command]
pub(crate) async fn pick_backup(
    window: WebviewWindow,
    current: State<'_, Current>,
    picking: State<'_, Picking>,
    copying: State<'_, Copying>,
    channel: Channel<CopyProgress>,
) -> Result<Option<BackupOffer>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let Some(file) = turn.dialog(&window, "Restore a backup").pick_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    let engine = current.engine()?;
    let go_on = copying.begin(channel)?;
    let checked = path.clone();
    let offer = aside(move || {
        if api::is_same_store(&checked, engine.store_path()) {
            return Err(Error::invalid("this is the store itself: choose a backup of it").into());
        }
        let backup = api::verified_summary(&checked, &go_on)?;
        Ok(BackupOffer { backup, present: api::store_summary(engine.store_path())? })
    })
    .await?;
    *copying.offered.lock().unwrap_or_else(PoisonError::into_inner) =
        Some((path, offer.backup.damage.is_some()));
    Ok(Some(offer))
}

/// Puts the backup that was offered last in the place of the open store. The page starts afresh then, and hears how it ended
/// in the notes.
#[tauri::command]
pub(crate) async fn restore_backup(
    app: AppHandle,
    copying: State<'_, Copying>,
    channel: Channel<CopyProgress>,
) -> Result<(), ApiError> {
    let offered = copying.offered.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (path, is_damaged) = offered.ok_or_else(|| Error::invalid("no backup was chosen"))?;
    let go_on = copying.begin(channel)?;
    aside(move || Ok(current::restore(&app, &path, is_damaged, &go_on)?)).await
}
