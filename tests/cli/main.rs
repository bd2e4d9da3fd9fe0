//! Tests of `tracex`, run as a program on a database of its own.
#![allow(clippy::unwrap_used)] // a test that panics has failed, as it should

mod backup;
mod compare;
mod follow;
mod formats;
mod hostile;
mod import;
mod keep;
mod list;
mod paths;
mod program;
mod serve;
mod serve_gates;
mod show;
