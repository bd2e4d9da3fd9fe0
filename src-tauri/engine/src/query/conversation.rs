//! A run as messages: the model calls of a trace in threads, and of each call what it added to its conversation.
//!
//! Which messages are new is worked out once for a trace ([`calls::Calls`], by hashes alone) and kept until the trace
//! changes; a run that goes on has only its new calls read. The texts of a turn are read when the turn is shown.

mod calls;
mod cut;
mod tools;
mod turn;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension};

use self::calls::{About, Calls};
use crate::dto::{ConversationOutline, RunConversation, RunConversationRequest};
use crate::error::{Error, Result};
use crate::model::Payload;
use crate::store::payload::PayloadReader;

/// Traces whose calls are kept.
const KEPT: usize = 4;
/// The most turns of one answer.
const MOST_TURNS: u32 = 50;

/// A stored payload. One that can't be parsed (nested too deep) says nothing here; the step itself shows it as text.
fn payload_of(stored: &[u8]) -> Payload {
    serde_json::from_slice(stored).unwrap_or_default()
}

/// The conversations of the traces that were looked at last.
#[derive(Default)]
pub struct Conversations {
    kept: Mutex<VecDeque<Kept>>,
    /// Bytes of payloads that were read to compare calls.
    compared_bytes: AtomicU64,
}

struct Kept {
    trace_id: i64,
    change: i64,
    calls: Arc<Calls>,
}

impl Conversations {
    /// The threads of trace `trace_id`. Error `NotFound` if the trace is not there.
    pub fn outline(
        &self,
        connection: &Connection,
        trace_id: i64,
        revision: u64,
    ) -> Result<ConversationOutline> {
        Ok(ConversationOutline { revision, ..self.calls(connection, trace_id)?.outline() })
    }

    /// Some turns of a thread; none where there is no such thread (any more). Error `NotFound` if the trace is not there.
    pub fn turns(
        &self,
        connection: &Connection,
        request: &RunConversationRequest,
        revision: u64,
    ) -> Result<RunConversation> {
        let calls = self.calls(connection, request.trace_id)?;
        let Some(thread) = calls.threads.get(request.thread as usize) else {
            return Ok(RunConversation { revision, ..RunConversation::default() });
        };
        let mut payloads = PayloadReader::default();
        let turns = thread
            .calls
            .iter()
            .skip(request.offset as usize)
            .take(request.limit.min(MOST_TURNS) as usize)
            .map(|call| turn::turn(connection, &mut payloads, &calls, *call))
            .collect::<Result<_>>()?;
        Ok(RunConversation { revision, total: thread.calls.len() as u32, turns })
    }

    /// How many bytes of payloads were read so far to compare calls.
    pub fn compared_bytes(&self) -> u64 {
        self.compared_bytes.load(Ordering::Relaxed)
    }

    fn calls(&self, connection: &Connection, trace_id: i64) -> Result<Arc<Calls>> {
        let (change, about) = about(connection, trace_id)?;
        let before = {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let before =
                kept.iter().position(|each| each.trace_id == trace_id).and_then(|at| kept.remove(at));
            if let Some(same) = before.as_ref().filter(|before| before.change == change) {
                let calls = same.calls.clone();
                kept.extend(before);
                return Ok(calls);
            }
            before
        };
        let (calls, bytes) =
            Calls::read(connection, trace_id, about, before.as_ref().map(|kept| &*kept.calls))?;
        self.compared_bytes.fetch_add(bytes, Ordering::Relaxed);
        let calls = Arc::new(calls);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_back(Kept { trace_id, change, calls: calls.clone() });
        while kept.len() > KEPT {
            kept.pop_front();
        }
        Ok(calls)
    }
}

/// The number of the last change of a trace, and what is said of it.
fn about(connection: &Connection, trace_id: i64) -> Result<(i64, About)> {
    connection
        .prepare_cached(
            "SELECT change, name, format, reported IS NOT NULL FROM trace WHERE id = ?1 AND deleted_ns IS NULL",
        )?
        .query_row([trace_id], |row| {
            let about = About { name: row.get(1)?, format: row.get(2)?, is_reported: row.get(3)? };
            Ok((row.get(0)?, about))
        })
        .optional()?
        .ok_or_else(|| Error::not_found("this trace is not in the store any more"))
}
