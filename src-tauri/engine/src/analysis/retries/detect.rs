//! Finds tries of one operation, signal by signal.

use std::collections::{HashMap, HashSet};

use super::corrected::{Correction, Found, corrected};
use super::{AttemptGroup, Signal, Weighing, has_parent, is_work, nest, span_of};
use crate::analysis::{SpanFacts, Tree};
use crate::model::{FailureCause, SpanKind, SpanStatus};

/// How many rows between two calls are looked at for other work; where there are more, there surely was some.
const LOOKED_AT: usize = 1024;

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
    corrected_groups(spans, tree, strings, resolution_ns, &[])
}

/// The same, as a person has corrected them.
pub fn corrected_groups<S: AsRef<str>>(
    spans: &[SpanFacts],
    tree: &Tree,
    strings: &[S],
    resolution_ns: i64,
    corrections: &[Correction],
) -> Vec<AttemptGroup> {
    let mut finder = Finder {
        spans,
        tree,
        names: Names::new(strings),
        resolution_ns,
        taken: vec![false; tree.rows.len()],
        found: Vec::new(),
        failed_calls: HashSet::new(),
    };
    finder.named();
    finder.numbered();
    finder.backed_off();
    finder.same_input();
    finder.overlapping();
    finder.other_model();
    finder.asked_again();
    finder.other_tool();
    let mut found = corrected(finder.found, corrections, spans, tree, &finder.names);
    if found.is_empty() {
        return Vec::new();
    }
    found.sort_unstable_by_key(|found| found.rows.first().copied());
    let weighing = Weighing::new(spans, tree);
    let mut groups: Vec<AttemptGroup> = found
        .into_iter()
        .map(|Found { rows, signal, by_hand }| AttemptGroup { by_hand, ..weighing.group(rows, signal) })
        .collect();
    nest(&mut groups, tree);
    groups
}

