//! What differs between two steps that are the same, which pairs are differences of the runs, and which of them comes first.

use std::collections::HashSet;

use super::awaited::awaited;
use super::operation::{Class, model_name};
use super::sketch::{Sketch, SketchDifference};
use super::units::{NONE, Units};
use super::{Difference, Pair, Relation, models, runs};
use crate::analysis::Parent;
use crate::model::SpanStatus;

/// Rows between the tries of one operation that are looked at.
const MOST_BETWEEN_TRIES: u32 = 64;

/// What differs in what came of a step.
const AFTER: Difference = Difference(Difference::OUTPUT.0 | Difference::STATUS.0 | Difference::ERROR.0);

/// How a step ended, as far as formats agree on it.
pub(super) fn ended(status: SpanStatus) -> SpanStatus {
    if status == SpanStatus::Unset { SpanStatus::Ok } else { status }
}

/// What differs between row `row_a` of A and row `row_b` of B.
pub(super) fn difference(a: &Units<'_>, b: &Units<'_>, row_a: u32, row_b: u32) -> Difference {
    let mut difference = Difference::default();
    let (span_a, span_b) = (a.span(row_a), b.span(row_b));
    let (operation_a, operation_b) = (a.operation(row_a), b.operation(row_b));
    // A run's name is what its source calls it, nothing that it does.
    let is_run = |units: &Units<'_>, row: u32| units.run_row == Some(row);
    let is_named_by_source =
        (is_run(a, row_a) && a.run.has_own_row) || (is_run(b, row_b) && b.run.has_own_row);
    if operation_a.name != operation_b.name && !is_named_by_source {
        difference.insert(Difference::NAME);
    }
    let model = |units: &Units<'_>, index: Option<u32>| {
        index.and_then(|index| units.run.strings.get(index as usize)).map(|text| model_name(text))
    };
    if let (Some(model_a), Some(model_b)) = (model(a, span_a.model), model(b, span_b.model))
        && model_a != model_b
    {
        difference.insert(Difference::MODEL);
    }
    if let (Some(said_a), Some(said_b)) = (a.said(row_a), b.said(row_b)) {
        let (of_input, of_output) =
            (compare(&said_a.input, &said_b.input), compare(&said_a.output, &said_b.output));
        difference.insert_if(of_input, Difference::INPUT, Difference::INPUT_WORDING);
        let have_failed = span_a.status == SpanStatus::Error && span_b.status == SpanStatus::Error;
        let of_error = have_failed.then(|| compare(&said_a.error, &said_b.error)).flatten();
        if of_error == Some(SketchDifference::Substance) {
            // Of steps that failed, sources give the failure as what came out.
            difference.insert(Difference::ERROR);
        } else {
            difference.insert_if(of_output, Difference::OUTPUT, Difference::OUTPUT_WORDING);
        }
    }
    let tries = |units: &Units<'_>, row: u32| units.earlier_tries.get(&row).map_or(0, Vec::len);
    if ended(span_a.status) != ended(span_b.status) {
        difference.insert(Difference::STATUS);
        // What came out of the one that failed is no answer.
        difference.remove(Difference(Difference::OUTPUT.0 | Difference::OUTPUT_WORDING.0));
    }
    if tries(a, row_a) != tries(b, row_b) {
        difference.insert(Difference::ATTEMPTS);
    }
    // What has not ended may still come to the same.
    let goes_on =
        |units: &Units<'_>, row: u32| units.run.is_under_way && units.span(row).status == SpanStatus::Open;
    if goes_on(a, row_a) || goes_on(b, row_b) {
        [Difference::STATUS, Difference::OUTPUT, Difference::OUTPUT_WORDING, Difference::ATTEMPTS]
            .into_iter()
            .for_each(|bit| difference.remove(bit));
    }
    difference
}

/// How two texts differ; `None` where one of them is not known.
fn compare<S: AsRef<Sketch>>(one: &Option<S>, other: &Option<S>) -> Option<SketchDifference> {
    one.as_ref().zip(other.as_ref()).map(|(one, other)| one.as_ref().compare(other.as_ref()))
}

