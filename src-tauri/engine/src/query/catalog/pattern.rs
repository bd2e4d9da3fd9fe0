//! What errors have in common: their text with all that differs from one time to the next taken out.

/// Stands for what differs.
pub const GAP: char = '…';

/// The pattern of an error: numbers, ids, quoted values, paths and addresses give way to [`GAP`]. HTTP status codes, which say
/// what happened, stay.
pub fn pattern(error: &str) -> String {
    let mut pattern = String::with_capacity(error.len());
    let mut rest = error;
    while let Some(letter) = rest.chars().next() {
        if matches!(letter, '"' | '\'' | '`')
            && starts_word(&pattern)
            && let Some(length) = quoted(rest, letter)
        {
            let (whole, after) = rest.split_at(length);
            let inner = whole.get(1..length - 1).unwrap_or_default();
            let tells = is_telling(&pattern, after);
            pattern.push(letter);
            if tells {
                pattern.push_str(&self::pattern(inner))
            } else {
                gap(&mut pattern)
            }
            pattern.push(letter);
            rest = after;
        } else if letter.is_alphanumeric() || matches!(letter, '/' | '~' | '\\') {
            let length = rest.find(ends_word).unwrap_or(rest.len());
            let (word, after) = rest.split_at(length);
            let (word, marks) = word.split_at(word.trim_end_matches(['.', ':', ';', '/']).len());
            if is_fixed(word) || is_status(word, &pattern, after) {
                pattern.push_str(word);
            } else {
                differing(&mut pattern, word);
            }
            pattern.push_str(marks);
            rest = after;
        } else {
            pattern.push(letter);
            rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        }
    }
    pattern
}

fn gap(pattern: &mut String) {
    if !pattern.ends_with(GAP) {
        pattern.push(GAP);
    }
}

/// Whether a quoted text says what happened rather than to what: the whole error, the name of a field, or the value of a field that
/// explains.
fn is_telling(before: &str, after: &str) -> bool {
    const EXPLAINING: [&str; 6] = ["message", "type", "code", "error", "reason", "detail"];
    let is_whole = before.is_empty() && after.trim().is_empty();
    let field = before.trim_end().strip_suffix(':').map(|field| field.trim_end_matches(['\'', '"']));
    is_whole
        || after.starts_with(':')
        || field.is_some_and(|field| {
            EXPLAINING
                .iter()
                .any(|word| field.ends_with(&format!("'{word}")) || field.ends_with(&format!("\"{word}")))
        })
}

fn starts_word(before: &str) -> bool {
    before.chars().next_back().is_none_or(|letter| !letter.is_alphanumeric())
}

/// The length of a quoted text on one line, quotes included.
fn quoted(text: &str, quote: char) -> Option<usize> {
    const LONGEST: usize = 200;
    let end = text.char_indices().skip(1).take(LONGEST).find(|(_, letter)| *letter == quote)?.0;
    let next = text.get(end + 1..)?.chars().next();
    // An apostrophe inside a word closes nothing.
    next.is_none_or(|letter| !letter.is_alphanumeric()).then_some(end + 1)
}

fn ends_word(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(letter, ',' | '(' | ')' | '[' | ']' | '{' | '}' | '"' | '\'' | '`' | '=' | '<' | '>')
}

/// Whether a word is an HTTP status code: one of its numbers where such a code stands, at the start, after a word for it or before
/// what it means ("503 Service Unavailable"), and no amount ("after 424 ms").
fn is_status(word: &str, before: &str, after: &str) -> bool {
    const NAMES: [&str; 4] = ["status", "code", "error", "http"];
    let before = before.trim_end_matches([' ', ':', '=', '(']).to_ascii_lowercase();
    let is_code =
        word.len() == 3 && word.starts_with(['4', '5']) && word.bytes().all(|byte| byte.is_ascii_digit());
    let is_named = before.is_empty() || NAMES.iter().any(|name| before.ends_with(name));
    is_code && (is_named || after.trim_start().starts_with(|letter: char| letter.is_uppercase()))
}

/// Whether a word says the same every time.
fn is_fixed(word: &str) -> bool {
    let has_digit = word.contains(|letter: char| letter.is_numeric());
    let is_place = word.contains("://") || word.matches(['/', '\\']).count() > 1;
    !has_digit && !is_place
}

/// A word that differs: names with a number in them keep what is before it.
fn differing(pattern: &mut String, word: &str) {
    let is_place = word.contains("://") || word.matches(['/', '\\']).count() > 1;
    let is_id = word.len() >= 8 && word.bytes().filter(u8::is_ascii_digit).count() * 3 >= word.len();
    if is_place || is_id {
        return gap(pattern);
    }
    for letter in word.chars() {
        if letter.is_numeric() { gap(pattern) } else { pattern.push(letter) }
    }
}
