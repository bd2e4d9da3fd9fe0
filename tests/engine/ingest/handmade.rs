//! Files made by hand from the descriptions of their formats: every one in `tests/fixtures/formats` gives what is written
//! here of it, and adds nothing when it is imported again.

use std::collections::BTreeSet;
use std::path::Path;

use engine::testing::Harness;

use super::table::Table;
use crate::wire::{platforms, research, sessions, tracing};

/// What a file gives.
pub struct Handmade {
    /// Its path under `tests/fixtures/formats`.
    pub file: &'static str,
    /// Id of the format found.
    pub format: &'static str,
    /// Traces.
    pub traces: u32,
    /// Spans, each counted once.
    pub spans: u64,
    /// Spans that failed.
    pub errors: u64,
    /// Retries.
    pub retries: u64,
    /// Tokens.
    pub tokens: Option<u64>,
    /// Problems.
    pub problems: u32,
}

const FAMILIES: [&[Handmade]; 4] =
    [platforms::HANDMADE, tracing::HANDMADE, sessions::HANDMADE, research::HANDMADE];

const INTRODUCTION: &str = "# Files made by hand
What each file in `tests/fixtures/formats` gives, imported into a store of its own: formats and variants that the real files lack,
written from descriptions of the formats, with counts worked out beside them. `spans` counts each time a span is told. Written by
`make tables`.";

#[test]
fn every_handmade_file_gives_what_is_written_of_it() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    let mut differences = Vec::new();
    let mut table = Table::new(INTRODUCTION);
    for expected in FAMILIES.iter().copied().flatten() {
        let store = tempfile::tempdir().unwrap();
        let harness = Harness::open(store.path().join("traces.db"));
        let path = folder.join(expected.file);
        let status = harness.import(&[&path]);
        let found = &status.files[0];
        let counts = found.counts;
        table.row(expected.file, found, None);
        let got = format!(
            "{} {} traces {} spans {} errors {} retries {:?} tokens {} problems",
            found.format.as_deref().unwrap_or("no format"),
            counts.traces,
            counts.spans_added,
            found.errors,
            found.retries,
            found.tokens,
            found.problems
        );
        let wanted = format!(
            "{} {} traces {} spans {} errors {} retries {:?} tokens {} problems",
            expected.format,
            expected.traces,
            expected.spans,
            expected.errors,
            expected.retries,
            expected.tokens,
            expected.problems
        );
        if got != wanted {
            differences.push(format!(
                "{}:\n  got    {got}\n  wanted {wanted}\n  {:?}",
                expected.file, found.message
            ));
        }
        let again = harness.import(&[&path]).counts;
        if (again.traces_added, again.spans_added, again.spans_updated) != (0, 0, 0) {
            differences.push(format!("{}: importing it twice changed something: {again:?}", expected.file));
        }
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
    table.hold_to("handmade.md");
}

#[test]
fn every_handmade_file_is_written_of() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/formats");
    let mut found = BTreeSet::new();
    for family in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        for file in std::fs::read_dir(family.path()).into_iter().flatten().flatten() {
            let name =
                format!("{}/{}", family.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            found.insert(name);
        }
    }
    let listed: BTreeSet<String> =
        FAMILIES.iter().copied().flatten().map(|handmade| handmade.file.to_owned()).collect();
    assert_eq!(found, listed, "files in tests/fixtures/formats (left) are those listed (right)");
}
