//! The layers of `docs/ARCHITECTURE.md`, held to: the table under "Where a line belongs" is read from the document itself,
//! so the two can't disagree. The same for the few rules about who may name SQL, Tauri and other features.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use regex::Regex;

mod rust_text;
use rust_text::RustText;

const DOCUMENT: &str = "docs/ARCHITECTURE.md";
const ENGINE: &str = "src-tauri/engine/src";

/// The writer thread owns the write connection and opens and ends its transactions; it states no other SQL.
const HOLDS_THE_CONNECTION: &str = "ingest/writer.rs";
const SQL_LAYERS: [&str; 3] = ["store", "query", "container"];

#[test]
fn the_engine_keeps_to_the_table_of_layers() {
    let table = Table::read();
    let mut violations = Vec::new();
    for file in files_under(ENGINE, &["rs"]) {
        violations.extend(table.violations(&file.relative_to(ENGINE), &file.text));
    }
    assert_none(&violations, "These imports are not in the table of docs/ARCHITECTURE.md");
}

#[test]
fn the_table_lists_the_modules_of_the_engine() {
    let modules: BTreeSet<String> = Regex::new(r"(?m)^(?:pub )?mod (\w+);")
        .unwrap()
        .captures_iter(&read(&format!("{ENGINE}/lib.rs")))
        .map(|found| found[1].to_owned())
        .collect();
    let layers: BTreeSet<String> = Table::read().may_import.into_keys().collect();
    assert_eq!(
        layers, modules,
        "the layers of docs/ARCHITECTURE.md (left) are the modules of lib.rs (right)"
    );
}

#[test]
fn sql_stands_in_store_query_and_container_alone() {
    let mut violations = Vec::new();
    for file in files_under("src-tauri", &["rs"]) {
        violations.extend(sql_violations(&file.path, &file.text));
    }
    assert_none(&violations, "SQL belongs to the layers store, query and container");
}

#[test]
fn only_the_shell_names_tauri() {
    let mut violations = Vec::new();
    for folder in ["src-tauri/engine", "src-tauri/cli"] {
        for file in files_under(folder, &["rs", "toml"]) {
            violations.extend(tauri_violations(&file.path, &file.text));
        }
    }
    assert_none(&violations, "Only src-tauri/src names tauri");
}

#[test]
fn features_of_the_page_do_not_import_each_other_and_one_file_imports_tauri() {
    let files = files_under("ui/src", &["ts", "tsx"]);
    assert!(files.len() > 50, "the page's sources were found: {} files", files.len());
    let violations: Vec<String> =
        files.iter().flat_map(|file| page_violations(&file.relative_to("ui/src"), &file.text)).collect();
    assert_none(&violations, "The page's imports");
}

