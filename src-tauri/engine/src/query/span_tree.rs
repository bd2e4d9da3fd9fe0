//! The execution tree of a trace, as columns.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};

use super::wording::count;
use crate::dto::{AttemptGroup, SpanTree, TraceClock};
use crate::error::{Error, Result};
use crate::model::{Provenance, SpanFlags, SpanKind, SpanStatus, TraceStatus};
use crate::query::summary::unix_ms;
use crate::store::span::{self, SpanRow};
use crate::store::trace as trace_table;
use crate::structure::{Spans, Structure};

/// The tree of trace `trace_id`. Where the source describes the run beside its steps, row 0 is the run and the steps' roots
/// are its children. Error `NotFound` if the trace is not there.
pub fn span_tree(connection: &Connection, trace_id: i64, revision: u64) -> Result<SpanTree> {
    let run = run(connection, trace_id)?;
    let mut read = Read::with_capacity(run.steps);
    let mut spans = Spans::with_capacity(run.steps);
    span::for_each(connection, trace_id, |row| {
        spans.add(&row);
        read.add(&row);
    })?;
    let order = spans.order_of_coming();
    let shape = Structure::of(spans.in_order(&order), run.parents_unknown, run.is_reported);
    let start_ns = [run.is_reported.then_some(run.start_ns).flatten(), shape.totals.start_ns]
        .into_iter()
        .flatten()
        .min();
    let run_end_ns = run
        .is_reported
        .then(|| run.start_ns.zip(run.duration_ns))
        .flatten()
        .map(|(start, duration)| start.saturating_add(duration));
    let end_ns = [run_end_ns, shape.totals.end_ns].into_iter().flatten().max();
    let since_start = |ns: i64| start_ns.map_or(0.0, |start| ns.saturating_sub(start) as f64);

    let mut strings: Vec<String> = shape.strings.iter().map(|text| text.to_string()).collect();
    let mut tree = SpanTree {
        revision,
        start_unix_ms: start_ns.map(unix_ms),
        clock: clock(&shape),
        total_ns: end_ns.map_or(0.0, since_start),
        run_row: run.is_reported,
        ..SpanTree::default()
    };
    if tree.clock == TraceClock::LaidOut {
        tree.start_unix_ms = None;
    }
    // Rows move down by one, and one level deeper, where the run is row 0.
    let shift = u32::from(run.is_reported);
    tree.reserve(order.len() + shift as usize);
    if run.is_reported {
        tree.push_run(&run, strings.len() as u32, order.len() as u32, run.start_ns.map(since_start));
        tree.below_tokens.push(shape.totals.total_tokens.map_or(-1.0, |tokens| tokens as f64));
        tree.below_cost_usd.push(shape.totals.cost_usd.unwrap_or(-1.0));
        strings.push(run.name.clone());
    }
    for row in &shape.tree.rows {
        let facts = &shape.facts[row.span as usize];
        let span = order[row.span as usize] as usize;
        let mut flags = read.flags[span];
        flags.insert(row.flags);
        tree.span_id.push(std::mem::take(&mut read.ids[span]));
        tree.name.push(facts.name);
        tree.kind.push(facts.kind.code());
        tree.status.push(facts.status.code());
        tree.parent.push(match row.parent {
            Some(parent) => (parent + shift) as i32,
            None => shift as i32 - 1,
        });
        tree.depth.push(u16::try_from(row.depth + shift).unwrap_or(u16::MAX));
        tree.descendants.push(row.descendants);
        // A step of unknown start stands where its parent starts.
        let parent_start_ns = row.parent.and_then(|row| tree.start_ns.get((row + shift) as usize).copied());
        tree.start_ns.push(facts.start_ns.map_or(parent_start_ns.unwrap_or(0.0), since_start));
        let known_ns = facts.duration_ns().filter(|_| facts.status != SpanStatus::Open);
        tree.duration_ns.push(known_ns.map_or(-1.0, |ns| ns as f64));
        tree.tokens.push(facts.tokens.sum().map_or(-1.0, |tokens| tokens as f64));
        tree.cost_usd.push(facts.cost_usd.unwrap_or(-1.0));
        tree.model.push(facts.model.map_or(-1, |model| model as i32));
        tree.attempt.push(0);
        tree.group.push(-1);
        tree.flags.push(flags.0);
    }
    let below = shape.subtotals();
    tree.below_tokens.extend(below.tokens.iter().map(|tokens| tokens.map_or(-1.0, |tokens| tokens as f64)));
    tree.below_cost_usd.extend(below.cost_usd.iter().map(|cost| cost.unwrap_or(-1.0)));
    for (index, group) in shape.groups.iter().enumerate() {
        let rows: Vec<u32> = group.rows.iter().map(|row| row + shift).collect();
        for (attempt, row) in rows.iter().enumerate() {
            tree.attempt[*row as usize] = u16::try_from(attempt + 1).unwrap_or(u16::MAX);
            tree.group[*row as usize] = index as i32;
        }
        tree.groups.push(AttemptGroup {
            rows,
            signal: group.signal.sentence().to_owned(),
            confidence: group.signal.confidence(),
            relation: group.signal.relation(),
            outcome: group.outcome,
            within: group.within,
            causes: group.causes.clone(),
            waste_ns: group.waste_ns as f64,
            waste_tokens: group.waste_tokens,
            waste_cost_usd: group.waste_cost_usd,
            gap_ns: group.gaps.iter().map(|gap| gap.ns as f64).collect(),
            gap_reported: group.gaps.iter().map(|gap| gap.provenance == Provenance::Reported).collect(),
        });
    }
    if tree.clock == TraceClock::OrderOnly {
        tree.lay_out();
    }
    tree.remarks = remarks(&shape, &read, tree.clock, &tree.span_id, &run);
    tree.strings = strings.into();
    Ok(tree)
}