struct Finder<'a> {
    spans: &'a [SpanFacts],
    tree: &'a Tree,
    names: Names,
    resolution_ns: i64,
    /// Rows that are in a group.
    taken: Vec<bool>,
    found: Vec<(Vec<u32>, Signal)>,
    /// Calls that failed at least once: only what failed is tried again, which in a large trace is little.
    failed_calls: HashSet<Key>,
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

    /// Same kind, name, model and input; each failed before the next began. Of tools, if no other work was done in between.
    fn same_input(&mut self) {
        let failed = self.spans.iter().filter(|span| span.status == SpanStatus::Error);
        self.failed_calls = failed.filter_map(|span| call(span, &self.names)).collect();
        if self.failed_calls.is_empty() {
            return;
        }
        let key = |span: &SpanFacts, names: &Names| {
            call(span, names).filter(|call| self.failed_calls.contains(call))
        };
        for run in self.siblings_by(key) {
            let mut tries = Tries::default();
            for row in run {
                let next = tries.last().and_then(|last| self.again(last, row));
                if next.is_none() {
                    self.take(&mut tries);
                }
                tries.push(row, next.unwrap_or(Signal::SameInput));
            }
            self.take(&mut tries);
        }
    }

    /// Whether `row` is the call of `last` made again, and how that shows.
    fn again(&self, last: u32, row: u32) -> Option<Signal> {
        if !self.failed_before(last, row) {
            return None;
        }
        if !is_work(self.span(row).kind) {
            return Some(Signal::SameInput);
        }
        let between = self.between(last, row);
        match (between.worked, between.asked) {
            (true, _) => None,
            (false, true) => Some(Signal::AskedAgain),
            (false, false) => Some(Signal::SameInput),
        }
    }

    /// The same call sent again while it was under way; one was cancelled, the other went well.
    fn overlapping(&mut self) {
        let is_cancelled = |span: &SpanFacts| span.cause == Some(FailureCause::Cancelled);
        if !self.spans.iter().any(is_cancelled) {
            return;
        }
        let key = |span: &SpanFacts, names: &Names| {
            call(span, names).filter(|call| self.failed_calls.contains(call))
        };
        for run in self.siblings_by(key) {
            let went_well = |row: &u32| matches!(self.span(*row).status, SpanStatus::Ok | SpanStatus::Unset);
            let overlap = |pair: &[u32]| match pair {
                [a, b] => {
                    self.span(*a).end_ns.zip(self.span(*b).start_ns).is_some_and(|(end, start)| start < end)
                }
                _ => false,
            };
            let is_hedge = run.windows(2).all(overlap)
                && run.iter().filter(|row| went_well(row)).count() == 1
                && run.iter().all(|row| went_well(row) || is_cancelled(self.span(*row)));
            if is_hedge {
                run.iter().for_each(|row| self.taken[*row as usize] = true);
                self.found.push((run, Signal::Overlapping));
            }
        }
    }

    /// Models given the same input one after the other, each after the one before it had failed. What was found of one model
    /// becomes part of it.
    fn other_model(&mut self) {
        if !self.failed_calls.iter().any(|call| call.0 == SpanKind::Llm) {
            return;
        }
        let mut group_of: HashMap<u32, usize> = HashMap::new();
        for (index, (rows, _)) in self.found.iter().enumerate() {
            group_of.extend(rows.iter().map(|row| (*row, index)));
        }
        let mut joined: Vec<(Vec<u32>, Signal)> = Vec::new();
        let mut dissolved: HashSet<usize> = HashSet::new();
        let input = |span: &SpanFacts, _: &Names| {
            let hash = span.input_hash.filter(|_| span.kind == SpanKind::Llm)?;
            Some((SpanKind::Llm, 0, None, Some(hash)))
        };
        for run in self.all_siblings_by(input) {
            let mut tries = ModelTries::default();
            for row in run {
                let group = group_of.get(&row).copied();
                if group.is_some_and(|group| tries.parts.contains(&group)) {
                    continue;
                }
                if tries.rows.last().is_some_and(|last| !self.failed_before(*last, row)) {
                    tries.close(&mut joined, &mut dissolved);
                }
                // A call that failed may not say which model it asked: that makes it no other one.
                tries.models.extend(self.span(row).model.map(|model| self.names.base(model)));
                tries.is_unnamed |= self.span(row).model.is_none();
                tries.pieces += 1;
                match group {
                    Some(group) => {
                        tries.rows.extend(self.found[group].0.iter());
                        tries.parts.push(group);
                    }
                    None => tries.rows.push(row),
                }
            }
            tries.close(&mut joined, &mut dissolved);
        }
        let mut index = 0;
        self.found.retain(|_| {
            index += 1;
            !dissolved.contains(&(index - 1))
        });
        for (rows, signal) in joined {
            rows.iter().for_each(|row| self.taken[*row as usize] = true);
            self.found.push((rows, signal));
        }
    }

    /// The same tool call again, below another parent: an agent whose turns have a step each.
    fn asked_again(&mut self) {
        if !self.failed_calls.iter().any(|call| is_work(call.0)) {
            return;
        }
        // Turns of one agent, within one try: a try's own calls are not the other try's.
        let mut scope: Vec<u32> = vec![u32::MAX; self.tree.rows.len()];
        let mut calls: Vec<(u32, Key, u32)> = Vec::new();
        for at in 0..self.tree.rows.len() {
            if let Some(parent) = self.tree.rows[at].parent {
                let bounds = self.span(parent).kind == SpanKind::Agent || self.taken[parent as usize];
                scope[at] = if bounds { parent } else { scope[parent as usize] };
            }
            let span = self.span(at as u32);
            let known = call(span, &self.names).filter(|call| self.failed_calls.contains(call));
            if let Some(call) = known.filter(|_| is_work(span.kind) && !self.taken[at] && has_parent(span)) {
                calls.push((scope[at], call, at as u32));
            }
        }
        calls.sort_unstable();
        for run in calls.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|run| run.len() > 1) {
            let mut tries = Tries::default();
            for (_, _, row) in run {
                let is_next = tries.last().is_some_and(|last| self.again(last, *row).is_some());
                if !is_next {
                    self.take(&mut tries);
                }
                tries.push(*row, Signal::AskedAgain);
            }
            self.take(&mut tries);
        }
    }

    /// A tool that failed, and directly after it another that was given the same and did well.
    fn other_tool(&mut self) {
        let failed = self.failed_calls.iter().filter(|call| is_work(call.0));
        let inputs: HashSet<Option<i64>> = failed.map(|call| call.3).collect();
        if inputs.is_empty() {
            return;
        }
        let input = |span: &SpanFacts, _: &Names| {
            let hash = span.input_hash.filter(|_| is_work(span.kind))?;
            inputs.contains(&Some(hash)).then_some((SpanKind::Tool, 0, None, Some(hash)))
        };
        for run in self.siblings_by(input) {
            for pair in run.windows(2) {
                let [before, next] = *pair else { continue };
                let (failed, took_over) = (self.span(before), self.span(next));
                let is_free = !self.taken[before as usize] && !self.taken[next as usize];
                let is_other = self.names.base(failed.name) != self.names.base(took_over.name);
                let went_well = matches!(took_over.status, SpanStatus::Ok | SpanStatus::Unset);
                let between = self.between(before, next);
                if is_free
                    && is_other
                    && went_well
                    && self.failed_before(before, next)
                    && !between.asked
                    && !between.worked
                {
                    self.taken[before as usize] = true;
                    self.taken[next as usize] = true;
                    self.found.push((vec![before, next], Signal::OtherTool));
                }
            }
        }
    }

    /// What was done after the try at `before` and before the one at `next`.
    fn between(&self, before: u32, next: u32) -> Between {
        let first = before + 1 + self.tree.rows[before as usize].descendants;
        let end_ns = self.span(before).end_ns;
        let mut between = Between::default();
        if next.saturating_sub(first) as usize > LOOKED_AT {
            return Between { asked: true, worked: true };
        }
        for row in first..next {
            let span = self.span(row);
            // What had begun already was done side by side.
            if span.start_ns.zip(end_ns).is_some_and(|(start, end)| start < end) {
                continue;
            }
            between.asked |= span.kind == SpanKind::Llm;
            let went_well = matches!(span.status, SpanStatus::Ok | SpanStatus::Unset);
            let is_again = || call(span, &self.names).is_some_and(|call| self.failed_calls.contains(&call));
            between.worked |= is_work(span.kind) && went_well && !is_again();
        }
        between
    }

    /// Siblings that share a key, in order; those in a group already are left out. Waits come only under the key that
    /// everything shares, which is the one question that asks for them.
    fn siblings_by(&self, key: impl Fn(&SpanFacts, &Names) -> Option<Key>) -> Vec<Vec<u32>> {
        self.siblings(|row| !self.taken[row], key)
    }

    /// The same, with those in a group.
    fn all_siblings_by(&self, key: impl Fn(&SpanFacts, &Names) -> Option<Key>) -> Vec<Vec<u32>> {
        self.siblings(|_| true, key)
    }

    fn siblings(
        &self,
        asked_for: impl Fn(usize) -> bool,
        key: impl Fn(&SpanFacts, &Names) -> Option<Key>,
    ) -> Vec<Vec<u32>> {
        let mut keyed: Vec<(Option<u32>, Key, u32)> = Vec::new();
        for (at, row) in self.tree.rows.iter().enumerate() {
            let span = &self.spans[row.span as usize];
            let Some(key) = key(span, &self.names).filter(|_| asked_for(at)) else { continue };
            if key.0 != SpanKind::Wait {
                keyed.push((row.parent, key, at as u32));
            }
        }
        keyed.sort_unstable();
        let runs = keyed.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1));
        runs.filter(|run| run.len() > 1).map(|run| run.iter().map(|(_, _, row)| *row).collect()).collect()
    }

    /// Takes the tries so far as a group, if they are one.
    fn take(&mut self, tries: &mut Tries) {
        let Tries { mut rows, signal } = std::mem::take(tries);
        self.close(&mut rows, signal.unwrap_or(Signal::SameInput));
    }

    /// Takes the rows so far as a group, if they are one.
    fn close(&mut self, tries: &mut Vec<u32>, signal: Signal) {
        let rows = std::mem::take(tries);
        if rows.len() < 2 {
            return;
        }
        rows.iter().for_each(|row| self.taken[*row as usize] = true);
        self.found.push((rows, signal));
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
        span_of(self.spans, self.tree, row)
    }
}

