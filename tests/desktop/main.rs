//! The desktop app's command line: what it answers without a window.
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

/// Runs the app where no window could open, so that an answer proves that none was needed.
fn without_a_window(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tracellm-explorer"))
        .args(arguments)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GDK_BACKEND")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn version_is_answered_without_a_window() {
    let answer = without_a_window(&["--version"]);
    assert!(answer.status.success(), "{}", text(&answer.stderr));
    assert_eq!(text(&answer.stdout).trim(), concat!("tracellm-explorer ", env!("CARGO_PKG_VERSION")));
}

#[test]
fn help_names_what_can_be_given() {
    let answer = without_a_window(&["--help"]);
    let help = text(&answer.stdout);
    assert!(answer.status.success(), "{}", text(&answer.stderr));
    for word in ["--db <PATH>", "TRACELLM_EXPLORER_DB", "[FILES]...", "tracellm://"] {
        assert!(help.contains(word), "{word} is missing in:\n{help}");
    }
}

#[test]
fn an_unknown_option_is_refused_by_name() {
    let answer = without_a_window(&["--databse", "x.db"]);
    assert_eq!(answer.status.code(), Some(2));
    assert!(text(&answer.stderr).contains("--databse"), "{}", text(&answer.stderr));
}

#[cfg(target_os = "linux")]
#[test]
fn a_missing_screen_is_said_in_a_sentence() {
    let answer = without_a_window(&[]);
    assert_eq!(answer.status.code(), Some(1));
    assert!(text(&answer.stderr).contains("no screen"), "{}", text(&answer.stderr));
}
