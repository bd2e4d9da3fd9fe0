//! Search in everything that was said: an index of texts that is made behind the imports, and searches that use it as far as
//! it has come and look through the rest themselves.
//!
//! Texts and needles are folded ([`fold`]); what is said in a trace is its document ([`document`]), and the index
//! ([`segment`]) knows which grams ([`grams`]) a document has. It rules traces out; those that remain are folded and looked
//! through ([`Finder`]), since grams alone do not make a needle.

pub mod document;
mod finder;
pub mod fold;
pub mod grams;
mod indexer;
mod lookup;
mod prefilter;
pub mod segment;
mod snippets;
mod step_finder;
mod texts;

pub use finder::{Finder, Found};
pub use indexer::{Indexer, index_state};
pub use snippets::{hits, snippets};
pub use step_finder::StepFinder;
