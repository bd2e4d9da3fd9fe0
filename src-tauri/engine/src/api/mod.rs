//! The commands: one list, `name(Request) → Response | ApiError`, the same for every host.

mod about;
mod attempts;
mod compare;
mod contract;
mod find;
mod imports;
mod keep;
mod masking;
mod page;
mod sources;
mod stores;
mod texts;
mod traces;

pub use crate::dto;
pub use about::{start_sources, start_sources_only};
pub use compare::{comparison_saved, comparison_to_save};
pub use contract::{Answer, COMMANDS, call, typescript};
pub use imports::import_received;
pub use keep::export;
pub use page::{PATH_COMMANDS, PointedTo, call_from_page, unknown_paths};
pub use stores::{
    audited_summary, back_up, backup_name, is_same_store, is_store, is_store_in_use, restore, store_summary,
    verified_summary, write_file,
};
pub use texts::{SavedText, text_to_save};
