pub mod catalog;
mod crash;
pub mod handmade;
mod import;
mod unreadable;
