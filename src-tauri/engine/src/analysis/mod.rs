//! Pure functions on the spans of one trace: its tree, its totals, its retries; and on two of them: which step is which ([`alignment`]). May import `model` alone.
//!
//! A caller loads the spans of one trace as [`SpanFacts`] in any order, with texts as indices into a table of strings, and
//! then: [`resolve_parents`] (ids → indices), [`infer_parents`] (only where the source gives none), [`tree`],
//! [`totals`], [`attempt_groups`]; of these, [`activities`], the [`critical_path`] through them and their [`time_budget`]. Everything is iterative and O(n log n): a million spans, or a hundred thousand deep, are fine.

mod activities;
pub mod alignment;
mod budget;
pub mod conversation;
mod critical_path;
mod retries;
mod skew;
mod totals;
mod tree;

pub use activities::{Activity, Told, Window, activities};
pub use budget::{TimeBudget, TimeShare, time_budget};
pub use critical_path::{Stretch, critical_path};
pub use retries::{
    AttemptGroup, Awaited, Correction, Gap, Signal, WasteOnPath, attempt_groups, awaited, cause,
    corrected_groups, retries, waste_on_path, wasted_ns,
};
pub use skew::{ClockOffsets, ClockShift, Clocks, clock_offsets};
pub use totals::{Roots, Subtotals, Totals, subtotals, totals};
pub use tree::{Row, Tree, infer_parents, resolve_parents, tree};

use crate::model::{FailureCause, SpanKind, SpanStatus, Tokens};

/// Who a span's parent is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Parent {
    /// It names none: a root.
    #[default]
    None,
    /// The span at this index.
    At(u32),
    /// It names one that is not there: an orphan, shown as a root.
    Missing,
    /// The span at this index, worked out from intervals ([`infer_parents`]).
    Inferred(u32),
}

impl Parent {
    /// The index of the parent, given or inferred.
    pub fn index(self) -> Option<u32> {
        match self {
            Self::At(index) | Self::Inferred(index) => Some(index),
            Self::None | Self::Missing => None,
        }
    }
}

/// What the analyses know of one span. `name` and `model` are indices into a table of strings the caller keeps.
#[derive(Clone, Copy, Debug)]
pub struct SpanFacts {
    /// Its parent.
    pub parent: Parent,
    /// What it is.
    pub kind: SpanKind,
    /// How it ended.
    pub status: SpanStatus,
    /// Its name, as an index into the strings.
    pub name: u32,
    /// Its model, as an index into the strings.
    pub model: Option<u32>,
    /// When it started, nanoseconds since the Unix epoch.
    pub start_ns: Option<i64>,
    /// When it ended; `None` while open.
    pub end_ns: Option<i64>,
    /// Tokens as its source gives them.
    pub tokens: Tokens,
    /// Cost in US dollars, as reported.
    pub cost_usd: Option<f64>,
    /// Which try of its operation it is, from 1, where the source says so.
    pub attempt: Option<u32>,
    /// The pause the source says it made before the next try.
    pub backoff_ns: Option<i64>,
    /// Hash of its input.
    pub input_hash: Option<i64>,
    /// Whether there is an error text to show for it.
    pub has_error_text: bool,
    /// Why it failed, if it did and that is known ([`cause`]).
    pub cause: Option<FailureCause>,
}

impl SpanFacts {
    /// A span of which only its name is known.
    pub fn new(name: u32) -> Self {
        Self {
            parent: Parent::None,
            kind: SpanKind::Other,
            status: SpanStatus::Unset,
            name,
            model: None,
            start_ns: None,
            end_ns: None,
            tokens: Tokens::default(),
            cost_usd: None,
            attempt: None,
            backoff_ns: None,
            input_hash: None,
            has_error_text: false,
            cause: None,
        }
    }

    /// From start to end, never negative; `None` if either is not known.
    pub fn duration_ns(&self) -> Option<i64> {
        Some(self.end_ns?.saturating_sub(self.start_ns?).max(0))
    }
}
