//! A native question, outside of the page, that lets something happen. Where the toolkit can be told so, Return gives the safe
//! answer: a key that was meant for the page allows nothing.

use tauri::WebviewWindow;

/// What lets it happen.
const ALLOW: &str = "Allow";
/// What does not, as closing the question does not.
const CANCEL: &str = "Cancel";

/// Asks the person whether to allow what `text` says.
#[cfg(target_os = "linux")]
pub(crate) async fn is_allowed(window: &WebviewWindow, title: &str, text: &str) -> bool {
    use gtk::prelude::*;
    use gtk::{ButtonsType, DialogFlags, MessageDialog, MessageType, ResponseType};

    let (sender, mut answered) = tauri::async_runtime::channel(1);
    let (parent, title, text) = (window.clone(), title.to_owned(), text.to_owned());
    let shown = window.run_on_main_thread(move || {
        let parent = parent.gtk_window().ok();
        let dialog = MessageDialog::new(
            parent.as_ref(),
            DialogFlags::MODAL,
            MessageType::Warning,
            ButtonsType::None,
            &title,
        );
        dialog.set_title(&title);
        dialog.set_secondary_text(Some(&text));
        dialog.add_button(ALLOW, ResponseType::Accept);
        let cancel = dialog.add_button(CANCEL, ResponseType::Cancel);
        dialog.set_default_response(ResponseType::Cancel);
        cancel.grab_focus();
        dialog.connect_response(move |dialog, response| {
            // Closing it is a second response, which comes too late.
            let _ = sender.try_send(response == ResponseType::Accept);
            if response != ResponseType::DeleteEvent {
                dialog.close();
            }
        });
        dialog.show_all();
    });
    shown.is_ok() && answered.recv().await.unwrap_or(false)
}

/// Asks the person whether to allow what `text` says.
#[cfg(not(target_os = "linux"))]
pub(crate) async fn is_allowed(window: &WebviewWindow, title: &str, text: &str) -> bool {
    use rfd::{AsyncMessageDialog, MessageButtons, MessageDialogResult, MessageLevel};

    let dialog = AsyncMessageDialog::new()
        .set_parent(window)
        .set_level(MessageLevel::Warning)
        .set_title(title)
        .set_description(text)
        .set_buttons(MessageButtons::OkCancelCustom(ALLOW.into(), CANCEL.into()));
    match dialog.show().await {
        MessageDialogResult::Ok => true,
        MessageDialogResult::Custom(button) => button == ALLOW,
        _ => false,
    }
}
