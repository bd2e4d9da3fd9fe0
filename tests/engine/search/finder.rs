//! Searches: their order, their progress and their news.

use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

use super::store::{found, id_of, indexed, run};

#[test]
fn names_are_worth_more_than_what_is_said_and_what_is_said_often_more() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let runs = [
        run("weather", &["nothing"]),
        run("once", &["the weather is fine"]),
        run("twice", &["weather and weather again"]),
        run("never", &["nothing"]),
    ];
    harness.import_text(runs.join("\n"));
    assert_eq!(found(&harness, "weather").len(), 3);
    let traces = harness.engine.finder().find("weather").traces;
    let score = |name: &str| {
        let id = id_of(&harness, name);
        traces.iter().find(|(found, _)| *found == id).map(|(_, score)| *score)
    };
    assert!(score("weather") > score("twice") && score("twice") > score("once"), "{traces:?}");
    assert_eq!(score("never"), None);
}

#[test]
fn a_search_that_takes_longer_goes_on_behind_and_tells_of_more() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let file = folder.path().join("runs.jsonl");
    let runs = AgentRuns {
        traces: 400,
        spans_per_trace: 20,
        text_bytes: 1_000,
        sends_history: false,
        chinese_percent: 0,
        seed: 4,
    };
    write_otlp_json_lines(runs, &mut std::fs::File::create(&file).unwrap()).unwrap();
    harness.import(&[&file]);
    let notices = harness.engine.subscribe();
    notices.recv().unwrap();
    let mut searched = 0;
    loop {
        let found = harness.engine.finder().find("re");
        assert!(found.state.searched >= searched, "it never falls back: {:?}", found.state);
        searched = found.state.searched;
        if found.state.is_complete {
            assert_eq!(found.traces.len(), 400);
            break;
        }
        while !notices.recv().expect("a search tells of more").search {}
    }
    indexed(&harness);
    assert_eq!(found(&harness, "no such words in it"), [0i64; 0]);
    assert_eq!(found(&harness, "researcher").len(), 400);
}

#[test]
fn needles_of_nothing_are_found_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(run("some", &["text"]));
    for needle in ["", "  ", "\u{301}"] {
        assert_eq!(found(&harness, needle), [0i64; 0], "{needle:?}");
    }
    assert_eq!(found(&harness, "x").len(), 1, "one letter is enough");
    assert_eq!(found(&harness, &"text ".repeat(10_000)), [0i64; 0]);
}