/// What the tree has of a span beside what the analyses know of it; in the order in which the rows were read.
struct Read {
    ids: Vec<String>,
    flags: Vec<SpanFlags>,
}

impl Read {
    fn with_capacity(count: usize) -> Self {
        Self { ids: Vec::with_capacity(count), flags: Vec::with_capacity(count) }
    }

    fn add(&mut self, row: &SpanRow<&str>) {
        self.ids.push(row.span_id.to_owned());
        self.flags.push(row.flags);
    }
}

fn clock(shape: &Structure) -> TraceClock {
    let has_times = shape.facts.iter().any(|span| span.start_ns.is_some() || span.end_ns.is_some());
    if shape.flags.contains(SpanFlags::LAID_OUT) {
        TraceClock::LaidOut
    } else if !shape.facts.is_empty() && !has_times {
        TraceClock::OrderOnly
    } else {
        TraceClock::Measured
    }
}

/// The trace as the source describes it.
struct Run {
    name: String,
    status: TraceStatus,
    start_ns: Option<i64>,
    duration_ns: Option<i64>,
    parents_unknown: bool,
    is_reported: bool,
    steps: usize,
}

fn run(connection: &Connection, trace_id: i64) -> Result<Run> {
    let run = connection
        .prepare_cached(
            "SELECT name, status, start_ns, duration_ns, reported IS NOT NULL, span_count
             FROM trace WHERE id = ?1 AND deleted_ns IS NULL",
        )?
        .query_row([trace_id], |row| {
            Ok(Run {
                name: row.get(0)?,
                status: TraceStatus::from_code(row.get(1)?).unwrap_or(TraceStatus::Success),
                start_ns: row.get(2)?,
                duration_ns: row.get(3)?,
                parents_unknown: false,
                is_reported: row.get(4)?,
                steps: usize::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
            })
        })
        .optional()?
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))?;
    let (_, parents_unknown) = trace_table::reported(connection, trace_id)?;
    Ok(Run { parents_unknown, ..run })
}

impl SpanTree {
    fn reserve(&mut self, rows: usize) {
        self.span_id.reserve(rows);
        self.start_ns.reserve(rows);
        self.duration_ns.reserve(rows);
    }

    /// Gives every step without steps below it a place of its own, in display order, and the others all of what is below them.
    fn lay_out(&mut self) {
        const STEP_NS: f64 = 1e6;
        let mut leaves = 0_u32;
        for (row, descendants) in self.descendants.iter().enumerate() {
            self.start_ns[row] = f64::from(leaves) * STEP_NS;
            leaves += u32::from(*descendants == 0);
        }
        self.total_ns = f64::from(leaves) * STEP_NS;
        for row in 0..self.descendants.len() {
            let after = row + 1 + self.descendants[row] as usize;
            let end_ns = self.start_ns.get(after).copied().unwrap_or(self.total_ns);
            self.duration_ns[row] = end_ns - self.start_ns[row];
        }
    }

