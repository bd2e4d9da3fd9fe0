//! Inspect AI.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;

use engine::dto::*;
use engine::model::{AttemptOutcome, SpanKind, SpanStatus};
use engine::semantics;
use engine::testing::Harness;
use serde_json::Value;

use crate::shared;
use crate::wire::collected::{payload, read, read_text, real_file};

/// The samples of an archive, as another reader of zip files unpacks them.
fn samples(path: &std::path::Path) -> Vec<Value> {
    let mut zip = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
    let names: Vec<String> = zip
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .filter(|name| name.starts_with("samples/"))
        .collect();
    names
        .iter()
        .map(|name| {
            let mut content = Vec::new();
            zip.by_name(name).unwrap().read_to_end(&mut content).unwrap();
            serde_json::from_slice(&content).unwrap()
        })
        .collect()
}

#[test]
fn an_archive_has_a_trace_a_sample_and_a_step_for_everything_that_happened() {
    for file in
        ["TransluceAI__docent/log.eval", "UKGovernmentBEIS__inspect_ai/log_message_deduplication.eval"]
    {
        let Some(path) = shared::file(&format!("inspect-eval/{file}")) else { return };
        let mut expected: BTreeMap<&str, usize> = BTreeMap::new();
        let samples = samples(&path);
        for event in samples.iter().flat_map(|sample| sample["events"].as_array().unwrap()) {
            let kind = match event["event"].as_str().unwrap() {
                "model" => "llm",
                "tool" => "tool",
                _ => continue,
            };
            *expected.entry(kind).or_default() += 1;
        }
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        let status = harness.import(&[&path]);
        assert_eq!(
            (status.state, status.counts.traces as usize),
            (ImportState::Done, samples.len()),
            "{status:?}"
        );
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for trace_id in 1..=samples.len() as i64 {
            let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
            assert!(
                !tree.remarks.iter().any(|remark| remark.about == engine::api::dto::RemarkAbout::Orphans),
                "{:?}",
                tree.remarks
            );
            for kind in tree.kind {
                match kind {
                    kind if kind == SpanKind::Llm.code() => *found.entry("llm").or_default() += 1,
                    kind if kind == SpanKind::Tool.code() => *found.entry("tool").or_default() += 1,
                    _ => {}
                }
            }
        }
        assert_eq!(found, expected, "{file}");
    }
}

#[test]
fn tries_of_a_model_call_are_attempts() {
    let Some(path) = shared::file("inspect-eval/UKGovernmentBEIS__inspect_ai/retry-2-then-success.eval")
    else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import(&[&path]);
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id: 1 });
    let group = &tree.groups[0];
    let found = (tree.groups.len(), group.rows.len(), group.outcome);
    assert_eq!(found, (1, 3, AttemptOutcome::Recovered), "{:?}", tree.groups);
}

#[test]
fn texts_that_were_taken_out_are_put_back() {
    let Some(bytes) = real_file("inspect-json/UKGovernmentBEIS__inspect_ai/log_images.json") else { return };
    let read = read(&bytes).unwrap();
    assert_eq!((read.format, read.trace_count()), ("inspect", 1));
    let call = read.spans.iter().find(|span| span.kind == SpanKind::Llm).unwrap();
    assert!(!String::from_utf8_lossy(&call.payload).contains("attachment://"));
    let content = semantics::content(&payload(call));
    assert_eq!(content.input_messages.len(), 2, "{content:?}");
    assert!(!content.output_messages.is_empty());
    assert_eq!(call.model.as_deref(), Some("gpt-4o-2024-08-06"));
    let took = call.end_ns.unwrap() - call.start_ns.unwrap();
    assert!((500_000_000..5_000_000_000).contains(&took), "an older log has when the answer came: {took}");
    assert!(
        read.traces.iter().any(|trace| trace.project.is_some()),
        "the task stands at the end of the document"
    );
}

#[test]
fn pooled_messages_tool_spans_and_errors() {
    let read = read_text(
        r#"{"id":1,"epoch":1,"input":"q","target":"a","uuid":"u1","error":null,"scores":{},
            "events_data":{"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"x"},{"role":"tool","content":"attachment://h"}]},
            "attachments":{"h":"long"},
            "events":[
             {"event":"span_begin","id":"s1","type":"agent","name":"react","timestamp":"2026-01-01T00:00:00Z"},
             {"event":"model","uuid":"m1","span_id":"s1","timestamp":"2026-01-01T00:00:01Z","completed":"2026-01-01T00:00:03Z","model":"openai/gpt-4o","input":[],"input_refs":[[0,1],[2,3]],"retries":2,
              "output":{"model":"gpt-4o","choices":[{"message":{"role":"assistant","content":"x"},"stop_reason":"stop"}],"usage":{"input_tokens":10,"output_tokens":5,"total_tokens":15,"total_cost":0.25}}},
             {"event":"span_begin","id":"s2","parent_id":"s1","type":"tool","name":"bash","timestamp":"2026-01-01T00:00:03Z"},
             {"event":"tool","uuid":"t1","span_id":"s1","timestamp":"2026-01-01T00:00:03Z","id":"call_1","function":"bash","arguments":{"cmd":"ls"},"error":{"type":"timeout","message":"took too long"},"events":[]},
             {"event":"sandbox","uuid":"b1","span_id":"s2","timestamp":"2026-01-01T00:00:03Z","completed":"2026-01-01T00:00:04Z","action":"exec","cmd":"ls"},
             {"event":"span_end","id":"s2","timestamp":"2026-01-01T00:00:04Z"},
             {"event":"model","uuid":"m2","span_id":"s1","timestamp":"2026-01-01T00:00:05Z","pending":true,"model":"openai/gpt-4o","input":[],"output":{}},
             {"event":"from the future"}, 7]}"#,
    );
    assert_eq!((read.format, read.spans.len()), ("inspect", 5), "{:?}", read.spans);
    let call = read.spans.iter().find(|span| span.id == "m1").unwrap();
    assert_eq!((call.attempt, call.cost_usd, call.tokens.sum()), (Some(3), Some(0.25), Some(15)));
    let content = semantics::content(&payload(call));
    assert_eq!(content.input_messages.len(), 2);
    let bash = read.named("bash");
    assert_eq!((bash.kind, bash.parent.as_deref(), bash.id.as_str()), (SpanKind::Tool, Some("s1"), "s2"));
    assert_eq!(bash.error.as_deref(), Some("timeout: took too long"));
    assert_eq!(read.named("sandbox exec").parent.as_deref(), Some("s2"));
    let pending = read.spans.iter().find(|span| span.id == "m2").unwrap();
    assert_eq!(pending.status, SpanStatus::Open);
}
