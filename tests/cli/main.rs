//! Tests of `tracex`, run as a program on a database of its own.

mod formats;
mod hostile;
mod import;
mod list;
mod program;
mod serve;
mod show;
