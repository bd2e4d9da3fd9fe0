//! What a run that is under way has not come to yet.

use super::units::{NONE, Units};
use super::{Pair, Relation};
use crate::model::SpanStatus;

/// By pair, whether it is a step that one run alone has so far: the other is under way, and has come to nothing that stands
/// after it in the same part of the run. It may still come to it.
pub(super) fn awaited(pairs: &[Pair], a: &Units<'_>, b: &Units<'_>) -> Vec<bool> {
    let mut is_awaited = vec![false; pairs.len()];
    if b.run.is_under_way {
        let rows = ahead(a, b, &partners(pairs, a.count(), |pair| (pair.a, pair.b)));
        mark(pairs, &rows, |pair| pair.a.filter(|_| pair.b.is_none()), &mut is_awaited);
    }
    if a.run.is_under_way {
        let rows = ahead(b, a, &partners(pairs, b.count(), |pair| (pair.b, pair.a)));
        mark(pairs, &rows, |pair| pair.b.filter(|_| pair.a.is_none()), &mut is_awaited);
    }
    is_awaited
}

fn mark(pairs: &[Pair], rows: &[bool], alone: impl Fn(&Pair) -> Option<u32>, is_awaited: &mut [bool]) {
    for (pair, is_awaited) in pairs.iter().zip(is_awaited) {
        *is_awaited |= alone(pair).is_some_and(|row| rows[row as usize]);
    }
}

/// By row of one run, the row of the other that is its pair, and whether that stands in the same order; [`NONE`] for none.
fn partners(
    pairs: &[Pair],
    count: usize,
    rows: impl Fn(&Pair) -> (Option<u32>, Option<u32>),
) -> Vec<(u32, bool)> {
    let mut partners = vec![(NONE, false); count];
    for pair in pairs {
        if let (Some(row), Some(other)) = rows(pair) {
            partners[row as usize] = (other, pair.relation == Relation::Matched);
        }
    }
    partners
}

/// By row of `whole`, whether `growing` may still come to it: the part of the run in which it stands has not ended there, and
/// nothing after it in that part has been done.
fn ahead(whole: &Units<'_>, growing: &Units<'_>, partners: &[(u32, bool)]) -> Vec<bool> {
    let count = whole.count();
    // The first row after each that has been done in its turn.
    let mut next_done = vec![NONE; count + 1];
    for row in (0..count).rev() {
        next_done[row] = if partners[row].1 { row as u32 } else { next_done[row + 1] };
    }
    let mut above = vec![NONE; count];
    let mut is_ahead = vec![false; count];
    for row in 0..count {
        let part = match whole.parent(row as u32) {
            Some(parent) if partners[parent as usize].0 != NONE => parent,
            Some(parent) => above[parent as usize],
            None => NONE,
        };
        above[row] = part;
        let (end, has_ended) = if part == NONE {
            (count as u32, false)
        } else {
            let other = partners[part as usize].0;
            let is_open = growing.span(other).status == SpanStatus::Open || growing.is_run(other);
            (part + 1 + whole.run.tree.rows[part as usize].descendants, !is_open)
        };
        is_ahead[row] = partners[row].0 == NONE && !has_ended && next_done[row + 1] >= end;
    }
    is_ahead
}
