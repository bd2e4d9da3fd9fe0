//! What the app was started with.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use clap::Parser;
use engine::error::Result;

/// Look at what runs of LLM agents did.
#[derive(Debug, Parser)]
#[command(name = "tracellm-explorer", version)]
struct CommandLine {
    /// The database file [default: $TRACELLM_EXPLORER_DB, else one in your data folder]
    #[arg(long, value_name = "PATH")]
    db: Option<PathBuf>,

    /// Trace files, and folders of them, to open
    #[arg(value_name = "FILES")]
    files: Vec<PathBuf>,
}

/// The arguments, with absolute paths.
pub(crate) struct Arguments {
    /// The database file, or why none is known.
    pub(crate) store: Result<PathBuf>,
    files: Vec<PathBuf>,
}

impl Arguments {
    /// Those of this process. Answers `--help` and `--version`, and refuses what it does not know, by ending the process.
    pub(crate) fn of_this_process() -> Self {
        let line = CommandLine::parse();
        let folder = std::env::current_dir().unwrap_or_default();
        Self {
            store: line.db.map_or_else(engine::default_store_path, Ok).map(|path| folder.join(path)),
            files: line.files.into_iter().map(|path| folder.join(path)).collect(),
        }
    }

    /// The paths that a second start in `folder` was given with `arguments`, its own name first.
    pub(crate) fn of_second_start(arguments: Vec<String>, folder: &str) -> Vec<String> {
        // It has checked them before it sent them.
        let files = CommandLine::try_parse_from(arguments).map(|line| line.files).unwrap_or_default();
        files.iter().map(|path| text(&Path::new(folder).join(path))).collect()
    }

    /// The files and folders to open.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.files.iter().map(|path| text(path)).collect()
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

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
