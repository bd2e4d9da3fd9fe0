//! Live sources, each through the commands that the page uses.

mod crash;
mod feed;
mod file;
mod folder;
mod followed;
mod live;
mod otlp;
