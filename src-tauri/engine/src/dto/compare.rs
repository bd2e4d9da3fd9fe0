//! Two runs side by side: which step of one is which of the other, what differs, and where they first part.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Column, MaskedKind, SpanTree, TraceSummary};
use crate::model::{SpanKind, SpanStatus};

/// Which two runs.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct CompareRequest {
    /// Trace A, that which the other is held against.
    #[ts(type = "number")]
    pub a: i64,
    /// Trace B.
    #[ts(type = "number")]
    pub b: i64,
}

/// Two runs, aligned. The columns have a row a pair, in an order in which both trees can be read from the top down: a pair
/// comes after that of its parent, and before what follows below the same parent.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Comparison {
    /// The store's revision this was read at.
    #[ts(type = "number")]
    pub revision: u64,
    /// Run A.
    pub a: ComparedRun,
    /// Run B.
    pub b: ComparedRun,
    /// Row of the step in A's tree, -1 if only B has it.
    pub row_a: Column<i32>,
    /// Row of the step in B's tree, -1 if only A has it.
    pub row_b: Column<i32>,
    /// The pair under which this one stands, -1 for a root.
    pub parent: Column<i32>,
    /// Depth of the pair, 0 for a root.
    pub depth: Column<u16>,
    /// [`PairRelation`] code.
    pub relation: Column<u8>,
    /// Bits of what differs: 1 name, 2 model, 4 status, 8 input in substance, 16 input in wording, 32 output in substance,
    /// 64 output in wording, 128 tries, 256 how it failed in both. Of a pair with one step, 0, unless it is the row of a
    /// run that the other's format has none of: then what differs between the runs. A model that all calls have changed to is told
    /// of the runs alone.
    pub difference: Column<u16>,
    /// How sure it is that these two are the same step, 0 to 1; 1 where a person has said so.
    pub sureness: Column<f64>,
    /// Of a step that only one run has: the pair of the step that it does over again, -1 if of none.
    pub repeats: Column<i32>,
    /// Of a try before the last one, of all below it, and of pauses between tries: the pair of the last try, which stands for
    /// the operation; -1 for all others. Tries that stand together in their run are below that pair.
    pub try_of: Column<i32>,
    /// 1 where the pair is a difference of the runs. There are as many differences as there are such pairs: whatever counts
    /// or walks differences goes by this. It is one if the two steps differ in name, model, status, tries, in the substance of
    /// input or output, or in their place in the order of the run, or if one run alone has the step, with all below it.
    /// Wording, ids, times, tokens, costs, pauses, levels that one format alone has, and what is awaited are none.
    pub is_difference: Column<u8>,
    /// 1 where one run alone has the step so far: the other is under way, and may still come to it.
    pub is_awaited: Column<u8>,
    /// 1 where a person has said that these two belong together.
    pub by_hand: Column<u8>,
    /// Steps that a person has said are not the same.
    pub apart: Vec<ApartSteps>,
    /// The first difference that is another decision: another tool, other arguments, another answer in substance, another
    /// status, or a step that one of them alone has. `null` where the runs do the same, though they may still differ in names,
    /// models or numbers of tries.
    pub first_difference: Option<u32>,
    /// The differences, that which explains most first; the first 500.
    pub differences: Vec<RunDifference>,
    /// Steps in which both did the same, and which took notably longer or less, or cost more or less: that which explains most
    /// first, the first 500. They are no differences.
    pub drifts: Vec<RunDifference>,
    /// What differs, in plain words, to be read one after another.
    pub summary: Vec<String>,
    /// What was not compared, and why.
    pub remarks: Vec<String>,
}

impl Comparison {
    /// How many differences there are.
    pub fn difference_count(&self) -> usize {
        self.is_difference.iter().filter(|is_difference| **is_difference == 1).count()
    }

