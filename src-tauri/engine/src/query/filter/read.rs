//! How a filter text is understood, for the page to show as it is typed.

use super::{Filter, FilterError, Node, Term, parse};
use crate::dto::{FilterMistake, FilterReading, FilterTerm};

/// Reads a text. What stands before a mistake is read as far as it goes.
pub fn read(text: &str) -> FilterReading {
    match parse(text) {
        Ok(filter) => FilterReading { error: None, terms: terms(text, &filter) },
        Err(error) => FilterReading {
            // The longest part before the mistake that can be read by itself.
            terms: text
                .get(..error.at)
                .and_then(|before| {
                    let ends = before.char_indices().rev().filter(|(_, letter)| letter.is_whitespace());
                    let mut parts = ends.map(|(at, _)| at).filter_map(|at| before.get(..at)).take(MOST_TRIES);
                    parts.find_map(|part| parse(part).ok().map(|filter| terms(part, &filter)))
                })
                .unwrap_or_default(),
            error: Some(mistake(text, &error)),
        },
    }
}

/// How many parts are tried for one that can be read.
const MOST_TRIES: usize = 20;

fn mistake(text: &str, error: &FilterError) -> FilterMistake {
    let from = utf16(text, error.at);
    let end = utf16(text, error.end.max(error.at));
    // An empty place is shown at the character after it, or at the end.
    let to = if end > from || error.at >= text.len() { end } else { from + 1 };
    FilterMistake { from, to, message: error.message.clone() }
}

/// The offset in UTF-16 code units of one in bytes.
pub(super) fn utf16(text: &str, at: usize) -> u32 {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    text.get(..at).map_or(0, |before| before.encode_utf16().count() as u32)
}

/// The offset in bytes of one in UTF-16 code units.
pub(super) fn bytes(text: &str, at: u32) -> usize {
    let mut units = 0;
    for (offset, letter) in text.char_indices() {
        if units >= at {
            return offset;
        }
        units += letter.len_utf16() as u32;
    }
    text.len()
}

fn terms(text: &str, filter: &Filter) -> Vec<FilterTerm> {
    let alone = filter.conjuncts();
    let read = |(node, term, negated): (&Node, &Term, bool)| FilterTerm {
        from: utf16(text, node.from),
        to: utf16(text, node.to),
        field: term.field.map(str::to_owned),
        negated,
        values: term.values.iter().map(|value| value.text.clone()).collect(),
        is_alone: alone.iter().any(|alone| std::ptr::eq(*alone, node)),
    };
    filter.terms().into_iter().map(read).collect()
}
