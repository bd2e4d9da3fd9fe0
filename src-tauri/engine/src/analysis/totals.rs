//! What a trace comes to: tokens and cost counted once, status, and the span that says why it failed.

use super::{Row, SpanFacts, Tree};
use crate::model::{SpanKind, SpanStatus, TraceStatus};

/// What the roots of a tree are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Roots {
    /// The run itself: how it ended is how the run ended.
    Run,
    /// Steps of a run that has no span of its own.
    Steps,
}

/// The sums of a trace. `None` means that no span gives it, never zero.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Totals {
    /// Spans.
    pub steps: u32,
    /// Spans that ended in an error.
    pub errors: u32,
    /// Spans whose end has not been seen.
    pub open: u32,
    /// Calls of a language model.
    pub llm_calls: u32,
    /// The first start.
    pub start_ns: Option<i64>,
    /// The last end, or the last start where nothing ends later.
    pub end_ns: Option<i64>,
    /// Prompt tokens.
    pub input_tokens: Option<u64>,
    /// Answer tokens.
    pub output_tokens: Option<u64>,
    /// All tokens.
    pub total_tokens: Option<u64>,
    /// Cost in US dollars.
    pub cost_usd: Option<f64>,
    /// The model with the most calls (ties: the first), as an index into the caller's strings.
    pub model: Option<u32>,
    /// How the trace ended.
    pub status: TraceStatus,
    /// Index of the span whose error text explains the failure (or, of a trace that recovered, its first failure).
    pub failure: Option<u32>,
}

/// Adds up a trace.
///
/// Sources repeat a model call's tokens on the spans around it, so a span's subtotal is the larger of its own number and
/// the sum of its children's, for each of input, output, total and cost; the trace's is the sum over its roots.
///
/// Running if any span is open. Else failed if the run's root failed; of several roots, or where the roots are mere steps,
/// the last to end decides (orphans only if there is nothing else). Else a warning if any step failed.
pub fn totals(spans: &[SpanFacts], tree: &Tree, roots: Roots) -> Totals {
    let mut sums = Totals {
        steps: tree.rows.len() as u32,
        errors: 0,
        open: 0,
        llm_calls: 0,
        start_ns: None,
        end_ns: None,
        input_tokens: None,
        output_tokens: None,
        total_tokens: None,
        cost_usd: None,
        model: most_called_model(spans, tree),
        status: TraceStatus::Success,
        failure: None,
    };
    for span in spans {
        sums.errors += u32::from(span.status == SpanStatus::Error);
        sums.open += u32::from(span.status == SpanStatus::Open);
        sums.llm_calls += u32::from(span.kind == SpanKind::Llm);
        for time in [span.start_ns, span.end_ns].into_iter().flatten() {
            sums.start_ns = Some(sums.start_ns.map_or(time, |start| start.min(time)));
            sums.end_ns = Some(sums.end_ns.map_or(time, |end| end.max(time)));
        }
    }
    sums.input_tokens = total(spans, tree, |span| span.tokens.input);
    sums.output_tokens = total(spans, tree, |span| span.tokens.output);
    sums.total_tokens = total(spans, tree, |span| span.tokens.sum());
    sums.cost_usd = total(spans, tree, cost_usd);
    // Input and output may be largest on different spans.
    let split = add(sums.input_tokens, sums.output_tokens);
    sums.total_tokens = larger(sums.total_tokens, split);

    let deciding = deciding_root(spans, tree, roots);
    let failed = deciding.filter(|row| spans[row.span as usize].status == SpanStatus::Error);
    sums.status = if sums.open > 0 {
        TraceStatus::Running
    } else if failed.is_some() {
        TraceStatus::Failed
    } else if sums.errors > 0 {
        TraceStatus::Warning
    } else {
        TraceStatus::Success
    };
    let own = failed.map(|row| row.span).filter(|span| spans[*span as usize].has_error_text);
    sums.failure = own.or_else(|| first_deepest_error(spans, tree));
    sums
}

/// What is added up: tokens and money.
pub(super) trait Amount: Copy + PartialOrd {
    fn plus(self, other: Self) -> Self;
}

impl Amount for u64 {
    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }
}

impl Amount for f64 {
    fn plus(self, other: Self) -> Self {
        self + other
    }
}

fn add<A: Amount>(a: Option<A>, b: Option<A>) -> Option<A> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.plus(b)),
        (one, None) | (None, one) => one,
    }
}

fn larger<A: Amount>(a: Option<A>, b: Option<A>) -> Option<A> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b > a { b } else { a }),
        (one, None) | (None, one) => one,
    }
}

