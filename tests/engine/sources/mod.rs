//! Live sources, each through the commands that the page uses.

mod awaited;
mod compared;
mod crash;
mod database;
mod demo;
mod feed;
mod file;
mod folder;
pub mod followed;
mod hostile_backend;
mod hostile_sender;
mod limited;
pub mod live;
mod otlp;
mod protocol;
mod real_clients;
mod run_time;
mod tracellm;
