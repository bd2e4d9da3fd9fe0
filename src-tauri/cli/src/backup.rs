//! `tracex backup` and `tracex restore`.

use std::cell::RefCell;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use engine::api;
use engine::api::dto::{CopyProgress, CopyStage, StoreSummary};
use engine::error::Error;

use crate::args::{Args, Backup, Restore};
use crate::failure::Failure;
use crate::output::Output;
use crate::progress::{StatusLine, stop_flag};
use crate::{host, quantity, text};

pub(crate) fn backup(args: &Args, backup: &Backup) -> Result<ExitCode, Failure> {
    if backup.file.exists() && !backup.replace {
        return Err(Failure::Usage(format!(
            "{} is there already: name another file, or add --replace",
            text::printable(&backup.file.to_string_lossy())
        )));
    }
    let store = host::store_path(args)?;
    if !store.exists() {
        let store = text::printable(&store.to_string_lossy()).into_owned();
        return Err(Failure::Failed(format!("there is no database at {store} to make a backup of")));
    }
    let engine = host::open(args)?;
    let written = watched(|go_on| api::back_up(&engine, &backup.file, go_on))?;
    eprintln!(
        "{} in {}: {}, {}, checked.",
        quantity::counted(written.traces, "trace"),
        text::printable(&written.path),
        quantity::bytes(written.bytes),
        quantity::duration(written.elapsed_ms * 1e6),
    );
    if let Some(damage) = &written.damage {
        eprintln!("The store is damaged, and so is its backup. {}", text::printable(damage));
    }
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn restore(args: &Args, restore: &Restore, out: &mut Output) -> Result<ExitCode, Failure> {
    let store = host::store_path(args)?;
    if restore.check {
        let held = watched(|go_on| api::verified_summary(&restore.file, go_on))?;
        out.line(&described("The backup", &held))?;
        if let Some(damage) = &held.damage {
            out.line(&format!("It is not as it was when it was written. {}", text::printable(damage)))?;
        }
        if let Ok(present) = api::store_summary(&store) {
            out.line(&described("The store", &present))?;
        }
        // A script that asks must not take it for sound.
        return Ok(if held.damage.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_ns = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
    let kept = watched(|go_on| api::restore(&restore.file, &store, now_ns, restore.damaged, go_on))?;
    let held = if restore.damaged { api::audited_summary(&store) } else { api::store_summary(&store) }?;
    eprintln!("{} now in {}.", quantity::counted(held.traces, "trace"), text::printable(&held.path));
    if let Some(damage) = &held.damage {
        eprintln!("It is as damaged as the backup was. {}", text::printable(damage));
    }
    if let Some(kept) = kept {
        eprintln!("What was there is kept as {}.", text::printable(&kept.to_string_lossy()));
    }
    Ok(ExitCode::SUCCESS)
}

/// What a store holds, on a line.
fn described(what: &str, store: &StoreSummary) -> String {
    let newest =
        store.newest_unix_ms.map_or_else(String::new, |ms| format!(", the newest of {}", quantity::time(ms)));
    let older = if store.is_older { ", of an older version" } else { "" };
    format!(
        "{what}: {} with {}{newest}; {}{older}",
        quantity::counted(store.traces, "trace"),
        quantity::counted(store.steps, "step"),
        quantity::bytes(store.bytes),
    )
}

/// Runs `work`, which is told at every call of what it is given whether to go on: not after Ctrl+C. Shows how far it is.
fn watched<T>(work: impl FnOnce(&dyn Fn(CopyProgress) -> bool) -> Result<T, Error>) -> Result<T, Failure> {
    let stop = stop_flag()?;
    let line = RefCell::new(StatusLine::new());
    let go_on = |progress: CopyProgress| {
        line.borrow_mut().draw(&drawn(progress));
        !stop.load(Ordering::Relaxed)
    };
    Ok(work(&go_on)?)
}

fn drawn(progress: CopyProgress) -> String {
    match progress.stage {
        CopyStage::Copying => format!(
            "Copying: {} of about {}",
            quantity::bytes(progress.done_bytes),
            quantity::bytes(progress.total_bytes)
        ),
        CopyStage::Checking if progress.done_bytes == 0 => {
            format!("Checking {}", quantity::bytes(progress.total_bytes))
        }
        CopyStage::Checking => format!(
            "Checked: {} of about {}",
            quantity::bytes(progress.done_bytes),
            quantity::bytes(progress.total_bytes)
        ),
    }
}
