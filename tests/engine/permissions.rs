//! The shell has the rights that it uses, and no more: `tauri.conf.json`, the plugins, and the commands of the shell itself.

use std::collections::BTreeSet;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};

use regex::Regex;
use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} can be read: {error}"))
}

fn shell_sources() -> String {
    let files = std::fs::read_dir(root().join("src-tauri/src")).unwrap();
    files.map(|file| read_to_string(file.unwrap().path()).unwrap()).collect()
}

fn config() -> Value {
    serde_json::from_str(&read("tauri.conf.json")).unwrap()
}

#[test]
fn the_page_has_the_rights_that_it_uses() {
    let config = config();
    let security = &config["app"]["security"];
    let capabilities = security["capabilities"].as_array().unwrap();
    assert_eq!(capabilities.len(), 1, "all rights stand in one place");
    let mut own = capabilities[0].clone();
    own.as_object_mut().unwrap().remove("description");
    // What is heard of: the menu, drops, paths to open. Nothing is emitted, and no window, path, or file is reached.
    let used = ["core:event:allow-listen", "core:event:allow-unlisten"];
    assert_eq!(own, json!({ "identifier": "main", "windows": ["main"], "permissions": used }));
    assert_eq!(config["app"]["withGlobalTauri"], false);
    for key in security.as_object().unwrap().keys() {
        assert!(!key.starts_with("dangerous") && key != "assetProtocol", "{key} is not needed");
    }
    for folder in ["capabilities", "src-tauri/capabilities", "src-tauri/permissions", "permissions"] {
        assert!(!root().join(folder).exists(), "{folder} would give more rights");
    }
}

#[test]
fn plugins_give_the_page_nothing() {
    let manifest = read("Cargo.toml");
    let plugins: BTreeSet<&str> = Regex::new(r"(?m)^(tauri-plugin-[\w-]+)")
        .unwrap()
        .captures_iter(&manifest)
        .map(|found| found.get(1).unwrap().as_str())
        .collect();
    // Both without commands that a page could call by the rights above: no fs, shell, http, opener, dialog, clipboard.
    assert_eq!(plugins, BTreeSet::from(["tauri-plugin-single-instance", "tauri-plugin-window-state"]));
    let page: Value = serde_json::from_str(&read("ui/package.json")).unwrap();
    let tauri =
        page["dependencies"].as_object().unwrap().keys().filter(|name| name.starts_with("@tauri-apps/"));
    assert_eq!(tauri.collect::<Vec<_>>(), ["@tauri-apps/api"]);
}

#[test]
fn commands_of_the_shell_take_no_paths() {
    let sources = shell_sources();
    let handler = Regex::new(r"generate_handler!\[([^\]]*)\]").unwrap();
    let mut listed = handler.captures(&sources).unwrap()[1]
        .split(',')
        .filter_map(|name| name.trim().rsplit("::").next().filter(|name| !name.is_empty()))
        .map(str::to_owned)
        .collect::<Vec<_>>();
    listed.sort();
    let declared = Regex::new(r"#\[tauri::command\]\npub\(crate\) (?:async )?fn (\w+)\(([^)]*)\)").unwrap();
    let parameter = Regex::new(r"(\w+): ((?:[^<,]|<[^>]*>)+)").unwrap();
    let mut found = Vec::new();
    for command in declared.captures_iter(&sources) {
        found.push(command[1].to_owned());
        for parameter in parameter.captures_iter(&command[2]) {
            let [name, kind] = [1, 2].map(|part| parameter[part].trim());
            let is_given_by_tauri =
                kind.starts_with("State<") || kind == "WebviewWindow" || kind == "AppHandle";
            // `request` of `call` goes through `api::call_from_page`; an address through `links::may_open`.
            let is_no_path = ["name", "request", "selection", "address", "channel"].contains(&name)
                && !kind.contains("Path");
            // A store by its path goes through `stores::may_be_named`.
            let is_asked_about = ["look_at_store", "open_store"].contains(&&command[1]) && name == "path";
            assert!(is_given_by_tauri || is_no_path || is_asked_about, "{}: {name}: {kind}", &command[1]);
        }
    }
    found.sort();
    assert_eq!(found, listed, "every command is looked at");
    assert!(
        !sources.contains("api::call(&engine, &name"),
        "what the page asks goes through `call_from_page`"
    );
}

#[test]
fn the_content_policy_lets_nothing_in_from_elsewhere() {
    let policy = config()["app"]["security"]["csp"].clone();
    let expected = json!({
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "connect-src": "ipc: http://ipc.localhost",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    });
    assert_eq!(policy, expected);
    // `tracex serve` sends the same, but for whom its page talks to.
    let guard = read("src-tauri/cli/src/serve/guard.rs").replace("\\\n    ", "");
    for (directive, value) in expected.as_object().unwrap() {
        let value = if directive == "connect-src" { "'self'" } else { value.as_str().unwrap() };
        assert!(guard.contains(&format!("{directive} {value}")), "{directive} {value}");
    }
    assert!(!guard.contains("unsafe"));
}
