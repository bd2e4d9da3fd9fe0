//! What differs between two runs as wholes, whatever rows their formats have for them.

use super::divergence::ended;
use super::units::Units;
use super::{Difference, Pair};
use crate::model::SpanStatus;

/// The pair that stands for the two runs: that of their rows; else the row that a source has for its run, or that stands above
/// all others, though it has no partner.
pub(super) fn pair_of_runs(pairs: &[Pair], a: &Units<'_>, b: &Units<'_>) -> Option<usize> {
    let is_run_of = |units: &Units<'_>, row: Option<u32>| row.is_some() && row == units.run_row;
    let has_own = |units: &Units<'_>, row: Option<u32>| units.run.has_own_row && is_run_of(units, row);
    let is_both = |pair: &Pair| is_run_of(a, pair.a) && is_run_of(b, pair.b);
    let is_own = |pair: &Pair| has_own(a, pair.a) || has_own(b, pair.b);
    let is_any = |pair: &Pair| is_run_of(a, pair.a) || is_run_of(b, pair.b);
    let find = |is_it: &dyn Fn(&Pair) -> bool| pairs.iter().position(is_it);
    find(&is_both).or_else(|| find(&is_own)).or_else(|| find(&is_any))
}

/// Adds to the pair of the runs that they did not end alike: a run that failed is never the same as one that did not.
pub(super) fn tell_of_end(pair: &mut Pair, a: &Units<'_>, b: &Units<'_>) {
    let (end_a, end_b) = (ended(a.run.status), ended(b.run.status));
    let is_in_both = pair.a.is_some() && pair.b.is_some();
    // Of rows that are there, it is known how they ended; but a source may say of a run that it failed where no row did.
    let is_other = end_a != end_b && (!is_in_both || [end_a, end_b].contains(&SpanStatus::Error));
    if is_other && !a.run.is_under_way && !b.run.is_under_way {
        pair.difference.insert(Difference::STATUS);
        pair.difference.remove(Difference(Difference::OUTPUT.0 | Difference::OUTPUT_WORDING.0));
    }
}
