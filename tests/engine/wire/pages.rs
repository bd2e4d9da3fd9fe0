//! The pages on formats: the index names every format and every page, and nothing that is not there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use engine::wire::FORMATS;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats")
}

/// The cells of each row of the index that has a format's id first.
fn rows() -> Vec<Vec<String>> {
    let index = std::fs::read_to_string(folder().join("README.md")).unwrap();
    let rows = index.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

/// The pages that a text links to.
fn links(text: &str) -> BTreeSet<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let pages = targets.map(|(target, _)| target).filter(|target| target.ends_with(".md"));
    pages.map(str::to_owned).collect()
}

#[test]
fn the_index_names_every_format_as_it_is_called_on_screen() {
    let listed: BTreeSet<(String, String)> =
        rows().into_iter().map(|cells| (cells[0].trim_matches('`').to_owned(), cells[1].clone())).collect();
    let formats: BTreeSet<(String, String)> =
        FORMATS.iter().map(|format| (format.id().to_owned(), format.label().to_owned())).collect();
    assert_eq!(listed, formats, "formats in docs/formats/README.md (left) are those that are read (right)");
    assert_eq!(rows().len(), FORMATS.len(), "no format is listed twice");
}

#[test]
fn the_index_names_every_page_and_none_that_is_missing() {
    let named: BTreeSet<String> = rows().iter().flat_map(|cells| links(&cells[2])).collect();
    let files = std::fs::read_dir(folder()).unwrap().flatten();
    let mut found: BTreeSet<String> =
        files.map(|file| file.file_name().to_string_lossy().into_owned()).collect();
    assert!(found.remove("README.md"), "the index is there");
    assert_eq!(named, found, "pages named in the index (left) are those in the folder (right)");
}

#[test]
fn the_page_of_a_format_names_its_id_and_leads_nowhere_that_is_not_there() {
    for cells in rows() {
        let page = links(&cells[2]).into_iter().next().unwrap();
        let text = std::fs::read_to_string(folder().join(&page)).unwrap();
        assert!(text.contains(&cells[0]), "{page} does not name {}", cells[0]);
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            assert!(folder().join(&link).is_file(), "{page} links to {link}, which is not there");
        }
    }
}
