//! Where bytes come from beside plain files: archives, and databases of other programs.
//!
//! May import `model`, `error`, `wire`.

pub mod archive;
mod checkpoints;
pub mod database;
pub mod msgpack;
