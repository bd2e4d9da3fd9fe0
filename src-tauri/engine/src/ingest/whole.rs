//! A file that is followed and can only be read as a whole: one document, something packed, a database.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use super::pipeline::{self, Source};
use super::progress::SourceProgress;
use super::sender::SenderRef;
use super::writer::{Job, Writer};
use crate::container::archive;
use crate::error::{Code, Error, Result};
use crate::model::{Position, Problem};

/// A file to be read as a whole.
pub struct WholeFile<'a> {
    /// The kind of source, as the store names it.
    pub kind: &'static str,
    /// The file.
    pub path: &'a Path,
    /// Its path as it is shown.
    pub location: &'a str,
    /// Who sends; `None` for what is of the past.
    pub sender: Option<SenderRef>,
}

/// Reads the file, every file in it if it is a zip archive, and waits until all of it is on disk. `progress` is its own, for
/// this once.
///
/// # Errors
/// As for imports: `UnknownFormat`, `Io`, `Cancelled`, and what the store answers. What was read before is kept.
pub fn import_whole(file: &WholeFile<'_>, writer: &Writer, progress: &Arc<SourceProgress>) -> Result<()> {
    let read = read(file, writer, progress);
    if writer.queue().push(Job::Finish(progress.clone()), 0).is_ok() {
        progress.wait_written();
    }
    let written = match &progress.state().error {
        Some(error) => Err(Error::new(error.code, error.message.clone())),
        None => Ok(()),
    };
    read.and(written)
}

fn read(file: &WholeFile<'_>, writer: &Writer, progress: &Arc<SourceProgress>) -> Result<()> {
    let source = Source {
        kind: file.kind,
        location: file.location,
        path: Some(file.path),
        sender: file.sender.clone(),
        tells_again: true,
    };
    if !archive::is_archive(file.path) {
        let content = File::open(file.path)
            .map_err(|error| Error::new(Code::Io, format!("the file can't be opened: {error}")))?;
        return pipeline::import(&source, content, writer, progress);
    }
    let mut archive = archive::open(file.path)?;
    if let Some(members) = archive.log_members() {
        return pipeline::import_log(
            &Source { path: None, ..source },
            &mut archive,
            &members,
            writer,
            progress,
        );
    }
    let mut any = Err(Error::new(Code::UnknownFormat, "nothing in the archive is a trace"));
    for member in archive.members().to_vec() {
        let location = format!("{} › {}", file.location, member.name);
        let member_source = Source { location: &location, path: None, ..source.clone() };
        match archive
            .read(&member)
            .and_then(|content| pipeline::import(&member_source, content, writer, progress))
        {
            Ok(()) => any = Ok(()),
            Err(error) if error.code == Code::UnknownFormat => {}
            // The others are still to be had.
            Err(error) if error.code == Code::Io => {
                progress.problem(Problem::new(
                    Position::default(),
                    format!("{}: {}", member.name, error.message),
                ));
            }
            Err(error) => return Err(error),
        }
    }
    any
}
