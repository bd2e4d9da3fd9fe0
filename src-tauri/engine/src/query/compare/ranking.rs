//! What differs between two aligned runs, ranked by what it explains: how they ended, time, tokens, cost.

use std::collections::BTreeMap;

use super::side::Side;
use crate::analysis::alignment::{Alignment, Difference, Pair};
use crate::dto::SpanTree;
use crate::model::SpanStatus;

/// More are not listed.
const MOST: usize = 500;
/// A step in which both did the same is listed for its time, tokens or cost from this share of the larger run on …
const WORTH_SHARE: f64 = 0.02;
/// … and from this time on.
pub(super) const WORTH_NS: f64 = 1e6;
/// Times and costs closer than this to each other are equal: clocks and sums are no finer.
const NOISE_NS: f64 = 1e5;
const NOISE_USD: f64 = 1e-9;

/// Numbers of a step, with all below it. What is not known counts as nothing.
#[derive(Clone, Copy, Default)]
pub(super) struct Numbers {
    pub(super) time_ns: f64,
    pub(super) tokens: f64,
    pub(super) cost_usd: f64,
}

impl Numbers {
    fn of(tree: &SpanTree, row: Option<u32>) -> Self {
        let at = |column: &[f64]| {
            row.and_then(|row| column.get(row as usize)).map_or(0.0, |number| number.max(0.0))
        };
        Self {
            time_ns: at(&tree.duration_ns),
            tokens: at(&tree.below_tokens),
            cost_usd: at(&tree.below_cost_usd),
        }
    }

    fn minus(self, other: Self) -> Self {
        Self {
            time_ns: self.time_ns - other.time_ns,
            tokens: self.tokens - other.tokens,
            cost_usd: self.cost_usd - other.cost_usd,
        }
    }

    pub(super) fn plus(self, other: Self) -> Self {
        self.minus(Self::default().minus(other))
    }

    /// Without what is too little to be told.
    fn without_noise(self) -> Self {
        let above = |number: f64, noise: f64| if number.abs() < noise { 0.0 } else { number };
        Self {
            time_ns: above(self.time_ns, NOISE_NS),
            tokens: self.tokens,
            cost_usd: above(self.cost_usd, NOISE_USD),
        }
    }
}

/// How far B is above A in each pair and all below.
fn deltas(a: &Side, b: &Side, pairs: &[Pair]) -> Vec<Numbers> {
    let of =
        |side: &Side, row: Option<u32>| Numbers::of(&side.shown, row.map(|row| side.shown_row[row as usize]));
    pairs.iter().map(|pair| of(b, pair.b).minus(of(a, pair.a))).collect()
}

/// Whether one run alone has a pair, as a level around steps: what it adds between them, it adds to what stands above it.
fn is_level(a: &Side, b: &Side, pair: &Pair) -> bool {
    let has_below = |side: &Side, row: u32| {
        side.shown.descendants.get(side.shown_row[row as usize] as usize).is_some_and(|below| *below > 0)
    };
    let is_holder = match (pair.a, pair.b) {
        (Some(row), None) => has_below(a, row),
        (None, Some(row)) => has_below(b, row),
        _ => false,
    };
    is_holder && !pair.is_difference && pair.try_of.is_none()
}

/// Whether it is known how long a pair's steps took; what one run does not have took it no time.
fn is_time_known(a: &Side, b: &Side, pair: &Pair) -> bool {
    let is_known = |side: &Side, row: Option<u32>| {
        row.is_none_or(|row| side.took_ns(side.shown_row[row as usize]).is_some())
    };
    is_known(a, pair.a) && is_known(b, pair.b)
}

