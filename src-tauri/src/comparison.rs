//! Saves a comparison of two runs to a file that the person names in the native dialog.

use engine::api;
use engine::api::dto::{ApiError, ComparisonForm, ComparisonSave, ComparisonSaved};
use engine::error::Error;
use tauri::{State, WebviewWindow};

use crate::current::Current;
use crate::files::Picking;

/// Asks where to, and writes the comparison there. Gives what was written, nothing if the person cancels the dialog.
#[tauri::command]
pub(crate) async fn save_comparison(
    window: WebviewWindow,
    current: State<'_, Current>,
    picking: State<'_, Picking>,
    request: ComparisonSave,
) -> Result<Option<ComparisonSaved>, ApiError> {
    let Some(turn) = picking.begin() else { return Ok(None) };
    let (name, kind, extension) = match request.form {
        ComparisonForm::Html => ("comparison.html", "Web page", "html"),
        ComparisonForm::Json => ("comparison.json", "JSON", "json"),
    };
    let dialog = turn.dialog(&window, "Save the comparison").set_file_name(name);
    let Some(file) = dialog.add_filter(kind, &[extension]).save_file().await else { return Ok(None) };
    let path = file.path().to_owned();
    drop(turn.paths(&[file]));
    let engine = current.engine()?;
    let work = move || {
        let report = api::comparison_to_save(&engine, request, &|| false)?;
        api::write_file(&engine, &path, |out| {
            let saved = report.write(request.form, out)?;
            Ok(api::comparison_saved(&saved))
        })
    };
    match tauri::async_runtime::spawn_blocking(work).await {
        Ok(written) => Ok(Some(written?)),
        Err(error) => Err(Error::internal(format!("saving was stopped: {error}")).into()),
    }
}
