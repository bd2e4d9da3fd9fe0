//! `attempt_correction`: what the person says of the tries that steps are among.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::error::Result;
use crate::model::AttemptCorrection;

/// What is said of a step; nothing where nothing is.
pub fn get(connection: &Connection, trace_id: i64, span_id: &str) -> Result<AttemptCorrection> {
    Ok(connection
        .prepare_cached(
            "SELECT apart_from, operation FROM attempt_correction WHERE trace_id = ?1 AND span_id = ?2",
        )?
        .query_row((trace_id, span_id), |row| correction(row, 0))
        .optional()?
        .unwrap_or_default())
}

/// All that is said of steps of the trace, by the ids of the steps.
pub fn all(connection: &Connection, trace_id: i64) -> Result<Vec<(String, AttemptCorrection)>> {
    let mut statement = connection.prepare_cached(
        "SELECT span_id, apart_from, operation FROM attempt_correction WHERE trace_id = ?1 ORDER BY span_id",
    )?;
    let all = statement
        .query_map([trace_id], |row| Ok((row.get(0)?, correction(row, 1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(all)
}

/// Keeps what is said of a step; a correction that says nothing goes. The trace has to be summarised anew.
pub fn set(
    connection: &Connection,
    trace_id: i64,
    span_id: &str,
    correction: &AttemptCorrection,
    changed_ns: i64,
) -> Result<()> {
    if *correction == AttemptCorrection::default() {
        connection
            .prepare_cached("DELETE FROM attempt_correction WHERE trace_id = ?1 AND span_id = ?2")?
            .execute((trace_id, span_id))?;
    } else {
        connection
            .prepare_cached(
                "INSERT INTO attempt_correction (trace_id, span_id, apart_from, operation, changed_ns)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (trace_id, span_id) DO UPDATE SET apart_from = ?3, operation = ?4, changed_ns = ?5",
            )?
            .execute((trace_id, span_id, &correction.apart_from, &correction.operation, changed_ns))?;
    }
    Ok(())
}

/// Corrects a trace, in a transaction after which the trace has to be summarised anew.
pub struct Correcting<'a> {
    /// In the transaction.
    pub connection: &'a Connection,
    /// The trace.
    pub trace_id: i64,
    /// When.
    pub now_ns: i64,
}

impl Correcting<'_> {
    /// Takes steps out of the group of `group_span_id`.
    pub fn take_out(&self, span_ids: &[String], group_span_id: &str) -> Result<()> {
        let apart = AttemptCorrection { apart_from: Some(group_span_id.to_owned()), operation: None };
        span_ids.iter().try_for_each(|span_id| self.set(span_id, &apart))
    }

    /// Makes two steps tries of one operation, with all that either was joined with.
    pub fn join(&self, span_id: &str, with_span_id: &str) -> Result<()> {
        let (one, other) = (self.get(span_id)?, self.get(with_span_id)?);
        let operation = other.operation.clone().unwrap_or_else(|| with_span_id.to_owned());
        if let Some(known) = one.operation.as_deref().filter(|known| *known != operation) {
            self.connection
                .prepare_cached(
                    "UPDATE attempt_correction SET operation = ?3 WHERE trace_id = ?1 AND operation = ?2",
                )?
                .execute((self.trace_id, known, &operation))?;
        }
        for (id, correction) in [(span_id, one), (with_span_id, other)] {
            self.set(id, &AttemptCorrection { operation: Some(operation.clone()), ..correction })?;
        }
        Ok(())
    }

    /// Forgets what is said of steps, of those that they were joined with, and of those that were taken out of the same group.
    pub fn forget(&self, span_ids: &[String]) -> Result<()> {
        let mut forget_around = self.connection.prepare_cached(
            "DELETE FROM attempt_correction WHERE trace_id = ?1 AND (operation = ?2 OR apart_from = ?2)",
        )?;
        for span_id in span_ids {
            let AttemptCorrection { apart_from, operation } = self.get(span_id)?;
            self.set(span_id, &AttemptCorrection::default())?;
            for id in [Some(span_id), apart_from.as_ref(), operation.as_ref()].into_iter().flatten() {
                forget_around.execute((self.trace_id, id))?;
            }
        }
        Ok(())
    }

    /// Has nothing said of the trace but this.
    pub fn replace(&self, corrections: impl IntoIterator<Item = (String, AttemptCorrection)>) -> Result<()> {
        self.connection
            .prepare_cached("DELETE FROM attempt_correction WHERE trace_id = ?1")?
            .execute([self.trace_id])?;
        corrections.into_iter().try_for_each(|(span_id, correction)| self.set(&span_id, &correction))
    }

    fn get(&self, span_id: &str) -> Result<AttemptCorrection> {
        get(self.connection, self.trace_id, span_id)
    }

    fn set(&self, span_id: &str, correction: &AttemptCorrection) -> Result<()> {
        set(self.connection, self.trace_id, span_id, correction, self.now_ns)
    }
}

fn correction(row: &Row<'_>, first: usize) -> rusqlite::Result<AttemptCorrection> {
    Ok(AttemptCorrection { apart_from: row.get(first)?, operation: row.get(first + 1)? })
}
