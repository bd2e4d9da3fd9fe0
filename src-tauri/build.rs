//! Checks `tauri.conf.json` and compiles what it says into the app.

fn main() {
    tauri_build::build();
}
