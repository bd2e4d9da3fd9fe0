//! What a page may ask: every command, but of the files of this machine only those that the person has pointed to.
//!
//! A page shows what traces say. Should one ever be made to run a script, that script can call what the page calls; it must
//! not be able to read a file, follow a folder or open a socket that the person did not name outside of the page
//! ([why](../../../../docs/decisions/0021-a-page-names-no-paths-of-its-own.md)).

use std::collections::HashSet;
use std::path::{Component, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::contract::{Answer, call};
use super::dto::{ApiError, ImportStart, StoreRef};
use crate::engine::Engine;
use crate::error::Error;
use crate::model::{SourceConfig, SourceKind};
use crate::sources;

/// The commands whose requests name files, folders or sockets that the program then opens.
pub const PATH_COMMANDS: [&str; 3] = ["import_start", "source_set", "store_import"];

/// Paths kept at once; what is pointed to later pushes all earlier ones out, which have long been used.
const MOST_PATHS: usize = 100_000;

/// The files and folders that the person has pointed to outside of the page: dropped, chosen in a dialog, named when the
/// program was started. What lies in such a folder belongs to it, but not what a link in it leads to elsewhere.
pub struct PointedTo {
    /// What to do about a path that is not among them, as the end of a sentence.
    remedy: &'static str,
    paths: Mutex<HashSet<PathBuf>>,
}

impl PointedTo {
    /// Nothing yet. `remedy` ends the sentence "… was not pointed to by you: ".
    pub fn new(remedy: &'static str) -> Self {
        Self { remedy, paths: Mutex::default() }
    }

    /// Notes what the person has pointed to; paths that are not absolute are left out.
    pub fn add(&self, paths: impl IntoIterator<Item = PathBuf>) {
        let new: HashSet<PathBuf> =
            paths.into_iter().filter(|path| path.is_absolute()).filter_map(|path| real(&path)).collect();
        let mut known = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() + new.len() > MOST_PATHS {
            known.clear();
        }
        known.extend(new);
    }

    /// What is said of a path that is not among them.
    pub fn refusal(&self, path: &str) -> Error {
        Error::invalid(format!("{path} was not pointed to by you: {}", self.remedy))
    }

    /// Whether this is one of them, or lies in one.
    pub fn has(&self, path: &Path) -> bool {
        let leads_out = path.components().any(|part| matches!(part, Component::ParentDir));
        let Some(path) = real(path).filter(|_| path.is_absolute() && !leads_out) else { return false };
        let known = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        path.ancestors().any(|above| known.contains(above))
    }
}

/// Where a path leads through all links, as far as it is there; nothing for a link that leads nowhere, as something may lie
/// there later.
fn real(path: &Path) -> Option<PathBuf> {
    for above in path.ancestors() {
        if let Ok(real) = above.canonicalize() {
            return Some(real.join(path.strip_prefix(above).ok()?));
        }
        if above.is_symlink() {
            return None;
        }
    }
    Some(path.to_owned())
}

/// As [`call`], for a request that comes from a page. `Invalid` for paths that the person has not pointed to.
pub fn call_from_page(
    engine: &Engine,
    pointed_to: &PointedTo,
    name: &str,
    request: &str,
) -> Result<Answer, ApiError> {
    match unknown_paths(engine, pointed_to, name, request).first() {
        Some(path) => Err(pointed_to.refusal(path).into()),
        None => call(engine, name, request),
    }
}

/// The paths in a request that the person has not pointed to, and that are not followed or offered already: a host that can
/// asks about them. Empty for a request that can't be read, which `call` says.
pub fn unknown_paths(engine: &Engine, pointed_to: &PointedTo, name: &str, request: &str) -> Vec<String> {
    let named = match name {
        "import_start" => serde_json::from_str::<ImportStart>(request).map(|request| request.paths),
        "source_set" => serde_json::from_str::<SourceConfig>(request)
            .map(|config| if is_known(engine, &config.kind) { Vec::new() } else { opened(config.kind) }),
        "store_import" => serde_json::from_str::<StoreRef>(request).map(|request| vec![request.path]),
        _ => return Vec::new(),
    };
    // A relative path is refused by the command itself, with the reason.
    let unknown = |path: &String| Path::new(path).is_absolute() && !pointed_to.has(Path::new(path));
    named.unwrap_or_default().into_iter().filter(unknown).collect()
}

/// Whether a source of this kind is listed, on or off, or offered by this program itself.
fn is_known(engine: &Engine, kind: &SourceKind) -> bool {
    engine.sources().list().iter().any(|view| view.config.kind == *kind)
        || sources::suggestions(|name| std::env::var_os(name)).iter().any(|(_, _, offered)| offered == kind)
}

/// What of the file system a source opens.
fn opened(kind: SourceKind) -> Vec<String> {
    match kind {
        SourceKind::FeedSocket { path } => path.into_iter().collect(),
        // Anything but an absolute path is a port of this machine, or is refused.
        SourceKind::FeedClient { address: path }
        | SourceKind::TraceLlmDatabase { path }
        | SourceKind::File { path }
        | SourceKind::Folder { path } => vec![path],
        SourceKind::FeedTcp { .. }
        | SourceKind::OtlpHttp { .. }
        | SourceKind::OtlpGrpc { .. }
        | SourceKind::TraceLlm { .. } => Vec::new(),
    }
}
