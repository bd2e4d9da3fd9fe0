//! How a text is taken into pieces, and whether it is one to be read as words.

/// How much of either end of a text is taken apart into words.
const READ_END_BYTES: usize = 32 * 1024;

/// The two ends of a long text, the second empty if the text is short enough.
pub(super) fn ends(text: &str) -> (&str, &str) {
    if text.len() <= 2 * READ_END_BYTES {
        return (text, "");
    }
    let (mut head, mut tail) = (READ_END_BYTES, text.len() - READ_END_BYTES);
    while !text.is_char_boundary(head) {
        head -= 1;
    }
    while !text.is_char_boundary(tail) {
        tail += 1;
    }
    (text.get(..head).unwrap_or(text), text.get(tail..).unwrap_or_default())
}

/// A piece of prose, and what ends it: a bracket, a semicolon; `None` for white space and the end of the text.
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) ending: Option<char>,
}

impl Token<'_> {
    /// Whether an index or a set stands right after the word: `f[x]` is no `f(x)`, while a plural may be written `file(s)`.
    pub(super) fn is_indexed(&self) -> bool {
        matches!(self.ending, Some('[' | '{')) && self.text.ends_with(char::is_alphanumeric)
    }
}

/// The pieces of a text, in order.
pub(super) fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let separates = |c: char| matches!(c, ';' | '—' | '(' | ')' | '[' | ']' | '{' | '}' | '|');
    text.split_inclusive(move |c: char| c.is_whitespace() || separates(c))
        .map(move |part| {
            let ending = part.chars().next_back().filter(|c| c.is_whitespace() || separates(*c));
            let text = ending.and_then(|c| part.strip_suffix(c)).unwrap_or(part);
            Token { text, ending: ending.filter(|c| separates(*c)) }
        })
        .filter(|token| !token.text.is_empty() || token.ending.is_some())
}

/// What may stand around a word without being part of it.
pub(in super::super) fn is_punctuation(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '-' | '+' | '/' | '$' | '%' | '#' | '@' | '_')
        || matches!(c, '—' | '–')
}

/// Letters of scripts that put no spaces between words.
pub(super) fn is_without_spaces(c: char) -> bool {
    matches!(c, '\u{0e00}'..='\u{0e7f}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

/// Whether a text is read as words: several of them, hardly anything else.
pub(super) fn is_prose(text: &str) -> bool {
    if text.chars().any(is_without_spaces) {
        return true;
    }
    if text.contains(['{', '}', '<', '>', '=', '|', '\\', '$']) || text.contains("--") {
        return false;
    }
    let (mut words, mut others) = (0_u32, 0_u32);
    for token in text.split_whitespace().take(200) {
        let bare = token.trim_matches(is_punctuation);
        let is_word = bare.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-'));
        if is_word && !bare.is_empty() {
            words += 1;
        } else {
            others += 1;
        }
    }
    words >= 1 && others * 4 <= words
}
