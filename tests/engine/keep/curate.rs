//! Star, tags, note.

use engine::api::dto::{Nothing, TagCount, TraceCount, TraceDetail, TraceMark, TraceRef};
use engine::error::Code;
use serde_json::{Value, json};

use super::{Kept, matching, these, traces};

fn mark(selection: engine::api::dto::TraceSelection) -> TraceMark {
    TraceMark { selection, ..TraceMark::default() }
}

#[test]
fn star_tags_and_note_stay_over_a_restart_and_an_import() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    let text = traces(&["a", "b"], 3).to_string();
    kept.harness.import_text(text.clone());
    let a = kept.id("a");
    let add = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    let changed: TraceCount = kept.harness.call(
        "trace_mark",
        &TraceMark {
            starred: Some(true),
            add_tags: add(&[" regression ", "beta", "beta"]),
            note: Some("look at the second step\n".into()),
            ..mark(these(&[a, 9_999]))
        },
    );
    assert_eq!(changed.traces, 1, "one that is not there is passed over");
    kept.harness.import_text(text);
    drop(kept);

    let kept = Kept::open(folder.path());
    let detail: TraceDetail = kept.harness.call("trace_get", &TraceRef { trace_id: a });
    assert!(detail.summary.starred);
    assert_eq!(detail.summary.tags, ["beta", "regression"], "trimmed, each once, in order");
    assert_eq!(detail.summary.note.as_deref(), Some("look at the second step"));

    let all: TraceCount =
        kept.harness.call("trace_mark", &TraceMark { add_tags: add(&["beta"]), ..mark(matching("")) });
    assert_eq!(all.traces, 1, "what has it already does not change");
    let tags: Vec<TagCount> = kept.harness.call("tag_list", &Nothing {});
    let counts: Vec<(&str, u32)> = tags.iter().map(|tag| (&*tag.tag, tag.traces)).collect();
    assert_eq!(counts, [("beta", 2), ("regression", 1)]);

    let _: TraceCount = kept.harness.call(
        "trace_mark",
        &TraceMark { remove_tags: add(&["beta"]), note: Some(String::new()), ..mark(these(&[a])) },
    );
    let detail: TraceDetail = kept.harness.call("trace_get", &TraceRef { trace_id: a });
    assert_eq!((detail.summary.tags.as_slice(), detail.summary.note), (&["regression".to_owned()][..], None));
}

#[test]
fn what_is_too_long_is_refused_and_nothing_is_changed() {
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(traces(&["a"], 1).to_string());
    let refused = |change: TraceMark| {
        let answer = kept.harness.try_call::<TraceCount>("trace_mark", &change);
        assert_eq!(answer.map_err(|error| error.code), Err(Code::Invalid));
    };
    refused(TraceMark { add_tags: vec!["x".repeat(65)], ..mark(matching("")) });
    refused(TraceMark { add_tags: vec!["  ".into()], ..mark(matching("")) });
    refused(TraceMark { add_tags: (0..33).map(|tag| tag.to_string()).collect(), ..mark(matching("")) });
    refused(TraceMark { note: Some("n".repeat(10_001)), ..mark(matching("")) });
    refused(mark(matching("nonsense:1")));
    let trace = &kept.list("").items[0];
    assert!(trace.tags.is_empty() && trace.note.is_none());
}

#[test]
fn secrets_in_what_a_person_writes_are_masked_before_it_is_kept() {
    const KEY: &str = "ghp_Zk3Qh8LwPq0Vx7Tn2Rb5Yc9Md4Sf6Gj1Ab2C";
    let folder = tempfile::tempdir().unwrap();
    let kept = Kept::open(folder.path());
    kept.harness.import_text(traces(&["a"], 1).to_string());
    let id = kept.id("a");
    let marked = TraceMark {
        add_tags: vec![format!("key {KEY}")],
        note: Some(format!("it used {KEY} again")),
        ..mark(these(&[id]))
    };
    kept.harness.call::<TraceCount>("trace_mark", &marked);
    let detail: TraceDetail = kept.harness.call("trace_get", &TraceRef { trace_id: id });
    assert_eq!(detail.summary.tags, ["key [masked:github-token]"]);
    assert_eq!(detail.summary.note.as_deref(), Some("it used [masked:github-token] again"));
    let step = json!({"trace_id": id, "span_id": "a-1", "note": format!("{KEY}")});
    kept.harness.call::<Value>("step_mark", &step);
    kept.harness.engine.close();
    for (name, bytes) in files(folder.path()) {
        let at = bytes.windows(12).position(|piece| piece == &KEY.as_bytes()[..12]);
        assert_eq!(at, None, "{name}");
    }
}

fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| (path.display().to_string(), std::fs::read(&path).unwrap())).collect()
}
