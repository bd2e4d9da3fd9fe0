//! Broken shapes, each through import into the tree that is shown.

use std::fmt::Write;

use engine::api::dto::{
    ClockAdjust, ClockSkew, Nothing, Remark, RemarkAbout, SpanTree, TraceRef, TraceShape,
};
use engine::error::Code;
use engine::testing::Harness;
use serde_json::{Value, json};

const START_MS: i64 = 1_767_225_600_000;

struct Shown {
    harness: Harness,
    _folder: tempfile::TempDir,
}

/// Imports spans drawn as lines: `id parent start..end [machine]`, times in milliseconds, `-` for no parent, no start or end for none.
fn imported(drawing: &str) -> Shown {
    let folder = tempfile::tempdir().unwrap();
    let harness = Harness::open(folder.path().join("traces.db"));
    let shown = Shown { harness, _folder: folder };
    shown.add(drawing);
    shown
}

fn span(line: &str) -> Value {
    let words: Vec<&str> = line.split_whitespace().collect();
    let (start, end) = words[2].split_once("..").unwrap();
    // Names are readable, ids are hex.
    let id = |word: &str| word.bytes().fold(0_u64, |id, byte| (id << 8) | u64::from(byte));
    let ns = |ms: &str| ((START_MS + ms.parse::<i64>().unwrap()) * 1_000_000).to_string();
    let mut span = json!({
        "traceId": format!("{:032x}", 1), "spanId": format!("{:016x}", id(words[0].trim_end_matches('\''))),
        "name": words[0], "status": {"code": 1},
    });
    if !start.is_empty() {
        span["startTimeUnixNano"] = ns(start).into();
    }
    if words[1] != "-" {
        span["parentSpanId"] = format!("{:016x}", id(words[1])).into();
    }
    if !end.is_empty() {
        span["endTimeUnixNano"] = ns(end).into();
    }
    let resource = words
        .get(3)
        .map_or(json!([]), |machine| json!([{"key": "host.name", "value": {"stringValue": machine}}]));
    json!({"resource": {"attributes": resource}, "scopeSpans": [{"scope": {"name": "test"}, "spans": [span]}]})
}

impl Shown {
    fn add(&self, drawing: &str) {
        let spans: Vec<Value> =
            drawing.lines().map(str::trim).filter(|line| !line.is_empty()).map(span).collect();
        let status = self.harness.import_text(json!({ "resourceSpans": spans }).to_string());
        assert_eq!(status.problems, 0, "{status:?}");
    }

    const TRACE: TraceRef = TraceRef { trace_id: 1 };

    fn tree(&self) -> SpanTree {
        self.harness.call("span_tree", &Self::TRACE)
    }

    fn shape(&self) -> TraceShape {
        self.harness.call("trace_shape", &Self::TRACE)
    }

    fn skew(&self) -> ClockSkew {
        self.harness.call("clock_skew", &Self::TRACE)
    }

    fn adjust(&self, is_adjusted: bool) {
        let _: Nothing = self.harness.call("clock_adjust", &ClockAdjust { trace_id: 1, is_adjusted });
    }

    /// Rows as text: indented by depth, with times and what is odd about each.
    fn drawn(&self) -> Vec<String> {
        let tree = self.tree();
        assert_consistent(&tree);
        let words = [
            (8, "orphan"),
            (16, "cycle"),
            (32, "outside"),
            (128, "negative"),
            (2048, "shared"),
            (4096, "moved"),
            (8192, "startless"),
        ];
        (0..tree.span_id.len())
            .map(|row| {
                let mut text = ".".repeat(tree.depth[row].into());
                text.push_str(&tree.strings[tree.name[row] as usize]);
                let start_ms = tree.start_ns[row] / 1e6;
                match tree.duration_ns[row] {
                    ns if ns < 0.0 => write!(text, " {start_ms}..").unwrap(),
                    ns => write!(text, " {start_ms}..{}", start_ms + ns / 1e6).unwrap(),
                }
                for (bit, word) in words {
                    if tree.flags[row] & bit != 0 {
                        write!(text, " {word}").unwrap();
                    }
                }
                text
            })
            .collect()
    }

