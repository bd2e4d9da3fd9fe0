//! The engine of TraceLLM Explorer: reads trace formats, stores and queries them, and offers one list of commands to
//! whatever shows them. Names no window toolkit.
//!
//! Layers, lowest first; each may use those named (a test holds it to that):
//! `model` ← `error`, `clock`, `semantics`, `analysis` ← `wire`, `store` ← `ingest`, `query` ← `engine` ← `api`.

pub mod analysis;
pub mod api;
pub mod clock;
pub mod engine;
pub mod error;
pub mod masking;
pub mod model;
pub mod query;
pub mod semantics;
pub mod store;
pub mod wire;
