mod document;
mod finder;
mod fold;
mod grams;
mod index;
mod segment;
mod snippets;
mod steps;
pub mod store;