    fn remark(&self, about: RemarkAbout) -> Remark {
        let remarks = self.tree().remarks;
        remarks.iter().find(|remark| remark.about == about).cloned().unwrap_or_else(|| panic!("{remarks:?}"))
    }
}

/// Parents, depths and descendants tell of one tree, in whichever column one looks.
fn assert_consistent(tree: &SpanTree) {
    let mut descendants = vec![0; tree.parent.len()];
    for row in (0..tree.parent.len()).rev() {
        let Ok(parent) = usize::try_from(tree.parent[row]) else {
            assert_eq!(tree.depth[row], 0);
            continue;
        };
        assert!(parent < row && tree.depth[row] == tree.depth[parent] + 1, "row {row} in {tree:?}");
        descendants[parent] += 1 + descendants[row];
    }
    assert_eq!(tree.descendants.to_vec(), descendants);
}

#[test]
fn a_step_without_a_start_stands_where_it_ended() {
    let shown = imported(
        "run  -    0..100
         call run  ..60
         next run  70..80",
    );
    assert_eq!(shown.drawn(), ["run 0..100", ".call 60.. startless", ".next 70..80"]);
    let remark = shown.remark(RemarkAbout::NoStarts);
    assert_eq!(
        remark.text,
        "1 of 3 steps names an end but no start: shown where it ended, without a duration."
    );
}

#[test]
fn orphans_stand_under_a_row_of_their_own_until_their_parent_comes() {
    let shown = imported(
        "run  -    0..100
         late gone 50..60
         low  late 52..55
         soon away 10..20
         also gone 70..80
         plan run  5..40",
    );
    let tree = shown.tree();
    assert_eq!(tree.orphan_row, Some(2));
    assert_eq!(
        shown.drawn(),
        [
            "run 0..100",
            ".plan 5..40",
            "Steps without a parent (3) 10..80",
            ".soon 10..20 orphan",
            ".late 50..60 orphan",
            "..low 52..55",
            ".also 70..80 orphan",
        ]
    );
    let remark = shown.remark(RemarkAbout::Orphans);
    assert_eq!(remark.steps, 3);
    assert!(
        remark.text.starts_with("3 of 6 steps have no parent: they name a parent that is not in"),
        "{remark:?}"
    );
    let missing: Vec<(u32, String)> =
        shown.shape().missing_parents.into_iter().map(|missing| (missing.steps, missing.parent_id)).collect();
    assert_eq!(missing.iter().map(|(steps, _)| *steps).collect::<Vec<_>>(), [2, 1]);
    assert!(missing[0].1.ends_with("676f6e65"), "the id of \"gone\": {missing:?}");

    shown.add("gone run 45..90\n away run 6..30");
    assert_eq!(
        shown.drawn(),
        [
            "run 0..100",
            ".plan 5..40",
            ".away 6..30",
            "..soon 10..20",
            ".gone 45..90",
            "..late 50..60",
            "...low 52..55",
            "..also 70..80"
        ]
    );
    assert_eq!(shown.tree().orphan_row, None);
    assert_eq!(shown.shape(), TraceShape::default());
}

#[test]
fn several_roots_stand_side_by_side() {
    let shown = imported("one - 0..10\n two - 20..30\n low two 21..22");
    assert_eq!(shown.drawn(), ["one 0..10", "two 20..30", ".low 21..22"]);
    assert_eq!(
        shown.remark(RemarkAbout::Roots).text,
        "The trace has 2 roots: more than one step names no parent."
    );
}

