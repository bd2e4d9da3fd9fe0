//! Opens an address of a trace in the person's browser or mail program, after they have seen it and said so.

use engine::api::dto::ApiError;
use engine::error::{Code, Error};
use engine::links::may_open;

/// Opens an address, written as an URL. Error `Invalid` for everything that is no web page or mail address.
#[tauri::command]
pub(crate) async fn open_link(address: String) -> Result<(), ApiError> {
    if !may_open(&address) {
        return Err(Error::invalid("only addresses of web pages and mail are opened from here").into());
    }
    let opened = tauri::async_runtime::spawn_blocking(move || open::that_detached(&address)).await;
    let unopened = |reason: String| Error::new(Code::Io, format!("the address can't be opened: {reason}"));
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(unopened(error.to_string()).into()),
        Err(error) => Err(unopened(error.to_string()).into()),
    }
}
