//! The shape of one trace, worked out from its stored rows: tree, totals, attempt groups. Used when a trace's columns are
//! brought up to date and when it is shown, so that the two always agree.
//!
//! May import `model`, `store` (row types), `analysis`.

use std::collections::{HashMap, HashSet};

use crate::analysis::{
    self, AttemptGroup, Awaited, Correction, Parent, Roots, SpanFacts, Subtotals, Totals, Tree,
};
use crate::model::{AttemptCorrection, Provenance, SpanFlags, SpanRecord, SpanStatus};
use crate::store::payload::PayloadPlace;
use crate::store::span::SpanRow;

/// TraceLLM stores milliseconds; other sources at least microseconds.
const COARSE_RESOLUTION_NS: i64 = 1_000_000;
const FINE_RESOLUTION_NS: i64 = 1_000;

/// What the analyses need of the spans of one trace: small, so that a trace of a million spans is summarised in bounded memory.
#[derive(Default)]
pub struct Spans {
    facts: Vec<SpanFacts>,
    /// Hashes of the spans' ids, and of the ids of their parents; 0 for none.
    ids: Vec<u64>,
    parents: Vec<u64>,
    places: Vec<PayloadPlace>,
    strings: Interner,
    flags: SpanFlags,
    tokens_provenance: Option<Provenance>,
    errors: Errors,
}

impl Spans {
    /// Room for `count` spans.
    pub fn with_capacity(count: usize) -> Self {
        Self {
            facts: Vec::with_capacity(count),
            ids: Vec::with_capacity(count),
            parents: Vec::with_capacity(count),
            places: Vec::with_capacity(count),
            ..Self::default()
        }
    }

    /// Adds a span.
    pub fn add<Text: AsRef<str>>(&mut self, row: &SpanRow<Text>) {
        self.facts.push(SpanFacts {
            parent: Parent::None,
            kind: row.kind,
            status: row.status,
            name: self.strings.index(row.name.as_ref()),
            model: row.model.as_ref().map(|model| self.strings.index(model.as_ref())),
            start_ns: row.start_ns,
            end_ns: row.end_ns,
            tokens: row.tokens,
            cost_usd: row.cost_usd,
            attempt: row.attempt,
            backoff_ns: row.backoff_ns,
            input_hash: row.input_hash,
            has_error_text: row.error.is_some(),
            cause: (row.status == SpanStatus::Error)
                .then(|| analysis::cause(row.error.as_ref().map(AsRef::as_ref), row.kind)),
        });
        if row.status == SpanStatus::Error {
            self.errors.add(row.error.as_ref().map(AsRef::as_ref));
        }
        self.ids.push(hash(row.span_id.as_ref()));
        self.parents.push(row.parent_id.as_ref().map_or(0, |id| hash(id.as_ref())));
        self.places.push(row.payload);
        self.flags.insert(row.flags);
        if row.tokens.sum().is_some() {
            // Estimated if any part is, derived if it is a sum, else as the one span has it.
            self.tokens_provenance = Some(match (self.tokens_provenance, row.tokens_provenance) {
                (None, own) => own,
                (Some(Provenance::Estimated), _) | (_, Provenance::Estimated) => Provenance::Estimated,
                _ => Provenance::Derived,
            });
        }
    }

    /// The order in which they came, which their payloads keep: as indices of the spans as they were added.
    pub fn order_of_coming(&self) -> Vec<u32> {
        let mut order: Vec<u32> = (0..self.facts.len() as u32).collect();
        order.sort_by_key(|index| self.places[*index as usize].coming());
        order
    }

    /// Puts them into the order in which they came: analyses settle ties by it.
    pub fn in_order_of_coming(self) -> Self {
        let order = self.order_of_coming();
        self.in_order(&order)
    }

    /// Puts them into this order of all of them, given as indices.
    pub fn in_order(mut self, order: &[u32]) -> Self {
        let mut place_of = vec![0_u32; order.len()];
        for (place, index) in order.iter().enumerate() {
            place_of[*index as usize] = place as u32;
        }
        // In place: copies of a large trace would double what it takes.
        for at in 0..place_of.len() {
            while place_of[at] as usize != at {
                let place = place_of[at] as usize;
                self.facts.swap(at, place);
                self.ids.swap(at, place);
                self.parents.swap(at, place);
                self.places.swap(at, place);
                place_of.swap(at, place);
            }
        }
        self
    }
}

/// What failed spans say, and how many of them say each.
#[derive(Default)]
pub struct Errors {
    counts: HashMap<Box<str>, u32>,
    /// Failed spans that say nothing, or something beyond the number of texts that are told apart.
    pub left_out: u32,
}

impl Errors {
    /// Different texts that are told apart.
    const MOST: usize = 64;
    /// The longest text that is kept.
    const BYTES: usize = 240;

    fn add(&mut self, error: Option<&str>) {
        let Some(text) = error.and_then(|error| SpanRecord::folded(error, Self::BYTES)) else {
            self.left_out += 1;
            return;
        };
        if let Some(count) = self.counts.get_mut(text.as_str()) {
            *count += 1;
        } else if self.counts.len() < Self::MOST {
            self.counts.insert(text.into(), 1);
        } else {
            self.left_out += 1;
        }
    }

    /// The texts and their numbers, in alphabetical order.
    pub fn listed(&self) -> Vec<(String, u32)> {
        let mut all: Vec<(String, u32)> =
            self.counts.iter().map(|(text, count)| (text.to_string(), *count)).collect();
        all.sort_unstable();
        all
    }
}

/// Ids are compared by hash: of a million spans, no two have the same by chance.
fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes()).max(1)
}

