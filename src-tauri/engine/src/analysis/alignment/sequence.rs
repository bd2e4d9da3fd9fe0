//! The work of two runs, matched as two sequences.
//!
//! Twins first: what both runs were given equally often is the same step wherever it stands. Those of them that are in order
//! in both cut the sequences into gaps, which are matched in order: small ones by the best sum over all ways to do it, larger ones
//! by their longest common sequence first. What is left over and has its like elsewhere has moved there.

use std::collections::HashMap;

use super::matching::Matching;
use super::sketch::Sketch;
use super::units::Units;

/// The most cells of a gap that is matched in the best way, and of all of them.
const GAP_CELLS: usize = 1_000_000;
const ALL_CELLS: usize = 4_000_000;
/// The most steps by which two gaps may differ where their longest common sequence is asked for.
const MOST_EDITS: usize = 1_500;
/// Rows of one operation that are compared with each other to find what has moved.
const MOST_MOVED: usize = 64;
/// What has moved and changed must still be this like what it was.
const MOVED_LIKENESS: f32 = 0.75;

/// Matches the work of both runs.
pub(super) fn align(matching: &mut Matching<'_, '_>) {
    twins(matching);
    let mut budget = ALL_CELLS;
    for (a, b) in gaps(matching) {
        match_in_order(matching, &a, &b, &mut budget);
    }
    moved(matching);
}

/// Matches two lists of rows in order, as well as `budget` cells allow.
pub(super) fn match_in_order(matching: &mut Matching<'_, '_>, a: &[u32], b: &[u32], budget: &mut usize) {
    let cells = a.len().saturating_mul(b.len());
    if cells == 0 {
        return;
    }
    if cells <= GAP_CELLS.min(*budget) {
        *budget -= cells;
        return match_best(matching, a, b);
    }
    let keys = |units: &Units<'_>, rows: &[u32]| rows.iter().map(|row| units.key(*row)).collect::<Vec<_>>();
    match common_sequence(&keys(matching.a, a), &keys(matching.b, b)) {
        Some(common) if !common.is_empty() => {
            let (mut from_a, mut from_b) = (0, 0);
            let mut between: Vec<(&[u32], &[u32])> = Vec::new();
            for (at_a, at_b) in common {
                if matching.may_pair(a[at_a], b[at_b]) {
                    let (_, sureness) = matching.fit(a[at_a], b[at_b]);
                    if sureness > 0.0 {
                        matching.pair(a[at_a], b[at_b], sureness);
                        between.push((&a[from_a..at_a], &b[from_b..at_b]));
                        (from_a, from_b) = (at_a + 1, at_b + 1);
                    }
                }
            }
            between.push((&a[from_a..], &b[from_b..]));
            for (a, b) in between {
                let cells = a.len().saturating_mul(b.len());
                if cells <= GAP_CELLS.min(*budget) {
                    *budget -= cells;
                    match_best(matching, a, b);
                } else {
                    match_by_name(matching, a, b);
                }
            }
        }
        _ => match_by_name(matching, a, b),
    }
}

/// Pairs rows that were given the same, where both runs have as many of them.
fn twins(matching: &mut Matching<'_, '_>) {
    let telling = |units: &Units<'_>| {
        let mut rows: HashMap<u64, Vec<u32>> = HashMap::new();
        for row in units.work.iter().filter(|row| units.is_telling(**row)) {
            rows.entry(units.key(*row)).or_default().push(*row);
        }
        rows
    };
    let (of_a, of_b) = (telling(matching.a), telling(matching.b));
    for (key, rows_a) in of_a {
        let Some(rows_b) = of_b.get(&key).filter(|rows_b| rows_b.len() == rows_a.len()) else { continue };
        for (a, b) in rows_a.iter().zip(rows_b) {
            if matching.may_pair(*a, *b) {
                let (score, sureness) = matching.fit(*a, *b);
                if score > 0.0 {
                    matching.pair(*a, *b, sureness.max(0.9));
                }
            }
        }
    }
}

/// Free rows between the pairs that are in order in both runs.
fn gaps(matching: &Matching<'_, '_>) -> Vec<(Vec<u32>, Vec<u32>)> {
    let (work_a, work_b) = (&matching.a.work, &matching.b.work);
    let mut place_b = vec![usize::MAX; matching.b.count()];
    work_b.iter().enumerate().for_each(|(at, row)| place_b[*row as usize] = at);
    let anchors: Vec<(usize, usize)> = work_a
        .iter()
        .enumerate()
        .filter(|(_, row)| !matching.is_free_a(**row))
        .map(|(at, row)| (at, place_b[matching.matched.b_of[*row as usize] as usize]))
        .filter(|(_, at)| *at != usize::MAX)
        .collect();
    let mut gaps = Vec::new();
    let (mut from_a, mut from_b) = (0, 0);
    let kept = longest_rising(&anchors.iter().map(|anchor| anchor.1).collect::<Vec<_>>());
    let ends = kept.into_iter().map(|at| anchors[at]).chain(std::iter::once((work_a.len(), work_b.len())));
    for (to_a, to_b) in ends {
        let free_a: Vec<u32> =
            work_a[from_a..to_a].iter().copied().filter(|row| matching.is_free_a(*row)).collect();
        let free_b: Vec<u32> =
            work_b[from_b..to_b].iter().copied().filter(|row| matching.is_free_b(*row)).collect();
        gaps.push((free_a, free_b));
        (from_a, from_b) = (to_a + 1, to_b + 1);
    }
    gaps
}

