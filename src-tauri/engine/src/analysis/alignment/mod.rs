//! Which step of one run is which of another's, and where the two first part.
//!
//! What a run did is one sequence: its model calls, tools and searches in the order of its tree, tries of one operation as one
//! step (`units`). The sequences are aligned (`sequence`): twins that both runs have once are the same wherever they stand,
//! the rest is matched in order, by operation (`operation`) and by what was given and came out ([`Sketch`]). What holds the
//! steps, agents and chains, follows from what is in it (`holders`), so that levels that only one format has are passed over.
//! [`align`] then reads off where steps stand, what differs, and which difference comes first (`layout`, `divergence`).
//!
//! Time is near linear in the steps of runs that are alike; where they are not, the search is cut off
//! ([`Alignment::is_bounded`]). Nothing goes down the tree by recursion.

mod awaited;
mod divergence;
mod holders;
mod ids;
mod layout;
mod matching;
mod models;
mod named;
mod operation;
mod runs;
mod sequence;
mod sketch;
mod units;

pub use ids::{Volatile, without_volatile};
pub use models::is_same_model;
pub use named::{WordsBefore, is_id_of_run, is_number_of_try, is_time_of_run};
pub use sketch::{Sketch, SketchDifference};

use super::{AttemptGroup, SpanFacts, Tree};
use crate::model::SpanStatus;
use matching::{Matched, Matching};
use units::Units;

/// One run as alignment sees it.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    /// Its spans.
    pub facts: &'a [SpanFacts],
    /// Their tree; "row" means a row of it.
    pub tree: &'a Tree,
    /// Tries of one operation, as rows.
    pub groups: &'a [AttemptGroup],
    /// The texts that the facts point into.
    pub strings: &'a [Box<str>],
    /// What each span was given and gave, by span as `facts`; one that is not there said nothing.
    pub said: &'a [Said],
    /// Whether the first row is the run itself, as its source reports it, above all steps.
    pub has_own_row: bool,
    /// Whether more of it may come.
    pub is_under_way: bool,
    /// How it ended as a whole, whatever rows it has.
    pub status: SpanStatus,
    /// The model that it asked as a whole, whatever rows it has; index into `strings`.
    pub model: Option<u32>,
}

/// What a step was given and what it gave, as far as alignment needs it. `None` where that is not known.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// What it was given: arguments, or what was new in the messages to a model.
    pub input: Option<Sketch>,
    /// What came out: of a model call the tool calls it asks for, where it asks for any, else its answer.
    pub output: Option<Sketch>,
    /// How it failed, where it did.
    pub error: Option<Box<Sketch>>,
}

/// Pairs of rows (of A, of B) that a person has judged. A row that is named twice keeps the first.
#[derive(Clone, Debug, Default)]
pub struct ByHand {
    /// They are the same step.
    pub forced: Vec<(u32, u32)>,
    /// They are not.
    pub broken: Vec<(u32, u32)>,
}

/// Two runs, aligned.
#[derive(Clone, Debug, Default)]
pub struct Alignment {
    /// Each row of either run once, in an order in which both trees can be read from the top down: a pair comes after its
    /// parent, and before what follows below the same parent.
    pub pairs: Vec<Pair>,
    /// Index of the first difference that is another decision: another tool, other arguments, another answer in substance,
    /// another status, or a step that one run alone has. `None` where the runs do the same, though other names, models or
    /// numbers of tries may still be differences.
    pub first_difference: Option<u32>,
    /// Whether the search was cut off somewhere, and steps were paired in the order of their names alone.
    pub is_bounded: bool,
}

impl Alignment {
    /// By pair, whether it lies below a difference that one run alone has, and is a part of that.
    pub fn parts_of_differences(&self) -> Vec<bool> {
        let mut is_part = vec![false; self.pairs.len()];
        for (at, pair) in self.pairs.iter().enumerate() {
            let Some(above) = pair.parent.map(|parent| parent as usize) else { continue };
            let is_alone = pair.a.is_none() != pair.b.is_none();
            let is_same_run = self.pairs[above].relation == pair.relation;
            is_part[at] =
                is_alone && is_same_run && (self.pairs[above].is_alone_difference() || is_part[above]);
        }
        is_part
    }
}