    /// For each pair whether one run alone has it and it is no difference, nor below one: a level of its format, a pause, a call
    /// between tries.
    pub fn passed_over(&self) -> Vec<bool> {
        let mut is_counted = vec![false; self.parent.len()];
        let mut is_passed_over = is_counted.clone();
        for at in 0..self.parent.len() {
            if self.row_a[at] >= 0 && self.row_b[at] >= 0 {
                continue;
            }
            let above = usize::try_from(self.parent[at]).ok();
            let is_part =
                above.is_some_and(|above| is_counted[above] && self.relation[above] == self.relation[at]);
            // What differs between the runs is told of the row of one; what is below that is none of it.
            let is_of_runs = self.difference[at] != 0;
            is_counted[at] = is_part || (self.is_difference[at] == 1 && !is_of_runs);
            is_passed_over[at] =
                !is_counted[at] && !is_of_runs && self.try_of[at] < 0 && self.is_awaited[at] == 0;
        }
        is_passed_over
    }
}

/// A step of A and one of B that a person has said are not the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApartSteps {
    /// The step of A; empty for the run itself.
    pub a_span_id: String,
    /// The step of B.
    pub b_span_id: String,
}

/// One of two runs.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ComparedRun {
    /// Its line in the list.
    pub summary: TraceSummary,
    /// Its tree.
    pub tree: SpanTree,
}

/// How the two steps of a pair stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PairRelation {
    /// They are the same step.
    #[default]
    Matched,
    /// They are the same step, at another place.
    Moved,
    /// Only A has it.
    OnlyA,
    /// Only B has it.
    OnlyB,
}

impl PairRelation {
    /// In the order of their codes.
    pub const ALL: [Self; 4] = [Self::Matched, Self::Moved, Self::OnlyA, Self::OnlyB];

    /// The number in a column.
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The word in TypeScript.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Matched => "matched",
            Self::Moved => "moved",
            Self::OnlyA => "only_a",
            Self::OnlyB => "only_b",
        }
    }
}

/// A pair in which the runs differ, and what that explains of how the runs came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct RunDifference {
    /// The pair it is about.
    pub pair: u32,
    /// Where it stands: "step 3", "step 3 of A, 4 of B", "the run itself".
    pub place: String,
    /// What differs, in words, with the first value that changed where it is short.
    pub sentence: String,
    /// How much longer B took for it; below 0 for less, 0 where it is less than 0.1 ms. Of a difference with all that is below it,
    /// as its row shows it; of a step that did the same without, as the sentence then says.
    pub time_ns: f64,
    /// Tokens that B used more for it.
    pub tokens: f64,
    /// Cost of B above that of A for it, in US dollars.
    pub cost_usd: f64,
    /// Whether one of the runs failed here and the other did not.
    pub is_status: bool,
}

/// Which pair of steps to tell apart; of one that only one run has, the other is `null`.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct StepDifferenceRequest {
    /// Trace A.
    #[ts(type = "number")]
    pub a: i64,
    /// Trace B.
    #[ts(type = "number")]
    pub b: i64,
    /// Step of A.
    pub a_span_id: Option<String>,
    /// Step of B.
    pub b_span_id: Option<String>,
    /// What is no difference.
    pub ignore: Ignored,
}

/// What is no difference between two texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Ignored {
    /// UUIDs, long hex numbers, ids of calls.
    pub ids: bool,
    /// Timestamps.
    pub times: bool,
    /// White space.
    pub whitespace: bool,
}

/// What differs between two steps, part by part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct StepDifference {
    /// The parts of either, in the order in which they are read.
    pub parts: Vec<PartDifference>,
}

/// What differs in a part of two steps: an input, a message, an answer, the parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct PartDifference {
    /// What part it is: "Input", "Message 3, user", "Answer".
    pub title: String,
    /// Whether there is nothing in it that differs.
    pub is_same: bool,
    /// Lines that differ, with some around them.
    pub lines: Vec<DiffLine>,
    /// Why some of it was not compared.
    pub remark: Option<String>,
}

/// A line of a difference; of two JSON values, a line of them as they are written out, A's order of keys first, a text of several
/// lines line by line between triple quotes.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct DiffLine {
    /// How the two sides stand to each other.
    pub change: LineChange,
    /// Lines that are the same and not listed, here; 0 on a line that is listed.
    pub skipped: u32,
    /// The line in A, in pieces; `null` where A has none.
    pub a: Option<Vec<DiffPiece>>,
    /// The line in B, in pieces; `null` where B has none.
    pub b: Option<Vec<DiffPiece>>,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LineChange {
    /// The same in both.
    #[default]
    Same,
    /// In both, and not the same.
    Changed,
    /// Only A has it.
    Removed,
    /// Only B has it.
    Added,
}

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct DiffPiece {
    /// Its text.
    pub text: String,
    /// Whether the other side does not have it.
    pub differs: bool,
}

