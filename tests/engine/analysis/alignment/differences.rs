//! What counts as a difference, and what is passed over: levels of formats, what is still to come, how steps failed.

use engine::analysis::alignment::{Alignment, ByHand, Difference, Relation};
use engine::model::SpanStatus;

use super::cases::{Owned, RESEARCH, aligned, differences, drawn_pairs, run};

/// Names of the differences, in order.
fn told(a: &Owned, b: &Owned) -> Vec<String> {
    let alignment = aligned(a, b, &ByHand::default());
    let name = |at: usize| {
        let pair = alignment.pairs[at];
        pair.a.map_or_else(|| b.name(pair.b.unwrap()), |row| a.name(row)).to_owned()
    };
    differences(&alignment).into_iter().map(name).collect()
}

/// The same run as a graph tells it, whose steps are of no kind.
const GRAPH: &str = r#"
    other LangGraph | which papers
      other agent
        llm ChatOpenAI | which papers | {"search": {"q": "alpha"}}
        other should_continue | {"asked": "search"} | tools
      other tools
        other search | {"q": "alpha"} | found 3
        other Web-Search | {"query": "alpha"} | nothing of use
      other agent
        llm ChatOpenAI | found 3 | {"fetch": {"n": 1}}
      other tools
        other fetch | {"n": 1} | text of the first
      other agent
        llm ChatOpenAI | text of the first | It is about alignment.
        other Parser | It is about alignment. | It is about alignment.
        other Printer | everything | It is about alignment.
        other Marker
"#;

#[test]
fn what_a_step_of_no_kind_did_counts_and_what_only_hands_on_does_not() {
    let (flat, graph) = (run(RESEARCH), run(GRAPH));
    assert_eq!(told(&flat, &graph), ["should_continue", "Web-Search"]);
    assert_eq!(told(&graph, &flat), ["should_continue", "Web-Search"]);
}

#[test]
fn a_level_whose_steps_stand_elsewhere_in_the_other_run_is_passed_over() {
    // The second call of B's graph is in A below the one agent that it has.
    let graph = r#"
    other LangGraph | which papers
      other planner
        llm ChatOpenAI | which papers | {"search": {"q": "alpha"}}
      tool search | {"q": "alpha"} | found 3
      other writer
        llm ChatOpenAI | found 3 | done
    "#;
    let flat = r#"
    agent research | which papers
      llm chat | which papers | {"search": {"q": "alpha"}}
      tool search | {"q": "alpha"} | found 3
      llm chat | found 3 | done
    "#;
    assert_eq!(told(&run(flat), &run(graph)), [] as [String; 0]);
}

#[test]
fn a_run_under_way_lacks_only_what_it_has_passed() {
    let so_far = r#"
    agent ?research | which papers
      llm chat | which papers | {"search": {"q": "alpha"}}
      llm chat | found 3 | {"fetch": {"n": 1}}
      tool ?fetch | {"n": 1}
    "#;
    let a = run(RESEARCH);
    let awaited = |alignment: &Alignment| {
        alignment
            .pairs
            .iter()
            .filter(|pair| pair.is_awaited)
            .map(|pair| pair.a.or(pair.b))
            .collect::<Vec<_>>()
    };
    let (going, ended) = (run(so_far).under_way(), run(so_far));
    let alignment = aligned(&a, &going, &ByHand::default());
    assert_eq!(awaited(&alignment), [Some(5)], "{}", drawn_pairs(&a, &going, &alignment));
    assert_eq!(told(&a, &going), ["search"], "which it did without");
    assert_eq!(awaited(&aligned(&going, &a, &ByHand::default())), [Some(5)]);
    // Once it ends, what it did not do is missing; a step that has no end is one that did not end.
    assert!(awaited(&aligned(&a, &ended, &ByHand::default())).is_empty());
    assert_eq!(told(&a, &ended), ["research", "search", "fetch", "chat"]);
}

#[test]
fn parts_of_a_run_under_way_that_run_side_by_side_are_each_awaited() {
    let whole = r#"
    agent run
      agent writer
        llm chat | write it | text
        tool check | {"t": 1} | fine
      agent editor
        llm chat | edit it | better
        tool print | {"n": 1} | printed
    "#;
    let both = whole
        .replace("        tool check | {\"t\": 1} | fine\n", "")
        .replace("        tool print | {\"n\": 1} | printed\n", "");
    let open = both.replace("agent ", "agent ?");
    assert_eq!(told(&run(whole), &run(&open).under_way()), [] as [String; 0]);
    let writer_ended = open.replace("?writer", "writer");
    assert_eq!(told(&run(whole), &run(&writer_ended).under_way()), ["check"], "its part has ended");
}

