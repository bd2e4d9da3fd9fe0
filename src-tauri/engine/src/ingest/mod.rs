//! From records to rows: masking, packing payloads, one writer thread, and imports of files.
//!
//! May import `model`, `error`, `clock`, `wire`, `store`, `analysis`, `live`, `masking`, `container`.

mod assemble;
mod digest;
mod foreign;
mod import;
mod intake;
mod kept;
mod mask_stored;
mod merge;
mod pipeline;
mod progress;
mod queue;
mod receipt;
mod sender;
mod summarise;
mod walk;
mod whole;
mod writer;

pub use import::{Import, ImportFile, ImportInput, Imports, Inner, ReceivedFile, State};
pub use intake::{Intake, IntakeOptions, Noted};
pub use mask_stored::{MaskStored, MaskStoredState};
pub use progress::{SourceCounts, SourceProgress};
pub use receipt::Receipt;
pub use sender::{Sender, SenderRef};
pub use whole::{WholeFile, import_whole};
pub use writer::{FollowRules, Removed, UNDO_NS, Writer, WriterOptions};
