//! The engine of the store that is open, and going over to another one: the window stays, its page starts afresh.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock, TryLockError, Weak};
use std::time::{Duration, Instant};

use engine::api;
use engine::api::dto::{ApiError, CopyProgress};
use engine::clock::{Clock, SystemClock};
use engine::engine::{Engine, EngineOptions};
use engine::error::{Code, Error, Result};
use tauri::{AppHandle, Manager};

use crate::{export, notify, recent, window};

/// How long answers that are on their way are waited for before a store is restored under them.
const PATIENCE: Duration = Duration::from_secs(10);

/// The engine that is open.
#[derive(Default)]
pub(crate) struct Current {
    /// None while a store is restored, and where none could be opened.
    engine: RwLock<Option<Arc<Engine>>>,
    /// Held by whoever puts another in its place.
    change: Mutex<()>,
}

impl Current {
    /// The engine that is open now. Error `Cancelled` while there is none.
    pub(crate) fn engine(&self) -> Result<Arc<Engine>, ApiError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner).clone();
        engine.ok_or_else(|| Error::new(Code::Cancelled, "no store is open at this moment").into())
    }

    /// Whether this engine is the one that is open.
    pub(crate) fn is(&self, engine: &Weak<Engine>) -> bool {
        self.engine().is_ok_and(|current| std::ptr::eq(Arc::as_ptr(&current), engine.as_ptr()))
    }

    /// Whether the store at `path` is the one that is open.
    pub(crate) fn is_on(&self, path: &Path) -> bool {
        self.engine().is_ok_and(|engine| api::is_same_store(engine.store_path(), path))
    }

    fn put(&self, engine: Option<Arc<Engine>>) -> Option<Arc<Engine>> {
        std::mem::replace(&mut *self.engine.write().unwrap_or_else(PoisonError::into_inner), engine)
    }

    /// Closes the engine that is open.
    pub(crate) fn close(&self) {
        if let Some(engine) = self.put(None) {
            engine.close();
            log::info!("closed");
        }
    }
}

/// Opens the store at `path`; the notes of what happened are logged.
pub(crate) fn open(path: PathBuf) -> Result<Engine> {
    let is_shared = path.exists() && api::is_store_in_use(&path);
    let mut engine = Engine::open(EngineOptions { store_path: path, clock: Arc::new(SystemClock) })?;
    if is_shared {
        engine.add_note(
            "Another program has this store open as well. Both see what the other stores; agents send to the one that was first."
                .into(),
        );
    }
    log::info!("version {}, database {}", env!("CARGO_PKG_VERSION"), engine.store_path().display());
    for note in engine.notes() {
        log::warn!("{note}");
    }
    Ok(engine)
}

/// Makes `engine` the one that is open; gives the one before. What is live of it starts with [`receive`].
pub(crate) fn begin(app: &AppHandle, engine: Arc<Engine>) -> Option<Arc<Engine>> {
    recent::note(engine.store_path());
    notify::start(app, &engine);
    let path = engine.store_path().to_owned();
    let before = app.state::<Current>().put(Some(engine));
    window::name_after(app, &path);
    before
}

/// Turns the live sources on, without keeping anybody waiting. The app does without them if it must.
pub(crate) fn receive(engine: Arc<Engine>) {
    let start = move || {
        if let Err(error) = api::start_sources(&engine) {
            log::error!("live sources can't be started: {error}");
        }
    };
    if let Err(error) = std::thread::Builder::new().name("receive".into()).spawn(start) {
        log::error!("live sources can't be started: {error}");
    }
}

/// Goes over to the store at `path`, which is made if it is missing. Blocks. Says whether another one is open now.
///
/// Errors: those of opening; the present store stays open then.
pub(crate) fn go_over(app: &AppHandle, path: PathBuf) -> Result<bool> {
    let current = app.state::<Current>();
    let _change = begin_change(&current)?;
    if current.is_on(&path) {
        return Ok(false);
    }
    let engine = Arc::new(open(path)?);
    if let Some(before) = begin(app, engine.clone()) {
        app.state::<export::Exporting>().stop();
        // Its sockets and ports are free then.
        before.close();
    }
    receive(engine);
    Ok(true)
}

/// Puts the backup `file` in the place of the store that is open, and opens that; one in which something is damaged only if the
/// person `accepts_damage`. Blocks. However it ends, a store is open and its notes or its news say what happened.
///
/// Errors: `Invalid` while a store is opened or restored, and what opening answers; no store is open then.
pub(crate) fn restore(
    app: &AppHandle,
    file: &Path,
    accepts_damage: bool,
    go_on: &dyn Fn(CopyProgress) -> bool,
) -> Result<()> {
    let current = app.state::<Current>();
    let _change = begin_change(&current)?;
    let engine = current.engine().map_err(|error| Error::new(error.code, error.message))?;
    let store = engine.store_path().to_owned();
    app.state::<export::Exporting>().stop();
    current.put(None);
    engine.close();
    let restored =
        closed(engine).and_then(|()| api::restore(file, &store, SystemClock.now_ns(), accepts_damage, go_on));
    let mut engine = open(store)?;
    match restored {
        Ok(Some(kept)) => engine.add_news(format!(
            "The backup {} was restored. The store as it was before is kept as {}.",
            file.display(),
            kept.display()
        )),
        Ok(None) => {}
        Err(error) if error.code == Code::Cancelled => {}
        Err(error) => {
            log::warn!("a backup was not restored: {:?}", error.code);
            engine.add_note(format!("The backup was not restored, and the store is as it was: {error}"));
        }
    }
    let engine = Arc::new(engine);
    begin(app, engine.clone());
    receive(engine);
    Ok(())
}

fn begin_change(current: &Current) -> Result<std::sync::MutexGuard<'_, ()>> {
    match current.change.try_lock() {
        Ok(change) => Ok(change),
        Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => Err(Error::invalid("a store is being opened or restored already")),
    }
}

/// Waits until nobody uses a closed engine any more, so that its file is free.
fn closed(mut engine: Arc<Engine>) -> Result<()> {
    let begun = Instant::now();
    loop {
        engine = match Arc::try_unwrap(engine) {
            Ok(engine) => {
                drop(engine);
                return Ok(());
            }
            Err(used) if begun.elapsed() < PATIENCE => used,
            Err(_) => {
                return Err(Error::new(
                    Code::Locked,
                    "something still reads the store: try again when it is done",
                ));
            }
        };
        std::thread::sleep(Duration::from_millis(20));
    }
}
