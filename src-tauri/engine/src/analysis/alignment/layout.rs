//! The pairs as one tree, in an order in which both runs can be read.

use std::collections::HashMap;

use super::divergence::difference;
use super::matching::Matched;
use super::operation::Class;
use super::sequence::longest_rising;
use super::units::{NONE, Units};
use super::{Alignment, Difference, Pair, Relation};

/// How far around a step its like is looked for.
const NEAR: usize = 16;
/// What a step does over again must be this like it.
const REPEATED_LIKENESS: f32 = 0.7;

/// Lays the pairs out; where the runs part is not said yet.
pub(super) fn lay_out(a: &Units<'_>, b: &Units<'_>, matched: &Matched) -> Alignment {
    let relations = Relations::new(a, b, matched);
    // Pairs by their rows: those with a row of A first, by it, then those of B alone.
    let count_a = a.count() as u32;
    let only_b: Vec<u32> = (0..b.count() as u32).filter(|row| matched.a_of[*row as usize] == NONE).collect();
    let mut node_of_b = vec![NONE; b.count()];
    for (at, row) in only_b.iter().enumerate() {
        node_of_b[*row as usize] = count_a + at as u32;
    }
    for (row_b, row_a) in matched.a_of.iter().enumerate().filter(|(_, row_a)| **row_a != NONE) {
        node_of_b[row_b] = *row_a;
    }
    let nodes = Nodes { a, b, matched, relations: &relations, only_b: &only_b, node_of_b: &node_of_b };
    let parents = nodes.parents();
    let order = nodes.order(&parents);

    let mut place_of = vec![NONE; order.len()];
    order.iter().enumerate().for_each(|(place, node)| place_of[*node as usize] = place as u32);
    let mut pairs: Vec<Pair> = Vec::with_capacity(order.len());
    for node in &order {
        let parent = (parents[*node as usize] != NONE).then(|| place_of[parents[*node as usize] as usize]);
        let depth = parent
            .and_then(|parent| pairs.get(parent as usize))
            .map_or(0, |pair| pair.depth.saturating_add(1));
        pairs.push(Pair { parent, depth, ..nodes.pair(*node) });
    }
    let mut alignment = Alignment { pairs, first_difference: None, is_bounded: matched.is_bounded };
    let place_of_a = |row: u32| place_of[row as usize];
    let place_of_b = |row: u32| place_of[node_of_b[row as usize] as usize];
    repeats(a, |row| matched.b_of[row as usize] != NONE, place_of_a, &mut alignment.pairs);
    repeats(b, |row| matched.a_of[row as usize] != NONE, place_of_b, &mut alignment.pairs);
    for pair in &mut alignment.pairs {
        let last =
            |units: &Units<'_>, row: u32| Some(units.try_of[row as usize]).filter(|last| *last != NONE);
        let in_a = pair.a.and_then(|row| last(a, row)).map(place_of_a);
        pair.try_of = in_a.or_else(|| pair.b.and_then(|row| last(b, row)).map(place_of_b));
    }
    alignment
}

/// Where pairs stand in either run, compared.
struct Relations {
    /// By row of A, whether its pair stands elsewhere in B.
    has_moved: Vec<bool>,
}

impl Relations {
    fn new(a: &Units<'_>, b: &Units<'_>, matched: &Matched) -> Self {
        let (under_a, under_b) = (pair_above(a, &matched.b_of), pair_above(b, &matched.a_of));
        let mut has_moved = vec![false; a.count()];
        let mut siblings: HashMap<u32, Vec<u32>> = HashMap::new();
        for row_a in 0..a.count() as u32 {
            let row_b = matched.b_of[row_a as usize];
            if row_b == NONE {
                continue;
            }
            let (above_a, above_b) = (under_a[row_a as usize], under_b[row_b as usize]);
            let above_in_a = if above_b == NONE { NONE } else { matched.a_of[above_b as usize] };
            if above_a == above_in_a {
                siblings.entry(above_a).or_default().push(row_a);
            } else {
                has_moved[row_a as usize] = true;
            }
        }
        for rows in siblings.values() {
            let rows_b: Vec<usize> = rows.iter().map(|row| matched.b_of[*row as usize] as usize).collect();
            rows.iter().for_each(|row| has_moved[*row as usize] = true);
            longest_rising(&rows_b).into_iter().for_each(|at| has_moved[rows[at] as usize] = false);
        }
        Self { has_moved }
    }
}

