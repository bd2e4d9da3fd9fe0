//! The filter text as a thing to read, complete and edit.

use engine::dto::{
    FilterCompleteRequest, FilterCompletions, FilterEdit, FilterEditRequest, FilterReading, FilterText,
};

use super::many::MANY;

fn edited(text: &str, field: &str, edit: FilterEdit) -> String {
    let request = FilterEditRequest { filter: text.into(), field: field.into(), edit };
    MANY.harness.call::<FilterText>("filter_edit", &request).filter
}

fn toggled(text: &str, field: &str, value: &str) -> String {
    edited(text, field, FilterEdit::Toggle { value: value.into() })
}

fn excluded(text: &str, field: &str, value: &str) -> String {
    edited(text, field, FilterEdit::Exclude { value: value.into() })
}

#[test]
fn values_are_toggled_among_the_alternatives() {
    for (text, field, value, after) in [
        ("", "status", "failed", "status:failed"),
        ("status:failed", "status", "lost", "status:failed,lost"),
        ("status:failed,lost", "status", "failed", "status:lost"),
        ("status:failed", "status", "failed", ""),
        ("a  status:failed   b", "status", "failed", "a b"),
        ("model:gpt-4*", "model", "o3", "model:gpt-4*,o3"),
        ("-model:o3", "model", "o3", "model:o3"),
        ("-model:o3,o4", "model", "o3", "-model:o4 model:o3"),
        ("a or b", "model", "o3", "(a or b) model:o3"),
        ("(model:o3 or x)", "model", "o3", "(model:o3 or x) model:o3"),
        ("a and model:o3 and b", "model", "o3", "a b"),
        ("", "model", "my model", "model:\"my model\""),
        ("", "tool", "say \"hi\"", r#"tool:"say \"hi\"""#),
        ("", "name", "weather", "name:=weather"),
        ("name:=weather", "name", "weather", ""),
        ("", "source", "/runs/my run.json", "source:=\"/runs/my run.json\""),
    ] {
        assert_eq!(toggled(text, field, value), after, "{text:?} with {field} {value}");
    }
    for (text, value, after) in [
        ("", "o3", "-model:o3"),
        ("-model:o3", "o3", ""),
        ("model:o3", "o3", "-model:o3"),
        ("model:o3,o4", "o3", "model:o4 -model:o3"),
        ("-model:o4", "o3", "-model:o4,o3"),
    ] {
        assert_eq!(excluded(text, "model", value), after, "{text:?} without {value}");
    }
}

#[test]
fn ranges_and_sets_take_the_place_of_what_was_asked() {
    let range = |text: &str, field: &str, from: Option<f64>, below: Option<f64>| {
        edited(text, field, FilterEdit::Range { from, below })
    };
    assert_eq!(range("x duration:>2s y", "duration", Some(1.5e9), Some(3e9)), "x duration:1.5s..3s y");
    assert_eq!(range("", "duration", Some(250e6), None), "duration:>=250ms");
    assert_eq!(range("", "duration", None, Some(123_456_789.0)), "duration:<123456789ns");
    assert_eq!(range("", "tokens", Some(10.0), Some(2_000.0)), "tokens:10..2000");
    assert_eq!(
        range("started:-24h", "started", Some(1_767_225_600_000.0), Some(1_767_225_600_250.0)),
        "started:2026-01-01T00:00:00Z..2026-01-01T00:00:00.250Z"
    );
    assert_eq!(range("duration:>2s", "duration", None, None), "");
    assert_eq!(edited("status:failed x", "status", FilterEdit::Clear), "x");
    let set = FilterEdit::Set { values: vec!["lost".into(), "failed".into()] };
    assert_eq!(edited("status:failed x -status:lost", "status", set), "status:lost,failed x");
}

#[test]
fn what_an_edit_writes_is_read_as_meant() {
    for value in [
        "plain",
        "with space",
        "a,b",
        "a*b",
        "(x)",
        "<5",
        "=5",
        "",
        "quote\"s",
        "back\\slash\\",
        "or",
        "天气",
    ] {
        for field in ["model", "name"] {
            let text = toggled("", field, value);
            let reading: FilterReading =
                MANY.harness.call("filter_read", &FilterText { filter: text.clone() });
            assert_eq!(reading.error, None, "{text}");
            assert_eq!(reading.terms[0].values, [value], "{text}");
            assert_eq!(toggled(&text, field, value), "", "{text} is taken back");
        }
    }
    let request = FilterEditRequest { filter: "x \"".into(), field: "model".into(), edit: FilterEdit::Clear };
    let refused = MANY.harness.try_call::<FilterText>("filter_edit", &request).unwrap_err();
    assert!(refused.message.contains("not closed"), "{refused:?}");
}

#[test]
fn a_text_is_read_with_places_in_utf16() {
    let reading: FilterReading = MANY.harness.call(
        "filter_read",
        &FilterText { filter: "天気 -model:\"😀\",o3 (status:failed or \"x y\")".into() },
    );
    assert_eq!(reading.error, None);
    let terms: Vec<(u32, u32, Option<&str>, bool, bool)> = reading
        .terms
        .iter()
        .map(|term| (term.from, term.to, term.field.as_deref(), term.negated, term.is_alone))
        .collect();
    assert_eq!(
        terms,
        [
            (0, 2, None, false, true),
            (3, 17, Some("model"), true, true),
            (19, 32, Some("status"), false, false),
            (36, 41, None, false, false),
        ]
    );
    assert_eq!(reading.terms[1].values, ["😀", "o3"]);
    let reading: FilterReading =
        MANY.harness.call("filter_read", &FilterText { filter: "😀 modle:x y".into() });
    let mistake = reading.error.unwrap();
    assert_eq!((mistake.from, mistake.to), (3, 8));
    assert!(mistake.message.contains("did you mean model?"), "{}", mistake.message);
    assert_eq!(reading.terms.len(), 1, "what stands before it is read");
}

#[test]
fn completion_offers_fields_and_what_is_there() {
    // The cursor stands at the bar.
    let complete = |text: &str| -> (FilterCompletions, String) {
        let cursor = text.chars().take_while(|letter| *letter != '|').count() as u32;
        let filter = text.replace('|', "");
        let request = FilterCompleteRequest { filter: filter.clone(), cursor };
        let given: FilterCompletions = MANY.harness.call("filter_complete", &request);
        let cut = &filter[given.from as usize..given.to as usize];
        let cut = cut.to_owned();
        (given, cut)
    };
    let labels =
        |text: &str| -> Vec<String> { complete(text).0.items.into_iter().map(|item| item.label).collect() };
    assert_eq!(labels("|")[0], "status:");
    assert_eq!(labels("sta|"), ["status:", "started:"]);
    assert_eq!(labels("x -(mod|"), ["model:"]);
    assert_eq!(labels("status:f|"), ["failed"]);
    assert_eq!(labels("status:failed,l|"), ["lost", "failed"], "what begins so comes first");
    assert_eq!(complete("status:fai|led x").1, "failed");
    assert_eq!(complete("a model:\"gpt|\" b").1, "\"gpt\"");
    let (tools, cut) = complete("tool:|");
    assert_eq!(cut, "");
    assert_eq!(tools.items.len(), 6, "{tools:?}");
    for item in &tools.items {
        let runs = MANY.ids(&format!("tool:{}", item.insert)).len() as u32;
        assert_eq!(item.count, Some(runs), "{item:?}");
    }
    assert!(tools.items.windows(2).all(|pair| pair[0].count >= pair[1].count), "the most frequent first");
    for text in
        ["duration:|", "tokens:|", "retries:|", "cost:|", "started:|", "has:|", "is:|", "kind:|", "outlier:|"]
    {
        let (given, _) = complete(text);
        assert!(!given.items.is_empty(), "{text}");
        for item in given.items {
            let filter = text.replace('|', &item.insert);
            let found = MANY.ids(&filter).len() as u32;
            assert!(item.count.is_none_or(|count| count == found), "{filter} gives {found}: {item:?}");
        }
    }
}
