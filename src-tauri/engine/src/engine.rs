//! Builds, runs and stops the layers below; what a host holds.

use std::path::{Path, PathBuf};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use crate::clock::Clock;
use crate::demo::Demo;
use crate::dto::{MaskingRules, Settings};
use crate::error::{Error, Result};
use crate::ingest::{Imports, MaskStored, Writer, WriterOptions};
use crate::live::{Hub, Notice};
use crate::masking::{Masker, OwnPattern};
use crate::pricing::Prices;
use crate::query::catalog::Catalog;
use crate::query::conversation::Conversations;
use crate::query::texts::Texts;
use crate::search::{Finder, Indexer, StepFinder};
use crate::sources::Sources;
use crate::store::{self, ReadPool, Reader, setting};

/// How an engine is opened.
pub struct EngineOptions {
    /// The database file; created if missing, with its folder.
    pub store_path: PathBuf,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The running engine. Cheap to share behind an `Arc`; all its commands block, so hosts call it off their async threads.
pub struct Engine {
    store_path: PathBuf,
    notes: Vec<String>,
    news: Vec<String>,
    clock: Arc<dyn Clock>,
    readers: ReadPool,
    catalog: Catalog,
    conversations: Conversations,
    texts: Texts,
    imports: Imports,
    writer: Arc<Writer>,
    hub: Arc<Hub>,
    sources: Sources,
    demo: Demo,
    finder: Finder,
    step_finder: StepFinder,
    indexer: Indexer,
    mask_stored: MaskStored,
    /// Works out costs anew after a change of prices.
    repricing: Mutex<Option<JoinHandle<()>>>,
}

impl Engine {
    /// Opens the store and starts the writer. A damaged database is set aside and a new one begun; `app_info` says so.
    pub fn open(options: EngineOptions) -> Result<Self> {
        let opened = store::open(&options.store_path, options.clock.now_ns())?;
        let hub = Arc::new(Hub::start()?);
        let mut notes = opened.notes;
        let (prices, read) = Prices::load(folder_of(&options.store_path));
        notes.extend(read.err().map(|error| error.message));
        let settings: Settings = setting::get(&opened.writer, setting::SETTINGS)?;
        let masker = masker_of(&settings.masking).unwrap_or_else(|error| {
            notes.push(format!("Your own patterns of what is masked are not in use: {}", error.message));
            Masker::new(settings.masking.masks_emails, Vec::new())
        });
        let writer = Arc::new(Writer::start(WriterOptions {
            connection: opened.writer,
            hub: hub.clone(),
            clock: options.clock.clone(),
            prices: prices.clone(),
            masker,
        })?);
        writer.load_mappings()?;
        // The page need not wait for it.
        let repricing = Some(reprice_aside(writer.clone(), prices)?);
        let imports = Imports::new(writer.clone(), hub.clone());
        let path = &options.store_path;
        Ok(Self {
            readers: ReadPool::new(path)?,
            catalog: Catalog::default(),
            conversations: Conversations::default(),
            texts: Texts::default(),
            notes,
            news: Vec::new(),
            clock: options.clock.clone(),
            finder: Finder::start(path, hub.clone())?,
            step_finder: StepFinder::default(),
            indexer: Indexer::start(path, writer.clone(), hub.clone(), imports.watch())?,
            imports,
            sources: Sources::load(
                writer.clone(),
                hub.clone(),
                options.clock.clone(),
                options.store_path.clone(),
            )?,
            demo: Demo::default(),
            mask_stored: MaskStored::default(),
            writer,
            hub,
            store_path: options.store_path,
            repricing: Mutex::new(repricing),
        })
    }

    /// Notices for one host (a window, an HTTP client): merged, at most ten a second. The first comes at once and says that
    /// anything may have changed. Ends when the engine closes; dropping the receiver unsubscribes.
    pub fn subscribe(&self) -> Receiver<Notice> {
        self.hub.subscribe()
    }