/// Says of each pair whether it is a difference, and gives the first that shows another decision.
///
/// A difference is a step that both have, and not alike: another name, model, status, input or output in substance, number of
/// tries, or place in the order of the run. Or it is a step that one run alone has, with all that is below it. No difference are
/// wording, ids and times; levels that one format alone has, pauses, tries, which count with their operation, and what a run
/// that is under way has not come to yet.
pub(super) fn tell(pairs: &mut [Pair], a: &Units<'_>, b: &Units<'_>) -> Option<u32> {
    let runs = runs::pair_of_runs(pairs, a, b);
    if let Some(runs) = runs {
        runs::tell_of_end(&mut pairs[runs], a, b);
        models::tell_of_runs(pairs, runs, a, b);
    }
    for (is_awaited, pair) in awaited(pairs, a, b).into_iter().zip(pairs.iter_mut()) {
        pair.is_awaited = is_awaited;
    }
    keep_moves(pairs, a, b);
    let holds_match = holds_match(pairs, a, b);
    let decides = decisions(pairs, &holds_match, a, b);
    let first = first(pairs, &decides, a, b);
    // Formats that have levels of their own call those that both have as they like.
    let is_level = |(pair, holds): (&Pair, &bool)| *holds && (pair.a.is_none() || pair.b.is_none());
    let has_levels = pairs.iter().zip(&holds_match).any(is_level);
    let counts = |pair: &Pair| {
        let is_tool = |units: &Units<'_>, row: Option<u32>| {
            row.is_some_and(|row| units.operation(row).class == Class::Tool)
        };
        let is_tool = is_tool(a, pair.a) || is_tool(b, pair.b);
        let is_named = pair.difference.has_any(Difference::NAME) && (is_tool || !has_levels);
        let others = Difference(Difference::SUBSTANCE.0 & !Difference::NAME.0);
        pair.try_of.is_none() && (is_named || pair.difference.has_any(others))
    };
    // By pair, whether it is a difference or lies below one that one run alone has.
    let mut is_told = vec![false; pairs.len()];
    for (at, is_decision) in decides.into_iter().enumerate() {
        let pair = &pairs[at];
        let is_in_both = pair.a.is_some() && pair.b.is_some();
        let above = pair.parent.map(|parent| parent as usize);
        let is_part = !is_in_both
            && above.is_some_and(|above| is_told[above] && pairs[above].relation == pair.relation);
        // What differs between the runs is told where one format alone has a row for them.
        let is_of_runs = !is_in_both && runs == Some(at) && counts(pair);
        let is_alone = !is_in_both && is_decision && !is_part && !is_of_runs;
        is_told[at] = is_alone || is_part;
        pairs[at].is_difference = is_alone || is_of_runs || (is_in_both && (is_decision || counts(pair)));
    }
    first
}

/// By pair, whether it is another decision before what is below it is looked at: given something else, another tool, at another
/// place, or a step of one run alone.
fn decisions(pairs: &[Pair], holds_match: &[bool], a: &Units<'_>, b: &Units<'_>) -> Vec<bool> {
    let between_a = between_tries(pairs, a, |pair| pair.a.filter(|_| pair.b.is_none()), |pair| pair.a);
    let between_b = between_tries(pairs, b, |pair| pair.b.filter(|_| pair.a.is_none()), |pair| pair.b);
    let has_levels = |is_alone: fn(&Pair) -> bool| {
        pairs.iter().zip(holds_match).any(|(pair, holds)| *holds && is_alone(pair))
    };
    let foreign_b = has_levels(|pair| pair.b.is_none()).then(|| b.operation_keys());
    let foreign_a = has_levels(|pair| pair.a.is_none()).then(|| a.operation_keys());
    let before = |at: usize, pair: &Pair| match (pair.a, pair.b) {
        _ if pair.try_of.is_some() || pair.is_awaited => false,
        (Some(row_a), Some(row_b)) => {
            let is_tool = a.operation(row_a).class == Class::Tool || b.operation(row_b).class == Class::Tool;
            pair.difference.has_any(Difference::INPUT)
                || (is_tool && pair.difference.has_any(Difference::NAME))
                || pair.relation == Relation::Moved
        }
        (Some(row), None) => is_step(a, row, &foreign_b) && !between_a.contains(&row) && !holds_match[at],
        (None, Some(row)) => is_step(b, row, &foreign_a) && !between_b.contains(&row) && !holds_match[at],
        (None, None) => false,
    };
    pairs.iter().enumerate().map(|(at, pair)| before(at, pair)).collect()
}

