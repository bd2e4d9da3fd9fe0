use engine::analysis::{Parent, SpanFacts, Tree, infer_parents, resolve_parents, tree};
use engine::model::{SpanFlags, SpanKind};

use super::{retries::facts, span};
use crate::shared;
use crate::wire::tracellm::read;

/// Rows as text: the span's index, indented by depth, with what follows it.
fn drawn(tree: &Tree) -> Vec<String> {
    let draw = |row: &engine::analysis::Row| {
        let marks = [
            (SpanFlags::PARENT_INFERRED, "~"),
            (SpanFlags::ORPHAN, "?"),
            (SpanFlags::CYCLE, "@"),
            (SpanFlags::OUTSIDE_PARENT, "!"),
        ];
        let marks: String =
            marks.iter().filter(|(flag, _)| row.flags.contains(*flag)).map(|(_, mark)| *mark).collect();
        format!("{}{}{marks}", ".".repeat(row.depth as usize), row.span)
    };
    tree.rows.iter().map(draw).collect()
}

#[test]
fn rows_come_in_display_order_with_children_by_start() {
    let spans = [
        span(Some(3), 20, 30),
        span(Some(3), 10, 15),
        span(Some(0), 22, 25),
        span(None, 0, 100),
        span(None, 0, 5),
    ];
    let tree = tree(&spans);
    assert_eq!(drawn(&tree), ["3", ".1", ".0", "..2", "4"]);
    assert_eq!(tree.rows.iter().map(|row| row.descendants).collect::<Vec<_>>(), [3, 0, 1, 0, 0]);
    assert_eq!(
        tree.rows.iter().map(|row| row.parent).collect::<Vec<_>>(),
        [None, Some(0), Some(0), Some(2), None]
    );
    assert_eq!(tree.row_of, [2, 1, 3, 0, 4]);
    assert_eq!(tree.roots().collect::<Vec<_>>(), [0, 4]);
    assert_eq!(tree.children(0).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(tree.children(4).count(), 0);
}

#[test]
fn orphans_and_what_reaches_outside_are_marked_and_kept() {
    let mut spans = vec![
        span(None, 10, 20),
        span(Some(0), 5, 15),
        span(Some(0), 12, 25),
        span(None, 0, 1),
        span(None, 0, 2),
    ];
    spans[3].parent = Parent::Missing;
    spans[4].parent = Parent::At(99);
    let tree = tree(&spans);
    assert_eq!(drawn(&tree), ["0", ".1!", ".2!", "3?", "4?"]);
    assert_eq!((tree.orphans, tree.outside_parent, tree.cycles), (2, 2, 0));
}

#[test]
fn cycles_are_cut_at_their_first_span() {
    let spans = [
        span(Some(2), 30, 40),
        span(Some(0), 10, 40),
        span(Some(1), 20, 40),
        span(Some(3), 0, 1),
        span(Some(1), 35, 36),
    ];
    let tree = tree(&spans);
    assert_eq!(drawn(&tree), ["3@", "1@", ".2", "..0", ".4"]);
    assert_eq!(tree.cycles, 2);
}

#[test]
fn a_million_spans_and_a_hundred_thousand_levels_are_laid_out() {
    let mut spans: Vec<SpanFacts> = Vec::new();
    for index in 0..1_000_000_u32 {
        let parent = match index {
            0 => None,
            1..=100_000 => Some(index - 1),
            _ => Some(index % 1000),
        };
        spans.push(span(parent, i64::from(index), 2_000_000));
    }
    let tree = tree(&spans);
    assert_eq!(tree.rows.len(), 1_000_000);
    assert_eq!(tree.rows.iter().map(|row| row.depth).max(), Some(100_000));
    assert_eq!(tree.rows[0].descendants, 999_999);
    let mut rows: Vec<u32> = tree.rows.iter().map(|row| row.span).collect();
    rows.sort_unstable();
    assert!(rows.into_iter().eq(0..1_000_000), "each span has one row");
    // One closed ring through all of them.
    for (index, span) in spans.iter_mut().enumerate() {
        span.parent = Parent::At(((index + 1) % 1_000_000) as u32);
    }
    let ring = engine::analysis::tree(&spans);
    assert_eq!((ring.cycles, ring.rows.len(), ring.roots().count()), (1, 1_000_000, 1));
}

#[test]
fn ids_become_indices() {
    let parents = resolve_parents(&["a", "b", "a", "d"], &[None, Some("a"), Some("x"), Some("d")]);
    assert_eq!(parents, [Parent::None, Parent::At(0), Parent::Missing, Parent::At(3)]);
}

#[test]
fn parents_come_from_the_shortest_interval_around() {
    let mut spans = vec![
        span(None, 0, 100),
        span(None, 10, 50),
        span(None, 20, 30),
        span(None, 20, 30),
        span(None, 40, 60),
        span(None, 200, 300),
    ];
    assert_eq!(infer_parents(&mut spans, 0), 4);
    let tree = tree(&spans);
    assert_eq!(drawn(&tree), ["0", ".1~", "..2~", "..3~", ".4~", "5"]);
    assert_eq!(tree.inferred, 4);
}

#[test]
fn of_two_overlapping_containers_the_shorter_is_the_parent() {
    let mut spans = vec![span(None, 0, 10), span(None, 5, 20), span(None, 6, 8)];
    assert_eq!(infer_parents(&mut spans, 0), 1);
    assert_eq!(spans[2].parent, Parent::Inferred(0));
}

#[test]
fn steps_in_a_row_stay_siblings_whatever_their_times_were_rounded_to() {
    const MS: i64 = 1_000_000;
    // The second ended 0.4 ms after the first, and both ends were cut to the same millisecond.
    let mut spans =
        vec![span(None, 0, 21 * MS), span(None, 21 * MS - 300_000, 21 * MS), span(None, 21 * MS, 21 * MS)];
    assert_eq!(infer_parents(&mut spans, MS), 0);
    // A step that is clearly inside, but starts up to a millisecond early.
    let mut spans = vec![
        span(None, 10 * MS, 100 * MS),
        span(None, 10 * MS - 700_000, 50 * MS),
        span(None, 30 * MS, 30 * MS + 10),
    ];
    assert_eq!(infer_parents(&mut spans, MS), 2);
    assert_eq!(spans[1].parent, Parent::Inferred(0));
    assert_eq!(spans[2].parent, Parent::Inferred(1));
}

#[test]
fn waits_and_open_spans_have_nothing_inside() {
    let mut wait = span(None, 0, 100);
    wait.kind = SpanKind::Wait;
    let mut open = span(None, 0, 0);
    open.end_ns = None;
    let mut spans = vec![wait, open, span(None, 10, 20)];
    assert_eq!(infer_parents(&mut spans, 0), 0);
}

#[test]
fn inferring_a_hundred_thousand_parents_agrees_with_the_plain_definition() {
    // A fixed sequence without a pattern, compared on a prefix that trying every pair can afford.
    let mut state = 7_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut spans: Vec<SpanFacts> = (0..100_000)
        .map(|_| {
            let start = next(10_000) as i64;
            span(None, start, start + next(500) as i64)
        })
        .collect();
    let mut few = spans[..600].to_vec();
    assert!(infer_parents(&mut spans, 0) > 90_000);
    infer_parents(&mut few, 0);
    let interval = |span: &SpanFacts| (span.start_ns.unwrap(), span.end_ns.unwrap());
    for inner in &few {
        let (start, end) = interval(inner);
        let around =
            few.iter().map(interval).filter(|(s, e)| *s <= start && *e >= end && (*s, *e) != (start, end));
        let shortest = around.map(|(s, e)| e - s).min();
        let found = inner.parent.index().map(|parent| interval(&few[parent as usize])).map(|(s, e)| e - s);
        assert_eq!(found, shortest, "the parent of {start}..{end}");
    }
}

#[test]
fn of_real_traces_only_those_whose_steps_were_nested_get_parents() {
    for file in [
        "generated/D-full200.json",
        "generated/D-failed.json",
        "avikcodes__traceLLM/traces-20260529-014218.json",
    ] {
        let Some(bytes) = shared::read(&format!("tracellm-json/{file}")) else { return };
        let found = read(&bytes);
        let mut inferred = std::collections::BTreeMap::new();
        for trace in &found.traces {
            let steps: Vec<_> = found.spans.iter().filter(|step| step.trace == trace.trace).collect();
            let (mut spans, _) = facts(&steps);
            infer_parents(&mut spans, 1_000_000);
            for (step, span) in steps.iter().zip(&spans) {
                if let Some(parent) = span.parent.index() {
                    *inferred
                        .entry((steps[parent as usize].name.as_str(), step.name.as_str()))
                        .or_insert(0) += 1;
                }
            }
        }
        eprintln!("{file}: {inferred:?}");
        // The chain of the LangChain handler; all other producers write one step after another.
        assert!(inferred.keys().all(|(parent, _)| *parent == "RetrievalQA"), "{file}: {inferred:?}");
    }
}