#[test]
fn made_up_violations_are_found() {
    let table = Table::parse(
        "## Where a line belongs\n| layer | owns | may import |\n| --- | --- | --- |\n\
         | `model` | words | – |\n| `error`, `clock` | errors | `error` |\n| `store` | tables | `model`, `error` |\n\
         | `engine` | runs | all above |\n| `testing` (feature) | tests | all |\n\n## The store\n| `other` | | – |\n",
    );
    assert_eq!(
        table.may_import.keys().collect::<Vec<_>>(),
        ["clock", "engine", "error", "model", "store", "testing"]
    );

    let found = |path: &str, text: &str| table.violations(path, text);
    assert_eq!(found("store/mod.rs", "use crate::model::Span;\nuse crate::{error, store::open};"), NONE);
    assert_eq!(found("engine.rs", "use crate::store; use super::clock::Clock;"), NONE);
    assert_eq!(found("testing/mod.rs", "fn run() { crate::engine::run() }"), NONE);
    assert_eq!(found("lib.rs", "pub use crate::engine::Engine;"), NONE);
    assert_eq!(
        found(
            "model/span.rs",
            "// crate::store is not used\nlet text = \"crate::store // no\";\nuse std::fs;"
        ),
        NONE
    );

    assert_eq!(
        found("model/span.rs", "use std::fs;\nuse crate::store::open;"),
        ["model/span.rs:2: model imports store"]
    );
    assert_eq!(
        found("store/mod.rs", "use crate::{\n    model::Span,\n    engine::{Engine, run},\n};"),
        ["store/mod.rs:3: store imports engine"]
    );
    assert_eq!(
        found("store/open/deep.rs", "super::super::super::clock::now()"),
        ["store/open/deep.rs:1: store imports clock"]
    );
    assert_eq!(found("model/mod.rs", "use crate::utils::run;"), ["model/mod.rs:1: crate::utils is no layer"]);
    assert_eq!(found("utils/mod.rs", ""), ["utils/mod.rs: \"utils\" is no layer of the table"]);
    assert_eq!(
        found(
            "store/mod.rs",
            "fn f<'a>(c: char) -> &'a str { if c == '\"' { \"\" } else { crate::engine::x() } }"
        ),
        ["store/mod.rs:1: store imports engine"]
    );

    let sql = |path: &str, text: &str| sql_violations(path, text).len();
    assert_eq!(sql("src-tauri/engine/src/store/span.rs", "use rusqlite::Row; \"SELECT 1 FROM span\""), 0);
    assert_eq!(sql("src-tauri/engine/src/ingest/writer.rs", "use rusqlite::Connection;"), 0);
    assert_eq!(sql("src-tauri/engine/src/ingest/writer.rs", "\"UPDATE trace SET stale = 1\""), 1);
    assert_eq!(sql("src-tauri/engine/src/api/traces.rs", "use rusqlite::Connection;"), 1);
    assert_eq!(sql("src-tauri/cli/src/list.rs", "let rows = r#\"\n  select * from trace\"#;"), 1);
    assert_eq!(
        sql("src-tauri/cli/src/list.rs", "// SELECT name FROM trace\n\"Select a trace from the list\""),
        0
    );

    assert_eq!(tauri_violations("src-tauri/cli/src/main.rs", "//! no tauri::App\nuse engine::Engine;"), NONE);
    assert_eq!(tauri_violations("src-tauri/cli/src/main.rs", "use tauri::App;").len(), 1);
    assert_eq!(tauri_violations("src-tauri/cli/src/main.rs", "tauri_plugin_opener::init()").len(), 1);
    assert_eq!(tauri_violations("src-tauri/cli/Cargo.toml", "# no tauri\ntauri = \"2\"").len(), 1);

    assert_eq!(
        page_violations("features/tree/Tree.tsx", "import { a } from '../../domain/a';\nimport './b';"),
        NONE
    );
    assert_eq!(page_violations("features/tree/Tree.tsx", "import { a } from '../tree/a';"), NONE);
    assert_eq!(page_violations("backend/tauri.ts", "import { invoke } from '@tauri-apps/api/core';"), NONE);
    assert_eq!(
        page_violations("features/tree/Tree.tsx", "import {\n  a,\n} from '../timeline/a';"),
        ["features/tree/Tree.tsx:3: the feature tree imports the feature timeline"]
    );
    assert_eq!(
        page_violations("features/tree/a.ts", "const a = await import(\"../../features/traces/b\");").len(),
        1
    );
    assert_eq!(
        page_violations("app/App.tsx", "import { invoke } from '@tauri-apps/api/core';"),
        ["app/App.tsx:1: only backend/tauri.ts imports @tauri-apps"]
    );
}

const NONE: [&str; 0] = [];

/// Which layer may import which, itself aside.
struct Table {
    may_import: BTreeMap<String, Imports>,
}

enum Imports {
    All,
    Only(BTreeSet<String>),
}

impl Table {
    fn read() -> Self {
        let table = Self::parse(&read(DOCUMENT));
        assert!(table.may_import.len() > 10, "the table of {DOCUMENT} was found");
        table
    }

    /// Reads the rows under "Where a line belongs"; a row is `layers | what they own | what they may import`.
    fn parse(document: &str) -> Self {
        let (_, rest) = document.split_once("## Where a line belongs").expect("the document has the section");
        let section = rest.split("\n## ").next().unwrap_or(rest);
        let quoted = Regex::new("`([a-z_]+)`").unwrap();
        let names = |cell: &str| -> BTreeSet<String> {
            quoted.captures_iter(cell).map(|found| found[1].to_owned()).collect()
        };
        let mut above = BTreeSet::new();
        let mut may_import = BTreeMap::new();
        for row in section.lines().filter(|line| line.starts_with("| `")) {
            let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [layers, _, imports] = cells[..] else {
                panic!("this row of the table has not three cells: {row}")
            };
            let layers = names(layers);
            for layer in &layers {
                let allowed = match imports {
                    "all" => Imports::All,
                    "all above" => Imports::Only(above.clone()),
                    "–" => Imports::Only(BTreeSet::new()),
                    listed => Imports::Only(names(listed)),
                };
                may_import.insert(layer.clone(), allowed);
            }
            above.extend(layers);
        }
        for imports in may_import.values() {
            let Imports::Only(imports) = imports else { continue };
            for layer in imports {
                assert!(
                    may_import.contains_key(layer),
                    "the table lets something import \"{layer}\", which is no layer"
                );
            }
        }
        Self { may_import }
    }

    fn allows(&self, from: &str, to: &str) -> bool {
        from == to
            || match self.may_import.get(from) {
                Some(Imports::All) => true,
                Some(Imports::Only(layers)) => layers.contains(to),
                None => false,
            }
    }

