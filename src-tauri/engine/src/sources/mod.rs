//! Where bytes come from beside plain files: archives, databases of other programs, and tables.
//!
//! May import `model`, `error`, `wire`.

pub mod archive;
mod checkpoints;
pub mod database;
pub mod msgpack;
pub mod parquet;
