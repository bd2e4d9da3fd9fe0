//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

mod api;
mod semantics;
mod wire;
