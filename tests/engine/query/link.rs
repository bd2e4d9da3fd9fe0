//! Links to steps: the same in every store that has the trace, read as ids and as nothing else.

use std::path::Path;

use engine::dto::*;
use engine::error::Code;
use engine::testing::Harness;
use serde_json::{Value, json};

use crate::shared;

fn traces(harness: &Harness) -> Vec<TraceSummary> {
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: true,
        offset: 0,
        limit: 1000,
    };
    harness.call::<TraceList>("trace_list", &request).items
}

fn link_to(harness: &Harness, trace_id: i64, span_id: Option<&str>) -> String {
    let request = LinkRequest { trace_id, span_id: span_id.map(str::to_owned), compared_with: None };
    harness.call::<Link>("link_make", &request).link
}

fn resolved(harness: &Harness, link: &str) -> Result<LinkTarget, ApiError> {
    harness.try_call("link_resolve", &Link { link: link.to_owned() })
}

/// An export of TraceLLM's, whose ids are any text.
fn run(key: &str, span_ids: &[&str]) -> String {
    let steps: Vec<Value> = span_ids
        .iter()
        .map(|id| {
            json!({ "step_id": id, "tool_name": "step", "input": {"q": 1}, "output": {"r": 2}, "duration": 100.0,
                "success": true, "timestamp": "2026-03-01T10:00:00+00:00" })
        })
        .collect();
    json!([{
        "trace_id": key, "prompt": "a run", "response": "done", "latency": 3200.0, "token_count": 12,
        "model_name": "gpt-4.1", "project_id": "shop", "environment": "staging", "status": "success", "retry_count": 0,
        "steps": steps, "created_at": "2026-03-01T10:00:00+00:00",
    }])
    .to_string()
}

fn step_ids(harness: &Harness, trace_id: i64) -> Vec<String> {
    let tree: SpanTree = harness.call("span_tree", &TraceRef { trace_id });
    let orphan_row = tree.orphan_row.map(|row| row as usize);
    let steps =
        tree.span_id.into_iter().enumerate().filter(|(row, id)| !id.is_empty() && orphan_row != Some(*row));
    steps.map(|(_, id)| id).collect()
}

#[test]
fn a_link_leads_to_the_same_step_in_another_store_whatever_the_ids() {
    let folder = tempfile::tempdir().unwrap();
    let here = Harness::open(folder.path().join("here.db"));
    let there = Harness::open(folder.path().join("there.db"));
    // Numbers of traces differ between the two.
    there.import_text(run("another", &["x"]));
    let long = "é/".repeat(5_000);
    for key in
        ["plain-1", "with / slash", "a?b&c=d#e%41+f", "日本 🦀", "..", "step", "\"quoted\" \\ <b>", &long]
    {
        let text = run(key, &["s/1?x=1#y", " space ", "ключ", "%2F", &long]);
        here.import_text(text.clone());
        there.import_text(text);
        let id = |harness: &Harness| traces(harness).iter().find(|trace| trace.key == key).unwrap().trace_id;
        let (id_here, id_there) = (id(&here), id(&there));
        assert_ne!(id_here, id_there);
        let to_trace = link_to(&here, id_here, None);
        assert_eq!(resolved(&there, &to_trace).unwrap().trace_id, id_there, "{to_trace}");
        let steps = step_ids(&here, id_here);
        assert!(steps.len() >= 5, "{steps:?}");
        for step in steps {
            let link = link_to(&here, id_here, Some(&step));
            assert!(link.starts_with("tracellm://trace/"), "{link}");
            assert!(
                link.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\#".contains(&byte)),
                "nothing in it needs quoting: {link}"
            );
            let expected =
                LinkTarget { trace_id: id_there, span_id: Some(step), compared_with: None, remark: None };
            assert_eq!(resolved(&there, &link).unwrap(), expected);
        }
    }
}

#[test]
fn every_real_format_has_links_that_lead_back() {
    let Some(data) = shared::folder() else { return };
    let mut formats = 0;
    for entry in std::fs::read_dir(data).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let Some(file) = smallest_file(&folder) else { continue };
        let store = tempfile::tempdir().unwrap();
        let harness = Harness::open(store.path().join("traces.db"));
        harness.import(&[&file]);
        for trace in traces(&harness).into_iter().take(3) {
            formats += 1;
            let steps = step_ids(&harness, trace.trace_id);
            for step in steps.iter().take(3).chain(steps.last()) {
                let link = link_to(&harness, trace.trace_id, Some(step));
                let target = resolved(&harness, &link).unwrap();
                assert_eq!(
                    (target.trace_id, target.span_id.as_ref()),
                    (trace.trace_id, Some(step)),
                    "{link}"
                );
            }
        }
    }
    assert!(formats > 40, "{formats} traces");
}

fn smallest_file(folder: &Path) -> Option<std::path::PathBuf> {
    let mut found: Vec<(u64, std::path::PathBuf)> = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let about = std::fs::metadata(&path).unwrap();
            match about.is_dir() {
                true => folders.push(path),
                false => found.push((about.len(), path)),
            }
        }
    }
    found.sort();
    found.into_iter().next().map(|(_, path)| path)
}