/// How far B is above A in each pair, without what lies in pairs below it, and with the tries before it, the pauses between
/// these and the levels around its steps that one run alone has.
pub(super) fn own(a: &Side, b: &Side, pairs: &[Pair]) -> Vec<Numbers> {
    let whole = deltas(a, b, pairs);
    let mut own = whole.clone();
    for (operation, waited) in waits(a, b, pairs, &whole) {
        own[operation as usize] = own[operation as usize].plus(waited);
        if let Some(parent) = pairs[operation as usize].parent {
            own[parent as usize] = own[parent as usize].minus(waited);
        }
    }
    for (pair, delta) in pairs.iter().zip(&whole) {
        // A try is told below its operation and took place beside it.
        let is_below_operation = pair.parent.is_some() && pair.parent == pair.try_of;
        let beside = pair.parent.filter(|_| is_below_operation);
        if let Some(parent) = beside.map_or(pair.parent, |operation| pairs[operation as usize].parent) {
            own[parent as usize] = own[parent as usize].minus(*delta);
        }
        if let Some(operation) = pair.try_of.filter(|_| is_outermost_of_try(pairs, pair)) {
            own[operation as usize] = own[operation as usize].plus(*delta);
        }
    }
    for at in (0..pairs.len()).rev().filter(|at| is_level(a, b, &pairs[*at])) {
        if let Some(parent) = pairs[at].parent {
            let between = std::mem::take(&mut own[at]);
            own[parent as usize] = own[parent as usize].plus(between);
        }
    }
    for (own, _) in own.iter_mut().zip(pairs).filter(|(_, pair)| !is_time_known(a, b, pair)) {
        own.time_ns = 0.0;
    }
    own
}

/// By operation whose tries stand below it, how much longer B waited between them, beside pauses that are steps.
fn waits(a: &Side, b: &Side, pairs: &[Pair], whole: &[Numbers]) -> BTreeMap<u32, Numbers> {
    let mut waits: BTreeMap<u32, Numbers> = BTreeMap::new();
    for (pair, delta) in pairs.iter().zip(whole).filter(|(pair, _)| pair.parent == pair.try_of) {
        let Some(operation) = pair.try_of else { continue };
        let wait = waits.entry(operation).or_insert_with(|| {
            let last = &pairs[operation as usize];
            let took_ns = |side: &Side, row: Option<u32>| {
                row.and_then(|row| side.took_ns(side.shown_row[row as usize])).unwrap_or(0.0)
            };
            let with_tries_ns = took_ns(b, last.b) - took_ns(a, last.a);
            Numbers { time_ns: with_tries_ns - whole[operation as usize].time_ns, ..Numbers::default() }
        });
        wait.time_ns -= delta.time_ns;
    }
    waits
}

/// How far B is above A in a pair that both have and in all below it, with the tries before it: what its row shows.
fn whole(a: &Side, b: &Side, pairs: &[Pair]) -> Vec<Numbers> {
    let deltas = deltas(a, b, pairs);
    let mut whole = deltas.clone();
    for (pair, delta) in pairs.iter().zip(&deltas).filter(|(pair, _)| is_outermost_of_try(pairs, pair)) {
        if let Some(operation) = pair.try_of {
            whole[operation as usize] = whole[operation as usize].plus(*delta);
        }
    }
    for (whole, pair) in whole.iter_mut().zip(pairs) {
        let took_ns = |side: &Side, row: Option<u32>| side.took_ns(side.shown_row[row? as usize]);
        whole.time_ns = took_ns(b, pair.b).zip(took_ns(a, pair.a)).map_or(0.0, |(b, a)| b - a);
    }
    whole
}

/// Whether both have a pair, and one of them steps below it.
fn is_container_of_both(a: &Side, b: &Side, pair: &Pair) -> bool {
    let has_below =
        |side: &Side, row: u32| side.shown.descendants.get(side.shown_row[row as usize] as usize) > Some(&0);
    pair.a.zip(pair.b).is_some_and(|(row_a, row_b)| has_below(a, row_a) || has_below(b, row_b))
}

/// Whether a pair is a try or a pause between tries, not a part of one.
fn is_outermost_of_try(pairs: &[Pair], pair: &Pair) -> bool {
    pair.parent.is_none_or(|parent| pairs[parent as usize].try_of != pair.try_of)
}

