//! Sessions of coding agents, as they write them down for themselves.

pub mod ag_ui;
mod branches;
pub mod claude_code;
pub mod claude_trace;
pub mod codex_exec;
pub mod codex_rollout;
pub mod gemini_cli;
pub mod managed_agents;
pub mod pi;
mod recent;
