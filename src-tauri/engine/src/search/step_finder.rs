//! Which steps of one trace hold a text, found a piece at a time: however large the trace, no answer takes long, who asks knows
//! how far the search has come, and who does not ask for the next piece has stopped it.

use std::sync::{Arc, Mutex, PoisonError};

use super::document::Document;
use super::prefilter::Prefilter;
use super::snippets::Needles;
use super::texts::Blocks;
use crate::dto::FoundSteps;
use crate::error::{Error, Result};
use crate::store::payload::PayloadPlace;
use crate::store::{Reader, span, trace};

/// Payloads that are looked through for one answer, and one more.
const PIECE_BYTES: usize = 16 << 20;

/// Where the payloads of one trace lie, in the order in which they are stored.
type Places = Arc<Vec<(PayloadPlace, Box<str>)>>;

/// Finds steps. Remembers where the payloads of the last trace lie, while a search goes through them.
#[derive(Default)]
pub struct StepFinder {
    last: Mutex<Option<(i64, Places)>>,
}

impl StepFinder {
    /// The steps that hold one of the needles, by name and error and in the payloads from the `from`-th on. An empty id stands
    /// for the run itself. Error `NotFound` if there is no such trace.
    pub fn find(&self, reader: &Reader, needles: &[String], trace_id: i64, from: u32) -> Result<FoundSteps> {
        let needles = Needles::new(needles);
        let mut found = Vec::new();
        if needles.is_empty() {
            return Ok(FoundSteps { span_ids: found, looked: 0, total: 0 });
        }
        let kept = self.last().take().filter(|(id, _)| from > 0 && *id == trace_id);
        let places = match kept {
            Some((_, places)) => places,
            None => Arc::new(list(reader, trace_id, &needles, (from == 0).then_some(&mut found))?),
        };
        let looked = look(reader, &needles, &places, from as usize, &mut found);
        let total = places.len();
        if looked < total {
            *self.last() = Some((trace_id, places));
        }
        Ok(FoundSteps { span_ids: found, looked: count(looked), total: count(total) })
    }

    fn last(&self) -> std::sync::MutexGuard<'_, Option<(i64, Places)>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lists where payloads lie; adds to `found` what is found by name, key and error.
fn list(
    reader: &Reader,
    trace_id: i64,
    needles: &Needles,
    mut found: Option<&mut Vec<String>>,
) -> Result<Vec<(PayloadPlace, Box<str>)>> {
    let run = trace::texts(reader, trace_id)?
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))?;
    let mut places: Vec<(PayloadPlace, Box<str>)> = Vec::new();
    let mut document = Document::default();
    let mut take = |span_id: &str, texts: [&str; 3]| {
        if let Some(found) = found.as_deref_mut()
            && needles.are_in(&texts, &mut document)
        {
            found.push(span_id.to_owned());
        }
    };
    take("", [&run.name, &run.key, run.failure_reason.as_deref().unwrap_or_default()]);
    places.extend(run.payload.map(|place| (place, "".into())));
    span::for_each_text(reader, trace_id, |span_id, name, error, place| {
        take(span_id, [name, error.unwrap_or_default(), ""]);
        places.push((place, span_id.into()));
    })?;
    // Neighbours lie in one block.
    places.sort_by_key(|(place, _)| place.coming());
    Ok(places)
}

/// Looks through payloads from `from` on; gives where it stopped.
fn look(
    reader: &Reader,
    needles: &Needles,
    places: &[(PayloadPlace, Box<str>)],
    from: usize,
    found: &mut Vec<String>,
) -> usize {
    let mut prefilters: Vec<Prefilter> = needles.folded().map(Prefilter::new).collect();
    let mut blocks = Blocks::default();
    let mut document = Document::default();
    let mut bytes = 0;
    let mut at = from;
    while let Some((place, span_id)) = places.get(at)
        && bytes < PIECE_BYTES
    {
        at += 1;
        bytes += place.bytes as usize;
        // A payload that can't be read, or was moved in this moment, has nothing to be found in.
        let is_in = blocks.with(reader, *place, |body| {
            if !prefilters.iter_mut().any(|prefilter| prefilter.lets_through(body)) {
                return false;
            }
            document.clear();
            document.add_payload(body);
            needles.count(&document.folded, 1) > 0
        });
        if let Ok(Some(true)) = is_in {
            found.push(span_id.to_string());
        }
    }
    at.min(places.len())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
