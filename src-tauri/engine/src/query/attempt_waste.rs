//! What the tries of a run lost, how much of it lies on the critical path, and where each number comes from.

use crate::analysis::{self, Activity, AttemptGroup, SpanFacts, Stretch, Tree};
use crate::dto::AttemptWaste;
use crate::model::{Provenance, SpanFlags};
use crate::store::span::SpanRow;

/// The most groups that are told of: those that lost most.
const MOST_GROUPS: usize = 10_000;
/// Times that are not as the source recorded them.
const DERIVED_TIMES: [SpanFlags; 3] =
    [SpanFlags::TIME_DERIVED, SpanFlags::LAID_OUT, SpanFlags::TIME_ADJUSTED];

/// A run as the time of it was worked out. Spans beyond `rows` are no steps.
pub(super) struct Timed<'a> {
    pub(super) groups: &'a [AttemptGroup],
    pub(super) facts: &'a [SpanFacts],
    pub(super) rows: &'a [SpanRow],
    pub(super) tree: &'a Tree,
    pub(super) activities: &'a [Activity],
    pub(super) path: &'a [Stretch],
}

/// What each group lost. `step` gives the index by which the answer names a step.
pub(super) fn attempt_waste(run: &Timed<'_>, mut step: impl FnMut(&SpanRow) -> u32) -> Vec<AttemptWaste> {
    if run.groups.is_empty() {
        return Vec::new();
    }
    let below = analysis::subtotals(run.facts, run.tree);
    let on_path = analysis::waste_on_path(run.groups, run.tree, run.activities, run.path);
    let mut listed: Vec<usize> = (0..run.groups.len()).collect();
    if listed.len() > MOST_GROUPS {
        listed.sort_by_key(|index| std::cmp::Reverse(run.groups[*index].waste_ns));
        listed.truncate(MOST_GROUPS);
        listed.sort_unstable();
    }
    let waste = listed.into_iter().filter_map(|index| {
        let (group, critical) = (&run.groups[index], &on_path[index]);
        let first = run.row(*group.rows.first()?)?;
        let tokens = |row: &u32| below.tokens.get(*row as usize).copied().flatten();
        let cost = |row: &u32| below.cost_usd.get(*row as usize).copied().flatten();
        Some(AttemptWaste {
            first_step: step(first),
            time_provenance: run.time_provenance(group),
            critical_failed_ns: critical.failed_ns as f64,
            critical_pause_ns: critical.pause_ns as f64,
            tokens_provenance: run.tokens_provenance(group),
            critical_tokens: critical.rows.iter().filter_map(tokens).reduce(u64::saturating_add),
            cost_provenance: run.cost_provenance(group),
            critical_cost_usd: critical.rows.iter().filter_map(cost).reduce(|a, b| a + b),
        })
    });
    waste.collect()
}

impl Timed<'_> {
    fn row(&self, row: u32) -> Option<&SpanRow> {
        self.rows.get(self.tree.rows.get(row as usize)?.span as usize)
    }

    /// The lost tries, and all below them.
    fn lost<'a>(&'a self, group: &'a AttemptGroup) -> impl Iterator<Item = &'a SpanRow> {
        group.lost_rows().flat_map(|row| {
            let descendants = self.tree.rows.get(row as usize).map_or(0, |row| row.descendants);
            (row..=row + descendants).filter_map(|row| self.row(row))
        })
    }

    fn time_provenance(&self, group: &AttemptGroup) -> Provenance {
        let is_derived = |row: &SpanRow| DERIVED_TIMES.iter().any(|flag| row.flags.contains(*flag));
        let is_reported = |gap: &analysis::Gap| gap.ns > 0 && gap.provenance == Provenance::Reported;
        if group.rows.iter().filter_map(|row| self.row(*row)).any(is_derived) {
            Provenance::Derived
        } else if group.gaps.iter().any(is_reported) {
            Provenance::Reported
        } else {
            Provenance::Measured
        }
    }

    /// As one step has them, else derived, for it is a sum; estimated if any part is.
    fn tokens_provenance(&self, group: &AttemptGroup) -> Provenance {
        let mut of_steps =
            self.lost(group).filter(|row| row.tokens.sum().is_some()).map(|row| row.tokens_provenance);
        let first = of_steps.next().unwrap_or(Provenance::Reported);
        of_steps.fold(first, |all, own| match (all, own) {
            (Provenance::Estimated, _) | (_, Provenance::Estimated) => Provenance::Estimated,
            _ => Provenance::Derived,
        })
    }

    fn cost_provenance(&self, group: &AttemptGroup) -> Provenance {
        let mut of_steps = self.lost(group).filter(|row| row.cost_usd.is_some());
        match (of_steps.next(), of_steps.next()) {
            (Some(only), None) if !only.has_derived_cost() => Provenance::Reported,
            _ => Provenance::Derived,
        }
    }
}
