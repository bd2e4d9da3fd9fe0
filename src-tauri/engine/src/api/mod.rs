//! The commands: one list, `name(Request) → Response | ApiError`, the same for every host.

mod about;
mod contract;
pub mod dto;
mod imports;
mod traces;

pub use contract::{COMMANDS, call, typescript};
