//! What the operating system says has changed in a folder, gathered until it is asked for.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{Config, ErrorKind, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;

/// More paths than this at once, and everything is looked at instead.
const MOST_PATHS: usize = 10_000;

/// A folder that the system watches, until it goes.
pub(super) struct Watch {
    told: Arc<Told>,
    _watcher: RecommendedWatcher,
}

/// What was told since it was last asked for.
#[derive(Default)]
struct Told {
    changes: Mutex<Changes>,
    wake: Notify,
}

/// Paths that changed.
#[derive(Default)]
pub(super) struct Changes {
    /// Files that changed, came or went.
    pub(super) paths: HashSet<PathBuf>,
    /// Something else did: only a look at everything tells.
    pub(super) anything: bool,
}

impl Watch {
    /// Watches `folder`, with all below it if `recursive`.
    ///
    /// # Errors
    /// Why the system does not, in words.
    pub(super) fn start(folder: &Path, recursive: bool) -> Result<Self, String> {
        let told = Arc::new(Told::default());
        let teller = told.clone();
        let mut watcher = RecommendedWatcher::new(
            move |event: notify::Result<Event>| teller.take(event),
            Config::default().with_follow_symlinks(false),
        )
        .map_err(|error| reason(&error))?;
        let mode = if recursive { RecursiveMode::Recursive } else { RecursiveMode::NonRecursive };
        watcher.watch(folder, mode).map_err(|error| reason(&error))?;
        Ok(Self { told, _watcher: watcher })
    }

    /// What changed since this was last asked.
    pub(super) fn take(&self) -> Changes {
        std::mem::take(&mut *self.told.changes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until something has changed.
    pub(super) async fn changed(&self) {
        self.told.wake.notified().await;
    }
}

impl Told {
    fn take(&self, event: notify::Result<Event>) {
        let mut changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            // Read by us, among others.
            Ok(Event { kind: EventKind::Access(_), .. }) => return,
            Ok(event) => {
                changes.anything |= event.need_rescan();
                for path in event.paths {
                    // What lies in a folder that came was not told of.
                    changes.anything |= path.is_dir();
                    changes.paths.insert(path);
                }
                if changes.paths.len() > MOST_PATHS {
                    changes.paths = HashSet::new();
                    changes.anything = true;
                }
            }
            Err(_) => changes.anything = true,
        }
        drop(changes);
        self.wake.notify_one();
    }
}

fn reason(error: &notify::Error) -> String {
    match &error.kind {
        ErrorKind::MaxFilesWatch => "the system watches as many folders as it may (on Linux, \
             fs.inotify.max_user_watches is the limit)"
            .to_owned(),
        other => format!("the system does not tell of changes here ({})", words(other)),
    }
}

fn words(kind: &ErrorKind) -> String {
    match kind {
        ErrorKind::Io(error) => error.to_string(),
        ErrorKind::Generic(message) => message.clone(),
        ErrorKind::PathNotFound => "it is not there".to_owned(),
        other => format!("{other:?}"),
    }
}
