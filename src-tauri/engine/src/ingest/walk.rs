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
/// own side files; links to files are followed, unless they lead out of the folder: whoever gives a folder gives what lies in it. A folder in which nothing else was is among what failed, with what it held.
pub fn find(paths: &[PathBuf]) -> Found {
    let mut found = Found::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => {
                let before = found.files.len() + found.failed.len();
                let mut passed_over = 0;
                let root = path.canonicalize().unwrap_or_else(|_| path.clone());
                walk(path, &root, DEPTH, &mut found, &mut passed_over);
                if found.files.len() + found.failed.len() == before {
                    let reason = match passed_over {
                        0 => "the folder is empty: there is no file in it".to_owned(),
                        1 => "there is only a hidden file or folder in it; drop that itself to read it"
                            .to_owned(),
                        count => {
                            format!(
                                "there are only {count} hidden files and folders in it; drop them themselves to read them"
                            )
                        }
                    };
                    found.failed.push((path.clone(), reason));
                }
            }
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

/// `root` is where the folder that was named really lies.
fn walk(folder: &Path, root: &Path, depth: usize, found: &mut Found, passed_over: &mut u32) {
    let unreadable =
        |error: &std::io::Error| (folder.to_owned(), format!("the folder can't be read: {error}"));
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return found.failed.push(unreadable(&error)),
    };
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => paths.push(entry.path()),
            Err(error) => found.failed.push(unreadable(&error)),
        }
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with('.') || name.ends_with("-wal") || name.ends_with("-shm") {
            *passed_over += u32::from(name.starts_with('.'));
            continue;
        }
        match std::fs::symlink_metadata(&path) {
            Ok(metadata) if metadata.is_dir() && depth == 0 => {
                found.failed.push((
                    path,
                    format!("it lies more than {DEPTH} folders deep: drop it itself to read it"),
                ));
            }
            Ok(metadata) if metadata.is_dir() => walk(&path, root, depth - 1, found, passed_over),
            // A link counts as what it leads to, if that is a file.
            Ok(metadata) if metadata.is_symlink() => match std::fs::metadata(&path) {
                Ok(target)
                    if target.is_file() && !path.canonicalize().is_ok_and(|real| real.starts_with(root)) =>
                {
                    found.failed.push((
                        path,
                        "it is a link that leads out of the folder, which is not followed: drop the file itself".into(),
                    ));
                }
                Ok(target) if target.is_file() => {
                    found.files.push(FoundFile { path, size_bytes: target.len(), in_folder: true });
                }
                Ok(target) if target.is_dir() => {
                    found.failed.push((
                        path,
                        "it is a link to a folder, which is not followed: drop the folder itself".into(),
                    ));
                }
                Ok(_) => {}
                Err(error) => found.failed.push((path, format!("it is a link that leads nowhere: {error}"))),
            },
            Ok(metadata) if metadata.is_file() => {
                found.files.push(FoundFile { path, size_bytes: metadata.len(), in_folder: true });
            }
            Ok(_) => {}
            Err(error) => found.failed.push((path, format!("it can't be looked at: {error}"))),
        }
    }
}
