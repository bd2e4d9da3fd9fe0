//! Whether the database that was opened still lies under its path. Once somebody has deleted it or put another in its place,
//! all that is written to it is gone with the program.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::error::{Code, Error, Result};

/// The file of an open connection.
pub struct OpenedFile {
    path: PathBuf,
    identity: Option<Identity>,
}

/// Device and inode; systems where an open file can't be deleted need none.
type Identity = (u64, u64);

impl OpenedFile {
    /// The file of this connection.
    pub fn of(connection: &Connection) -> Self {
        let path = PathBuf::from(connection.path().unwrap_or_default());
        let identity = identity(&path);
        Self { path, identity }
    }

    /// Error `Io` while another file, or none, lies where this one was opened.
    pub fn check(&self) -> Result<()> {
        if self.identity == identity(&self.path) { Ok(()) } else { Err(gone(&self.path)) }
    }
}

/// Says that the database is not where it was.
pub(super) fn gone(path: &Path) -> Error {
    Error::new(
        Code::Io,
        format!(
            "the database {} was deleted, moved or replaced while this program had it open: nothing more is stored. What is \
             shown is still there: make a backup of it before you close the program. Or put the file back",
            path.display()
        ),
    )
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(_path: &Path) -> Option<Identity> {
    None
}
