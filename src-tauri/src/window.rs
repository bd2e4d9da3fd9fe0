//! The window: how it opens, what it may load, how large its page is drawn.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use engine::api::PointedTo;
use engine::api::dto::{Settings, Theme};
use engine::api::is_same_store;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::window::Color;
use tauri::{AppHandle, DragDropEvent, Manager, Url, WebviewWindow, WebviewWindowBuilder, WindowEvent};

/// The window's label in `tauri.conf.json`.
pub(crate) const MAIN: &str = "main";

/// What shows before the page has drawn: `--bg` of ui/src/styles/tokens.css.
const LIGHT: Color = Color(0xf5, 0xf6, 0xf8, 0xff);
const DARK: Color = Color(0x12, 0x14, 0x18, 0xff);

/// What the system had chosen when the window opened.
struct SystemTheme(tauri::Theme);

/// Whether a window can be hoped for. The window system itself would end the process without a sentence.
pub(crate) fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || ["DISPLAY", "WAYLAND_DISPLAY", "GDK_BACKEND"].into_iter().any(set)
}

/// Opens the window unseen, in the colour the page will have; the page has it shown when it is ready. `settings` are
/// the person's, as JSON.
pub(crate) fn open(app: &AppHandle, settings: &str) -> tauri::Result<()> {
    let config = app.config().app.windows.iter().find(|window| window.label == MAIN);
    let config = config.ok_or(tauri::Error::WindowNotFound)?;
    let dev_url = app.config().build.dev_url.clone().filter(|_| tauri::is_dev());
    let window = WebviewWindowBuilder::from_config(app, config)?
        .on_navigation(move |url| is_own_page(url, dev_url.as_ref()))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        // A page that fails before it is ready is shown too.
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished {
                show(&window);
            }
        })
        .build()?;
    let dropped_on = app.clone();
    // Runs before the page can answer what it hears of the same drop.
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
            dropped_on.state::<PointedTo>().add(paths.iter().cloned());
        }
    });
    app.manage(SystemTheme(window.theme()?));
    follow_theme(app, settings);
    Ok(())
}

/// Names the window after the store at `path`, unless that is the one that opens where none is named.
pub(crate) fn name_after(app: &AppHandle, path: &Path) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    let is_default = engine::default_store_path().is_ok_and(|default| is_same_store(path, &default));
    let product = app.config().product_name.as_deref().unwrap_or("TraceLLM Explorer");
    let title = match path.file_name().filter(|_| !is_default) {
        Some(name) => format!("{} – {product}", name.to_string_lossy()),
        None => product.to_owned(),
    };
    report("named", window.set_title(&title));
}

/// Gives menu, frame and ground of the window the theme of `settings`, which are JSON.
pub(crate) fn follow_theme(app: &AppHandle, settings: &str) {
    let (Some(window), Some(system)) = (app.get_webview_window(MAIN), app.try_state::<SystemTheme>()) else {
        return;
    };
    let theme = match serde_json::from_str::<Settings>(settings).map(|settings| settings.theme) {
        Ok(Theme::Dark) => tauri::Theme::Dark,
        Ok(Theme::Light) => tauri::Theme::Light,
        Ok(Theme::System) | Err(_) => system.0,
    };
    report("given its theme", window.set_theme(Some(theme)));
    let ground = if theme == tauri::Theme::Dark { DARK } else { LIGHT };
    report("coloured", window.set_background_color(Some(ground)));
}

/// Whether `url` is a page of the app; traces must not lead the window anywhere else.
fn is_own_page(url: &Url, dev_url: Option<&Url>) -> bool {
    let own = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    own || dev_url.is_some_and(|dev_url| url.origin() == dev_url.origin())
}

/// Whether the window is there.
pub(crate) fn is_open(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some()
}

/// Whether the person is looking at the window, as far as the window system tells.
pub(crate) fn is_focused(app: &AppHandle) -> bool {
    app.get_webview_window(MAIN).is_some_and(|window| window.is_focused().unwrap_or(false))
}

/// Shows the window if it is not yet.
pub(crate) fn show(window: &WebviewWindow) {
    if window.is_visible().unwrap_or(false) {
        return;
    }
    report("shown", window.show());
    report("focused", window.set_focus());
}

/// Puts the window before all others.
pub(crate) fn bring_forward(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        report("restored", window.unminimize());
        show(&window);
        report("focused", window.set_focus());
    }
}

fn report(what: &str, done: tauri::Result<()>) {
    if let Err(error) = done {
        log::warn!("the window could not be {what}: {error}");
    }
}

/// How large the page is drawn, in percent.
pub(crate) struct Zoom(Mutex<u32>);

impl Default for Zoom {
    fn default() -> Self {
        Self(Mutex::new(Self::NORMAL_PERCENT))
    }
}

impl Zoom {
    const NORMAL_PERCENT: u32 = 100;
    const STEPS_PERCENT: [u32; 11] = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200];

    /// Draws the page one step larger.
    pub(crate) fn larger(app: &AppHandle) {
        Self::change(app, |now| Self::STEPS_PERCENT.into_iter().find(|step| *step > now).unwrap_or(now));
    }

    /// Draws the page one step smaller.
    pub(crate) fn smaller(app: &AppHandle) {
        Self::change(app, |now| Self::STEPS_PERCENT.into_iter().rfind(|step| *step < now).unwrap_or(now));
    }

    /// Draws the page in its own size.
    pub(crate) fn normal(app: &AppHandle) {
        Self::change(app, |_| Self::NORMAL_PERCENT);
    }

    fn change(app: &AppHandle, next: impl Fn(u32) -> u32) {
        let Some(window) = app.get_webview_window(MAIN) else { return };
        let zoom = app.state::<Self>();
        let mut percent = zoom.0.lock().unwrap_or_else(PoisonError::into_inner);
        *percent = next(*percent);
        report("zoomed", window.set_zoom(f64::from(*percent) / 100.0));
    }
}
