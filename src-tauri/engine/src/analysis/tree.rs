//! The execution tree: spans in any order → rows in display order, and parents from intervals where a source gives none.

use std::collections::HashMap;
use std::hash::Hash;

use super::{Parent, SpanFacts};
use crate::model::{SpanFlags, SpanKind};

/// One row of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Index of its span in the input.
    pub span: u32,
    /// Row of its parent; `None` for a root.
    pub parent: Option<u32>,
    /// 0 for a root.
    pub depth: u32,
    /// Rows below it, at any depth; they follow it directly.
    pub descendants: u32,
    /// `PARENT_INFERRED`, `ORPHAN`, `CYCLE`, `OUTSIDE_PARENT`, as they apply.
    pub flags: SpanFlags,
}

/// The rows of a trace in display order: each parent before its children, children by start (those without a time last,
/// ties in the order of the source); orphans and what is below them last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// One row per span.
    pub rows: Vec<Row>,
    /// The row of each span of the input.
    pub row_of: Vec<u32>,
    /// Spans whose parent is not there.
    pub orphans: u32,
    /// Cycles of parents that were cut.
    pub cycles: u32,
    /// Spans whose interval is not inside their parent's.
    pub outside_parent: u32,
    /// Spans whose parent was inferred.
    pub inferred: u32,
}

impl Tree {
    /// The roots' rows, in order.
    pub fn roots(&self) -> impl Iterator<Item = u32> + '_ {
        self.siblings_from(0, self.rows.len() as u32)
    }

    /// The rows of the children of `row`, in order.
    pub fn children(&self, row: u32) -> impl Iterator<Item = u32> + '_ {
        let descendants = self.rows.get(row as usize).map_or(0, |row| row.descendants);
        let first = row.saturating_add(1);
        self.siblings_from(first, first.saturating_add(descendants))
    }

    fn siblings_from(&self, first: u32, end: u32) -> impl Iterator<Item = u32> + '_ {
        let mut next = first;
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let row = next;
            next = row + 1 + self.rows.get(row as usize)?.descendants;
            Some(row)
        })
    }
}

/// Turns ids into indices: `ids[i]` is the id of span `i`, `parents[i]` the id of its parent. Of several spans with one id
/// the first is the parent; a span that names itself is left so, and [`tree`] cuts it as a cycle.
pub fn resolve_parents<Id: Hash + Eq>(ids: &[Id], parents: &[Option<Id>]) -> Vec<Parent> {
    let mut index_of = HashMap::with_capacity(ids.len());
    for (index, id) in ids.iter().enumerate() {
        index_of.entry(id).or_insert(index as u32);
    }
    let resolve = |parent: &Option<Id>| match parent {
        None => Parent::None,
        Some(id) => index_of.get(id).map_or(Parent::Missing, |index| Parent::At(*index)),
    };
    parents.iter().map(resolve).collect()
}

/// Lays the spans out as rows. Orphans become roots, after all others; each cycle is cut at the one of its spans that starts
/// first, which becomes a root. Nothing is lost: there are as many rows as spans.
pub fn tree(spans: &[SpanFacts]) -> Tree {
    let count = spans.len();
    let mut flags = vec![SpanFlags::default(); count];
    let mut parents: Vec<u32> = Vec::with_capacity(count);
    for (span, flags) in spans.iter().zip(&mut flags) {
        let index = span.parent.index();
        let known = index.filter(|index| (*index as usize) < count);
        if (index.is_some() && known.is_none()) || span.parent == Parent::Missing {
            flags.insert(SpanFlags::ORPHAN);
        }
        if known.is_some() && matches!(span.parent, Parent::Inferred(_)) {
            flags.insert(SpanFlags::PARENT_INFERRED);
        }
        parents.push(known.unwrap_or(NONE));
    }
    let cycles = cut_cycles(spans, &mut parents, &mut flags);

    let mut tree = Tree { cycles, row_of: vec![NONE; count], ..Tree::default() };
    tree.rows.reserve_exact(count);
    let children = Children::new(spans, &parents);
    // Spans yet to be laid out, the next one last.
    let (orphans, roots): (Vec<u32>, Vec<u32>) =
        children.of(count).iter().partition(|index| flags[**index as usize].contains(SpanFlags::ORPHAN));
    let mut pending: Vec<u32> = roots.into_iter().chain(orphans).rev().collect();
    while let Some(index) = pending.pop() {
        let at = index as usize;
        let row = tree.rows.len() as u32;
        tree.row_of[at] = row;
        let mut flags = flags[at];
        let parent = (parents[at] != NONE).then(|| parents[at] as usize);
        if parent.is_some_and(|parent| reaches_outside(&spans[at], &spans[parent])) {
            flags.insert(SpanFlags::OUTSIDE_PARENT);
            tree.outside_parent += 1;
        }
        tree.orphans += u32::from(flags.contains(SpanFlags::ORPHAN));
        tree.inferred += u32::from(flags.contains(SpanFlags::PARENT_INFERRED));
        let parent = parent.map(|parent| tree.row_of[parent]);
        let depth = parent.map_or(0, |parent| tree.rows[parent as usize].depth + 1);
        tree.rows.push(Row { span: index, parent, depth, descendants: 0, flags });
        pending.extend(children.of(at).iter().rev());
    }
    for row in (0..tree.rows.len()).rev() {
        if let Some(parent) = tree.rows[row].parent {
            tree.rows[parent as usize].descendants += 1 + tree.rows[row].descendants;
        }
    }
    tree
}

