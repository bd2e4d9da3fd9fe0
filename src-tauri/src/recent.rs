//! The stores that were open last, kept in the app's own folder.

use std::path::{Path, PathBuf};

use engine::api;
use engine::api::dto::RecentStore;
use engine::location;

/// So many are kept: the one that is open, and five before it.
const MOST: usize = 6;

/// Notes that the store at `path` was opened. An app that can't keep the list does without it.
pub(crate) fn note(path: &Path) {
    let Some(file) = file() else { return };
    let mut paths = read(&file);
    paths.retain(|known| !api::is_same_store(known, path));
    paths.insert(0, path.to_owned());
    paths.truncate(MOST);
    let written = serde_json::to_string(&paths).map_err(std::io::Error::from).and_then(|text| {
        let unfinished = file.with_extension("part");
        std::fs::write(&unfinished, text)?;
        std::fs::rename(&unfinished, &file)
    });
    if let Err(error) = written {
        log::warn!("the list of stores could not be kept: {error}");
    }
}

/// The stores that were open last, the last first, and the default one, without the one at `open`.
pub(crate) fn list(open: &Path) -> Vec<RecentStore> {
    let default = engine::default_store_path().ok();
    let mut paths = file().map(|file| read(&file)).unwrap_or_default();
    if let Some(default) = &default
        && default.exists()
        && !paths.iter().any(|path| api::is_same_store(path, default))
    {
        paths.push(default.clone());
    }
    paths.retain(|path| !api::is_same_store(path, open));
    let store = |path: PathBuf| RecentStore {
        is_default: default.as_ref().is_some_and(|default| api::is_same_store(default, &path)),
        trouble: match path.exists() {
            true => api::store_summary(&path).err().map(|error| error.message),
            false => Some("It is not there any more".into()),
        },
        path: path.to_string_lossy().into_owned(),
    };
    paths.into_iter().map(store).collect()
}

/// Whether the store at `path` was open lately, or is the default one.
pub(crate) fn has(path: &Path) -> bool {
    let recent = file().map(|file| read(&file)).unwrap_or_default();
    recent.into_iter().chain(engine::default_store_path()).any(|known| api::is_same_store(&known, path))
}

fn file() -> Option<PathBuf> {
    Some(location::data_folder().ok()?.join("recent-stores.json"))
}

fn read(file: &Path) -> Vec<PathBuf> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}