/// One trace's shape. Indices into `facts` are those of the spans it was made from.
pub struct Structure {
    /// The texts that the facts point into.
    pub strings: Vec<Box<str>>,
    /// What the analyses know of each span.
    pub facts: Vec<SpanFacts>,
    /// Rows in display order.
    pub tree: Tree,
    /// Sums.
    pub totals: Totals,
    /// Tries of one operation.
    pub groups: Vec<AttemptGroup>,
    /// Rows of steps that a person has taken out of a group, in order.
    pub apart: Vec<u32>,
    /// All remarks on the spans.
    pub flags: SpanFlags,
    /// Where the sum of tokens comes from.
    pub tokens_provenance: Provenance,
    /// What failed spans say.
    pub errors: Errors,
    places: Vec<PayloadPlace>,
}

impl Structure {
    /// Works out the shape of the trace with these spans, its groups of tries as a person has corrected them, by the ids of the
    /// steps; what is said of steps that are not there waits for them. `parents_unknown` says that its source gives no parents;
    /// `has_run` that the source describes the run beside its steps.
    pub fn of(
        spans: Spans,
        corrections: &[(String, AttemptCorrection)],
        parents_unknown: bool,
        has_run: bool,
    ) -> Self {
        let Spans { mut facts, ids, parents, places, strings, flags, tokens_provenance, errors } = spans;
        let named: Vec<Option<u64>> = parents.iter().map(|id| (*id != 0).then_some(*id)).collect();
        drop(parents);
        for (span, parent) in facts.iter_mut().zip(analysis::resolve_parents(&ids, &named)) {
            span.parent = parent;
        }
        let corrections = located(corrections, &ids);
        drop((ids, named));
        let strings = strings.into_texts();
        let resolution_ns = if parents_unknown && are_in_milliseconds(&facts) {
            COARSE_RESOLUTION_NS
        } else {
            FINE_RESOLUTION_NS
        };
        if parents_unknown {
            // Parents that a source of this kind does give are bounds, not more.
            analysis::infer_parents(&mut facts, resolution_ns);
        }
        let tree = analysis::tree(&facts);
        let roots = if has_run || parents_unknown { Roots::Steps } else { Roots::Run };
        let totals = analysis::totals(&facts, &tree, roots);
        let groups = analysis::corrected_groups(&facts, &tree, &strings, resolution_ns, &corrections);
        let apart = apart(&corrections, &tree);
        let tokens_provenance = tokens_provenance.unwrap_or(Provenance::Reported);
        Self { strings, facts, tree, totals, groups, apart, flags, tokens_provenance, errors, places }
    }

    /// Where the payload of the span lies that says why the trace failed.
    pub fn place_of_failure(&self) -> Option<PayloadPlace> {
        self.places.get(self.totals.failure? as usize).copied()
    }

    /// Failed steps of which the next try is awaited, where the run goes on.
    pub fn awaited(&self) -> Vec<Awaited> {
        analysis::awaited(&self.facts, &self.tree)
    }

    /// What each row comes to with everything below it.
    pub fn subtotals(&self) -> Subtotals {
        analysis::subtotals(&self.facts, &self.tree)
    }

    /// The index of the span that stands for the trace: its first true root, else the first row.
    pub fn root(&self) -> Option<usize> {
        self.true_root().or_else(|| Some(self.tree.rows[self.tree.roots().next()? as usize].span as usize))
    }

    /// The index of the first span that names no parent.
    pub fn true_root(&self) -> Option<usize> {
        let mut spans = self.tree.roots().map(|row| self.tree.rows[row as usize].span as usize);
        spans.find(|span| self.facts[*span].parent == Parent::None)
    }
}

/// What is said of the spans with these ids, by their indices.
fn located(corrections: &[(String, AttemptCorrection)], ids: &[u64]) -> Vec<Correction> {
    if corrections.is_empty() {
        return Vec::new();
    }
    let said: HashMap<u64, &AttemptCorrection> =
        corrections.iter().map(|(id, correction)| (hash(id), correction)).collect();
    let located = ids.iter().enumerate().filter_map(|(index, id)| {
        let correction = said.get(id)?;
        Some(Correction {
            span: index as u32,
            is_apart: correction.apart_from.is_some(),
            operation: correction.operation.as_deref().map(hash),
        })
    });
    located.collect()
}

fn apart(corrections: &[Correction], tree: &Tree) -> Vec<u32> {
    let spans: HashSet<u32> = corrections
        .iter()
        .filter(|correction| correction.is_apart)
        .map(|correction| correction.span)
        .collect();
    if spans.is_empty() {
        return Vec::new();
    }
    (0..tree.rows.len() as u32).filter(|row| spans.contains(&tree.rows[*row as usize].span)).collect()
}

/// Whether every span begins or ends at a whole millisecond: the other end follows from a duration.
fn are_in_milliseconds(facts: &[SpanFacts]) -> bool {
    let is_whole = |ns: Option<i64>| ns.is_none_or(|ns| ns % COARSE_RESOLUTION_NS == 0);
    facts.iter().all(|span| is_whole(span.start_ns) || is_whole(span.end_ns))
}

/// Gives equal texts one index.
#[derive(Default)]
struct Interner {
    texts: Vec<Box<str>>,
    /// The last text with a hash; two texts of one hash are two.
    index_of: HashMap<u64, u32>,
}

impl Interner {
    fn index(&mut self, text: &str) -> u32 {
        let hash = hash(text);
        if let Some(index) = self.index_of.get(&hash)
            && self.texts.get(*index as usize).is_some_and(|known| **known == *text)
        {
            return *index;
        }
        let index = self.texts.len() as u32;
        self.texts.push(text.into());
        self.index_of.insert(hash, index);
        index
    }

    fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }
}
