//! Groups as a person corrects them: a step is taken out of the group that it was found in, or is said to be a try of the
//! same operation as another.

use std::collections::{HashMap, HashSet};

use super::detect::Names;
use super::{Signal, span_of};
use crate::analysis::{SpanFacts, Tree};
use crate::model::AttemptRelation;

/// What a person says of the tries that a step is among.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Correction {
    /// The step's index among the spans.
    pub span: u32,
    /// It is no try of the operation that it is found to be one of.
    pub is_apart: bool,
    /// The operation that it is a try of, whatever is found; steps with the same one belong together.
    pub operation: Option<u64>,
}

/// Rows that are tries of one operation, and what showed it.
pub(super) struct Found {
    pub(super) rows: Vec<u32>,
    pub(super) signal: Signal,
    /// A person had a say in which rows these are.
    pub(super) by_hand: bool,
}

/// What was found, with corrections to it. Steps that a person joined bring the groups that they were found in with them.
pub(super) fn corrected(
    found: Vec<(Vec<u32>, Signal)>,
    corrections: &[Correction],
    spans: &[SpanFacts],
    tree: &Tree,
    names: &Names,
) -> Vec<Found> {
    if corrections.is_empty() {
        return found.into_iter().map(|(rows, signal)| Found { rows, signal, by_hand: false }).collect();
    }
    let mut row_of = vec![u32::MAX; spans.len()];
    for (row, at) in tree.rows.iter().enumerate() {
        row_of[at.span as usize] = row as u32;
    }
    let of_rows: Vec<(u32, &Correction)> = corrections
        .iter()
        .filter_map(|correction| {
            let row = row_of.get(correction.span as usize).filter(|row| **row != u32::MAX)?;
            Some((*row, correction))
        })
        .collect();
    let apart: HashSet<u32> =
        of_rows.iter().filter(|(_, correction)| correction.is_apart).map(|(row, _)| *row).collect();

    let mut parts = Parts::default();
    for (mut rows, signal) in found {
        let before = rows.len();
        rows.retain(|row| !apart.contains(row));
        let by_hand = rows.len() < before;
        parts.add(Found { rows, signal, by_hand });
    }
    let mut part_of_operation: HashMap<u64, usize> = HashMap::new();
    for (row, correction) in of_rows {
        let Some(operation) = correction.operation else { continue };
        let part = parts.of(row);
        let with = *part_of_operation.entry(operation).or_insert(part);
        parts.join(part, with);
    }
    parts.finish(|rows| relation(rows, spans, tree, names), |row| span_of(spans, tree, row).start_ns, tree)
}

/// How tries relate that a person joined: others took over where names or models differ, several went out at once where one
/// begins before the one before it has ended.
fn relation(rows: &[u32], spans: &[SpanFacts], tree: &Tree, names: &Names) -> AttemptRelation {
    let asked = |row: u32| {
        let span = span_of(spans, tree, row);
        (span.kind, names.base(span.name))
    };
    let model = |row: &u32| span_of(spans, tree, *row).model.map(|model| names.base(model));
    let mut models = rows.iter().filter_map(model);
    let first_model = models.next();
    let pairs = || rows.windows(2).filter_map(|pair| <[u32; 2]>::try_from(pair).ok());
    let overlap = |[a, b]: [u32; 2]| {
        let (a, b) = (span_of(spans, tree, a), span_of(spans, tree, b));
        a.end_ns.zip(b.start_ns).is_some_and(|(end, start)| start < end)
    };
    if pairs().any(|[a, b]| asked(a) != asked(b)) || models.any(|model| Some(model) != first_model) {
        AttemptRelation::Fallback
    } else if pairs().any(overlap) {
        AttemptRelation::Hedge
    } else {
        AttemptRelation::Retry
    }
}

/// What was found, and what of it is one.
#[derive(Default)]
struct Parts {
    found: Vec<Found>,
    /// For each part the one that it went into; itself where it stands.
    into: Vec<usize>,
    part_of: HashMap<u32, usize>,
}

impl Parts {
    fn add(&mut self, found: Found) -> usize {
        let part = self.found.len();
        self.part_of.extend(found.rows.iter().map(|row| (*row, part)));
        self.found.push(found);
        self.into.push(part);
        part
    }

    /// The part that has a row, made if there is none.
    fn of(&mut self, row: u32) -> usize {
        match self.part_of.get(&row) {
            Some(part) => self.standing(*part),
            None => self.add(Found {
                rows: vec![row],
                signal: Signal::ByHand(AttemptRelation::Retry),
                by_hand: true,
            }),
        }
    }

    fn join(&mut self, part: usize, with: usize) {
        let (part, with) = (self.standing(part), self.standing(with));
        if part != with {
            let rows = std::mem::take(&mut self.found[part].rows);
            let into = &mut self.found[with];
            into.rows.extend(rows);
            into.signal = Signal::ByHand(AttemptRelation::Retry);
            into.by_hand = true;
            self.into[part] = with;
        }
    }

    fn standing(&self, mut part: usize) -> usize {
        while self.into[part] != part {
            part = self.into[part];
        }
        part
    }

    fn finish(
        self,
        relation: impl Fn(&[u32]) -> AttemptRelation,
        start_ns: impl Fn(u32) -> Option<i64>,
        tree: &Tree,
    ) -> Vec<Found> {
        let mut standing = self.found;
        for found in standing.iter_mut().filter(|found| matches!(found.signal, Signal::ByHand(_))) {
            leave_out_what_lies_in_another(&mut found.rows, tree);
            found.rows.sort_by_key(|row| (start_ns(*row).is_none(), start_ns(*row), *row));
            found.signal = Signal::ByHand(relation(&found.rows));
        }
        standing.retain(|found| found.rows.len() > 1);
        standing
    }
}

/// No step is a try beside one that it is a part of.
fn leave_out_what_lies_in_another(rows: &mut Vec<u32>, tree: &Tree) {
    rows.sort_unstable();
    let mut until = 0;
    rows.retain(|row| {
        let is_outside = *row >= until;
        if is_outside {
            until = row + 1 + tree.rows.get(*row as usize).map_or(0, |row| row.descendants);
        }
        is_outside
    });
}
