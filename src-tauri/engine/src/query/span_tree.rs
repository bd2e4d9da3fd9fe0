//! The execution tree of a trace, as columns.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension};

use super::remarks::remarks;
use super::skew::{is_adjusted, shown_spans};
use super::wording::count;
use crate::analysis::Subtotals;
use crate::dto::{AttemptGroup, AwaitedTry, SpanTree, TraceClock};
use crate::error::{Error, Result};
use crate::model::{AttemptOutcome, Provenance, SpanFlags, SpanKind, SpanStatus, TraceStatus};
use crate::query::summary::unix_ms;
use crate::store::attempt_correction;
use crate::store::span::{self, SpanRow};
use crate::store::trace as trace_table;
use crate::structure::{Spans, Structure};

/// The tree of trace `trace_id`. Where the source describes the run beside its steps, row 0 is the run and the steps' roots
/// are its children. Steps whose parent is not in the trace stand under a row of their own, the last of its depth. Error
/// `NotFound` if the trace is not there.
pub fn span_tree(connection: &Connection, trace_id: i64, revision: u64) -> Result<SpanTree> {
    let run = run(connection, trace_id)?;
    let mut read = Read::with_capacity(run.steps);
    let mut spans = Spans::with_capacity(run.steps);
    let clocks = if is_adjusted(connection, trace_id)? {
        let (rows, clocks) = shown_spans(connection, trace_id)?;
        for row in &rows {
            spans.add(row);
            read.add(row);
        }
        clocks
    } else {
        span::for_each(connection, trace_id, |row| {
            spans.add(&row);
            read.add(&row);
        })?;
        None
    };
    read.flag_shared_ids();
    let order = spans.order_of_coming();
    let corrections = attempt_correction::all(connection, trace_id)?;
    let shape = Structure::of(spans.in_order(&order), &corrections, run.parents_unknown, run.is_reported);
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
    // Rows move down by one, and one level deeper, where the run is row 0; orphans, which come last, once more.
    let shift = u32::from(run.is_reported);
    let below = shape.subtotals();
    let orphans = Orphans::of(&shape, &below);
    let place =
        |row: u32| row + shift + u32::from(orphans.as_ref().is_some_and(|orphans| row >= orphans.first));
    tree.reserve(order.len() + shift as usize + usize::from(orphans.is_some()));
    if run.is_reported {
        let descendants = order.len() as u32 + u32::from(orphans.is_some());
        tree.push_run(&run, strings.len() as u32, descendants, run.start_ns.map(since_start));
        tree.push_below(shape.totals.total_tokens, shape.totals.cost_usd);
        strings.push(run.name.clone());
    }
    let orphans_id = orphans.as_ref().map(|_| read.free_id()).unwrap_or_default();
    for (index, row) in shape.tree.rows.iter().enumerate() {
        let is_orphan = match &orphans {
            Some(orphans) => {
                if index as u32 == orphans.first {
                    strings.push(format!("Steps without a parent ({})", count(orphans.roots.into())));
                    tree.push_orphans(orphans, strings.len() as u32 - 1, shift, &orphans_id, since_start);
                }
                index as u32 >= orphans.first
            }
            None => false,
        };
        let facts = &shape.facts[row.span as usize];
        let span = order[row.span as usize] as usize;
        let mut flags = read.flags[span];
        flags.insert(row.flags);
        flags.set(SpanFlags::START_UNKNOWN, facts.start_ns.is_none() && facts.end_ns.is_some());
        tree.span_id.push(std::mem::take(&mut read.ids[span]));
        tree.name.push(facts.name);
        tree.kind.push(facts.kind.code());
        tree.status.push(facts.status.code());
        tree.parent.push(match row.parent {
            Some(parent) => place(parent) as i32,
            None => match tree.orphan_row {
                Some(orphan_row) => orphan_row as i32,
                None => shift as i32 - 1,
            },
        });
        tree.depth.push(u16::try_from(row.depth + shift + u32::from(is_orphan)).unwrap_or(u16::MAX));
        tree.descendants.push(row.descendants);
        // A step of unknown start stands where it ended, else where its parent starts.
        let parent_start_ns = row.parent.and_then(|row| tree.start_ns.get(place(row) as usize).copied());
        let shown_ns = facts.start_ns.or(facts.end_ns);
        tree.start_ns.push(shown_ns.map_or(parent_start_ns.unwrap_or(0.0), since_start));
        let known_ns = facts.duration_ns().filter(|_| facts.status != SpanStatus::Open);
        tree.duration_ns.push(known_ns.map_or(-1.0, |ns| ns as f64));
        tree.tokens.push(facts.tokens.sum().map_or(-1.0, |tokens| tokens as f64));
        tree.cost_usd.push(facts.cost_usd.unwrap_or(-1.0));
        tree.push_below(below.tokens[index], below.cost_usd[index]);
        tree.model.push(facts.model.map_or(-1, |model| model as i32));
        tree.attempt.push(0);
        tree.group.push(-1);
        tree.flags.push(flags.0);
    }
    for (index, group) in shape.groups.iter().enumerate() {
        let rows: Vec<u32> = group.rows.iter().map(|row| place(*row)).collect();
        for (attempt, row) in rows.iter().enumerate() {
            tree.attempt[*row as usize] = u16::try_from(attempt + 1).unwrap_or(u16::MAX);
            tree.group[*row as usize] = index as i32;
        }
        tree.groups.push(AttemptGroup {
            rows,
            signal: group.signal.sentence().to_owned(),
            confidence: group.signal.confidence(),
            by_hand: group.by_hand,
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
    if run.status == TraceStatus::Running && tree.clock == TraceClock::Measured {
        let awaited = shape.awaited();
        tree.push_awaited(
            awaited
                .iter()
                .map(|next| AwaitedTry { row: place(next.row), until_ns: since_start(next.until_ns) }),
        );
    }
    tree.apart_rows = shape.apart.iter().map(|row| place(*row)).collect();
    if tree.clock == TraceClock::OrderOnly {
        tree.lay_out();
    }
    tree.remarks =
        remarks(&shape, &read.flags, clocks.as_ref(), run.parents_unknown, run.is_reported, run.status);
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

    fn add<Text: AsRef<str>>(&mut self, row: &SpanRow<Text>) {
        self.ids.push(row.span_id.as_ref().to_owned());
        self.flags.push(row.flags);
    }

    /// `store::span` keeps a span beside another of the same id as "id~hash"; both say so.
    fn flag_shared_ids(&mut self) {
        fn beside(id: &str) -> Option<&str> {
            let (id, hash) = id.rsplit_once('~')?;
            (hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(id)
        }
        let taken: HashSet<&str> = self.ids.iter().filter_map(|id| beside(id)).collect();
        if taken.is_empty() {
            return;
        }
        let shared: HashSet<&str> =
            self.ids.iter().map(String::as_str).filter(|id| taken.contains(id)).collect();
        for (id, flags) in self.ids.iter().zip(&mut self.flags) {
            if shared.contains(beside(id).unwrap_or(id)) || shared.contains(id.as_str()) {
                flags.insert(SpanFlags::SHARED_ID);
            }
        }
    }

    /// An id for the row of the orphans that no step has, the same from one reading to the next.
    fn free_id(&self) -> String {
        let mut id = "steps-without-a-parent".to_owned();
        while self.ids.contains(&id) {
            id.push('~');
        }
        id
    }
}

/// The steps whose parent is not in the trace, with what is below them: the last rows of the shape.
struct Orphans {
    /// The first of their rows.
    first: u32,
    /// How many name a parent that is not there.
    roots: u32,
    /// How many rows they are, with those below them.
    rows: u32,
    start_ns: Option<i64>,
    end_ns: Option<i64>,
    tokens: Option<u64>,
    cost_usd: Option<f64>,
}

impl Orphans {
    fn of(shape: &Structure, below: &Subtotals) -> Option<Self> {
        let rows = &shape.tree.rows;
        let is_orphan = |row: &u32| rows[*row as usize].flags.contains(SpanFlags::ORPHAN);
        let first = shape.tree.roots().find(is_orphan)?;
        let roots = || shape.tree.roots().filter(|row| *row >= first);
        let facts = || rows[first as usize..].iter().map(|row| &shape.facts[row.span as usize]);
        Some(Self {
            first,
            roots: shape.tree.orphans,
            rows: rows.len() as u32 - first,
            start_ns: facts().filter_map(|span| span.start_ns).min(),
            end_ns: facts().filter_map(|span| span.end_ns.or(span.start_ns)).max(),
            tokens: roots().filter_map(|row| below.tokens[row as usize]).reduce(u64::saturating_add),
            cost_usd: roots().filter_map(|row| below.cost_usd[row as usize]).reduce(|a, b| a + b),
        })
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

    /// Notes the tries that are to come. An operation whose last try failed has not ended while another is to come.
    fn push_awaited(&mut self, awaited: impl Iterator<Item = AwaitedTry>) {
        for next in awaited {
            let group = self.group.get(next.row as usize).and_then(|group| usize::try_from(*group).ok());
            if let Some(group) = group.and_then(|group| self.groups.get_mut(group))
                && group.rows.last() == Some(&next.row)
            {
                group.outcome = AttemptOutcome::Trying;
            }
            self.awaited.push(next);
        }
    }

    /// What a row comes to with all below it.
    fn push_below(&mut self, tokens: Option<u64>, cost_usd: Option<f64>) {
        self.below_tokens.push(tokens.map_or(-1.0, |tokens| tokens as f64));
        self.below_cost_usd.push(cost_usd.unwrap_or(-1.0));
    }

    /// Puts a row above the orphans: no step, over all of their time.
    fn push_orphans(
        &mut self,
        orphans: &Orphans,
        name: u32,
        depth: u32,
        span_id: &str,
        since_start: impl Fn(i64) -> f64,
    ) {
        let start_ns = orphans.start_ns.map_or(0.0, &since_start);
        let end_ns = orphans.end_ns.map_or(start_ns, &since_start);
        self.orphan_row = Some(self.span_id.len() as u32);
        self.span_id.push(span_id.to_owned());
        self.name.push(name);
        self.kind.push(SpanKind::Other.code());
        self.status.push(SpanStatus::Unset.code());
        self.parent.push(depth as i32 - 1);
        self.depth.push(depth as u16);
        self.descendants.push(orphans.rows);
        self.start_ns.push(start_ns);
        self.duration_ns.push((end_ns - start_ns).max(0.0));
        self.tokens.push(-1.0);
        self.cost_usd.push(-1.0);
        self.push_below(orphans.tokens, orphans.cost_usd);
        self.model.push(-1);
        self.attempt.push(0);
        self.group.push(-1);
        self.flags.push(0);
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
