//! What is set holds for what comes in from then on, for exports, and, where a person asks for that, for what is stored already.

use engine::api::{comparison_saved, comparison_to_save, export, text_to_save};
use engine::dto::*;
use engine::testing::Harness;
use serde_json::{Value, json};

use super::planted::all_bytes;
use crate::sources::followed::until;

const EMAIL: &str = "jo.smith@mail.example.com";
const CUSTOMER: &str = "KD-4711-8842";

/// Two runs that say an address and a customer's number in every field that there is.
fn runs() -> String {
    let mut lines = Vec::new();
    for run in ["a", "b"] {
        let said = format!("{EMAIL} ordered as {CUSTOMER}, said run {run}");
        lines.push(json!({"type": "trace.start", "trace_id": format!("run-{run}-{EMAIL}"), "prompt": said, "name": format!("for {CUSTOMER}"),
            "project_id": format!("shop of {EMAIL}"), "conversation_id": CUSTOMER, "environment": "test"}));
        for step in 0..30 {
            lines.push(json!({"type": "step", "trace_id": format!("run-{run}-{EMAIL}"), "step_id": format!("{step}-{CUSTOMER}"),
                "name": format!("mail {EMAIL}"), "input": {"to": EMAIL, "n": step}, "output": format!("{run}: sent to {EMAIL}"), "success": step % 3 != 0,
                "error": format!("no answer from {EMAIL}"), "start_time": "2026-01-01T00:00:00Z", "duration": 5.0}));
        }
        lines.push(json!({"type": "trace.complete", "trace_id": format!("run-{run}-{EMAIL}"), "status": "failed", "error": said, "response": said}));
    }
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn set_rules(harness: &Harness, rules: MaskingRules) {
    let settings: Settings = harness.call("settings_get", &Nothing {});
    harness.call::<Settings>("settings_set", &Settings { masking: rules, ..settings });
}

fn rules() -> MaskingRules {
    let pattern = MaskingPattern { name: "customer".into(), pattern: r"KD-\d{4}-\d{4}".into() };
    MaskingRules { masks_emails: true, patterns: vec![pattern] }
}

fn mask_stored(harness: &Harness) -> MaskStoredStatus {
    harness.call::<MaskStoredStatus>("mask_stored_start", &Nothing {});
    until("what is stored is masked", || {
        let status: MaskStoredStatus = harness.call("mask_stored", &Nothing {});
        (!status.is_running).then_some(status)
    })
}

fn traces(harness: &Harness) -> Vec<TraceSummary> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: false,
        offset: 0,
        limit: 100,
    };
    harness.call::<TraceList>("trace_list", &request).items
}

/// The files that still hold one of the texts in the clear.
fn where_it_is(folder: &std::path::Path, texts: &[&str]) -> Vec<String> {
    let holds =
        |bytes: &[u8]| texts.iter().any(|text| memchr::memmem::find(bytes, text.as_bytes()).is_some());
    all_bytes(folder).into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
}

