//! Saves traces to a file that the person names in the native dialog: the page never names paths to write to.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use engine::api;
use engine::api::dto::{ApiError, Exported, TraceSelection};
use engine::error::Error;
use tauri::{State, WebviewWindow};

use crate::current::Current;
use crate::files::Picking;

/// Whether the export under way is to stop.
#[derive(Default)]
pub(crate) struct Exporting(Arc<AtomicBool>);

impl Exporting {
    /// Stops the export under way.
    pub(crate) fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// Asks where to, and writes the traces there. Gives what was written, nothing if the person cancels the dialog.
#[tauri::command]
pub(crate) async fn export_traces(
    window: WebviewWindow,
    current: State<'_, Current>,
    picking: State<'_, Picking>,
    exporting: State<'_, Exporting>,
    selection: TraceSelection,
) -> Result<Option<Exported>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let dialog = turn.dialog(&window, "Export traces").set_file_name("traces.jsonl");
    let picked = dialog.add_filter("Traces as lines of JSON", &["jsonl"]).save_file().await;
    let Some(file) = picked else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    let (engine, stop) = (current.engine()?, exporting.0.clone());
    stop.store(false, Ordering::Release);
    let work = move || {
        let write =
            |out: &mut dyn Write| api::export(&engine, selection, out, &|| stop.load(Ordering::Acquire));
        Ok(api::write_file(&engine, &path, write)?)
    };
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(written) => written.map(Some),
        Err(error) => Err(Error::internal(format!("the export was stopped: {error}")).into()),
    }
}

/// Stops the export under way.
#[tauri::command]
pub(crate) fn stop_export(exporting: State<'_, Exporting>) {
    exporting.stop();
}
