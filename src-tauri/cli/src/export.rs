//! `tracex export`.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::api::dto::MaskedKind;
use engine::error::Error;

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
        out.json_lines(|out| engine::api::export(&engine, selection, out, &is_cancelled))?
    } else {
        let output = &export.output;
        let is_kept = output.exists() && !export.replace;
        // Asked once it is known that it is an ordinary file: others are not replaced whatever is said.
        let write = |out: &mut dyn Write| match is_kept {
            true => Err(Error::invalid(format!(
                "{} is there already: name another file, or add --replace",
                output.display()
            ))),
            false => engine::api::export(&engine, selection, out, &is_cancelled),
        };
        engine::api::write_file(&engine, &export.output, write)?
    };
    eprintln!(
        "{} with {} exported ({}).",
        quantity::counted(written.traces.into(), "trace"),
        quantity::counted(written.steps, "step"),
        quantity::bytes(written.bytes)
    );
    tell_of_masked(&written.masked);
    if written.damaged > 0 {
        eprintln!(
            "{} damaged in the store: left out, or exported without content.",
            quantity::counted(written.damaged, "step")
        );
    }
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
