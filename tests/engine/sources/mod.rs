//! Live sources, each through the commands that the page uses.

mod file;
mod folder;
mod followed;
