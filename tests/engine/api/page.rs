//! A page has files opened that the person pointed to, and no others.

use std::collections::BTreeSet;
use std::path::PathBuf;

use engine::api::{COMMANDS, PATH_COMMANDS, PointedTo, call_from_page, typescript, unknown_paths};
use engine::dto::{ApiError, ImportStart, ImportStatus, SourceRef, SourceStatus};
use engine::error::Code;
use engine::model::{SourceConfig, SourceKind};
use engine::testing::Harness;
use regex::Regex;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An engine as its page reaches it, and a folder with files in it.
struct Page {
    harness: Harness,
    pointed_to: PointedTo,
    folder: tempfile::TempDir,
}

impl Page {
    fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("store/traces.db"));
        for name in ["given/a.json", "given/deeper/b.json", "given-not/c.json", "secret.json"] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        Self { harness, pointed_to: PointedTo::new("do this"), folder }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_string_lossy().into_owned()
    }

    fn point_to(&self, name: &str) {
        self.pointed_to.add([PathBuf::from(self.path(name))]);
    }

    fn ask<Response: DeserializeOwned>(
        &self,
        name: &str,
        request: &impl Serialize,
    ) -> Result<Response, ApiError> {
        let request = serde_json::to_string(request).unwrap();
        Ok(call_from_page(&self.harness.engine, &self.pointed_to, name, &request)?.read().unwrap())
    }

    fn import(&self, paths: &[String]) -> Result<ImportStatus, ApiError> {
        self.ask("import_start", &ImportStart { paths: paths.to_vec() })
    }

    fn follow(&self, kind: SourceKind) -> Result<SourceRef, ApiError> {
        self.ask("source_set", &SourceConfig { id: String::new(), enabled: false, kind })
    }
}

