//! The desktop shell: one window on the engine's commands. The only Rust that names Tauri; it decides nothing about traces.

mod arguments;
mod comparison;
mod current;
mod export;
mod files;
mod graphics;
mod ipc;
mod links;
mod logging;
mod menu;
mod notify;
mod question;
mod recent;
mod stores;
mod texts;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use engine::api::{self, PointedTo};
use engine::error::Error;
#[cfg(target_os = "macos")]
use engine::query::link::is_link;
use tauri::{App, AppHandle, Manager, RunEvent};
use tauri_plugin_window_state::StateFlags;

use arguments::Arguments;
use current::Current;

/// Runs the app until its window is closed; gives what the process exits with.
pub fn run() -> ExitCode {
    let arguments = Arguments::of_this_process();
    if !window::has_display() {
        eprintln!(
            "tracellm-explorer: there is no screen to open a window on (DISPLAY and WAYLAND_DISPLAY are not set); \
             `tracex` does without"
        );
        return ExitCode::FAILURE;
    }
    graphics::suit_the_machine();
    let _log = logging::start();
    let app = match build(arguments) {
        Ok(app) => app,
        Err(error) => {
            log::error!("the window system can't be used: {error}");
            eprintln!("tracellm-explorer: the window system can't be used: {error}");
            return ExitCode::FAILURE;
        }
    };
    let code = app.run_return(|app, event| match event {
        RunEvent::Exit => {
            if let Some(current) = app.try_state::<Current>() {
                current.close();
            }
        }
        // A Mac hands links to the app that runs, not to a second start of it.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let links = urls.iter().map(ToString::to_string).filter(|url| is_link(url)).collect();
            files::open_later(app, files::Opened { links, ..files::Opened::default() });
            window::bring_forward(app);
        }
        _ => {}
    });
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

fn build(arguments: Arguments) -> tauri::Result<App> {
    let mut builder = tauri::Builder::default();
    if arguments.may_share_instance() {
        // First of all plugins: a second start ends here, before it opens the database.
        let single = tauri_plugin_single_instance::Builder::new()
            .callback(|app, arguments, folder| {
                // It was started on the store that this one began with.
                files::open_later_in_first_store(app, Arguments::of_second_start(arguments, &folder));
                window::bring_forward(app);
            })
            .dbus_id(arguments.instance_name());
        builder = builder.plugin(single.build());
    }
    let places = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    builder
        .plugin(tauri_plugin_window_state::Builder::new().with_state_flags(places).build())
        .manage(files::Waiting::new(arguments.opened(), arguments.store.as_ref().ok()))
        .manage(Current::default())
        .manage(stores::Copying::default())
        .manage(files::Picking::default())
        .manage(PointedTo::new("drop it on the window, or choose it in the dialog"))
        .manage(export::Exporting::default())
        .manage(ipc::Subscription::default())
        .manage(window::Zoom::default())
        .menu(menu::build)
        .on_menu_event(|app, event| menu::chosen(app, event.id().as_ref()))
        .invoke_handler(tauri::generate_handler![
            ipc::call,
            ipc::subscribe,
            ipc::startup,
            files::pick_files,
            files::pick_folder,
            comparison::save_comparison,
            export::export_traces,
            export::stop_export,
            links::open_link,
            stores::recent_stores,
            stores::look_at_store,
            stores::open_store,
            stores::pick_store,
            stores::new_store,
            stores::back_up_store,
            stores::stop_copy,
            stores::pick_backup,
            stores::restore_backup,
            texts::save_text,
        ])
        .setup(move |app| {
            if let Ok(store) = &arguments.store {
                notify::tell_of_upgrade(store);
            }
            match arguments.store.and_then(current::open) {
                Ok(engine) => {
                    let settings = match api::call(&engine, "settings_get", "{}") {
                        Ok(api::Answer::Json(settings)) => settings,
                        _ => String::new(),
                    };
                    let engine = Arc::new(engine);
                    current::begin(app.handle(), engine.clone());
                    window::open(app.handle(), &settings)?;
                    window::name_after(app.handle(), engine.store_path());
                    current::receive(engine);
                }
                Err(error) => give_up(app.handle(), &error),
            }
            Ok(())
        })
        .build(tauri::generate_context!())
}

/// Says why there is no window, and ends the app when that has been read.
fn give_up(app: &AppHandle, error: &Error) {
    log::error!("the database can't be opened: {error}");
    eprintln!("tracellm-explorer: {error}");
    let message = rfd::AsyncMessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("TraceLLM Explorer can't open its database")
        .set_description(error.to_string());
    let app = app.clone();
    // Waited for outside of this thread, whose event loop is what draws the message.
    tauri::async_runtime::spawn(async move {
        message.show().await;
        app.exit(1);
    });
}
