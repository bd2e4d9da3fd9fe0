use engine::analysis::{Parent, Roots, SpanFacts, Totals, subtotals, totals, tree};
use engine::model::{SpanKind, SpanStatus, TraceStatus};

use super::{failed, span};

fn sums(spans: &[SpanFacts], roots: Roots) -> Totals {
    totals(spans, &tree(spans), roots)
}

fn tokens(mut span: SpanFacts, input: u64, output: u64) -> SpanFacts {
    span.tokens.input = Some(input);
    span.tokens.output = Some(output);
    span
}

#[test]
fn tokens_repeated_on_the_way_up_count_once() {
    let spans = [
        tokens(span(None, 0, 100), 30, 12), // the agent repeats the sum of its calls
        tokens(span(Some(0), 0, 50), 10, 5),
        tokens(span(Some(0), 50, 100), 20, 7),
        tokens(span(Some(2), 60, 90), 20, 7), // an instrumented client under an instrumented framework
    ];
    let sums = sums(&spans, Roots::Run);
    assert_eq!((sums.input_tokens, sums.output_tokens, sums.total_tokens), (Some(30), Some(12), Some(42)));
}

#[test]
fn a_parent_that_knows_less_or_more_than_its_children_gives_way_to_the_larger() {
    let mut spans = [span(None, 0, 100), tokens(span(Some(0), 0, 50), 10, 5), span(Some(0), 50, 100)];
    spans[0].cost_usd = Some(0.5);
    spans[1].cost_usd = Some(0.25);
    spans[2].tokens.total = Some(100);
    let sums = sums(&spans, Roots::Run);
    assert_eq!((sums.input_tokens, sums.total_tokens, sums.cost_usd), (Some(10), Some(115), Some(0.5)));
}

#[test]
fn what_nobody_gives_is_none() {
    let sums = sums(&[span(None, 3, 9)], Roots::Run);
    assert_eq!((sums.input_tokens, sums.total_tokens, sums.cost_usd, sums.model), (None, None, None, None));
    assert_eq!((sums.start_ns, sums.end_ns, sums.steps), (Some(3), Some(9), 1));
    let sums = self::sums(&[], Roots::Run);
    assert_eq!((sums.status, sums.start_ns, sums.failure), (TraceStatus::Success, None, None));
}

#[test]
fn status_follows_the_root_and_remembers_what_failed_below() {
    let status = |spans: &[SpanFacts], roots| sums(spans, roots).status;
    assert_eq!(status(&[span(None, 0, 9), span(Some(0), 1, 2)], Roots::Run), TraceStatus::Success);
    assert_eq!(status(&[span(None, 0, 9), failed(Some(0), 1, 2)], Roots::Run), TraceStatus::Warning);
    assert_eq!(status(&[failed(None, 0, 9), span(Some(0), 1, 2)], Roots::Run), TraceStatus::Failed);
    let mut open = span(Some(0), 1, 2);
    open.status = SpanStatus::Open;
    assert_eq!(status(&[failed(None, 0, 9), open], Roots::Run), TraceStatus::Running);
    // Steps without a root: the last to end decides, and a wait is no end.
    assert_eq!(status(&[failed(None, 0, 3), span(None, 4, 9)], Roots::Steps), TraceStatus::Warning);
    let mut wait = span(None, 9, 12);
    wait.kind = SpanKind::Wait;
    assert_eq!(status(&[span(None, 0, 3), failed(None, 4, 9), wait], Roots::Steps), TraceStatus::Failed);
    // A lone step is not the run where the roots are steps; an orphan is no root where there is another.
    let mut orphan = failed(None, 20, 30);
    orphan.parent = Parent::Missing;
    assert_eq!(status(&[span(None, 0, 9), orphan], Roots::Run), TraceStatus::Warning);
    assert_eq!(status(&[orphan], Roots::Run), TraceStatus::Failed);
}

#[test]
fn the_failure_is_the_roots_own_else_the_first_one_at_the_bottom() {
    let mut spans = [
        failed(None, 0, 9),
        span(Some(0), 1, 5),
        failed(Some(1), 2, 3),
        failed(Some(0), 6, 8),
        failed(Some(2), 2, 3),
    ];
    assert_eq!(sums(&spans, Roots::Run).failure, Some(0));
    spans[0].has_error_text = false;
    assert_eq!(sums(&spans, Roots::Run).failure, Some(4));
    spans[4].has_error_text = false;
    assert_eq!(sums(&spans, Roots::Run).failure, Some(2));
    assert_eq!(sums(&spans, Roots::Run).errors, 4);
}

#[test]
fn the_model_is_the_one_called_most() {
    let call = |model: u32| SpanFacts { kind: SpanKind::Llm, model: Some(model), ..span(None, 0, 1) };
    let mut agent = span(None, 0, 1);
    agent.model = Some(9);
    assert_eq!(sums(&[agent, call(2), call(1), call(1)], Roots::Run).model, Some(1));
    assert_eq!(sums(&[call(2), call(1)], Roots::Run).model, Some(2), "of equals the first");
    assert_eq!(sums(&[agent], Roots::Run).model, Some(9), "without calls, what there is");
}

#[test]
fn every_subtree_is_counted_as_the_whole_is() {
    let mut spans = [
        tokens(span(None, 0, 100), 30, 12),
        span(Some(0), 0, 50),
        tokens(span(Some(1), 0, 50), 10, 5),
        tokens(span(Some(0), 50, 100), 20, 7),
        tokens(span(Some(3), 60, 90), 20, 7),
        span(Some(0), 90, 95),
    ];
    spans[2].cost_usd = Some(0.25);
    spans[4].cost_usd = Some(0.5);
    spans[3].cost_usd = Some(f64::NAN);
    let tree = tree(&spans);
    let below = subtotals(&spans, &tree);
    assert_eq!(below.tokens, [Some(42), Some(15), Some(15), Some(27), Some(27), None]);
    assert_eq!(below.cost_usd, [Some(0.75), Some(0.25), Some(0.25), Some(0.5), Some(0.5), None]);
    let sums = totals(&spans, &tree, Roots::Run);
    assert_eq!((sums.total_tokens, sums.cost_usd), (below.tokens[0], below.cost_usd[0]));
}
