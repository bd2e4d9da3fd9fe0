//! What was pasted or uploaded, kept until its import is dismissed: a person may correct how its records are read.
//!
//! Text is kept masked, so that nothing secret lies in a temporary file even if this process is killed.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tempfile::TempPath;

use crate::masking::{MaskCounts, Masker};

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
    pub fn text(text: &[u8], masker: &Masker) -> io::Result<Option<Self>> {
        if text.len() as u64 > MOST_BYTES {
            return Ok(None);
        }
        Ok(Some(Self { is_text: true, file: Arc::new(written_masked(text, masker)?) }))
    }

    /// A copy of the file at `path`; `None` if it is too large.
    ///
    /// # Errors
    /// When it can't be read, or there is no room for it.
    pub fn file(path: &Path, masker: &Masker) -> io::Result<Option<Self>> {
        if std::fs::metadata(path)?.len() > MOST_BYTES {
            return Ok(None);
        }
        let bytes = std::fs::read(path)?;
        let file = match std::str::from_utf8(&bytes) {
            Ok(text) => written_masked(text.as_bytes(), masker)?,
            // A mask would break what is packed.
            Err(_) => written(&bytes)?,
        };
        Ok(Some(Self { is_text: false, file: Arc::new(file) }))
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.file.to_path_buf()
    }
}

fn written_masked(text: &[u8], masker: &Masker) -> io::Result<TempPath> {
    written(masker.any(text, &mut MaskCounts::default()).as_deref().unwrap_or(text))
}

fn written(bytes: &[u8]) -> io::Result<TempPath> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(bytes)?;
    Ok(file.into_temp_path())
}
