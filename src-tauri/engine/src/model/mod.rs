//! The product's words as types: trace, span, payload, problem, provenance.
//!
//! Owns what every other layer speaks. May import std, serde and ts-rs (and serde_json's `Value` for open content) alone.

mod mapping;
mod payload;
mod problem;
mod record;
mod source;
mod store_copy;
mod words;

pub use mapping::{DurationUnit, FieldRole, FoundField, MappedField, RecordGuess, RecordMapping};
pub use payload::{Payload, PayloadEvent, PayloadLink};
pub use problem::{Position, Problem};
pub use record::{AttemptCorrection, Marks, SpanRecord, StepMark, Tokens, TraceRecord};
pub use source::{SourceConfig, SourceKind, SourceState};
pub use store_copy::{CopyProgress, CopyStage, StoreDamage};
pub use words::{
    Alert, AttemptOutcome, AttemptRelation, FailureCause, Provenance, SpanFlags, SpanKind, SpanStatus,
    TimePart, TraceStatus,
};
