//! Which spans are tries of one operation, how that is known, and what the tries cost.

use std::collections::{HashMap, HashSet};

use super::{Row, SpanFacts, Tree};
use crate::model::{SpanKind, SpanStatus};

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
}

impl Signal {
    /// The signal as a sentence for the person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Numbered => "The source numbers its attempts.",
            Self::Named => "The names of the steps end in the number of the retry.",
            Self::BackedOff => "A step failed, the run waited, and the same step ran again.",
            Self::SameInput => "The same step ran again with the same input after it had failed.",
        }
    }

    /// How sure it is, 0 to 1.
    pub const fn confidence(self) -> f32 {
        match self {
            Self::Numbered => 1.0,
            Self::Named => 0.95,
            Self::BackedOff => 0.9,
            Self::SameInput => 0.8,
        }
    }
}

/// Tries of one operation: two or more siblings.
#[derive(Clone, Debug, PartialEq)]
pub struct AttemptGroup {
    /// Rows of the tries in the [`Tree`], in order.
    pub rows: Vec<u32>,
    /// How they were recognised.
    pub signal: Signal,
    /// Whether the last try ended well.
    pub recovered: bool,
    /// Time lost: the tries that failed, and the pauses between tries.
    pub waste_ns: i64,
    /// The pause before each try; 0 before the first.
    pub gap_ns: Vec<i64>,
}

/// The retries of a trace: tries beyond the first of each group.
pub fn retries(groups: &[AttemptGroup]) -> u32 {
    groups.iter().map(|group| group.rows.len().saturating_sub(1) as u32).sum()
}

/// Finds the groups of attempts, in the order of their first rows. A span is in one group at most, and a name that merely
/// comes twice is none.
///
/// `strings` are the texts that [`SpanFacts::name`] points into. `resolution_ns` is how exact the times are: a try may begin
/// that much before the one before it ended.
pub fn attempt_groups<S: AsRef<str>>(
    spans: &[SpanFacts],
    tree: &Tree,
    strings: &[S],
    resolution_ns: i64,
) -> Vec<AttemptGroup> {
    let mut finder = Finder {
        spans,
        tree,
        names: Names::new(strings),
        resolution_ns,
        taken: vec![false; tree.rows.len()],
        groups: Vec::new(),
    };
    finder.named();
    finder.numbered();
    finder.backed_off();
    finder.same_input();
    finder.groups.sort_unstable_by_key(|group| group.rows.first().copied());
    finder.groups
}

struct Finder<'a> {
    spans: &'a [SpanFacts],
    tree: &'a Tree,
    names: Names,
    resolution_ns: i64,
    /// Rows that are in a group.
    taken: Vec<bool>,
    groups: Vec<AttemptGroup>,
}

