//! Recorded runs, taken apart into steps that can be edited and put together again.

use std::path::Path;

use engine::analysis::alignment::{Run, Said};
use engine::dto::*;
use engine::model::{Payload, SpanFlags, SpanStatus};
use engine::query::compare::said::said;
use engine::semantics::{self, Content};
use engine::store::payload::PayloadReader;
use engine::store::span::{self, SpanRow};
use engine::store::{ReadPool, trace};
use engine::structure::{Spans, Structure};
use engine::testing::Harness;

/// A step as its source tells it.
#[derive(Clone)]
pub struct Step {
    /// Which step of the recorded run it is; `None` for one that was put in.
    pub label: Option<u32>,
    pub row: SpanRow,
    pub content: Content,
}

impl Step {
    /// What can't be told apart from it.
    pub fn signature(&self) -> String {
        let Content { input, output, input_messages, output_messages, .. } = &self.content;
        format!(
            "{:?} {} {:?} {:?} {input:?} {output:?} {input_messages:?} {output_messages:?}",
            self.row.kind, self.row.name, self.row.parent_id, self.row.status
        )
    }
}

/// Steps put together as a run.
pub struct Built {
    pub steps: Vec<Step>,
    pub structure: Structure,
    pub said: Vec<Said>,
    /// Whether the first step is the run itself, as its source reports it.
    pub has_own_row: bool,
}

impl Built {
    pub fn new(steps: Vec<Step>) -> Self {
        let mut spans = Spans::with_capacity(steps.len());
        steps.iter().for_each(|step| spans.add(&step.row));
        let structure = Structure::of(spans, &[], false, false);
        let said = steps.iter().map(|step| said(step.row.kind, &step.content)).collect();
        Self { steps, structure, said, has_own_row: false }
    }

    /// A run of which the first step is the run itself.
    pub fn reported(steps: Vec<Step>) -> Self {
        Self { has_own_row: true, ..Self::new(steps) }
    }

    pub fn run(&self) -> Run<'_> {
        Run {
            facts: &self.structure.facts,
            tree: &self.structure.tree,
            groups: &self.structure.groups,
            strings: &self.structure.strings,
            said: &self.said,
            has_own_row: self.has_own_row,
            is_under_way: false,
            status: self.structure.facts.first().map_or(SpanStatus::Ok, |root| root.status),
            model: None,
        }
    }

    /// The step of a row.
    pub fn step(&self, row: u32) -> &Step {
        &self.steps[self.structure.tree.rows[row as usize].span as usize]
    }
}

/// The traces of a file that have from `least` to `most` steps, the first two of them; in order of coming.
pub fn load(file: &Path, least: usize, most: usize) -> Vec<Vec<Step>> {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("traces.db");
    let harness = Harness::open(&store);
    harness.import(&[file]);
    let request = TraceListRequest {
        filter: String::new(),
        sort: TraceSort::Started,
        descending: false,
        offset: 0,
        limit: 1_000,
    };
    let list: TraceList = harness.call("trace_list", &request);
    let mut ids: Vec<i64> = list.items.iter().map(|item| item.trace_id).collect();
    ids.sort_unstable();
    let connection = ReadPool::new(&store).unwrap();
    let connection = connection.reader().unwrap();
    let mut runs = Vec::new();
    for trace_id in ids {
        let rows = span::of_trace(&connection, trace_id).unwrap();
        if !(least..=most).contains(&rows.len()) || runs.len() == 2 {
            continue;
        }
        let (reported, parents_unknown) = trace::reported(&connection, trace_id).unwrap();
        let mut spans = Spans::with_capacity(rows.len());
        rows.iter().for_each(|row| spans.add(row));
        let structure = Structure::of(spans, &[], parents_unknown, reported.is_some());
        let mut payloads = PayloadReader::default();
        let mut steps: Vec<Step> = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let stored = payloads.read(&connection, row.payload).unwrap();
            let payload: Payload = serde_json::from_slice(&stored).unwrap_or_default();
            let mut row = row.clone();
            row.flags = SpanFlags::default();
            // Parents as they are shown, given or inferred.
            let parent = structure.tree.rows[structure.tree.row_of[index] as usize].parent;
            row.parent_id =
                parent.map(|parent| rows[structure.tree.rows[parent as usize].span as usize].span_id.clone());
            steps.push(Step { label: Some(index as u32), row, content: semantics::content(&payload) });
        }
        runs.push(steps);
    }
    runs
}
