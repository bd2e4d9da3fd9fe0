//! Which traces a filter selects.

use rusqlite::Connection;

use super::filter;
use super::visibility::visible;
use crate::error::{Error, Result};

/// The ids of all traces that match, the oldest import first. Error `Invalid` for a filter that makes no sense.
pub fn matching_ids(connection: &Connection, text: &str, now_ns: i64) -> Result<Vec<i64>> {
    let filter = filter::parse(text).map_err(|error| Error::invalid(error.message))?;
    let (clause, values) = filter.sql(now_ns);
    let mut statement = connection
        .prepare(&format!("SELECT id FROM trace WHERE {clause} AND {} ORDER BY id", visible(&filter)))?;
    let ids = statement
        .query_map(rusqlite::params_from_iter(&values), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(ids)
}
