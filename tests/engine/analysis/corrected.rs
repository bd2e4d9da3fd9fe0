//! Groups as a person corrects them, and how much of their waste lies on the critical path.

use engine::analysis::{
    AttemptGroup, Correction, Signal, SpanFacts, Told, Window, activities, corrected_groups, critical_path,
    retries, tree, waste_on_path, wasted_ns,
};
use engine::model::AttemptRelation;

use super::{failed, span};

fn call(mut span: SpanFacts, hash: i64) -> SpanFacts {
    span.input_hash = Some(hash);
    span
}

fn apart(span: u32) -> Correction {
    Correction { span, is_apart: true, operation: None }
}

fn joined(span: u32, operation: u64) -> Correction {
    Correction { span, is_apart: false, operation: Some(operation) }
}

fn groups_of(spans: &[SpanFacts], corrections: &[Correction]) -> Vec<AttemptGroup> {
    corrected_groups(spans, &tree(spans), &["call", "other"], 0, corrections)
}

fn rows(groups: &[AttemptGroup]) -> Vec<(Vec<u32>, bool)> {
    groups.iter().map(|group| (group.rows.clone(), group.by_hand)).collect()
}

/// Two groups of two, and a step by itself.
fn two_groups() -> Vec<SpanFacts> {
    vec![
        call(failed(None, 0, 10), 1),
        call(span(None, 20, 30), 1),
        call(failed(None, 40, 50), 2),
        call(failed(None, 60, 70), 2),
        call(span(None, 80, 90), 2),
        call(span(None, 100, 110), 3),
    ]
}

#[test]
fn a_step_is_taken_out_and_a_group_dissolved() {
    let spans = two_groups();
    assert_eq!(rows(&groups_of(&spans, &[])), [(vec![0, 1], false), (vec![2, 3, 4], false)]);
    let one_out = groups_of(&spans, &[apart(3)]);
    assert_eq!(rows(&one_out), [(vec![0, 1], false), (vec![2, 4], true)]);
    assert_eq!(one_out[1].signal, Signal::SameInput, "what is left is known as before");
    assert_eq!(one_out[1].waste_ns, 10 + 30);
    assert_eq!(rows(&groups_of(&spans, &[apart(2), apart(3), apart(4)])), [(vec![0, 1], false)]);
    assert_eq!(rows(&groups_of(&spans, &[apart(0)])), [(vec![2, 3, 4], false)], "one step alone is no group");
    assert_eq!(rows(&groups_of(&spans, &[apart(5), apart(77)])).len(), 2, "nothing to take out");
}

#[test]
fn a_join_brings_the_groups_of_both_with_it() {
    let spans = two_groups();
    let groups = groups_of(&spans, &[joined(1, 7), joined(3, 7)]);
    assert_eq!(rows(&groups), [(vec![0, 1, 2, 3, 4], true)]);
    assert_eq!(groups[0].signal, Signal::ByHand(AttemptRelation::Retry));
    assert_eq!((groups[0].signal.confidence(), groups[0].signal.sentence()), (1.0, "Joined by hand."));
    assert_eq!(retries(&groups), 4);
    assert_eq!(rows(&groups_of(&spans, &[joined(4, 7), joined(5, 7)]))[1], (vec![2, 3, 4, 5], true));
    assert_eq!(
        rows(&groups_of(&spans, &[joined(4, 7), joined(88, 7)])).len(),
        2,
        "the other is not there yet"
    );
    let moved = [Correction { is_apart: true, ..joined(4, 7) }, joined(1, 7)];
    assert_eq!(rows(&groups_of(&spans, &moved)), [(vec![0, 1, 4], true), (vec![2, 3], true)], "moved over");
    let known_already = groups_of(&spans, &[joined(0, 7), joined(1, 7)]);
    assert_eq!(known_already[0].signal, Signal::SameInput);
}

