//! Runs of evaluation frameworks and research agents. Most are one JSON document a run: `document` puts one together from
//! its frames, `chat` reads the messages that they have in common.

pub mod agent_bench;
pub mod atif;
pub mod autogen;
pub mod browser_use;
pub mod chat;
pub mod document;
pub mod langgraph;
pub mod mini_swe_agent;
pub mod openhands;
pub mod swe_agent;
pub mod tau2_bench;
pub mod tau_bench;
pub mod who_and_when;
