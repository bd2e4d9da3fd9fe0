//! Live sources: what brings spans in as they happen. Each kind is one module with an async function that runs until it is
//! told to stop; [`Sources`] turns them on and off, and says how they are.
//!
//! A source reads bytes, cuts them into frames and hands these to an [`Intake`], always off the async threads: a full queue
//! of the writer makes it wait, and with it the sender. What a sender is told was taken is on disk.
//!
//! [`Intake`]: crate::ingest::Intake

mod backoff;
mod context;
mod database;
mod feed;
mod files;
mod otlp;
mod patience;
mod port;
mod remembered;
mod report;
mod stamp;
mod start;
mod suggestions;
mod tracellm;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use self::context::SourceContext;
pub use self::patience::Patience;
pub use self::report::{Rate, Report, Standing};
pub use self::suggestions::suggestions;
use crate::clock::Clock;
use crate::error::{Error, Result};
use crate::ingest::Writer;
use crate::live::{Hub, Notice};
use crate::model::{SourceConfig, SourceKind, SourceState};
use crate::store::setting;
use crate::{location, priority};

/// Under which key the sources that a person has set up are stored.
const CONFIGS: &str = "sources";
/// How often rates are taken, and changed counts told of.
const BEAT: Duration = Duration::from_secs(1);
/// How long a source that was told to stop is waited for.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
/// More sources than this are refused.
const MOST_SOURCES: usize = 200;

/// The live sources of an engine. None runs before [`Sources::start`].
pub struct Sources {
    writer: Arc<Writer>,
    hub: Arc<Hub>,
    clock: Arc<dyn Clock>,
    store_path: PathBuf,
    /// Threads are made when the first source starts.
    runtime: Mutex<Option<Runtime>>,
    entries: Arc<Mutex<Vec<Entry>>>,
    polls_files: AtomicBool,
    patience: Mutex<Patience>,
}

/// A source and, while it is on, the task that it runs in.
struct Entry {
    config: SourceConfig,
    report: Arc<Report>,
    running: Option<Running>,
    /// Set up for this run of the program alone.
    is_temporary: bool,
}

struct Running {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

/// A source as it is now.
pub struct SourceView {
    /// How it is set up.
    pub config: SourceConfig,
    /// How it fares.
    pub report: Arc<Report>,
    /// It is always listed.
    pub is_built_in: bool,
}

impl Sources {
    /// The sources as they were last set up; none of them runs yet.
    pub fn load(
        writer: Arc<Writer>,
        hub: Arc<Hub>,
        clock: Arc<dyn Clock>,
        store_path: PathBuf,
    ) -> Result<Self> {
        let stored: Vec<SourceConfig> = writer.change(|connection| setting::get(connection, CONFIGS))?;
        let mut configs = SourceConfig::built_in();
        for config in stored {
            match configs.iter_mut().find(|known| known.id == config.id) {
                Some(known) => *known = config,
                None => configs.push(config),
            }
        }
        let entries = configs.into_iter().map(|config| Entry::new(config, &hub)).collect();
        Ok(Self {
            writer,
            hub,
            clock,
            store_path,
            runtime: Mutex::default(),
            entries: Arc::new(Mutex::new(entries)),
            polls_files: AtomicBool::new(false),
            patience: Mutex::default(),
        })
    }

    /// Starts those that are on. To be called once, by the program that is to receive.
    pub fn start(&self) -> Result<()> {
        self.make_threads()?;
        for entry in self.entries().iter_mut().filter(|entry| entry.config.enabled) {
            self.run(entry);
        }
        Ok(())
    }

    /// As [`Sources::start`], with sources of these kinds alone, whether or not they are on; the others stay off for this
    /// run of the program, and all stay set up as they are. Gives their ids.
    ///
    /// # Errors
    /// `Invalid` for one that makes no sense; none is started then.
    pub fn start_only(&self, kinds: Vec<SourceKind>) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for kind in kinds {
            let mut config = SourceConfig { id: String::new(), enabled: true, kind };
            start::check(&mut config)?;
            let mut entries = self.entries();
            if let Some(known) = entries.iter().find(|entry| entry.config.kind == config.kind) {
                ids.push(known.config.id.clone());
                continue;
            }
            config.id = uuid::Uuid::new_v4().simple().to_string();
            ids.push(config.id.clone());
            entries.push(Entry { is_temporary: true, ..Entry::new(config, &self.hub) });
        }
        self.make_threads()?;
        for entry in self.entries().iter_mut().filter(|entry| ids.contains(&entry.config.id)) {
            self.run(entry);
        }
        Ok(ids)
    }

