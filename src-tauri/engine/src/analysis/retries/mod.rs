//! Which spans are tries of one operation, how that is known, how the tries relate, why each failed, and what they cost.
//!
//! Signals are asked for from the most trusted to the least; a span is in one group at most. A name that merely comes twice is
//! no retry: loops, polling, pages and calls side by side are left alone, as is a step that ran again after the agent had done
//! other work (tests after an edit).

mod awaited;
mod cause;
mod corrected;
mod detect;
mod on_path;

pub use awaited::{Awaited, awaited};
pub use cause::cause;
pub use corrected::Correction;
pub use detect::{attempt_groups, corrected_groups};
pub use on_path::{WasteOnPath, waste_on_path};

use super::totals::{Subtotals, subtotals};
use super::{Parent, SpanFacts, Tree};
use crate::model::{AttemptOutcome, AttemptRelation, FailureCause, Provenance, SpanKind, SpanStatus};

/// What showed that spans are tries of one operation; most trusted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// The source numbers its attempts.
    Numbered,
    /// The names end in `_retry_N`.
    Named,
    /// A try failed, the run waited, and the same step ran again.
    BackedOff,
    /// Same step, same input, and each try failed before the next began.
    SameInput,
    /// The same call was sent again while it was under way, and one of the two was cancelled.
    Overlapping,
    /// A model failed, and another was asked the same.
    OtherModel,
    /// The agent made the same call again, after it had failed and without doing other work in between.
    AskedAgain,
    /// A tool failed, and another was given the same input at once.
    OtherTool,
    /// A person said so, and how the tries relate follows from them.
    ByHand(AttemptRelation),
}

impl Signal {
    /// The signal as a sentence for the person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Numbered => "The source numbers its attempts.",
            Self::Named => "The names of the steps end in the number of the retry.",
            Self::BackedOff => "A step failed, the run waited, and the same step ran again.",
            Self::SameInput => "The same step ran again with the same input after it had failed.",
            Self::Overlapping => {
                "The same call was sent again while the first was under way, and one of them was cancelled."
            }
            Self::OtherModel => "A model call failed, and another model was given the same input.",
            Self::AskedAgain => {
                "The agent made the same call again after it had failed, with no other work in between."
            }
            Self::OtherTool => "A tool failed, and another was given the same input at once.",
            Self::ByHand(_) => "Joined by hand.",
        }
    }

    /// How sure it is, 0 to 1.
    pub const fn confidence(self) -> f32 {
        match self {
            Self::Numbered | Self::ByHand(_) => 1.0,
            Self::Named => 0.95,
            Self::BackedOff => 0.9,
            Self::SameInput => 0.8,
            Self::Overlapping | Self::OtherModel => 0.75,
            Self::AskedAgain => 0.7,
            Self::OtherTool => 0.6,
        }
    }

    /// How tries that it shows relate.
    pub const fn relation(self) -> AttemptRelation {
        match self {
            Self::OtherModel | Self::OtherTool => AttemptRelation::Fallback,
            Self::Overlapping => AttemptRelation::Hedge,
            Self::ByHand(relation) => relation,
            _ => AttemptRelation::Retry,
        }
    }
}

/// The pause before a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// How long; 0 before the first try and before one that overlaps the try before it.
    pub ns: i64,
    /// Measured between two times, or as the source says it would wait.
    pub provenance: Provenance,
}

/// Tries of one operation: two or more.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptGroup {
    /// Rows of the tries in the [`Tree`], in order.
    pub rows: Vec<u32>,
    /// How they were recognised.
    pub signal: Signal,
    /// A person had a say in which rows these are.
    pub by_hand: bool,
    /// What became of it.
    pub outcome: AttemptOutcome,
    /// The innermost group in one of whose tries this one lies: the tries of a tool call inside a try of its agent.
    pub within: Option<u32>,
    /// The pause before each try.
    pub gaps: Vec<Gap>,
    /// Why each try failed; `None` for one that did not.
    pub causes: Vec<Option<FailureCause>>,
    /// Time lost: the tries that failed, and the pauses between tries. Of overlapping tries, nothing.
    pub waste_ns: i64,
    /// Tokens of the tries that failed, with all below them; `None` where none are known.
    pub waste_tokens: Option<u64>,
    /// Cost of the same.
    pub waste_cost_usd: Option<f64>,
}

