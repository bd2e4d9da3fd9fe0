//! One of two runs that are compared, read whole: its shape, its tree as it is shown, and what each step was given and gave.

use std::collections::HashMap;

use rusqlite::Connection;

use super::said::said;
use crate::analysis::alignment::{Run, Said};
use crate::analysis::{self, AttemptGroup, Parent, SpanFacts, Tree};
use crate::dto::{SpanTree, TraceSummary};
use crate::error::Result;
use crate::model::{Payload, SpanKind, SpanStatus, TraceStatus};
use crate::query::skew::shown_spans;
use crate::query::span_tree::span_tree;
use crate::semantics::{self, Content};
use crate::store::attempt_correction;
use crate::store::payload::{PayloadPlace, PayloadReader};
use crate::store::trace as trace_table;
use crate::structure::{Spans, Structure};

/// Larger payloads are not read: of such a step, only whether it was given the same is known.
const LARGEST_PAYLOAD_BYTES: u32 = 16 << 20;
/// What is read of the payloads of a run.
const READ_BYTES: u64 = 1 << 30;

/// A run.
pub(super) struct Side {
    /// Its line in the list.
    pub(super) summary: TraceSummary,
    /// Its tree as it is shown.
    pub(super) shown: SpanTree,
    /// For each row of [`Self::tree`], its row in [`Self::shown`].
    pub(super) shown_row: Vec<u32>,
    /// Steps of which it was not read what they say.
    pub(super) unread: u32,
    facts: Vec<SpanFacts>,
    tree: Tree,
    groups: Vec<AttemptGroup>,
    strings: Vec<Box<str>>,
    said: Vec<Said>,
    /// Where what each span says is kept.
    places: Vec<Option<PayloadPlace>>,
    /// Whether its source reports the run itself beside its steps.
    is_reported: bool,
    /// The model that the run asked, as a string of `strings`.
    model: Option<u32>,
}

/// How a run ended, as a step's status.
fn as_step(status: TraceStatus) -> SpanStatus {
    match status {
        TraceStatus::Success | TraceStatus::Warning => SpanStatus::Ok,
        TraceStatus::Failed => SpanStatus::Error,
        TraceStatus::Running | TraceStatus::Lost => SpanStatus::Open,
    }
}

impl Side {
    /// Reads a run. Error `NotFound` if it is not there.
    pub(super) fn read(connection: &Connection, summary: TraceSummary, revision: u64) -> Result<Self> {
        let trace_id = summary.trace_id;
        let shown = span_tree(connection, trace_id, revision)?;
        let (rows, _) = shown_spans(connection, trace_id)?;
        let (reported, parents_unknown) = trace_table::reported(connection, trace_id)?;
        let corrections = attempt_correction::all(connection, trace_id)?;
        let mut spans = Spans::with_capacity(rows.len());
        rows.iter().for_each(|row| spans.add(row));
        let Structure { mut facts, mut tree, mut groups, mut strings, .. } =
            Structure::of(spans, &corrections, parents_unknown, reported.is_some());

        let mut reading =
            Reading { connection, payloads: PayloadReader::default(), left: READ_BYTES, unread: 0 };
        let mut said = Vec::with_capacity(rows.len() + 1);
        for row in &rows {
            said.push(reading.said(row.kind, row.payload)?);
        }
        let mut places: Vec<_> = rows.iter().map(|row| Some(row.payload)).collect();

        // The rows that are steps are shown in the order of the tree.
        let is_step = |row: &u32| !(shown.run_row && *row == 0) && shown.orphan_row != Some(*row);
        let mut shown_of = vec![0_u32; rows.len()];
        for (row, shown_row) in tree.rows.iter().zip((0..shown.span_id.len() as u32).filter(is_step)) {
            shown_of[row.span as usize] = shown_row;
        }

        let model = summary.model.as_ref().map(|model| {
            strings.push(model.clone().into());
            strings.len() as u32 - 1
        });
        // What the source describes beside the steps is the run itself, above them all.
        if reported.is_some() {
            let run = facts.len() as u32;
            for root in tree.roots().collect::<Vec<_>>() {
                facts[tree.rows[root as usize].span as usize].parent = Parent::At(run);
            }
            strings.push(summary.name.clone().into());
            let name = strings.len() as u32 - 1;
            facts.push(SpanFacts {
                model,
                kind: SpanKind::Agent,
                status: as_step(summary.status),
                ..SpanFacts::new(name)
            });
            let place = trace_table::payload_place(connection, trace_id)?;
            said.push(match place {
                Some(place) => reading.said(SpanKind::Agent, place)?,
                None => Said::default(),
            });
            places.push(place);
            shown_of.push(0);
            let above = analysis::tree(&facts);
            let row_of: HashMap<u32, u32> = (0..).zip(&above.rows).map(|(at, row)| (row.span, at)).collect();
            let moved = |row: &u32| row_of[&tree.rows[*row as usize].span];
            groups.iter_mut().for_each(|group| group.rows = group.rows.iter().map(moved).collect());
            tree = above;
        }
        let shown_row = tree.rows.iter().map(|row| shown_of[row.span as usize]).collect();
        let unread = reading.unread;
        let is_reported = reported.is_some();
        Ok(Self {
            summary,
            shown,
            shown_row,
            unread,
            facts,
            tree,
            groups,
            strings,
            said,
            places,
            is_reported,
            model,
        })
    }