/// For each row, the nearest one above that is matched. A tool that stands below the call that asked for it stands where it would
/// stand after it: formats differ in that.
fn pair_above(units: &Units<'_>, partner: &[u32]) -> Vec<u32> {
    let mut above = vec![NONE; units.count()];
    for row in 0..units.count() as u32 {
        if let Some(parent) = units.parent(row) {
            let counts = partner[parent as usize] != NONE && units.operation(parent).class != Class::Model;
            above[row as usize] = if counts { parent } else { above[parent as usize] };
        }
    }
    above
}

struct Nodes<'a, 'r> {
    a: &'a Units<'r>,
    b: &'a Units<'r>,
    matched: &'a Matched,
    relations: &'a Relations,
    only_b: &'a [u32],
    node_of_b: &'a [u32],
}

impl Nodes<'_, '_> {
    fn rows(&self, node: u32) -> (Option<u32>, Option<u32>) {
        let count_a = self.a.count() as u32;
        if node < count_a {
            let b = self.matched.b_of[node as usize];
            (Some(node), (b != NONE).then_some(b))
        } else {
            (None, self.only_b.get((node - count_a) as usize).copied())
        }
    }

    fn count(&self) -> usize {
        self.a.count() + self.only_b.len()
    }

    fn pair(&self, node: u32) -> Pair {
        let (a, b) = self.rows(node);
        let both = a.zip(b);
        Pair {
            a,
            b,
            parent: None,
            depth: 0,
            relation: match (a, b) {
                (Some(a), Some(_)) if self.relations.has_moved[a as usize] => Relation::Moved,
                (Some(_), Some(_)) => Relation::Matched,
                (Some(_), None) => Relation::OnlyA,
                (None, _) => Relation::OnlyB,
            },
            difference: both.map_or(Difference::default(), |(a, b)| difference(self.a, self.b, a, b)),
            sureness: both.map_or(1.0, |(a, _)| self.matched.sureness[a as usize]),
            repeats: None,
            try_of: None,
            is_difference: false,
            is_awaited: false,
            by_hand: both.is_some_and(|(a, _)| self.matched.by_hand.contains(&a)),
        }
    }

    /// The node under which each stands: as in A; where B alone has a level between, under that. What only one has goes with
    /// its neighbours.
    fn parents(&self) -> Vec<u32> {
        let mut parents = vec![NONE; self.count()];
        for (row, parent) in parents.iter_mut().enumerate().take(self.a.count()) {
            *parent = self.a.parent(row as u32).unwrap_or(NONE);
        }
        for (at, row) in self.only_b.iter().enumerate() {
            let parent = self.b.parent(*row).map_or(NONE, |parent| self.node_of_b[parent as usize]);
            parents[self.a.count() + at] = parent;
        }
        // The node at which the levels that only B has end, by row of B.
        let mut end_of_b = vec![NONE; self.b.count()];
        for row in 0..self.b.count() {
            let is_alone = self.matched.a_of[row] == NONE;
            end_of_b[row] = match self.b.parent(row as u32) {
                _ if !is_alone => self.node_of_b[row],
                Some(parent) => end_of_b[parent as usize],
                None => NONE,
            };
        }
        for (row_a, parent) in parents.iter_mut().enumerate().take(self.a.count()) {
            let row_b = self.matched.b_of[row_a];
            if row_b == NONE || self.relations.has_moved[row_a] {
                continue;
            }
            if let Some(above) = self.b.parent(row_b)
                && self.matched.a_of[above as usize] == NONE
                && end_of_b[above as usize] == *parent
            {
                *parent = self.node_of_b[above as usize];
            }
        }
        self.join_neighbours(&mut parents);
        self.gather_tries(&mut parents);
        parents
    }

