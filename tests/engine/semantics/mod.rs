//! Meaning of attributes.

mod columns;
mod content;
mod input;
mod waiting;
