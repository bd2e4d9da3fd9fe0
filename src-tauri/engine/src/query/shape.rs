//! Why steps of a trace stand where they do: parents that are not there, and cycles of parents. Read only where the person
//! asks; the tree itself says which steps are concerned.

use std::collections::HashMap;

use rusqlite::Connection;

use crate::dto::{MissingParent, ParentCycle, TraceShape};
use crate::error::Result;
use crate::model::SpanFlags;
use crate::store::span::{self, SpanRow};
use crate::structure::{Spans, Structure};

const MOST_PARENTS: usize = 200;
const MOST_CYCLES: usize = 100;
const MOST_IN_CYCLE: usize = 100;

/// The shape of trace `trace_id`; of one that is not there, nothing.
pub fn trace_shape(connection: &Connection, trace_id: i64) -> Result<TraceShape> {
    let rows = span::of_trace(connection, trace_id)?;
    let mut spans = Spans::with_capacity(rows.len());
    rows.iter().for_each(|row| spans.add(row));
    let tree = Structure::of(spans, &[], false, false).tree;
    let flagged = |flag: SpanFlags| {
        tree.rows.iter().filter(move |row| row.flags.contains(flag)).map(|row| &rows[row.span as usize])
    };
    let (missing_parents, missing_parents_total) = missing_parents(flagged(SpanFlags::ORPHAN));
    let cycles = flagged(SpanFlags::CYCLE).take(MOST_CYCLES).collect::<Vec<_>>();
    Ok(TraceShape {
        missing_parents,
        missing_parents_total,
        cycles: if cycles.is_empty() { Vec::new() } else { parent_cycles(&rows, &cycles) },
    })
}

fn missing_parents<'a>(orphans: impl Iterator<Item = &'a SpanRow>) -> (Vec<MissingParent>, u32) {
    let mut steps_of: HashMap<&str, (u32, &str)> = HashMap::new();
    for orphan in orphans {
        let Some(parent_id) = orphan.parent_id.as_deref() else { continue };
        steps_of.entry(parent_id).or_insert((0, &orphan.span_id)).0 += 1;
    }
    let total = steps_of.len() as u32;
    let mut missing: Vec<MissingParent> = steps_of
        .into_iter()
        .map(|(parent_id, (steps, span_id))| MissingParent {
            parent_id: parent_id.to_owned(),
            steps,
            span_id: span_id.to_owned(),
        })
        .collect();
    missing.sort_by(|a, b| b.steps.cmp(&a.steps).then_with(|| a.parent_id.cmp(&b.parent_id)));
    missing.truncate(MOST_PARENTS);
    (missing, total)
}

/// Follows parents from where each cycle was cut until it comes round.
fn parent_cycles(rows: &[SpanRow], cut: &[&SpanRow]) -> Vec<ParentCycle> {
    let mut by_id: HashMap<&str, &SpanRow> = HashMap::with_capacity(rows.len());
    for row in rows {
        by_id.entry(&row.span_id).or_insert(row);
    }
    let cycle = |first: &&SpanRow| {
        let mut cycle = ParentCycle { span_ids: Vec::new(), total: 0 };
        let mut at = *first;
        loop {
            cycle.total += 1;
            if cycle.span_ids.len() < MOST_IN_CYCLE {
                cycle.span_ids.push(at.span_id.clone());
            }
            let parent = at.parent_id.as_deref().and_then(|parent| by_id.get(parent).copied());
            match parent {
                Some(parent) if parent.span_id != first.span_id && (cycle.total as usize) < rows.len() => {
                    at = parent
                }
                _ => return cycle,
            }
        }
    };
    cut.iter().map(cycle).collect()
}
