//! Ids and times, which differ between any two runs and say nothing of what these did.

use std::borrow::Cow;
use std::ops::Range;

use super::named::{WordsBefore, is_asked_for};
use super::sketch::is_punctuation;

/// What differs between any two runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Volatile {
    /// A UUID, a long hex number, what providers call their answers and calls.
    Id,
    /// A moment: a date with a time of day, a time of day with seconds, seconds or finer since 1970. A date by itself is none:
    /// it is what was asked for.
    Time,
}

/// Whether a word is an id or a time, whatever stands before it.
pub(super) fn is_volatile(token: &str) -> bool {
    volatile(token).is_some()
}

/// Whether a word is an id or a time, after these.
pub(super) fn is_volatile_after(before: &WordsBefore<'_>, token: &str) -> bool {
    volatile_after(before, token).is_some()
}

/// What a word is, after these.
pub(super) fn volatile_after(before: &WordsBefore<'_>, token: &str) -> Option<Volatile> {
    volatile(token).or_else(|| {
        let is_bare = is_hex_of_run(token) || (token.starts_with("0x") && is_hex(strip_radix(token), 6));
        (is_bare && before.name_id()).then_some(Volatile::Id)
    })
}

/// Where in a path its first part lies that calls itself an id, as `run-8fb87fce` does: each run has a folder of its own.
pub(super) fn id_in_path(token: &str) -> Option<Range<usize>> {
    let is_path = token.contains('/');
    let mut start = 0;
    token.split('/').filter(|_| is_path).find_map(|part| {
        let range = start..start + part.len();
        start = range.end + 1;
        is_called_hex(part).then_some(range)
    })
}

/// What stands between the words of a value, a command, code.
#[rustfmt::skip]
pub(super) fn separates(c: char) -> bool {
    matches!(c, '"' | '\'' | ',' | ';' | '|' | '—' | '=' | '&' | '?' | '<' | '>' | '(' | ')' | '[' | ']' | '{' | '}')
}

/// A text with what `mark` gives in the place of each id or time; `None` leaves it as it is.
pub fn without_volatile(text: &str, mark: impl Fn(Volatile) -> Option<&'static str>) -> Cow<'_, str> {
    let ends_word = |c: char| c.is_whitespace() || separates(c);
    let joined = with_times_joined(text);
    let mut marked = String::new();
    let mut before = WordsBefore::default();
    let mut from = 0;
    let mut start = 0;
    for part in joined.split_inclusive(ends_word) {
        let piece = part.trim_end_matches(ends_word);
        let token = piece.trim_matches(is_punctuation);
        let found = match volatile_after(&before, token) {
            Some(what) => Some((what, 0..token.len())),
            None => id_in_path(token).map(|range| (Volatile::Id, range)),
        };
        if let Some((by, range)) = found.and_then(|(what, range)| Some((mark(what)?, range))) {
            let at = start + piece.len() - piece.trim_start_matches(is_punctuation).len();
            marked.push_str(text.get(from..at + range.start).unwrap_or_default());
            marked.push_str(by);
            from = at + range.end;
        }
        before.push(token);
        start += part.len();
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    marked.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(marked)
}

/// A text in which a date and the time of day after it are one word.
pub(super) fn with_times_joined(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let is_like = |from: Option<usize>, shape: &[u8]| {
        let part = from.and_then(|from| bytes.get(from..from + shape.len()));
        part.is_some_and(|part| {
            part.iter().zip(shape).all(|(byte, shape)| match shape {
                b'0' => byte.is_ascii_digit(),
                _ => byte == shape,
            })
        })
    };
    let is_inside = |at: &usize| {
        bytes[*at] == b' ' && is_like(Some(at + 1), b"00:00") && is_like(at.checked_sub(10), b"0000-00-00")
    };
    let places: Vec<usize> = (0..bytes.len()).filter(is_inside).collect();
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut joined = String::with_capacity(text.len());
    let mut from = 0;
    for at in places {
        joined.push_str(text.get(from..at).unwrap_or_default());
        joined.push('T');
        from = at + 1;
    }
    joined.push_str(text.get(from..).unwrap_or_default());
    Cow::Owned(joined)
}

/// What a word is that each run has of its own; `None` for one that means something.
fn volatile(token: &str) -> Option<Volatile> {
    let bytes = token.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return None;
    }
    let is_hex = bytes.iter().all(|byte| byte.is_ascii_hexdigit() || *byte == b'-');
    let is_date = |text: &[u8]| {
        matches!(text, [a, b, c, d, b'-', e, f, b'-', g, h, ..]
            if [a, b, c, d, e, f, g, h].iter().all(|byte| byte.is_ascii_digit()))
    };
    let is_clock = |text: &[u8]| {
        matches!(text, [a, b, b':', c, d, b':', e, f, ..]
            if [a, b, c, d, e, f].iter().all(|byte| byte.is_ascii_digit()))
    };
    let is_time = (is_date(bytes) && bytes.len() > 10 && matches!(bytes.get(10), Some(b'T' | b' ' | b't')))
        || is_clock(bytes);
    // Seconds or finer since 2001, as a number.
    let whole = token.split('.').next().unwrap_or(token);
    let is_epoch = token.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
        && matches!(whole.len(), 10 | 13 | 16 | 19)
        && whole.starts_with(['1', '2']);
    const CALLED: [&str; 12] = [
        "call_",
        "toolu_",
        "chatcmpl-",
        "msg_",
        "run-",
        "resp_",
        "req_",
        "run_",
        "thread_",
        "fc_",
        "session_",
        "trace_",
    ];
    let is_called = CALLED.iter().any(|prefix| {
        token.strip_prefix(prefix).is_some_and(|rest| {
            rest.len() >= 6
                && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        })
    });
    // Digits and dashes alone are a telephone number, or dates.
    let has_letter = bytes.iter().any(u8::is_ascii_alphabetic);
    // An address in memory; accounts of 40 digits and hashes of 64 are asked for.
    let is_address = token.starts_with("0x") && bytes.len() <= 18 && is_hex_of_run(strip_radix(token));
    let is_id = (is_hex && bytes.len() >= 12 && digits >= 2 && has_letter)
        || (is_hex && bytes.len() >= 32)
        || is_called
        || is_address
        || is_called_hex(token);
    if is_time || is_epoch { Some(Volatile::Time) } else { is_id.then_some(Volatile::Id) }
}

/// Whether a word is made of so many hex digits or more, a digit and a letter among them.
fn is_hex(word: &str, least: usize) -> bool {
    word.len() >= least
        && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word.bytes().any(|byte| byte.is_ascii_alphabetic())
}

/// Whether a word may be the short hex id of something of a run, if that is named.
pub(super) fn is_hex_of_run(word: &str) -> bool {
    is_hex(word, 8)
}

/// A hex number without the `0x` before it.
pub(super) fn strip_radix(word: &str) -> &str {
    word.strip_prefix("0x").unwrap_or(word)
}

/// Whether a word says what it is the id of: `resp-8fb87fce`. What is asked for by its id is none: `commit-8fb87fce`.
fn is_called_hex(word: &str) -> bool {
    word.rsplit_once(['-', '_']).is_some_and(|(name, hex)| {
        is_hex_of_run(hex)
            && name.bytes().any(|byte| byte.is_ascii_alphabetic())
            && name.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'))
            && !name.split(['-', '_']).any(is_asked_for)
    })
}