impl Finder<'_> {
    /// `x_retry_1`, `x_retry_2`, `x` (the last try keeps the plain name) or `x`, `x_retry_1`, `x_retry_2`.
    fn named(&mut self) {
        if self.names.numbers.iter().all(Option::is_none) {
            return;
        }
        for run in self.siblings_by(|span, names| Some((span.kind, names.base(span.name), None, None))) {
            if run.iter().all(|row| self.retry_number(*row).is_none()) {
                continue;
            }
            let mut tries: Vec<u32> = Vec::new();
            for row in run {
                let failed_before = tries.last().is_some_and(|last| self.failed(*last));
                let is_next =
                    match (self.retry_number(row), tries.last().map(|last| self.retry_number(*last))) {
                        (_, None) => false,
                        (Some(number), Some(last)) => failed_before && number > last.unwrap_or(0),
                        // A plain name ends a run of numbered ones; after a plain one it begins anew.
                        (None, Some(last)) => failed_before && last.is_some(),
                    };
                if !is_next {
                    self.close(&mut tries, Signal::Named);
                }
                tries.push(row);
                if is_next && self.retry_number(row).is_none() {
                    self.close(&mut tries, Signal::Named);
                }
            }
            self.close(&mut tries, Signal::Named);
        }
    }

    /// Same name, attempt numbers that rise.
    fn numbered(&mut self) {
        let key = |span: &SpanFacts, names: &Names| {
            span.attempt.map(|_| (span.kind, names.base(span.name), None, None))
        };
        for run in self.siblings_by(key) {
            let mut tries: Vec<u32> = Vec::new();
            for row in run {
                let number = self.span(row).attempt;
                if tries.last().is_none_or(|last| number <= self.span(*last).attempt) {
                    self.close(&mut tries, Signal::Numbered);
                }
                tries.push(row);
            }
            self.close(&mut tries, Signal::Numbered);
        }
    }

    /// A failure, then a wait (or a pause the source reports), then the same step: direct neighbours but for the waits.
    fn backed_off(&mut self) {
        let any_wait = |span: &SpanFacts| span.kind == SpanKind::Wait || span.backoff_ns.is_some();
        if !self.spans.iter().any(any_wait) {
            return;
        }
        let same = |a: &SpanFacts, b: &SpanFacts| (a.kind, a.name, a.model) == (b.kind, b.name, b.model);
        for run in self.siblings_by(|_, _| Some((SpanKind::Other, 0, None, None))) {
            let mut tries: Vec<u32> = Vec::new();
            let mut waited = false;
            for row in run {
                let span = self.span(row);
                if span.kind == SpanKind::Wait {
                    waited = true;
                    continue;
                }
                let is_next = tries.last().is_some_and(|last| {
                    let before = self.span(*last);
                    (waited || before.backoff_ns.is_some())
                        && same(before, span)
                        && self.failed_before(*last, row)
                });
                if !is_next {
                    self.close(&mut tries, Signal::BackedOff);
                }
                tries.push(row);
                waited = false;
            }
            self.close(&mut tries, Signal::BackedOff);
        }
    }

    /// Same kind, name, model and input; each failed before the next began.
    fn same_input(&mut self) {
        // A try that failed has the model that was asked for, one that went well the version that answered.
        let key = |span: &SpanFacts, names: &Names| {
            let model = span.model.map(|model| names.base(model));
            span.input_hash.map(|hash| (span.kind, names.base(span.name), model, Some(hash)))
        };
        // Only what failed is tried again, which in a large trace is little.
        let failed = self.spans.iter().filter(|span| span.status == SpanStatus::Error);
        let failed: HashSet<Key> = failed.filter_map(|span| key(span, &self.names)).collect();
        for run in self.siblings_by(|span, names| key(span, names).filter(|key| failed.contains(key))) {
            let mut tries: Vec<u32> = Vec::new();
            for row in run {
                if !tries.last().is_some_and(|last| self.failed_before(*last, row)) {
                    self.close(&mut tries, Signal::SameInput);
                }
                tries.push(row);
            }
            self.close(&mut tries, Signal::SameInput);
        }
    }

    /// Siblings that share a key, in order; those in a group already are left out. Waits come only under the key that
    /// everything shares, which is the one question that asks for them.
    fn siblings_by(&self, key: impl Fn(&SpanFacts, &Names) -> Option<Key>) -> Vec<Vec<u32>> {
        let mut keyed: Vec<(Option<u32>, Key, u32)> = Vec::new();
        for (at, row) in self.tree.rows.iter().enumerate() {
            let span = &self.spans[row.span as usize];
            let Some(key) = key(span, &self.names).filter(|_| !self.taken[at]) else { continue };
            if key.0 != SpanKind::Wait {
                keyed.push((row.parent, key, at as u32));
            }
        }
        keyed.sort_unstable();
        let runs = keyed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        runs.filter(|run| run.len() > 1).map(|run| run.iter().map(|(_, _, row)| *row).collect()).collect()
    }

    /// Takes the tries so far as a group, if they are one.
    fn close(&mut self, tries: &mut Vec<u32>, signal: Signal) {
        if tries.len() < 2 {
            tries.clear();
            return;
        }
        let rows = std::mem::take(tries);
        for row in &rows {
            self.taken[*row as usize] = true;
        }
        let mut gap_ns = vec![0];
        let mut waste_ns = 0_i64;
        for pair in rows.windows(2) {
            if let [before, next] = pair {
                let gap = self.gap_ns(*before, *next);
                let lost = self.span(*before).duration_ns().unwrap_or(0);
                waste_ns = waste_ns.saturating_add(lost).saturating_add(gap);
                gap_ns.push(gap);
            }
        }
        let last = rows.last().map(|row| self.span(*row));
        if let Some(last) = last.filter(|last| last.status == SpanStatus::Error) {
            waste_ns = waste_ns.saturating_add(last.duration_ns().unwrap_or(0));
        }
        let recovered = last.is_some_and(|last| matches!(last.status, SpanStatus::Ok | SpanStatus::Unset));
        self.groups.push(AttemptGroup { rows, signal, recovered, waste_ns, gap_ns });
    }

    /// From the end of one try to the start of the next; where times are missing, the pause that the source reports.
    fn gap_ns(&self, before: u32, next: u32) -> i64 {
        let (before, next) = (self.span(before), self.span(next));
        match (before.end_ns, next.start_ns) {
            (Some(end), Some(start)) => start.saturating_sub(end).max(0),
            _ => before.backoff_ns.unwrap_or(0).max(0),
        }
    }

    fn failed_before(&self, row: u32, next: u32) -> bool {
        let in_order = match (self.span(row).end_ns, self.span(next).start_ns) {
            (Some(end), Some(start)) => end.saturating_sub(self.resolution_ns) <= start,
            // Without times the order of the source is all there is.
            _ => true,
        };
        self.failed(row) && in_order
    }

    fn failed(&self, row: u32) -> bool {
        self.span(row).status == SpanStatus::Error
    }

    fn retry_number(&self, row: u32) -> Option<u32> {
        self.names.number(self.span(row).name)
    }

    fn span(&self, row: u32) -> &SpanFacts {
        let Row { span, .. } = self.tree.rows[row as usize];
        &self.spans[span as usize]
    }
}