    /// What sources run in.
    fn make_threads(&self) -> Result<()> {
        // What another program follows on this database may well go on.
        if !feed::is_served(&location::feed_socket_path(&self.store_path)) {
            self.writer.settle_after_restart()?;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("source")
            .on_thread_start(priority::lower)
            .enable_all()
            .build()
            .map_err(|error| Error::internal(format!("live sources can't be started: {error}")))?;
        runtime.spawn(beat(self.entries.clone(), self.hub.clone()));
        *self.runtime.lock().unwrap_or_else(PoisonError::into_inner) = Some(runtime);
        Ok(())
    }

    /// Has files that are followed from now on looked at now and then, whatever the system would tell of their changes.
    pub fn poll_files(&self) {
        self.polls_files.store(true, Ordering::Relaxed);
    }

    /// Has sources that are started from now on wait for the other side so long.
    pub fn set_patience(&self, patience: Patience) {
        *self.patience.lock().unwrap_or_else(PoisonError::into_inner) = patience;
    }

    /// All sources, in the order in which they are listed.
    pub fn list(&self) -> Vec<SourceView> {
        let view = |entry: &Entry| SourceView {
            config: entry.config.clone(),
            report: entry.report.clone(),
            is_built_in: is_built_in(&entry.config.id),
        };
        self.entries().iter().map(view).collect()
    }

    /// Sets a source up as `config` says, and keeps it so. One with an empty id is new. Gives its id.
    ///
    /// # Errors
    /// `Invalid` for one that makes no sense, `NotFound` for an id that no source has.
    pub fn set(&self, config: SourceConfig) -> Result<String> {
        let id = self.put(config)?;
        self.keep()?;
        Ok(id)
    }

    fn put(&self, mut config: SourceConfig) -> Result<String> {
        start::check(&mut config)?;
        let mut entries = self.entries();
        if config.id.is_empty() {
            if let Some(same) = entries.iter_mut().find(|entry| entry.config.kind == config.kind) {
                // Followed already: that one is turned on.
                config.id.clone_from(&same.config.id);
            } else {
                if entries.len() >= MOST_SOURCES {
                    return Err(Error::invalid(format!(
                        "there are {MOST_SOURCES} sources: remove one first"
                    )));
                }
                config.id = uuid::Uuid::new_v4().simple().to_string();
                entries.push(Entry::new(config.clone(), &self.hub));
            }
        }
        let entry = entries
            .iter_mut()
            .find(|entry| entry.config.id == config.id)
            .ok_or_else(|| Error::not_found("this source is not there any more"))?;
        let id = config.id.clone();
        let is_changed = entry.config.kind != config.kind || entry.report.state() == SourceState::Failed;
        entry.config = config;
        let stopped = if is_changed || !entry.config.enabled { entry.running.take() } else { None };
        drop(entries);
        if let Some(running) = stopped {
            self.stop(running);
        }
        let mut entries = self.entries();
        if let Some(entry) = entries.iter_mut().find(|entry| entry.config.id == id) {
            if entry.config.enabled && entry.running.is_none() {
                self.run(entry);
            } else if !entry.config.enabled {
                entry.report.off();
            }
        }
        drop(entries);
        self.tell();
        Ok(id)
    }

    /// Takes a source away; what it brought stays. One that is always listed is set up as it was at first.
    pub fn remove(&self, id: &str) -> Result<()> {
        if let Some(config) = SourceConfig::built_in().into_iter().find(|config| config.id == id) {
            return self.set(config).map(drop);
        }
        let removed = {
            let mut entries = self.entries();
            let index = entries
                .iter()
                .position(|entry| entry.config.id == id)
                .ok_or_else(|| Error::not_found("this source is not there any more"))?;
            entries.remove(index)
        };
        if let Some(running) = removed.running {
            self.stop(running);
        }
        self.keep()?;
        self.tell();
        Ok(())
    }

    /// Stops all sources and waits for them.
    pub fn close(&self) {
        let running: Vec<Running> =
            self.entries().iter_mut().filter_map(|entry| entry.running.take()).collect();
        for one in &running {
            one.stop.cancel();
        }
        for one in running {
            self.stop(one);
        }
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(runtime) = runtime {
            runtime.shutdown_timeout(STOP_PATIENCE);
        }
    }

    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, entry: &mut Entry) {
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(runtime) = &*runtime else { return };
        let stop = CancellationToken::new();
        let context = SourceContext {
            writer: self.writer.clone(),
            clock: self.clock.clone(),
            report: entry.report.clone(),
            stop: stop.clone(),
            store_path: self.store_path.clone(),
            polls_files: self.polls_files.load(Ordering::Relaxed),
            patience: *self.patience.lock().unwrap_or_else(PoisonError::into_inner),
            word: entry.config.kind.word(),
        };
        entry.report.starting();
        let kind = entry.config.kind.clone();
        let report = entry.report.clone();
        let task = runtime.spawn(async move {
            match start::run(kind, context).await {
                Ok(()) => report.off(),
                Err(error) => report.failed(&error),
            }
        });
        entry.running = Some(Running { stop, task });
    }

    fn stop(&self, running: Running) {
        running.stop.cancel();
        let runtime = self.runtime.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = &*runtime {
            let _ = runtime.block_on(async { tokio::time::timeout(STOP_PATIENCE, running.task).await });
        }
    }

    fn keep(&self) -> Result<()> {
        let configs: Vec<SourceConfig> = self
            .entries()
            .iter()
            .filter(|entry| !entry.is_temporary)
            .map(|entry| entry.config.clone())
            .collect();
        self.writer.change(move |connection| setting::set(connection, CONFIGS, &configs))
    }

    fn tell(&self) {
        self.hub.publish(&Notice { sources: true, ..Notice::default() });
    }
}

impl Entry {
    fn new(config: SourceConfig, hub: &Arc<Hub>) -> Self {
        Self { config, report: Arc::new(Report::new(hub.clone())), running: None, is_temporary: false }
    }
}

fn is_built_in(id: &str) -> bool {
    SourceConfig::built_in().iter().any(|config| config.id == id)
}

/// Takes the rates of all sources once a second, and tells of counts that changed.
async fn beat(entries: Arc<Mutex<Vec<Entry>>>, hub: Arc<Hub>) {
    let mut ticks = tokio::time::interval(BEAT);
    loop {
        ticks.tick().await;
        let mut changed = false;
        for entry in entries.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            changed |= entry.report.beat();
        }
        if changed {
            hub.publish(&Notice { sources: true, ..Notice::default() });
        }
    }
}
