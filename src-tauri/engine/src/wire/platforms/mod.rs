//! Exports of observability platforms, of the tracing of SDKs, and of gateways.

mod halves;
pub mod langfuse;
pub mod langsmith;
pub mod litellm;
pub mod mlflow;
pub mod openai_agents;
pub mod openai_responses;
pub mod trulens;
