//! The files of a folder as they stand: newest first, no links, nothing hidden.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::sources::stamp::Stamp;

/// How deep folders are followed.
const DEPTH: usize = 32;
/// Files that are followed in one folder; of more, the newest.
pub(super) const MOST_FILES: usize = 50_000;

/// What lies in a folder.
#[derive(Default)]
pub(super) struct Scan {
    /// Its files, and those below.
    pub(super) files: HashMap<PathBuf, Stamp>,
    /// Files past [`MOST_FILES`], which are left out.
    pub(super) left_out: usize,
    /// Folders that can't be read.
    pub(super) unreadable: usize,
}

/// Looks through `folder`.
///
/// # Errors
/// If the folder itself can't be read.
pub(super) fn folder(folder: &Path) -> std::io::Result<Scan> {
    let mut scan = Scan::default();
    walk(folder, DEPTH, &mut scan)?;
    if scan.files.len() > MOST_FILES {
        let mut files: Vec<(PathBuf, Stamp)> = scan.files.drain().collect();
        files.sort_by_key(|(_, stamp)| std::cmp::Reverse(stamp.modified_ns));
        scan.left_out = files.len() - MOST_FILES;
        files.truncate(MOST_FILES);
        scan.files.extend(files);
    }
    Ok(scan)
}

/// Looks at one file.
pub(super) fn file(path: &Path) -> Scan {
    Scan {
        files: Stamp::at(path).map(|stamp| (path.to_owned(), stamp)).into_iter().collect(),
        ..Scan::default()
    }
}

/// Whether a path below `root` is one that a folder's followers read: neither it nor a folder on the way is hidden.
pub(super) fn is_followed(root: &Path, path: &Path) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return false };
    let mut parts = below.components().peekable();
    parts.peek().is_some() && parts.all(|part| !is_passed_over(&part.as_os_str().to_string_lossy()))
}

fn is_passed_over(name: &str) -> bool {
    name.starts_with('.') || name.ends_with("-wal") || name.ends_with("-shm")
}

fn walk(folder: &Path, depth: usize, scan: &mut Scan) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let Ok(entry) = entry else {
            scan.unreadable += 1;
            continue;
        };
        if is_passed_over(&entry.file_name().to_string_lossy()) {
            continue;
        }
        // Of a link, what it says of itself: links are not followed.
        let Ok(metadata) = entry.metadata() else { continue };
        if metadata.is_dir() && depth > 0 {
            scan.unreadable += usize::from(walk(&entry.path(), depth - 1, scan).is_err());
        } else if metadata.is_file() {
            scan.files.insert(entry.path(), Stamp::of(&metadata));
        }
    }
    Ok(())
}
