//! Sessions of coding agents, as they write them down for themselves.
