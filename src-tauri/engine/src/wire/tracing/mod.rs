//! General tracing: formats that know nothing of language models, though their attributes may.

pub mod chrome;
mod clocks;
pub mod jaeger;
pub mod perfetto;
mod track;
pub mod zipkin;