    /// The run as alignment sees it.
    pub(super) fn run(&self) -> Run<'_> {
        Run {
            facts: &self.facts,
            tree: &self.tree,
            groups: &self.groups,
            strings: &self.strings,
            said: &self.said,
            has_own_row: self.is_reported,
            is_under_way: self.is_under_way(),
            status: self.status(),
            model: self.model,
        }
    }

    /// How the run ended as a whole.
    pub(super) fn status(&self) -> SpanStatus {
        as_step(self.summary.status)
    }

    /// Whether more of it may come.
    pub(super) fn is_under_way(&self) -> bool {
        self.summary.status == TraceStatus::Running
    }

    /// What a row says; `None` where that is more than `most_bytes`, or damaged.
    pub(super) fn content(
        &self,
        connection: &Connection,
        payloads: &mut PayloadReader,
        row: u32,
        most_bytes: u32,
    ) -> Result<Option<Content>> {
        let place = self.tree.rows.get(row as usize).and_then(|row| *self.places.get(row.span as usize)?);
        let Some(place) = place.filter(|place| place.bytes <= most_bytes) else { return Ok(None) };
        let Some(read) = payloads.read_if_sound(connection, place)? else { return Ok(None) };
        let payload: Payload = serde_json::from_slice(&read).unwrap_or_default();
        Ok(Some(semantics::content(&payload)))
    }

    /// The kind of a row.
    pub(super) fn kind(&self, row: u32) -> SpanKind {
        self.shown.kind_at(self.shown_row[row as usize])
    }

    /// Whether a row is the run itself.
    pub(super) fn is_run(&self, row: u32) -> bool {
        self.shown.run_row && self.shown_row[row as usize] == 0
    }

    /// The row of the step with this id.
    pub(super) fn row(&self, span_id: &str) -> Option<u32> {
        let is_it = |shown: &u32| self.shown.span_id.get(*shown as usize).is_some_and(|id| id == span_id);
        self.shown_row.iter().position(is_it).map(|row| row as u32)
    }

    /// How many tries the operation of a row took; 1 for one that was not tried again.
    pub(super) fn tries(&self, shown: u32) -> u32 {
        let group = self.shown.group.get(shown as usize).and_then(|group| usize::try_from(*group).ok());
        group.and_then(|group| self.shown.groups.get(group)).map_or(1, |group| group.rows.len() as u32)
    }

    /// How long a row took; an operation that was tried again from its first start to its last end. `None` where that is not
    /// known.
    pub(super) fn took_ns(&self, shown: u32) -> Option<f64> {
        let took_ns = |row: u32| self.shown.duration_ns.get(row as usize).copied().filter(|ns| *ns >= 0.0);
        let group = self.shown.group.get(shown as usize).and_then(|group| usize::try_from(*group).ok());
        let first = group.and_then(|group| self.shown.groups.get(group)?.rows.first().copied());
        let start_ns = |row: u32| self.shown.start_ns.get(row as usize).copied();
        let waited_ns = first.and_then(|first| Some(start_ns(shown)? - start_ns(first)?));
        Some(took_ns(shown)? + waited_ns.unwrap_or(0.0).max(0.0))
    }

    /// The name that a row is shown by.
    pub(super) fn name(&self, shown: u32) -> &str {
        self.shown.name_at(shown)
    }
}

struct Reading<'a> {
    connection: &'a Connection,
    payloads: PayloadReader,
    left: u64,
    unread: u32,
}

impl Reading<'_> {
    fn said(&mut self, kind: SpanKind, place: PayloadPlace) -> Result<Said> {
        let bytes = u64::from(place.bytes);
        if place.bytes > LARGEST_PAYLOAD_BYTES || bytes > self.left {
            self.unread += 1;
            return Ok(Said::default());
        }
        self.left -= bytes;
        let Some(read) = self.payloads.read_if_sound(self.connection, place)? else {
            self.unread += 1;
            return Ok(Said::default());
        };
        let payload: Payload = serde_json::from_slice(&read).unwrap_or_default();
        Ok(said(kind, &semantics::content(&payload)))
    }
}