    /// What a file, named from the engine's `src`, imports against the table. `lib.rs` stands above all layers.
    fn violations(&self, path: &str, text: &str) -> Vec<String> {
        let layer = path.split('/').next().unwrap_or(path).trim_end_matches(".rs");
        if path == "lib.rs" {
            return Vec::new();
        }
        if !self.may_import.contains_key(layer) {
            return vec![format!("{path}: \"{layer}\" is no layer of the table")];
        }
        let source = RustText::read(text);
        let mut violations = Vec::new();
        for (line, target) in source.crate_paths() {
            if !self.may_import.contains_key(&target) {
                violations.push(format!("{path}:{line}: crate::{target} is no layer"));
            } else if !self.allows(layer, &target) {
                violations.push(format!("{path}:{line}: {layer} imports {target}"));
            }
        }
        // `super` often enough leaves the layer; within it, the table has no say.
        let depth = path.trim_end_matches("/mod.rs").split('/').count();
        for (line, target) in source.super_paths(depth) {
            if self.may_import.contains_key(&target) && !self.allows(layer, &target) {
                violations.push(format!("{path}:{line}: {layer} imports {target}"));
            }
        }
        violations
    }
}

fn sql_violations(path: &str, text: &str) -> Vec<String> {
    let inside = path.strip_prefix(ENGINE).map(|path| path.trim_start_matches('/'));
    if inside.is_some_and(|path| SQL_LAYERS.iter().any(|layer| path.starts_with(&format!("{layer}/")))) {
        return Vec::new();
    }
    let source = RustText::read(text);
    let mut violations = Vec::new();
    if inside != Some(HOLDS_THE_CONNECTION) {
        let lines = source.lines_with(r"\brusqlite\b");
        violations.extend(lines.into_iter().map(|line| format!("{path}:{line}: names rusqlite")));
    }
    let statement = Regex::new(
        r"(?s)^\s*(?:SELECT\b.*\bFROM\b|INSERT\b.*\bINTO\b|UPDATE\b.*\bSET\b|DELETE\s+FROM\b|(?:CREATE|ALTER|DROP)\s+(?:TABLE|INDEX|VIEW|TRIGGER)\b|PRAGMA\b|WITH\b.*\bAS\s*\()|^\s*(?:select\b.*\bfrom\b|insert\s+into\b|update\b.*\bset\b|delete\s+from\b|pragma\b)",
    )
    .unwrap();
    for (line, literal) in &source.literals {
        if statement.is_match(literal) {
            violations.push(format!("{path}:{line}: states SQL: {literal:.40}"));
        }
    }
    violations
}

fn tauri_violations(path: &str, text: &str) -> Vec<String> {
    let lines: Vec<usize> = if path.ends_with(".toml") {
        let named = |line: &str| line.trim_start().trim_start_matches('"').starts_with("tauri");
        text.lines().enumerate().filter(|(_, line)| named(line)).map(|(at, _)| at + 1).collect()
    } else {
        RustText::read(text).lines_with(r"\btauri(?:_\w+)?\b")
    };
    lines.into_iter().map(|line| format!("{path}:{line}: names tauri")).collect()
}

/// What a file, named from `ui/src`, imports that it must not.
fn page_violations(path: &str, text: &str) -> Vec<String> {
    let import =
        Regex::new(r#"(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+|\bmock\(\s*)['"]([^'"]+)['"]"#).unwrap();
    let feature_of = |path: &str| {
        path.strip_prefix("features/").and_then(|rest| rest.split('/').next()).map(str::to_owned)
    };
    let mut violations = Vec::new();
    for found in import.captures_iter(text) {
        let name = found.get(1).unwrap();
        let line = text[..name.start()].matches('\n').count() + 1;
        if name.as_str().starts_with("@tauri-apps/") && path != "backend/tauri.ts" {
            violations.push(format!("{path}:{line}: only backend/tauri.ts imports @tauri-apps"));
        }
        if !name.as_str().starts_with('.') {
            continue;
        }
        let target = resolved(&Path::new(path).with_file_name("").join(name.as_str()));
        if let (Some(own), Some(other)) = (feature_of(path), feature_of(&target))
            && own != other
        {
            violations.push(format!("{path}:{line}: the feature {own} imports the feature {other}"));
        }
    }
    violations
}

/// A path without `.` and `..`.
fn resolved(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            _ => {}
        }
    }
    parts.join("/")
}

struct SourceFile {
    /// From the root of the checkout.
    path: String,
    text: String,
}

impl SourceFile {
    fn relative_to(&self, folder: &str) -> String {
        self.path.trim_start_matches(folder).trim_start_matches('/').to_owned()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path} can be read: {error}"))
}

/// All files under `folder` that end so, in the order of their paths.
fn files_under(folder: &str, endings: &[&str]) -> Vec<SourceFile> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries =
            std::fs::read_dir(root().join(&folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        for entry in entries {
            let entry = entry.unwrap();
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.ends_with(&format!(".{ending}"))) {
                files.push(SourceFile { text: read(&path), path });
            }
        }
    }
    assert!(!files.is_empty(), "there are sources under {folder}");
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}

fn assert_none(violations: &[String], rule: &str) {
    assert!(violations.is_empty(), "{rule}:\n  {}", violations.join("\n  "));
}
