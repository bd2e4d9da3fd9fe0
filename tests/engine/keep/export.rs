//! An export, imported again into another store, gives the same traces.

use engine::api::dto::{SpanTree, StepDetail, StepRef, TraceDetail, TraceMark, TraceRef};
use engine::api::export;
use engine::error::Code;

use super::{Kept, matching, these, traces};
use crate::shared;

/// Of every family one that is told apart by something: runs without spans' parents, runs beside root spans, CSV rows,
/// sessions laid out, attempts, events and links.
const FILES: [&str; 12] = [
    "tracellm-json",
    "tracellm-csv",
    "otlp-json",
    "otlp-json-genai",
    "langfuse-trace-json",
    "claude-code-jsonl",
    "inspect-json",
    "jaeger-json",
    "mlflow-trace-json",
    "swe-agent-traj",
    "zipkin-json",
    "openai-agents-json",
];

fn exported(kept: &Kept, filter: &str) -> Vec<u8> {
    let mut file = Vec::new();
    export(&kept.harness.engine, matching(filter), &mut file, &|| false).unwrap();
    file
}

/// All that is shown of every trace, without what is of this store alone.
fn shown(kept: &Kept) -> Vec<(TraceDetail, SpanTree, Vec<StepDetail>)> {
    let mut all = Vec::new();
    let mut traces = kept.list("").items;
    traces.sort_by(|one, other| (&one.format, &one.key).cmp(&(&other.format, &other.key)));
    for trace in traces {
        let reference = TraceRef { trace_id: trace.trace_id };
        let mut detail: TraceDetail = kept.harness.call("trace_get", &reference);
        let mut tree: SpanTree = kept.harness.call("span_tree", &reference);
        let mut steps = Vec::new();
        for span_id in tree.span_id.iter().skip(usize::from(tree.run_row)) {
            if tree.orphan_row.is_some_and(|row| tree.span_id[row as usize] == *span_id) {
                continue;
            }
            let step = StepRef { trace_id: trace.trace_id, span_id: span_id.clone() };
            let mut step: StepDetail = kept.harness.call("step_get", &step);
            step.links.iter_mut().for_each(|link| link.trace_id = link.trace_id.map(|_| 0));
            steps.push(step);
        }
        tree.revision = 0;
        detail.summary.trace_id = 0;
        detail.summary.source = String::new();
        detail.summary.heard_unix_ms = None;
        all.push((detail, tree, steps));
    }
    all
}

#[test]
fn real_files_come_back_as_they_were() {
    for name in FILES {
        let Some(file) = shared::file(name) else { return };
        let folder = tempfile::tempdir().unwrap();
        let first = Kept::open(&folder.path().join("first"));
        first.harness.import(&[&file]);
        let lines = exported(&first, "");
        let path = folder.path().join("export.jsonl");
        std::fs::write(&path, &lines).unwrap();

        let second = Kept::open(&folder.path().join("second"));
        let status = second.harness.import(&[&path]);
        assert_eq!(status.problems, 0, "{name}: {status:?}");
        let (before, after) = (shown(&first), shown(&second));
        assert!(!before.is_empty(), "{name} has traces");
        assert_eq!(before.len(), after.len(), "{name}");
        for (before, after) in before.iter().zip(&after) {
            let text = |part: &(TraceDetail, SpanTree, Vec<StepDetail>)| serde_json::to_string(part).unwrap();
            assert_eq!(text(before), text(after), "{name}");
        }

        // It is the same trace: neither file adds anything to what the other gave.
        let counts = first.harness.import(&[&path]).counts;
        assert_eq!((counts.traces_added, counts.spans_added, counts.spans_updated), (0, 0, 0), "{name}");
        let counts = second.harness.import(&[&file]).counts;
        assert_eq!((counts.traces_added, counts.spans_added, counts.spans_updated), (0, 0, 0), "{name}");
        assert_eq!(exported(&second, "").len(), lines.len(), "{name}");
    }
}

#[test]
fn an_export_carries_what_the_person_says_and_can_be_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let first = Kept::open(&folder.path().join("first"));
    first.harness.import_text(traces(&["a", "b"], 2).to_string());
    let mark = TraceMark {
        selection: matching("key:a"),
        starred: Some(true),
        add_tags: vec!["keep".into()],
        note: Some("why".into()),
        ..TraceMark::default()
    };
    let _: engine::api::dto::TraceCount = first.harness.call("trace_mark", &mark);
    let second = Kept::open(&folder.path().join("second"));
    second.harness.import_text(String::from_utf8(exported(&first, "key:a")).unwrap());
    let trace = &second.list("").items[0];
    assert_eq!((trace.key.as_str(), trace.starred, trace.note.as_deref()), ("a", true, Some("why")));
    assert_eq!(trace.tags, ["keep"]);
    assert_eq!(second.list("").total, 1);

    let engine = &first.harness.engine;
    let stopped = export(engine, matching(""), &mut Vec::new(), &|| true);
    assert_eq!(stopped.map_err(|error| error.code), Err(Code::Cancelled));
    let nothing = export(engine, these(&[999]), &mut Vec::new(), &|| false);
    assert_eq!(nothing.map_err(|error| error.code), Err(Code::NotFound));
}
