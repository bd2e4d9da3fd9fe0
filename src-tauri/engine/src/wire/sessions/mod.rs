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

use crate::model::Tokens;

/// What was used since `before`, where a source tells running totals. One that counts from nothing again (a session that is
/// gone on with) has used all that it tells.
fn since(total: Tokens, before: Tokens) -> Tokens {
    let before = if before.sum() <= total.sum() { before } else { Tokens::default() };
    let less = |total: Option<u64>, before: Option<u64>| {
        total.map(|total| total.saturating_sub(before.unwrap_or(0)))
    };
    Tokens {
        input: less(total.input, before.input),
        output: less(total.output, before.output),
        cache_read: less(total.cache_read, before.cache_read),
        cache_write: less(total.cache_write, before.cache_write),
        reasoning: less(total.reasoning, before.reasoning),
        total: less(total.total, before.total),
    }
}
