//! Where the database lies when nobody says otherwise: the one rule that the app and the command line share.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::error::{Error, Result};

/// The variable that names another database file.
pub const STORE_VARIABLE: &str = "TRACELLM_EXPLORER_DB";

const FOLDER: &str = "tracellm-explorer";
const FILE: &str = "traces.db";

/// The database file: what [`STORE_VARIABLE`] says, else `tracellm-explorer/traces.db` in the person's data folder.
///
/// # Errors
/// `Invalid` if the environment names no such folder.
pub fn default_store_path() -> Result<PathBuf> {
    store_path(|name| std::env::var_os(name))
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
