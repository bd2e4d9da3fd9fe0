//! A comparison as a file: what whoever is given it can tell from it, and what it does not tell of the person's machine.

use engine::dto::*;
use serde_json::{Value, json};

use super::compare::{Store, reported, saved, span, store_of_reported};
use super::many::list;

fn told(store: &Store, ids: &[i64]) -> (String, Value) {
    let page = saved(store, ids[0], ids[1], ComparisonForm::Html);
    let json = saved(store, ids[0], ids[1], ComparisonForm::Json);
    (page, serde_json::from_str(&json).unwrap())
}

#[test]
fn its_heads_say_model_and_duration_and_the_whole_of_a_cut_name() {
    let asked =
        "A customer says that her parcel has been in transit for nine days. What may we promise her today?";
    let run = |id: &str| reported(id, asked, &[("search", json!({ "q": "parcel" }), None)]);
    let (store, ids) = store_of_reported(&[run("r-1"), run("r-2")]);
    let (page, _) = told(&store, &ids);
    let head = page.split("<ul").next().unwrap().split("<h1>").nth(1).unwrap();
    for shown in ["gpt-4.1", "9.00 s", "2026-03-01 10:00:00 UTC", "What may we promise her today?"] {
        assert_eq!(head.matches(shown).count(), 2, "{shown} in {head}");
    }
}

#[test]
fn it_says_when_it_was_made_and_what_was_masked_or_that_nothing_was() {
    let steps = |color: &str| [("search", json!({ "q": color }), None)];
    let (store, ids) = store_of_reported(&[
        reported("r-1", "shoes", &steps("red")),
        reported("r-2", "shoes", &steps("blue")),
    ]);
    let (page, json) = told(&store, &ids);
    assert!(page.contains("nothing had to be masked"), "{page}");
    assert_eq!(json["masked"], json!({}));
    let made_at = json["made_at"].as_str().unwrap();
    assert!(made_at.ends_with('Z') && !made_at.contains('.'), "{made_at}");
    assert!(
        page.contains(&format!(
            "Made by TraceLLM Explorer, {}",
            made_at.replace('T', " ").replace('Z', " UTC")
        ))
    );

    // What is in the store from before a rule was made.
    let _: Vec<StepMarkItem> = store.harness.call(
        "step_mark",
        &StepMark {
            trace_id: ids[1],
            span_id: "r-2-1".into(),
            pinned: None,
            note: Some("asked by ann@shop.org".into()),
        },
    );
    let settings: Settings = store.harness.call("settings_get", &Nothing {});
    let masking = MaskingRules { masks_emails: true, ..settings.masking.clone() };
    store.harness.call::<Settings>("settings_set", &Settings { masking, ..settings });
    let (page, json) = told(&store, &ids);
    assert!(page.contains("Masked as it was written: 1 × ") && !page.contains("nothing had to be"), "{page}");
    assert_eq!(json["masked"].as_object().unwrap().len(), 1, "{}", json["masked"]);
}

#[test]
fn it_names_the_file_of_the_runs_without_its_folders() {
    let store = Store::new();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("runs.json");
    let steps = |color: &str| [("search", json!({ "q": color }), None)];
    let runs = json!([reported("r-1", "shoes", &steps("red")), reported("r-2", "shoes", &steps("blue"))]);
    std::fs::write(&path, runs.to_string()).unwrap();
    store.harness.import(&[&path]);
    let ids: Vec<i64> = list(&store.harness, "", TraceSort::Started, true, 10)
        .items
        .iter()
        .map(|trace| trace.trace_id)
        .collect();
    let (page, json) = told(&store, &ids);
    assert_eq!(
        (&json["a"]["trace"]["source"], &json["b"]["trace"]["source"]),
        (&json!("runs.json"), &json!("runs.json"))
    );
    let folder = folder.path().to_str().unwrap();
    assert!(!page.contains(folder) && !json.to_string().contains(folder));
}

#[test]
fn what_one_format_alone_has_is_called_so_and_steps_bear_their_numbers() {
    let run = |has_level: bool| {
        let parent = if has_level { 4 } else { 1 };
        let mut spans = vec![span(1, 0, "AGENT", "assistant", (0, 1_000), ("q", "a"))];
        if has_level {
            spans.push(span(4, 1, "CHAIN", "graph", (0, 1_000), ("", "")));
        }
        spans.push(span(2, parent, "TOOL", "search", (0, 500), ("faust", "Goethe")));
        spans.push(span(3, parent, "LLM", "answer", (500, 1_000), ("Goethe", "a")));
        spans
    };
    let (store, ids) = Store::of(&[run(false), run(true)]);
    let (page, json) = told(&store, &ids);
    assert!(page.contains("a level of B alone") && !page.contains("only in B"), "{page}");
    assert!(page.contains("<span class=\"place\">3</span>search"), "as B counts: {page}");
    let passed_over: Vec<&Value> =
        json["pairs"].as_array().unwrap().iter().filter(|pair| pair["passed_over"] == true).collect();
    assert_eq!(passed_over.len(), 1);
    assert_eq!(passed_over[0]["b"]["name"], "graph");
}

#[test]
fn its_tables_have_the_cost_the_model_and_the_tokens_either_way() {
    let run = |id: &str, model: &str, color: &str| {
        let mut run = reported(id, "shoes", &[("search", json!({ "q": color }), None)]);
        run["model_name"] = json!(model);
        run
    };
    let (store, ids) = store_of_reported(&[run("r-1", "gpt-4.1", "red"), run("r-2", "o3", "blue")]);
    let (page, _) = told(&store, &ids);
    let row = |label: &str| {
        let rest = page.split(&format!("<tr><th class=\"\">{label}</th>")).nth(1);
        rest.and_then(|rest| rest.split("</tr>").next()).unwrap_or_else(|| panic!("{label} in {page}"))
    };
    for shown in [">gpt-4.1<", ">o3<", ">differs<"] {
        assert!(row("Model").contains(shown), "{shown} in {}", row("Model"));
    }
    assert!(!row("Status").contains("differs"));
    assert!(row("Prompt tokens").contains("number") && row("Answer tokens").contains("number"));
    for heading in ["Time B − A", "Tokens B − A", "Cost B − A"] {
        assert!(page.contains(&format!(">{heading}</th>")), "{heading}");
    }
}
