//! `trace_digest`: what filters and figures over many traces need of the spans of each, so that none is read for them.

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::model::{AttemptOutcome, AttemptRelation, FailureCause, SpanKind};

/// The layout of what is stored. One of another number is not read; the migration that comes with a new number has all traces
/// summarised again.
const LAYOUT: u8 = 3;

/// What a trace's spans come to, beside the columns of its row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Digest {
    /// The kinds of its spans, as bits by [`SpanKind::code`].
    pub kinds: u16,
    /// Tools called, by name.
    pub tools: Vec<Calls>,
    /// Models called, by name.
    pub models: Vec<Calls>,
    /// Different errors of its spans, and how many spans have each.
    pub errors: Vec<(String, u32)>,
    /// Failed spans whose error is not among them.
    pub errors_left_out: u32,
    /// Operations that were tried more than once.
    pub retried: Vec<Retried>,
    /// Hash of what the run was given, as its root says.
    pub input_hash: Option<i64>,
    /// Hash of what its first model call was given.
    pub first_call_hash: Option<i64>,
}

/// Operations of one name that were tried more than once, and went alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retried {
    /// The tool, the model, or else the step.
    pub name: String,
    /// What it is.
    pub kind: SpanKind,
    /// How the tries relate.
    pub relation: AttemptRelation,
    /// What became of the operations.
    pub outcome: AttemptOutcome,
    /// Why the first try that failed did so.
    pub cause: FailureCause,
    /// Why any of the tries failed, as bits ([`cause_bit`]).
    pub causes: u16,
    /// Operations.
    pub operations: u32,
    /// Tries.
    pub attempts: u32,
    /// Time lost.
    pub waste_ns: u64,
    /// Tokens lost, where they are known.
    pub waste_tokens: Option<u64>,
    /// Cost of what was lost in US dollars, where it is known.
    pub waste_cost_usd: Option<f64>,
}

/// The bit of a cause in [`Retried::causes`].
pub fn cause_bit(cause: FailureCause) -> u16 {
    1 << cause.code()
}

/// Calls of one tool or model.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Calls {
    /// Its name.
    pub name: String,
    /// Calls.
    pub count: u32,
    /// Calls that failed.
    pub failed: u32,
    /// Tokens of the calls, where they say.
    pub tokens: Option<u64>,
    /// Cost of the calls in US dollars, where it is known.
    pub cost_usd: Option<f64>,
    /// The duration of all calls together.
    pub total_ns: u64,
    /// The longest.
    pub max_ns: u64,
    /// How many calls took how long: [`duration_bucket`] and number, by bucket.
    pub durations: Vec<(u16, u32)>,
}

impl Digest {
    /// Whether a span is of this kind.
    pub fn has_kind(&self, kind: SpanKind) -> bool {
        self.kinds & kind_bit(kind) != 0
    }
}

/// The bit of a kind in [`Digest::kinds`].
pub fn kind_bit(kind: SpanKind) -> u16 {
    1 << kind.code()
}

/// How much longer the durations of a bucket are than those of the one before.
const BUCKET_GROWTH: f64 = 1.02;

/// The bucket of a duration; durations of one bucket differ by 2 %. The idea is DDSketch's (Masson, Rim and Lee, 2019): buckets
/// that grow by a factor keep quantiles to a relative error, and those of many traces are added up.
pub fn duration_bucket(ns: u64) -> u16 {
    if ns == 0 { 0 } else { ((ns as f64).ln() / BUCKET_GROWTH.ln()) as u16 + 1 }
}

/// The duration that stands for a bucket: its middle.
pub fn bucket_duration_ns(bucket: u16) -> f64 {
    if bucket == 0 { 0.0 } else { BUCKET_GROWTH.powf(f64::from(bucket) - 0.5) }
}

/// Stores the digest of a trace.
pub fn put(connection: &Connection, trace_id: i64, digest: &Digest) -> Result<()> {
    let mut data = vec![LAYOUT];
    data = postcard::to_extend(digest, data)
        .map_err(|error| Error::internal(format!("the digest of a trace can't be written: {error}")))?;
    connection
        .prepare_cached(
            "INSERT INTO trace_digest (trace_id, data) VALUES (?1, ?2) ON CONFLICT (trace_id) DO UPDATE SET data = ?2",
        )?
        .execute((trace_id, data))?;
    Ok(())
}

/// The digest of a trace, if it has one that can be read.
pub fn get(connection: &Connection, trace_id: i64) -> Result<Option<Digest>> {
    let data: Option<Vec<u8>> = connection
        .prepare_cached("SELECT data FROM trace_digest WHERE trace_id = ?1")?
        .query_row([trace_id], |row| row.get(0))
        .optional()?;
    Ok(data.and_then(|data| read(&data)))
}

/// Reads what is stored; `None` for another layout, or damage.
pub fn read(data: &[u8]) -> Option<Digest> {
    let (layout, data) = data.split_first()?;
    if *layout != LAYOUT {
        return None;
    }
    postcard::from_bytes(data).ok()
}
