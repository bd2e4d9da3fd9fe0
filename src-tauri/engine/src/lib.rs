//! The engine of TraceLLM Explorer: reads trace formats, stores and queries them, and offers one list of commands to
//! whatever shows them. Names no window toolkit. `docs/ARCHITECTURE.md` says which layer may use which; a test holds it to
//! that.

pub mod analysis;
pub mod api;
pub mod clock;
pub mod container;
pub mod deceptive;
pub mod demo;
pub mod dto;
pub mod engine;
pub mod error;
mod export;
pub mod ingest;
pub mod links;
pub mod live;
pub mod location;
pub mod loopback;
pub mod masking;
pub mod model;
pub mod pricing;
mod priority;
pub mod query;
pub mod report;
pub mod search;
pub mod semantics;
pub mod sources;
pub mod store;
pub mod structure;
#[cfg(feature = "testing")]
pub mod testing;
pub mod wire;

pub use location::default_store_path;
