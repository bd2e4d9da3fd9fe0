//! Files cut short and files with rubbish in them: what can be read is read, what can't is a problem with its place; and
//! no format takes another's files.

use std::collections::BTreeSet;

use engine::wire::{self, Sample};

use super::{FOLDERS, HANDMADE, bytes_of};
use crate::shared;
use crate::wire::collected::read;

#[test]
fn a_file_cut_anywhere_keeps_what_came_before() {
    for file in HANDMADE.iter().map(|handmade| handmade.file) {
        let bytes = bytes_of(file);
        let whole = read(&bytes).unwrap();
        let ids: BTreeSet<_> = whole.spans.iter().map(|span| (&span.trace, &span.id)).collect();
        let mut most = 0;
        for eighths in 1..8 {
            let Some(part) = read(&bytes[..bytes.len() * eighths / 8]) else { continue };
            if part.format != whole.format {
                continue;
            }
            let kept = part.spans.iter().filter(|span| ids.contains(&(&span.trace, &span.id))).count();
            assert!(kept >= most, "{file}: {kept} of {most} spans at {eighths}/8");
            most = kept;
            assert!(
                part.problems.iter().all(|problem| problem.at.line.is_some()),
                "{file}: {:?}",
                part.problems
            );
        }
        if whole.spans.len() > 2 {
            assert!(most > 0, "{file}");
        }
    }
}

#[test]
fn rubbish_between_lines_costs_itself_only() {
    for file in HANDMADE.iter().map(|handmade| handmade.file).filter(|file| file.ends_with(".jsonl")) {
        let text = String::from_utf8(bytes_of(file)).unwrap();
        let whole = read(text.as_bytes()).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines.insert(1, "{\"half\": \u{1f41d}");
        lines.push("[1, 2");
        let laced = read(lines.join("\n").as_bytes()).unwrap_or_else(|| panic!("{file}"));
        assert_eq!((laced.format, laced.spans.len()), (whole.format, whole.spans.len()), "{file}");
        assert!(laced.problems.len() > whole.problems.len(), "{file}");
        assert!(
            laced.problems.iter().any(|problem| problem.at.line == Some(2)),
            "{file}: {:?}",
            laced.problems
        );
    }
}

#[test]
fn records_of_the_wrong_shape_are_problems() {
    for (file, wrong) in [
        ("langfuse/trace-download.json", "{\"observations\":[7,{\"id\":1,\"type\":\"SPAN\"},"),
        ("langsmith/nested-run.json", "{\"runs\":[7,{\"name\":\"no id\"},"),
        ("openai-agents/concatenated.json", "[{\"object\":\"trace.span\",\"span_data\":{}},7,"),
        ("mlflow/search-rows.jsonl", "[7,{\"spans\":[7]},"),
        ("litellm/standard-logging.jsonl", "[7,{\"id\":\"x\"},"),
        ("openai-responses/stream.sse", "[7,{\"a\":1},"),
        ("trulens/events.jsonl", "[7,{\"record_attributes\":{}},"),
    ] {
        let text = String::from_utf8(bytes_of(file)).unwrap();
        let good =
            text.lines().find(|line| line.trim_start().starts_with('{') && line.trim_end().ends_with('}'));
        let good = match good {
            Some(line) => line.to_owned(),
            None => {
                text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap_or(text.trim()).to_owned()
            }
        };
        // A span each of these files has, behind two records that are none.
        let good = if file.starts_with("langfuse") {
            r#"{"id":"a","traceId":"t","type":"SPAN","parentObservationId":null,"startTime":"2026-01-01T00:00:00Z","endTime":"2026-01-01T00:00:01Z"}"#.to_owned()
        } else if file.starts_with("langsmith") {
            r#"{"id":"a","trace_id":"a","run_type":"chain","name":"n","start_time":"2026-01-01T00:00:00"}"#
                .to_owned()
        } else if file.starts_with("openai-agents") {
            r#"{"object":"trace.span","id":"s","trace_id":"t","span_data":{"type":"agent","name":"a"}}"#
                .to_owned()
        } else {
            good
        };
        let end = if wrong.starts_with('{') { "]}" } else { "]" };
        let laced = read(format!("{wrong}{good}{end}").as_bytes()).unwrap_or_else(|| panic!("{file}"));
        assert!(!laced.problems.is_empty(), "{file}: {:?}", laced.format);
        assert!(!laced.spans.is_empty(), "{file}: {:?}", laced.problems);
    }
}

#[test]
fn real_files_of_other_formats_are_left_to_them() {
    let Some(root) = shared::folder() else { return };
    let ours = [
        "langfuse",
        "langfuse-csv",
        "langsmith",
        "openai-agents",
        "mlflow",
        "litellm",
        "openai-responses",
        "trulens",
        "trulens-csv",
    ];
    let mut looked_at = 0;
    for folder in std::fs::read_dir(root).unwrap().flatten().filter(|folder| folder.path().is_dir()) {
        let name = folder.file_name().to_string_lossy().into_owned();
        for project in std::fs::read_dir(folder.path()).unwrap().flatten().filter(|one| one.path().is_dir()) {
            for file in
                std::fs::read_dir(project.path()).unwrap().flatten().filter(|one| one.path().is_file())
            {
                let bytes = std::fs::read(file.path()).unwrap();
                let head = &bytes[..bytes.len().min(Sample::BYTES)];
                let found = wire::detect(&Sample::new(head, head.len() == bytes.len()));
                let Some((format, _)) = found else { continue };
                looked_at += 1;
                assert_eq!(
                    ours.contains(&format.id()),
                    FOLDERS.contains(&name.as_str()),
                    "{} is taken for {}",
                    file.path().display(),
                    format.id()
                );
            }
        }
    }
    assert!(looked_at > 20, "{looked_at} files");
}
