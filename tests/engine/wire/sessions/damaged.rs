//! Damaged files of every format of the family: what is whole is kept, what is not is a problem with its place.

use engine::testing::Harness;

use super::{HANDMADE, handmade_bytes, outline};
use crate::wire::collected::{Collected, read};

#[test]
fn garbage_between_lines_is_a_problem_with_its_line_and_costs_nothing_else() {
    for file in HANDMADE.iter().filter(|file| file.file.ends_with(".jsonl")) {
        let bytes = handmade_bytes(file.file);
        let whole = read(&bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        for at in 1..lines.len() {
            let mut laced = lines.clone();
            laced.insert(at, "{\"type\": \"user\", \"mess");
            let found = read(laced.join("\n").as_bytes()).unwrap();
            assert_eq!(found.format, whole.format, "{} at {at}", file.file);
            let lines: Vec<_> = found.problems.iter().map(|problem| problem.at.line).collect();
            assert_eq!(lines, [Some(at as u64 + 1)], "{}: {:?}", file.file, found.problems);
            assert_eq!(found.unique_count(), whole.unique_count(), "{} at {at}", file.file);
        }
    }
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_line_keeps_what_is_before_it() {
    for file in HANDMADE {
        let bytes = handmade_bytes(file.file);
        let whole = read(&bytes).unwrap();
        let mut most = 0;
        for cut in (bytes.len() / 3..bytes.len()).step_by(61) {
            let Some(found) = read(&bytes[..cut]) else { continue };
            if found.format != whole.format {
                continue;
            }
            assert!(found.unique_count() <= whole.unique_count() + 1, "{} cut at {cut}", file.file);
            most = most.max(found.unique_count());
            if file.file.ends_with(".jsonl") && bytes[cut - 1] != b'\n' && bytes[cut] != b'\n' {
                let last = bytes[..cut].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
                let lines: Vec<_> = found.problems.iter().filter_map(|problem| problem.at.line).collect();
                assert!(
                    !lines.is_empty() && lines.iter().all(|line| *line == last),
                    "{} cut at {cut}: {:?}",
                    file.file,
                    found.problems
                );
            }
        }
        assert!(most > 0, "{}", file.file);
    }
}

#[test]
fn a_session_that_has_grown_is_as_if_it_had_been_read_at_once() {
    for file in HANDMADE.iter().filter(|file| file.file.ends_with(".jsonl")) {
        let text = String::from_utf8(handmade_bytes(file.file)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        // What a session takes back after it has been read stays, as `docs/formats/gemini-cli.md` says.
        if text.contains("$rewindTo") {
            continue;
        }
        let store = tempfile::tempdir().unwrap();
        let harness = Harness::open(store.path().join("traces.db"));
        harness.import_text(text.clone());
        let at_once = outline(&harness);
        for cut in 2..lines.len() {
            let part = lines[..cut].join("\n");
            // Cut between a result and the call written after it, the result is a step without a name.
            let is_like_the_whole = |part: Collected| {
                part.format == file.format && part.spans.iter().all(|span| span.name != "tool")
            };
            if !read(part.as_bytes()).is_some_and(is_like_the_whole) {
                continue;
            }
            let store = tempfile::tempdir().unwrap();
            let harness = Harness::open(store.path().join("traces.db"));
            harness.import_text(part);
            harness.import_text(text.clone());
            assert_eq!(outline(&harness), at_once, "{} cut after {cut} lines", file.file);
        }
    }
}

#[test]
fn values_of_other_types_than_expected_are_survived() {
    for file in HANDMADE {
        let text = String::from_utf8(handmade_bytes(file.file)).unwrap();
        for (from, to) in [
            ("\":\"", "\":[\""),
            ("\":{", "\":[{"),
            ("\":[", "\":{\"a\":["),
            (":0", ":-1e308"),
            ("\"id\":\"", "\"id\":7,\"x\":\""),
            ("\"content\":[", "\"content\":[[],null,3,\"x\","),
            ("\"timestamp\":\"2026", "\"timestamp\":\"99999999"),
        ] {
            // Nothing is asked of what comes out but that something does, or nothing.
            read(text.replace(from, to).as_bytes());
            for (at, _) in text.match_indices(from).take(40) {
                let mut changed = text.clone();
                changed.replace_range(at..at + from.len(), to);
                read(changed.as_bytes());
            }
        }
    }
}
