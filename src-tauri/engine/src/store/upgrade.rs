//! The store as it was before an upgrade, kept beside it for a week: what an older version of the app can go back to.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rusqlite::Connection;

use super::copy::copy;
use super::open::version_known;
use crate::error::Result;

/// How long it is kept, unless the next upgrade comes before.
const KEPT_FOR: Duration = Duration::from_secs(604_800);
const WORD: &str = ".before-";

/// Copies a store of an older version before it is brought up to date; gives what is to be said of it. Where that is not
/// possible, as for want of room, it is said, and the upgrade goes on: each of its changes is all or nothing by itself.
///
/// Holds the store for itself meanwhile, so that of two programs that open it at once one makes the copy. Error `Locked` where
/// another holds it.
pub(super) fn keep_before(connection: &Connection, path: &Path) -> Result<Option<String>> {
    let version = || connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let is_older = |version: i64| (1..version_known()).contains(&version);
    if !is_older(version()?) {
        return Ok(None);
    }
    connection.execute_batch("BEGIN IMMEDIATE")?;
    // It may have been another program's turn until now.
    let kept = version().map(|version| is_older(version).then(|| keep(path)));
    connection.execute_batch("ROLLBACK")?;
    Ok(kept?)
}

fn keep(path: &Path) -> String {
    let kept = with_suffix(path, &format!("{WORD}{:04}", version_known()));
    let unfinished = with_suffix(&kept, ".part");
    // What a process left that was killed over it. Were it there still, the copy would fail and say so.
    let _ = std::fs::remove_file(&unfinished);
    let made = copy(path, &unfinished, &|_| true).and_then(|bytes| {
        let named = std::fs::rename(&unfinished, &kept);
        named.map(|()| bytes).map_err(|error| super::copy::unusable(&kept, &error))
    });
    match made {
        Ok(bytes) => {
            for other in kept_beside(path).into_iter().filter(|other| *other != kept) {
                let _ = std::fs::remove_file(other);
            }
            format!(
                "The database was brought up to date for this version of the app. As it was before, it is kept for a week as {} \
                 ({:.1} MB), for the version before this one.",
                kept.display(),
                bytes as f64 / 1e6
            )
        }
        Err(error) => {
            let _ = std::fs::remove_file(&unfinished);
            format!(
                "The database was brought up to date for this version of the app. No copy could be kept of it as it was before: {}.",
                error.message.trim_end_matches('.')
            )
        }
    }
}

/// Removes copies that have been kept for long enough. One that can't be removed is left.
pub(super) fn let_old_go(path: &Path, now_ns: i64) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_nanos(now_ns.max(0).unsigned_abs());
    for kept in kept_beside(path) {
        let made = std::fs::metadata(&kept).and_then(|file| file.modified());
        let age = made.ok().and_then(|made| now.duration_since(made).ok());
        if age.is_some_and(|age| age > KEPT_FOR) {
            let _ = std::fs::remove_file(&kept);
        }
    }
}

/// The copies beside the store at `path`.
fn kept_beside(path: &Path) -> Vec<PathBuf> {
    let Some(name) = path.file_name().and_then(|name| name.to_str()) else { return Vec::new() };
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let is_kept = |entry: &str| {
        let version = entry.strip_prefix(name).and_then(|rest| rest.strip_prefix(WORD));
        version.is_some_and(|version| version.len() == 4 && version.bytes().all(|byte| byte.is_ascii_digit()))
    };
    entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.file_name().to_str().is_some_and(is_kept))
        .map(|entry| path.with_file_name(entry.file_name()))
        .collect()
}

/// The path of a file beside another, whose name is that one's and more.
pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
