//! What on this machine could be followed: offered to the person, never taken without asking.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::model::SourceKind;

/// Folders of coding agents and the database of TraceLLM that are there: what each is, where, and the source that it would
/// be. `variable` gives the environment's variables.
pub fn suggestions(variable: impl Fn(&str) -> Option<OsString>) -> Vec<(&'static str, PathBuf, SourceKind)> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let Some(home) = set("HOME").or_else(|| set("USERPROFILE")) else { return Vec::new() };
    let text = |path: &PathBuf| path.to_string_lossy().into_owned();
    let folders = [
        (
            "Claude Code sessions",
            set("CLAUDE_CONFIG_DIR").unwrap_or_else(|| home.join(".claude")).join("projects"),
        ),
        ("Codex sessions", set("CODEX_HOME").unwrap_or_else(|| home.join(".codex")).join("sessions")),
        ("Gemini CLI sessions", home.join(".gemini").join("tmp")),
    ];
    let mut found: Vec<_> = folders
        .into_iter()
        .filter(|(_, path)| path.is_dir())
        .map(|(label, path)| (label, path.clone(), SourceKind::Folder { path: text(&path) }))
        .collect();
    let database = set("TRACELLM_HOME").unwrap_or_else(|| home.join(".tracellm")).join("traces.db");
    if database.is_file() {
        let kind = SourceKind::TraceLlmDatabase { path: text(&database) };
        found.push(("TraceLLM's database", database, kind));
    }
    found
}