#[test]
fn the_only_steps_of_two_runs_are_each_others_whatever_they_are_called() {
    for (a, b) in [
        ("tool other | {\"q\": 1} | found", "tool KD-99817 | {\"z\": 9} | lost"),
        ("tool other", "tool KD-99817"),
        ("llm ask | a | b", "tool look | c | d"),
    ] {
        let (a, b) = (run(a), run(b));
        for (a, b) in [(&a, &b), (&b, &a)] {
            let alignment = aligned(a, b, &ByHand::default());
            assert_eq!(alignment.pairs.len(), 1, "{}", drawn_pairs(a, b, &alignment));
            assert!(alignment.pairs[0].difference.has_any(Difference::NAME));
            assert_eq!(alignment.first_difference, Some(0));
        }
    }
    // A tool beside an agent that did something is no run.
    let (a, b) =
        (run("tool other | {\"q\": 1} | found"), run("agent assistant\n  llm chat | hello | good day"));
    assert_eq!(told(&a, &b), ["other", "chat"]);
}

#[test]
fn steps_that_failed_differ_in_how_they_failed_or_in_what_came_out() {
    let tool = |output: &str, error: &str| {
        run(&format!("agent a\n  tool !buy | {{\"item\": 1}} | {output} | {error}"))
    };
    let bits = |a: &Owned, b: &Owned| {
        let alignment = aligned(a, b, &ByHand::default());
        assert_eq!(alignment.first_difference.is_some(), !differences(&alignment).is_empty());
        alignment.pairs[1].difference.0
    };
    let declined = tool("{\"error\": \"card declined\"}", "card declined");
    let unreachable = tool("{\"error\": \"network unreachable\"}", "network unreachable");
    assert_eq!(bits(&declined, &unreachable), Difference::ERROR.0);
    let other_answer = tool("{\"tried\": 7}", "card declined");
    assert_eq!(bits(&declined, &other_answer), Difference::OUTPUT.0, "it failed in the same way");
    assert_eq!(bits(&declined, &tool("{\"error\": \"card declined\"}", "card declined")), 0);
    assert_eq!(bits(&tool("", "card declined"), &tool("", "network unreachable")), Difference::ERROR.0);
}

#[test]
fn a_run_that_failed_is_another_than_one_that_did_not_whatever_rows_they_have() {
    let step = "tool plan | {\"goal\": \"shoes\"} | x";
    let reported =
        |status: SpanStatus| run(&format!("agent find-shoes\n  {step}")).reported().that_ended(status);
    let span = run(step);
    assert_eq!(
        told(&span, &reported(SpanStatus::Ok)),
        [] as [String; 0],
        "a row for the run is no difference"
    );
    let failed = reported(SpanStatus::Error);
    for (a, b) in [(&span, &failed), (&failed, &span)] {
        let alignment = aligned(a, b, &ByHand::default());
        let drawn = drawn_pairs(a, b, &alignment);
        assert_eq!(told(a, b), ["find-shoes"], "{drawn}");
        assert_eq!(alignment.pairs[0].difference, Difference::STATUS, "{drawn}");
        assert_eq!(alignment.first_difference, Some(0), "{drawn}");
    }
    // What is below that row is told by itself.
    let more = run(&format!("agent find-shoes\n  {step}\n  tool buy | {{\"n\": 1}} | bought"))
        .reported()
        .that_ended(SpanStatus::Error);
    assert_eq!(told(&span, &more), ["find-shoes", "buy"]);
}

#[test]
fn a_run_without_steps_and_one_that_is_a_span_are_each_others() {
    let empty = run("agent !long | context | context").reported();
    let span = run("llm ChatOpenAI | hello | good day");
    for (a, b) in [(&empty, &span), (&span, &empty)] {
        let alignment = aligned(a, b, &ByHand::default());
        assert_eq!(alignment.pairs.len(), 1, "{}", drawn_pairs(a, b, &alignment));
        let bits = Difference(Difference::STATUS.0 | Difference::INPUT.0);
        assert_eq!(alignment.pairs[0].difference, bits);
    }
}

#[test]
fn what_came_out_of_a_step_that_failed_in_one_run_is_no_answer_of_it() {
    let tool = |name: &str, output: &str| run(&format!("agent a\n  tool {name} | {{\"n\": 1}} | {output}"));
    let alignment = aligned(&tool("buy", "bought"), &tool("!buy", "{\"error\": 1}"), &ByHand::default());
    assert_eq!(alignment.pairs[1].difference, Difference::STATUS);
}

#[test]
fn only_what_counts_as_another_place_is_called_moved() {
    let steps = |order: [u32; 3]| {
        let steps = order.map(|n| format!("  tool fetch | {{\"url\": \"page-{n}\"}} | text {n}"));
        run(&format!("agent a\n{}", steps.join("\n")))
    };
    let moved = |a: &Owned, b: &Owned| {
        let alignment = aligned(a, b, &ByHand::default());
        let moved: Vec<bool> = alignment
            .pairs
            .iter()
            .filter(|pair| pair.relation == Relation::Moved)
            .map(|pair| pair.is_difference)
            .collect();
        moved
    };
    let (one, other) = (steps([1, 2, 3]), steps([2, 1, 3]));
    assert_eq!(moved(&one, &other), [true], "one after the other");
    assert_eq!(moved(&steps([1, 2, 3]).at_once(), &other.at_once()), [] as [bool; 0], "side by side");
}