#[test]
fn how_joined_tries_relate_follows_from_them() {
    let relation = |second: SpanFacts| {
        groups_of(&[failed(None, 0, 10), second], &[joined(0, 1), joined(1, 1)])[0].signal.relation()
    };
    assert_eq!(relation(span(None, 20, 30)), AttemptRelation::Retry);
    assert_eq!(relation(span(None, 5, 30)), AttemptRelation::Hedge);
    assert_eq!(relation(SpanFacts { name: 1, ..span(None, 20, 30) }), AttemptRelation::Fallback);
}

#[test]
fn nested_groups_stay_nested_and_no_step_is_a_try_beside_its_parent() {
    let spans = vec![
        failed(None, 0, 100),
        call(failed(Some(0), 10, 20), 1),
        call(failed(Some(0), 30, 40), 1),
        span(None, 200, 300),
    ];
    let groups = groups_of(&spans, &[joined(0, 1), joined(3, 1)]);
    assert_eq!(rows(&groups), [(vec![0, 3], true), (vec![1, 2], false)]);
    assert_eq!(groups[1].within, Some(0));
    assert_eq!(wasted_ns(&groups, &tree(&spans)), 200, "what the inner one lost is in the outer one's");
    let inner = groups_of(&spans, &[joined(0, 1), joined(1, 1)]);
    assert_eq!(rows(&inner), [] as [(Vec<u32>, bool); 0], "a part of it");
}

#[test]
fn groups_in_one_anothers_tries_end() {
    // The first try of each lies in a try of the other.
    let spans =
        vec![span(None, 0, 100), failed(Some(0), 10, 20), span(None, 200, 300), failed(Some(2), 5, 8)];
    let crossed = [joined(1, 1), joined(2, 1), joined(3, 2), joined(0, 2)];
    let groups = groups_of(&spans, &crossed);
    assert_eq!(groups.len(), 2);
    assert!(groups.iter().any(|group| group.within.is_none()));
    assert!(wasted_ns(&groups, &tree(&spans)) >= 0);
}

/// Failed time and pauses on the path, and how many lost tries it goes through, by group.
fn on_path(spans: &[SpanFacts], length_ns: i64, corrections: &[Correction]) -> Vec<(i64, i64, usize)> {
    let tree = tree(spans);
    let groups = corrected_groups(spans, &tree, &["call", "other"], 0, corrections);
    let window = Window { start_ns: 0, end_ns: length_ns };
    let activities = activities(spans, &tree, &groups, window, |_| Told::default());
    let path = critical_path(&activities, window);
    let waste = waste_on_path(&groups, &tree, &activities, &path);
    for (group, waste) in groups.iter().zip(&waste) {
        assert!(waste.failed_ns + waste.pause_ns <= group.waste_ns, "{group:?} {waste:?}");
    }
    waste.into_iter().map(|waste| (waste.failed_ns, waste.pause_ns, waste.rows.len())).collect()
}

#[test]
fn waste_counts_where_the_run_waited_for_it() {
    let alone = [span(None, 0, 100), call(failed(Some(0), 0, 10), 1), call(span(Some(0), 30, 100), 1)];
    assert_eq!(on_path(&alone, 100, &[]), [(10, 20, 1)], "all of it");
    let beside = [
        span(None, 0, 100),
        SpanFacts { name: 1, ..span(Some(0), 0, 100) },
        call(failed(Some(0), 0, 10), 1),
        call(span(Some(0), 30, 60), 1),
    ];
    assert_eq!(on_path(&beside, 100, &[]), [(0, 0, 0)], "the run waited for something else");
}

#[test]
fn nested_waste_is_in_both_groups() {
    let spans = [
        span(None, 0, 100),
        call(failed(Some(0), 0, 40), 1),
        call(failed(Some(1), 0, 10), 2),
        call(failed(Some(1), 20, 40), 2),
        call(span(Some(0), 50, 100), 1),
    ];
    assert_eq!(on_path(&spans, 100, &[]), [(40, 10, 1), (30, 10, 2)]);
}
