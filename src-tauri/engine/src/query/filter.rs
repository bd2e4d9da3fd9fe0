//! The filter text as a typed predicate: `status:failed duration:>=1.5s (tool:search or has:retry) -model:gpt-4* "rate limit"`.
//! `docs/query.md` describes the language to the person.
//!
//! [`parse`] gives a [`Filter`] or says where the text is wrong and what was expected; [`Filter::select`] says which traces
//! of a catalog match; [`edit`] changes a text in one condition and leaves the rest as typed; [`complete`] says what could
//! be written at a place.
//!
//! Rules that are not obvious:
//! - a value without operator matches what rounds to it: `duration:1.5s` is 1.45 s up to 1.55 s, `retries:2` is 2;
//! - words (`model:`, `project:`, …) match as a whole unless they contain `*`; `name:`, `source:` and `error:`, which are
//!   long, match in part unless they contain `*`; in quotes, `*` and `,` stand for themselves;
//! - of what a trace has several (tools, models, tags, errors), one has to match;
//! - what is not known matches no condition, and so matches every negated one: `-model:x` lists traces without a model;
//! - dates without a zone are in local time and stand for the whole day, month, hour or minute they name.

mod complete;
mod edit;
mod field;
mod parse;
mod read;
mod select;
mod value;

use std::ops::Range;

pub use complete::complete;
pub use edit::{edit, joined, quoted};
pub use field::{Flag, Has, Measure, NumberField, WordField};
pub use parse::parse;
pub use read::read;
pub use select::{Selecting, Texts};

use crate::model::{AttemptOutcome, FailureCause, SpanKind, TraceStatus};

/// A parsed filter. Without a root it matches everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The whole condition.
    pub root: Option<Node>,
}

/// A condition, and where it stands in the text: byte offsets.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// What it is.
    pub kind: NodeKind,
}

/// What a condition is made of.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// All of these hold.
    All(Vec<Node>),
    /// One of these holds.
    Any(Vec<Node>),
    /// This does not hold.
    Not(Box<Node>),
    /// This holds, in parentheses.
    Group(Box<Node>),
    /// A single test.
    Term(Term),
}

/// A single test as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// The field's first name; `None` for text to look for.
    pub field: Option<&'static str>,
    /// What it tests.
    pub test: Test,
    /// Its alternatives as written.
    pub values: Vec<Written>,
}

/// A value as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Where it begins in the text.
    pub from: usize,
    /// Where it ends.
    pub to: usize,
    /// The value without quotes.
    pub text: String,
}

/// What a term tests. Where there are several alternatives, one of them suffices.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// All of these texts stand in what was said: names, inputs, outputs, errors.
    Text(Vec<String>),
    /// The trace ended in one of these ways.
    Status(Vec<TraceStatus>),
    /// A whole number lies in one of these intervals.
    Number(NumberField, Vec<Interval<i64>>),
    /// The cost in US dollars lies in one of these intervals.
    Cost(Vec<Interval<f64>>),
    /// A text matches one of these patterns.
    Word(WordField, Vec<Pattern>),
    /// The trace started in one of these times.
    Started(Vec<Interval<Moment>>),
    /// The trace has one of these.
    Has(Vec<Has>),
    /// The trace is one of these.
    Is(Vec<Flag>),
    /// A step is of one of these kinds.
    Kind(Vec<SpanKind>),
    /// Something was tried more than once and came to this.
    Outcome(Vec<AttemptOutcome>),
    /// Something was tried more than once, and a try failed for this.
    Cause(Vec<FailureCause>),
    /// One of these is out of the ordinary for its task.
    Outlier(Vec<Measure>),
}

/// Values from `from` (included) up to `below` (not included); an end that is `None` is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval<T> {
    /// The smallest value inside.
    pub from: Option<T>,
    /// The first value outside.
    pub below: Option<T>,
}

impl<T: PartialOrd + Copy> Interval<T> {
    /// Whether a value lies inside.
    pub fn contains(&self, value: T) -> bool {
        self.from.is_none_or(|from| value >= from) && self.below.is_none_or(|below| value < below)
    }
}

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// In nanoseconds since the Unix epoch.
    At(i64),
    /// So many nanoseconds before now.
    Ago(i64),
}