#[test]
fn what_is_stored_is_masked_and_nothing_of_it_is_left_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    let text = runs();
    assert_eq!(harness.import_text(&text).counts.traces, 2);
    let before = traces(&harness);
    assert!(
        !where_it_is(folder.path(), &[EMAIL, CUSTOMER]).is_empty(),
        "nothing is masked that nobody asked for"
    );
    let note = format!("call {EMAIL}");
    let selection = TraceSelection { trace_ids: vec![before[0].trace_id], filter: None };
    harness
        .call::<TraceCount>("trace_mark", &TraceMark { selection, note: Some(note), ..TraceMark::default() });
    let pinned = StepMark {
        trace_id: before[0].trace_id,
        span_id: format!("3-{CUSTOMER}"),
        pinned: Some(true),
        note: Some(format!("ask {EMAIL}")),
    };
    harness.call::<Vec<StepMarkItem>>("step_mark", &pinned);

    set_rules(&harness, rules());
    let status = mask_stored(&harness);
    assert_eq!((status.error, status.has_finished), (None, true));
    let kinds: Vec<&str> = status.masked.iter().map(|masked| masked.kind.as_str()).collect();
    assert_eq!(kinds, ["email", "customer"]);
    // Pasted text is named `pasted`; the settings hold the pattern, which is not what it matches.
    assert_eq!(where_it_is(folder.path(), &[EMAIL, CUSTOMER, "jo.smith", "4711-88"]), Vec::<String>::new());

    // All is there still, under names that tell the steps apart.
    let after = traces(&harness);
    assert_eq!(after.len(), 2);
    assert_ne!(after[0].key, after[1].key);
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(
            (before.trace_id, before.steps, before.status),
            (after.trace_id, after.steps, after.status)
        );
        assert!(after.name.contains("[masked:customer]"), "{}", after.name);
        let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: after.trace_id });
        let step = tree.span_id.iter().find(|id| id.starts_with("3-")).unwrap();
        let step: StepDetail =
            harness.call("step_get", &StepRef { trace_id: after.trace_id, span_id: step.clone() });
        assert_eq!(step.name, "mail [masked:email]");
        let input = serde_json::to_string(&step).unwrap();
        assert!(input.contains(r#""to":"[masked:email]""#), "{input}");
    }
    let marks: Vec<StepMarkItem> = harness.call("step_marks", &TraceRef { trace_id: before[0].trace_id });
    assert_eq!(marks[0].note.as_deref(), Some("ask [masked:email]"));
    // The same file again is known again.
    let again = harness.import_text(&text);
    assert_eq!((again.counts.traces_added, again.counts.spans_added, again.counts.spans_updated), (0, 0, 0));
    assert_eq!(traces(&harness).len(), 2);
    // A second time there is nothing to do.
    assert_eq!(mask_stored(&harness).masked, []);
    harness.engine.close();
    assert_eq!(where_it_is(folder.path(), &[EMAIL, CUSTOMER]), Vec::<String>::new());
    assert_eq!(std::fs::metadata(folder.path().join("store.db-wal")).map_or(0, |log| log.len()), 0);
}

#[test]
fn masking_what_is_stored_can_be_stopped_and_begun_again() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    harness.import_text(runs());
    set_rules(&harness, rules());
    harness.call::<MaskStoredStatus>("mask_stored_start", &Nothing {});
    harness.call::<Nothing>("mask_stored_stop", &Nothing {});
    let status = until("it has stopped", || {
        let status: MaskStoredStatus = harness.call("mask_stored", &Nothing {});
        (!status.is_running).then_some(status)
    });
    assert!(status.has_finished || status.error.is_some(), "{status:?}");
    assert_eq!(mask_stored(&harness).error, None);
    assert_eq!(where_it_is(folder.path(), &[EMAIL, CUSTOMER]), Vec::<String>::new());
}

#[test]
fn rules_hold_for_what_comes_in_and_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let harness = Harness::open(&path);
    set_rules(&harness, rules());
    harness.import_text(runs());
    drop(harness);
    let harness = Harness::open(&path);
    harness.import_text(runs().replace("run-", "later-"));
    assert_eq!(traces(&harness).len(), 4);
    assert_eq!(where_it_is(folder.path(), &[EMAIL, CUSTOMER]), Vec::<String>::new());
    let settings: Settings = harness.call("settings_get", &Nothing {});
    let wrong = MaskingPattern { name: "x".into(), pattern: "(".into() };
    let masking = MaskingRules { masks_emails: false, patterns: vec![wrong.clone()] };
    let refused = harness
        .try_call::<Settings>("settings_set", &Settings { masking: masking.clone(), ..settings.clone() });
    assert!(refused.unwrap_err().message.contains("the pattern “x”: this is no regular expression"));
    assert_eq!(harness.call::<Settings>("settings_get", &Nothing {}), settings);
    let too_many = MaskingRules { masks_emails: false, patterns: vec![rules().patterns[0].clone(); 51] };
    let refused = harness.try_call::<Settings>("settings_set", &Settings { masking: too_many, ..settings });
    assert!(refused.unwrap_err().message.contains("at most 50"));
    // A try tells which can't be used, and masks by the others.
    let mut rules = rules();
    rules.patterns.push(wrong);
    let tried: MaskingTried =
        harness.call("masking_try", &MaskingTry { rules, text: format!("{EMAIL} {CUSTOMER}") });
    assert_eq!(tried.text, "[masked:email] [masked:customer]");
    assert_eq!(tried.problems[0], None);
    assert!(tried.problems[1].as_ref().unwrap().contains("unclosed group"));
    let kinds: Vec<(&str, u64)> =
        tried.masked.iter().map(|masked| (masked.kind.as_str(), masked.count)).collect();
    assert_eq!(kinds, [("customer", 1), ("email", 1)]);
}

