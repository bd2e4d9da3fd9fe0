//! What reads over many traces have in common: the catalog, and the traces that a filter text matches.

use rusqlite::Connection;

use super::catalog::{Columns, RowSet};
use super::filter::{self, Filter, Selecting, Texts};
use crate::dto::SearchState;
use crate::error::{Error, Result};

/// Looks for texts in what was said.
pub trait TextSearch {
    /// The traces in which a text stands, by id, each with how much it weighs there; as far as is known by now.
    ///
    /// # Errors
    /// What the store answers.
    fn find(&self, text: &str) -> Result<(Vec<(i64, u32)>, SearchState)>;
}

/// A read over many traces.
#[derive(Clone, Copy)]
pub struct Reading<'a> {
    /// The store.
    pub connection: &'a Connection,
    /// All traces.
    pub columns: &'a Columns,
    /// The search in what was said.
    pub search: &'a dyn TextSearch,
    /// Now, in nanoseconds since the Unix epoch.
    pub now_ns: i64,
    /// A trace this long is slow.
    pub slow_ns: i64,
    /// The store's revision.
    pub revision: u64,
}

/// The traces that a filter matches.
pub struct Matches {
    /// The filter.
    pub filter: Filter,
    /// Where its texts stand.
    pub texts: Texts,
    /// Their rows in the catalog.
    pub rows: RowSet,
}

impl<'a> Reading<'a> {
    /// What matches a filter text.
    ///
    /// # Errors
    /// `Invalid` for a text that makes no sense, with the place.
    pub fn matches(&self, text: &str) -> Result<Matches> {
        let filter = parsed(text)?;
        let mut texts = Texts::default();
        for text in filter.texts() {
            let (found, state) = self.search.find(text)?;
            texts.found.insert(text.to_owned(), found);
            texts.state = Some(match texts.state {
                // Of several searches the one that has come least far says how far all have.
                Some(known) if known.searched <= state.searched => {
                    SearchState { is_complete: known.is_complete && state.is_complete, ..known }
                }
                Some(known) => SearchState { is_complete: known.is_complete && state.is_complete, ..state },
                None => state,
            });
        }
        let rows = filter.select(self.selecting(&texts));
        Ok(Matches { filter, texts, rows })
    }

    /// What conditions are relative to.
    pub fn selecting<'b>(&'b self, texts: &'b Texts) -> Selecting<'b> {
        Selecting { columns: self.columns, texts, now_ns: self.now_ns, slow_ns: self.slow_ns }
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