const NONE: u32 = u32::MAX;

/// Makes every cycle a root at its earliest span; gives the number of cycles.
fn cut_cycles(spans: &[SpanFacts], parents: &mut [u32], flags: &mut [SpanFlags]) -> u32 {
    // Which walk first came by, from 1; a walk that meets its own mark has found a cycle.
    let mut seen = vec![0_u32; parents.len()];
    let mut cycles = 0;
    for first in 0..parents.len() {
        let walk = first as u32 + 1;
        let mut at = first as u32;
        while at != NONE && seen[at as usize] == 0 {
            seen[at as usize] = walk;
            at = parents[at as usize];
        }
        if at == NONE || seen[at as usize] != walk {
            continue;
        }
        let mut cut = at;
        let mut member = parents[at as usize];
        while member != at {
            if order(spans, member) < order(spans, cut) {
                cut = member;
            }
            member = parents[member as usize];
        }
        parents[cut as usize] = NONE;
        flags[cut as usize].insert(SpanFlags::CYCLE);
        cycles += 1;
    }
    cycles
}

/// Where a span stands among its siblings.
fn order(spans: &[SpanFacts], index: u32) -> (i64, u32) {
    let span = &spans[index as usize];
    (span.start_ns.or(span.end_ns).unwrap_or(i64::MAX), index)
}

fn reaches_outside(span: &SpanFacts, parent: &SpanFacts) -> bool {
    let before = |a: Option<i64>, b: Option<i64>| matches!((a, b), (Some(a), Some(b)) if a < b);
    before(span.start_ns, parent.start_ns)
        || before(parent.end_ns, span.end_ns)
        || before(parent.end_ns, span.start_ns)
}

/// The children of every span in one array, roots as the children of the index past the last.
struct Children {
    offsets: Vec<u32>,
    sorted: Vec<u32>,
}

impl Children {
    fn new(spans: &[SpanFacts], parents: &[u32]) -> Self {
        let count = parents.len();
        let slot = |index: usize| if parents[index] == NONE { count } else { parents[index] as usize };
        let mut offsets = vec![0_u32; count + 2];
        for index in 0..count {
            offsets[slot(index) + 1] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        // With what they are sorted by beside them: to look each up in the spans would be most of the work.
        let mut by_start: Vec<(i64, u32)> = (0..count as u32).map(|index| order(spans, index)).collect();
        by_start.sort_unstable();
        let mut next = offsets.clone();
        let mut sorted = vec![0_u32; count];
        for (_, index) in by_start {
            let place = &mut next[slot(index as usize)];
            sorted[*place as usize] = index;
            *place += 1;
        }
        Self { offsets, sorted }
    }

    fn of(&self, slot: usize) -> &[u32] {
        &self.sorted[self.offsets[slot] as usize..self.offsets[slot + 1] as usize]
    }
}

/// Gives spans parents from their intervals: the shortest span that strictly contains a span is its parent. Spans that are
/// equal or only overlap stay siblings; so do spans without both times. Waits are never parents. A parent that a source does
/// give (a thread, say) is a bound: only spans that share it are nested in one another. Gives the number of parents inferred;
/// the spans are untouched where it is 0.
///
/// `resolution_ns` is how exact the times are (TraceLLM stores milliseconds cut off): a span shorter than that is inside
/// another only if it is clear of its edges by as much, since two steps in a row can look nested otherwise; a longer one may
/// reach out by as much if the other is clearly longer.
pub fn infer_parents(spans: &mut [SpanFacts], resolution_ns: i64) -> u32 {
    let mut bounds: HashMap<Option<u32>, Vec<Interval>> = HashMap::new();
    for (index, span) in spans.iter().enumerate() {
        if let Some(interval) = Interval::of(index, span) {
            bounds.entry(span.parent.index()).or_default().push(interval);
        }
    }
    bounds.values().map(|intervals| infer_among(spans, intervals, resolution_ns)).sum()
}

/// Nests `intervals`, which share a parent or have none, in one another.
fn infer_among(spans: &mut [SpanFacts], intervals: &[Interval], resolution_ns: i64) -> u32 {
    let exact = shortest_containers(spans, intervals, |interval| {
        let slack = if interval.length() < resolution_ns { resolution_ns } else { 0 };
        Some((interval.start_ns.saturating_sub(slack), interval.end_ns.saturating_add(slack)))
    });
    let tolerant = if resolution_ns > 0 {
        shortest_containers(spans, intervals, |interval| {
            (interval.length() >= 2 * resolution_ns).then(|| {
                (
                    interval.start_ns.saturating_add(resolution_ns),
                    interval.end_ns.saturating_sub(resolution_ns),
                )
            })
        })
    } else {
        vec![None; intervals.len()]
    };
    let mut inferred = 0;
    for (at, interval) in intervals.iter().enumerate() {
        let clearly_longer =
            |container: &Interval| container.length() > interval.length() + 2 * resolution_ns;
        let parent = tolerant[at].filter(clearly_longer).or(exact[at]);
        let span = &mut spans[interval.span as usize];
        if let (Some(parent), Parent::None | Parent::At(_)) = (parent, span.parent) {
            span.parent = Parent::Inferred(parent.span);
            inferred += 1;
        }
    }
    inferred
}

#[derive(Clone, Copy)]
struct Interval {
    span: u32,
    start_ns: i64,
    end_ns: i64,
}

impl Interval {
    fn of(index: usize, span: &SpanFacts) -> Option<Self> {
        let (start_ns, end_ns) = (span.start_ns?, span.end_ns?);
        (start_ns <= end_ns).then_some(Self { span: index as u32, start_ns, end_ns })
    }

