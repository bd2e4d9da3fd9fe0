//! Agents and chains, matched by what is in them; then what lies within pairs and was not yet looked at: the tries before the
//! last one, and holders in which nothing is the same.

use std::collections::HashMap;

use super::matching::Matching;
use super::sequence::match_in_order;
use super::units::{NONE, Units};

/// How many levels above a step, and below the root, are asked whether they hold the same steps.
const LEVELS_ABOVE: usize = 5;
const LEVELS_BELOW_ROOT: usize = 3;
/// Holders of one name are the same if they share this part of their work; of different names, if they share that.
const SHARED_OF_ONE_NAME: f32 = 0.15;
const SHARED_OF_ANY_NAME: f32 = 0.6;
/// How many levels above must not contradict a pair.
const LEVELS_CHECKED: usize = 16;
/// Cells for all lists of children (see `sequence`).
const CELLS: usize = 1_000_000;

/// Matches all rows that are no work.
pub(super) fn match_holders(matching: &mut Matching<'_, '_>) {
    by_content(matching);
    within_pairs(matching);
}

fn by_content(matching: &mut Matching<'_, '_>) {
    let (tops_a, tops_b) = (tops(matching.a), tops(matching.b));
    let mut shared: HashMap<(u32, u32), u32> = HashMap::new();
    for row_a in &matching.a.work {
        let row_b = matching.matched.b_of[*row_a as usize];
        if row_b == NONE {
            continue;
        }
        let above_a = above(matching.a, *row_a, &tops_a);
        let above_b = above(matching.b, row_b, &tops_b);
        for a in &above_a {
            for b in above_b.iter().filter(|b| matching.may_pair(*a, **b)) {
                *shared.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    let mut candidates: Vec<(f32, f32, u32, u32)> = Vec::new();
    for ((a, b), shared) in shared {
        let all = matching.a.work_below[a as usize] + matching.b.work_below[b as usize];
        let part = 2.0 * shared as f32 / all.max(1) as f32;
        let names = matching.a.operation(a).affinity(matching.b.operation(b));
        let same_kind = matching.a.span(a).kind == matching.b.span(b).kind;
        let same_depth = depth(matching.a, a) == depth(matching.b, b);
        if part >= SHARED_OF_ANY_NAME || (names >= 0.8 && part >= SHARED_OF_ONE_NAME) {
            let fit = part + 0.4 * names + 0.1 * f32::from(same_kind) + 0.05 * f32::from(same_depth);
            candidates.push((fit, 0.6 * part.min(1.0) + 0.4 * names, a, b));
        }
    }
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0).then_with(|| (x.2, x.3).cmp(&(y.2, y.3))));
    for (_, sureness, a, b) in candidates {
        if matching.may_pair(a, b) && agrees_above(matching, a, b) {
            matching.pair(a, b, sureness);
        }
    }
}

fn depth(units: &Units<'_>, row: u32) -> u32 {
    units.run.tree.rows[row as usize].depth
}

/// For each row, the rows above it that are nearest to the root.
fn tops(units: &Units<'_>) -> Vec<[u32; LEVELS_BELOW_ROOT]> {
    let mut tops: Vec<[u32; LEVELS_BELOW_ROOT]> = Vec::with_capacity(units.count());
    for row in 0..units.count() as u32 {
        let mut own = units.parent(row).map_or([NONE; LEVELS_BELOW_ROOT], |parent| tops[parent as usize]);
        if let Some(parent) = units.parent(row)
            && let Some(free) = own.iter_mut().find(|top| **top == NONE)
        {
            *free = parent;
        }
        tops.push(own);
    }
    tops
}

/// Holders above a row: the nearest, and those nearest to the root.
fn above(units: &Units<'_>, row: u32, tops: &[[u32; LEVELS_BELOW_ROOT]]) -> Vec<u32> {
    let mut rows = Vec::with_capacity(LEVELS_ABOVE + LEVELS_BELOW_ROOT);
    let mut next = units.parent(row);
    while let Some(parent) = next.filter(|_| rows.len() < LEVELS_ABOVE) {
        if units.is_holder(parent) {
            rows.push(parent);
        }
        next = units.parent(parent);
    }
    for top in tops[row as usize] {
        if top != NONE && units.is_holder(top) && !rows.contains(&top) {
            rows.push(top);
        }
    }
    rows
}

/// Whether what stands above the two, as far as it is matched, holds both.
fn agrees_above(matching: &Matching<'_, '_>, a: u32, b: u32) -> bool {
    let holds = |units: &Units<'_>, above: u32, row: u32| {
        row > above && row <= above + units.run.tree.rows[above as usize].descendants
    };
    let mut next = matching.a.parent(a);
    for _ in 0..LEVELS_CHECKED {
        let Some(parent) = next else { break };
        let other = matching.matched.b_of[parent as usize];
        if other != NONE && matching.a.is_holder(parent) && !holds(matching.b, other, b) {
            return false;
        }
        next = matching.a.parent(parent);
    }
    let mut next = matching.b.parent(b);
    for _ in 0..LEVELS_CHECKED {
        let Some(parent) = next else { break };
        let other = matching.matched.a_of[parent as usize];
        if other != NONE && matching.b.is_holder(parent) && !holds(matching.a, other, a) {
            return false;
        }
        next = matching.b.parent(parent);
    }
    true
}

/// Matches, for each pair, its earlier tries from the first on, and its children that are no work in order.
fn within_pairs(matching: &mut Matching<'_, '_>) {
    let mut budget = CELLS;
    let open = |units: &Units<'_>, row: Option<u32>, is_free: &dyn Fn(u32) -> bool| -> Vec<u32> {
        let is_asked = |child: &u32| !units.is_work[*child as usize] && is_free(*child);
        match row {
            Some(row) => units
                .run
                .tree
                .children(row)
                .filter(is_asked)
                .filter(|child| !units.is_in_try[*child as usize] || units.is_in_try[row as usize])
                .collect(),
            None => units
                .run
                .tree
                .roots()
                .filter(is_asked)
                .filter(|root| !units.is_in_try[*root as usize])
                .collect(),
        }
    };
    let mut pending: Vec<(Option<u32>, Option<u32>)> = vec![(None, None)];
    let known = matching.matched.b_of.iter().enumerate().filter(|(_, b)| **b != NONE);
    pending.extend(known.map(|(a, b)| (Some(a as u32), Some(*b))));
    while let Some((a, b)) = pending.pop() {
        if let (Some(a), Some(b)) = (a, b) {
            let tries_a = matching.a.earlier_tries.get(&a).cloned().unwrap_or_default();
            let tries_b = matching.b.earlier_tries.get(&b).cloned().unwrap_or_default();
            let sureness = matching.matched.sureness[a as usize];
            for (a, b) in tries_a.into_iter().zip(tries_b) {
                if matching.may_pair(a, b) {
                    matching.pair(a, b, sureness * 0.9);
                    pending.push((Some(a), Some(b)));
                }
            }
        }
        let rows_a = open(matching.a, a, &|row| matching.is_free_a(row));
        let rows_b = open(matching.b, b, &|row| matching.is_free_b(row));
        if rows_a.is_empty() || rows_b.is_empty() {
            continue;
        }
        match_in_order(matching, &rows_a, &rows_b, &mut budget);
        let found = rows_a.into_iter().map(|a| (a, matching.matched.b_of[a as usize]));
        pending.extend(found.filter(|(_, b)| *b != NONE).map(|(a, b)| (Some(a), Some(b))));
    }
}
