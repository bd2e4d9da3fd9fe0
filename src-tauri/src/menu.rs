//! The native menu.

use tauri::menu::{Menu, MenuBuilder, MenuItem, MenuItemBuilder, SubmenuBuilder};
use tauri::{AppHandle, Emitter, Wry};

use crate::window::{self, Zoom};

/// Tells the page which of its actions was chosen.
const MENU: &str = "menu";

// What the shell does itself; every other item's id is the id of an action of the page.
const QUIT: &str = "quit";
const ZOOM_IN: &str = "zoom_in";
const ZOOM_OUT: &str = "zoom_out";
const ZOOM_RESET: &str = "zoom_reset";

/// Builds the menu.
///
/// # Errors
/// Those of the window system.
pub(crate) fn build(app: &AppHandle) -> tauri::Result<Menu<Wry>> {
    let item = |id: &str, text: &str| MenuItem::with_id(app, id, text, true, None::<&str>);
    let keyed =
        |id: &str, text: &str, keys: &str| MenuItemBuilder::with_id(id, text).accelerator(keys).build(app);

    let file = SubmenuBuilder::new(app, "&File")
        .item(&keyed("open", "&Open Files…", "CmdOrCtrl+O")?)
        .item(&keyed("open_folder", "Open &Folder…", "CmdOrCtrl+Shift+O")?)
        .item(&item("paste", "&Paste JSON…")?)
        .separator()
        .item(&item("store.open", "Open &Another Store…")?)
        .item(&item("store.new", "&New Store…")?)
        .item(&item("store.backup", "&Back Up the Store…")?)
        .item(&item("store.restore", "&Restore a Backup…")?)
        .separator()
        .item(&keyed("settings", "&Settings…", "CmdOrCtrl+,")?)
        .separator()
        .item(&keyed(QUIT, "&Quit", "CmdOrCtrl+Q")?)
        .build()?;
    let view = SubmenuBuilder::new(app, "&View")
        // Without keys, which the page has: going back twice would be once too often.
        .item(&item("go_back", "&Back")?)
        .item(&item("go_forward", "&Forward")?)
        .separator()
        .item(&item("theme", "Switch &Light and Dark")?)
        .separator()
        .item(&keyed(ZOOM_IN, "Zoom &In", "CmdOrCtrl+=")?)
        .item(&keyed(ZOOM_OUT, "Zoom &Out", "CmdOrCtrl+-")?)
        .item(&keyed(ZOOM_RESET, "&Actual Size", "CmdOrCtrl+0")?)
        .build()?;
    let help = SubmenuBuilder::new(app, "&Help")
        .item(&item("shortcuts", "&Keyboard Shortcuts")?)
        .item(&item("about", "&About TraceLLM Explorer")?)
        .build()?;

    let mut menu = MenuBuilder::new(app);
    if cfg!(target_os = "macos") {
        // A Mac's first menu bears the app's name, and text fields get their keys from an Edit menu.
        menu = menu.item(&SubmenuBuilder::new(app, "TraceLLM Explorer").hide().hide_others().build()?);
    }
    menu = menu.item(&file);
    if cfg!(target_os = "macos") {
        let edit =
            SubmenuBuilder::new(app, "Edit").undo().redo().separator().cut().copy().paste().select_all();
        menu = menu.item(&edit.build()?);
    }
    menu.item(&view).item(&help).build()
}

/// Does what an item stands for.
pub(crate) fn chosen(app: &AppHandle, id: &str) {
    match id {
        QUIT => app.exit(0),
        ZOOM_IN => Zoom::larger(app),
        ZOOM_OUT => Zoom::smaller(app),
        ZOOM_RESET => Zoom::normal(app),
        action => {
            if let Err(error) = app.emit_to(window::MAIN, MENU, action) {
                log::warn!("the page could not be told of the menu: {error}");
            }
        }
    }
}