impl Moment {
    /// In nanoseconds since the Unix epoch.
    pub fn unix_ns(self, now_ns: i64) -> i64 {
        match self {
            Self::At(ns) => ns,
            Self::Ago(ns) => now_ns.saturating_sub(ns),
        }
    }
}

/// A text with wildcards: the pieces between them, so that `gpt-*` is `["gpt-", ""]` and a text without wildcard is one
/// piece. Matches the whole value; letters of ASCII in either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pieces; never empty.
    pub pieces: Vec<String>,
}

impl Pattern {
    /// Whether it matches a whole value.
    pub fn matches(&self, value: &str) -> bool {
        let value = value.as_bytes();
        let starts = |at: usize, piece: &str| {
            value.get(at..at + piece.len()).is_some_and(|part| part.eq_ignore_ascii_case(piece.as_bytes()))
        };
        let Some((first, rest)) = self.pieces.split_first() else { return false };
        let Some((last, middle)) = rest.split_last() else {
            return value.len() == first.len() && starts(0, first);
        };
        if !starts(0, first) {
            return false;
        }
        // The first place for each piece leaves the most room for those after it.
        let mut at = first.len();
        for piece in middle {
            match (at..=value.len()).find(|at| starts(*at, piece)) {
                Some(found) => at = found + piece.len(),
                None => return false,
            }
        }
        value.len() >= at + last.len() && starts(value.len() - last.len(), last)
    }
}

impl Filter {
    /// The conditions that each must hold by themselves, in the order written.
    pub fn conjuncts(&self) -> Vec<&Node> {
        match &self.root {
            None => Vec::new(),
            Some(Node { kind: NodeKind::All(nodes), .. }) => nodes.iter().collect(),
            Some(node) => vec![node],
        }
    }

    /// All terms with the conditions they are (a `not` right before one belongs to it), and whether what stands around them turns
    /// them into their contrary, in the order written.
    pub fn terms(&self) -> Vec<(&Node, &Term, bool)> {
        let mut terms = Vec::new();
        let mut waiting: Vec<(&Node, bool)> = self.root.iter().map(|root| (root, false)).collect();
        while let Some((node, negated)) = waiting.pop() {
            if let Some((term, is_negated)) = node.as_term() {
                terms.push((node, term, negated ^ is_negated));
                continue;
            }
            match &node.kind {
                NodeKind::All(nodes) | NodeKind::Any(nodes) => {
                    waiting.extend(nodes.iter().rev().map(|node| (node, negated)));
                }
                NodeKind::Not(inner) => waiting.push((inner, !negated)),
                NodeKind::Group(inner) => waiting.push((inner, negated)),
                NodeKind::Term(_) => {}
            }
        }
        terms
    }

    /// The texts to look for in what was said, each once.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.terms().into_iter().flat_map(|(_, term, _)| term.texts()).collect();
        texts.sort_unstable();
        texts.dedup();
        texts
    }
}

/// The texts that traces may match the filter by having them in it, to be marked where they stand; not those that they must not
/// have. Empty for a filter that can't be understood.
pub fn needles(filter: &str) -> Vec<String> {
    let Ok(filter) = parse(filter) else { return Vec::new() };
    let wanted = filter.terms().into_iter().filter(|(_, _, negated)| !negated);
    wanted.flat_map(|(_, term, _)| term.texts()).map(str::to_owned).collect()
}

impl Term {
    /// The texts it looks for in what was said.
    fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = match &self.test {
            Test::Text(texts) => texts.as_slice(),
            _ => &[],
        };
        texts.iter().map(String::as_str)
    }
}

impl Node {
    /// The term that it is, and whether negated; `None` for anything else.
    pub fn as_term(&self) -> Option<(&Term, bool)> {
        match &self.kind {
            NodeKind::Term(term) => Some((term, false)),
            NodeKind::Not(inner) => match &inner.kind {
                NodeKind::Term(term) => Some((term, true)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// Why a filter text can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Where, as an offset in bytes into the text; on a character boundary.
    pub at: usize,
    /// Where what is wrong ends.
    pub end: usize,
    /// What is wrong there and what was expected.
    pub message: String,
}

impl FilterError {
    fn at(place: Range<usize>, message: impl Into<String>) -> Self {
        Self { at: place.start, end: place.end, message: message.into() }
    }
}
