//! From records to rows: masking, packing payloads, one writer thread, and imports of files.
//!
//! May import `model`, `error`, `clock`, `wire`, `store`, `analysis`, `live`, `masking`, `sources`.

mod assemble;
mod container;
mod foreign;
mod import;
mod kept;
mod pipeline;
mod progress;
mod queue;
mod summarise;
mod walk;
mod writer;

pub use import::{Import, ImportFile, ImportInput, Imports, Inner, State};
pub use progress::{FileProgress, FileState};
pub use writer::{Writer, WriterOptions};
