//! Real trace files, which lie beside the checkout and are not part of it.

use std::path::{Path, PathBuf};

/// The bytes of a file under `../shared/data`, or `None`, said aloud, where that folder is missing.
pub fn read(path: &str) -> Option<Vec<u8>> {
    let file = folder()?.join(path);
    Some(std::fs::read(&file).unwrap_or_else(|error| panic!("{} can be read: {error}", file.display())))
}

/// The folder itself.
pub fn folder() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !folder.is_dir() {
        eprintln!("passed over: no real files at {}", folder.display());
        return None;
    }
    Some(folder)
}

/// The path of a file in it, or `None` (said on standard error) where it is missing.
pub fn file(path: &str) -> Option<PathBuf> {
    let file = folder()?.join(path);
    if !file.exists() {
        eprintln!("passed over: {} is missing", file.display());
        return None;
    }
    Some(file)
}