/// Tries so far, and the least sure of what shows that they are tries.
#[derive(Default)]
struct Tries {
    rows: Vec<u32>,
    signal: Option<Signal>,
}

impl Tries {
    fn last(&self) -> Option<u32> {
        self.rows.last().copied()
    }

    /// Adds a try; `signal` shows that it is one of those before it, if there are any.
    fn push(&mut self, row: u32, signal: Signal) {
        if !self.rows.is_empty() {
            let surest =
                |known: Signal| if known.confidence() < signal.confidence() { known } else { signal };
            self.signal = Some(self.signal.map_or(signal, surest));
        }
        self.rows.push(row);
    }
}

/// Calls of models with one input, each after the one before had failed.
#[derive(Default)]
struct ModelTries {
    rows: Vec<u32>,
    models: HashSet<u32>,
    /// One of them does not say its model.
    is_unnamed: bool,
    /// Groups that they were found as, and single calls.
    pieces: usize,
    parts: Vec<usize>,
}

impl ModelTries {
    /// Takes the calls so far as a group, if they are more than what was found already.
    fn close(&mut self, joined: &mut Vec<(Vec<u32>, Signal)>, dissolved: &mut HashSet<usize>) {
        let Self { rows, models, is_unnamed, pieces, parts } = std::mem::take(self);
        let signal = match models.len() {
            _ if pieces < 2 => return,
            0 | 1 if is_unnamed => Signal::SameInput,
            0 | 1 => return,
            _ => Signal::OtherModel,
        };
        joined.push((rows, signal));
        dissolved.extend(parts);
    }
}

/// What lies between two calls.
#[derive(Clone, Copy, Default)]
struct Between {
    /// A model was asked.
    asked: bool,
    /// A tool did something that had not been tried before.
    worked: bool,
}

/// What siblings must share: kind, name, model, input.
type Key = (SpanKind, u32, Option<u32>, Option<i64>);

/// What makes two steps the same call; `None` where the input is not known. A try that failed has the model that was asked
/// for, one that went well the version that answered.
fn call(span: &SpanFacts, names: &Names) -> Option<Key> {
    let model = span.model.map(|model| names.base(model));
    span.input_hash.map(|hash| (span.kind, names.base(span.name), model, Some(hash)))
}

/// Names taken apart: `openai_chat_retry_2` is `openai_chat` and 2, `gpt-4o-2024-08-06` a version of `gpt-4o`.
pub(super) struct Names {
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

    pub(super) fn base(&self, name: u32) -> u32 {
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
