//! From bytes to records.

pub mod collected;
mod frame;
mod otel_span;
mod otlp;
mod records;
pub mod platforms;
pub mod research;
mod sample;
pub mod sessions;
pub mod tracellm;
pub mod tracing;
