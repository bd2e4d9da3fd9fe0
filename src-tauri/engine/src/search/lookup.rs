//! Asks the index which traces may contain a needle.

use std::collections::HashMap;
use std::sync::Arc;

use super::segment::{self, Numbers};
use crate::error::Result;
use crate::store::{Reader, text_index};

/// More grams than this are not asked for: each rules out less.
const MOST_GRAMS: usize = 24;

/// The traces of the segments that were asked, which never change.
#[derive(Default)]
pub(super) struct SegmentTraces {
    known: HashMap<i64, Arc<Vec<i64>>>,
}

impl SegmentTraces {
    fn of(&mut self, reader: &Reader, id: i64) -> Result<Arc<Vec<i64>>> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let traces = Arc::new(segment::decode_ids(&text_index::segment_traces(reader, id)?));
        self.known.insert(id, traces.clone());
        Ok(traces)
    }

    /// Adds the traces that have all of `grams`, by what the index knows; some twice, and some of former times.
    pub(super) fn with_all(&mut self, reader: &Reader, grams: &[u32], found: &mut Vec<i64>) -> Result<()> {
        let segments = text_index::segments(reader)?;
        self.known.retain(|id, _| segments.iter().any(|segment| segment.id == *id));
        let step = grams.len().div_ceil(MOST_GRAMS).max(1);
        for segment in segments {
            let traces = self.of(reader, segment.id)?;
            let mut numbers = Numbers::all(traces.len());
            for gram in grams.iter().step_by(step) {
                let number = segment::bucket_of(*gram, segment.bucket_bits);
                let bucket = text_index::bucket(reader, segment.id, number)?.unwrap_or_default();
                match segment::lists(&bucket).find(|(listed, _)| listed == gram) {
                    Some((_, list)) => numbers.keep(list, traces.len()),
                    None => numbers = Numbers::none(),
                }
                if numbers.is_empty() {
                    break;
                }
            }
            found.extend(numbers.iter().filter_map(|number| traces.get(number)));
        }
        Ok(())
    }
}