/// Places of a longest rising subsequence.
pub(super) fn longest_rising(values: &[usize]) -> Vec<usize> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; values.len()];
    for (at, value) in values.iter().enumerate() {
        let length = ends.partition_point(|end| values[*end] < *value);
        if let Some(last) = length.checked_sub(1) {
            before[at] = ends[last];
        }
        if length == ends.len() { ends.push(at) } else { ends[length] = at }
    }
    let mut places = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied().unwrap_or(usize::MAX);
    while at != usize::MAX {
        places.push(at);
        at = before[at];
    }
    places.reverse();
    places
}

/// The way to match two lists in order that fits best as a whole (Needleman and Wunsch).
fn match_best(matching: &mut Matching<'_, '_>, a: &[u32], b: &[u32]) {
    const SKIP_A: u8 = 0;
    const SKIP_B: u8 = 1;
    const BOTH: u8 = 2;
    let width = b.len() + 1;
    let mut steps = vec![SKIP_B; width * (a.len() + 1)];
    let (mut above, mut row) = (vec![0.0_f32; width], vec![0.0_f32; width]);
    for (at_a, row_a) in a.iter().enumerate() {
        row[0] = 0.0;
        steps[(at_a + 1) * width] = SKIP_A;
        for (at_b, row_b) in b.iter().enumerate() {
            // Where it makes no difference the earlier of two likes is the pair, and the later one its repetition.
            let (skip_a, skip_b) = (above[at_b + 1], row[at_b]);
            let (mut best, mut step) = if skip_a >= skip_b { (skip_a, SKIP_A) } else { (skip_b, SKIP_B) };
            let fit = matching.fit(*row_a, *row_b).0;
            if fit > 0.0 && above[at_b] + fit > best + 1e-4 {
                (best, step) = (above[at_b] + fit, BOTH);
            }
            row[at_b + 1] = best;
            steps[(at_a + 1) * width + at_b + 1] = step;
        }
        std::mem::swap(&mut above, &mut row);
    }
    let (mut at_a, mut at_b) = (a.len(), b.len());
    while at_a > 0 || at_b > 0 {
        match steps[at_a * width + at_b] {
            BOTH => {
                (at_a, at_b) = (at_a - 1, at_b - 1);
                let (a, b) = (a[at_a], b[at_b]);
                let (_, sureness) = matching.fit(a, b);
                matching.pair(a, b, sureness);
            }
            SKIP_A => at_a -= 1,
            _ => at_b -= 1,
        }
    }
}

/// A longest common subsequence, as places in both; `None` if too much differs (Myers, "An O(ND) difference algorithm").
fn common_sequence(a: &[u64], b: &[u64]) -> Option<Vec<(usize, usize)>> {
    let prefix = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (rest_a, rest_b) = (&a[prefix..], &b[prefix..]);
    let suffix = rest_a.iter().rev().zip(rest_b.iter().rev()).take_while(|(a, b)| a == b).count();
    let (middle_a, middle_b) = (&rest_a[..rest_a.len() - suffix], &rest_b[..rest_b.len() - suffix]);
    let middle = edit_path(middle_a, middle_b)?;
    let mut common: Vec<(usize, usize)> = (0..prefix).map(|at| (at, at)).collect();
    common.extend(middle.into_iter().map(|(at_a, at_b)| (prefix + at_a, prefix + at_b)));
    common.extend((1..=suffix).rev().map(|from_end| (a.len() - from_end, b.len() - from_end)));
    Some(common)
}

fn edit_path(a: &[u64], b: &[u64]) -> Option<Vec<(usize, usize)>> {
    let (length_a, length_b) = (a.len() as isize, b.len() as isize);
    let most = MOST_EDITS.min(a.len() + b.len());
    // For each number of edits, how far each diagonal from `-edits` to `edits` was when it began; an index off the end is -1.
    let mut rounds: Vec<Vec<i32>> = Vec::new();
    let mut reached: Vec<i32> = vec![0];
    for edits in 0..=most as isize {
        let at = |reached: &Vec<i32>, diagonal: isize, edits: isize| -> isize {
            let index = diagonal + edits;
            let known = usize::try_from(index).ok().and_then(|index| reached.get(index));
            known.map_or(-1, |x| *x as isize)
        };
        let mut next = vec![-1_i32; 2 * edits as usize + 1];
        for diagonal in (-edits..=edits).step_by(2) {
            let mut x = if edits == 0 {
                0
            } else {
                let down = at(&reached, diagonal + 1, edits - 1);
                let right = at(&reached, diagonal - 1, edits - 1);
                down.max(if right < 0 { -1 } else { right + 1 })
            };
            let mut y = x - diagonal;
            if x < 0 || x > length_a || y < 0 || y > length_b {
                continue;
            }
            while x < length_a && y < length_b && a[x as usize] == b[y as usize] {
                (x, y) = (x + 1, y + 1);
            }
            next[(diagonal + edits) as usize] = x as i32;
            if x >= length_a && y >= length_b {
                rounds.push(next);
                return Some(walk_back(&rounds, length_a, length_b));
            }
        }
        rounds.push(next.clone());
        reached = next;
    }
    None
}

