//! Where bytes come from beside plain files: databases of other programs, and later sockets and endpoints.
//!
//! May import `model`, `error`, `wire`.

pub mod archive;
pub mod database;
