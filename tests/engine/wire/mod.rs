//! From bytes to records.

pub mod collected;
mod feed;
mod frame;
mod otel_span;
pub mod otlp;
mod pages;
pub mod platforms;
mod records;
pub mod research;
mod sample;
pub mod sessions;
pub mod tracellm;
pub mod tracing;
