//! What reads over many traces have in common: the catalog, and the traces that a filter matches.

use rusqlite::Connection;

use super::catalog::{Columns, RowSet};
use super::filter::{self, Filter, Selecting, Texts};
use crate::error::{Error, Result};

/// A read over many traces.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The store.
    pub connection: &'a Connection,
    /// All traces.
    pub columns: &'a Columns,
    /// Which traces are asked for.
    pub filter: &'a Filter,
    /// Where the filter's texts stand.
    pub texts: &'a Texts,
    /// Now, in nanoseconds since the Unix epoch.
    pub now_ns: i64,
    /// A trace this long is slow.
    pub slow_ns: i64,
    /// The store's revision.
    pub revision: u64,
}

impl<'a> Reading<'a> {
    /// The rows that match the filter.
    pub fn rows(&self) -> RowSet {
        self.filter.select(self.selecting())
    }

    /// The ids of the traces that match, in the order of arrival.
    pub fn ids(&self) -> Vec<i64> {
        let mut ids: Vec<i64> = self.rows().iter().map(|row| self.columns.runs[row].id).collect();
        ids.sort_unstable();
        ids
    }

    /// What conditions are relative to.
    pub fn selecting(&self) -> Selecting<'a> {
        Selecting { columns: self.columns, texts: self.texts, now_ns: self.now_ns, slow_ns: self.slow_ns }
    }
}

/// A filter text as a filter.
///
/// # Errors
/// `Invalid` for a text that makes no sense, with the place.
pub fn parsed(text: &str) -> Result<Filter> {
    filter::parse(text).map_err(|error| {
        let character = text.get(..error.at).map_or(0, |before| before.chars().count()) + 1;
        Error::invalid(format!("at character {character}: {}", error.message))
    })
}