/// Leaves only those pairs at another place in which that is a difference: work, whose order nothing but a decision made. What
/// holds work moved with it, tries count with their operation, and the order of what ran side by side says nothing.
fn keep_moves(pairs: &mut [Pair], a: &Units<'_>, b: &Units<'_>) {
    let mut b_of = vec![NONE; a.count()];
    for (row_a, row_b) in pairs.iter().filter_map(|pair| pair.a.zip(pair.b)) {
        b_of[row_a as usize] = row_b;
    }
    for pair in pairs.iter_mut().filter(|pair| pair.relation == Relation::Moved) {
        let is_decided = pair.try_of.is_none()
            && pair.a.zip(pair.b).is_some_and(|(row_a, row_b)| {
                a.is_work[row_a as usize]
                    && !is_placed_by_times(a, row_a)
                    && !is_placed_by_times(b, row_b)
                    && !is_side_by_side(a, b, &b_of, row_a)
            });
        if !is_decided {
            pair.relation = Relation::Matched;
        }
    }
}

/// The first pair, in the order in which things happened, that shows another decision. What went into a step comes before the
/// steps below it, and what came out of it after them, so that a run does not differ from the other at its root. A step that
/// has not ended has decided nothing yet.
fn first(pairs: &[Pair], decides: &[bool], a: &Units<'_>, b: &Units<'_>) -> Option<u32> {
    let is_open = |units: &Units<'_>, row: Option<u32>| {
        row.is_some_and(|row| units.span(row).status == SpanStatus::Open)
    };
    let after = |pair: &Pair| {
        pair.try_of.is_none() && !is_open(a, pair.a) && !is_open(b, pair.b) && pair.difference.has_any(AFTER)
    };
    // Pairs around the one that is read, the innermost last.
    let mut open: Vec<usize> = Vec::new();
    for (at, pair) in pairs.iter().enumerate() {
        while let Some(last) = open.last().copied().filter(|last| pair.parent != Some(*last as u32)) {
            if after(&pairs[last]) {
                return Some(last as u32);
            }
            open.pop();
        }
        if decides[at] {
            return Some(at as u32);
        }
        // A model has decided before the tools run that some formats put below it.
        let is_model = pair.a.is_some_and(|row| a.operation(row).class == Class::Model);
        if is_model && after(pair) {
            return Some(at as u32);
        }
        open.push(at);
    }
    open.into_iter().rev().find(|at| after(&pairs[*at])).map(|at| at as u32)
}

/// Whether a row that one run alone has is something that it did: not the run itself, and no pause. `others` are
/// the operations of the other run, where the format of this one tells of levels that the other's does not: a chain, too, that
/// the other run never has is then one of those, unless it was tried again or did something itself.
fn is_step(units: &Units<'_>, row: u32, others: &Option<HashSet<u64>>) -> bool {
    let operation = units.operation(row);
    let is_level = operation.class == Class::Holder
        && !units.earlier_tries.contains_key(&row)
        && !did_something(units, row)
        && others.as_ref().is_some_and(|others| !others.contains(&operation.key()));
    !units.is_run(row) && operation.class != Class::Wait && !is_level
}

/// Whether a step of no kind did something that nothing below it tells of: it was given or gave something, and did more than
/// hand on what it was given, or what the step before it gave.
fn did_something(units: &Units<'_>, row: u32) -> bool {
    if !units.is_work[row as usize] {
        return false;
    }
    let Some(said) = units.said(row) else { return false };
    let is_telling = |sketch: &Option<Sketch>| sketch.as_ref().is_some_and(Sketch::is_telling);
    let at = units.work.partition_point(|other| *other < row);
    let before = at.checked_sub(1).and_then(|at| units.said(*units.work.get(at)?));
    // Messages are put together of parts, and a text by itself is one.
    let is_same = |one: &Sketch, other: &Sketch| {
        let alone = |sketch: &Sketch| Sketch::of_parts([sketch.clone()]);
        [one.compare(other), alone(one).compare(other), one.compare(&alone(other))]
            .iter()
            .any(|difference| *difference != SketchDifference::Substance)
    };
    let handed_on = [Some(&said.input), before.map(|said| &said.output)];
    let hands_on = said
        .output
        .as_ref()
        .is_some_and(|output| handed_on.into_iter().flatten().flatten().any(|given| is_same(output, given)));
    (is_telling(&said.input) || is_telling(&said.output)) && !hands_on
}

