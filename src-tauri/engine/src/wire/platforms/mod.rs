//! What tracing platforms for language models export.