/// What siblings must share: kind, name, model, input.
type Key = (SpanKind, u32, Option<u32>, Option<i64>);

/// Names taken apart: `openai_chat_retry_2` is `openai_chat` and 2, `gpt-4o-2024-08-06` a version of `gpt-4o`.
struct Names {
    /// For each string, the index of the first that has the same text without number or date.
    bases: Vec<u32>,
    numbers: Vec<Option<u32>>,
}

impl Names {
    fn new<S: AsRef<str>>(strings: &[S]) -> Self {
        let mut first_of = HashMap::with_capacity(strings.len());
        let mut names =
            Self { bases: Vec::with_capacity(strings.len()), numbers: Vec::with_capacity(strings.len()) };
        for (index, text) in strings.iter().enumerate() {
            let (base, number) = match text.as_ref().rsplit_once("_retry_") {
                Some((base, digits)) if !base.is_empty() => match digits.parse() {
                    Ok(number) => (base, Some(number)),
                    Err(_) => (undated(text.as_ref()), None),
                },
                _ => (undated(text.as_ref()), None),
            };
            names.bases.push(*first_of.entry(base).or_insert(index as u32));
            names.numbers.push(number);
        }
        names
    }

    fn base(&self, name: u32) -> u32 {
        self.bases.get(name as usize).copied().unwrap_or(name)
    }

    fn number(&self, name: u32) -> Option<u32> {
        self.numbers.get(name as usize).copied().flatten()
    }
}

/// A model's name without the date of its version: `-2024-08-06` or `-20240806`.
fn undated(name: &str) -> &str {
    let is_date = |date: &str| {
        let parts = [(0, 4), (5, 7), (8, 10)].map(|(from, to)| date.get(from..to));
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        match date.len() {
            8 => digits(date) && date.starts_with("20"),
            10 => {
                parts.into_iter().flatten().all(digits)
                    && date.starts_with("20")
                    && date.get(4..5) == Some("-")
            }
            _ => false,
        }
    };
    [11, 9]
        .into_iter()
        .filter_map(|length| name.split_at_checked(name.len().checked_sub(length)?))
        .find(|(base, date)| !base.is_empty() && date.strip_prefix('-').is_some_and(is_date))
        .map_or(name, |(base, _)| base)
}
