//! Live sources, each through the commands that the page uses.

mod database;
mod file;
mod folder;
mod followed;
mod tracellm;
