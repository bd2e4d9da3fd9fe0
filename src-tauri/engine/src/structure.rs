//! The shape of one trace, worked out from its stored rows: tree, totals, attempt groups. Used when a trace's columns are
//! brought up to date and when it is shown, so that the two always agree.
//!
//! May import `model`, `store` (row types), `analysis`.

use std::collections::HashMap;

use crate::analysis::{self, AttemptGroup, Parent, Roots, SpanFacts, Totals, Tree};
use crate::model::Provenance;
use crate::store::span::SpanRow;

/// TraceLLM stores milliseconds; other sources at least microseconds.
const COARSE_RESOLUTION_NS: i64 = 1_000_000;
const FINE_RESOLUTION_NS: i64 = 1_000;

/// One trace's shape. Indices into `facts` are those of the rows it was made from.
pub struct Structure<'r> {
    /// The texts that the facts point into.
    pub strings: Vec<&'r str>,
    /// What the analyses know of each span.
    pub facts: Vec<SpanFacts>,
    /// Rows in display order.
    pub tree: Tree,
    /// Sums.
    pub totals: Totals,
    /// Tries of one operation.
    pub groups: Vec<AttemptGroup>,
}

impl<'r> Structure<'r> {
    /// Works out the shape of the trace whose spans are `rows`. `parents_unknown` says that its source gives no parents;
    /// `has_run` that the source describes the run beside its steps.
    pub fn of(rows: &'r [SpanRow], parents_unknown: bool, has_run: bool) -> Self {
        let mut strings = Interner::default();
        let ids: Vec<&str> = rows.iter().map(|row| row.span_id.as_str()).collect();
        let parent_ids: Vec<Option<&str>> = rows.iter().map(|row| row.parent_id.as_deref()).collect();
        let parents = analysis::resolve_parents(&ids, &parent_ids);
        let mut facts: Vec<SpanFacts> = rows
            .iter()
            .zip(parents)
            .map(|(row, parent)| SpanFacts {
                parent,
                kind: row.kind,
                status: row.status,
                name: strings.index(&row.name),
                model: row.model.as_deref().map(|model| strings.index(model)),
                start_ns: row.start_ns,
                end_ns: row.end_ns,
                tokens: row.tokens,
                cost_usd: row.cost_usd,
                attempt: row.attempt,
                backoff_ns: row.backoff_ns,
                input_hash: row.input_hash,
                has_error_text: row.error.is_some(),
            })
            .collect();
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
        let groups = analysis::attempt_groups(&facts, &tree, &strings.texts, resolution_ns);
        Self { strings: strings.texts, facts, tree, totals, groups }
    }

    /// The index of the span that stands for the trace: its first true root, else the first row.
    pub fn root(&self) -> Option<usize> {
        let is_true_root = |row: &u32| {
            let span = self.tree.rows[*row as usize].span as usize;
            self.facts[span].parent == Parent::None
        };
        let row = self.tree.roots().find(is_true_root).or_else(|| self.tree.roots().next())?;
        Some(self.tree.rows[row as usize].span as usize)
    }

    /// Where the sum of tokens comes from: estimated if any part is, derived if it is a sum, else as the one span has it.
    pub fn tokens_provenance(&self, rows: &[SpanRow]) -> Provenance {
        let mut given = rows.iter().filter(|row| row.tokens.sum().is_some());
        let Some(first) = given.next() else { return Provenance::Reported };
        let mut provenance = first.tokens_provenance;
        for row in given {
            provenance =
                if row.tokens_provenance == Provenance::Estimated || provenance == Provenance::Estimated {
                    Provenance::Estimated
                } else {
                    Provenance::Derived
                };
        }
        provenance
    }
}

/// Whether every span begins or ends at a whole millisecond: the other end follows from a duration.
fn are_in_milliseconds(facts: &[SpanFacts]) -> bool {
    let is_whole = |ns: Option<i64>| ns.is_none_or(|ns| ns % COARSE_RESOLUTION_NS == 0);
    facts.iter().all(|span| is_whole(span.start_ns) || is_whole(span.end_ns))
}

/// Gives equal texts one index.
#[derive(Default)]
struct Interner<'r> {
    texts: Vec<&'r str>,
    index_of: HashMap<&'r str, u32>,
}

impl<'r> Interner<'r> {
    fn index(&mut self, text: &'r str) -> u32 {
        *self.index_of.entry(text).or_insert_with(|| {
            self.texts.push(text);
            (self.texts.len() - 1) as u32
        })
    }
}
