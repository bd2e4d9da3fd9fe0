//! What was pasted or uploaded, kept until its import is dismissed: a person may correct how its records are read.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;

/// More than this of one source is not kept.
const MOST_BYTES: u64 = 64 << 20;

/// A copy of a source that can't be found again by its name. The file goes with the last of these.
#[derive(Clone)]
pub struct Kept {
    /// Whether it came as text, not as a file.
    pub is_text: bool,
    file: Arc<TempPath>,
}

impl Kept {
    /// A copy of `text`; `None` if it is too large.
    ///
    /// # Errors
    /// When there is no room for it.
    pub fn text(text: &[u8]) -> io::Result<Option<Self>> {
        if text.len() as u64 > MOST_BYTES {
            return Ok(None);
        }
        let mut file = tempfile::NamedTempFile::new()?;
        file.write_all(text)?;
        Ok(Some(Self { is_text: true, file: Arc::new(file.into_temp_path()) }))
    }

    /// A copy of the file at `path`; `None` if it is too large.
    ///
    /// # Errors
    /// When it can't be read, or there is no room for it.
    pub fn file(path: &Path) -> io::Result<Option<Self>> {
        if std::fs::metadata(path)?.len() > MOST_BYTES {
            return Ok(None);
        }
        let file = tempfile::NamedTempFile::new()?.into_temp_path();
        std::fs::copy(path, &file)?;
        Ok(Some(Self { is_text: false, file: Arc::new(file) }))
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.file.to_path_buf()
    }
}
