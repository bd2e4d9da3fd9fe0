//! Rows of traces met lately, to save a look-up per span.

use std::collections::HashMap;

use crate::error::Result;

/// Trace ids kept at hand.
const KNOWN_TRACES: usize = 100_000;

/// Traces by identity and key.
#[derive(Default)]
pub(super) struct KnownTraces {
    ids: HashMap<(&'static str, String), i64>,
    /// The trace met last.
    last: Option<(&'static str, String, i64)>,
}

impl KnownTraces {
    /// The id of the trace, asked of `ensure` if it is not known; whether it was new.
    pub(super) fn id(
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

    /// Forgets all: the transaction in which they may have been made was undone.
    pub(super) fn clear(&mut self) {
        self.ids.clear();
        self.last = None;
    }
}
