//! For tests and benchmarks, here and in the crates above: a store in a temporary folder, and made-up traces in bulk.

mod agent_runs;
mod harness;

pub use agent_runs::{AgentRuns, write_otlp_json_lines};
pub use harness::{Harness, ManualClock};
