//! General tracing: formats that know nothing of language models, though their attributes may.
