//! The filter text of the trace list as a typed predicate: `status:failed duration:>=1.5s -model:gpt-4* "rate limit"`.
//!
//! [`parse`] gives a [`Filter`] or says where the text is wrong and what was expected; [`Filter::sql`] gives a WHERE
//! clause over the table `trace` in which everything the person typed is a bound parameter. May import `model` alone.
//!
//! Rules that are not obvious:
//! - a value without operator matches what rounds to it: `duration:1.5s` is 1.45 s up to 1.55 s, `retries:2` is 2;
//! - words (`model:`, `project:`, …) match as a whole unless they contain `*`; `name:` and `source:`, which are long,
//!   match in part unless they contain `*`; in quotes, `*` and `,` stand for themselves;
//! - what is not known matches no condition, and so matches every negated one: `-model:x` lists traces without a model;
//! - dates without a zone are in local time and stand for the whole day, month, hour or minute they name.

mod field;
mod needles;
mod parse;
mod sql;
mod value;

pub use field::{Has, NumberField, WordField};
pub use needles::needles;
pub use parse::parse;
pub use sql::SqlValue;

use crate::model::TraceStatus;

/// A parsed filter: all of its terms must hold. Without terms it matches everything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// The terms, in the order written.
    pub terms: Vec<Term>,
}

/// One condition.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Whether the test must fail for the term to hold.
    pub negated: bool,
    /// The test.
    pub test: Test,
}

/// What a term tests. Where there are several alternatives, one of them suffices.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The name, preview or key matches.
    Text(Pattern),
    /// The trace ended in one of these ways.
    Status(Vec<TraceStatus>),
    /// A whole number lies in one of these intervals.
    Number(NumberField, Vec<Interval<i64>>),
    /// The cost in US dollars lies in one of these intervals.
    Cost(Vec<Interval<f64>>),
    /// A text column matches one of these patterns.
    Word(WordField, Vec<Pattern>),
    /// The trace started in one of these times.
    Started(Vec<Started>),
    /// The trace has one of these.
    Has(Vec<Has>),
}

/// Values from `from` (included) up to `below` (not included); an end that is `None` is open.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval<T> {
    /// The smallest value inside.
    pub from: Option<T>,
    /// The first value outside.
    pub below: Option<T>,
}

/// A span of time in which a trace may have started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Started {
    /// Between two times, in nanoseconds since the Unix epoch.
    Between(Interval<i64>),
    /// At most this long before now, in nanoseconds.
    Within(i64),
    /// Longer than this before now, in nanoseconds.
    Before(i64),
}

/// A text with wildcards: the pieces between them, so that `gpt-*` is `["gpt-", ""]` and a text without wildcard is one
/// piece. Matches the whole value; letters of ASCII in either case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pieces; never empty.
    pub pieces: Vec<String>,
}

/// Why a filter text can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FilterError {
    /// Where, as an offset in bytes into the text; on a character boundary.
    pub at: usize,
    /// What is wrong there and what was expected.
    pub message: String,
}

impl FilterError {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self { at, message: message.into() }
    }
}
