//! The commands: one list, `name(Request) → Response | ApiError`, the same for every host.

mod about;
mod attempts;
mod compare;
mod contract;
mod find;

mod imports;
mod keep;
mod page;
mod sources;
mod texts;
mod traces;

pub use crate::dto;
pub use about::{start_sources, start_sources_only};
pub use compare::comparison_to_save;
pub use contract::{Answer, COMMANDS, call, typescript};
pub use imports::import_received;
pub use keep::export;
pub use page::{PATH_COMMANDS, PointedTo, call_from_page, unknown_paths};
pub use texts::{SavedText, text_to_save};