#[test]
fn of_a_long_text_rules_are_tried_on_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    let text = format!("{}{EMAIL}", "- ".repeat(60_000));
    let tried: MaskingTried = harness.call("masking_try", &MaskingTry { rules: rules(), text });
    assert_eq!((tried.text.len(), tried.masked.len()), (100_000, 0));
}

#[test]
fn exports_are_looked_through_again_and_say_what_was_masked() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("store.db"));
    harness.import_text(runs());
    let engine = &harness.engine;
    let all = || TraceSelection { trace_ids: Vec::new(), filter: Some(String::new()) };
    let mut file = Vec::new();
    assert_eq!(export(engine, all(), &mut file, &|| false).unwrap().masked, []);
    assert!(String::from_utf8(file).unwrap().contains(EMAIL), "nobody asked for it");

    set_rules(&harness, rules());
    let mut file = Vec::new();
    let exported = export(engine, all(), &mut file, &|| false).unwrap();
    let file = String::from_utf8(file).unwrap();
    assert!(!file.contains(EMAIL) && !file.contains(CUSTOMER));
    let last: Value = serde_json::from_str(file.lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "explorer.export");
    for MaskedKind { kind, count } in &exported.masked {
        assert!(*count > 0);
        assert_eq!(last["masked"][kind], json!(count));
    }
    assert_eq!(exported.masked.len(), 2);
    // It is read as any other, and steps are still told apart.
    let other = tempfile::tempdir().unwrap();
    let read = Harness::open(other.path().join("store.db"));
    let status = read.import_text(file);
    assert_eq!((status.counts.traces, status.files[0].problems, status.counts.spans_added), (2, 0, 60));

    let runs = traces(&harness);
    for (form, line) in
        [(ComparisonForm::Html, "Masked as it was written: "), (ComparisonForm::Json, "\"masked\": {\"")]
    {
        let request =
            ComparisonSave { a: runs[0].trace_id, b: runs[1].trace_id, form, ignore: Ignored::default() };
        let report = comparison_to_save(engine, request, &|| false).unwrap();
        let mut file = Vec::new();
        let saved = comparison_saved(&report.write(form, &mut file).unwrap());
        let file = String::from_utf8(file).unwrap();
        assert!(!file.contains(EMAIL) && !file.contains(CUSTOMER));
        assert!(saved.masked.iter().any(|masked| masked.kind == "email" && masked.count > 0));
        assert!(file.contains(line), "{line}");
        if form == ComparisonForm::Json {
            assert!(serde_json::from_str::<Value>(&file).is_ok());
        }
    }
    let text = TextSave { place: None, text: Some(format!("to {EMAIL}")), is_media: false, mime_type: None };
    let text = text_to_save(engine, text).unwrap();
    let mut file = Vec::new();
    let saved = text.write(&mut file, &|| false).unwrap();
    assert_eq!((saved.bytes, String::from_utf8(file).unwrap().as_str()), (17, "to [masked:email]"));
    assert_eq!(saved.masked, [MaskedKind { kind: "email".into(), count: 1 }]);
}
