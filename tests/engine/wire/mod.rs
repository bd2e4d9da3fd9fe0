//! From bytes to records.

mod frame;
mod sample;
pub mod tracellm;
