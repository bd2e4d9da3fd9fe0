//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

mod analysis;
mod api;
mod ingest;
mod location;
mod query;
mod shared;
mod wire;
