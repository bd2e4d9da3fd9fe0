//! Live sources, each through the commands that the page uses.

mod feed;
mod live;