/// By pair that one run alone has, whether anything below it in its own run is in both: then it is a level, which the other
/// does without, or a part of which the steps are told by themselves. Pauses and tries make none.
fn holds_match(pairs: &[Pair], a: &Units<'_>, b: &Units<'_>) -> Vec<bool> {
    let holds = |units: &Units<'_>, rows: &mut dyn Iterator<Item = u32>| {
        let mut holds = vec![false; units.count()];
        let mut is_matched = vec![false; units.count()];
        rows.filter(|row| !units.is_in_try[*row as usize] && units.operation(*row).class != Class::Wait)
            .for_each(|row| is_matched[row as usize] = true);
        for row in (0..units.count()).rev() {
            if let Some(parent) = units.parent(row as u32) {
                holds[parent as usize] |= holds[row] || is_matched[row];
            }
        }
        holds
    };
    let both = || pairs.iter().filter_map(|pair| pair.a.zip(pair.b));
    let holds_a = holds(a, &mut both().map(|(row, _)| row));
    let holds_b = holds(b, &mut both().map(|(_, row)| row));
    let of = |pair: &Pair| match (pair.a, pair.b) {
        (Some(row), _) => holds_a[row as usize],
        (None, Some(row)) => holds_b[row as usize],
        (None, None) => false,
    };
    pairs.iter().map(of).collect()
}

/// Calls of models between the tries of one operation, which asked for the next try.
fn between_tries(
    pairs: &[Pair],
    units: &Units<'_>,
    alone: impl Fn(&Pair) -> Option<u32>,
    row_of: impl Fn(&Pair) -> Option<u32>,
) -> HashSet<u32> {
    if units.earlier_tries.is_empty() {
        return HashSet::new();
    }
    let rows_alone: HashSet<u32> = pairs.iter().filter_map(alone).collect();
    let mut between = HashSet::new();
    for last in pairs.iter().filter_map(row_of).filter(|row| !rows_alone.contains(row)) {
        let Some(first) = units.earlier_tries.get(&last).and_then(|tries| tries.first().copied()) else {
            continue;
        };
        if last.saturating_sub(first) <= MOST_BETWEEN_TRIES {
            let is_call = |row: &u32| rows_alone.contains(row) && units.operation(*row).class == Class::Model;
            between.extend((first..last).filter(is_call));
        }
    }
    between
}

/// Whether it follows from times alone below which step a row stands: one that took longer is no decision.
fn is_placed_by_times(units: &Units<'_>, row: u32) -> bool {
    matches!(units.span(row).parent, Parent::Inferred(_))
}

/// Whether a step of A changed places with one beside it that it ran at the same time as, in either run: their order says
/// nothing then.
fn is_side_by_side(a: &Units<'_>, b: &Units<'_>, b_of: &[u32], row: u32) -> bool {
    let at = a.work.partition_point(|other| *other < row);
    let neighbours = at.checked_sub(1).into_iter().chain([at + 1]).filter_map(|at| a.work.get(at).copied());
    let mut crossed = neighbours
        .map(|other| (other, b_of[other as usize]))
        .filter(|(other, other_b)| *other_b != NONE && (*other < row) != (*other_b < b_of[row as usize]))
        .peekable();
    crossed.peek().is_some()
        && crossed.all(|(other, other_b)| overlap(a, row, other) || overlap(b, b_of[row as usize], other_b))
}

/// Whether two steps ran at the same time for more than a moment: times are often rounded.
fn overlap(units: &Units<'_>, one: u32, other: u32) -> bool {
    let interval = |row: u32| Some((units.span(row).start_ns?, units.span(row).end_ns?));
    let (Some(one), Some(other)) = (interval(one), interval(other)) else { return false };
    let both = one.1.min(other.1).saturating_sub(one.0.max(other.0));
    let shorter = one.1.saturating_sub(one.0).min(other.1.saturating_sub(other.0));
    both > shorter / 10
}