#[test]
fn a_link_that_leads_nowhere_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(run("t-1", &["s-1"]));
    let id = traces(&harness)[0].trace_id;
    let link = link_to(&harness, id, Some("s-1"));
    assert_eq!(link, "tracellm://trace/t-1/step/s-1?format=tracellm");

    let gone = resolved(&harness, &link.replace("s-1", "s-9")).unwrap();
    assert_eq!((gone.trace_id, gone.span_id), (id, None), "it leads to the trace");
    assert!(gone.remark.unwrap().contains("not in the trace"));

    let elsewhere = resolved(&harness, "tracellm://trace/t-2/step/s-1?format=tracellm").unwrap_err();
    assert_eq!(elsewhere.code, Code::NotFound);
    assert!(elsewhere.message.contains("not in this store"), "{}", elsewhere.message);

    for no_link in [
        "",
        "https://example.com/trace/t-1",
        "tracellm:trace/t-1",
        "tracellm://",
        "tracellm://trace",
        "tracellm://trace/",
        "tracellm://file/etc/passwd",
        "tracellm://trace/t-1/s-1",
        "tracellm://trace/../../etc/passwd",
        "tracellm://trace/t-1/step/s-1/more",
        "tracellm://trace/t%2",
        "tracellm://trace/%zz",
        "tracellm://trace/%ff",
        &format!("tracellm://trace/{}", "a".repeat(300_000)),
    ] {
        let error = resolved(&harness, no_link).unwrap_err();
        assert_eq!(error.code, Code::Invalid, "{:.80}: {}", no_link, error.message);
    }

    harness.call::<Deletion>("trace_delete", &TraceSelection { filter: None, trace_ids: vec![id] });
    assert_eq!(resolved(&harness, &link).unwrap_err().code, Code::NotFound, "a deleted trace is not there");
}

#[test]
fn a_link_may_have_been_through_other_programs() {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(run("t 1", &["s-1"]));
    let expected = LinkTarget {
        trace_id: traces(&harness)[0].trace_id,
        span_id: Some("s-1".into()),
        compared_with: None,
        remark: None,
    };
    for link in [
        "  TraceLLM://trace/t%201/step/s-1?format=tracellm\r\n",
        "tracellm://TRACE/t%201/step/s-1/?format=tracellm",
        "tracellm://trace/t 1/step/s-1",
        "tracellm://trace/t%201/step/%73-1?utm=x&format=tracellm#top",
        "tracellm://trace/t%201/step/s-1?format=explorer",
    ] {
        assert_eq!(resolved(&harness, link).unwrap(), expected, "{link}");
    }
}

#[test]
fn a_link_to_two_runs_leads_to_both_and_to_the_pair_in_another_store() {
    let folder = tempfile::tempdir().unwrap();
    let here = Harness::open(folder.path().join("here.db"));
    let there = Harness::open(folder.path().join("there.db"));
    there.import_text(run("another", &["x"]));
    let keys = ["a/b?c=d&e#f", "日本 🦀"];
    for key in keys {
        let text = run(key, &["s/1?x=1#y", "step-b=2&"]);
        here.import_text(text.clone());
        there.import_text(text);
    }
    let ids = |harness: &Harness| {
        let all = traces(harness);
        keys.map(|key| all.iter().find(|trace| trace.key == key).unwrap().trace_id)
    };
    let ([a, b], [a_there, b_there]) = (ids(&here), ids(&there));
    let made = |a: i64, span_a: Option<&str>, b: i64, span_b: Option<&str>| {
        let of = |id: Option<&str>| id.map(str::to_owned);
        let compared_with = Some(ComparedStep { trace_id: b, span_id: of(span_b) });
        here.try_call::<Link>("link_make", &LinkRequest { trace_id: a, span_id: of(span_a), compared_with })
    };
    for (step_a, step_b) in [
        (None, None),
        (Some("s/1?x=1#y"), Some("step-b=2&")),
        (Some("s/1?x=1#y"), None),
        (None, Some("s/1?x=1#y")),
        (Some(""), Some("")),
    ] {
        let link = made(a, step_a, b, step_b).unwrap().link;
        assert!(link.starts_with("tracellm://compare/a%2Fb%3Fc%3Dd%26e%23f/"), "{link}");
        let expected = LinkTarget {
            trace_id: a_there,
            span_id: step_a.map(str::to_owned),
            compared_with: Some(ComparedStep { trace_id: b_there, span_id: step_b.map(str::to_owned) }),
            remark: None,
        };
        assert_eq!(resolved(&there, &link).unwrap(), expected, "{link}");
        assert_eq!(resolved(&there, &format!(" {link}\r\n")).unwrap(), expected);
    }
    assert_eq!(made(a, None, a, None).unwrap_err().code, Code::Invalid, "no run stands beside itself");
    assert_eq!(made(a, Some("gone"), b, None).unwrap_err().code, Code::NotFound);
    assert_eq!(made(a, None, 999, None).unwrap_err().code, Code::NotFound);

    let link = made(a, Some("s/1?x=1#y"), b, Some("step-b=2&")).unwrap().link;
    let moved = resolved(&there, &link.replace("step-b%3D2%26", "gone")).unwrap();
    assert_eq!(moved.compared_with, Some(ComparedStep { trace_id: b_there, span_id: None }));
    assert!(moved.remark.unwrap().contains("not in its run"));
    let selection = TraceSelection { filter: None, trace_ids: vec![b_there] };
    there.call::<Deletion>("trace_delete", &selection);
    let gone = resolved(&there, &link).unwrap_err();
    assert_eq!(gone.code, Code::NotFound);
    assert!(gone.message.contains("Run B of this link"), "{}", gone.message);
    for no_link in [
        "tracellm://compare",
        "tracellm://compare/a",
        "tracellm://compare//b",
        "tracellm://compare/a/",
        "tracellm://compare/a/b/c",
        "tracellm://compare/%ff/b",
        "tracellm://compare/a/b?step-a=%zz",
    ] {
        assert_eq!(resolved(&here, no_link).unwrap_err().code, Code::Invalid, "{no_link}");
    }
}
