//! From bytes to records.

pub mod collected;
mod frame;
mod otel_span;
mod otlp;
mod sample;
pub mod tracellm;
