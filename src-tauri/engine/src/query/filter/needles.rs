//! The texts that a filter looks for, to be marked where they stand.

use super::{Test, parse};

/// The pieces of text, as typed, that what matches the filter has in it. Empty for a filter that can't be understood.
pub fn needles(filter: &str) -> Vec<String> {
    let Ok(filter) = parse(filter) else { return Vec::new() };
    let mut needles: Vec<String> = Vec::new();
    for term in filter.terms.into_iter().filter(|term| !term.negated) {
        if let Test::Text(pattern) = term.test {
            needles.extend(pattern.pieces.into_iter().filter(|piece| !piece.is_empty()));
        }
    }
    needles
}