impl AttemptGroup {
    /// Whether the operation went well in the end.
    pub fn recovered(&self) -> bool {
        self.outcome == AttemptOutcome::Recovered
    }

    /// The tries that were lost, in order.
    pub fn lost_rows(&self) -> impl Iterator<Item = u32> {
        lost_rows(&self.rows, &self.causes, self.signal.relation())
    }
}

/// The tries that failed. One whose failure the source does not note was lost all the same if another followed, unless they
/// went out at once.
fn lost_rows(
    rows: &[u32],
    causes: &[Option<FailureCause>],
    relation: AttemptRelation,
) -> impl Iterator<Item = u32> {
    let last = rows.last().copied();
    let is_hedge = relation == AttemptRelation::Hedge;
    let tries = rows.iter().copied().zip(causes);
    tries.filter(move |(row, cause)| cause.is_some() || (!is_hedge && last != Some(*row))).map(|(row, _)| row)
}

/// The retries of a trace: tries beyond the first of each group. Calls that were sent twice at once are none.
pub fn retries(groups: &[AttemptGroup]) -> u32 {
    let again = groups.iter().filter(|group| group.signal.relation() != AttemptRelation::Hedge);
    again.map(|group| group.rows.len().saturating_sub(1) as u32).sum()
}

/// The time lost in all groups, each moment once: what lies in a failed try of another group is in that one's time.
pub fn wasted_ns(groups: &[AttemptGroup], tree: &Tree) -> i64 {
    let is_counted = |group: &AttemptGroup| {
        let mut outer = group.within;
        while let Some(around) = outer.and_then(|index| groups.get(index as usize)) {
            if let Some(try_) = group.rows.first().and_then(|row| try_around(around, *row, tree))
                && around.causes.get(try_).is_some_and(Option::is_some)
            {
                return true;
            }
            outer = around.within;
        }
        false
    };
    groups.iter().filter(|group| !is_counted(group)).fold(0, |sum, group| sum.saturating_add(group.waste_ns))
}

/// Which try of `group` has `row` below it.
fn try_around(group: &AttemptGroup, row: u32, tree: &Tree) -> Option<usize> {
    // Tries of cousins are in order of their rows, too.
    group.rows.iter().position(|try_| {
        let descendants = tree.rows.get(*try_ as usize).map_or(0, |row| row.descendants);
        row > *try_ && row - *try_ <= descendants
    })
}

/// Rows and how they were found, made into a group: gaps, causes, outcome, waste.
struct Weighing<'a> {
    spans: &'a [SpanFacts],
    tree: &'a Tree,
    below: Subtotals,
    last_root: Option<u32>,
}

impl<'a> Weighing<'a> {
    fn new(spans: &'a [SpanFacts], tree: &'a Tree) -> Self {
        Self { spans, tree, below: subtotals(spans, tree), last_root: tree.roots().last() }
    }

    fn group(&self, rows: Vec<u32>, signal: Signal) -> AttemptGroup {
        let is_hedge = signal.relation() == AttemptRelation::Hedge;
        let mut gaps = vec![Gap { ns: 0, provenance: Provenance::Measured }];
        gaps.extend(rows.windows(2).filter_map(|pair| match pair {
            [before, next] => Some(self.gap(*before, *next)),
            _ => None,
        }));
        let causes: Vec<Option<FailureCause>> = rows
            .iter()
            .map(|row| {
                let span = self.span(*row);
                (span.status == SpanStatus::Error).then(|| span.cause.unwrap_or(FailureCause::Unknown))
            })
            .collect();
        let last = rows.last().copied();
        let outcome = last.map_or(AttemptOutcome::Recovered, |last| self.outcome(&rows, last, is_hedge));
        let lost: Vec<u32> = lost_rows(&rows, &causes, signal.relation()).collect();
        let waste_ns = if is_hedge {
            0
        } else {
            let tries = lost.iter().map(|row| self.span(*row).duration_ns().unwrap_or(0));
            tries.chain(gaps.iter().map(|gap| gap.ns)).fold(0_i64, i64::saturating_add)
        };
        let sum_of = |row: &u32| self.below.tokens.get(*row as usize).copied().flatten();
        let waste_tokens = lost.iter().filter_map(sum_of).reduce(u64::saturating_add);
        let cost_of = |row: &u32| self.below.cost_usd.get(*row as usize).copied().flatten();
        let waste_cost_usd = lost.iter().filter_map(cost_of).reduce(|a, b| a + b);
        AttemptGroup {
            rows,
            signal,
            by_hand: false,
            outcome,
            within: None,
            gaps,
            causes,
            waste_ns,
            waste_tokens,
            waste_cost_usd,
        }
    }