/// What each row comes to with everything below it, by row of the tree. `None` means that no span there gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Subtotals {
    /// All tokens.
    pub tokens: Vec<Option<u64>>,
    /// Cost in US dollars.
    pub cost_usd: Vec<Option<f64>>,
}

/// Adds up every subtree, counting as [`totals`] does.
pub fn subtotals(spans: &[SpanFacts], tree: &Tree) -> Subtotals {
    let mut tokens = with_below(spans, tree, |span| span.tokens.sum());
    let input = with_below(spans, tree, |span| span.tokens.input);
    let output = with_below(spans, tree, |span| span.tokens.output);
    for (total, (input, output)) in tokens.iter_mut().zip(input.into_iter().zip(output)) {
        *total = larger(*total, add(input, output));
    }
    Subtotals { tokens, cost_usd: with_below(spans, tree, cost_usd) }
}

fn cost_usd(span: &SpanFacts) -> Option<f64> {
    span.cost_usd.filter(|cost| cost.is_finite() && *cost >= 0.0)
}

/// By row, the larger of its own amount and the sum of its children's.
fn with_below<A: Amount>(
    spans: &[SpanFacts],
    tree: &Tree,
    own: impl Fn(&SpanFacts) -> Option<A>,
) -> Vec<Option<A>> {
    let mut below: Vec<Option<A>> = vec![None; tree.rows.len()];
    for (at, row) in tree.rows.iter().enumerate().rev() {
        below[at] = larger(own(&spans[row.span as usize]), below[at]);
        if let Some(parent) = row.parent {
            below[parent as usize] = add(below[parent as usize], below[at]);
        }
    }
    below
}

/// The sum over the roots with everything below them.
fn total<A: Amount>(spans: &[SpanFacts], tree: &Tree, own: impl Fn(&SpanFacts) -> Option<A>) -> Option<A> {
    let below = with_below(spans, tree, own);
    tree.roots().fold(None, |sum, row| add(sum, below[row as usize]))
}

fn most_called_model(spans: &[SpanFacts], tree: &Tree) -> Option<u32> {
    // Model calls name the model; where there are none, any span may.
    let calls = |only_llm: bool| {
        let models = tree.rows.iter().enumerate().filter_map(move |(at, row)| {
            let span = &spans[row.span as usize];
            span.model.filter(|_| !only_llm || span.kind == SpanKind::Llm).map(|model| (model, at))
        });
        let mut models: Vec<(u32, usize)> = models.collect();
        models.sort_unstable();
        let runs = models.chunk_by(|a, b| a.0 == b.0);
        let first = |run: &&[(u32, usize)]| run.first().map(|(_, at)| *at);
        runs.max_by_key(|run| (run.len(), std::cmp::Reverse(first(run))))
            .and_then(|run| run.first())
            .map(|(model, _)| *model)
    };
    calls(true).or_else(|| calls(false))
}

/// The root whose end is the trace's end.
fn deciding_root<'a>(spans: &[SpanFacts], tree: &'a Tree, roots: Roots) -> Option<&'a Row> {
    use crate::model::SpanFlags;
    let rows = || tree.roots().filter_map(|row| tree.rows.get(row as usize));
    let proper = || rows().filter(|row| !row.flags.contains(SpanFlags::ORPHAN));
    if roots == Roots::Run && proper().count() == 1 {
        return proper().next();
    }
    // Waits say nothing of how a run ended; `max_by_key` takes the last of those that end at once.
    let ends = |row: &&Row| {
        let span = &spans[row.span as usize];
        (span.kind != SpanKind::Wait, span.end_ns.or(span.start_ns))
    };
    proper().max_by_key(ends).or_else(|| rows().max_by_key(ends))
}

/// The first failed span, in display order, below which nothing failed that has an error text.
fn first_deepest_error(spans: &[SpanFacts], tree: &Tree) -> Option<u32> {
    let telling = |row: &Row| {
        let span = &spans[row.span as usize];
        span.status == SpanStatus::Error && span.has_error_text
    };
    let mut end = tree.rows.len();
    let mut at = 0;
    let mut deepest = None;
    while at < end {
        let row = &tree.rows[at];
        if telling(row) {
            deepest = Some(row.span);
            end = at + 1 + row.descendants as usize;
        }
        at += 1;
    }
    deepest.or_else(|| {
        let failed = |row: &&Row| spans[row.span as usize].status == SpanStatus::Error;
        tree.rows.iter().find(failed).map(|row| row.span)
    })
}
