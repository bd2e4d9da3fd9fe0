//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

// Helpers of tests may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod semantics;
mod wire;
