//! From the paths a person gives to the files that are read.

use std::path::{Path, PathBuf};

/// A file to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundFile {
    /// Its path.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size_bytes: u64,
    /// Whether it was found in a folder rather than named: then not being a trace is no failure.
    pub in_folder: bool,
}

/// What was found, and what could not be looked at (path and reason).
#[derive(Debug, Default)]
pub struct Found {
    /// Files, those of a folder by path.
    pub files: Vec<FoundFile>,
    /// Paths that are not there or may not be read.
    pub failed: Vec<(PathBuf, String)>,
}

/// How deep folders are followed; symbolic links to folders are not, so there are no rings.
const DEPTH: usize = 32;

/// Finds the files at and below `paths`. Hidden files and folders inside a folder are passed over, and so are SQLite's
/// own side files.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, DEPTH, &mut found),
            Ok(metadata) if metadata.is_file() => {
                found.files.push(FoundFile {
                    path: path.clone(),
                    size_bytes: metadata.len(),
                    in_folder: false,
                });
            }
            Ok(_) => found.failed.push((path.clone(), "it is neither a file nor a folder".into())),
            Err(error) => found.failed.push((path.clone(), format!("it can't be opened: {error}"))),
        }
    }
    found
}

fn walk(folder: &Path, depth: usize, found: &mut Found) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            found.failed.push((folder.to_owned(), format!("the folder can't be read: {error}")));
            return;
        }
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with("-wal") || name.ends_with("-shm") {
            continue;
        }
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() && depth > 0 => walk(&path, depth - 1, found),
            Ok(metadata) if metadata.is_file() => {
                found.files.push(FoundFile { path, size_bytes: metadata.len(), in_folder: true });
            }
            _ => {}
        }
    }
}
