//! A trace's digest from its shape.

use std::collections::{BTreeMap, HashMap};

use crate::analysis::{AttemptGroup, SpanFacts};
use crate::model::{FailureCause, SpanKind, SpanStatus};
use crate::semantics;
use crate::store::digest::{Calls, Digest, Retried, cause_bit, duration_bucket, kind_bit};
use crate::structure::Structure;

/// Different tools, and different models, that are told apart in one trace.
const MOST_NAMES: usize = 500;

/// Works out the digest of a trace.
pub(super) fn digest(shape: &Structure) -> Digest {
    let mut tools = Tally::default();
    let mut models = Tally::default();
    let mut kinds = 0;
    for span in &shape.facts {
        kinds |= kind_bit(span.kind);
        if span.kind == SpanKind::Tool {
            tools.add(semantics::tool_name(&shape.strings[span.name as usize]), span);
        }
        if let Some(model) = span.model
            && matches!(span.kind, SpanKind::Llm | SpanKind::Embedding | SpanKind::Rerank | SpanKind::Other)
        {
            models.add(&shape.strings[model as usize], span);
        }
    }
    Digest {
        kinds,
        tools: tools.into_calls(),
        models: models.into_calls(),
        errors: shape.errors.listed(),
        errors_left_out: shape.errors.left_out,
        retried: retried(shape),
        input_hash: shape.true_root().and_then(|root| shape.facts[root].input_hash),
        first_call_hash: first_call_hash(shape),
    }
}

fn first_call_hash(shape: &Structure) -> Option<i64> {
    let spans = shape.tree.rows.iter().map(|row| &shape.facts[row.span as usize]);
    spans.filter(|span| span.kind == SpanKind::Llm).find_map(|span| span.input_hash)
}

/// The groups of attempts, those that went alike together, in the order in which they come first.
fn retried(shape: &Structure) -> Vec<Retried> {
    let mut place_of = HashMap::new();
    let mut all: Vec<Retried> = Vec::new();
    for group in &shape.groups {
        let Some(own) = retried_once(shape, group) else { continue };
        let key = (own.name.clone(), own.kind, own.relation, own.outcome, own.cause);
        if place_of.len() >= MOST_NAMES && !place_of.contains_key(&key) {
            continue;
        }
        let place = *place_of.entry(key).or_insert(all.len());
        let Some(known) = all.get_mut(place) else {
            all.push(own);
            continue;
        };
        known.causes |= own.causes;
        known.operations += 1;
        known.attempts = known.attempts.saturating_add(own.attempts);
        known.waste_ns = known.waste_ns.saturating_add(own.waste_ns);
        if let Some(tokens) = own.waste_tokens {
            *known.waste_tokens.get_or_insert(0) += tokens;
        }
        if let Some(cost) = own.waste_cost_usd {
            *known.waste_cost_usd.get_or_insert(0.0) += cost;
        }
    }
    all
}

fn retried_once(shape: &Structure, group: &AttemptGroup) -> Option<Retried> {
    let first = shape.facts.get(shape.tree.rows.get(*group.rows.first()? as usize)?.span as usize)?;
    let name = &*shape.strings[first.name as usize];
    let name = match (first.kind, first.model) {
        (SpanKind::Tool, _) => semantics::tool_name(name),
        (SpanKind::Llm, Some(model)) => &shape.strings[model as usize],
        _ => name,
    };
    let mut causes = group.causes.iter().flatten();
    Some(Retried {
        name: name.into(),
        kind: first.kind,
        relation: group.signal.relation(),
        outcome: group.outcome,
        causes: causes.clone().fold(0, |bits, cause| bits | cause_bit(*cause)),
        cause: causes.next().copied().unwrap_or(FailureCause::Unknown),
        operations: 1,
        attempts: u32::try_from(group.rows.len()).unwrap_or(u32::MAX),
        waste_ns: u64::try_from(group.waste_ns).unwrap_or(0),
        waste_tokens: group.waste_tokens,
        waste_cost_usd: group.waste_cost_usd,
    })
}

#[derive(Default)]
struct Tally<'a> {
    calls: HashMap<&'a str, (Calls, BTreeMap<u16, u32>)>,
}

impl<'a> Tally<'a> {
    fn add(&mut self, name: &'a str, span: &SpanFacts) {
        if self.calls.len() >= MOST_NAMES && !self.calls.contains_key(name) {
            return;
        }
        let (calls, durations) = self.calls.entry(name).or_default();
        calls.count += 1;
        calls.failed += u32::from(span.status == SpanStatus::Error);
        if let Some(tokens) = span.tokens.sum() {
            *calls.tokens.get_or_insert(0) += tokens;
        }
        if let Some(cost) = span.cost_usd.filter(|cost| cost.is_finite() && *cost >= 0.0) {
            *calls.cost_usd.get_or_insert(0.0) += cost;
        }
        if let Some(ns) = span.duration_ns().and_then(|ns| u64::try_from(ns).ok()) {
            calls.total_ns = calls.total_ns.saturating_add(ns);
            calls.max_ns = calls.max_ns.max(ns);
            *durations.entry(duration_bucket(ns)).or_default() += 1;
        }
    }

    /// In alphabetical order, so that equal traces have equal digests.
    fn into_calls(self) -> Vec<Calls> {
        let mut all: Vec<Calls> = self
            .calls
            .into_iter()
            .map(|(name, (calls, durations))| Calls {
                name: name.into(),
                durations: durations.into_iter().collect(),
                ..calls
            })
            .collect();
        all.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        all
    }
}