#[test]
fn cycles_are_cut_and_named() {
    let shown = imported("a c 30..40\n b a 10..50\n c b 20..60\n self self 0..5\n low b 12..13");
    assert_eq!(
        shown.drawn(),
        ["self 0..5 cycle", "b 10..50 cycle", ".low 12..13", ".c 20..60 outside", "..a 30..40"]
    );
    let names = |ids: &[String]| -> Vec<String> {
        let tree = shown.tree();
        let name = |id: &String| tree.span_id.iter().position(|known| known == id).unwrap();
        ids.iter().map(|id| tree.strings[tree.name[name(id)] as usize].clone()).collect()
    };
    let cycles: Vec<Vec<String>> = shown.shape().cycles.iter().map(|cycle| names(&cycle.span_ids)).collect();
    assert_eq!(cycles, [vec!["self"], vec!["b", "a", "c"]], "each before its parent");
    assert!(shown.remark(RemarkAbout::Cycles).text.starts_with("2 cycles of parents were cut"));
}

#[test]
fn missing_ends_negative_durations_and_shared_ids_are_said() {
    let shown = imported(
        "run  - 0..100
         open run 10..
         back run 50..40
         id   run 60..70
         id'  run 80..90
         low  id  61..62",
    );
    assert_eq!(
        shown.drawn(),
        [
            "run 0..100",
            ".open 10..",
            ".back 50..50 negative",
            ".id 60..70 shared",
            "..low 61..62",
            ".id' 80..90 shared"
        ]
    );
    assert_eq!(shown.remark(RemarkAbout::NegativeDurations).steps, 1);
    assert_eq!(shown.remark(RemarkAbout::SharedIds).steps, 2);
    assert!(shown.remark(RemarkAbout::NoEnds).text.starts_with("1 of 6 steps has no end"));
    let order: Vec<RemarkAbout> = shown.tree().remarks.iter().map(|remark| remark.about).collect();
    assert_eq!(
        order,
        [RemarkAbout::NegativeDurations, RemarkAbout::SharedIds, RemarkAbout::NoEnds],
        "the worst first"
    );
}

#[test]
fn clocks_that_disagree_are_an_offer_and_nothing_stored_changes() {
    let shown = imported(
        "run   -     0..100 laptop
         call  run   20..80 laptop
         serve call  220..260 server
         work  serve 230..240 server
         early run   -30..10
         sub   early -20..0
         async run   90..130 laptop
         after run   110..120 laptop",
    );
    let before = shown.drawn();
    assert_eq!(shown.remark(RemarkAbout::OutsideParents).steps, 4);
    let skew = shown.skew();
    let shifts: Vec<(&str, f64, u32)> =
        skew.shifts.iter().map(|shift| (&*shift.name, shift.offset_ns / 1e6, shift.steps)).collect();
    assert_eq!((skew.is_adjusted, skew.steps), (false, 4));
    assert_eq!(shifts, [("serve", -190.0, 2), ("early", 60.0, 2)], "centred in what waited for them");

    shown.adjust(true);
    assert_eq!(
        shown.drawn(),
        [
            "run 0..100",
            ".call 20..80",
            "..serve 30..70 moved",
            "...work 40..50 moved",
            ".early 30..70 moved",
            "..sub 40..60 moved",
            ".async 90..130 outside",
            ".after 110..120 outside",
        ]
    );
    let remark = shown.remark(RemarkAbout::TimesAdjusted);
    assert!(remark.text.starts_with("4 of 8 steps are shown moved by up to 190 ms"), "{remark:?}");
    assert!(shown.skew().is_adjusted);

    shown.add("later call 270..280 server");
    assert!(
        shown.drawn().contains(&"..later 45..55 moved".into()),
        "also what comes later: {:?}",
        shown.drawn()
    );
    shown.adjust(false);
    let mut after = shown.drawn();
    after.retain(|row| !row.contains("later"));
    assert_eq!(after, before);
    let gone = shown.harness.try_call::<ClockSkew>("clock_skew", &TraceRef { trace_id: 9 });
    assert_eq!(gone.map_err(|error| error.code), Err(Code::NotFound));
}
