//! What traces are packed in: gzip and zstd, zip archives, databases of other programs, tables.
//!
//! May import `model`, `error`, `wire`.

pub mod archive;
mod checkpoints;
pub mod database;
mod guarded;
pub mod msgpack;
pub mod packed;
pub mod parquet;
