//! Runs by when they started, in equal stretches.

use super::filter::edit;
use crate::dto::FilterEdit;

const NS_PER_MS: i64 = 1_000_000;

/// Sums over time. First every run is met, then time is divided, then sums are made.
#[derive(Default)]
pub(super) struct OverTime<S> {
    /// The first and the last start.
    ends: Option<(i64, i64)>,
    /// Whole milliseconds, so that a filter can say where a stretch begins and ends.
    first_ms: i64,
    width_ms: i64,
    sums: Vec<S>,
}

/// One stretch of time.
pub(super) struct Stretch<S> {
    /// When it begins.
    pub(super) start_unix_ms: f64,
    /// When it ends.
    pub(super) end_unix_ms: f64,
    /// What its runs come to.
    pub(super) sum: S,
    /// The filter that those runs and no others match.
    pub(super) filter: String,
}

impl<S: Default> OverTime<S> {
    /// Takes a start into account for where stretches begin and end.
    pub(super) fn meet(&mut self, start_ns: Option<i64>) {
        if let Some(start) = start_ns {
            let (first, last) = self.ends.unwrap_or((start, start));
            self.ends = Some((first.min(start), last.max(start)));
        }
    }

    /// Divides the time from the first start to the last into so many stretches, or a few less.
    pub(super) fn divide(&mut self, count: u32) {
        let Some((first, last)) = self.ends else { return };
        self.first_ms = first.div_euclid(NS_PER_MS);
        let span_ms = last.div_euclid(NS_PER_MS) - self.first_ms + 1;
        let count = i64::from(count);
        self.width_ms = (span_ms + count - 1) / count;
        self.sums.resize_with(((span_ms + self.width_ms - 1) / self.width_ms) as usize, S::default);
    }

    /// The sum of the stretch that a start lies in.
    pub(super) fn at(&mut self, start_ns: Option<i64>) -> Option<&mut S> {
        let start = start_ns.filter(|_| self.width_ms > 0)?;
        let index = (start.div_euclid(NS_PER_MS) - self.first_ms) / self.width_ms;
        self.sums.get_mut(usize::try_from(index).ok()?)
    }

    /// All stretches, in order; each with `filter` narrowed to it.
    pub(super) fn finish(self, filter: &str) -> impl Iterator<Item = Stretch<S>> {
        let (first_ms, width_ms) = (self.first_ms, self.width_ms);
        self.sums.into_iter().enumerate().map(move |(index, sum)| {
            let from = (first_ms + index as i64 * width_ms) as f64;
            let below = from + width_ms as f64;
            let range = FilterEdit::Range { from: Some(from), below: Some(below) };
            let filter = edit(filter, "started", &range).unwrap_or_else(|_| filter.to_owned());
            Stretch { start_unix_ms: from, end_unix_ms: below, sum, filter }
        })
    }
}
