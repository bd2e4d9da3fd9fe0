//! Two runs side by side: aligned, what differs told in words, and single steps told apart.

mod alike;
mod candidates;
mod change;
mod diff;
mod excerpt;
mod matrix;
mod ranking;
pub mod said;
mod side;
mod step_difference;
mod words;
mod written;

use rusqlite::Connection;

pub use candidates::candidates;
pub use matrix::matrix;
pub use step_difference::step_difference;

use super::catalog::Columns;
use super::summary::summaries;
use super::wording::count;
use crate::analysis::alignment::{self, Alignment, ByHand, Pair, Relation};
use crate::dto::{ApartSteps, CompareRequest, ComparedRun, Comparison, PairRelation};
use crate::error::{Error, Result};
use crate::store::pairing;
use change::Changes;
use side::Side;
use words::Teller;

/// Two runs, aligned. Error `NotFound` if one is not there, `Invalid` if they are one.
pub fn compare(
    connection: &Connection,
    columns: &Columns,
    request: CompareRequest,
    revision: u64,
) -> Result<Comparison> {
    if request.a == request.b {
        return Err(Error::invalid("A run can't be compared with itself. Choose another one."));
    }
    let a = side(connection, columns, request.a, revision)?;
    let b = side(connection, columns, request.b, revision)?;
    let alignment = aligned(connection, &a, &b)?;
    let said = pairing::of(connection, request.a, request.b)?;
    let apart = said.into_iter().filter(|pairing| !pairing.is_same);
    let ranking = ranking::ranking(&a, &b, &alignment);
    let mut teller = Teller { a: &a, b: &b, alignment: &alignment, changes: Changes::new(connection) };
    let differences = teller.told(&ranking.differences)?;
    let summary = teller.summary(&differences)?;
    let drifts = teller.told(&ranking.drifts)?;
    let remarks = remarks(a.unread + b.unread, alignment.is_bounded);
    let pairs = &alignment.pairs;
    let of = |pair: &Pair| {
        (pair.a.map(|row| a.shown_row[row as usize]), pair.b.map(|row| b.shown_row[row as usize]))
    };
    let signed = |row: Option<u32>| row.map_or(-1, |row| row as i32);
    Ok(Comparison {
        revision,
        row_a: pairs.iter().map(|pair| signed(of(pair).0)).collect::<Vec<_>>().into(),
        row_b: pairs.iter().map(|pair| signed(of(pair).1)).collect::<Vec<_>>().into(),
        parent: pairs.iter().map(|pair| signed(pair.parent)).collect::<Vec<_>>().into(),
        depth: pairs.iter().map(|pair| pair.depth).collect::<Vec<_>>().into(),
        relation: pairs.iter().map(|pair| relation(pair.relation).code()).collect::<Vec<_>>().into(),
        difference: pairs.iter().map(|pair| pair.difference.0).collect::<Vec<_>>().into(),
        sureness: pairs.iter().map(|pair| f64::from(pair.sureness)).collect::<Vec<_>>().into(),
        repeats: pairs.iter().map(|pair| signed(pair.repeats)).collect::<Vec<_>>().into(),
        try_of: pairs.iter().map(|pair| signed(pair.try_of)).collect::<Vec<_>>().into(),
        is_difference: pairs.iter().map(|pair| u8::from(pair.is_difference)).collect::<Vec<_>>().into(),
        is_awaited: pairs.iter().map(|pair| u8::from(pair.is_awaited)).collect::<Vec<_>>().into(),
        by_hand: pairs.iter().map(|pair| u8::from(pair.by_hand)).collect::<Vec<_>>().into(),
        apart: apart
            .map(|pairing| ApartSteps { a_span_id: pairing.a_span_id, b_span_id: pairing.b_span_id })
            .collect(),
        first_difference: alignment.first_difference,
        differences,
        drifts,
        summary,
        remarks,
        a: ComparedRun { summary: a.summary, tree: a.shown },
        b: ComparedRun { summary: b.summary, tree: b.shown },
    })
}

fn side(connection: &Connection, columns: &Columns, trace_id: i64, revision: u64) -> Result<Side> {
    let summary = summaries(connection, columns, &[trace_id])?
        .pop()
        .ok_or_else(|| Error::not_found("One of these runs is not in the store any more."))?;
    Side::read(connection, summary, revision)
}

fn aligned(connection: &Connection, a: &Side, b: &Side) -> Result<Alignment> {
    let mut by_hand = ByHand::default();
    for pairing in pairing::of(connection, a.summary.trace_id, b.summary.trace_id)? {
        if let Some(rows) = a.row(&pairing.a_span_id).zip(b.row(&pairing.b_span_id)) {
            let list = if pairing.is_same { &mut by_hand.forced } else { &mut by_hand.broken };
            list.push(rows);
        }
    }
    Ok(alignment::align(&a.run(), &b.run(), &by_hand))
}

fn relation(relation: Relation) -> PairRelation {
    match relation {
        Relation::Matched => PairRelation::Matched,
        Relation::Moved => PairRelation::Moved,
        Relation::OnlyA => PairRelation::OnlyA,
        Relation::OnlyB => PairRelation::OnlyB,
    }
}

/// What was not compared, and why.
fn remarks(unread: u32, is_bounded: bool) -> Vec<String> {
    let mut remarks = Vec::new();
    if unread > 0 {
        remarks.push(format!(
            "What {} {} is too much to be read here, or is damaged: that part was not compared.",
            match unread {
                1 => "1 step".to_owned(),
                _ => format!("{} steps", count(unread.into())),
            },
            if unread == 1 { "says" } else { "say" },
        ));
    }
    if is_bounded {
        remarks.push(
            "The runs have so little in common that some steps were paired by name and order alone."
                .to_owned(),
        );
    }
    remarks
}
