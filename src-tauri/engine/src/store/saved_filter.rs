//! `saved_filter`: filters that the person has given a name.

use rusqlite::Connection;

use crate::error::Result;

/// A filter with a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedFilter {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// The filter text.
    pub filter: String,
    /// What the list is sorted by with it, as a word.
    pub sort: String,
    /// Largest, latest or last first.
    pub descending: bool,
}

/// All, in the person's order.
pub fn all(connection: &Connection) -> Result<Vec<SavedFilter>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, filter, sort, descending FROM saved_filter ORDER BY position, id",
    )?;
    let filters = statement
        .query_map([], |row| {
            Ok(SavedFilter {
                id: row.get(0)?,
                name: row.get(1)?,
                filter: row.get(2)?,
                sort: row.get(3)?,
                descending: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(filters)
}

/// Adds one at the end, whatever its id says.
pub fn add(connection: &Connection, filter: &SavedFilter) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO saved_filter (name, filter, sort, descending, position)
             VALUES (?1, ?2, ?3, ?4, (SELECT coalesce(max(position), 0) + 1 FROM saved_filter))",
        )?
        .execute((&filter.name, &filter.filter, &filter.sort, filter.descending))?;
    Ok(())
}

/// Changes the one with its id. Says whether it was there.
pub fn change(connection: &Connection, filter: &SavedFilter) -> Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE saved_filter SET name = ?2, filter = ?3, sort = ?4, descending = ?5 WHERE id = ?1",
        )?
        .execute((filter.id, &filter.name, &filter.filter, &filter.sort, filter.descending))?;
    Ok(changed > 0)
}

/// Takes one away.
pub fn remove(connection: &Connection, id: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM saved_filter WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// Puts them into this order; those that are not named come last.
pub fn reorder(connection: &Connection, ids: &[i64]) -> Result<()> {
    connection
        .prepare_cached("UPDATE saved_filter SET position = position + ?1")?
        .execute([ids.len() as i64])?;
    let mut place = connection.prepare_cached("UPDATE saved_filter SET position = ?2 WHERE id = ?1")?;
    for (position, id) in ids.iter().enumerate() {
        place.execute((id, position as i64))?;
    }
    Ok(())
}
