//! Texts in what the rows of traces say: their name, the start of the prompt, their id.

use rusqlite::Connection;

use super::reading::TextSearch;
use crate::dto::SearchState;
use crate::error::Result;

/// Looks in the rows alone.
pub struct RowTexts<'a>(pub &'a Connection);

impl TextSearch for RowTexts<'_> {
    fn find(&self, text: &str) -> Result<(Vec<(i64, u32)>, SearchState)> {
        let mut statement = self.0.prepare_cached(
            "SELECT id FROM trace WHERE instr(lower(name || ' ' || coalesce(preview, '') || ' ' || key), lower(?1)) > 0
             ORDER BY id",
        )?;
        let found =
            statement.query_map([text], |row| Ok((row.get(0)?, 1)))?.collect::<rusqlite::Result<Vec<_>>>()?;
        let traces: u32 =
            self.0.prepare_cached("SELECT count(*) FROM trace")?.query_row([], |row| row.get(0))?;
        Ok((found, SearchState { searched: traces, traces, is_complete: true }))
    }
}
