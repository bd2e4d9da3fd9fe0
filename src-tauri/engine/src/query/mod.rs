//! Reads of the store, one file per read. The only place beside `store` that has SQL.
//!
//! May import `model`, `error`, `semantics`, `analysis`, `structure`, `store` (reading) and the shapes of `dto`, which
//! reads fill in directly: a second set of the same structs would only be copied from one to the other.

mod attempt_waste;
mod bounded;
pub mod catalog;
pub mod compare;
pub mod conversation;
pub mod filter;
pub mod insights;
pub mod link;
pub mod monitor;
mod over_time;
pub mod overview;
mod place;
pub mod reading;
mod remarks;
pub mod retry_report;
pub mod run_time;
pub mod shape;
pub mod skew;
pub mod span_tree;
pub mod step;
pub mod step_marks;
pub mod storage;
mod summary;
pub mod texts;
pub mod trace;
pub mod trace_list;
pub mod vocabulary;
mod wording;

pub(crate) use summary::unix_ms;
pub use wording::{bytes, cost, count, duration, share};
