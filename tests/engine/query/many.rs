//! A store of made-up runs, and the same runs as a test sees them: one by one, as the list gives them.

use std::sync::LazyLock;

use engine::dto::{TraceList, TraceListRequest, TraceSort, TraceSummary};
use engine::testing::{AgentRuns, Harness, write_otlp_json_lines};

/// Runs in it.
pub const RUNS: usize = 300;

/// A store and all of its traces.
pub struct Many {
    pub harness: Harness,
    pub all: Vec<TraceSummary>,
    _folder: tempfile::TempDir,
}

impl Many {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let harness = Harness::open(folder.path().join("traces.db"));
        let runs = AgentRuns {
            traces: RUNS,
            spans_per_trace: 12,
            text_bytes: 60,
            sends_history: true,
            chinese_percent: 0,
            seed: 11,
        };
        let mut text = Vec::new();
        write_otlp_json_lines(runs, &mut text).unwrap();
        harness.import_text(String::from_utf8(text).unwrap());
        let all = list(&harness, "", TraceSort::Started, true, 1_000).items;
        assert_eq!(all.len(), RUNS);
        Self { harness, all, _folder: folder }
    }

    /// The ids of the traces that a filter matches.
    pub fn ids(&self, filter: &str) -> Vec<i64> {
        let mut ids: Vec<i64> = list(&self.harness, filter, TraceSort::Started, true, 1_000)
            .items
            .iter()
            .map(|run| run.trace_id)
            .collect();
        ids.sort_unstable();
        ids
    }

    /// The ids of the traces of which `holds` says so.
    pub fn ids_where(&self, holds: impl Fn(&TraceSummary) -> bool) -> Vec<i64> {
        let mut ids: Vec<i64> = self.all.iter().filter(|run| holds(run)).map(|run| run.trace_id).collect();
        ids.sort_unstable();
        ids
    }
}

/// The store, made once for all tests that only read it.
pub static MANY: LazyLock<Many> = LazyLock::new(Many::new);

/// The first rows of the list.
pub fn list(harness: &Harness, filter: &str, sort: TraceSort, descending: bool, limit: u32) -> TraceList {
    harness
        .call("trace_list", &TraceListRequest { filter: filter.into(), sort, descending, offset: 0, limit })
}

#[test]
fn every_order_is_total_and_its_windows_fit_together() {
    use TraceSort::*;
    for sort in [
        Started,
        Duration,
        Status,
        Name,
        Steps,
        Errors,
        Retries,
        Tokens,
        Cost,
        Model,
        Project,
        Environment,
        Conversation,
        Relevance,
    ] {
        for descending in [false, true] {
            let whole: Vec<i64> = list(&MANY.harness, "", sort, descending, 1_000)
                .items
                .iter()
                .map(|run| run.trace_id)
                .collect();
            assert_eq!(whole.len(), RUNS);
            for offset in [0, 1, 37, 299, 300, 1_000] {
                let request = TraceListRequest { filter: String::new(), sort, descending, offset, limit: 23 };
                let window: TraceList = MANY.harness.call("trace_list", &request);
                let ids: Vec<i64> = window.items.iter().map(|run| run.trace_id).collect();
                let from = (offset as usize).min(RUNS);
                assert_eq!(ids, whole[from..(from + 23).min(RUNS)], "{sort:?} {descending} from {offset}");
            }
        }
    }
    let durations = list(&MANY.harness, "", Duration, true, 1_000).items;
    assert!(durations.windows(2).all(|pair| pair[0].duration_ns >= pair[1].duration_ns));
    let models = list(&MANY.harness, "", Model, false, 1_000).items;
    assert!(models.windows(2).all(|pair| pair[0].model <= pair[1].model || pair[1].model.is_none()));
}

#[test]
fn runs_of_a_conversation_stand_together_in_order() {
    let text: String =
        [("a", 1, "c-1"), ("b", 2, "c-2"), ("c", 3, "c-1"), ("d", 4, ""), ("e", 5, "c-1"), ("f", 6, "c-2")]
            .iter()
            .map(|(name, second, conversation)| run_line(name, *second, conversation))
            .collect();
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    harness.import_text(text);
    let items = list(&harness, "", TraceSort::Conversation, true, 10).items;
    let names: Vec<&str> = items.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["b", "f", "a", "c", "e", "d"], "the conversation that went on last comes first");
    let places: Vec<(u32, u32)> =
        items.iter().map(|run| (run.conversation_place, run.conversation_runs)).collect();
    assert_eq!(places, [(1, 2), (2, 2), (1, 3), (2, 3), (3, 3), (0, 0)]);
}

/// An OTLP line with one run of one step.
fn run_line(name: &str, second: u64, conversation: &str) -> String {
    let start = 1_767_000_000_000_000_000 + second * 1_000_000_000;
    let conversation = match conversation {
        "" => String::new(),
        id => format!(r#"{{"key":"gen_ai.conversation.id","value":{{"stringValue":"{id}"}}}}"#),
    };
    format!(
        r#"{{"resourceSpans":[{{"scopeSpans":[{{"spans":[{{"traceId":"{second:032x}","spanId":"{second:016x}","name":"{name}","startTimeUnixNano":"{start}","endTimeUnixNano":"{}","attributes":[{conversation}]}}]}}]}}]}}"#,
        start + 1_000
    ) + "\n"
}
