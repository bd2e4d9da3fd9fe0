//! Snippets: what stands around a hit, in what it stands, and marks that lie exactly on it.

use engine::dto::*;
use engine::testing::Harness;
use serde_json::json;

use super::store::{id_of, run};

/// What the marks of a snippet lie on.
fn marked(snippet: &Snippet) -> Vec<String> {
    let units: Vec<u16> = snippet.text.encode_utf16().collect();
    let cut = |[from, to]: &[u32; 2]| String::from_utf16(&units[*from as usize..*to as usize]).unwrap();
    snippet.marks.iter().map(cut).collect()
}

fn hits(harness: &Harness, trace_id: i64, filter: &str) -> TraceHits {
    harness.call("trace_hits", &TraceHitsRequest { trace_id, filter: filter.into(), span_id: None })
}

#[test]
fn marks_lie_on_what_was_found_in_the_text_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let long = "word ".repeat(200);
    harness.import_text(run(
        "texts",
        &[
            "😀😀 Crème\r\nBRÛLÉE, then 你好世界 and crème brûlée",
            &format!("{long}needle in hay{long}"),
            r#"{"deep": ["{\"deeper\": \"C:\\\\new\\\\table\"}"]}"#,
        ],
    ));
    let id = id_of(&harness, "texts");
    for (filter, expected) in [
        ("\"creme  brulee\"", vec!["Crème  BRÛLÉE", "crème brûlée"]),
        ("好世", vec!["好世"]),
        ("needle", vec!["needle"]),
        ("\"new\\\\table\"", vec!["new\\table"]),
        ("creme brulee", vec!["Crème", "BRÛLÉE", "crème", "brûlée"]),
    ] {
        let hits = hits(&harness, id, filter).hits;
        assert_eq!(hits.iter().flat_map(marked).collect::<Vec<_>>(), expected, "{filter}: {hits:?}");
        for hit in &hits {
            assert_eq!((hit.place.as_str(), hit.name.as_str()), ("output", "texts"), "{filter}");
            assert!(!hit.text.contains(['\n', '\r']), "one line: {:?}", hit.text);
        }
    }
    let hit = hits(&harness, id, "needle").hits.remove(0);
    assert!(hit.text.starts_with('…') && hit.text.ends_with('…') && hit.text.len() < 200, "{hit:?}");
}

#[test]
fn a_hit_says_in_what_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let attribute = |key: &str, text: &str| json!({ "key": key, "value": { "stringValue": text } });
    let export = json!({ "resourceSpans": [{ "scopeSpans": [{ "spans": [{
        "traceId": "5b8efff798038103d269b633813fc60c", "spanId": "00000000000000aa", "name": "chat zebra",
        "startTimeUnixNano": "1767225600000000000", "endTimeUnixNano": "1767225602000000000",
        "status": { "code": 2, "message": "zebra not found" },
        "attributes": [
            attribute("gen_ai.input.messages", r#"[{"role":"user","parts":[{"type":"text","content":"a zebra?"}]}]"#),
            attribute("gen_ai.output.messages", r#"[{"role":"assistant","parts":[{"type":"text","content":"one zebra."}]}]"#),
            attribute("app.animal", "zebra"),
        ] }] }] }] });
    harness.import_text(export.to_string());
    let id = id_of(&harness, "chat zebra");
    let found = hits(&harness, id, "ZEBRA");
    let places: Vec<(&str, &str)> =
        found.hits.iter().map(|hit| (hit.span_id.as_str(), hit.place.as_str())).collect();
    let step = "00000000000000aa";
    assert_eq!(
        places,
        [
            ("", "name"),
            ("", "error"),
            (step, "name"),
            (step, "error"),
            (step, "input"),
            (step, "output"),
            (step, "app.animal")
        ],
        "{found:?}"
    );
    let request = SnippetsRequest { filter: "zebra".into(), trace_ids: vec![id, 999] };
    let listed: Vec<TraceSnippets> = harness.call("trace_snippets", &request);
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].trace_id, listed[0].snippets.len(), listed[0].is_cut), (id, 3, false));
    assert!(listed[0].hits >= 7);
}

#[test]
fn very_many_hits_are_cut_and_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let text = format!("needle {}", "hay ".repeat(60)).repeat(1_200);
    harness.import_text(run("many", &[&text]));
    let id = id_of(&harness, "many");
    let found = hits(&harness, id, "needle");
    assert_eq!((found.hits.len(), found.is_cut), (1_000, true));
    let request = SnippetsRequest { filter: "needle".into(), trace_ids: vec![id] };
    let listed: Vec<TraceSnippets> = harness.call("trace_snippets", &request);
    assert_eq!((listed[0].hits, listed[0].is_cut), (1_000, true));
}
