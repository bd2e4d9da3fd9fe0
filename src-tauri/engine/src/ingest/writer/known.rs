//! Rows of traces and sources met lately, to save a look-up per span and per batch.

use std::collections::HashMap;

use crate::error::Result;

/// Trace ids kept at hand.
const KNOWN_TRACES: usize = 100_000;

/// Sources kept at hand.
const KNOWN_SOURCES: usize = 10_000;

/// Traces by identity and key, sources by kind, location and format.
#[derive(Default)]
pub(super) struct KnownRows {
    ids: HashMap<(&'static str, String), i64>,
    /// The trace met last.
    last: Option<(&'static str, String, i64)>,
    sources: HashMap<(&'static str, String, &'static str), i64>,
}

impl KnownRows {
    /// The id of the trace, asked of `ensure` if it is not known; whether it was new.
    pub(super) fn trace_id(
        &mut self,
        identity: &'static str,
        key: &str,
        ensure: impl FnOnce() -> Result<(i64, bool)>,
    ) -> Result<(i64, bool)> {
        // Spans of one trace mostly come one after another.
        if let Some((last_identity, last_key, id)) = &self.last
            && *last_identity == identity
            && last_key == key
        {
            return Ok((*id, false));
        }
        let known_key = (identity, key.to_owned());
        let (id, is_new) = match self.ids.get(&known_key) {
            Some(id) => (*id, false),
            None => {
                let made = ensure()?;
                if self.ids.len() >= KNOWN_TRACES {
                    self.ids.clear();
                }
                self.ids.insert(known_key, made.0);
                made
            }
        };
        self.last = Some((identity, key.to_owned(), id));
        Ok((id, is_new))
    }

    /// The id of the source, asked of `ensure` if it is not known.
    pub(super) fn source_id(
        &mut self,
        kind: &'static str,
        location: &str,
        format: &'static str,
        ensure: impl FnOnce() -> Result<i64>,
    ) -> Result<i64> {
        let key = (kind, location.to_owned(), format);
        if let Some(id) = self.sources.get(&key) {
            return Ok(*id);
        }
        let id = ensure()?;
        if self.sources.len() >= KNOWN_SOURCES {
            self.sources.clear();
        }
        self.sources.insert(key, id);
        Ok(id)
    }

    /// Forgets all: the transaction in which they may have been made was undone.
    pub(super) fn clear(&mut self) {
        self.sources.clear();
        self.ids.clear();
        self.last = None;
    }
}
