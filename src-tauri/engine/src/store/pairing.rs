//! `pairing`: which steps of two runs a person says are the same, or are not.

use rusqlite::Connection;

use crate::error::Result;

/// What a person says of a step of one run and a step of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairing {
    /// The step of the one.
    pub a_span_id: String,
    /// The step of the other.
    pub b_span_id: String,
    /// Whether they are the same.
    pub is_same: bool,
}

/// What is said of the steps of runs `a` and `b`.
pub fn of(connection: &Connection, a: i64, b: i64) -> Result<Vec<Pairing>> {
    let is_swapped = a > b;
    let pairings = connection
        .prepare_cached(
            "SELECT first_span_id, second_span_id, is_same FROM pairing
             WHERE first_trace_id = ?1 AND second_trace_id = ?2",
        )?
        .query_map((a.min(b), a.max(b)), |row| {
            let (first, second) = (row.get(0)?, row.get(1)?);
            let (a_span_id, b_span_id) = if is_swapped { (second, first) } else { (first, second) };
            Ok(Pairing { a_span_id, b_span_id, is_same: row.get(2)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(pairings)
}

/// Keeps what is said of a step of `a` and one of `b`; `None` takes it back. Of steps that are the same, what was said of either
/// and a third goes.
pub fn set(
    connection: &Connection,
    (a, a_span_id): (i64, &str),
    (b, b_span_id): (i64, &str),
    is_same: Option<bool>,
) -> Result<()> {
    let ((first, first_span_id), (second, second_span_id)) =
        if a > b { ((b, b_span_id), (a, a_span_id)) } else { ((a, a_span_id), (b, b_span_id)) };
    connection
        .prepare_cached(
            "DELETE FROM pairing WHERE first_trace_id = ?1 AND second_trace_id = ?2
               AND ((first_span_id = ?3 AND second_span_id = ?4)
                 OR (?5 AND is_same AND (first_span_id = ?3 OR second_span_id = ?4)))",
        )?
        .execute((first, second, first_span_id, second_span_id, is_same == Some(true)))?;
    if let Some(is_same) = is_same {
        connection
            .prepare_cached(
                "INSERT INTO pairing (first_trace_id, second_trace_id, first_span_id, second_span_id, is_same)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((first, second, first_span_id, second_span_id, is_same))?;
    }
    Ok(())
}
