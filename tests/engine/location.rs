//! Where the database lies.

use std::ffi::OsString;
use std::path::Path;

use engine::location::{pipe_name, store_path};

fn environment(variables: &[(&str, &str)]) -> impl Fn(&str) -> Option<OsString> {
    let variables: Vec<(String, OsString)> =
        variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
    move |name| variables.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

#[cfg(target_os = "linux")]
#[test]
fn the_variable_wins_then_the_data_folder_then_home() {
    let home = ("HOME", "/home/me");
    for (variables, expected) in [
        (vec![home], "/home/me/.local/share/tracellm-explorer/traces.db"),
        (vec![home, ("XDG_DATA_HOME", "/data")], "/data/tracellm-explorer/traces.db"),
        (vec![home, ("XDG_DATA_HOME", "data")], "/home/me/.local/share/tracellm-explorer/traces.db"),
        (vec![home, ("XDG_DATA_HOME", "")], "/home/me/.local/share/tracellm-explorer/traces.db"),
        (vec![home, ("TRACELLM_EXPLORER_DB", "here.db"), ("XDG_DATA_HOME", "/data")], "here.db"),
    ] {
        assert_eq!(store_path(environment(&variables)).unwrap(), Path::new(expected), "for {variables:?}");
    }
}

#[test]
fn without_any_folder_it_says_what_to_set() {
    let error = store_path(environment(&[])).unwrap_err();
    assert!(error.message.contains("TRACELLM_EXPLORER_DB"), "{}", error.message);
}

#[test]
fn on_windows_a_pipe_stands_for_the_socket() {
    let pipe = pipe_name(Path::new(r"C:\Users\me\traces\feed.sock"));
    assert_eq!(pipe, r"\\.\pipe\tracellm-explorer-C--Users-me-traces-feed-sock");
    assert_eq!(pipe_name(Path::new(&pipe)), pipe, "a pipe's own name stays");
}