/// A step of A and the same step of B, or a step that one of them alone has.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Row in A.
    pub a: Option<u32>,
    /// Row in B.
    pub b: Option<u32>,
    /// The pair under which it stands; `None` for a root.
    pub parent: Option<u32>,
    /// 0 for a root.
    pub depth: u16,
    /// How the two stand to each other.
    pub relation: Relation,
    /// What differs; nothing where there is but one, unless that is the row of a run, which stands for both runs.
    pub difference: Difference,
    /// How sure it is that they are the same step, 0 to 1; 1 where a person has said so, and for a step that is alone.
    pub sureness: f32,
    /// Of a step that one run alone has: the pair whose step it does over again.
    pub repeats: Option<u32>,
    /// Of a try before the last one, of all below it, and of pauses between tries that stand together: the pair of the last
    /// try, which stands for the operation. Tries that stand together are below it.
    pub try_of: Option<u32>,
    /// Whether it counts as a difference of the runs (see [`Alignment::first_difference`] for the first that decides).
    pub is_difference: bool,
    /// Whether one run alone has it so far, and the other is under way and may still come to it. It is no difference then.
    pub is_awaited: bool,
    /// Whether a person has said that they belong together.
    pub by_hand: bool,
}

impl Pair {
    /// Whether it is a difference because one run alone has it. The row of a run, which the other's format does not have, may be
    /// one for what differs between the runs.
    pub fn is_alone_difference(&self) -> bool {
        self.is_difference
            && (self.a.is_none() || self.b.is_none())
            && self.difference == Difference::default()
    }
}

/// How the two steps of a pair stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// They are the same step.
    #[default]
    Matched,
    /// They are the same step, in another order or under another step.
    Moved,
    /// Only A has it.
    OnlyA,
    /// Only B has it.
    OnlyB,
}

/// What differs between two steps, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Difference(pub u16);

impl Difference {
    /// The name, beyond numbers, ids and the words that formats put before it.
    pub const NAME: Self = Self(1);
    /// The model, beyond the date of its version. Where all calls changed alike, it is told of the runs alone.
    pub const MODEL: Self = Self(2);
    /// Whether it failed, or has ended.
    pub const STATUS: Self = Self(4);
    /// What it was given, in substance.
    pub const INPUT: Self = Self(8);
    /// How that was worded.
    pub const INPUT_WORDING: Self = Self(16);
    /// What came out, in substance.
    pub const OUTPUT: Self = Self(32);
    /// How that was worded.
    pub const OUTPUT_WORDING: Self = Self(64);
    /// How many tries it took.
    pub const ATTEMPTS: Self = Self(128);
    /// How it failed in both, in substance. What came out is then no answer, and is not compared.
    pub const ERROR: Self = Self(256);

    /// All that is more than wording.
    pub const SUBSTANCE: Self = Self(
        Self::NAME.0
            | Self::MODEL.0
            | Self::STATUS.0
            | Self::INPUT.0
            | Self::OUTPUT.0
            | Self::ATTEMPTS.0
            | Self::ERROR.0,
    );

    /// Whether any bit of `other` is set.
    pub const fn has_any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Sets the bits of `other`.
    pub const fn insert(&mut self, other: Self) {
        self.0 |= other.0;
    }

    /// Sets the bit of what is found: `substance` or `wording`.
    fn insert_if(&mut self, found: Option<SketchDifference>, substance: Self, wording: Self) {
        match found {
            Some(SketchDifference::Substance) => self.insert(substance),
            Some(SketchDifference::Wording) => self.insert(wording),
            Some(SketchDifference::Same) | None => {}
        }
    }

    /// Clears the bits of `other`.
    pub const fn remove(&mut self, other: Self) {
        self.0 &= !other.0;
    }
}

/// Aligns run A with run B.
pub fn align(a: &Run<'_>, b: &Run<'_>, by_hand: &ByHand) -> Alignment {
    let forced_rows = |of: fn(&(u32, u32)) -> u32| by_hand.forced.iter().map(of).collect();
    let units_a = Units::new(a, &forced_rows(|pair| pair.0));
    let units_b = Units::new(b, &forced_rows(|pair| pair.1));
    // Which of the two is A must make no difference to what is the same.
    let matched = if units_a.order() <= units_b.order() {
        matched(&units_a, &units_b, by_hand)
    } else {
        let turned = |pairs: &[(u32, u32)]| pairs.iter().map(|(a, b)| (*b, *a)).collect();
        let by_hand = ByHand { forced: turned(&by_hand.forced), broken: turned(&by_hand.broken) };
        matched(&units_b, &units_a, &by_hand).turned()
    };
    let mut alignment = layout::lay_out(&units_a, &units_b, &matched);
    alignment.first_difference = divergence::tell(&mut alignment.pairs, &units_a, &units_b);
    alignment
}

fn matched(a: &Units<'_>, b: &Units<'_>, by_hand: &ByHand) -> Matched {
    let mut matching = Matching::new(a, b, by_hand);
    // Two runs that their sources report are each other's, whatever they are called and have in them.
    if a.run.has_own_row && b.run.has_own_row {
        matching.pair_runs();
    }
    sequence::align(&mut matching);
    holders::match_holders(&mut matching);
    // Else what is above all steps may be a level of its format alone, and is the run itself where it is left over.
    matching.pair_runs();
    matching.pair_only_roots();
    matching.into_matched()
}