    fn outcome(&self, rows: &[u32], last: u32, is_hedge: bool) -> AttemptOutcome {
        let status = |row: &u32| self.span(*row).status;
        let went_well = |row: &u32| matches!(status(row), SpanStatus::Ok | SpanStatus::Unset);
        if went_well(&last) || (is_hedge && rows.iter().any(went_well)) {
            return AttemptOutcome::Recovered;
        }
        if status(&last) == SpanStatus::Open {
            return AttemptOutcome::Trying;
        }
        let asked_by = self.tree.rows.get(last as usize).and_then(|row| row.parent);
        match asked_by.map(|row| self.span(row).status) {
            Some(SpanStatus::Error) => AttemptOutcome::Gaveup,
            Some(_) => AttemptOutcome::Abandoned,
            // Steps of a run that has no step of its own: it gave up if nothing came after.
            None => {
                if self.last_root == Some(last) {
                    AttemptOutcome::Gaveup
                } else {
                    AttemptOutcome::Abandoned
                }
            }
        }
    }

    /// From the end of one try to the start of the next; where times are missing, the pause that the source reports.
    fn gap(&self, before: u32, next: u32) -> Gap {
        let (before, next) = (self.span(before), self.span(next));
        match (before.end_ns, next.start_ns) {
            (Some(end), Some(start)) => {
                Gap { ns: start.saturating_sub(end).max(0), provenance: Provenance::Measured }
            }
            _ => Gap { ns: before.backoff_ns.unwrap_or(0).max(0), provenance: Provenance::Reported },
        }
    }

    fn span(&self, row: u32) -> &SpanFacts {
        span_of(self.spans, self.tree, row)
    }
}

fn span_of<'a>(spans: &'a [SpanFacts], tree: &Tree, row: u32) -> &'a SpanFacts {
    &spans[tree.rows[row as usize].span as usize]
}

/// Says of each group which one it lies within.
fn nest(groups: &mut [AttemptGroup], tree: &Tree) {
    // The group of each try; then up from each group's first try.
    let mut group_of = vec![u32::MAX; tree.rows.len()];
    for (index, group) in groups.iter().enumerate() {
        for row in &group.rows {
            group_of[*row as usize] = index as u32;
        }
    }
    // The nearest try above each row, itself left out: parents come before their children.
    let mut around = vec![u32::MAX; tree.rows.len()];
    for at in 0..tree.rows.len() {
        if let Some(parent) = tree.rows[at].parent {
            let parent = parent as usize;
            around[at] = if group_of[parent] == u32::MAX { around[parent] } else { group_of[parent] };
        }
    }
    for group in groups.iter_mut() {
        let first = group.rows.first().map(|row| around[*row as usize]);
        group.within = first.filter(|index| *index != u32::MAX);
    }
    if groups.iter().any(|group| group.by_hand) {
        cut_circles(groups);
    }
}

/// Tries that a person joined from all over a run may lie in tries of one another's groups.
fn cut_circles(groups: &mut [AttemptGroup]) {
    for index in 0..groups.len() {
        let mut outer = groups[index].within;
        for _ in 0..groups.len() {
            match outer {
                Some(around) if around as usize == index => {
                    groups[index].within = None;
                    break;
                }
                Some(around) => outer = groups[around as usize].within,
                None => break,
            }
        }
    }
}

/// Whether a span is work of an agent as seen by itself: what it does between two tries makes them two calls.
fn is_work(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Tool | SpanKind::Retrieval)
}

/// Whether a span has a parent of which the source or its intervals tell.
fn has_parent(span: &SpanFacts) -> bool {
    matches!(span.parent, Parent::At(_) | Parent::Inferred(_))
}
