//! Where the database lies when nobody says otherwise: the one rule that the app and the command line share.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The variable that names another database file.
pub const STORE_VARIABLE: &str = "TRACELLM_EXPLORER_DB";

const FOLDER: &str = "tracellm-explorer";
const FILE: &str = "traces.db";
const SOCKET: &str = "feed.sock";

/// The database file: what [`STORE_VARIABLE`] says, else `tracellm-explorer/traces.db` in the person's data folder.
///
/// # Errors
/// `Invalid` if the environment names no such folder.
pub fn default_store_path() -> Result<PathBuf> {
    store_path(|name| std::env::var_os(name))
}

/// The folder of the app's own files, wherever the database lies: that of its usual database.
///
/// # Errors
/// As [`default_store_path`].
pub fn data_folder() -> Result<PathBuf> {
    let path = store_path(|name| std::env::var_os(name).filter(|_| name != STORE_VARIABLE))?;
    Ok(path.parent().map(Path::to_path_buf).unwrap_or_default())
}

/// The variable that names another feed socket.
pub const SOCKET_VARIABLE: &str = "TRACELLM_EXPLORER_SOCKET";

/// Where the feed socket of the database at `store_path` lies: what [`SOCKET_VARIABLE`] says; for the usual database in the
/// person's runtime folder, where there is one; else `feed.sock` beside the database.
pub fn feed_socket_path(store_path: &Path) -> PathBuf {
    socket_path(store_path, |name| std::env::var_os(name))
}

/// The same for a given environment.
pub fn socket_path(store_path: &Path, variable: impl Fn(&str) -> Option<OsString>) -> PathBuf {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = set(SOCKET_VARIABLE) {
        return path;
    }
    let is_usual = self::store_path(|name| variable(name).filter(|_| name != STORE_VARIABLE))
        .is_ok_and(|usual| usual == store_path);
    match set("XDG_RUNTIME_DIR").filter(|folder| is_usual && folder.is_absolute()) {
        Some(runtime) => runtime.join(FOLDER).join(SOCKET),
        None => store_path.with_file_name(SOCKET),
    }
}

/// The same for a given environment.
///
/// # Errors
/// As [`default_store_path`].
pub fn store_path(variable: impl Fn(&str) -> Option<OsString>) -> Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(path) = set(STORE_VARIABLE) {
        return Ok(path);
    }
    let data = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        // The XDG rules have relative paths ignored.
        set("XDG_DATA_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| set("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join(FOLDER).join(FILE)).ok_or_else(|| {
        Error::invalid(format!(
            "no data folder is known (HOME is not set); name a database in {STORE_VARIABLE}"
        ))
    })
}

/// The folder of the app's log.
///
/// # Errors
/// As [`data_folder`].
pub fn log_folder() -> Result<PathBuf> {
    Ok(data_folder()?.join("logs"))
}

/// The named pipe that stands for the socket at `path` on Windows.
pub fn pipe_name(path: &Path) -> String {
    let text = path.to_string_lossy();
    if text.starts_with(r"\\.\pipe\") {
        return text.into_owned();
    }
    let word: String =
        text.chars().map(|letter| if letter.is_alphanumeric() { letter } else { '-' }).collect();
    format!(r"\\.\pipe\tracellm-explorer-{word}")
}
