//! shim
#![allow(missing_docs)]
pub fn mask_text(_: &str) -> Option<String> { None }
pub fn mask_json(_: &[u8]) -> Option<Vec<u8>> { None }
