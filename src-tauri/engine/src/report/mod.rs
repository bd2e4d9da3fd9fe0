//! A comparison as a file: one page of HTML that needs nothing else, or JSON.
//!
//! What traces say is hostile: it is written as text alone, and looked through for secrets once more. May import `model`,
//! `error`, `dto`, `masking` and `query`.

mod html;
mod json;

use std::io::{ErrorKind, Write};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::dto::{
    CompareRequest, Comparison, ComparisonForm, Ignored, SpanTree, StepDifference, StepDifferenceRequest,
    StepMarkItem,
};
use crate::error::{Code, Error, Result};
use crate::masking::{MaskCounts, Masker};

/// Of more pairs it is not told in a file what differs between their steps, only that something does.
const MOST_TOLD: usize = 1_000;

/// A comparison with all that a file of it has.
pub struct Report {
    comparison: Comparison,
    /// What differs, by pair, in the order of the pairs.
    told: Vec<(u32, StepDifference)>,
    /// Pairs that differ and of which it is not told how.
    left_out: usize,
    /// Notes on the steps of A and of B.
    notes: [Vec<StepMarkItem>; 2],
    /// By pair, whether one run alone has it and it is no difference.
    passed_over: Vec<bool>,
    /// When it is written.
    made_at: DateTime<Utc>,
    /// What is masked as it is written.
    masker: Arc<Masker>,
}

/// What a file of a comparison came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    /// How large it is.
    pub bytes: u64,
    /// What was masked as it was written.
    pub masked: MaskCounts,
}

impl Report {
    /// Puts it together: `step_difference` reads what differs between two steps, `now_ns` is the time that stands in the file.
    pub fn gather(
        comparison: Comparison,
        notes: [Vec<StepMarkItem>; 2],
        now_ns: i64,
        masker: Arc<Masker>,
        ignore: Ignored,
        is_cancelled: &dyn Fn() -> bool,
        step_difference: &dyn Fn(&StepDifferenceRequest) -> Result<StepDifference>,
    ) -> Result<Self> {
        let mut report = Self {
            made_at: DateTime::from_timestamp_nanos(now_ns),
            masker,
            passed_over: comparison.passed_over(),
            comparison,
            told: Vec::new(),
            left_out: 0,
            notes,
        };
        for run in [&mut report.comparison.a, &mut report.comparison.b] {
            run.summary.source = file_name(&run.summary.source);
        }
        let CompareRequest { a, b } = report.runs();
        for pair in 0..report.comparison.row_a.len() {
            let [row_a, row_b] = report.rows(pair);
            let differs = row_a.is_none() || row_b.is_none() || report.comparison.difference[pair] != 0;
            if !differs {
                continue;
            }
            if report.told.len() >= MOST_TOLD {
                report.left_out += 1;
                continue;
            }
            if is_cancelled() {
                return Err(Error::new(Code::Cancelled, "saving was stopped"));
            }
            let id = |tree: &SpanTree, row: Option<u32>| {
                row.filter(|row| tree.orphan_row != Some(*row))
                    .and_then(|row| tree.span_id.get(row as usize).cloned())
            };
            let request = StepDifferenceRequest {
                a,
                b,
                a_span_id: id(&report.comparison.a.tree, row_a),
                b_span_id: id(&report.comparison.b.tree, row_b),
                ignore,
            };
            let mut difference = step_difference(&request)?;
            difference.parts.retain(|part| !part.is_same);
            if !difference.parts.is_empty() {
                report.told.push((pair as u32, difference));
            }
        }
        Ok(report)
    }

    /// Writes it. Errors: `DiskFull` or `Io` for what `out` answers.
    pub fn write(&self, form: ComparisonForm, out: &mut dyn Write) -> Result<Saved> {
        let mut out = Counted { out, bytes: 0 };
        let masked = match form {
            ComparisonForm::Html => html::write(self, &mut out),
            ComparisonForm::Json => json::write(self, &mut out),
        }
        .and_then(|masked| out.flush().map(|()| masked))
        .map_err(|error| match error.kind() {
            ErrorKind::StorageFull => Error::new(Code::DiskFull, "the disk is full: the file is not whole"),
            _ => Error::new(Code::Io, format!("the file can't be written: {error}")),
        })?;
        Ok(Saved { bytes: out.bytes, masked })
    }

    /// Whether there is no difference.
    pub fn is_same(&self) -> bool {
        self.comparison.difference_count() == 0
    }

    /// What it is a report of.
    pub fn comparison(&self) -> &Comparison {
        &self.comparison
    }

    fn runs(&self) -> CompareRequest {
        CompareRequest { a: self.comparison.a.summary.trace_id, b: self.comparison.b.summary.trace_id }
    }

    /// The rows of a pair in the tree of A and in that of B.
    fn rows(&self, pair: usize) -> [Option<u32>; 2] {
        [&self.comparison.row_a, &self.comparison.row_b]
            .map(|column| column.get(pair).and_then(|row| u32::try_from(*row).ok()))
    }

    fn sides(&self) -> [(&'static str, &crate::dto::ComparedRun, &[StepMarkItem]); 2] {
        let [notes_a, notes_b] = &self.notes;
        [("A", &self.comparison.a, notes_a), ("B", &self.comparison.b, notes_b)]
    }
}

/// A path without its folders, which tell of the person's machine and say nothing to whoever reads the file. Other sources as
/// they are.
fn file_name(source: &str) -> String {
    let is_path = source.starts_with(['/', '\\']) || source.get(1..3).is_some_and(|drive| drive == ":\\");
    let name = source.rsplit(['/', '\\']).find(|part| !part.is_empty()).filter(|_| is_path);
    name.unwrap_or(source).to_owned()
}

struct Counted<'a> {
    out: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}