    /// The last try of the node's operation, as a node, where its tries stand together.
    fn operation_of(&self, node: u32) -> Option<u32> {
        match self.rows(node) {
            (Some(row), _) => self.a.is_gathered[row as usize].then(|| self.a.try_of[row as usize]),
            (None, Some(row)) => {
                self.b.is_gathered[row as usize].then(|| self.node_of_b[self.b.try_of[row as usize] as usize])
            }
            (None, None) => None,
        }
    }

    /// Puts tries that stand together below the last of them. Only a sibling is put below a sibling, so that nothing can come
    /// to stand below itself.
    fn gather_tries(&self, parents: &mut [u32]) {
        let beside: Vec<(u32, u32)> = (0..self.count() as u32)
            .filter_map(|node| Some((node, self.operation_of(node)?)))
            .filter(|(node, last)| node != last && parents[*node as usize] == parents[*last as usize])
            .collect();
        for (node, last) in beside {
            parents[node as usize] = last;
        }
    }

    /// Steps that one run alone has between steps that stand under a level of the other alone.
    fn join_neighbours(&self, parents: &mut [u32]) {
        let is_plain = |units: &Units<'_>, row: u32| units.run.tree.rows[row as usize].descendants == 0;
        let node_a = |row: u32| row;
        let node_b = |row: u32| self.node_of_b[row as usize];
        for (units, partner, node) in [
            (self.a, &self.matched.b_of, &node_a as &dyn Fn(u32) -> u32),
            (self.b, &self.matched.a_of, &node_b as &dyn Fn(u32) -> u32),
        ] {
            // By parent, the level under which the last matched child stood, and the children since.
            let mut state: HashMap<u32, (Option<u32>, Vec<u32>)> = HashMap::new();
            let mut moves: Vec<(u32, u32)> = Vec::new();
            for row in 0..units.count() as u32 {
                let parent = units.parent(row).unwrap_or(NONE);
                let (level, waiting) = state.entry(parent).or_default();
                if partner[row as usize] == NONE {
                    if is_plain(units, row) {
                        waiting.push(row);
                    }
                    continue;
                }
                let own = parents[node(row) as usize];
                let is_level = own != if parent == NONE { NONE } else { node(parent) };
                let next = is_level.then_some(own);
                // At the beginning what follows decides; else both neighbours must agree.
                if let Some(next) = next
                    && level.is_none_or(|level| level == next)
                {
                    moves.extend(waiting.iter().map(|row| (*row, next)));
                }
                waiting.clear();
                *level = Some(next.unwrap_or(NONE - 1));
            }
            for (level, waiting) in state.into_values() {
                if let Some(level) = level.filter(|level| *level != NONE - 1) {
                    moves.extend(waiting.iter().map(|row| (*row, level)));
                }
            }
            for (row, level) in moves {
                parents[node(row) as usize] = level;
            }
        }
    }

    /// All nodes, each parent before what is under it.
    fn order(&self, parents: &[u32]) -> Vec<u32> {
        let count_a = self.a.count() as u32;
        // What only B has and what holds steps of A stands where the first of these does.
        let mut first_a: Vec<u32> =
            (0..self.count() as u32).map(|node| if node < count_a { node } else { NONE }).collect();
        for node in 0..count_a {
            let parent = parents[node as usize];
            if parent != NONE && parent >= count_a {
                first_a[parent as usize] = first_a[parent as usize].min(node);
            }
        }
        for node in (count_a..self.count() as u32).rev() {
            let parent = parents[node as usize];
            if parent != NONE && parent >= count_a {
                first_a[parent as usize] = first_a[parent as usize].min(first_a[node as usize]);
            }
        }
        // Children by parent, the roots last: counted, then filled in.
        let roots = self.count();
        let slot =
            |node: u32| if parents[node as usize] == NONE { roots } else { parents[node as usize] as usize };
        let mut starts = vec![0_usize; self.count() + 2];
        (0..self.count() as u32).for_each(|node| starts[slot(node) + 1] += 1);
        (0..=roots).for_each(|at| starts[at + 1] += starts[at]);
        let mut ends = starts.clone();
        let mut children = vec![0_u32; self.count()];
        for node in 0..self.count() as u32 {
            let end = &mut ends[slot(node)];
            children[*end] = node;
            *end += 1;
        }
        let mut order = Vec::with_capacity(self.count());
        let mut pending: Vec<u32> = Vec::new();
        let mut next = roots;
        loop {
            let own = children.get(starts[next]..starts[next + 1]).unwrap_or_default();
            pending.extend(self.in_order(next as u32, own, &first_a).into_iter().rev());
            let Some(node) = pending.pop() else { return order };
            order.push(node);
            next = node as usize;
        }
    }