/// Whether both have a step, and one of them has not ended.
fn is_under_way(a: &Side, b: &Side, pair: &Pair) -> bool {
    let is_open =
        |side: &Side, row: u32| side.shown.status_at(side.shown_row[row as usize]) == SpanStatus::Open;
    pair.a.zip(pair.b).is_some_and(|(row_a, row_b)| is_open(a, row_a) || is_open(b, row_b))
}

/// A pair, and how far B is above A for it.
pub(super) struct Ranked {
    pub(super) pair: u32,
    pub(super) by: Numbers,
}

/// What differs, and what took another time, other tokens or cost; each with that which explains most first.
pub(super) struct Ranking {
    /// The differences, as alignment tells them; at most 500.
    pub(super) differences: Vec<Ranked>,
    /// Steps that are no difference and took notably longer or less, or cost more or less; at most 500.
    pub(super) drifts: Vec<Ranked>,
}

/// Ranks the pairs by what each adds itself, so that their sums are those of the runs. A difference of a step that holds others
/// is told with the numbers of all of it, as its row shows them. A part that one run alone has is one difference, however many
/// steps it has; tries are told with their operation.
pub(super) fn ranking(a: &Side, b: &Side, alignment: &Alignment) -> Ranking {
    let pairs = &alignment.pairs;
    let is_part = alignment.parts_of_differences();
    let mut by = own(a, b, pairs);
    let whole = whole(a, b, pairs);
    for at in (0..pairs.len()).rev().filter(|at| is_part[*at] && pairs[*at].try_of.is_none()) {
        if let Some(parent) = pairs[at].parent {
            by[parent as usize] = by[parent as usize].plus(by[at]);
        }
    }
    let total = |side: &Side| Numbers {
        time_ns: side.shown.total_ns,
        tokens: side.summary.total_tokens.map_or(0.0, |tokens| tokens as f64),
        cost_usd: side.summary.cost_usd.unwrap_or(0.0),
    };
    let (total_a, total_b) = (total(a), total(b));
    let share = |by: f64, a: f64, b: f64| if a.max(b) > 0.0 { by.abs() / a.max(b) } else { 0.0 };
    let mut differences: Vec<(f64, Ranked)> = Vec::new();
    let mut drifts: Vec<(f64, Ranked)> = Vec::new();
    for (at, pair) in pairs
        .iter()
        .enumerate()
        .filter(|(at, pair)| !is_part[*at] && pair.try_of.is_none() && !pair.is_awaited)
    {
        // What is under way has not taken its time yet.
        let by = if is_under_way(a, b, pair) { Numbers::default() } else { by[at].without_noise() };
        let time_share = share(by.time_ns, total_a.time_ns, total_b.time_ns);
        let weight = time_share.max(share(by.tokens, total_a.tokens, total_b.tokens)).max(share(
            by.cost_usd,
            total_a.cost_usd,
            total_b.cost_usd,
        ));
        let is_told_whole =
            pair.is_difference && is_container_of_both(a, b, pair) && !is_under_way(a, b, pair);
        let told = if is_told_whole { whole[at].without_noise() } else { by };
        let ranked = Ranked { pair: at as u32, by: told };
        if pair.is_difference {
            let is_status = pair.difference.has_any(Difference::STATUS);
            let is_first = alignment.first_difference == Some(at as u32);
            let rank = weight + f64::from(u8::from(is_status)) * 2.0 + f64::from(u8::from(is_first));
            differences.push((rank, ranked));
        } else if weight >= WORTH_SHARE && (by.time_ns.abs() >= WORTH_NS || time_share < WORTH_SHARE) {
            drifts.push((weight, ranked));
        }
    }
    let most_first = |mut list: Vec<(f64, Ranked)>| {
        list.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        list.truncate(MOST);
        list.into_iter().map(|(_, ranked)| ranked).collect()
    };
    Ranking { differences: most_first(differences), drifts: most_first(drifts) }
}