/// The diagonals of the path that [`edit_path`] found, from its rounds.
fn walk_back(rounds: &[Vec<i32>], length_a: isize, length_b: isize) -> Vec<(usize, usize)> {
    let mut common = Vec::new();
    let (mut x, mut y) = (length_a, length_b);
    for edits in (0..rounds.len() as isize).rev() {
        let diagonal = x - y;
        let (start_x, start_y) = if edits == 0 {
            (0, 0)
        } else {
            let before = &rounds[edits as usize - 1];
            let reached = |diagonal: isize| {
                let index = usize::try_from(diagonal + edits - 1).ok();
                index.and_then(|index| before.get(index)).map_or(-1, |x| *x as isize)
            };
            let (down, right) = (reached(diagonal + 1), reached(diagonal - 1));
            if down > right || right < 0 {
                (down, down - diagonal - 1)
            } else {
                (right, right - diagonal + 1)
            }
        };
        // After the edit the path follows the diagonal.
        let begins = if edits == 0 {
            0
        } else if start_x - start_y == diagonal + 1 {
            start_x
        } else {
            start_x + 1
        };
        while x > begins {
            (x, y) = (x - 1, y - 1);
            common.push((x as usize, y as usize));
        }
        (x, y) = (start_x, start_y);
    }
    common.reverse();
    common
}

/// Pairs the first of an operation with the first of it, the second with the second, as far as that keeps the order.
fn match_by_name(matching: &mut Matching<'_, '_>, a: &[u32], b: &[u32]) {
    if a.is_empty() || b.is_empty() {
        return;
    }
    matching.matched.is_bounded = true;
    let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, row) in b.iter().enumerate().rev() {
        places.entry(matching.b.operation(*row).key()).or_default().push(at);
    }
    let found: Vec<(u32, usize)> = a
        .iter()
        .filter_map(|row| Some((*row, places.get_mut(&matching.a.operation(*row).key())?.pop()?)))
        .collect();
    for at in longest_rising(&found.iter().map(|(_, at)| *at).collect::<Vec<_>>()) {
        let (row_a, at_b) = found[at];
        let (score, sureness) = matching.fit(row_a, b[at_b]);
        if score > 0.0 && matching.may_pair(row_a, b[at_b]) {
            matching.pair(row_a, b[at_b], sureness.min(0.5));
        }
    }
}

/// Pairs what is left over with its like elsewhere.
fn moved(matching: &mut Matching<'_, '_>) {
    let left = |units: &Units<'_>, is_free: &dyn Fn(u32) -> bool, key: fn(&Units<'_>, u32) -> u64| {
        let mut rows: HashMap<u64, Vec<u32>> = HashMap::new();
        for row in units.work.iter().filter(|row| is_free(**row) && units.is_telling(**row)) {
            rows.entry(key(units, *row)).or_default().push(*row);
        }
        rows
    };
    let by_key: fn(&Units<'_>, u32) -> u64 = |units, row| units.key(row);
    let by_name: fn(&Units<'_>, u32) -> u64 = |units, row| units.operation(row).key();
    for (key, least) in [(by_key, 0.0), (by_name, MOVED_LIKENESS)] {
        let of_a = left(matching.a, &|row| matching.is_free_a(row), key);
        let of_b = left(matching.b, &|row| matching.is_free_b(row), key);
        for (key, rows_a) in of_a {
            let Some(rows_b) = of_b.get(&key) else { continue };
            if rows_a.len().max(rows_b.len()) > MOST_MOVED && least > 0.0 {
                continue;
            }
            for a in rows_a {
                let Some(given) = given(matching.a, a) else { continue };
                let fits = rows_b.iter().copied().filter(|b| matching.may_pair(a, *b)).take(MOST_MOVED);
                let like = fits.filter_map(|b| Some((b, self::given(matching.b, b)?.likeness(given))));
                let best = like
                    .filter(|(_, like)| *like >= least)
                    .reduce(|best, other| if other.1 > best.1 { other } else { best });
                if let Some((b, _)) = best {
                    let (score, sureness) = matching.fit(a, b);
                    if score > 0.0 {
                        matching.pair(a, b, sureness * 0.9);
                    }
                }
            }
        }
    }
}

fn given<'r>(units: &Units<'r>, row: u32) -> Option<&'r Sketch> {
    units.said(row)?.input.as_ref()
}
