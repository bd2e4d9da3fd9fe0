//! `tracex tag` and `tracex delete`: what the person changes of traces.

use std::process::ExitCode;

use engine::api::dto::{Deletion, TraceCount, TraceMark, TraceSelection};
use engine::engine::Engine;

use crate::args::{Args, Delete, Tag, Which};
use crate::failure::Failure;
use crate::{host, quantity, show};

pub(crate) fn tag(args: &Args, tag: &Tag) -> Result<ExitCode, Failure> {
    let engine = host::open_existing(args)?;
    let mark = TraceMark {
        selection: selection(&engine, &tag.which)?,
        add_tags: tag.add.clone(),
        remove_tags: tag.remove.clone(),
        ..TraceMark::default()
    };
    let changed: TraceCount = host::call(&engine, "trace_mark", &mark)?;
    eprintln!("{} changed.", quantity::counted(changed.traces.into(), "trace"));
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn delete(args: &Args, delete: &Delete) -> Result<ExitCode, Failure> {
    let engine = host::open_existing(args)?;
    let deletion: Deletion = host::call(&engine, "trace_delete", &selection(&engine, &delete.which)?)?;
    eprintln!(
        "{} deleted; for ten minutes the app can bring them back (Settings, Storage).",
        quantity::counted(deletion.traces.into(), "trace")
    );
    Ok(ExitCode::SUCCESS)
}

/// The traces that the arguments name.
pub(crate) fn selection(engine: &Engine, which: &Which) -> Result<TraceSelection, Failure> {
    let ids = which.traces.iter().map(|wanted| Ok(show::find(engine, wanted)?.summary.trace_id));
    Ok(TraceSelection { trace_ids: ids.collect::<Result<_, Failure>>()?, filter: which.filter.clone() })
}
