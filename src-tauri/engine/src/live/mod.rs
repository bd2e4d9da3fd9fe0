//! Tells hosts that something changed: small notices, merged, at most ten a second. The page then asks for what it shows,
//! so a slow page is never flooded and nothing is queued for it.

mod hub;
mod notice;

pub use hub::Hub;
pub use notice::{Notice, RunAlert};