    /// Stops imports, writes what is in flight, closes the database. Also done on drop.
    pub fn close(&self) {
        self.indexer.stop();
        self.finder.close();
        self.demo.stop();
        self.sources.close();
        self.imports.close();
        self.writer.close();
        self.mask_stored.close();
        // It may have waited for the writer.
        self.indexer.close();
        let repricing = self.repricing.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = repricing {
            let _ = thread.join();
        }
        self.hub.close();
    }

    /// The database file.
    pub fn store_path(&self) -> &Path {
        &self.store_path
    }

    /// What happened at opening that the person should know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Adds something that happened before it was opened and that the person should know.
    pub fn add_note(&mut self, note: String) {
        self.notes.push(note);
    }

    /// What the person asked for before it was opened, and that has gone well.
    pub fn news(&self) -> &[String] {
        &self.news
    }

    /// Adds to [`Self::news`].
    pub fn add_news(&mut self, news: String) {
        self.news.push(news);
    }

    /// The imports of this run.
    pub fn imports(&self) -> &Imports {
        &self.imports
    }

    /// The live sources; none runs before [`crate::api::start_sources`].
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// Finds traces by what is said in them.
    pub fn finder(&self) -> &Finder {
        &self.finder
    }

    pub(crate) fn step_finder(&self) -> &StepFinder {
        &self.step_finder
    }

    #[cfg(feature = "testing")]
    pub(crate) fn indexer(&self) -> &Indexer {
        &self.indexer
    }

    pub(crate) fn demo(&self) -> &Demo {
        &self.demo
    }

    /// Reads the person's own prices again and works out derived costs anew.
    ///
    /// # Errors
    /// `Invalid` if their file is no table of prices (the built-in prices are used then), and what the store answers.
    pub fn reload_prices(&self) -> Result<u64> {
        let (prices, read) = Prices::load(folder_of(&self.store_path));
        let changed = self.writer.set_prices(prices)?;
        read.map(|()| changed)
    }

    pub(crate) fn prices(&self) -> Arc<Prices> {
        self.writer.prices()
    }

    pub(crate) fn own_prices_path(&self) -> PathBuf {
        Prices::own_path(folder_of(&self.store_path))
    }

    pub(crate) fn reader(&self) -> Result<Reader> {
        self.readers.reader()
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn conversations(&self) -> &Conversations {
        &self.conversations
    }

    /// The long texts that were read last.
    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The writer, for threads.
    pub(crate) fn shared_writer(&self) -> Arc<Writer> {
        self.writer.clone()
    }

    /// Masks what is stored already.
    pub(crate) fn mask_stored(&self) -> &MaskStored {
        &self.mask_stored
    }

    pub(crate) fn now_ns(&self) -> i64 {
        self.clock.now_ns()
    }

    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    /// Tells hosts that any trace may look different now.
    pub(crate) fn tell_of_many_traces(&self) {
        self.hub.publish(&Notice { revision: self.hub.revision(), many_traces: true, ..Notice::default() });
    }

    /// The revision of the last commit that was told of.
    pub(crate) fn revision(&self) -> u64 {
        self.hub.revision()
    }
}

/// A person has at most this many patterns of their own.
pub(crate) const MOST_PATTERNS: usize = 50;

/// What masks by these rules. Error `Invalid` if there are too many patterns, or one can't be used.
pub(crate) fn masker_of(rules: &MaskingRules) -> Result<Masker> {
    if rules.patterns.len() > MOST_PATTERNS {
        return Err(Error::invalid("there are at most 50 patterns"));
    }
    let own = rules.patterns.iter().map(|rule| {
        OwnPattern::new(&rule.name, &rule.pattern)
            .map_err(|error| Error::invalid(format!("the pattern “{}”: {error}", rule.name.trim())))
    });
    Ok(Masker::new(rules.masks_emails, own.collect::<Result<_>>()?))
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}

fn reprice_aside(writer: Arc<Writer>, prices: Prices) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name("reprice".into())
        .spawn(move || {
            // A store that is closed in the middle is done at the next start.
            let _ = writer.set_prices(prices);
        })
        .map_err(|error| Error::internal(format!("a thread can't be started: {error}")))
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.close();
    }
}
