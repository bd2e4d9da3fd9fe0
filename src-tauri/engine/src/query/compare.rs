//! Two runs side by side.

pub mod said;