    fn length(&self) -> i64 {
        self.end_ns.saturating_sub(self.start_ns)
    }
}

/// For each interval the shortest other one that contains what `asked` makes of it and is not equal to that.
///
/// One sweep by start: what has been passed starts early enough, and a Fenwick tree over the ends gives the shortest of
/// those that end late enough.
fn shortest_containers(
    spans: &[SpanFacts],
    intervals: &[Interval],
    asked: impl Fn(&Interval) -> Option<(i64, i64)>,
) -> Vec<Option<Interval>> {
    let mut ends: Vec<i64> = intervals.iter().map(|interval| interval.end_ns).collect();
    ends.sort_unstable();
    ends.dedup();
    // (start, end reversed, insertion after question, interval): so what is passed before a question at (start, end)
    // starts earlier, or at once with it and ends later.
    let mut events: Vec<(i64, std::cmp::Reverse<i64>, bool, u32)> = Vec::with_capacity(intervals.len() * 2);
    for (at, interval) in intervals.iter().enumerate() {
        if spans[interval.span as usize].kind != SpanKind::Wait && interval.length() > 0 {
            events.push((interval.start_ns, std::cmp::Reverse(interval.end_ns), true, at as u32));
        }
        if let Some((start_ns, end_ns)) = asked(interval) {
            events.push((start_ns, std::cmp::Reverse(end_ns), false, at as u32));
        }
    }
    events.sort_unstable();
    // The two shortest, since a tolerant question may find the asking span itself.
    let mut shortest = vec![[NONE; 2]; ends.len() + 1];
    let key = |at: u32| intervals.get(at as usize).map_or((i64::MAX, at), |interval| (interval.length(), at));
    let with = |[first, second]: [u32; 2], at: u32| {
        if at == first || at == second {
            [first, second]
        } else if key(at) < key(first) {
            [at, first]
        } else if key(at) < key(second) {
            [first, at]
        } else {
            [first, second]
        }
    };
    let mut found = vec![None; intervals.len()];
    for (_, std::cmp::Reverse(end_ns), is_insertion, at) in events {
        // The Fenwick tree is over ends from the last, so that its prefixes are the late ends.
        let mut node = ends.len() - ends.partition_point(|end| *end < end_ns);
        if is_insertion {
            while node > 0 && node < shortest.len() {
                shortest[node] = with(shortest[node], at);
                node += node & node.wrapping_neg();
            }
        } else {
            let mut best = [NONE; 2];
            while node > 0 {
                let [first, second] = shortest[node];
                best = with(with(best, first), second);
                node &= node - 1;
            }
            let container = best.into_iter().find(|container| *container != at && *container != NONE);
            found[at as usize] = container.and_then(|container| intervals.get(container as usize).copied());
        }
    }
    found
}