/// Two steps that a person says are the same, or are not.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct PairSet {
    /// Trace A.
    #[ts(type = "number")]
    pub a: i64,
    /// Trace B.
    #[ts(type = "number")]
    pub b: i64,
    /// Step of A.
    pub a_span_id: String,
    /// Step of B.
    pub b_span_id: String,
    /// What they are.
    pub pairing: Pairing,
}

/// What a person says of two steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Pairing {
    /// They are the same step.
    Forced,
    /// They are not.
    Broken,
    /// Nothing: as it is worked out.
    Detected,
}

/// With what a run may be compared: other runs of its task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct CompareCandidates {
    /// The task, or where there is none the name, by which runs belong together.
    pub task: String,
    /// How many other runs it has.
    pub runs: u32,
    /// The run of it that a person holds the others against; it may be the run itself.
    pub baseline: Option<TraceSummary>,
    /// The run before.
    pub previous: Option<TraceSummary>,
    /// The last one before that went well.
    pub last_good: Option<TraceSummary>,
    /// The one of those that went well that took neither long nor short.
    pub median: Option<TraceSummary>,
}

/// A run that others of its task are held against.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct BaselineSet {
    /// The run.
    #[ts(type = "number")]
    pub trace_id: i64,
    /// Whether it is; another of its task is then none any more.
    pub is_baseline: bool,
}

/// Which runs, and against which.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct RunMatrixRequest {
    /// The runs, in the order in which they are shown; at most 50.
    #[ts(type = "number[]")]
    pub trace_ids: Vec<i64>,
    /// The one whose steps make the rows; the first where this is none of them.
    #[ts(type = "number | null")]
    pub reference: Option<i64>,
}

/// The steps of one task by runs of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct RunMatrix {
    /// The runs.
    pub runs: Vec<TraceSummary>,
    /// Which of them the others are held against.
    pub reference: u32,
    /// A row a step that any of them has; an operation that was tried again is one.
    pub rows: Vec<MatrixRow>,
    /// Rows that are not listed: rows that are the same in all runs first, the last of them.
    pub left_out: u32,
    /// How many of these vary; 0 unless more rows vary than are listed at all.
    pub left_out_varying: u32,
    /// What was not compared, and why.
    pub remarks: Vec<String>,
}

/// One step, in all of the runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MatrixRow {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub kind: SpanKind,
    /// Its depth.
    pub depth: u16,
    /// What each run has of it, in the order of the runs; `null` where it does not.
    pub cells: Vec<Option<MatrixCell>>,
    /// Whether it is a difference of any run from the one that they are held against, or a part of one (see
    /// [`Comparison::is_difference`]).
    pub varies: bool,
}

/// One step of one run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct MatrixCell {
    /// The step; empty for the run itself.
    pub span_id: String,
    /// How it ended.
    pub status: SpanStatus,
    /// How long it took, from the start of the first try to the end of the last; `null` where that is not known.
    pub duration_ns: Option<f64>,
    /// Tokens of it and all below it.
    pub tokens: Option<f64>,
    /// How often it was tried.
    pub tries: u32,
    /// Bits of what differs from the run that it is held against, as in [`Comparison::difference`].
    pub difference: u16,
}

/// A comparison to be saved as a file.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct ComparisonSave {
    /// Trace A.
    #[ts(type = "number")]
    pub a: i64,
    /// Trace B.
    #[ts(type = "number")]
    pub b: i64,
    /// As what.
    pub form: ComparisonForm,
    /// What is no difference between texts.
    #[serde(default)]
    pub ignore: Ignored,
}

/// What a comparison is saved as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ComparisonForm {
    /// One page that any browser shows, without a network.
    Html,
    /// For programs.
    Json,
}

/// What was saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ComparisonSaved {
    /// How large it is.
    #[ts(type = "number")]
    pub bytes: u64,
    /// What was masked as the file was written, beside what was masked before; the most frequent first.
    pub masked: Vec<MaskedKind>,
}