    /// Nodes under one parent: tries of it before what is in it.
    fn in_order(&self, parent: u32, nodes: &[u32], first_a: &[u32]) -> Vec<u32> {
        if nodes.len() < 2 {
            return nodes.to_vec();
        }
        let is_try = |node: &u32| self.operation_of(*node) == Some(parent);
        let (tries, steps): (Vec<u32>, Vec<u32>) = nodes.iter().partition(|node| is_try(node));
        let mut order = self.in_order_of_runs(&tries, first_a);
        order.extend(self.in_order_of_runs(&steps, first_a));
        order
    }

    /// Nodes by A, and what B alone has before that of B which it precedes.
    fn in_order_of_runs(&self, nodes: &[u32], first_a: &[u32]) -> Vec<u32> {
        let (mut with_a, mut alone): (Vec<u32>, Vec<u32>) =
            nodes.iter().partition(|node| first_a[**node as usize] != NONE);
        with_a.sort_by_key(|node| (first_a[*node as usize], *node));
        alone.sort_by_key(|node| self.rows(*node).1);
        let mut order = Vec::with_capacity(nodes.len());
        let mut alone = alone.into_iter().peekable();
        for node in with_a {
            let (row_a, row_b) = self.rows(node);
            let has_moved = row_a.is_some_and(|row| self.relations.has_moved[row as usize]);
            if let Some(row_b) = row_b.filter(|_| !has_moved) {
                while let Some(before) = alone.next_if(|node| self.rows(*node).1 < Some(row_b)) {
                    order.push(before);
                }
            }
            order.push(node);
        }
        order.extend(alone);
        order
    }
}

/// Says of steps that one run alone has what they do over again: the same operation, given the same or nearly so.
fn repeats(
    units: &Units<'_>,
    is_matched: impl Fn(u32) -> bool,
    place_of: impl Fn(u32) -> u32,
    pairs: &mut [Pair],
) {
    let mut same: HashMap<u64, Vec<u32>> = HashMap::new();
    for row in units.work.iter().filter(|row| is_matched(**row) && units.is_telling(**row)) {
        same.entry(units.key(*row)).or_default().push(*row);
    }
    for (at, row) in
        units.work.iter().enumerate().filter(|(_, row)| !is_matched(**row) && units.is_telling(**row))
    {
        let twin = same.get(&units.key(*row)).and_then(|rows| {
            let after = rows.partition_point(|other| other < row);
            after.checked_sub(1).and_then(|before| rows.get(before)).or_else(|| rows.get(after))
        });
        let input = |row: u32| units.said(row).and_then(|said| said.input.as_ref());
        let like = || {
            let around = units.work.get(at.saturating_sub(NEAR)..(at + NEAR).min(units.work.len()))?;
            let near = around.iter().filter(|other| {
                is_matched(**other)
                    && units.operation(**other).key() == units.operation(*row).key()
                    && units.operation(**other).class != Class::Model
            });
            let likeness = |other: &u32| Some(input(*row)?.likeness(input(*other)?));
            near.filter_map(|other| Some((likeness(other)?, other)))
                .filter(|(likeness, _)| *likeness >= REPEATED_LIKENESS)
                .max_by(|x, y| x.0.total_cmp(&y.0))
                .map(|(_, other)| other)
        };
        if let Some(other) = twin.or_else(like)
            && let Some(pair) = pairs.get_mut(place_of(*row) as usize)
        {
            pair.repeats = Some(place_of(*other));
        }
    }
}
