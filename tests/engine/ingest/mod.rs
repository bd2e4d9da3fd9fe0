mod crash;
mod import;
mod unreadable;
