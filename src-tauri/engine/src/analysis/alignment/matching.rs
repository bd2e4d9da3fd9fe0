//! Which row of one run is which of the other's, as far as it is known.

use std::collections::HashSet;

use super::ByHand;
use super::divergence::ended;
use super::sketch::Sketch;
use super::units::{NONE, Units};

/// Pairs of rows, and how sure each is.
pub(super) struct Matched {
    /// For each row of A its row of B, or [`NONE`]; and the other way round.
    pub(super) b_of: Vec<u32>,
    pub(super) a_of: Vec<u32>,
    /// By row of A.
    pub(super) sureness: Vec<f32>,
    /// Rows of A of which a person has said whose they are.
    pub(super) by_hand: HashSet<u32>,
    /// Whether the search was cut off somewhere.
    pub(super) is_bounded: bool,
}

impl Matched {
    /// The same with A and B the other way round.
    pub(super) fn turned(self) -> Self {
        let sure = |row: &u32| self.sureness.get(*row as usize).copied().unwrap_or(0.0);
        Self {
            sureness: self.a_of.iter().map(sure).collect(),
            by_hand: self.by_hand.iter().filter_map(|row| self.b_of.get(*row as usize).copied()).collect(),
            b_of: self.a_of,
            a_of: self.b_of,
            is_bounded: self.is_bounded,
        }
    }
}

/// A matching as it grows.
pub(super) struct Matching<'a, 'r> {
    pub(super) a: &'a Units<'r>,
    pub(super) b: &'a Units<'r>,
    pub(super) matched: Matched,
    broken: HashSet<(u32, u32)>,
}

impl<'a, 'r> Matching<'a, 'r> {
    /// The pairs that a person has made, and no others.
    pub(super) fn new(a: &'a Units<'r>, b: &'a Units<'r>, by_hand: &ByHand) -> Self {
        let matched = Matched {
            b_of: vec![NONE; a.count()],
            a_of: vec![NONE; b.count()],
            sureness: vec![0.0; a.count()],
            by_hand: HashSet::new(),
            is_bounded: false,
        };
        let mut matching = Self { a, b, matched, broken: by_hand.broken.iter().copied().collect() };
        for (row_a, row_b) in by_hand.forced.iter().copied() {
            let is_there = (row_a as usize) < a.count() && (row_b as usize) < b.count();
            if is_there && matching.is_free_a(row_a) && matching.is_free_b(row_b) {
                matching.pair(row_a, row_b, 1.0);
                matching.matched.by_hand.insert(row_a);
            }
        }
        matching
    }

    /// Pairs the runs themselves, where both have a row and nothing speaks against it.
    pub(super) fn pair_runs(&mut self) {
        if let Some((a, b)) = self.a.run_row.zip(self.b.run_row)
            && self.may_pair(a, b)
        {
            self.pair(a, b, 1.0);
        }
    }

    /// Pairs the first steps of two runs of which nothing reports the run itself, where they are of one sort: each stands for
    /// its run, whatever it is called. So does one span by itself where the other run is reported and has no steps.
    pub(super) fn pair_only_roots(&mut self) {
        let (a, b) = (self.a, self.b);
        let is_run_alone = |units: &Units<'_>| units.run.has_own_row && units.count() == 1;
        if let Some((row_a, row_b)) = a.only_root.zip(b.only_root)
            && (is_run_alone(a)
                || is_run_alone(b)
                || (!a.run.has_own_row
                    && !b.run.has_own_row
                    && a.is_work[row_a as usize] == b.is_work[row_b as usize]))
            && self.may_pair(row_a, row_b)
        {
            self.pair(row_a, row_b, 1.0);
        }
    }

    pub(super) fn is_free_a(&self, row: u32) -> bool {
        self.matched.b_of[row as usize] == NONE
    }

    pub(super) fn is_free_b(&self, row: u32) -> bool {
        self.matched.a_of[row as usize] == NONE
    }

    /// Whether both are free and nobody has said that they are not the same.
    pub(super) fn may_pair(&self, a: u32, b: u32) -> bool {
        self.is_free_a(a) && self.is_free_b(b) && !self.broken.contains(&(a, b))
    }

    pub(super) fn pair(&mut self, a: u32, b: u32, sureness: f32) {
        self.matched.b_of[a as usize] = b;
        self.matched.a_of[b as usize] = a;
        self.matched.sureness[a as usize] = sureness.clamp(0.0, 1.0);
    }

    /// How well two rows fit, from 0 (they can't be the same) up to about 3; and how sure that is, 0 to 1.
    pub(super) fn fit(&self, a: u32, b: u32) -> (f32, f32) {
        let operation = self.a.operation(a).affinity(self.b.operation(b));
        if operation == 0.0 || self.broken.contains(&(a, b)) {
            return (0.0, 0.0);
        }
        let (said_a, said_b) = (self.a.said(a), self.b.said(b));
        let input = likeness(
            said_a.and_then(|said| said.input.as_ref()),
            said_b.and_then(|said| said.input.as_ref()),
        );
        let output = likeness(
            said_a.and_then(|said| said.output.as_ref()),
            said_b.and_then(|said| said.output.as_ref()),
        );
        let place = match (self.a.named_holder(a), self.b.named_holder(b)) {
            (Some(a), Some(b)) => a.affinity(b),
            _ => 0.5,
        };
        let ended = f32::from(ended(self.a.span(a).status) == ended(self.b.span(b).status));
        let score =
            operation + input.unwrap_or(0.4) + 0.5 * output.unwrap_or(0.4) + 0.3 * place + 0.2 * ended;
        let sureness =
            0.4 * operation + 0.4 * input.unwrap_or(0.5) + 0.1 * output.unwrap_or(0.5) + 0.1 * place;
        (score, sureness)
    }

    pub(super) fn into_matched(self) -> Matched {
        self.matched
    }
}

fn likeness(a: Option<&Sketch>, b: Option<&Sketch>) -> Option<f32> {
    Some(a?.likeness(b?))
}
