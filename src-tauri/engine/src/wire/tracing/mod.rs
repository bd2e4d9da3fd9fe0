//! General tracing: formats that know nothing of language models, though their attributes may.

pub mod chrome;
pub mod jaeger;
pub mod perfetto;
mod track;
pub mod zipkin;
