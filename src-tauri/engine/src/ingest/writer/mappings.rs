//! How a person has said that records of no known format are to be read.

use std::sync::{Arc, PoisonError};

use super::{Writer, WriterState};
use crate::error::Result;
use crate::model::RecordMapping;
use crate::store::{deletion, setting, transaction};
use crate::wire::records;

/// Where the mappings lie in the store, the last one set first.
const MAPPINGS: &str = "record_mappings";
/// More than this are not kept.
const MOST: usize = 200;

impl Writer {
    /// The mappings that a person has set, the last one first.
    pub fn mappings(&self) -> Arc<Vec<RecordMapping>> {
        self.mappings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps a mapping for all sources that have its fields, before those that were set earlier.
    pub fn remember_mapping(&self, mapping: RecordMapping) -> Result<()> {
        let mut mappings = (*self.mappings()).clone();
        // One that was set for the same fields is replaced.
        mappings.retain(|known| !known.is_for_fields_of(&mapping));
        mappings.insert(0, mapping);
        mappings.truncate(MOST);
        let kept = mappings.clone();
        self.change(move |connection| setting::set(connection, MAPPINGS, &kept))?;
        *self.mappings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(mappings);
        Ok(())
    }

    /// Reads the mappings that were kept.
    pub fn load_mappings(&self) -> Result<()> {
        let kept = self.change(|connection| setting::get(connection, MAPPINGS))?;
        *self.mappings.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(kept);
        Ok(())
    }

    /// Takes away those of the traces with these ids that were made of records, so that these can be read by another
    /// mapping.
    pub fn forget_records(&self, trace_ids: Vec<i64>) -> Result<()> {
        self.ask(move |writer| writer.forget_records(&trace_ids))
    }
}

impl WriterState {
    fn forget_records(&mut self, trace_ids: &[i64]) -> Result<()> {
        let queue = self.queue.clone();
        transaction::begin(&self.connection, || queue.is_closed())?;
        let removed = deletion::remove_of_formats(&self.connection, trace_ids, &records::FORMATS)
            .inspect_err(|_| transaction::roll_back(&self.connection));
        self.known.clear();
        let gone = removed?;
        transaction::commit(&self.connection, || queue.is_closed())?;
        self.forget_traces(&gone);
        Ok(())
    }
}
