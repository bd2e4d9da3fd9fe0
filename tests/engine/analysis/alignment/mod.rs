//! Two runs aligned: what always holds, small cases, sketches, and recorded runs with known changes.

mod cases;
mod differences;
mod edits;
mod labelled;
mod recorded;
mod sketch;
