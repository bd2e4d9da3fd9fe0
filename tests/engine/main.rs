//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

mod analysis;
mod api;
mod masking;
mod shared;
mod wire;
