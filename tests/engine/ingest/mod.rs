mod catalog;
mod crash;
mod import;
mod unreadable;