#[test]
fn files_are_imported_that_were_pointed_to_and_no_others() {
    let page = Page::open();
    page.point_to("given");
    for name in ["given", "given/a.json", "given/deeper/b.json", "given/./a.json"] {
        page.import(&[page.path(name)]).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    for names in [
        vec!["secret.json"],
        vec!["given-not/c.json"],
        vec![""],
        vec!["given/../secret.json"],
        vec!["given/a.json", "secret.json"],
    ] {
        let paths: Vec<String> = names.iter().map(|name| page.path(name)).collect();
        let refused = page.import(&paths).unwrap_err();
        assert_eq!(refused.code, Code::Invalid, "{names:?}");
        assert!(refused.message.ends_with("was not pointed to by you: do this"), "{}", refused.message);
    }
    let refused = page.import(&["given/a.json".into()]).unwrap_err();
    assert!(refused.message.contains("not an absolute path"), "{}", refused.message);
}

#[cfg(unix)]
#[test]
fn a_link_is_what_it_leads_to() {
    use std::os::unix::fs::symlink;
    let page = Page::open();
    page.point_to("given");
    let link = |name: &str, target: &str| symlink(page.path(target), page.path(name)).unwrap();
    link("given/out.json", "secret.json");
    link("given/out", "given-not");
    link("given/nowhere", "later.json");
    link("given/within.json", "given/a.json");
    link("other-way", "given");
    for name in ["given/out.json", "given/out/c.json", "given/out", "given/nowhere"] {
        let refused = page.import(&[page.path(name)]).unwrap_err();
        assert!(refused.message.contains("was not pointed to by you"), "{name}: {}", refused.message);
        assert!(page.follow(SourceKind::File { path: page.path(name) }).is_err(), "{name}");
    }
    for name in ["given/within.json", "other-way/a.json"] {
        page.import(&[page.path(name)]).unwrap_or_else(|error| panic!("{name}: {error:?}"));
    }
    // A person who points to a link means what it leads to.
    page.point_to("given/out.json");
    page.import(&[page.path("given/out.json")]).unwrap();
    page.import(&[page.path("secret.json")]).unwrap();
}

#[test]
fn sources_open_what_was_pointed_to_or_is_listed_already() {
    let page = Page::open();
    let secret = || page.path("secret.json");
    let kinds = |path: String| {
        [
            SourceKind::File { path: path.clone() },
            SourceKind::Folder { path: path.clone() },
            SourceKind::TraceLlmDatabase { path: path.clone() },
            SourceKind::FeedClient { address: path.clone() },
            SourceKind::FeedSocket { path: Some(path) },
        ]
    };
    for kind in kinds(secret()) {
        assert_eq!(page.follow(kind.clone()).unwrap_err().code, Code::Invalid, "{kind:?}");
    }
    page.point_to("given");
    for kind in kinds(page.path("given/a.json")) {
        page.follow(kind.clone()).unwrap_or_else(|error| panic!("{kind:?}: {error:?}"));
    }
    // What opens nothing of the file system is the page's to set.
    page.follow(SourceKind::FeedClient { address: "localhost:4000".into() }).unwrap();
    page.follow(SourceKind::TraceLlm { url: None }).unwrap();
    let relative = page.follow(SourceKind::FeedClient { address: "docker.sock".into() }).unwrap_err();
    assert!(relative.message.contains("neither the full path"), "{}", relative.message);

    // Set up by the person in another program, it is turned on and off from the page as it is.
    let config =
        SourceConfig { id: String::new(), enabled: false, kind: SourceKind::File { path: secret() } };
    let added: SourceRef = page.harness.call("source_set", &config);
    page.ask::<SourceRef>("source_set", &SourceConfig { id: added.id, enabled: true, ..config }).unwrap();
    let listed: Vec<SourceStatus> = page.ask("source_list", &serde_json::json!({})).unwrap();
    assert!(listed.iter().any(|source| source.config.enabled && source.address == Some(secret())));
}

#[test]
fn what_was_pointed_to_long_before_is_forgotten() {
    let page = Page::open();
    page.point_to("given");
    page.import(&[page.path("given")]).unwrap();
    page.pointed_to.add((0..100_000).map(|number| PathBuf::from(format!("/many/{number}"))));
    assert_eq!(page.import(&[page.path("given")]).unwrap_err().code, Code::Invalid);
    // What comes last is there, however much it is.
    page.point_to("given");
    page.import(&[page.path("given")]).unwrap();
}

#[test]
fn a_host_that_can_ask_is_told_what_to_ask_about() {
    let page = Page::open();
    page.point_to("given");
    let request = serde_json::to_string(&ImportStart {
        paths: vec![page.path("given/a.json"), page.path("secret.json")],
    })
    .unwrap();
    let unknown =
        |name: &str, request: &str| unknown_paths(&page.harness.engine, &page.pointed_to, name, request);
    assert_eq!(unknown("import_start", &request), [page.path("secret.json")]);
    page.point_to("secret.json");
    assert!(unknown("import_start", &request).is_empty());
    for broken in ["", "{}", "[1]", "{\"paths\":[1]}"] {
        assert!(unknown("import_start", broken).is_empty(), "the command itself says what is wrong");
        assert_eq!(
            call_from_page(&page.harness.engine, &page.pointed_to, "import_start", broken)
                .err()
                .unwrap()
                .code,
            Code::Invalid
        );
    }
}

/// The names of the fields of a type and of those that it is made of.
fn fields(types: &str, name: &str, seen: &mut BTreeSet<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let declared = Regex::new(&format!(r"(?s)export type {name} = (.*?);\n")).unwrap();
    let Some(declared) = declared.captures(types).filter(|_| seen.insert(name.to_owned())) else {
        return found;
    };
    let text = &declared[1];
    found
        .extend(Regex::new(r#""?(\w+)"?\??:"#).unwrap().captures_iter(text).map(|field| field[1].to_owned()));
    for part in Regex::new(r"\b[A-Z]\w+").unwrap().find_iter(text) {
        found.extend(fields(types, part.as_str(), seen));
    }
    found
}

#[test]
fn no_other_command_takes_a_path() {
    // Every command whose request has a field that sounds like a place, and why that is no way to a file.
    let known = [
        ("import_start", "paths"),
        ("source_set", "address"),
        ("source_set", "path"),
        // Of this machine alone, which `sources::tracellm` holds it to.
        ("source_set", "url"),
        // Found among what was imported before.
        ("mapping_set", "path"),
        ("store_import", "path"),
    ];
    let types = Regex::new(r"(?s)/\*\*.*?\*/").unwrap().replace_all(&typescript(), "").into_owned();
    let place = Regex::new("path|file|folder|director|location|address|url|socket|uri").unwrap();
    let contract = Regex::new(r"(?m)^  (\w+): \{ request: (\w+); response").unwrap();
    let mut found = BTreeSet::new();
    let mut commands = 0;
    for command in contract.captures_iter(&types) {
        commands += 1;
        for field in fields(&types, &command[2], &mut BTreeSet::new()) {
            if place.is_match(&field) {
                found.insert((command[1].to_owned(), field));
            }
        }
    }
    assert_eq!(commands, COMMANDS.len(), "every command was looked at");
    let known = known.map(|(command, field)| (command.to_owned(), field.to_owned()));
    assert_eq!(found, BTreeSet::from(known), "a new one goes through `api::page` first");
    assert!(PATH_COMMANDS.iter().all(|name| COMMANDS.contains(name)));
}
