//! Saves a text or what media hold to a file that the person names in the native dialog.

use engine::api;
use engine::api::dto::{ApiError, TextSave, TextSaved};
use engine::error::Error;
use tauri::{State, WebviewWindow};

use crate::current::Current;
use crate::files::Picking;

/// Asks where to, and writes the text there. Gives what was written, nothing if the person cancels the dialog.
#[tauri::command]
pub(crate) async fn save_text(
    window: WebviewWindow,
    current: State<'_, Current>,
    picking: State<'_, Picking>,
    request: TextSave,
) -> Result<Option<TextSaved>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let engine = current.engine()?;
    let stopped =
        |error: tauri::Error| ApiError::from(Error::internal(format!("saving was stopped: {error}")));
    let asked = engine.clone();
    let finding = tauri::async_runtime::spawn_blocking(move || api::text_to_save(&asked, request));
    let text = finding.await.map_err(stopped)??;
    let dialog = turn.dialog(&window, "Save to file").set_file_name(text.file_name());
    let Some(file) = dialog.save_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    let writing = tauri::async_runtime::spawn_blocking(move || {
        api::write_file(&engine, &path, |out| text.write(out, &|| false))
    });
    Ok(Some(writing.await.map_err(stopped)??))
}
