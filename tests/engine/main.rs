//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

mod analysis;
mod api;
mod architecture;
mod ingest;
mod location;
mod masking;
mod query;
mod shared;
mod store;
mod wire;