    fn push_run(&mut self, run: &Run, name: u32, descendants: u32, start_ns: Option<f64>) {
        let status = match run.status {
            TraceStatus::Success | TraceStatus::Warning => SpanStatus::Ok,
            TraceStatus::Failed => SpanStatus::Error,
            TraceStatus::Running | TraceStatus::Lost => SpanStatus::Open,
        };
        self.span_id.push(String::new());
        self.name.push(name);
        self.kind.push(SpanKind::Agent.code());
        self.status.push(status.code());
        self.parent.push(-1);
        self.depth.push(0);
        self.descendants.push(descendants);
        self.start_ns.push(start_ns.unwrap_or(0.0));
        let ended_ns = run.duration_ns.filter(|_| status != SpanStatus::Open);
        self.duration_ns.push(ended_ns.map_or(-1.0, |ns| ns as f64));
        self.tokens.push(-1.0);
        self.cost_usd.push(-1.0);
        self.model.push(-1);
        self.attempt.push(0);
        self.group.push(-1);
        self.flags.push(0);
    }
}

/// What is odd about the shape, in whole sentences.
fn remarks(shape: &Structure, read: &Read, clock: TraceClock, ids: &[String], run: &Run) -> Vec<String> {
    let parents_unknown = run.parents_unknown;
    let tree = &shape.tree;
    let total = tree.rows.len() as u64;
    let of_total = |part: u32, one: &str, many: &str| {
        let noun = if part == 1 { one } else { many };
        format!("{} of {} {noun}", count(part.into()), steps(total))
    };
    let mut remarks = Vec::new();
    match clock {
        TraceClock::Measured => {}
        TraceClock::LaidOut => remarks.push(
            "The source gives durations but no times: steps are laid out end to end in their order, from 0."
                .into(),
        ),
        TraceClock::OrderOnly => {
            remarks.push("The source gives no times: steps are laid out in their order.".into());
        }
    }
    if parents_unknown && total > 0 {
        remarks.push(if tree.inferred > 0 {
            format!(
                "The source gives no parents: the tree is inferred from time intervals ({}).",
                of_total(tree.inferred, "was placed so", "were placed so")
            )
        } else {
            "The source gives no parents, and no step lies within another: the steps are shown side by side."
                .into()
        });
    }
    if tree.orphans > 0 {
        remarks.push(format!(
            "{} a parent that is not in this trace (not exported, sampled out, or still to come); shown as roots.",
            of_total(tree.orphans, "names", "name")
        ));
    }
    if tree.cycles > 0 {
        remarks.push(format!(
            "{} of parents were cut; each is shown from its earliest step.",
            plural(tree.cycles, "cycle")
        ));
    }
    if tree.outside_parent > 0 {
        remarks.push(format!(
            "{} partly outside the time of the parent.",
            of_total(tree.outside_parent, "lies", "lie")
        ));
    }
    let true_roots = tree.roots().count() as u32 - tree.orphans.min(tree.roots().count() as u32);
    // Under the run itself several steps are nothing odd.
    if true_roots > 1 && !parents_unknown && !run.is_reported {
        remarks.push(format!("The trace has {}.", plural(true_roots, "root")));
    }
    if shape.totals.open > 0 {
        remarks.push(format!("{} no end yet.", of_total(shape.totals.open, "has", "have")));
    }
    let with = |flag: SpanFlags| read.flags.iter().filter(|flags| flags.contains(flag)).count() as u32;
    for (flag, one, many, rest) in [
        (SpanFlags::TRUNCATED, "was", "were", "cut short at the source."),
        (
            SpanFlags::NEGATIVE_DURATION,
            "ends",
            "end",
            "before its start in the source; shown without a duration.",
        ),
        (
            SpanFlags::MASKED,
            "holds",
            "hold",
            "something that looked like a secret; it was masked before it was stored.",
        ),
    ] {
        let part = with(flag);
        if part > 0 {
            remarks.push(format!("{} {rest}", of_total(part, one, many)));
        }
    }
    // store::span keeps a span beside another of the same id as "id~hash".
    let beside: HashSet<&str> = ids
        .iter()
        .filter_map(|id| id.rsplit_once('~'))
        .filter(|(_, hash)| hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
        .map(|(id, _)| id)
        .collect();
    let shared =
        if beside.is_empty() { 0 } else { ids.iter().filter(|id| beside.contains(id.as_str())).count() };
    if shared > 0 {
        remarks.push(format!(
            "{} used by more than one step; all are shown.",
            plural_is(shared as u32, "step id")
        ));
    }
    remarks
}

fn steps(total: u64) -> String {
    if total == 1 { "1 step".into() } else { format!("{} steps", count(total)) }
}

fn plural(number: u32, noun: &str) -> String {
    format!("{} {noun}{}", count(number.into()), if number == 1 { "" } else { "s" })
}

fn plural_is(number: u32, noun: &str) -> String {
    format!("{} {}", plural(number, noun), if number == 1 { "is" } else { "are" })
}
