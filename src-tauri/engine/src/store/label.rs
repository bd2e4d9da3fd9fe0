//! `label`: what the person calls projects and environments, and which of them are left out of lists.

use rusqlite::Connection;

use super::trace;
use crate::error::Result;

/// The columns of `trace` that can have labels.
pub const FIELDS: [&str; 2] = ["project", "environment"];

/// What the person says of one value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// One of [`FIELDS`].
    pub field: String,
    /// The value, as sources give it.
    pub value: String,
    /// What it is called instead. Values that are called alike are shown as one.
    pub shown_as: Option<String>,
    /// Its traces are left out, unless the filter names it.
    pub hidden: bool,
}

/// All labels.
pub fn all(connection: &Connection) -> Result<Vec<Label>> {
    let mut statement = connection
        .prepare_cached("SELECT field, value, shown_as, is_hidden FROM label ORDER BY field, value")?;
    let labels = statement
        .query_map([], |row| {
            Ok(Label { field: row.get(0)?, value: row.get(1)?, shown_as: row.get(2)?, hidden: row.get(3)? })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(labels)
}

/// Keeps a label; one that says nothing goes. Traces with the value count as changed.
pub fn set(connection: &Connection, label: &Label) -> Result<()> {
    if label.shown_as.is_none() && !label.hidden {
        connection
            .prepare_cached("DELETE FROM label WHERE field = ?1 AND value = ?2")?
            .execute((&label.field, &label.value))?;
    } else {
        connection
            .prepare_cached(
                "INSERT INTO label (field, value, shown_as, is_hidden) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (field, value) DO UPDATE SET shown_as = ?3, is_hidden = ?4",
            )?
            .execute((&label.field, &label.value, &label.shown_as, label.hidden))?;
    }
    connection
        .prepare_cached(
            "UPDATE trace SET change = ?3 WHERE CASE ?1 WHEN 'project' THEN project ELSE environment END = ?2",
        )?
        .execute((&label.field, &label.value, trace::next_change(connection)?))?;
    Ok(())
}
