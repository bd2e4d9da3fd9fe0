//! What the app was started with.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use clap::Parser;
use engine::error::Result;
use engine::query::link::is_link;

use crate::files::Opened;

/// Look at what runs of LLM agents did.
#[derive(Debug, Parser)]
#[command(name = "tracellm-explorer", version)]
struct CommandLine {
    /// The database file [default: $TRACELLM_EXPLORER_DB, else one in your data folder]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,

    /// Trace files, and folders of them, to open; or a tracellm:// link to a trace or a step
    #[arg(value_name = "FILES")]
    files: Vec<PathBuf>,
}

/// The arguments.
pub(crate) struct Arguments {
    /// The database file, or why none is known.
    pub(crate) store: Result<PathBuf>,
    opened: Opened,
}

impl Arguments {
    /// Those of this process. Answers `--help` and `--version`, and refuses what it does not know, by ending the process.
    pub(crate) fn of_this_process() -> Self {
        let line = CommandLine::parse();
        let folder = std::env::current_dir().unwrap_or_default();
        Self {
            store: line.db.map_or_else(engine::default_store_path, Ok).map(|path| folder.join(path)),
            opened: opened(&line.files, &folder),
        }
    }

    /// What a second start in `folder` was to open by its `arguments`, its own name first.
    pub(crate) fn of_second_start(arguments: Vec<String>, folder: &str) -> Opened {
        // It has checked them before it sent them.
        let files = CommandLine::try_parse_from(arguments).map(|line| line.files).unwrap_or_default();
        opened(&files, Path::new(folder))
    }

    /// What to open.
    pub(crate) fn opened(&self) -> Opened {
        self.opened.clone()
    }

    /// A D-Bus name, the same for all starts on one database, so that only these find each other.
    pub(crate) fn instance_name(&self) -> String {
        let mut hasher = DefaultHasher::new();
        if let Ok(path) = &self.store {
            path.canonicalize().as_ref().unwrap_or(path).hash(&mut hasher);
        }
        format!("dev.tracellm.explorer.store{:016x}", hasher.finish())
    }

    /// Whether a running app may be given these paths. Where instances are found by the app's name alone, one that
    /// was started on another database must not be.
    pub(crate) fn may_share_instance(&self) -> bool {
        cfg!(target_os = "linux")
            || match (&self.store, engine::default_store_path()) {
                (Ok(store), Ok(default)) => *store == default,
                _ => false,
            }
    }
}

/// Links, and absolute paths of everything else. What is a link is never taken for a path.
fn opened(arguments: &[PathBuf], folder: &Path) -> Opened {
    let mut opened = Opened::default();
    for argument in arguments {
        match argument.to_str().filter(|text| is_link(text)) {
            Some(link) => opened.links.push(link.to_owned()),
            None => opened.paths.push(folder.join(argument).to_string_lossy().into_owned()),
        }
    }
    opened
}
