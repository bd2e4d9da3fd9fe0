//! Live sources, each through the commands that the page uses.

mod live;
mod otlp;
