//! Tests of the engine through its public edges; the tree mirrors `src-tauri/engine/src`.

// Functions that tests share may unwrap as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod analysis;
mod api;
mod architecture;
mod container;
mod deceptive;
mod ingest;
mod keep;
mod limits;
mod links;
mod location;
mod loopback;
mod masking;
mod permissions;
mod pricing;
mod query;
mod search;
mod semantics;
mod shared;
mod sources;
mod store;
mod wire;
