pub mod catalog;
mod container;
mod crash;
pub mod handmade;
mod import;
mod locked;
mod unreadable;
mod walk;
mod writer;
