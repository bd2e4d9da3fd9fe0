//! Runs of one task, step by step: which have a step, and in which it differs.

use rusqlite::Connection;

use super::side::Side;
use super::{aligned, remarks, side};
use crate::analysis::alignment::Difference;
use crate::dto::{MatrixCell, MatrixRow, RunMatrix, RunMatrixRequest};
use crate::error::{Error, Result};
use crate::model::SpanKind;
use crate::query::catalog::Columns;

const MOST_RUNS: usize = 50;
const MOST_ROWS: usize = 5_000;

/// The steps of these runs, an operation as one row however often it was tried. Each run is held against one of them; a step that this one does not have stands after the step that
/// it follows, and two runs share its row where they have it at the same place by the same name. Errors: `NotFound` if one is
/// not there, `Invalid` for fewer than two or more than 50.
pub fn matrix(
    connection: &Connection,
    columns: &Columns,
    request: &RunMatrixRequest,
    revision: u64,
) -> Result<RunMatrix> {
    let ids = &request.trace_ids;
    if ids.len() < 2 || ids.len() > MOST_RUNS {
        return Err(Error::invalid("Choose 2 to 50 runs."));
    }
    let reference = request.reference.and_then(|id| ids.iter().position(|other| *other == id)).unwrap_or(0);
    let held = side(connection, columns, ids[reference], revision)?;
    let mut own: Vec<Row> = held.shown_row.iter().map(|shown| Row::new(&held, *shown, ids.len())).collect();
    for (row, shown) in own.iter_mut().zip(&held.shown_row) {
        row.cells[reference] = Some(cell(&held, *shown, Difference::default()));
    }
    // Steps that the reference does not have, by the number of its rows that stand before them.
    let mut others: Vec<Vec<Row>> = own.iter().map(|_| Vec::new()).collect();
    others.push(Vec::new());
    // Rows that are tries of an operation, whatever they are held against.
    let mut is_try = vec![true; own.len()];
    let mut unread = held.unread;
    let mut is_bounded = false;
    let mut runs = vec![held.summary.clone(); ids.len()];
    for (run, id) in ids.iter().enumerate().filter(|(run, _)| *run != reference) {
        let other = side(connection, columns, *id, revision)?;
        let alignment = aligned(connection, &held, &other)?;
        unread += other.unread;
        is_bounded |= alignment.is_bounded;
        let (mut before, mut beside) = (0, 0);
        let is_part = alignment.parts_of_differences();
        for (pair, is_part) in alignment.pairs.iter().zip(is_part) {
            if pair.try_of.is_some() {
                continue;
            }
            if let Some(row) = pair.a {
                is_try[row as usize] = false;
            }
            let in_other = pair.b.map(|row| other.shown_row[row as usize]);
            let row = if let Some(row) = pair.a {
                (before, beside) = (row as usize + 1, 0);
                own.get_mut(row as usize)
            } else if let (Some(shown), Some(rows)) = (in_other, others.get_mut(before)) {
                // The row of another run's step at this place, else a new one.
                let name = other.name(shown);
                let same =
                    rows.iter().skip(beside).position(|row| row.name == name && row.cells[run].is_none());
                let at = same.map_or(rows.len(), |at| beside + at);
                if at == rows.len() {
                    rows.push(Row::new(&other, shown, ids.len()));
                }
                beside = at + 1;
                rows.get_mut(at)
            } else {
                None
            };
            let Some(row) = row else { continue };
            row.varies |= pair.is_difference || is_part;
            // What is a level against one run, whose steps are told by themselves, is one against all.
            let is_alone = pair.a.is_none() || pair.b.is_none();
            row.is_level |= is_alone && !pair.is_difference && !is_part && !pair.is_awaited && row.holds;
            if let Some(shown) = in_other {
                row.cells[run] = Some(cell(&other, shown, pair.difference));
            }
        }
        runs[run] = other.summary;
    }
    let mut others = others.into_iter();
    let mut rows: Vec<Row> = others.next().unwrap_or_default();
    for ((row, is_try), after) in own.into_iter().zip(is_try).zip(others) {
        rows.extend((!is_try).then_some(row));
        rows.extend(after);
    }
    let rows = rows.into_iter().map(Row::told).collect();
    let (rows, left_out, left_out_varying) = most_rows(rows);
    Ok(RunMatrix {
        runs,
        reference: reference as u32,
        rows,
        left_out,
        left_out_varying,
        remarks: remarks(unread, is_bounded),
    })
}

/// The rows that are listed, in their order, and how many are left out, and how many of these vary: those that are the same in
/// all runs are left out first, from the end. A row of the runs themselves is no step, and is listed beside them.
fn most_rows(mut rows: Vec<MatrixRow>) -> (Vec<MatrixRow>, u32, u32) {
    let is_run = |row: &MatrixRow| row.cells.iter().flatten().all(|cell| cell.span_id.is_empty());
    let all = rows.len();
    let varying = rows.iter().filter(|row| row.varies && !is_run(row)).count();
    let mut varying_left = varying.min(MOST_ROWS);
    let mut same_left = MOST_ROWS - varying_left;
    rows.retain(|row| {
        if is_run(row) {
            return true;
        }
        let left = if row.varies { &mut varying_left } else { &mut same_left };
        let is_listed = *left > 0;
        *left -= usize::from(is_listed);
        is_listed
    });
    let left_out = (all - rows.len()) as u32;
    (rows, left_out, varying.saturating_sub(MOST_ROWS) as u32)
}

struct Row {
    name: String,
    kind: SpanKind,
    depth: u16,
    cells: Vec<Option<MatrixCell>>,
    varies: bool,
    /// Whether anything stands below it.
    holds: bool,
    /// Whether it was passed over as a level of a format.
    is_level: bool,
}

impl Row {
    fn new(side: &Side, shown: u32, runs: usize) -> Self {
        let at = shown as usize;
        Self {
            name: side.name(shown).to_owned(),
            kind: side.shown.kind_at(shown),
            depth: side.shown.depth.get(at).copied().unwrap_or(0),
            cells: vec![None; runs],
            varies: false,
            holds: side.shown.descendants.get(at).is_some_and(|below| *below > 0),
            is_level: false,
        }
    }

    fn told(self) -> MatrixRow {
        let Self { name, kind, depth, cells, varies, is_level, .. } = self;
        MatrixRow { name, kind, depth, cells, varies: varies && !is_level }
    }
}

fn cell(side: &Side, shown: u32, difference: Difference) -> MatrixCell {
    let at = shown as usize;
    let number = |column: &[f64]| column.get(at).copied().filter(|number| *number >= 0.0);
    MatrixCell {
        span_id: side.shown.span_id.get(at).cloned().unwrap_or_default(),
        status: side.shown.status_at(shown),
        duration_ns: side.took_ns(shown),
        tokens: number(&side.shown.below_tokens),
        tries: side.tries(shown),
        difference: difference.0,
    }
}
