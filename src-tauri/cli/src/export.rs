//! `tracex export`.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::api::dto::MaskedKind;

use crate::args::{Args, Export};
use crate::failure::Failure;
use crate::output::Output;
use crate::{curate, host, quantity};

pub(crate) fn run(args: &Args, export: &Export, out: &mut Output) -> Result<ExitCode, Failure> {
    let engine = host::open_existing(args)?;
    let selection = curate::selection(&engine, &export.which)?;
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::Failed(format!("Ctrl+C can't be watched for: {error}")))?;
    let is_cancelled = || stop.load(Ordering::Relaxed);
    let written = if export.output == Path::new("-") {
        engine::api::export(&engine, selection, &mut out.json_lines(), &is_cancelled)?
    } else {
        to_file(&export.output, |out| engine::api::export(&engine, selection, out, &is_cancelled))?
    };
    eprintln!(
        "{} with {} exported ({}).",
        quantity::counted(written.traces.into(), "trace"),
        quantity::counted(written.steps, "step"),
        quantity::bytes(written.bytes)
    );
    tell_of_masked(&written.masked);
    Ok(ExitCode::SUCCESS)
}

/// Says what was masked as a file was written, if anything was.
pub(crate) fn tell_of_masked(masked: &[MaskedKind]) {
    if masked.is_empty() {
        return;
    }
    let total = masked.iter().map(|kind| kind.count).sum();
    let kinds: Vec<String> = masked.iter().map(|kind| format!("{} × {}", kind.count, kind.kind)).collect();
    eprintln!("{} masked: {}.", quantity::counted(total, "secret"), kinds.join(", "));
}

/// Writes beside `path` and takes its place when all is there: a file that is there is whole.
pub(crate) fn to_file<T>(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> Result<T, engine::error::Error>,
) -> Result<T, Failure> {
    let unwritable =
        |error: std::io::Error| Failure::Failed(format!("{} can't be written: {error}", path.display()));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let file = tempfile::Builder::new().prefix(".tracex-").tempfile_in(folder).map_err(unwritable)?;
    let mut out = BufWriter::with_capacity(1 << 18, file);
    let written = write(&mut out)?;
    out.flush().map_err(unwritable)?;
    let file = out.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(written)
}
